//! `/settings/account/second-factor`: switching the second factor on, in three steps.

use askama::Template;
use dango_auth::second_factor::Enrolment;
use dango_auth::{Error, Obligation};
use dango_auth_actix::{Budget, ObligedSession, Problem, SessionCaller};
use data_encoding::BASE64;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::account::{self, Opened};
use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::field::Field;
use super::filters;
use super::frame::Frame;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use crate::route::{Group, Route};

/// How far the person has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The password, so that nobody does it at an unlocked screen.
    Password {
        /// The password in use.
        password: Field,
    },
    /// The app, then a code from it.
    Code {
        /// What to put into the app; shown once, so a second try comes without.
        secret: Option<Secret>,
        /// The recovery codes, which become valid with the code; they travel with the form.
        codes: Vec<String>,
        /// The code.
        code: Field,
    },
    /// The recovery codes, shown once.
    Codes {
        /// The codes.
        codes: RecoveryCodes,
    },
}

impl Stage {
    /// The number of the step.
    pub(crate) const fn number(&self) -> u8 {
        match self {
            Self::Password { .. } => 1,
            Self::Code { .. } => 2,
            Self::Codes { .. } => 3,
        }
    }
}

/// What an authenticator app needs.
#[derive(Debug)]
pub(crate) struct Secret {
    /// The QR code as a `data:` address.
    pub(crate) qr: String,
    /// The key in groups of four.
    pub(crate) manual: String,
}

/// Recovery codes as they are shown, copied, kept as a file and printed.
#[derive(Debug)]
pub(crate) struct RecoveryCodes {
    /// Whose they are.
    pub(crate) login: String,
    /// The day they were made.
    pub(crate) made: String,
    /// The codes.
    pub(crate) list: Vec<String>,
    /// The same as a text file in a `data:` address.
    pub(crate) file: String,
    /// What the file is called.
    pub(crate) file_name: String,
}

/// One step of switching the second factor on.
#[derive(Debug, Template)]
#[template(path = "factor.html")]
pub(crate) struct Factor {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// The login name, for password keepers.
    pub(crate) login: String,
    /// Nothing else can be done before this.
    pub(crate) required: bool,
    pub(crate) stage: Stage,
    /// Where to go when all is done.
    pub(crate) done: String,
}

/// Fresh recovery codes in place of the old ones.
#[derive(Debug, Template)]
#[template(path = "new_codes.html")]
pub(crate) struct NewCodes {
    pub(crate) frame: Frame,
    pub(crate) codes: RecoveryCodes,
}

const PATH: &str = "/settings/account/second-factor";

/// How many recovery codes there are, and how long one is with its dashes.
const CODES: usize = 10;
const CODE_LENGTH: usize = 64;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, "secondFactorPage", show).group(Group::Pages),
        Route::post(PATH, "secondFactorForm", begin)
            .group(Group::Pages)
            .budget(Budget::Login)
            .writes(&["login_failed", "account_locked"]),
        Route::post(
            "/settings/account/second-factor/verify",
            "secondFactorCodeForm",
            confirm,
        )
        .group(Group::Pages)
        .budget(Budget::Login)
        .writes(&["two_fa_enabled", "two_fa_failed", "sessions_revoked"]),
        Route::post(
            "/settings/account/second-factor/disable",
            "secondFactorOffForm",
            disable,
        )
        .group(Group::Pages)
        .budget(Budget::Login)
        .writes(&["two_fa_disabled", "two_fa_failed", "login_failed"]),
        Route::post(
            "/settings/account/second-factor/codes",
            "recoveryCodesForm",
            regenerate,
        )
        .group(Group::Pages)
        .budget(Budget::Login)
        .writes(&[
            "recovery_codes_regenerated",
            "two_fa_failed",
            "login_failed",
        ]),
    ]
}

async fn show(_: ObligedSession, reader: Reader) -> Answer {
    if reader
        .caller()?
        .person()
        .is_none_or(|person| person.second_factor_on)
    {
        return Ok(reader.go("/settings/account#second-factor"));
    }
    reader.page(&step(&reader, password_stage(None))?)
}

