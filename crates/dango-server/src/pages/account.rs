//! `/settings/account`: my password, sessions, second factor and keys.

use askama::Template;
use dango_auth::core::id::SessionId;
use dango_auth::core::session::SessionLimits;
use dango_auth::ports::{ApiKeyRow, UserRow};
use dango_auth::second_factor::FactorStatus;
use dango_auth::sessions::SessionView;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::extract::Id;
use dango_auth_actix::{Everybody, Problem, SessionCaller};

use super::complaint::Complaint;
use super::device::{device_name, place_name};
use super::done::Done;
use super::field::{Choice, Field, PasswordRules};
use super::filters;
use super::frame::{Dot, Frame};
use super::keys::{key_form, key_line};
use super::moment::Moment;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Asked;
use crate::route::{Group, Route};

/// The page about oneself.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub(crate) struct Account {
    pub(crate) frame: Frame,
    pub(crate) login: String,
    /// Only where it is not the login name.
    pub(crate) email: Option<String>,
    pub(crate) role: String,
    pub(crate) since: Moment,
    pub(crate) password: PasswordForm,
    pub(crate) factor: FactorState,
    pub(crate) sessions: Vec<SessionLine>,
    pub(crate) keys: Vec<KeyLine>,
    pub(crate) new_key: KeyForm,
}

/// The form that changes the password.
#[derive(Debug)]
pub(crate) struct PasswordForm {
    pub(crate) open: bool,
    pub(crate) alert: Option<String>,
    pub(crate) current: Field,
    pub(crate) new: Field,
    pub(crate) rules: PasswordRules,
}

/// The second factor and its two forms.
#[derive(Debug)]
pub(crate) struct FactorState {
    pub(crate) on: bool,
    pub(crate) status: Dot,
    pub(crate) codes_left: u32,
    /// The policy does not let anybody switch it off.
    pub(crate) required: bool,
    pub(crate) alert: Option<String>,
    pub(crate) open: OpenFactorForm,
    pub(crate) codes_password: Field,
    pub(crate) codes_code: Field,
    pub(crate) off_password: Field,
    pub(crate) off_code: Field,
}

/// Which of the two forms stands open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenFactorForm {
    /// None of them.
    Neither,
    /// New recovery codes.
    Codes,
    /// Switching off.
    Off,
}

impl OpenFactorForm {
    /// The form for new codes is open.
    pub(crate) fn is_codes(self) -> bool {
        self == Self::Codes
    }

    /// The form for switching off is open.
    pub(crate) fn is_off(self) -> bool {
        self == Self::Off
    }
}

/// A session.
#[derive(Debug)]
pub(crate) struct SessionLine {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) place: String,
    pub(crate) last_seen: Moment,
    pub(crate) ends: Moment,
    pub(crate) current: bool,
}

/// An API key.
#[derive(Debug)]
pub(crate) struct KeyLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// What it may do, in words.
    pub(crate) rights: String,
    pub(crate) status: Dot,
    pub(crate) expired: bool,
    pub(crate) expires: Option<Moment>,
    pub(crate) last_used: Option<Moment>,
}

/// The form that makes a key.
#[derive(Debug)]
pub(crate) struct KeyForm {
    pub(crate) open: bool,
    pub(crate) alert: Option<String>,
    pub(crate) name: Field,
    pub(crate) expires: Field,
    pub(crate) expiries: Vec<Choice>,
    pub(crate) role: Field,
    pub(crate) roles: Vec<Choice>,
    pub(crate) workspaces: Field,
}

/// Which form stands open, and what is wrong with it.
#[derive(Debug)]
pub(super) enum Opened {
    Nothing,
    Password(Complaint),
    FactorOff(Complaint),
    NewCodes(Complaint),
    Key(Complaint, KeyTyped),
}

/// What was typed into the form for a new key.
#[derive(Debug, Default)]
pub(super) struct KeyTyped {
    pub(super) name: String,
    pub(super) days: String,
    pub(super) role: String,
    pub(super) workspaces: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings/account", "accountPage", show).group(Group::Pages),
        Route::get("/.well-known/change-password", "changePasswordAlias", alias)
            .group(Group::Pages),
        Route::post(
            "/settings/account/sessions/{id}/end",
            "endSessionForm",
            end_session,
        )
        .group(Group::Pages)
        .writes(&["sessions_revoked"]),
        Route::post(
            "/settings/account/sessions/end-others",
            "endOthersForm",
            end_others,
        )
        .group(Group::Pages)
        .writes(&["sessions_revoked"]),
    ]
}

async fn alias(_: Everybody, reader: Reader) -> Answer {
    Ok(reader.go("/settings/account?open=password#password"))
}

async fn show(_: SessionCaller, reader: Reader, asked: Asked) -> Answer {
    let opened = match asked.get("open") {
        "password" => Opened::Password(Complaint::default()),
        "key" => Opened::Key(Complaint::default(), KeyTyped::usual()),
        _ => Opened::Nothing,
    };
    reader.page(&page(&reader, opened).await?)
}

