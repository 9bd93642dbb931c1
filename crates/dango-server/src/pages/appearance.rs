//! `/theme` and `/static`: the look.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};
use dango_auth_actix::{Everybody, ObligedSession, Problem, cookie, next};

use super::assets::Assets;
use super::reader::{Answer, Reader, THEME};
use super::sent::Sent;
use super::theme::Theme;
use crate::route::{Group, Route};

/// How long the look is remembered, in seconds: the most a browser keeps (RFC 6265bis).
const THEME_SECONDS: u64 = 400 * 86_400;

/// The file's name has its content's hash in it, so it never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/theme", "themeForm", choose).group(Group::Pages),
        Route::get("/static/{file}", "staticFile", file).group(Group::Pages),
    ]
}

async fn choose(_: ObligedSession, reader: Reader, sent: Sent) -> Answer {
    let theme = Theme::parse(sent.get("theme"));
    let back = next::local_path(sent.get("back")).unwrap_or("/");
    let mut response = reader.go(back);
    let https = reader.facts.https;
    let header = match theme {
        Theme::System => cookie::clear(THEME, https),
        _ => cookie::set(THEME, theme.as_str(), THEME_SECONDS, https),
    };
    if let Some(header) = header {
        response.headers_mut().append(SET_COOKIE, header);
    }
    Ok(response)
}

async fn file(_: Everybody, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let file = request.match_info().get("file").unwrap_or_default();
    let found = Assets::get().find(&format!("/static/{file}"));
    let asset = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, FOR_EVER))
        .body(asset.bytes))
}
