//! A form that was open too long: what was typed is kept and can be sent again.

use askama::Template;
use dango_auth_actix::{Problem, csrf};

use super::field::Field;
use super::frame::Frame;
use super::reader::Reader;
use super::sent::Sent;
use super::text::Text;

/// Longest value that is given back.
const VALUE_MAX: usize = 4096;

/// The same form again with a fresh token.
#[derive(Debug, Template)]
#[template(path = "stale_form.html")]
pub(crate) struct StaleForm {
    pub(crate) frame: Frame,
    /// Where it goes.
    pub(crate) action: String,
    /// What can be looked at and corrected.
    pub(crate) fields: Vec<(String, Field)>,
    /// What goes with it unseen.
    pub(crate) hidden: Vec<(String, String)>,
}

/// The form that was refused, if it came from a page of ours.
///
/// SECURITY: a form from elsewhere is not given back, so nobody can put one in front of somebody's click.
pub(super) fn stale_form(reader: &Reader) -> Result<Option<StaleForm>, Problem> {
    let is_ours = csrf::is_from_own_page(&reader.request)?;
    let Some(sent) = Sent::with(&reader.request).filter(|_| is_ours) else {
        return Ok(None);
    };
    let mut page = StaleForm {
        frame: reader.frame(None)?,
        action: reader.request.path().to_owned(),
        fields: Vec::new(),
        hidden: Vec::new(),
    };
    for (name, value) in sent.pairs().filter(|(_, value)| value.len() <= VALUE_MAX) {
        match Text::look_up(reader.text.fields, name) {
            Some(label) => page
                .fields
                .push((label.to_owned(), field(name, value, page.fields.len()))),
            None => page.hidden.push((name.to_owned(), value.to_owned())),
        }
    }
    Ok(Some(page))
}

/// Passwords and codes are asked for again, never given back.
fn field(name: &str, value: &str, index: usize) -> Field {
    let known = [
        "current",
        "password",
        "code",
        "login",
        "email",
        "name",
        "description",
        "confirm",
        "token",
        "workspaces",
    ];
    let name = known.into_iter().find(|known| *known == name).unwrap_or("");
    let field = match name {
        "current" | "password" => Field::current_password(name),
        "code" => Field::one_time_code(name),
        "login" => Field::login(name).holding(value),
        _ => Field::text(name).holding(value),
    };
    Field {
        id: format!("again-{index}"),
        ..field
    }
}
