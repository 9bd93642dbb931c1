//! `dango auth sync` without a Metabase; with one it is shown in the system tests.

use serde_json::json;

use crate::place::{CHEAP, Place};

#[test]
fn without_a_configured_metabase_it_says_so() {
    let place = Place::ready();
    for words in [&["auth", "sync"][..], &["auth", "sync", "--check"]] {
        let fault = place.fails_json(5, words);
        assert_eq!(fault["code"], "metabase_not_configured", "{fault}");
    }
    assert!(place.json(&["auth", "status"])["metabase"].is_null());
}

#[test]
fn a_metabase_that_is_not_there_is_unavailable_and_followed_all_the_same() {
    let place = Place::ready();
    let metabase = "metabase: {url: 'http://127.0.0.1:9', api_key: mb_secret}";
    place.configure(&format!("{CHEAP}  {metabase}\n"));
    let fault = place.fails_json(8, &["auth", "sync", "--check"]);
    assert_eq!(fault["code"], "metabase_unavailable", "{fault}");
    assert!(
        place.json(&["auth", "status"])["metabase"].is_null(),
        "only looked"
    );
    let fault = place.fails_json(8, &["auth", "sync"]);
    assert!(!fault.to_string().contains("mb_secret"), "{fault}");
    let status = place.json(&["auth", "status"]);
    assert_eq!(status["metabase"]["url"], "http://127.0.0.1:9");
    assert_eq!(status["metabase"]["waiting"], json!(1));
}

#[test]
fn doctor_tells_a_metabase_that_nobody_follows_yet() {
    let place = Place::ready();
    let metabase = "metabase: {url: 'http://127.0.0.1:9', api_key: mb_secret}";
    place.configure(&format!("{CHEAP}  {metabase}\n"));
    let health = place.json(&["doctor"]);
    let findings = health["findings"].as_array().unwrap();
    let found = findings.iter().find(|found| found["area"] == "metabase");
    assert_eq!(found.unwrap()["level"], "warning", "{health:#}");
}
