//! May somebody do something: in nanoseconds, over random questions.

use std::hint::black_box;
use std::time::Instant;

use dango_auth::core::{
    Grant, KeyLimit, Permission, Policy, RoleName, Scope, Subject, WorkspaceAccess, WorkspaceName,
};

use crate::Failure;
use crate::effort::Effort;
use crate::measure::Spread;
use crate::report::{Budget, Row};

/// How many different questions are asked in a row; more than a branch predictor learns by heart.
const QUESTIONS: usize = 1_024;
/// How many workspaces somebody has a grant in.
const WORKSPACES: u64 = 16;

/// One question, in every form it can be put.
pub(crate) struct Question {
    #[cfg_attr(not(feature = "rivals"), allow(dead_code))] // tests and rivals ask by it
    pub(crate) role: RoleName,
    pub(crate) permission: Permission,
    pub(crate) name: String,
    subject: usize,
    workspace: usize,
}

/// Everything the questions are about.
pub(crate) struct Matrix {
    pub(crate) policy: Policy,
    pub(crate) questions: Vec<Question>,
    people: Vec<Subject>,
    granted: Vec<Subject>,
    keys: Vec<Subject>,
    workspaces: Vec<WorkspaceName>,
}

/// A question put in one way; whether it is allowed.
type Way = fn(&Matrix, &Question) -> bool;

/// The ways with their budgets in nanoseconds.
const WAYS: [(&str, Way, Option<f64>); 5] = [
    ("by id", by_id, Some(2.0)),
    ("in a workspace, 16 grants", in_workspace, Some(5.0)),
    ("by name", by_name, Some(30.0)),
    ("by id, with a limited key", with_key, None),
    ("explained", explained, None),
];

/// Measures each way of asking, then a rival's.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let matrix = Matrix::new(7)?;
    let repeats = effort.pick(1, 200, 2_000);
    let mut figures: Vec<Vec<f64>> = WAYS.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds() {
        for ((_, way, _), figures) in WAYS.iter().zip(&mut figures) {
            figures.push(matrix.nanoseconds(*way, repeats));
        }
    }
    let rows = WAYS.iter().zip(figures).map(|((case, _, limit), figures)| {
        let row = Row::alone(*case, "ns", Spread::of(figures));
        match limit {
            Some(limit) => row.within(Budget::AtMost(*limit)),
            None => row,
        }
    });
    #[allow(unused_mut)] // extended by the feature
    let mut rows: Vec<Row> = rows.collect();
    #[cfg(feature = "rivals")]
    rows.push(crate::rivals::beside(&matrix, effort)?);
    Ok(rows)
}

fn by_id(matrix: &Matrix, question: &Question) -> bool {
    matrix.people.get(question.subject).is_some_and(|subject| {
        let answer = matrix
            .policy
            .check(subject, question.permission, Scope::Global);
        answer.is_allowed()
    })
}

fn by_name(matrix: &Matrix, question: &Question) -> bool {
    matrix.people.get(question.subject).is_some_and(|subject| {
        let answer = matrix
            .policy
            .check_name(subject, &question.name, Scope::Global);
        answer.is_allowed()
    })
}

fn in_workspace(matrix: &Matrix, question: &Question) -> bool {
    let place = matrix.workspaces.get(question.workspace);
    let subject = matrix.granted.get(question.subject);
    subject.zip(place).is_some_and(|(subject, place)| {
        let scope = Scope::Workspace(place);
        let answer = matrix.policy.check(subject, question.permission, scope);
        answer.is_allowed()
    })
}

fn with_key(matrix: &Matrix, question: &Question) -> bool {
    matrix.keys.get(question.subject).is_some_and(|subject| {
        let answer = matrix
            .policy
            .check(subject, question.permission, Scope::Global);
        answer.is_allowed()
    })
}

