//! Every sample page in a real browser, behind the policy that real pages have.
//!
//! The story of `dango-browser` shows the pages a team comes by; here are all states, also those that are hard
//! to get into, with long, right-to-left and hostile names.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use dango_auth_actix::headers::page_policy;
use dango_browser::visit::Visitor;
use dango_browser::{Look, Theme as Seen};

use super::assets::Assets;
use super::sample::{Flavour, Sample, every_page};
use super::text::{DE, EN};
use super::theme::Theme;

/// The nonce that the samples carry.
const NONCE: &str = "c2FtcGxlLW5vbmNl";

type Pages = BTreeMap<String, String>;

/// Draws the pages under their names.
fn drawn(samples: &[Sample], suffix: &str) -> Pages {
    let draw = |sample: &Sample| {
        let html = sample.page.dyn_render().expect(&sample.name);
        (format!("{}{suffix}", sample.name), html)
    };
    samples.iter().map(draw).collect()
}

async fn answer(pages: web::Data<Pages>, request: HttpRequest) -> HttpResponse {
    if let Some(asset) = Assets::get().find(request.path()) {
        return HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, asset.content_type))
            .body(asset.bytes);
    }
    match pages.get(request.path().trim_start_matches('/')) {
        Some(html) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CONTENT_SECURITY_POLICY, page_policy(NONCE)))
            .body(html.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Serves the pages for as long as the tests run; gives the address.
fn serve(pages: &Arc<Pages>) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    let pages = Arc::clone(pages);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let pages = web::Data::from(pages);
            let app = move || {
                App::new()
                    .app_data(pages.clone())
                    .default_service(web::to(answer))
            };
            let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0));
            let server = server.expect("a free port");
            tell.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    format!("http://{}", told.recv().unwrap())
}

fn visitor_of(pages: &Arc<Pages>) -> Option<Visitor> {
    Visitor::at(&serve(pages))
}

fn of_flavour(flavour: Flavour) -> Vec<Sample> {
    let mut samples = every_page(&EN, Theme::System);
    samples.retain(|sample| sample.flavour == flavour);
    samples
}

/// Looks at all pages, in both themes where `both`.
fn look_at(pages: Pages, both: bool, theme: Seen) {
    let pages = Arc::new(pages);
    let Some(mut visitor) = visitor_of(&pages) else {
        return;
    };
    for name in pages.keys() {
        visitor.window.open(&format!("/{name}"));
        if both {
            visitor.sees(name);
        } else {
            visitor.glances(name, theme);
        }
    }
}

#[test]
fn every_state_of_every_page_is_easy_to_use_in_both_themes() {
    look_at(drawn(&of_flavour(Flavour::Usual), ""), true, Seen::Light);
}

#[test]
fn empty_pages_are_easy_to_use() {
    look_at(drawn(&of_flavour(Flavour::Empty), ""), false, Seen::Light);
}

#[test]
fn long_names_and_refused_forms_are_easy_to_use() {
    look_at(drawn(&of_flavour(Flavour::Long), ""), false, Seen::Dark);
}

#[test]
fn right_to_left_names_are_easy_to_use() {
    look_at(
        drawn(&of_flavour(Flavour::RightToLeft), ""),
        false,
        Seen::Light,
    );
}

#[test]
fn hostile_names_and_a_switched_off_sign_in_are_easy_to_use() {
    look_at(drawn(&of_flavour(Flavour::Hostile), ""), false, Seen::Dark);
}

#[test]
fn pages_in_german_are_easy_to_use() {
    let mut samples = every_page(&DE, Theme::System);
    samples.retain(|sample| sample.flavour == Flavour::Usual);
    look_at(drawn(&samples, "-de"), false, Seen::Light);
}

#[test]
fn recovery_codes_are_printed_without_what_is_around_them() {
    let pages = Arc::new(drawn(&of_flavour(Flavour::Usual), ""));
    let Some(visitor) = visitor_of(&pages) else {
        return;
    };
    for page in ["/new-codes-usual", "/factor-3-codes-usual"] {
        visitor.window.look(Look::paper()).open(page);
        visitor.window.shows("K7QF-2MXR-9TBD-WH40");
        for part in [EN.common.copy, EN.factor.download, EN.factor.saved] {
            visitor.window.hides(part);
        }
    }
}
