//! The same questions put to casbin.

use std::hint::black_box;
use std::time::Instant;

use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};

use super::matrix::{Asked, Matrix};
use super::{by_id, nanoseconds};
use crate::Failure;
use crate::effort::Effort;
use crate::measure::in_turn;
use crate::report::Row;

/// Roles with permissions, people with roles.
const MODEL: &str = "
[request_definition]
r = sub, act

[policy_definition]
p = sub, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && g(r.sub, p.sub)
";

/// Casbin with the matrix as one rule for each role and permission.
struct Casbin {
    enforcer: Enforcer,
    /// Who asks for what.
    requests: Vec<(String, String)>,
}

/// Compares the answers, then the time for them.
pub(super) fn beside(matrix: &Matrix, effort: Effort) -> Result<Row, Failure> {
    let casbin = actix_web::rt::System::new().block_on(Casbin::new(matrix))?;
    let ours: (_, Vec<Asked<'_>>) = (&matrix.policy, matrix.asked());
    for (asked, request) in ours.1.iter().zip(&casbin.requests) {
        if by_id(ours.0, asked) != casbin.allows(request)? {
            let (person, permission) = request;
            return Err(format!("casbin answers {person} {permission} differently").into());
        }
    }
    let many = effort.pick(1, 200, 2_000);
    let pair = in_turn(
        effort.rounds(),
        || Ok(nanoseconds(&ours, many, by_id)),
        || casbin.nanoseconds(),
    )?;
    Ok(Row::beside("by id, equal answers", "ns", pair, "casbin"))
}

fn person(role: &str) -> String {
    format!("somebody:{role}")
}

impl Casbin {
    async fn new(matrix: &Matrix) -> Result<Self, Failure> {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        for role in matrix.policy.roles() {
            let name = role.name().as_str();
            let known = matrix.policy.catalog().permissions().iter();
            let held = known.filter(|info| role.permissions().contains(info.permission()));
            let rules = held.map(|info| vec![name.to_owned(), info.name().to_owned()]);
            enforcer.add_policies(rules.collect()).await?;
            let grouping = vec![person(name), name.to_owned()];
            enforcer.add_grouping_policy(grouping).await?;
        }
        let questions = matrix.questions.iter();
        let requests =
            questions.map(|question| (person(question.role.as_str()), question.name.clone()));
        Ok(Self {
            requests: requests.collect(),
            enforcer,
        })
    }

    fn allows(&self, (person, permission): &(String, String)) -> Result<bool, Failure> {
        Ok(self
            .enforcer
            .enforce((person.as_str(), permission.as_str()))?)
    }

    fn nanoseconds(&self) -> Result<f64, Failure> {
        let start = Instant::now();
        for request in &self.requests {
            black_box(self.allows(black_box(request))?);
        }
        Ok(start.elapsed().as_nanos() as f64 / self.requests.len() as f64)
    }
}