async fn begin(_: ObligedSession, reader: Reader, sent: Sent) -> Answer {
    let begun = match sent.password("password") {
        Ok(password) => {
            reader
                .act(move |auth, caller| auth.second_factor().begin(caller, &password))
                .await
        }
        Err(error) => Err(error),
    };
    match begun {
        Ok(enrolment) => reader.page(&step(&reader, Stage::scan(&enrolment))?),
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "password", "password");
            let mut page = step(&reader, password_stage(complaint.about("password")))?;
            page.alert = complaint.alert;
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn confirm(_: ObligedSession, reader: Reader, sent: Sent) -> Answer {
    let code: String = sent.get("code").chars().take(CODE_LENGTH).collect();
    let codes = codes_sent(&sent);
    match reader
        .act(move |auth, caller| auth.second_factor().confirm(caller, &code))
        .await
    {
        Ok(()) => {
            let codes = RecoveryCodes::new(&reader, codes)?;
            reader.page(&step(&reader, Stage::Codes { codes })?)
        }
        Err(error) if is_about_the_form(&error) => {
            let complaint = Complaint::new(&error, reader.text, "password", "password");
            let locked = error.remaining_seconds().is_some();
            let wrong = Some(reader.text.factor.code_wrong.to_owned()).filter(|_| !locked);
            let code = Field::one_time_code("code").focused().wrong(wrong);
            let mut page = step(
                &reader,
                Stage::Code {
                    secret: None,
                    codes,
                    code,
                },
            )?;
            page.alert = complaint.alert.filter(|_| locked);
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

async fn disable(_: SessionCaller, reader: Reader, sent: Sent) -> Answer {
    let done = match sent.password("password") {
        Ok(password) => {
            let code: String = sent.get("code").chars().take(CODE_LENGTH).collect();
            reader
                .act(move |auth, caller| auth.second_factor().disable(caller, &password, &code))
                .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(reader.tell(Done::FactorOff, "/settings/account#second-factor")),
        Err(error) => again_on_account(&reader, error, Opened::FactorOff).await,
    }
}

async fn regenerate(_: SessionCaller, reader: Reader, sent: Sent) -> Answer {
    let done = match sent.password("password") {
        Ok(password) => {
            let code: String = sent.get("code").chars().take(CODE_LENGTH).collect();
            reader
                .act(move |auth, caller| auth.second_factor().regenerate(caller, &password, &code))
                .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(codes) => {
            let list = codes.iter().map(|code| code.expose().to_owned()).collect();
            let codes = RecoveryCodes::new(&reader, list)?;
            reader.page(&NewCodes {
                frame: reader.frame(Some(Place::Account))?,
                codes,
            })
        }
        Err(error) => again_on_account(&reader, error, Opened::NewCodes).await,
    }
}

async fn again_on_account(
    reader: &Reader,
    error: Error,
    opened: fn(Complaint) -> Opened,
) -> Answer {
    if !is_about_the_form(&error) {
        return Err(reader.doorway.problem(&error));
    }
    let complaint = Complaint::new(&error, reader.text, "password", "password");
    let page = account::page(reader, opened(complaint)).await?;
    reader.again(&page, &error)
}

fn password_stage(wrong: Option<String>) -> Stage {
    Stage::Password {
        password: Field::current_password("password").focused().wrong(wrong),
    }
}

fn step(reader: &Reader, stage: Stage) -> Result<Factor, Problem> {
    let caller = reader.caller()?;
    let required = caller.obligation() == Some(Obligation::SetUpSecondFactor);
    Ok(Factor {
        frame: reader.frame(None)?,
        alert: None,
        login: caller.name().to_owned(),
        required,
        done: if required {
            "/".to_owned()
        } else {
            "/settings/account#second-factor".to_owned()
        },
        stage,
    })
}

/// The codes as they came back with the form; whatever is not shaped like one is left out.
fn codes_sent(sent: &Sent) -> Vec<String> {
    let shaped = |code: &&str| {
        code.len() <= CODE_LENGTH && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    sent.get("codes")
        .split(' ')
        .filter(shaped)
        .take(CODES)
        .map(str::to_owned)
        .collect()
}

impl Stage {
    fn scan(enrolment: &Enrolment) -> Self {
        let svg = BASE64.encode(enrolment.qr_svg.as_bytes());
        let key: Vec<char> = enrolment.secret.expose().chars().collect();
        let groups: Vec<String> = key.chunks(4).map(|group| group.iter().collect()).collect();
        Self::Code {
            secret: Some(Secret {
                qr: format!("data:image/svg+xml;base64,{svg}"),
                manual: groups.join(" "),
            }),
            codes: enrolment
                .recovery_codes
                .iter()
                .map(|code| code.expose().to_owned())
                .collect(),
            code: Field::one_time_code("code").focused(),
        }
    }
}

impl RecoveryCodes {
    fn new(reader: &Reader, list: Vec<String>) -> Result<Self, Problem> {
        let login = reader.caller()?.name().to_owned();
        let project = reader.frame(None)?.project;
        let made = reader.now().format("%Y-%m-%d").to_string();
        let text = format!("{project} · {login} · {made}\n\n{}\n", list.join("\n"));
        Ok(Self {
            file: format!(
                "data:text/plain;charset=utf-8,{}",
                utf8_percent_encode(&text, NON_ALPHANUMERIC)
            ),
            file_name: "dango-recovery-codes.txt".to_owned(),
            login,
            made,
            list,
        })
    }
}
