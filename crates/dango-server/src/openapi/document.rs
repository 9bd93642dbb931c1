//! From the list of routes to an OpenAPI 3.1 document.

use std::collections::BTreeMap;

use actix_web::http::Method;
use dango_auth_actix::Who;
use utoipa::openapi::content::Content;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem, PathsBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, RefOr, Schema,
};

use crate::route::{Group, OperationDraft, Route};
use crate::{problem_schema, routes};

/// The security schemes' names.
const COOKIE: &str = "session";
const BEARER: &str = "bearer";

/// The document of all routes that are not pages.
pub fn document() -> OpenApi {
    let mut paths: BTreeMap<&'static str, PathItem> = BTreeMap::new();
    let mut schemas = BTreeMap::new();
    schemas.extend(problem_schema::parts());
    schemas.extend([problem_schema::named()]);
    for route in routes::all().into_iter().filter(Route::is_documented) {
        let draft = route.draft();
        let method = method_of(&route.method);
        schemas.extend(draft.schemas.iter().cloned());
        let item = PathItem::new(method, operation(&route, draft));
        match paths.get_mut(route.path) {
            Some(known) => known.merge_operations(item),
            None => drop(paths.insert(route.path, item)),
        }
    }
    let paths = paths
        .into_iter()
        .fold(PathsBuilder::new(), |all, (path, item)| {
            all.path(path, item)
        });
    OpenApiBuilder::new()
        .info(info())
        .paths(paths.build())
        .components(Some(components(schemas)))
        .tags(Some(tags()))
        .build()
}

fn info() -> utoipa::openapi::Info {
    InfoBuilder::new()
        .title("dango-auth")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Users, sessions, roles, workspaces, API keys and the audit log. Two path families over \
             the same rules: /api/auth and /api/admin, and /api/v1. Refusals are problems (RFC 9457).",
        ))
        .license(Some(License::new("MIT OR Apache-2.0")))
        .build()
}

fn operation(route: &Route, draft: OperationDraft) -> Operation {
    let statuses = refusals(route, &draft);
    let mut builder = OperationBuilder::new()
        .operation_id(Some(route.operation))
        .summary(Some(route.summary))
        .description(Some(format!("For: {}.", route.requirement)))
        .tag(tag(route.group))
        .request_body(draft.body);
    for parameter in draft.parameters {
        builder = builder.parameter(parameter);
    }
    for (status, response) in draft.answers {
        builder = builder.response(status.to_string(), response);
    }
    for status in statuses {
        builder = builder.response(status.to_string(), refusal(status));
    }
    if route.requirement.who != Who::Everybody {
        builder = builder.securities(Some(securities()));
    }
    builder.build()
}

/// What the signature says, what the route says, and what every guarded route may say.
fn refusals(route: &Route, draft: &OperationDraft) -> Vec<u16> {
    let mut statuses = draft.refusals.clone();
    statuses.extend(route.refusals);
    if route.requirement.who != Who::Everybody {
        statuses.extend([401, 403]);
    }
    if route.budget != dango_auth_actix::Budget::Free {
        statuses.push(429);
    }
    let unsafe_method = !matches!(route.method, Method::GET | Method::HEAD);
    if unsafe_method {
        statuses.push(403);
    }
    statuses.extend([421, 500, 503]);
    statuses.sort_unstable();
    statuses.dedup();
    let answered: Vec<u16> = draft.answers.iter().map(|(status, _)| *status).collect();
    statuses.retain(|status| !answered.contains(status));
    statuses
}

fn refusal(status: u16) -> Response {
    let (name, _) = problem_schema::named();
    let content = Content::new(Some(RefOr::<Schema>::from(Ref::from_schema_name(name))));
    ResponseBuilder::new()
        .description(crate::route::reason(status))
        .content("application/problem+json", content)
        .build()
}

fn securities() -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let cookie = SecurityRequirement::new(COOKIE, none);
    let bearer = SecurityRequirement::new(BEARER, none);
    vec![cookie, bearer]
}

fn components(schemas: BTreeMap<String, RefOr<Schema>>) -> utoipa::openapi::Components {
    let cookie = ApiKeyValue::with_description(
        "__Host-dango_session",
        "Set by sign-in; `dango_session` on plain HTTP. Unsafe methods also need the header \
         X-Requested-With or X-CSRF-Protection.",
    );
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An API key (dango_ak_…) or a token of the v1 family's sign-in.",
        ))
        .build();
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new(), |all, (name, schema)| {
            all.schema(name, schema)
        });
    components
        .security_scheme(COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .build()
}

const TAGS: [(Group, &str, &str); 5] = [
    (Group::Auth, "auth", "Signing in and the own account."),
    (Group::Admin, "admin", "People, keys, settings, audit."),
    (Group::Matrix, "matrix", "Roles and permissions."),
    (Group::V1, "v1", "The same in the words of the v1 family."),
    (
        Group::Operations,
        "operations",
        "Health, counters, this document.",
    ),
];

fn tag(group: Group) -> &'static str {
    TAGS.iter()
        .find(|(known, ..)| *known == group)
        .map_or("pages", |(_, name, _)| name)
}

fn tags() -> Vec<utoipa::openapi::Tag> {
    let tag = |(_, name, text): &(Group, &str, &str)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*text))
            .build()
    };
    TAGS.iter().map(tag).collect()
}

fn method_of(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
