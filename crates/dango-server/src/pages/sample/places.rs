//! Samples of roles, workspaces, audit and settings.

use askama::DynTemplate;
use chrono::{NaiveDate, TimeDelta};

use super::{Flavour, Maker};
use crate::pages::audit::{Audit, AuditFilterForm, Chain, Day, EventLine, Fact, Link};
use crate::pages::chart::{Chart, DayCount};
use crate::pages::count::People;
use crate::pages::field::{Choice, Field};
use crate::pages::frame::{Dot, Tone};
use crate::pages::pending::{Count, PendingPart};
use crate::pages::place::Place;
use crate::pages::roles::{DomainRows, Explain, PermissionRow, RoleLine, RolesPage, Verdict};
use crate::pages::rules::{FixedLine, RuleGroup, Setting, SettingInput};
use crate::pages::settings::SettingsPage;
use crate::pages::users::Pager;
use crate::pages::workspace::{Member, WorkspacePage};
use crate::pages::workspaces::{WorkspaceForm, WorkspaceLine, Workspaces};

const ROLES: [(&str, usize); 6] = [
    ("admin", 29),
    ("manager", 24),
    ("developer", 20),
    ("editor", 19),
    ("operator", 11),
    ("viewer", 8),
];

impl Maker {
    pub(super) fn places(self) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
        vec![
            ("roles", Box::new(self.roles_page())),
            ("workspaces", Box::new(self.workspaces())),
            ("workspace", Box::new(self.workspace_page())),
            ("audit", Box::new(self.audit())),
            ("auth", Box::new(self.settings())),
        ]
    }

    fn roles_page(self) -> RolesPage {
        let allowed = self.flavour == Flavour::Usual;
        RolesPage {
            frame: self.frame(Some(Place::Roles)),
            may_see_people: self.flavour != Flavour::Empty,
            roles: ROLES
                .iter()
                .zip(self.text.roles_for)
                .map(|((name, permissions), (_, summary))| RoleLine {
                    name: (*name).to_owned(),
                    summary: (*summary).to_owned(),
                    permissions: *permissions,
                    people: People(3),
                })
                .collect(),
            explain: self.flavour.list(1).next().map(|_| Explain {
                person: self.field(Field::word("person")),
                permission: Field::text("permission").holding("source.sync"),
                permissions: vec![Choice::same("source.sync"), Choice::same("users.manage")],
                workspace: Field::word("workspace").holding(self.flavour.workspace(0)),
                known: vec![self.flavour.workspace(1)],
                answer: Some(Verdict {
                    allowed,
                    why: self
                        .text
                        .roles
                        .why_grant
                        .replace("{1}", &self.flavour.person(0))
                        .replace("{2}", "editor"),
                }),
            }),
            domains: ["source", "dbt", "dashboard"]
                .map(|name| DomainRows {
                    name: name.to_owned(),
                    rows: (0..3)
                        .map(|n| PermissionRow {
                            name: format!("{name}.action_{n}"),
                            description: "see sources and their state".to_owned(),
                            held: (0..6).map(|role| role < 6 - n * 2).collect(),
                        })
                        .collect(),
                })
                .into(),
        }
    }

    fn workspace_form(self, name: Field) -> WorkspaceForm {
        WorkspaceForm {
            open: self.flavour == Flavour::Long,
            alert: self.alert(self.text.errors.check_fields),
            name,
            description: Field::text("description").holding(self.flavour.prose()),
        }
    }

    fn workspaces(self) -> Workspaces {
        Workspaces {
            frame: self.frame(Some(Place::Workspaces)),
            may_manage: self.flavour != Flavour::RightToLeft,
            rows: self
                .flavour
                .list(4)
                .map(|n| WorkspaceLine {
                    id: n.to_string(),
                    name: self.flavour.workspace(n),
                    description: self.flavour.prose(),
                    created: self.moment(-5000),
                })
                .collect(),
            pager: Pager::default(),
            new: self.workspace_form(self.field(Field::word("name").required())),
        }
    }

    fn workspace_page(self) -> WorkspacePage {
        WorkspacePage {
            frame: self.frame(Some(Place::Workspaces)),
            id: "1".to_owned(),
            version: "3".to_owned(),
            name: self.flavour.workspace(0),
            members: self
                .flavour
                .list(3)
                .map(|n| Member {
                    id: n.to_string(),
                    name: self.flavour.person(n),
                    role: "viewer".to_owned(),
                })
                .collect(),
            edit: self.workspace_form(
                Field::word("name")
                    .holding(self.flavour.workspace(0))
                    .required(),
            ),
            delete_open: self.flavour == Flavour::Usual,
            confirm: self.field(Field::word("confirm").required()),
        }
    }

    fn audit(self) -> Audit {
        let first = NaiveDate::from_ymd_opt(2026, 7, 12).unwrap();
        let counts: Vec<DayCount> = (0..30_u64)
            .map(|n| DayCount {
                day: first + TimeDelta::days(n.cast_signed()),
                good: (n * 7 + 3) % 11 * 3,
                bad: if n % 5 == 2 { n } else { n % 2 },
            })
            .collect();
        Audit {
            frame: self.frame(Some(Place::Audit)),
            alert: self.alert(self.text.errors.invalid_what),
            filter: AuditFilterForm {
                types: std::iter::once(Choice::new("", self.text.audit.any_event))
                    .chain(
                        self.text
                            .events
                            .iter()
                            .map(|(value, label)| Choice::new(*value, *label)),
                    )
                    .collect(),
                actor: if self.flavour == Flavour::Hostile {
                    self.flavour.person(0)
                } else {
                    String::new()
                },
                ..AuditFilterForm::default()
            },
            exports: vec![
                Link {
                    href: "/api/admin/audit?format=csv".to_owned(),
                    label: "CSV".to_owned(),
                },
                Link {
                    href: "/api/admin/audit?format=jsonl".to_owned(),
                    label: "JSON lines".to_owned(),
                },
            ],
            chart: if self.flavour == Flavour::Empty {
                None
            } else {
                Chart::draw(&counts, self.text)
            },
            days: self
                .flavour
                .list(2)
                .map(|n| Day {
                    id: format!("2026-08-1{n}"),
                    label: [self.text.time.today, self.text.time.yesterday][n].to_owned(),
                    events: (0..5).map(|n| self.event(n)).collect(),
                })
                .collect(),
            pager: Pager {
                first: Some("/settings/audit".to_owned()),
                next: Some("/settings/audit?cursor=12".to_owned()),
            },
            chain: Chain {
                status: Dot::new(
                    if self.flavour == Flavour::Hostile {
                        Tone::Bad
                    } else {
                        Tone::Good
                    },
                    self.text.audit.chain_whole,
                ),
                text: "12 480".to_owned(),
                may_check: true,
            },
        }
    }

    fn event(self, number: usize) -> EventLine {
        let (name, tone) = [
            ("login_success", Tone::Good),
            ("login_failed", Tone::Bad),
            ("role_changed", Tone::Plain),
            ("user_created", Tone::Plain),
            ("account_locked", Tone::Bad),
        ][number % 5];
        let what = self
            .text
            .events
            .iter()
            .find(|(key, _)| *key == name)
            .unwrap()
            .1;
        EventLine {
            tone,
            what: what.to_owned(),
            who: self.flavour.person(number),
            target: (number > 1).then(|| self.flavour.person(number + 1)),
            at: self.ago(3 * number),
            time: format!("14:0{number}"),
            facts: vec![
                Fact {
                    name: self.text.audit.fact_id.to_owned(),
                    value: "12480".to_owned(),
                },
                Fact {
                    name: self.text.audit.fact_ip.to_owned(),
                    value: "203.0.113.7".to_owned(),
                },
                Fact {
                    name: "reason".to_owned(),
                    value: self.flavour.prose(),
                },
            ],
        }
    }

    fn settings(self) -> SettingsPage {
        SettingsPage {
            frame: self.notice(Place::Settings, self.text.notices.settings_saved),
            alert: self.alert(self.text.errors.check_fields),
            pending: (self.flavour != Flavour::RightToLeft).then(|| self.pending()),
            groups: (0..4).map(|id| self.rules_of(id)).collect(),
            fixed: self
                .text
                .setting_names
                .iter()
                .skip(18)
                .enumerate()
                .map(|(n, (name, label))| FixedLine {
                    name: (*name).to_owned(),
                    label: (*label).to_owned(),
                    origin: self.text.auth.origin_default.to_owned(),
                    value: (n % 2 == 0).then(|| self.flavour.prose()),
                })
                .collect(),
        }
    }

    fn pending(self) -> PendingPart {
        let words = &self.text.auth;
        let count = |tone, phrase: &str, number: u64, href: Option<&str>| Count {
            tone,
            text: crate::pages::filters::count_of(phrase, number),
            href: href.map(str::to_owned),
        };
        let counts = [
            count(Tone::Bad, words.admins_without, 1, None),
            count(
                Tone::Wait,
                words.invited,
                3,
                Some("/settings/users?status=invited"),
            ),
        ];
        PendingPart {
            counts: if self.flavour == Flavour::Empty {
                Vec::new()
            } else {
                counts.into()
            },
            without_factor: self
                .flavour
                .list(4)
                .map(|n| self.flavour.person(n))
                .collect(),
        }
    }

    fn rules_of(self, id: usize) -> RuleGroup {
        let words = &self.text.auth;
        let headings = [
            words.group_sessions,
            words.group_passwords,
            words.group_limits,
            words.group_rest,
        ];
        let rules = self.text.setting_names.iter().skip(1 + id * 4).take(4);
        RuleGroup {
            id,
            heading: headings[id],
            settings: rules
                .enumerate()
                .map(|(n, (name, label))| Setting {
                    name: (*name).to_owned(),
                    label: (*label).to_owned(),
                    origin: [
                        words.origin_default,
                        words.origin_file,
                        words.origin_runtime,
                    ][n % 3]
                        .replace("{}", "12"),
                    unit: if n == 0 { "minutes" } else { "" }.to_owned(),
                    input: match n {
                        2 => SettingInput::Switch { on: id == 1 },
                        _ => SettingInput::Number {
                            value: (n * 15).to_string(),
                        },
                    },
                    error: if n == 1 {
                        self.alert(self.text.password.wrong)
                    } else {
                        None
                    },
                })
                .collect(),
        }
    }
}
