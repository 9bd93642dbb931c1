//! Other ways than a mouse and a screen: the keyboard, paper, little motion; and how much a page weighs.

use dango_browser::{Look, PHONE, Theme};
use dango_testkit::http::Client as _;
use serde_json::json;

use crate::harness::PASSWORD;
use crate::stage::{MAI, Stage, TOMAS};
use crate::visit;

/// The WebDriver's words for keys (WebDriver §17.4.2).
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

#[test]
fn signing_in_needs_no_mouse() {
    let stage = Stage::set();
    let Some(visitor) = visit::stranger(&stage.server) else {
        return;
    };
    let window = &visitor.window;
    // The cursor starts in the first field; the button that shows the password lies between.
    window
        .open("/login")
        .keys(TOMAS)
        .keys(TAB)
        .keys(PASSWORD)
        .keys(TAB);
    assert_eq!(window.text_of(":focus").as_deref(), Some("Show"));
    window.keys(TAB);
    assert_eq!(window.text_of(":focus").as_deref(), Some("Sign in"));
    let outline = window.run("return getComputedStyle(document.activeElement).outlineStyle;");
    assert_ne!(outline, "none", "the focus is to be seen");
    window.keys(ENTER).is_at("/").keys(TAB);
    assert_eq!(window.text_of(":focus").as_deref(), Some("Skip to content"));
    window.keys(ENTER).keys(TAB);
    let inside =
        window.run("return document.querySelector('main').contains(document.activeElement);");
    assert_eq!(inside, true, "the link skips what is on every page");
}

#[test]
fn recovery_codes_come_out_of_a_printer_alone() {
    let stage = Stage::set();
    let Some(visitor) = visit::signed_in(&stage, TOMAS) else {
        return;
    };
    let window = &visitor.window;
    window
        .open("/settings/account/second-factor")
        .fill("Your password", PASSWORD);
    window.press("Start").unfold("Enter a key instead");
    let key = window.text_of("#manual-key").unwrap();
    window
        .fill("Code from the app", &stage.code_of(&key))
        .press("Switch on");
    window
        .shows("Keep your recovery codes")
        .hides("harbour · tomas");
    window
        .look(Look::paper())
        .shows("harbour · tomas@harbour.example");
    for part in [
        "Copy",
        "Download",
        "Print",
        "I have kept them",
        "Step 3 of 3",
    ] {
        window.hides(part);
    }
    let codes = window.run("return document.querySelectorAll('.codes code').length;");
    assert_eq!(codes, 10);
}

#[test]
fn nothing_moves_for_who_asked_for_stillness() {
    let stage = Stage::set();
    let Some(visitor) = visit::stranger(&stage.server) else {
        return;
    };
    let moving = "return [...document.querySelectorAll('*')].some((it) => {
        const style = getComputedStyle(it);
        return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
    });";
    visitor.window.open("/login");
    assert_eq!(visitor.window.run(moving), false);
    let mut lively = Look::screen(Theme::Light, PHONE);
    lively.still = false;
    visitor.window.look(lively);
    assert_eq!(
        visitor.window.run(moving),
        true,
        "otherwise this test sees nothing"
    );
}

#[test]
fn a_page_is_light_and_loads_one_stylesheet_and_one_script() {
    let stage = Stage::set();
    let Some(visitor) = visit::signed_in(&stage, MAI) else {
        return;
    };
    let client = stage.server.browser("ingrid@harbour.example");
    for path in [
        "/",
        "/settings/account",
        "/settings/users",
        "/settings/users/new",
        "/settings/roles",
        "/settings/workspaces",
        "/settings/audit",
        "/settings/auth",
    ] {
        visitor.window.open(path);
        let loaded = visitor.window.run(
            "const page = performance.getEntriesByType('navigation')[0];
             const kinds = performance.getEntriesByType('resource').map((it) => it.name.split('.').pop());
             return {bytes: page.decodedBodySize, kinds: kinds.filter((it) => it !== 'svg').sort()};",
        );
        let bytes = loaded["bytes"].as_u64().unwrap();
        assert!((1..50_000).contains(&bytes), "{path} has {bytes} bytes");
        assert_eq!(loaded["kinds"], json!(["css", "js"]), "{path}");
    }
    let sources = visitor.window.run("return [...document.querySelectorAll('link[rel=stylesheet], script')].map((it) => it.getAttribute('href') || it.getAttribute('src'));");
    for path in sources.as_array().unwrap() {
        let answer = client.get(path.as_str().unwrap()).expect(200);
        let cached = answer.header("cache-control").unwrap();
        assert!(cached.contains("immutable"), "{path}: {cached}");
    }
}
