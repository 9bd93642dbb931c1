//! Random questions over the built-in matrix, the same for the same seed.

use dango_auth::core::{
    Grant, KeyLimit, Permission, Policy, RoleName, Scope, Subject, WorkspaceAccess, WorkspaceName,
};

use crate::Failure;
use crate::generate::mixed;

/// How many different questions are asked in a row; more than a branch predictor learns by heart.
const QUESTIONS: usize = 1_024;
/// How many workspaces somebody has a grant in, at most.
const WORKSPACES: usize = 64;

/// May somebody of a role use a permission?
pub(super) struct Question {
    #[cfg_attr(not(feature = "rivals"), allow(dead_code))] // tests and rivals ask by it
    pub(super) role: RoleName,
    pub(super) permission: Permission,
    pub(super) name: String,
    subject: usize,
    workspace: usize,
}

/// A question as it is put.
pub(super) struct Asked<'a> {
    pub(super) subject: &'a Subject,
    pub(super) permission: Permission,
    pub(super) name: &'a str,
    pub(super) scope: Scope<'a>,
}

/// Everything the questions are about.
pub(super) struct Matrix {
    pub(super) policy: Policy,
    pub(super) questions: Vec<Question>,
    people: Vec<Subject>,
    keys: Vec<Subject>,
    /// By the number of grants, a person of each role.
    granted: Vec<(usize, Vec<Subject>)>,
    /// Read anew, as a request's workspace is, so that no two names are the same piece of memory.
    workspaces: Vec<WorkspaceName>,
}

impl Matrix {
    pub(super) fn new(seed: usize) -> Result<Self, Failure> {
        let policy = Policy::builtin();
        let roles: Vec<RoleName> = policy
            .roles()
            .iter()
            .map(|role| role.name().clone())
            .collect();
        let granted = [4, WORKSPACES]
            .into_iter()
            .map(|count| Ok((count, granted(&policy, &roles, &workspaces(count)?))))
            .collect::<Result<_, Failure>>()?;
        let everywhere = |role| policy.subject(true, role, &WorkspaceAccess::Everywhere);
        let people: Vec<Subject> = roles.iter().map(everywhere).collect();
        let limit = KeyLimit::new(Some(dango_auth::core::role::EDITOR), None);
        let key = |subject: &Subject| subject.clone().limited(&policy, &limit);
        Ok(Self {
            keys: people.iter().map(key).collect(),
            questions: questions(&policy, &roles, seed),
            workspaces: workspaces(WORKSPACES)?,
            granted,
            people,
            policy,
        })
    }

    /// The questions about people with a role everywhere.
    pub(super) fn asked(&self) -> Vec<Asked<'_>> {
        self.of(&self.people, |_| Scope::Global)
    }

    /// The same about limited keys.
    pub(super) fn asked_with_keys(&self) -> Vec<Asked<'_>> {
        self.of(&self.keys, |_| Scope::Global)
    }

    /// The same about people with that many grants, each in one of their workspaces.
    pub(super) fn asked_in(&self, grants: usize) -> Vec<Asked<'_>> {
        let found = self.granted.iter().find(|(count, _)| *count == grants);
        let subjects = found.map_or([].as_slice(), |(_, subjects)| subjects);
        self.of(subjects, |question| {
            let place = self.workspaces.get(question.workspace % grants);
            Scope::from(place)
        })
    }

    fn of<'a>(
        &'a self,
        subjects: &'a [Subject],
        scope: impl Fn(&Question) -> Scope<'a>,
    ) -> Vec<Asked<'a>> {
        let asked = |question: &'a Question| {
            Some(Asked {
                subject: subjects.get(question.subject)?,
                permission: question.permission,
                name: &question.name,
                scope: scope(question),
            })
        };
        self.questions.iter().filter_map(asked).collect()
    }
}

fn workspaces(count: usize) -> Result<Vec<WorkspaceName>, Failure> {
    let name = |number| Ok(WorkspaceName::parse(&format!("workspace-{number}"))?);
    (0..count).map(name).collect()
}

fn granted(policy: &Policy, roles: &[RoleName], places: &[WorkspaceName]) -> Vec<Subject> {
    let subject = |role: &RoleName| {
        let grants = places.iter().map(|workspace| Grant {
            workspace: workspace.clone(),
            role: role.clone(),
        });
        let access = WorkspaceAccess::from_stored(false, grants.collect());
        policy.subject(true, role, &access)
    };
    roles.iter().map(subject).collect()
}

#[allow(clippy::cast_possible_truncation)] // remainders
fn questions(policy: &Policy, roles: &[RoleName], seed: usize) -> Vec<Question> {
    let known = policy.catalog().permissions();
    let question = |number| {
        let random = mixed(seed * QUESTIONS + number) as usize;
        let subject = random % roles.len().max(1);
        let info = known.get((random >> 16) % known.len().max(1))?;
        Some(Question {
            role: roles.get(subject)?.clone(),
            permission: info.permission(),
            name: info.name().to_owned(),
            subject,
            workspace: (random >> 32) % WORKSPACES,
        })
    };
    (0..QUESTIONS).filter_map(question).collect()
}
