//! Rounds in turn, and what they come to.

use crate::Failure;

/// The figures of several rounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    /// Of these figures, in any order.
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self { sorted: figures }
    }

    /// The figure that this share of all is below, from 0 to 1; not a number without figures.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share of a length
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.sorted.get(at).copied().unwrap_or(f64::NAN)
    }

    /// The one in the middle.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }
}

/// Two sides that were measured in turn.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// Our figures.
    pub(crate) ours: Spread,
    /// Those of the side compared with.
    pub(crate) other: Spread,
    /// Ours by the other's, round by round, so that a machine that slows down does not decide.
    pub(crate) ratio: Spread,
}

impl Pair {
    /// Of figures in the order of their rounds.
    pub(crate) fn of(ours: Vec<f64>, other: Vec<f64>) -> Self {
        let ratios = ours.iter().zip(&other).map(|(ours, other)| ours / other);
        Self {
            ratio: Spread::of(ratios.collect()),
            ours: Spread::of(ours),
            other: Spread::of(other),
        }
    }
}

/// Measures two sides in turn: A B, B A, A B and so on, so that neither is always the first.
pub(crate) fn in_turn(
    rounds: usize,
    mut ours: impl FnMut() -> Result<f64, Failure>,
    mut other: impl FnMut() -> Result<f64, Failure>,
) -> Result<Pair, Failure> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            left.push(ours()?);
            right.push(other()?);
        } else {
            right.push(other()?);
            left.push(ours()?);
        }
    }
    Ok(Pair::of(left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_several_figures_is_found_in_any_order() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]);
        let found = [0.0, 0.25, 0.5, 1.0].map(|share| spread.quantile(share));
        assert_eq!(
            found.map(|figure| format!("{figure}")),
            ["1", "2", "3", "5"]
        );
        assert!(Spread::default().median().is_nan());
    }

    #[test]
    fn sides_take_turns_at_being_first() {
        let order = std::cell::RefCell::new(String::new());
        let pair = in_turn(
            3,
            || {
                order.borrow_mut().push('a');
                Ok(4.0)
            },
            || {
                order.borrow_mut().push('b');
                Ok(2.0)
            },
        )
        .unwrap();
        assert_eq!(order.into_inner(), "abbaab");
        assert!((pair.ratio.median() - 2.0).abs() < f64::EPSILON);
    }
}