async fn end_session(_: SessionCaller, reader: Reader, Id(id): Id<SessionId>) -> Answer {
    let ended = reader
        .act(move |auth, caller| auth.sessions().end(caller, id))
        .await;
    match ended {
        // Ended already, by this click arriving twice or by somebody else: that is what was wanted.
        Ok(()) | Err(Error::NotFound { .. }) => {
            Ok(reader.tell(Done::SessionEnded, "/settings/account#sessions"))
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn end_others(_: SessionCaller, reader: Reader) -> Answer {
    reader
        .need(|auth, caller| auth.sessions().end_others(caller))
        .await?;
    Ok(reader.tell(Done::OthersEnded, "/settings/account#sessions"))
}

/// What the page needs from the store.
struct Mine {
    user: UserRow,
    sessions: Vec<SessionView>,
    limits: SessionLimits,
    factor: FactorStatus,
    factor_required: bool,
    keys: Vec<ApiKeyRow>,
}

fn gather(auth: &Auth, caller: &Caller) -> Result<Mine, Error> {
    let settings = auth.settings()?;
    let mut sessions = auth.sessions().list(caller)?;
    // The one in use first, then whichever was seen last.
    sessions.sort_by_key(|view| {
        let seen = std::cmp::Reverse(view.session.last_activity);
        (!view.is_current, seen)
    });
    Ok(Mine {
        user: auth.account().profile(caller)?.user,
        sessions,
        limits: settings.session.limits(),
        factor: auth.second_factor().status(caller)?,
        factor_required: settings.require_2fa,
        keys: auth.api_keys().list_own(caller)?,
    })
}

/// The account page with one form open.
pub(super) async fn page(reader: &Reader, opened: Opened) -> Result<Account, Problem> {
    if reader.caller()?.is_system() {
        return Err(Problem::not_found());
    }
    let mine = reader.need(gather).await?;
    let user = &mine.user.user;
    let email = user
        .email
        .as_ref()
        .filter(|email| email.as_str() != user.username.as_str());
    Ok(Account {
        frame: reader.frame(Some(Place::Account))?,
        login: user.username.to_string(),
        email: email.map(ToString::to_string),
        role: user.role.to_string(),
        since: reader.moment(user.created_at),
        password: password_form(reader, &opened).await?,
        factor: factor_state(reader, &mine, &opened),
        sessions: mine
            .sessions
            .iter()
            .map(|view| session_line(reader, view, &mine.limits))
            .collect(),
        keys: mine
            .keys
            .iter()
            .filter_map(|row| key_line(reader, &row.key))
            .collect(),
        new_key: key_form(reader, &opened),
    })
}

async fn password_form(reader: &Reader, opened: &Opened) -> Result<PasswordForm, Problem> {
    let nothing = Complaint::default();
    let (open, complaint) = match opened {
        Opened::Password(complaint) => (true, complaint),
        _ => (false, &nothing),
    };
    let current = Field::current_password("current").within("change");
    let new = Field::new_password("password").within("change");
    Ok(PasswordForm {
        open,
        alert: complaint.alert.clone(),
        current: current.wrong(complaint.about("current")),
        new: new.wrong(complaint.about("password")),
        rules: PasswordRules::of(reader, complaint).await?,
    })
}

fn factor_state(reader: &Reader, mine: &Mine, opened: &Opened) -> FactorState {
    let nothing = Complaint::default();
    let (open, complaint) = match opened {
        Opened::NewCodes(complaint) => (OpenFactorForm::Codes, complaint),
        Opened::FactorOff(complaint) => (OpenFactorForm::Off, complaint),
        _ => (OpenFactorForm::Neither, &nothing),
    };
    let field = |field: Field, form: &str, is_open: bool| {
        let name = field.name;
        field
            .within(form)
            .wrong(complaint.about(name).filter(|_| is_open))
    };
    let (codes, off) = (open.is_codes(), open.is_off());
    FactorState {
        on: mine.factor.on,
        status: Dot::factor(mine.factor.on, reader.text),
        codes_left: mine.factor.codes_left,
        required: mine.factor_required,
        alert: complaint.alert.clone(),
        open,
        codes_password: field(Field::current_password("password"), "codes", codes),
        codes_code: field(Field::one_time_code("code"), "codes", codes),
        off_password: field(Field::current_password("password"), "off", off),
        off_code: field(Field::one_time_code("code"), "off", off),
    }
}

fn session_line(reader: &Reader, view: &SessionView, limits: &SessionLimits) -> SessionLine {
    let session = &view.session;
    SessionLine {
        id: session.id.to_string(),
        device: device_name(session.user_agent.as_deref(), reader.text),
        place: place_name(session.ip, reader.text),
        last_seen: reader.moment(session.last_activity),
        ends: reader.moment(session.ends_at(limits)),
        current: view.is_current,
    }
}
