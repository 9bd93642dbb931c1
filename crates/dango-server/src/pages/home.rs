//! `/`: who I am, what I may do, and where.

use askama::Template;
use dango_auth::core::policy::Scope;
use dango_auth::core::workspace::{Grant, WorkspaceAccess};
use dango_auth::news::News;
use dango_auth::second_factor::FactorStatus;
use dango_auth::sessions::SessionView;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::SessionCaller;

use super::complaint::sentence;
use super::device::{device_name, place_name};
use super::filters::{self, count_of, put};
use super::frame::Frame;
use super::moment::Moment;
use super::place::Place;
use super::reader::{Answer, Reader};
use super::text::Text;
use crate::route::{Group, Route};

/// How many sign-ins are listed.
const SIGN_INS: usize = 5;

/// From here on new recovery codes are advised.
const FEW_CODES: u32 = 3;

/// The first page after signing in.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) frame: Frame,
    pub(crate) name: String,
    pub(crate) role: String,
    /// What the role is for.
    pub(crate) role_summary: String,
    /// What would be worth doing.
    pub(crate) advice: Vec<Advice>,
    /// The role counts in every workspace.
    pub(crate) everywhere: bool,
    /// Otherwise: where, and as what.
    pub(crate) grants: Vec<GrantLine>,
    pub(crate) sign_ins: Vec<SignInLine>,
    pub(crate) domains: Vec<DomainList>,
}

/// Something worth doing.
#[derive(Clone, Debug)]
pub(crate) struct Advice {
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) label: String,
}

/// A role in a workspace.
#[derive(Clone, Debug)]
pub(crate) struct GrantLine {
    pub(crate) workspace: String,
    pub(crate) role: String,
}

/// A sign-in that still counts.
#[derive(Debug)]
pub(crate) struct SignInLine {
    pub(crate) device: String,
    pub(crate) place: String,
    pub(crate) signed_in: Moment,
    pub(crate) current: bool,
}

/// The permissions of one domain.
#[derive(Debug)]
pub(crate) struct DomainList {
    pub(crate) name: String,
    pub(crate) permissions: Vec<PermissionLine>,
}

/// A permission and what it is for.
#[derive(Debug)]
pub(crate) struct PermissionLine {
    pub(crate) name: String,
    pub(crate) description: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/", "homePage", show).group(Group::Pages)]
}

async fn show(caller: SessionCaller, reader: Reader) -> Answer {
    let mine = match caller.person() {
        Some(_) => reader.need(gather).await?,
        None => Mine::default(),
    };
    let role = caller.role_name().to_owned();
    reader.page(&Home {
        frame: reader.frame(Some(Place::Home))?,
        name: caller.name().to_owned(),
        role_summary: role_summary(&reader, &role),
        advice: [news(&reader, &mine.news), advice(&reader, &mine)].concat(),
        everywhere: caller
            .person()
            .is_none_or(|person| person.user.access.is_everywhere()),
        grants: caller
            .person()
            .map(|person| grant_lines(&person.user.access))
            .unwrap_or_default(),
        sign_ins: mine
            .sessions
            .iter()
            .take(SIGN_INS)
            .map(|view| sign_in(&reader, view))
            .collect(),
        domains: domains(&reader, &caller),
        role,
    })
}

/// What the page needs from the store.
#[derive(Default)]
struct Mine {
    sessions: Vec<SessionView>,
    news: News,
    factor: Option<FactorStatus>,
}

fn gather(auth: &Auth, caller: &Caller) -> Result<Mine, Error> {
    let mut sessions = auth.sessions().list(caller)?;
    sessions.sort_by_key(|view| std::cmp::Reverse(view.session.created_at));
    Ok(Mine {
        sessions,
        news: auth.account().news(caller)?,
        factor: Some(auth.second_factor().status(caller)?),
    })
}

/// What happened to the account since the sign-in before this one.
fn news(reader: &Reader, news: &News) -> Vec<Advice> {
    let words = &reader.text.home;
    let advice = |text: String| Advice {
        text,
        href: "/settings/account#password".to_owned(),
        label: words.news_link.to_owned(),
    };
    let failed = (news.failures > 0).then(|| count_of(words.news_failures, news.failures));
    let changed = news.changed.map(|_| words.news_changed.to_owned());
    failed.into_iter().chain(changed).map(advice).collect()
}

fn advice(reader: &Reader, mine: &Mine) -> Vec<Advice> {
    let words = &reader.text.home;
    let advice = |text: String, href: &str, label: &str| Advice {
        text,
        href: href.to_owned(),
        label: label.to_owned(),
    };
    let page = "/settings/account#second-factor";
    match mine.factor {
        Some(factor) if !factor.on => {
            let page = "/settings/account/second-factor";
            vec![advice(
                words.advise_factor.to_owned(),
                page,
                words.advise_factor_link,
            )]
        }
        Some(factor) if factor.codes_left <= FEW_CODES => {
            let text = count_of(words.advise_codes, factor.codes_left);
            vec![advice(text, page, words.advise_codes_link)]
        }
        _ => Vec::new(),
    }
}

fn sign_in(reader: &Reader, view: &SessionView) -> SignInLine {
    SignInLine {
        device: device_name(view.session.user_agent.as_deref(), reader.text),
        place: place_name(view.session.ip, reader.text),
        signed_in: reader.moment(view.session.created_at),
        current: view.is_current,
    }
}

/// What is held everywhere, by domain.
fn domains(reader: &Reader, caller: &Caller) -> Vec<DomainList> {
    let policy = caller.rights().policy();
    let held = caller.rights().permissions_in(Scope::Global);
    let domains = policy.catalog().domains().iter().map(|domain| DomainList {
        name: domain_word(reader.text, domain.name(), domain.title()),
        permissions: policy
            .catalog()
            .in_domain(domain.id())
            .filter(|info| held.contains(info.permission()))
            .map(|info| PermissionLine {
                name: info.name().to_owned(),
                description: permission_word(reader.text, info.name(), info.description()),
            })
            .collect(),
    });
    domains
        .filter(|domain| !domain.permissions.is_empty())
        .collect()
}

/// What a domain is called: in the reader's language for the built-in ones.
pub(super) fn domain_word(text: &Text, name: &str, title: &str) -> String {
    Text::look_up(text.domains, name)
        .unwrap_or(title)
        .to_owned()
}

/// What a permission is for: in the reader's language for the built-in ones.
pub(super) fn permission_word(text: &Text, name: &str, description: &str) -> String {
    Text::look_up(text.permissions, name)
        .unwrap_or(description)
        .to_owned()
}

/// The roles in single workspaces.
pub(super) fn grant_lines(access: &WorkspaceAccess) -> Vec<GrantLine> {
    let line = |grant: &Grant| GrantLine {
        workspace: grant.workspace.to_string(),
        role: grant.role.to_string(),
    };
    access.grants().iter().map(line).collect()
}

/// What a role is for: in the reader's language for the built-in ones.
pub(super) fn role_summary(reader: &Reader, role: &str) -> String {
    if let Some(words) = Text::look_up(reader.text.roles_for, role) {
        return words.to_owned();
    }
    match reader.doorway.auth().policy().role_named(role) {
        Some(role) => sentence(role.description()),
        None => reader.text.home.role_gone.to_owned(),
    }
}

/// A role's name, and where the policy does not know it, that it gives no rights.
pub(super) fn role_word(reader: &Reader, role: &str) -> String {
    match reader.doorway.auth().policy().role_named(role) {
        Some(_) => role.to_owned(),
        None => put(reader.text.users.role_unknown, &[&role]),
    }
}
