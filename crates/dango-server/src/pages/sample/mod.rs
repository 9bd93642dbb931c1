//! Sample contexts of every page: usual, empty, long, right-to-left and hostile.

mod entry;
mod people;
mod person;
mod places;

use askama::DynTemplate;
use chrono::{DateTime, TimeDelta, Utc};

use super::assets::Assets;
use super::field::{Choice, Field, PasswordRules};
use super::frame::{Frame, Notice, Person, Tone};
use super::moment::Moment;
use super::place::Place;
use super::text::Text;
use super::theme::Theme;

/// What the sample's names are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    Usual,
    Empty,
    Long,
    RightToLeft,
    Hostile,
}

/// Markup that must come out as text.
pub(super) const HOSTILE: &str = r#"<script>alert("dango")</script>"><img src=x onerror=alert(1)>"#;

impl Flavour {
    pub(super) const ALL: [Self; 5] = [
        Self::Usual,
        Self::Empty,
        Self::Long,
        Self::RightToLeft,
        Self::Hostile,
    ];

    /// A person's name.
    pub(super) fn person(self, number: usize) -> String {
        const USUAL: [&str; 6] = [
            "ann@example.org",
            "bao.tran@example.org",
            "carlos@example.org",
            "dilara@example.org",
            "emeka",
            "freya@example.org",
        ];
        match self {
            Self::Usual | Self::Empty => USUAL[number % USUAL.len()].to_owned(),
            Self::Long => format!("{number}{}@{}.example.org", "a".repeat(60), "b".repeat(60)),
            Self::RightToLeft => format!("أمينة بنت خالد {number}"),
            Self::Hostile => HOSTILE.to_owned(),
        }
    }

    /// A workspace's name; only its usual form is free, the rest of the world is not.
    pub(super) fn workspace(self, number: usize) -> String {
        const USUAL: [&str; 4] = ["finance", "marketing", "supply-chain", "research"];
        match self {
            Self::Long => format!("{}{number}", "w".repeat(63)),
            _ => USUAL[number % USUAL.len()].to_owned(),
        }
    }

    /// A line of prose somebody wrote.
    pub(super) fn prose(self) -> String {
        match self {
            Self::Usual | Self::Empty => "Nightly sync of the warehouse".to_owned(),
            Self::Long => "Everything that has to do with the warehouse, ".repeat(8),
            Self::RightToLeft => "مزامنة ليلية للمستودع".to_owned(),
            Self::Hostile => HOSTILE.to_owned(),
        }
    }

    /// The numbers of a list with `usual` entries: none when empty.
    pub(super) fn list(self, usual: usize) -> std::ops::Range<usize> {
        match self {
            Self::Empty => 0..0,
            _ => 0..usual,
        }
    }
}

/// A page ready to be drawn.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) flavour: Flavour,
    pub(super) page: Box<dyn DynTemplate>,
}

/// What samples are made from.
#[derive(Clone, Copy)]
pub(super) struct Maker {
    pub(super) flavour: Flavour,
    pub(super) text: &'static Text,
    pub(super) theme: Theme,
}

/// Every page in every flavour.
pub(super) fn every_page(text: &'static Text, theme: Theme) -> Vec<Sample> {
    Flavour::ALL
        .into_iter()
        .flat_map(|flavour| {
            Maker {
                flavour,
                text,
                theme,
            }
            .pages()
        })
        .collect()
}

impl Maker {
    fn pages(self) -> Vec<Sample> {
        let mut pages = self.entry();
        pages.extend(self.person());
        pages.extend(self.people());
        pages.extend(self.places());
        let flavour = self.flavour;
        pages
            .into_iter()
            .map(|(name, page)| Sample {
                name: format!("{name}-{flavour:?}").to_lowercase(),
                flavour,
                page,
            })
            .collect()
    }

    fn frame(self, here: Option<Place>) -> Frame {
        let name = self.flavour.person(0);
        Frame {
            text: self.text,
            assets: Assets::get(),
            at: String::new(),
            project: "Dango".to_owned(),
            nonce: "c2FtcGxlLW5vbmNl".to_owned(),
            form_token: "sample-form-token".to_owned(),
            theme: self.theme,
            here,
            path: here.map_or("/", Place::href).to_owned(),
            person: here.is_some().then(|| Person {
                name,
                role: "admin".to_owned(),
                places: Place::ALL.to_vec(),
                signs_out: true,
            }),
            notice: None,
            auth_off: self.flavour == Flavour::Hostile,
        }
    }

    fn notice(self, here: Place, text: &str) -> Frame {
        let notice = Notice {
            tone: Tone::Good,
            text: text.to_owned(),
        };
        Frame {
            notice: Some(notice),
            ..self.frame(Some(here))
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_786_450_000, 0).unwrap()
    }

    fn moment(self, minutes_from_now: i64) -> Moment {
        let now = Self::now();
        Moment::new(now + TimeDelta::minutes(minutes_from_now), now, self.text)
    }

    fn ago(self, minutes: usize) -> Moment {
        self.moment(-i64::try_from(minutes).unwrap())
    }

    fn rules(self) -> PasswordRules {
        let issues = match self.flavour {
            Flavour::Long => vec![
                self.text.password.weak.to_owned(),
                "use at least 8 characters".to_owned(),
            ],
            _ => Vec::new(),
        };
        PasswordRules {
            min_length: 8,
            issues,
        }
    }

    /// What stands above a form: something in every second flavour.
    fn alert(self, text: &str) -> Option<String> {
        matches!(self.flavour, Flavour::Long | Flavour::Hostile).then(|| text.to_owned())
    }

    fn field(self, field: Field) -> Field {
        match self.flavour {
            Flavour::Empty | Flavour::Usual => field,
            _ => field
                .holding(self.flavour.person(1))
                .wrong(self.alert(self.text.password.wrong)),
        }
    }

    fn roles() -> Vec<Choice> {
        [
            "admin",
            "manager",
            "developer",
            "editor",
            "operator",
            "viewer",
        ]
        .map(Choice::same)
        .to_vec()
    }
}
