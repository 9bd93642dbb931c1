//! Pairs of times, and how sure the median of their differences is.

use std::time::Duration;

/// Pairs of attempts between two looks at how sure the measurement is, and the most there are.
const PAIRS: usize = 200;
const MOST_PAIRS: usize = 8_000;
/// Pairs are added until the interval is no wider, wherever it lies.
const WIDTH: f64 = 0.04;
/// How far the medians may differ, in parts of the whole.
const TOLERANCE: f64 = 0.05;

/// Times of attempts by the person compared with, and how much longer the other one's took.
#[derive(Default)]
pub(super) struct Sample {
    baselines: Vec<f64>,
    differences: Vec<f64>,
}

/// A 99 % interval of the median of the differences, in parts of the baseline's median.
pub(super) struct Interval {
    pub(super) pairs: usize,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Interval {
    /// Whether the whole of it is within the tolerance.
    pub(super) fn is_equal(&self) -> bool {
        self.low >= -TOLERANCE && self.high <= TOLERANCE
    }

    /// Whether none of it is.
    pub(super) fn is_unequal(&self) -> bool {
        self.low > TOLERANCE || self.high < -TOLERANCE
    }
}

/// Measures two sorts of attempts in turn until the interval is narrow. Each is told the number of its pair.
pub(super) fn compare(
    one: impl Fn(usize) -> Duration,
    other: impl Fn(usize) -> Duration,
) -> Interval {
    let mut sample = Sample::default();
    loop {
        sample.grow(&one, &other);
        let interval = sample.interval();
        if interval.high - interval.low <= WIDTH || interval.pairs >= MOST_PAIRS {
            return interval;
        }
    }
}

impl Sample {
    fn grow(&mut self, one: impl Fn(usize) -> Duration, other: impl Fn(usize) -> Duration) {
        for _ in 0..PAIRS {
            let round = self.baselines.len();
            // Who goes first changes, so that neither profits from a warm cache.
            let (one, other) = if round.is_multiple_of(2) {
                let one = one(round);
                (one, other(round))
            } else {
                let other = other(round);
                (one(round), other)
            };
            let difference = other.as_secs_f64() - one.as_secs_f64();
            self.differences.push(difference);
            self.baselines.push(one.as_secs_f64());
        }
    }

    fn interval(&mut self) -> Interval {
        self.differences.sort_by(f64::total_cmp);
        self.baselines.sort_by(f64::total_cmp);
        let pairs = self.baselines.len();
        let middle = pairs / 2;
        // Ranks of the binomial distribution around the median: 2.576 standard deviations of sqrt(n)/2,
        // which is below 1.3 times the root, rounded up.
        let spread = pairs.isqrt() * 13 / 10 + 1;
        let part = |rank: usize| self.differences[rank] / self.baselines[middle];
        Interval {
            pairs,
            low: part(middle - spread),
            high: part(middle + spread),
        }
    }
}
