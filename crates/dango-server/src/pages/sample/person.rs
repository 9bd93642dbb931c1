//! Samples of one's own pages.

use askama::DynTemplate;

use super::{Flavour, Maker};
use crate::pages::account::{
    Account, FactorState, KeyForm, KeyLine, OpenFactorForm, PasswordForm, SessionLine,
};
use crate::pages::factor::NewCodes;
use crate::pages::field::{Choice, Field};
use crate::pages::frame::{Dot, Tone};
use crate::pages::home::{Advice, DomainList, GrantLine, Home, PermissionLine, SignInLine};
use crate::pages::place::Place;
use crate::pages::shown_once::ShownOnce;

impl Maker {
    pub(super) fn person(self) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
        vec![
            ("home", Box::new(self.home())),
            ("account", Box::new(self.account())),
            ("key-created", Box::new(self.key_created())),
            (
                "new-codes",
                Box::new(NewCodes {
                    frame: self.frame(Some(Place::Account)),
                    codes: self.codes(),
                }),
            ),
        ]
    }

    fn home(self) -> Home {
        let words = &self.text.home;
        Home {
            frame: self.frame(Some(Place::Home)),
            name: self.flavour.person(0),
            role: "viewer".to_owned(),
            role_summary: "Looks, and changes nothing.".to_owned(),
            advice: self
                .flavour
                .list(1)
                .map(|_| Advice {
                    text: words.advise_factor.to_owned(),
                    href: "/settings/account/second-factor".to_owned(),
                    label: words.advise_factor_link.to_owned(),
                })
                .collect(),
            everywhere: self.flavour == Flavour::Usual,
            grants: self.flavour.list(3).map(|n| self.grant(n)).collect(),
            sign_ins: self.flavour.list(3).map(|n| self.sign_in(n)).collect(),
            domains: self.flavour.list(4).map(Self::domain).collect(),
        }
    }

    pub(super) fn grant(self, number: usize) -> GrantLine {
        GrantLine {
            workspace: self.flavour.workspace(number),
            role: ["editor", "viewer", "operator"][number % 3].to_owned(),
        }
    }

    fn device(self, number: usize) -> String {
        match self.flavour {
            Flavour::Usual | Flavour::Empty => {
                ["Firefox on Linux", "Safari on iPhone", "Chrome on Windows"][number % 3].to_owned()
            }
            _ => self.flavour.prose(),
        }
    }

    fn sign_in(self, number: usize) -> SignInLine {
        SignInLine {
            device: self.device(number),
            place: ["This computer", "203.0.113.7", "2001:db8::42:8329"][number % 3].to_owned(),
            signed_in: self.ago(400 * number + 3),
            current: number == 0,
        }
    }

    fn domain(number: usize) -> DomainList {
        let (name, permissions) = [
            (
                "source",
                &[
                    ("source.view", "see sources and their state"),
                    ("source.sync", "run a sync"),
                ][..],
            ),
            (
                "dbt",
                &[
                    ("dbt.view", "see models and runs"),
                    ("dbt.run", "run models"),
                    ("dbt.manage", "change models"),
                ],
            ),
            (
                "dashboard",
                &[
                    ("dashboard.view", "see dashboards"),
                    ("query.execute", "run queries"),
                ],
            ),
            (
                "platform",
                &[
                    ("health.view", "see the health page"),
                    ("logs.view", "see logs"),
                ],
            ),
        ][number % 4];
        DomainList {
            name: name.to_owned(),
            permissions: permissions
                .iter()
                .map(|(name, description)| PermissionLine {
                    name: (*name).to_owned(),
                    description: (*description).to_owned(),
                })
                .collect(),
        }
    }

    fn account(self) -> Account {
        let wrong = matches!(self.flavour, Flavour::Long);
        Account {
            frame: self.notice(Place::Account, self.text.notices.key_revoked),
            login: self.flavour.person(0),
            email: (self.flavour == Flavour::Long).then(|| self.flavour.person(1)),
            role: "editor".to_owned(),
            since: self.moment(-60 * 24 * 90),
            password: PasswordForm {
                open: wrong,
                alert: wrong.then(|| self.text.errors.check_fields.to_owned()),
                current: Field::current_password("current")
                    .within("change")
                    .wrong(wrong.then(|| self.text.password.wrong.to_owned())),
                new: Field::new_password("password").within("change"),
                rules: self.rules(),
            },
            factor: self.factor_state(),
            sessions: (0..if self.flavour == Flavour::Empty { 1 } else { 3 })
                .map(|n| self.session(n))
                .collect(),
            keys: self.flavour.list(3).map(|n| self.key(n)).collect(),
            new_key: self.key_form(wrong),
        }
    }

    fn factor_state(self) -> FactorState {
        let on = matches!(
            self.flavour,
            Flavour::Usual | Flavour::Long | Flavour::Hostile
        );
        FactorState {
            on,
            status: if on {
                Dot::new(Tone::Good, self.text.factor.on)
            } else {
                Dot::new(Tone::Wait, self.text.factor.off)
            },
            codes_left: 8,
            required: self.flavour == Flavour::Hostile,
            alert: None,
            codes_password: Field::current_password("password").within("codes"),
            codes_code: Field::one_time_code("code").within("codes"),
            open: if self.flavour == Flavour::Long {
                OpenFactorForm::Off
            } else {
                OpenFactorForm::Neither
            },
            off_password: Field::current_password("password").within("off"),
            off_code: Field::one_time_code("code").within("off"),
        }
    }

    fn session(self, number: usize) -> SessionLine {
        SessionLine {
            id: format!("0198a2b4-6c1e-7d3f-8a90-1b2c3d4e5f6{number}"),
            device: self.device(number),
            place: ["This computer", "203.0.113.7", "2001:db8::42:8329"][number % 3].to_owned(),
            last_seen: self.ago(7 * number),
            ends: self.moment(1433),
            current: number == 0,
        }
    }

    fn key(self, number: usize) -> KeyLine {
        let expired = number == 2;
        KeyLine {
            id: format!("0198a2b4-6c1e-7d3f-8a90-1b2c3d4e5f6{number}"),
            name: if self.flavour == Flavour::Usual {
                ["nightly sync", "grafana", "old laptop"][number % 3].to_owned()
            } else {
                self.flavour.prose()
            },
            prefix: "dango_ak_Hx3".to_owned(),
            rights: [
                "Same as yours",
                "At most viewer",
                "At most editor, in finance",
            ][number % 3]
                .to_owned(),
            status: Dot::new(
                if expired { Tone::Bad } else { Tone::Good },
                if expired {
                    self.text.account.key_expired
                } else {
                    self.text.account.key_live
                },
            ),
            expired,
            expires: (number > 0).then(|| self.moment(60 * 24 * 20)),
            last_used: (number != 1).then(|| self.moment(-42)),
        }
    }

    fn key_form(self, open: bool) -> KeyForm {
        KeyForm {
            open,
            alert: None,
            name: self.field(Field::text("name").within("key").required()),
            expires: Field::text("expires_in_days").within("key").holding("90"),
            expiries: vec![
                Choice::new("30", "In 30 days"),
                Choice::new("90", "In 90 days"),
                Choice::new("", "Never"),
            ],
            role: Field::text("role").within("key"),
            roles: Self::roles(),
            workspaces: Field::word("workspaces").within("key"),
        }
    }

    fn key_created(self) -> ShownOnce {
        let words = &self.text.account;
        ShownOnce {
            frame: self.frame(Some(Place::Account)),
            heading: words.key_made.to_owned(),
            lead: words.key_made_lead.replace("{}", &self.flavour.prose()),
            secret: "dango_ak_Hx3vT0pQm9ZsLr2WbYc7NdEf4GgUu81kA".to_owned(),
            if_lost: words.key_lost.to_owned(),
            example: Some(
                "curl -H \"Authorization: Bearer $KEY\" https://dango.example.org/api/auth/me"
                    .to_owned(),
            ),
            back: "/settings/account#api-keys".to_owned(),
            back_label: words.back.to_owned(),
        }
    }
}
