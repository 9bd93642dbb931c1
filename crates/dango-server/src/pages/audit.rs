//! `/settings/audit`: what happened.

use askama::Template;
use dango_auth::core::audit::EventName;
use dango_auth::core::permission::builtin::types::AuditView;
use dango_auth::ports::{AuditFilter, ChainReport, EventTime, Page, StoredEvent};
use dango_auth::{Auth, Caller, Error, Kind};
use dango_auth_actix::AllowedBySession;

use super::address::with;
use super::chart::{Chart, counts_by_day};
use super::complaint::Complaint;
use super::event::days;
use super::field::Choice;
use super::filters::{self, count_of, put};
use super::frame::{Dot, Frame, Tone};
use super::moment::Moment;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Asked;
use super::text::Text;
use super::users::Pager;
use crate::api::conditions::AuditConditions;
use crate::api::page::next_cursor;
use crate::route::{Group, Route};

/// Events of a page.
const LIMIT: u32 = 50;

/// Sign-ins that the chart looks back over; the newest ones when there are more.
const CHART_EVENTS: u32 = 1000;

/// Where the same events can be had as a file.
const EXPORT: &str = "/api/admin/audit";

/// The audit log.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
pub(crate) struct Audit {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) filter: AuditFilterForm,
    pub(crate) exports: Vec<Link>,
    pub(crate) chart: Option<Chart>,
    pub(crate) days: Vec<Day>,
    pub(crate) pager: Pager,
    pub(crate) chain: Chain,
}

/// The filter as it stands in the URL.
#[derive(Debug, Default)]
pub(crate) struct AuditFilterForm {
    pub(crate) since: String,
    pub(crate) until: String,
    pub(crate) kind: String,
    pub(crate) types: Vec<Choice>,
    pub(crate) actor: String,
    pub(crate) user: String,
    pub(crate) ip: String,
}

impl AuditFilterForm {
    /// Nothing is filtered.
    pub(crate) fn is_empty(&self) -> bool {
        [
            &self.since,
            &self.until,
            &self.kind,
            &self.actor,
            &self.user,
            &self.ip,
        ]
        .iter()
        .all(|value| value.is_empty())
    }
}

/// A link with its words.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// The events of a day.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) events: Vec<EventLine>,
}

/// An event.
#[derive(Debug)]
pub(crate) struct EventLine {
    pub(crate) tone: Tone,
    pub(crate) what: String,
    pub(crate) who: String,
    pub(crate) target: Option<String>,
    pub(crate) at: Moment,
    pub(crate) time: String,
    pub(crate) facts: Vec<Fact>,
}

/// A name and a value.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Whether the log is whole.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) status: Dot,
    pub(crate) text: String,
    pub(crate) may_check: bool,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/settings/audit", "auditPage", show).group(Group::Pages)]
}

async fn show(_: AllowedBySession<AuditView>, reader: Reader, asked: Asked) -> Answer {
    let wish = asked.clone();
    match reader
        .act(move |auth, caller| find(auth, caller, &wish))
        .await
    {
        Ok(found) => reader.page(&page(&reader, &asked, &found)?),
        Err(error) if error.kind() == Kind::Invalid => {
            let complaint = Complaint::new(&error, reader.text, "", "");
            let mut page = page(&reader, &asked, &Found::default())?;
            page.alert = complaint.first().or(complaint.alert);
            reader.again(&page, &error)
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

/// What the page needs from the store.
#[derive(Default)]
struct Found {
    page: Page<StoredEvent>,
    sign_ins: Vec<EventTime>,
    entries: i64,
    report: Option<ChainReport>,
}

fn find(auth: &Auth, caller: &Caller, asked: &Asked) -> Result<Found, Error> {
    let filter = filter(auth, asked)?;
    let page = auth.audit().query(caller, &filter, LIMIT)?;
    let names = vec![EventName::LOGIN_SUCCESS, EventName::LOGIN_FAILED];
    let chart = AuditFilter {
        names,
        before: None,
        ..filter
    };
    Ok(Found {
        page,
        sign_ins: auth.audit().times(caller, &chart, CHART_EVENTS)?,
        entries: auth.audit().head(caller)?.0,
        report: match asked.get("chain") {
            "check" => Some(auth.audit().verify(caller)?),
            _ => None,
        },
    })
}

fn filter(auth: &Auth, asked: &Asked) -> Result<AuditFilter, Error> {
    let conditions = AuditConditions {
        since: ("since", asked.given("since")),
        until: ("until", asked.given("until")),
        ip: ("ip", asked.given("ip")),
        event: asked.given("type"),
        actor: asked.given("actor"),
        user: asked.given("user"),
        cursor: asked.given("cursor"),
    };
    conditions.filter(auth)
}

fn page(reader: &Reader, asked: &Asked, found: &Found) -> Result<Audit, dango_auth_actix::Problem> {
    let next = next_cursor(&found.page, |event| event.id);
    Ok(Audit {
        frame: reader.frame(Some(Place::Audit))?,
        alert: None,
        filter: filter_form(reader.text, asked),
        exports: exports(asked),
        chart: Chart::draw(&counts_by_day(&found.sign_ins), reader.text),
        days: days(reader, &found.page.rows),
        pager: Pager::new("/settings/audit", asked, next.as_deref()),
        chain: chain(reader.text, found),
    })
}

fn filter_form(text: &Text, asked: &Asked) -> AuditFilterForm {
    let words = |name: &&str| {
        Text::look_up(text.events, name)
            .unwrap_or_default()
            .to_owned()
    };
    let mut types: Vec<Choice> = EventName::BUILT_IN
        .iter()
        .map(|name| Choice::new(*name, words(name)))
        .collect();
    types.retain(|choice| !choice.label.is_empty());
    types.sort_by(|a, b| a.label.cmp(&b.label));
    types.insert(0, Choice::new("", text.audit.any_event));
    let value = |name: &str| asked.get(name).to_owned();
    AuditFilterForm {
        since: value("since"),
        until: value("until"),
        kind: value("type"),
        types,
        actor: value("actor"),
        user: value("user"),
        ip: value("ip"),
    }
}

fn exports(asked: &Asked) -> Vec<Link> {
    let link = |format: &str, label: &str| {
        let names = ["since", "until", "type", "actor", "user", "ip"];
        let kept = names.into_iter().map(|name| (name, asked.get(name)));
        let limit = [("format", format), ("limit", "1000")];
        Link {
            href: with(EXPORT, kept.chain(limit)),
            label: label.to_owned(),
        }
    };
    vec![link("csv", "CSV"), link("jsonl", "JSON Lines")]
}

fn chain(text: &Text, found: &Found) -> Chain {
    let words = &text.audit;
    let entries = count_of(words.chain_entries, found.entries);
    let (status, text) = match found.report {
        None => (Dot::new(Tone::Plain, words.chain_unchecked), entries),
        Some(ChainReport::Intact { rows }) => (
            Dot::new(Tone::Good, words.chain_whole),
            count_of(words.chain_entries, rows),
        ),
        Some(ChainReport::Broken { at, .. }) => (
            Dot::new(Tone::Bad, words.chain_broken),
            put(words.chain_broken_at, &[&at]),
        ),
    };
    Chain {
        status,
        text,
        may_check: found.report.is_none(),
    }
}
