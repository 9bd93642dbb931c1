use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Body {
    name: String,
    age: Option<u32>,
    #[serde(default)]
    grants: Vec<Inner>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Inner {
    role: Role,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Role {
    Viewer,
}

fn refused(text: &[u8]) -> (String, String, String) {
    let problem = read_object::<Body>(text).unwrap_err();
    assert_eq!(problem.status().as_u16(), 400);
    let field = problem.errors().first().cloned();
    let (field, code) = field
        .map(|f| (f.field, f.code.into_owned()))
        .unwrap_or_default();
    (problem.code().to_owned(), field, code)
}

#[test]
fn a_good_body_is_read() {
    let body: Body =
        read_object(br#" {"name": "ann", "age": 3, "grants": [{"role": "viewer"}]} "#).unwrap();
    assert_eq!(
        body,
        Body {
            name: "ann".into(),
            age: Some(3),
            grants: vec![Inner { role: Role::Viewer }]
        }
    );
    let body: Body = read_object(br#"{"name":"ann","age":null}"#).unwrap();
    assert_eq!(body.age, None);
}

#[test]
fn each_fault_is_named_with_its_field() {
    let table: &[(&[u8], &str, &str, &str)] = &[
        (br#"{"name":"a","x":1}"#, "unknown_member", "x", "unknown"),
        (
            br#"{"name":"a","grants":[{"role":"viewer","y":1}]}"#,
            "unknown_member",
            "grants[0].y",
            "unknown",
        ),
        (
            br#"{"name":"a","name":"b"}"#,
            "invalid_request",
            "name",
            "duplicate",
        ),
        (
            br#"{"name":"a","n\u0061me":"b"}"#,
            "invalid_request",
            "name",
            "duplicate",
        ),
        (
            br#"{"name":"a","grants":[{"role":"viewer","role":"viewer"}]}"#,
            "invalid_request",
            "grants[0].role",
            "duplicate",
        ),
        (br#"{"age":1}"#, "invalid_request", "name", "required"),
        (br#"{"name":7}"#, "invalid_request", "name", "wrong_type"),
        (br#"{"name":null}"#, "invalid_request", "name", "wrong_type"),
        (
            br#"{"name":"a","age":"3"}"#,
            "invalid_request",
            "age",
            "wrong_type",
        ),
        (
            br#"{"name":"a","age":-3}"#,
            "invalid_request",
            "age",
            "invalid",
        ),
        (
            br#"{"name":"a","age":1.5}"#,
            "invalid_request",
            "age",
            "wrong_type",
        ),
        (
            br#"{"name":"a","grants":{}}"#,
            "invalid_request",
            "grants",
            "wrong_type",
        ),
        (
            br#"{"name":"a","grants":[["viewer"]]}"#,
            "invalid_request",
            "grants[0]",
            "wrong_type",
        ),
        (
            br#"{"name":"a","grants":[{"role":"king"}]}"#,
            "invalid_request",
            "grants[0].role",
            "invalid",
        ),
        (br#"["a",1]"#, "invalid_request", "", ""),
        (br#""name""#, "invalid_request", "", ""),
        (b"", "invalid_request", "", ""),
        (br#"{"name":"a"} x"#, "invalid_request", "", ""),
        (b"{\"name\":\"\xff\"}", "invalid_request", "", ""),
        (b"\xef\xbb\xbf{}", "invalid_request", "", ""),
        (br#"{"name":"\ud800"}"#, "invalid_request", "", ""),
    ];
    for (text, code, field, kind) in table {
        let shown = String::from_utf8_lossy(text);
        let expected = ((*code).to_owned(), (*field).to_owned(), (*kind).to_owned());
        assert_eq!(refused(text), expected, "{shown}");
    }
}

#[test]
fn a_body_nests_no_deeper_than_the_limit() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let (code, ..) = refused(format!(r#"{{"name":{deep}}}"#).as_bytes());
    assert_eq!(code, "invalid_request");
}

#[test]
fn a_value_is_never_repeated_to_the_client() {
    for text in [
        r#"{"name":["hunter2"]}"#,
        r#"{"name":"a","age":"hunter2"}"#,
        r#"{"name":hunter2}"#,
    ] {
        let problem = read_object::<Body>(text.as_bytes()).unwrap_err();
        assert!(!problem.detail().contains("hunter2"), "{problem}");
    }
}

#[test]
fn a_query_names_each_field_once_and_writes_numbers_as_text() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let body: Body = read_pairs(vec![pair("name", "ann"), pair("age", "3")]).unwrap();
    assert_eq!(body.age, Some(3));
    let problem = read_pairs::<Body>(vec![pair("name", "a"), pair("name", "a")]).unwrap_err();
    assert_eq!(problem.errors()[0].code, "duplicate");
    let problem = read_pairs::<Body>(vec![pair("name", "a"), pair("age", "x")]).unwrap_err();
    assert_eq!(problem.errors()[0].field, "age");
}
