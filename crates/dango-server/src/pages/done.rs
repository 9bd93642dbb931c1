//! What a page says was done a moment ago, on the page after it.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use dango_auth_actix::cookie::{self, CookieName};

use super::frame::{Notice, Tone};
use super::text::Text;

/// Carries the word of a [`Done`] over one redirect: a word of ours, never somebody's text.
const COOKIE: CookieName = CookieName::new("dango_done", "__Host-dango_done");

/// Long enough for a redirect, in seconds.
const LIFETIME: u64 = 60;

macro_rules! done {
    ($($name:ident $word:ident $tone:ident,)+) => {
        /// Something that was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Done {
            $($name,)+
        }

        impl Done {
            const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($word),)+ }
            }

            fn parse(word: &str) -> Option<Self> {
                [$(Self::$name,)+].into_iter().find(|done| done.as_str() == word)
            }

            /// The notice that says so.
            pub(crate) fn notice(self, text: &Text) -> Notice {
                match self {
                    $(Self::$name => Notice {
                        tone: Tone::$tone,
                        text: text.notices.$word.to_owned(),
                    },)+
                }
            }
        }
    };
}

done! {
    SignedOut signed_out Good,
    SignInExpired sign_in_expired Wait,
    TooManyCodes too_many_codes Bad,
    PasswordChanged password_changed Good,
    FactorOn factor_on Good,
    FactorOff factor_off Good,
    SessionEnded session_ended Good,
    OthersEnded others_ended Good,
    KeyRevoked key_revoked Good,
    AccessSaved access_saved Good,
    FactorReset factor_reset Good,
    Unlocked unlocked Good,
    SessionsEnded sessions_ended Good,
    Deactivated deactivated Good,
    Reactivated reactivated Good,
    Deleted deleted Good,
    WorkspaceCreated workspace_created Good,
    WorkspaceSaved workspace_saved Good,
    WorkspaceDeleted workspace_deleted Good,
    SettingsSaved settings_saved Good,
    NothingChanged nothing_changed Plain,
}

impl Done {
    /// What the request's cookie says was done.
    pub(crate) fn told(request: &HttpRequest, https: bool) -> Option<Self> {
        cookie::read(request.headers(), COOKIE.over(https))
            .ok()
            .and_then(Self::parse)
    }

    /// The header that tells the next page.
    pub(crate) fn tell(
        self,
        https: bool,
    ) -> Option<(actix_web::http::header::HeaderName, HeaderValue)> {
        cookie::set(COOKIE, self.as_str(), LIFETIME, https).map(|value| (SET_COOKIE, value))
    }

    /// The header that forgets it once it was said.
    pub(crate) fn forget(
        https: bool,
    ) -> Option<(actix_web::http::header::HeaderName, HeaderValue)> {
        cookie::clear(COOKIE, https).map(|value| (SET_COOKIE, value))
    }
}