fn explained(matrix: &Matrix, question: &Question) -> bool {
    matrix.people.get(question.subject).is_some_and(|subject| {
        let answer = matrix
            .policy
            .explain(subject, &question.name, Scope::Global);
        answer.is_allowed()
    })
}

impl Matrix {
    /// Random questions over the built-in roles; the same for the same seed.
    pub(crate) fn new(seed: u64) -> Result<Self, Failure> {
        let policy = Policy::builtin();
        let names: Vec<RoleName> = policy
            .roles()
            .iter()
            .map(|role| role.name().clone())
            .collect();
        let workspaces = (0..WORKSPACES)
            .map(|number| WorkspaceName::parse(&format!("workspace-{number}")))
            .collect::<Result<Vec<_>, _>>()?;
        let granted = names.iter().map(|role| {
            let grant = |workspace: &WorkspaceName| Grant {
                workspace: workspace.clone(),
                role: role.clone(),
            };
            let grants = workspaces
                .iter()
                .step_by(2)
                .chain(workspaces.iter().skip(1).step_by(2));
            let access = WorkspaceAccess::from_stored(false, grants.map(grant).collect());
            policy.subject(true, role, &access)
        });
        let granted: Vec<Subject> = granted.collect();
        let everywhere = |role| policy.subject(true, role, &WorkspaceAccess::Everywhere);
        let people: Vec<Subject> = names.iter().map(everywhere).collect();
        let limit = KeyLimit::new(Some(dango_auth::core::role::EDITOR), None);
        let key = |subject: &Subject| subject.clone().limited(&policy, &limit);
        Ok(Self {
            keys: people.iter().map(key).collect(),
            questions: questions(&policy, &names, seed),
            policy,
            people,
            granted,
            workspaces,
        })
    }

    /// Whether we allow what the question asks.
    #[cfg(feature = "rivals")]
    pub(crate) fn allows(&self, question: &Question) -> bool {
        by_id(self, question)
    }

    /// Nanoseconds for one question, over all of them `repeats` times.
    pub(crate) fn nanoseconds(&self, way: Way, repeats: usize) -> f64 {
        let start = Instant::now();
        for _ in 0..repeats {
            for question in &self.questions {
                black_box(way(black_box(self), black_box(question)));
            }
        }
        start.elapsed().as_nanos() as f64 / (repeats * self.questions.len()) as f64
    }
}

#[allow(clippy::cast_possible_truncation)] // remainders
fn questions(policy: &Policy, roles: &[RoleName], seed: u64) -> Vec<Question> {
    let mut state = seed;
    let mut random = |below: usize| {
        // A linear congruential generator (Knuth, MMIX); the high bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % below.max(1) as u64) as usize
    };
    let known = policy.catalog().permissions();
    let question = |_| {
        let subject = random(roles.len());
        let info = known.get(random(known.len()))?;
        Some(Question {
            role: roles.get(subject)?.clone(),
            permission: info.permission(),
            name: info.name().to_owned(),
            subject,
            workspace: random(WORKSPACES as usize),
        })
    };
    (0..QUESTIONS).filter_map(question).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_asking_gives_the_answer_of_the_role() {
        let matrix = Matrix::new(1).unwrap();
        assert_eq!(matrix.questions.len(), QUESTIONS);
        let mut allowed = 0;
        for question in &matrix.questions {
            let role = matrix.policy.role_named(question.role.as_str()).unwrap();
            let expected = role.permissions().contains(question.permission);
            let answers = [by_id, by_name, explained].map(|way: Way| way(&matrix, question));
            assert_eq!(
                answers, [expected; 3],
                "{} {}",
                question.role, question.name
            );
            // The wildcard role cannot be granted in a workspace.
            assert_eq!(
                in_workspace(&matrix, question),
                expected && !role.is_wildcard()
            );
            assert!(expected || !with_key(&matrix, question));
            allowed += usize::from(expected);
        }
        assert!((QUESTIONS / 4..QUESTIONS).contains(&allowed), "{allowed}");
    }
}
