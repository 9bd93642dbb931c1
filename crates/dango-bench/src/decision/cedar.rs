//! The same questions put to Cedar.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
};

use super::matrix::{Asked, Matrix, Question};
use super::{by_id, nanoseconds};
use crate::Failure;
use crate::effort::Effort;
use crate::measure::in_turn;
use crate::report::Row;

/// Cedar with the matrix as one policy for each role.
struct Cedar {
    policies: PolicySet,
    entities: Entities,
    authorizer: Authorizer,
    requests: Vec<Request>,
}

/// Compares the answers, then the time for them.
pub(super) fn beside(matrix: &Matrix, effort: Effort) -> Result<Row, Failure> {
    let cedar = Cedar::new(matrix)?;
    let ours: (_, Vec<Asked<'_>>) = (&matrix.policy, matrix.asked());
    for ((asked, question), request) in ours.1.iter().zip(&matrix.questions).zip(&cedar.requests) {
        if by_id(ours.0, asked) != cedar.allows(request) {
            let (role, name) = (&question.role, &question.name);
            return Err(format!("Cedar answers {role} {name} differently").into());
        }
    }
    let (many, few) = (effort.pick(1, 200, 2_000), effort.pick(1, 2, 10));
    let pair = in_turn(
        effort.rounds(),
        || Ok(nanoseconds(&ours, many, by_id)),
        || Ok(cedar.nanoseconds(few)),
    )?;
    Ok(Row::beside("by id, equal answers", "ns", pair, "Cedar"))
}

impl Cedar {
    fn new(matrix: &Matrix) -> Result<Self, Failure> {
        let mut entities = Vec::new();
        for role in matrix.policy.roles() {
            let group = uid("Role", role.name().as_str())?;
            let person = uid("User", role.name().as_str())?;
            entities.push(Entity::new_no_attrs(person, [group.clone()].into()));
            entities.push(Entity::new_no_attrs(group, [].into()));
        }
        let request = |question: &Question| -> Result<Request, Failure> {
            Ok(Request::new(
                uid("User", question.role.as_str())?,
                uid("Action", &question.name)?,
                uid("Place", "everywhere")?,
                Context::empty(),
                None,
            )?)
        };
        Ok(Self {
            policies: policies(matrix)?.parse()?,
            entities: Entities::from_entities(entities, None)?,
            authorizer: Authorizer::new(),
            requests: matrix
                .questions
                .iter()
                .map(request)
                .collect::<Result<_, _>>()?,
        })
    }

    fn allows(&self, request: &Request) -> bool {
        let answer = self
            .authorizer
            .is_authorized(request, &self.policies, &self.entities);
        answer.decision() == Decision::Allow
    }

    fn nanoseconds(&self, repeats: usize) -> f64 {
        let start = Instant::now();
        for _ in 0..repeats {
            for request in &self.requests {
                black_box(self.allows(black_box(request)));
            }
        }
        start.elapsed().as_nanos() as f64 / (repeats * self.requests.len()) as f64
    }
}

fn uid(kind: &str, name: &str) -> Result<EntityUid, Failure> {
    Ok(format!("{kind}::\"{name}\"").parse()?)
}

/// One `permit` for each role, with the list of its actions.
fn policies(matrix: &Matrix) -> Result<String, Failure> {
    let mut text = String::new();
    for role in matrix.policy.roles() {
        let known = matrix.policy.catalog().permissions().iter();
        let held = known.filter(|info| role.permissions().contains(info.permission()));
        let actions: Vec<String> = held
            .map(|info| format!("Action::\"{}\"", info.name()))
            .collect();
        writeln!(
            text,
            "permit(principal in Role::\"{}\", action in [{}], resource);",
            role.name(),
            actions.join(", ")
        )?;
    }
    Ok(text)
}
