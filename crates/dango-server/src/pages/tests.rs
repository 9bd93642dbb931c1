//! What holds for every page, whatever is on it.

use std::path::Path;

use super::sample::{Flavour, HOSTILE, every_page};
use super::text::{DE, EN};
use super::theme::Theme;

/// Pages are at most this big, without the QR code.
const PAGE_MAX: usize = 50 * 1024;

#[test]
fn every_page_renders_and_shows_hostile_names_as_text() {
    for text in [&EN, &DE] {
        for sample in every_page(text, Theme::System) {
            let html = sample.page.dyn_render().expect(&sample.name);
            let name = &sample.name;
            assert!(
                html.len() < PAGE_MAX || sample.flavour == Flavour::Long,
                "{name}: {} bytes",
                html.len()
            );
            assert!(
                !html.contains("<script>") && !html.contains("<img src=x"),
                "{name}: markup from data"
            );
            assert!(!html.contains(HOSTILE), "{name}");
            assert!(
                !html.contains(" style="),
                "{name}: style attributes break the content security policy"
            );
            assert!(
                !html.contains(" onclick") && !html.contains("javascript:"),
                "{name}: inline script"
            );
            assert!(
                html.contains(&format!("<html lang=\"{}\"", text.lang)),
                "{name}"
            );
            assert_eq!(
                html.matches("<h1").count(),
                1,
                "{name}: one heading of the first rank"
            );
            assert_eq!(
                html.matches("class=\"primary\"").count().min(2),
                html.matches("class=\"primary\"").count(),
                "{name}"
            );
        }
    }
}

#[test]
fn every_form_that_posts_carries_the_form_token() {
    for sample in every_page(&EN, Theme::System) {
        let html = sample.page.dyn_render().expect(&sample.name);
        for form in html
            .split("<form ")
            .skip(1)
            .filter(|form| form.starts_with("method=\"post\""))
        {
            let form = form.split("</form>").next().unwrap_or_default();
            assert!(
                form.contains("name=\"csrf_token\" value=\"sample-form-token\""),
                "{}",
                sample.name
            );
        }
    }
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    for sample in every_page(&EN, Theme::System) {
        let html = sample.page.dyn_render().expect(&sample.name);
        let ids = attribute(&html, "id");
        for (index, id) in ids.iter().enumerate() {
            assert!(
                !ids[..index].contains(id),
                "{}: id {id} stands twice",
                sample.name
            );
        }
        for name in [
            "for",
            "aria-describedby",
            "aria-labelledby",
            "data-copy",
            "data-live",
            "list",
        ] {
            for id in attribute(&html, name)
                .iter()
                .flat_map(|value| value.split(' '))
            {
                assert!(
                    ids.contains(&id),
                    "{}: {name} names {id}, which is not there",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn templates_hold_no_words_of_their_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let markup = without(
            &without(&without(&source, "{#", "#}"), "{%", "%}"),
            "{{",
            "}}",
        );
        for name in ["title", "aria-label", "placeholder", "alt"] {
            for value in attribute(&markup, name) {
                assert!(
                    !value.contains(char::is_alphabetic),
                    "{}: {name}=\"{value}\"",
                    path.display()
                );
            }
        }
        let words = without(&markup, "<", ">");
        assert!(
            !words.contains(char::is_alphabetic),
            "{}: {}",
            path.display(),
            words.trim()
        );
    }
}

/// Writes every sample page into the folder named by `DANGO_PAGES_DIR`, to be looked at.
#[test]
fn sample_pages_can_be_written_to_a_folder() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a wish of whoever looks at the pages"
    )]
    let kept = std::env::var_os("DANGO_PAGES_DIR").map(std::path::PathBuf::from);
    let scratch = tempfile::tempdir().unwrap();
    let folder = kept.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(folder).unwrap();
    let assets = super::assets::Assets::get();
    for (suffix, text, theme) in [
        ("light", &EN, Theme::Light),
        ("dark", &EN, Theme::Dark),
        ("de", &DE, Theme::Light),
    ] {
        for sample in every_page(text, theme) {
            let html = sample
                .page
                .dyn_render()
                .expect(&sample.name)
                .replace("\"/static/", "\"static/");
            let path = folder.join(format!("{}-{suffix}.html", sample.name));
            std::fs::write(&path, html).unwrap();
            assert!(path.exists());
        }
    }
    for path in [&assets.style, &assets.script, &assets.mark] {
        let target = folder.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(target, assets.find(path).unwrap().bytes).unwrap();
    }
}

/// The values of an attribute, in order.
fn attribute<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// The text without everything from `open` to `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once(close).map_or("", |(_, rest)| rest));
    }
    out
}
