//! From the list of routes to the framework's resources.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::{HttpRequest, Resource, web};
use dango_auth_actix::{Door, Doorway, Problem, present};

use super::Route;

/// Registers the routes.
///
/// Paths without variables are registered first, and of the others those with fixed words before those with
/// variables: the framework goes through all of them until one fits, and a variable costs it as much as hundreds of
/// fixed paths. A method that is not served is a 405 with `Allow`; HEAD is
/// answered like GET, without the body.
pub fn mount(config: &mut web::ServiceConfig, routes: Vec<Route>) {
    let mut by_path: BTreeMap<(bool, &'static str), Vec<Route>> = BTreeMap::new();
    for route in routes {
        let place = (route.path.contains('{'), route.path);
        by_path.entry(place).or_default().push(route);
    }
    for ((_, path), routes) in by_path {
        config.service(resource(path, routes));
    }
    config.default_service(web::to(|request: HttpRequest| async move {
        let path = request.path();
        let path = Doorway::of(&request).map_or(path, |doorway| doorway.inside(path));
        let door = if path.starts_with("/api/") {
            Door::Api
        } else {
            Door::Pages
        };
        present::problem(&request, &Problem::not_found(), door)
    }));
}

fn resource(path: &'static str, routes: Vec<Route>) -> Resource {
    let door = routes.first().map_or(Door::Api, Route::door);
    let allowed = allowed(&routes);
    let mut resource = web::resource(path);
    for route in routes {
        if route.method == Method::GET {
            resource = resource.route(served(Method::HEAD, route.clone()));
        }
        resource = resource.route(served(route.method.clone(), route));
    }
    resource.default_service(web::to(move |request: HttpRequest| {
        let problem = Problem::method_not_allowed(&allowed);
        async move { present::problem(&request, &problem, door) }
    }))
}

fn served(method: Method, route: Route) -> actix_web::Route {
    web::method(method).to(move |request: HttpRequest, payload: web::Payload| {
        route.clone().answer(request, payload.into_inner())
    })
}

fn allowed(routes: &[Route]) -> Vec<Method> {
    let mut methods: Vec<Method> = routes.iter().map(|route| route.method.clone()).collect();
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    methods
}
