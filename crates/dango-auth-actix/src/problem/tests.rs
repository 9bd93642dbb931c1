use actix_web::body::to_bytes;
use serde_json::{Value, json};

use super::*;

async fn shown(problem: Problem) -> (HttpResponse, Value) {
    let response = problem.error_response();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body).await.unwrap();
    (
        head.set_body(actix_web::body::BoxBody::new(())),
        serde_json::from_slice(&bytes).unwrap(),
    )
}

#[actix_web::test]
async fn a_problem_carries_the_members_of_all_three_kinds_of_clients() {
    let (response, body) = shown(Problem::permission_denied("users.manage")).await;
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
    assert_eq!(
        body,
        json!({
            "type": "urn:dango-auth:problem:permission_denied",
            "title": "Forbidden",
            "status": 403,
            "detail": "permission denied: users.manage",
            "code": "permission_denied",
            "message": "permission denied: users.manage",
            "error_code": "DANGO-S002",
        })
    );
}

#[actix_web::test]
async fn each_status_has_the_code_of_the_older_system() {
    let expected = [
        (400, "DANGO-V001"),
        (401, "DANGO-S001"),
        (403, "DANGO-S002"),
        (404, "DANGO-S003"),
        (409, "DANGO-S004"),
        (412, "DANGO-V001"),
        (413, "DANGO-V001"),
        (423, "DANGO-S006"),
        (429, "DANGO-W002"),
        (500, "DANGO-G001"),
        (503, "DANGO-G001"),
    ];
    for (status, code) in expected {
        let status = StatusCode::from_u16(status).unwrap();
        let (_, body) = shown(Problem::new(status, "x", "y")).await;
        assert_eq!(body["error_code"], code, "{status}");
    }
}

#[actix_web::test]
async fn refusals_carry_the_headers_that_go_with_them() {
    let (response, _) = shown(Problem::unauthenticated(false)).await;
    assert_eq!(
        response.headers().get("www-authenticate").unwrap(),
        r#"Bearer realm="dango""#
    );
    let (response, _) = shown(Problem::rate_limited(0)).await;
    assert_eq!(response.headers().get("retry-after").unwrap(), "1");
    let (response, _) = shown(Problem::method_not_allowed(&[Method::GET, Method::POST])).await;
    assert_eq!(response.headers().get("allow").unwrap(), "GET, POST");
}

#[actix_web::test]
async fn a_field_is_named_in_the_list_and_in_the_words() {
    let (_, body) = shown(Problem::invalid_field("role", "required", "is missing")).await;
    assert_eq!(
        body["errors"],
        json!([{"field": "role", "code": "required", "message": "is missing"}])
    );
    assert_eq!(body["detail"], "role: is missing");
}
