//! Samples of the pages for getting in.

use askama::DynTemplate;

use super::{Flavour, Maker};
use crate::pages::error::ErrorPage;
use crate::pages::factor::{Factor, RecoveryCodes, Secret, Stage};
use crate::pages::field::Field;
use crate::pages::filters::put;
use crate::pages::frame::Frame;
use crate::pages::invite::Invite;
use crate::pages::login::{LoginCode, LoginPage};
use crate::pages::password::RequiredPassword;
use crate::pages::setup::Setup;
use crate::pages::stale::StaleForm;

type Pages = Vec<(&'static str, Box<dyn DynTemplate>)>;

impl Maker {
    pub(super) fn entry(self) -> Pages {
        vec![
            ("login", Box::new(self.login())),
            ("login-code", Box::new(self.login_code(false))),
            ("login-recovery", Box::new(self.login_code(true))),
            ("setup", Box::new(self.setup())),
            ("invite", Box::new(self.invite())),
            (
                "invite-gone",
                Box::new(self.problem(
                    404,
                    self.text.invite.gone_heading,
                    self.text.invite.gone_what,
                )),
            ),
            ("required-password", Box::new(self.required_password())),
            ("form-expired", Box::new(self.stale_form())),
            (
                "factor-1-password",
                Box::new(self.factor(Stage::Password {
                    password: Field::current_password("password").focused(),
                })),
            ),
            ("factor-2-code", Box::new(self.factor(self.code_stage()))),
            (
                "factor-3-codes",
                Box::new(self.factor(Stage::Codes {
                    codes: self.codes(),
                })),
            ),
            (
                "error-403",
                Box::new(self.problem(
                    403,
                    self.text.errors.forbidden,
                    self.text.errors.forbidden_what,
                )),
            ),
            (
                "error-404",
                Box::new(self.problem(
                    404,
                    self.text.errors.missing,
                    self.text.errors.missing_what,
                )),
            ),
            (
                "error-423",
                Box::new(self.problem(423, self.text.errors.locked, self.text.errors.locked_what)),
            ),
            (
                "error-429",
                Box::new(self.problem(
                    429,
                    self.text.errors.throttled,
                    self.text.errors.throttled_what,
                )),
            ),
            (
                "error-503",
                Box::new(self.problem(
                    503,
                    self.text.errors.unavailable,
                    self.text.errors.unavailable_what,
                )),
            ),
        ]
    }

    fn login(self) -> LoginPage {
        let words = &self.text.login;
        LoginPage {
            frame: self.frame(None),
            alert: match self.flavour {
                Flavour::Long => Some(put(words.locked, &[&"12 minutes"])),
                _ => self.alert(words.failed),
            },
            next: "/settings/users?q=a%20b".to_owned(),
            login: Field::login("login")
                .holding(if self.flavour == Flavour::Usual {
                    String::new()
                } else {
                    self.flavour.person(0)
                })
                .focused(),
            password: Field::current_password("password"),
        }
    }

    fn login_code(self, recovery: bool) -> LoginCode {
        let code = if recovery {
            Field::word("code").required()
        } else {
            Field::one_time_code("code")
        };
        LoginCode {
            frame: self.frame(None),
            alert: None,
            next: "/".to_owned(),
            next_query: String::new(),
            recovery_query: "?recovery=true".to_owned(),
            recovery,
            code: code.focused().wrong(self.alert(self.text.login.code_wrong)),
        }
    }

    fn setup(self) -> Setup {
        Setup {
            frame: self.frame(None),
            alert: self.alert(self.text.errors.stale_form),
            ask_token: self.flavour != Flavour::Usual,
            token: self.field(Field::word("token").required()),
            login: self.field(Field::login("login")),
            password: Field::new_password("password"),
            rules: self.rules(),
        }
    }

    fn invite(self) -> Invite {
        Invite {
            frame: self.frame(None),
            alert: None,
            email: self.flavour.person(1),
            ends: self.moment(60 * 60),
            password: Field::new_password("password").focused(),
            rules: self.rules(),
        }
    }

    fn stale_form(self) -> StaleForm {
        let again = |field: Field, index: usize| Field {
            id: format!("again-{index}"),
            ..field
        };
        let name = Field::login("login").holding(self.flavour.person(1));
        let fields = vec![
            (self.text.login.login.to_owned(), again(name, 0)),
            (
                self.text.login.password.to_owned(),
                again(Field::current_password("password"), 1),
            ),
        ];
        StaleForm {
            frame: self.frame(None),
            action: "/login".to_owned(),
            fields,
            hidden: vec![("next".to_owned(), self.flavour.person(0))],
        }
    }

    fn required_password(self) -> RequiredPassword {
        RequiredPassword {
            frame: self.frame(None),
            alert: None,
            steps: if self.flavour == Flavour::Usual { 2 } else { 1 },
            login: self.flavour.person(0),
            current: Field::current_password("current").focused(),
            password: Field::new_password("password"),
            rules: self.rules(),
        }
    }

    fn factor(self, stage: Stage) -> Factor {
        Factor {
            frame: self.frame(None),
            alert: None,
            login: self.flavour.person(0),
            required: self.flavour == Flavour::Usual,
            stage,
            done: "/".to_owned(),
        }
    }

    fn code_stage(self) -> Stage {
        let svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath d='M0 0h3v3H0zM5 0h3v3H5zM0 5h3v3H0zM4 4h1v1H4zM6 6h2v2H6z'/%3E%3C/svg%3E";
        let secret = Secret {
            qr: svg.to_owned(),
            manual: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
        };
        Stage::Code {
            secret: (self.flavour != Flavour::Long).then_some(secret),
            codes: self.codes().list,
            code: Field::one_time_code("code")
                .focused()
                .wrong(self.alert(self.text.factor.code_wrong)),
        }
    }

    pub(super) fn codes(self) -> RecoveryCodes {
        RecoveryCodes {
            login: self.flavour.person(0),
            made: "2026-08-11".to_owned(),
            list: (0..10)
                .map(|n| format!("K7QF-2MXR-9TBD-WH4{n}-ZC6P-V3NY"))
                .collect(),
            file: "data:text/plain;charset=utf-8,K7QF-2MXR".to_owned(),
            file_name: "dango-recovery-codes.txt".to_owned(),
        }
    }

    fn problem(self, status: u16, heading: &str, what: &str) -> ErrorPage {
        let frame: Frame = self.frame(None);
        ErrorPage {
            frame,
            status,
            heading: heading.to_owned(),
            what: what.to_owned(),
            wait: (status == 429).then(|| put(self.text.errors.wait, &[&"40 seconds"])),
            link: "/".to_owned(),
            link_label: self.text.errors.to_start.to_owned(),
            request_id: (status == 503).then(|| "0198a2b4-6c1e-7d3f-8a90-1b2c3d4e5f60".to_owned()),
        }
    }
}
