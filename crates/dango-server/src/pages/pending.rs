//! Who still has to act: a part of the page of rules.

use dango_auth::core::name::Username;
use dango_auth::core::user::Status;
use dango_auth::{Auth, Caller, Error};

use super::count::People;
use super::filters::count_of;
use super::frame::Tone;
use super::text::Text;

/// A number of people, in words.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// The part of the page.
#[derive(Debug)]
pub(crate) struct PendingPart {
    pub(crate) counts: Vec<Count>,
    /// Administrators without a second factor.
    pub(crate) without_factor: Vec<String>,
}

/// Who still has to act.
pub(super) struct Pending {
    admins: Vec<Username>,
    locked: People,
    invited: People,
    invite_expired: People,
}

impl Pending {
    pub(super) fn find(auth: &Auth, caller: &Caller) -> Result<Self, Error> {
        let statuses = [Status::Locked, Status::Invited, Status::InviteExpired];
        let mut counts = People::with_statuses(auth, caller, &statuses)?.into_iter();
        let mut next = || counts.next().unwrap_or_default();
        Ok(Self {
            admins: auth.status().admins_without_second_factor(caller)?,
            locked: next(),
            invited: next(),
            invite_expired: next(),
        })
    }

    fn counts(&self, text: &Text) -> Vec<Count> {
        let words = &text.auth;
        let count = |tone, phrase: &str, number: People, status: &str| {
            (number.0 > 0).then(|| Count {
                tone,
                text: count_of(phrase, number),
                href: (!status.is_empty()).then(|| format!("/settings/users?status={status}")),
            })
        };
        let admins = People(u32::try_from(self.admins.len()).unwrap_or(u32::MAX));
        let counts = [
            count(Tone::Bad, words.admins_without, admins, ""),
            count(
                Tone::Wait,
                words.locked,
                self.locked,
                Status::Locked.as_str(),
            ),
            count(
                Tone::Wait,
                words.invited,
                self.invited,
                Status::Invited.as_str(),
            ),
            count(
                Tone::Wait,
                words.invite_expired,
                self.invite_expired,
                Status::InviteExpired.as_str(),
            ),
        ];
        counts.into_iter().flatten().collect()
    }

    /// The part of the page that says so; what nobody has to do is left out.
    pub(super) fn told(self, text: &Text) -> PendingPart {
        PendingPart {
            counts: self.counts(text),
            without_factor: self.admins.iter().map(ToString::to_string).collect(),
        }
    }
}
