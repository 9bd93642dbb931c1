//! An invite link or a temporary password on its only appearance.

use dango_auth::core::user::User;
use dango_auth_actix::Problem;
use serde::{Deserialize, Serialize};

use super::filters::put;
use super::place::Place;
use super::reader::Reader;
use super::shown_once::ShownOnce;

/// What was made for somebody.
#[derive(Serialize, Deserialize)]
pub(super) struct Made {
    id: String,
    name: String,
    secret: Secret,
}

#[derive(Serialize, Deserialize)]
enum Secret {
    Invite(String),
    Password(String),
}

impl Made {
    /// An invitation.
    pub(super) fn invite(user: &User, url: String) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.username.to_string(),
            secret: Secret::Invite(url),
        }
    }

    /// A temporary password.
    pub(super) fn password(user: &User, password: String) -> Self {
        let secret = Secret::Password(password);
        Self {
            id: user.id.to_string(),
            name: user.username.to_string(),
            secret,
        }
    }

    /// The page that shows it.
    pub(super) fn page(self, reader: &Reader) -> Result<ShownOnce, Problem> {
        let words = &reader.text.user;
        let (heading, lead, if_lost, secret) = match self.secret {
            Secret::Invite(url) => (
                words.invite_made,
                words.invite_made_lead,
                words.invite_lost,
                url,
            ),
            Secret::Password(password) => {
                let lead = words.temporary_made_lead;
                (words.temporary_made, lead, words.temporary_lost, password)
            }
        };
        Ok(ShownOnce {
            frame: reader.frame(Some(Place::Users))?,
            heading: heading.to_owned(),
            lead: put(lead, &[&self.name]),
            secret,
            if_lost: if_lost.to_owned(),
            example: None,
            back: format!("/settings/users/{}", self.id),
            back_label: words.back.to_owned(),
        })
    }
}
