//! `/api/docs`: the document as one page of HTML, drawn here, with nothing to load from anywhere.

use std::fmt::Write as _;

use dango_auth_actix::{Everybody, Problem};
use serde_json::Value;

use super::Shown;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
    background:#fbfaf7;color:#22211e}h2{margin-top:2rem}summary{cursor:pointer;padding:.4rem 0}\
    code{font-family:ui-monospace,monospace}b{display:inline-block;width:4.5rem}\
    table{border-collapse:collapse;width:100%}td{border-top:1px solid #e4e0d7;padding:.25rem .5rem .25rem 0;\
    vertical-align:top}pre{overflow:auto;background:#fff;border:1px solid #e4e0d7;border-radius:8px;padding:.75rem}\
    @media(prefers-color-scheme:dark){body{background:#171614;color:#eceae4}\
    pre{background:#201f1c;border-color:#37352f}td{border-color:#37352f}a{color:#a6cf7a}}";

pub(super) async fn show(visitor: Everybody) -> Result<Shown<true>, Problem> {
    let document = serde_json::to_value(super::document()).unwrap_or_default();
    Ok(Shown::new(drawn(&document, visitor.facts().nonce())))
}

fn drawn(document: &Value, nonce: &str) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>API of dango-auth</title>\
         <style nonce=\"{nonce}\">{STYLE}</style><h1>API of dango-auth</h1>\
         <p>{}</p><p><a href=\"openapi.json\">openapi.json</a></p>",
        escaped(text(document, "/info/description")),
    );
    let nothing = Vec::new();
    for tag in document
        .get("tags")
        .and_then(Value::as_array)
        .unwrap_or(&nothing)
    {
        let name = text(tag, "/name");
        let _ = write!(
            page,
            "<h2>{}</h2><p>{}</p>",
            escaped(name),
            escaped(text(tag, "/description"))
        );
        operations(&mut page, document, name);
    }
    page.push_str("<h2>Schemas</h2>");
    schemas(&mut page, document);
    page
}

fn operations(page: &mut String, document: &Value, tag: &str) {
    let none = serde_json::Map::new();
    let paths = document
        .get("paths")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap_or(&none) {
            if text(operation, "/tags/0") == tag {
                draw(page, path, method, operation);
            }
        }
    }
}

fn draw(page: &mut String, path: &str, method: &str, operation: &Value) {
    let _ = write!(
        page,
        "<details><summary><b>{}</b> <code>{}</code> {}</summary><p>{}</p><table>",
        method.to_ascii_uppercase(),
        escaped(path),
        escaped(text(operation, "/summary")),
        escaped(text(operation, "/description")),
    );
    let nothing = Vec::new();
    for parameter in operation
        .get("parameters")
        .and_then(Value::as_array)
        .unwrap_or(&nothing)
    {
        let kind = format!("{} ({})", text(parameter, "/name"), text(parameter, "/in"));
        row(page, &kind, text(parameter, "/description"));
    }
    if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
        row(page, "body", &summarised(schema));
    }
    let none = serde_json::Map::new();
    for (status, answer) in operation
        .get("responses")
        .and_then(Value::as_object)
        .unwrap_or(&none)
    {
        let schema = answer.pointer("/content/application~1json/schema");
        let shown = schema.map(summarised).unwrap_or_default();
        row(
            page,
            status,
            &format!("{} {shown}", text(answer, "/description")),
        );
    }
    page.push_str("</table></details>");
}

fn schemas(page: &mut String, document: &Value) {
    let none = serde_json::Map::new();
    let known = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, schema) in known.unwrap_or(&none) {
        let drawn = serde_json::to_string_pretty(schema).unwrap_or_default();
        let name = escaped(name);
        let _ = write!(
            page,
            "<details id=\"{name}\"><summary><code>{name}</code></summary><pre>{}</pre></details>",
            escaped(&drawn)
        );
    }
}

/// A schema's name, or its type.
fn summarised(schema: &Value) -> String {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => reference.rsplit('/').next().unwrap_or_default().to_owned(),
        None => match schema.get("items") {
            Some(items) => format!("list of {}", summarised(items)),
            None => text(schema, "/type").to_owned(),
        },
    }
}

fn row(page: &mut String, name: &str, value: &str) {
    let _ = write!(
        page,
        "<tr><td><code>{}</code><td>{}",
        escaped(name),
        escaped(value)
    );
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let letter = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_operation_and_loads_nothing() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let page = drawn(&document, "N");
        for route in crate::routes::all()
            .iter()
            .filter(|route| route.is_documented())
        {
            assert!(page.contains(&escaped(route.path)), "{}", route.path);
        }
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("src="));
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("<a href=\"x\">&"),
            "&lt;a href=&quot;x&quot;&gt;&amp;"
        );
    }
}
