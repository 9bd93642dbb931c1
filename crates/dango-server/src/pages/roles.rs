//! `/settings/roles`: the matrix, who holds what, and why.

use askama::Template;
use dango_auth::core::name::RoleName;
use dango_auth::core::policy::{Explanation, Reason, RoleSource};
use dango_auth::core::role::Role;
use dango_auth::{Auth, Caller, Error, Kind};
use dango_auth_actix::{Problem, SessionCaller};

use super::access::known_workspaces;
use super::complaint::Complaint;
use super::count::People;
use super::field::{Choice, Field};
use super::filters::put;
use super::frame::Frame;
use super::home::{domain_word, permission_word, role_summary};
use super::place::Place;
use super::reader::{Answer, Reader};
use super::sent::Asked;
use crate::route::{Group, Route};

/// The page of roles and permissions.
#[derive(Debug, Template)]
#[template(path = "roles.html")]
pub(crate) struct RolesPage {
    pub(crate) frame: Frame,
    pub(crate) may_see_people: bool,
    pub(crate) roles: Vec<RoleLine>,
    pub(crate) explain: Option<Explain>,
    pub(crate) domains: Vec<DomainRows>,
}

/// A role.
#[derive(Debug)]
pub(crate) struct RoleLine {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) permissions: usize,
    pub(crate) people: People,
}

/// The permissions of one domain.
#[derive(Debug)]
pub(crate) struct DomainRows {
    pub(crate) name: String,
    pub(crate) rows: Vec<PermissionRow>,
}

/// A permission and which roles hold it, in the order of the roles.
#[derive(Debug)]
pub(crate) struct PermissionRow {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) held: Vec<bool>,
}

/// The question who may do what where, and its answer.
#[derive(Debug)]
pub(crate) struct Explain {
    pub(crate) person: Field,
    pub(crate) permission: Field,
    pub(crate) permissions: Vec<Choice>,
    pub(crate) workspace: Field,
    /// Workspaces there are, offered while typing.
    pub(crate) known: Vec<String>,
    pub(crate) answer: Option<Verdict>,
}

/// The answer to the question.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) why: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/settings/roles", "rolesPage", show).group(Group::Pages)]
}

async fn show(_: SessionCaller, reader: Reader, asked: Asked) -> Answer {
    let may_see_people = reader.may("users.view");
    let (mut counts, mut explained) = (Vec::new(), None);
    if may_see_people {
        counts = reader.need(counted).await?;
        explained = Some(explain(&reader, &asked).await?);
    }
    let matrix = reader.doorway.auth().policy().matrix();
    let role = |role: &dango_auth::core::policy::MatrixRole| RoleLine {
        summary: role_summary(&reader, &role.name),
        permissions: role.count,
        people: people(&counts, &role.name),
        name: role.name.clone(),
    };
    let roles = matrix.roles.iter().map(role).collect();
    let domain = |domain: dango_auth::core::policy::MatrixDomain| DomainRows {
        name: domain_word(reader.text, &domain.name, &domain.title),
        rows: domain
            .permissions
            .into_iter()
            .map(|row| PermissionRow {
                description: permission_word(reader.text, &row.name, &row.description),
                name: row.name,
                held: row.granted,
            })
            .collect(),
    };
    let domains = matrix.domains.into_iter().map(domain).collect();
    reader.page(&RolesPage {
        frame: reader.frame(Some(Place::Roles))?,
        may_see_people,
        roles,
        explain: explained,
        domains,
    })
}

/// How many people hold each role.
fn counted(auth: &Auth, caller: &Caller) -> Result<Vec<(RoleName, People)>, Error> {
    let policy = auth.policy();
    let names = || policy.roles().iter().map(Role::name);
    let counts = People::with_roles(auth, caller, names())?;
    Ok(names().cloned().zip(counts).collect())
}

fn people(counts: &[(RoleName, People)], role: &str) -> People {
    let found = counts.iter().find(|(name, _)| name.as_str() == role);
    found.map(|(_, people)| *people).unwrap_or_default()
}

async fn explain(reader: &Reader, asked: &Asked) -> Result<Explain, Problem> {
    let (answer, complaint) = match asked.given("person") {
        Some(person) => answer(reader, asked, person).await?,
        None => (None, Complaint::default()),
    };
    let field = |field: Field| {
        let (value, wrong) = (asked.get(field.name), complaint.about(field.name));
        Field {
            focus: false,
            ..field.holding(value).wrong(wrong)
        }
    };
    let policy = reader.doorway.auth().policy();
    let permissions = policy.catalog().permissions().iter();
    Ok(Explain {
        person: field(Field::word("person").required()),
        permission: field(Field::text("permission")),
        permissions: permissions.map(|info| Choice::same(info.name())).collect(),
        workspace: field(Field::word("workspace")),
        known: known_workspaces(reader).await?,
        answer,
    })
}

async fn answer(
    reader: &Reader,
    asked: &Asked,
    person: &str,
) -> Result<(Option<Verdict>, Complaint), Problem> {
    let words = &reader.text.roles;
    let (login, permission) = (person.to_owned(), asked.get("permission").to_owned());
    let workspace = asked.given("workspace").map(str::to_owned);
    let explained = reader
        .act(move |auth, caller| {
            auth.users()
                .explain(caller, &login, &permission, workspace.as_deref())
        })
        .await;
    match explained {
        Ok(explained) => {
            let name = explained.user.username.as_str();
            let allowed = explained.explanation.decision.is_allowed();
            let why = why(reader, name, &explained.explanation);
            Ok((Some(Verdict { allowed, why }), Complaint::default()))
        }
        Err(Error::NotFound { .. }) => {
            let nobody = Error::field("person", "nobody", words.nobody.trim_end_matches('.'));
            Ok((None, Complaint::new(&nobody, reader.text, "", "")))
        }
        Err(error) if error.kind() == Kind::Invalid => {
            Ok((None, Complaint::new(&error, reader.text, "", "")))
        }
        Err(error) => Err(reader.doorway.problem(&error)),
    }
}

fn why(reader: &Reader, name: &str, explanation: &Explanation) -> String {
    let words = &reader.text.roles;
    let held = explanation.held.as_ref().map(|(role, _)| role.as_str());
    if let (Reason::NoGrant, Some(role)) =
        (explanation.decision.reason(), &explanation.unknown_role)
    {
        return put(words.why_unknown_role, &[&name, role]);
    }
    match (explanation.decision.reason(), held) {
        (
            Reason::GrantedBy {
                scope: RoleSource::TopLevel,
                ..
            },
            Some(role),
        ) => put(words.why_role, &[&name, &role]),
        (
            Reason::GrantedBy {
                scope: RoleSource::Workspace,
                ..
            },
            Some(role),
        ) => put(words.why_grant, &[&name, &role]),
        (Reason::Inactive, _) => put(words.why_inactive, &[&name]),
        (Reason::UnknownPermission, _) => words.why_unknown.to_owned(),
        (_, Some(role)) => put(words.why_no_permission, &[&name, &role]),
        (_, None) => put(words.why_no_grant, &[&name]),
    }
}
