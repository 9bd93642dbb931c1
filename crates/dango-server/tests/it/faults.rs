//! Faults of our own: contained, answered in the form of a problem.

use actix_web::rt::System;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App, middleware};
use dango_auth_actix::{Everybody, Problem, Reply, envelope};
use dango_server::app::Shared;
use dango_server::route::{Group, Route, mount};
use serde_json::Value;

use crate::harness::Server;

async fn panics(_: Everybody) -> Result<Reply<String>, Problem> {
    panic!("a secret in the panic's words");
}

#[test]
fn a_panic_in_a_handler_is_a_500_that_says_nothing() {
    let server = Server::bare(&[]);
    System::new().block_on(panic_and_go_on(server.shared()));
}

async fn panic_and_go_on(shared: &Shared) {
    let app = App::new()
        .configure(|config| {
            config.app_data(shared.doorway.clone());
            mount(
                config,
                vec![Route::get("/boom", "boom", panics).group(Group::Operations)],
            );
        })
        .wrap(middleware::from_fn(envelope::around));
    let app = init_service(app).await;
    let request = TestRequest::get()
        .uri("/boom")
        .peer_addr("192.0.2.1:1".parse().unwrap());
    let answer = call_service(&app, request.to_request()).await;
    assert_eq!(answer.status().as_u16(), 500);
    assert!(answer.headers().contains_key("x-content-type-options"));
    let body: Value = read_body_json(answer).await;
    assert_eq!(body["error_code"], "DANGO-G001");
    assert!(!body.to_string().contains("secret"), "{body}");
    let again = TestRequest::get()
        .uri("/nowhere")
        .peer_addr("192.0.2.1:1".parse().unwrap());
    assert_eq!(
        call_service(&app, again.to_request())
            .await
            .status()
            .as_u16(),
        404
    );
}
