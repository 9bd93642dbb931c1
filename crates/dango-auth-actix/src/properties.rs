//! Whatever strangers send is answered without a panic, and what is well formed reads back.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::test::TestRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::form::Fields;
use crate::{cookie, json, next};

/// Bytes that may stand in a header, with many of those that steer its readers.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(&b"; =,%\"_-"[..]),
        3 => b'0'..=b'z',
        1 => 0x80_u8..=0xff,
    ];
    let known = prop::sample::select(vec![
        "dango_session",
        "__Host-dango_session",
        "%64ango_session",
        "Bearer",
    ]);
    let piece = prop_oneof![
        vec(byte, 0..12),
        known.prop_map(|name| name.as_bytes().to_vec())
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn cookies(lines: &[Vec<u8>]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in lines
        .iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
    {
        headers.append(header::COOKIE, value);
    }
    headers
}

/// JSON as people and machines send it.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A body that takes anything, so that what is read can be compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anything {
    any: Value,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_cookie_header_is_read_without_a_panic(lines in vec(line(), 0..3)) {
        let headers = cookies(&lines);
        for name in [cookie::SESSION.over(true), cookie::SESSION.over(false)] {
            if let Ok(value) = cookie::read(&headers, name) {
                let pair = format!("{name}={value}");
                let sent = lines.iter().any(|line| String::from_utf8_lossy(line).contains(&pair));
                prop_assert!(sent || value.is_empty(), "{value:?} was not sent");
            }
        }
    }

    #[test]
    fn the_one_cookie_is_found_among_others(
        others in vec("[a-z]{1,8}=[A-Za-z0-9]{0,8}", 0..6), token in "[A-Za-z0-9_-]{43}", at in 0_usize..6,
    ) {
        let mut pairs = others;
        pairs.retain(|pair| !pair.starts_with("dango"));
        pairs.insert(at.min(pairs.len()), format!("dango_session={token}"));
        let headers = cookies(&[pairs.join("; ").into_bytes()]);
        prop_assert_eq!(cookie::read(&headers, "dango_session"), Ok(token.as_str()));
        pairs.push(format!("dango_session={token}"));
        let twice = cookies(&[pairs.join(";").into_bytes()]);
        prop_assert_eq!(cookie::read(&twice, "dango_session"), Err(cookie::Absent::Ambiguous));
    }

    #[test]
    fn any_authorization_header_is_read_without_a_panic(lines in vec(line(), 0..3)) {
        let values = lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok());
        let request = values.fold(TestRequest::get(), |request, value| {
            request.append_header((header::AUTHORIZATION, value))
        });
        let _ = crate::bearer_token(&request.to_http_request());
    }

    #[test]
    fn a_bearer_token_reads_back_whatever_the_case_of_the_word(
        token in "[A-Za-z0-9_.-]{1,60}", word in "[bB][eE][aA][rR][eE][rR]", blanks in " {1,3}",
    ) {
        let line = format!("{word}{blanks}{token}");
        let request = TestRequest::get().append_header((header::AUTHORIZATION, line));
        prop_assert_eq!(crate::bearer_token(&request.to_http_request()), Some(token));
    }

    #[test]
    fn any_bytes_are_answered_as_a_form_without_a_panic(bytes in vec(any::<u8>(), 0..80)) {
        if let Ok(fields) = Fields::parse(&bytes) {
            let _ = json::read_pairs::<Anything>(fields.into_pairs());
        }
    }

    #[test]
    fn a_form_reads_back(pairs in vec((any::<String>(), any::<String>()), 0..5)) {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let text: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let read = Fields::parse(text.join("&").as_bytes()).unwrap();
        prop_assert_eq!(read.into_pairs(), pairs);
    }

    #[test]
    fn any_bytes_are_answered_as_json_without_a_panic(bytes in vec(any::<u8>(), 0..120)) {
        let _ = json::read_object::<Anything>(&bytes);
    }

    #[test]
    fn almost_json_is_answered_without_a_panic(any in document(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = serde_json::json!({ "any": any }).to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let _ = json::read_object::<Anything>(&text);
        text.truncate(at);
        prop_assert!(json::read_object::<Anything>(&text).is_err(), "half a document was read");
    }

    #[test]
    fn json_reads_back(any in document()) {
        let text = serde_json::json!({ "any": any }).to_string();
        let read: Anything = json::read_object(text.as_bytes()).unwrap();
        prop_assert_eq!(read.any, any);
    }

    #[test]
    fn a_way_back_never_leaves_the_server(text in "[/\\\\%a-z0-9:.\\t\\n]{0,20}") {
        if let Some(path) = next::local_path(&text) {
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
        }
        let _ = next::login_address(Some(&text));
    }
}
