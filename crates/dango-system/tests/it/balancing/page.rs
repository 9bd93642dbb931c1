//! The blocks of the how-to page with the test's addresses in place of the page's.

use dango_testkit::generated;

/// The servers of the page.
const SERVERS: [&str; 2] = ["10.0.0.21:8800", "10.0.0.22:8800"];

/// The only block of a language.
fn block(language: &str) -> String {
    let path = generated::repository().join("docs/how-to/several-servers.md");
    let page = std::fs::read_to_string(path).unwrap();
    let start = format!("```{language}\n");
    let (_, rest) = page.split_once(&start).expect("the block");
    let (text, after) = rest.split_once("```").expect("its end");
    assert!(!after.contains(&start), "one block of {language}");
    text.to_owned()
}

/// Replaces what must be there.
fn put(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the page has no `{old}`");
    text.replace(old, new)
}

fn with_servers(text: &str, servers: &[String; 2]) -> String {
    let pairs = SERVERS.iter().zip(servers);
    pairs.fold(text.to_owned(), |text, (old, new)| put(&text, old, new))
}

/// The page's nginx configuration, without the certificate that the page leaves out too.
pub(super) fn nginx(servers: &[String; 2]) -> String {
    let text = with_servers(&block("nginx"), servers);
    let text = put(&text, "listen 443 ssl;", "listen @address@;");
    // The test speaks plain HTTP to the balancer; people's side is HTTPS.
    put(
        &text,
        "X-Forwarded-Proto $scheme",
        "X-Forwarded-Proto https",
    )
}

/// The page's `HAProxy` configuration.
pub(super) fn haproxy(servers: &[String; 2]) -> String {
    let text = with_servers(&block("haproxy"), servers);
    put(
        &text,
        "bind :443 ssl crt /etc/haproxy/auth.example.org.pem",
        "bind @address@",
    )
}
