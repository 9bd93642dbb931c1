//! May somebody do something: in nanoseconds, over random questions.

#[cfg(feature = "rivals")]
mod casbin;
#[cfg(feature = "rivals")]
mod cedar;
mod matrix;

use std::hint::black_box;
use std::time::Instant;

use dango_auth::core::{Policy, Scope};

use crate::Failure;
use crate::effort::Effort;
use crate::measure::Spread;
use crate::report::{Budget, Row};
use matrix::{Asked, Matrix};

/// A way of asking: its name, its budget in nanoseconds, and how to time it.
type Way<'a> = (&'static str, Option<f64>, Box<dyn Fn(usize) -> f64 + 'a>);

/// Measures each way of asking, then other engines beside the first.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let matrix = Matrix::new(7)?;
    let repeats = effort.pick(1, 1_000, 2_000);
    let ways = ways(&matrix);
    let mut figures: Vec<Vec<f64>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds() {
        for ((.., time), figures) in ways.iter().zip(&mut figures) {
            figures.push(time(repeats));
        }
    }
    let rows = ways.iter().zip(figures).map(|((case, limit, _), figures)| {
        let row = Row::alone(*case, "ns", Spread::of(figures));
        match limit {
            Some(limit) => row.within(Budget::AtMost(*limit)),
            None => row,
        }
    });
    #[allow(unused_mut)] // extended by the feature
    let mut rows: Vec<Row> = rows.collect();
    #[cfg(feature = "rivals")]
    rows.extend([
        cedar::beside(&matrix, effort)?,
        casbin::beside(&matrix, effort)?,
    ]);
    Ok(rows)
}

/// Every way is timed in a loop of its own, as a service calls it: directly, not through a pointer.
fn ways(matrix: &Matrix) -> Vec<Way<'_>> {
    let policy = &matrix.policy;
    let (people, keys) = ((policy, matrix.asked()), (policy, matrix.asked_with_keys()));
    let (few, many) = ((policy, matrix.asked_in(4)), (policy, matrix.asked_in(64)));
    let (named, explained) = ((policy, matrix.asked()), (policy, matrix.asked()));
    vec![
        (
            "by id",
            Some(2.0),
            Box::new(move |repeats| nanoseconds(&people, repeats, by_id)),
        ),
        (
            "in a workspace, 4 grants",
            Some(5.0),
            Box::new(move |repeats| nanoseconds(&few, repeats, by_id)),
        ),
        (
            "in a workspace, 64 grants",
            Some(5.0),
            Box::new(move |repeats| nanoseconds(&many, repeats, by_id)),
        ),
        (
            "by name",
            Some(30.0),
            Box::new(move |repeats| nanoseconds(&named, repeats, by_name)),
        ),
        (
            "by id, with a limited key",
            None,
            Box::new(move |repeats| nanoseconds(&keys, repeats, by_id)),
        ),
        (
            "explained",
            None,
            Box::new(move |repeats| nanoseconds(&explained, repeats, explain)),
        ),
    ]
}

#[inline(always)]
#[allow(clippy::inline_always)] // what is timed is the check and not a call of this
fn by_id(policy: &Policy, asked: &Asked<'_>) -> bool {
    let answer = policy.check(asked.subject, asked.permission, asked.scope);
    answer.is_allowed()
}

fn by_name(policy: &Policy, asked: &Asked<'_>) -> bool {
    let answer = policy.check_name(asked.subject, asked.name, Scope::Global);
    answer.is_allowed()
}

fn explain(policy: &Policy, asked: &Asked<'_>) -> bool {
    let answer = policy.explain(asked.subject, asked.name, Scope::Global);
    answer.is_allowed()
}

/// Nanoseconds for one question, over all of them `repeats` times.
///
/// The compiler knows neither the questions nor what becomes of the number of answers that allow.
fn nanoseconds<'a>(
    (policy, questions): &(&Policy, Vec<Asked<'a>>),
    repeats: usize,
    ask: impl Fn(&Policy, &Asked<'a>) -> bool,
) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        let (policy, questions) = (black_box(*policy), black_box(questions.as_slice()));
        let allowed = questions.iter().filter(|asked| ask(policy, asked)).count();
        black_box(allowed);
    }
    start.elapsed().as_nanos() as f64 / (repeats * questions.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_asking_gives_the_answer_of_the_role() {
        let matrix = Matrix::new(1).unwrap();
        let policy = &matrix.policy;
        let asked = matrix.asked();
        let placed = matrix.asked_in(64);
        let keys = matrix.asked_with_keys();
        let mut allowed = 0;
        for (number, question) in matrix.questions.iter().enumerate() {
            let role = policy.role_named(question.role.as_str()).unwrap();
            let expected = role.permissions().contains(question.permission);
            let answers = [by_id, by_name, explain].map(|ask| ask(policy, &asked[number]));
            assert_eq!(
                answers, [expected; 3],
                "{} {}",
                question.role, question.name
            );
            // The wildcard role cannot be granted in a workspace.
            let in_place = by_id(policy, &placed[number]);
            assert_eq!(in_place, expected && !role.is_wildcard());
            assert!(expected || !by_id(policy, &keys[number]));
            allowed += usize::from(expected);
        }
        assert!(
            (matrix.questions.len() / 4..1_000).contains(&allowed),
            "{allowed}"
        );
    }
}
