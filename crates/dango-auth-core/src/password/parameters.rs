//! How much work a password hash costs.

const MIB: u32 = 1_024;

/// The least one may ask for: memory in KiB and passes (OWASP password storage, ASVS 5.0 appendix C).
const FLOOR: [(u32, u32); 5] = [
    (46 * MIB, 1),
    (19 * MIB, 2),
    (12 * MIB, 3),
    (9 * MIB, 4),
    (7 * MIB, 5),
];

/// The most anyone may ask for, in the configuration or by a stored hash: 1 GiB, 64 passes, 16 lanes.
pub(super) const MOST_MEMORY_KIB: u32 = 1_024 * MIB;
pub(super) const MOST_ITERATIONS: u32 = 64;
pub(super) const MOST_PARALLELISM: u32 = 16;

/// The cost of Argon2id: memory, passes over it, lanes (RFC 9106).
///
/// The default, 46 MiB and one pass, takes about 20 ms where memory is kept between hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParameters {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

/// Parameters that are too weak, or that nobody would want to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashParametersError {
    /// Below every row of the recommendation.
    #[error(
        "hashing with {memory_kib} KiB and {iterations} iterations is too weak: use at least 47104 KiB with 1, \
         19456 with 2, 12288 with 3, 9216 with 4 or 7168 with 5"
    )]
    TooWeak {
        /// The memory asked for, in KiB.
        memory_kib: u32,
        /// The passes asked for.
        iterations: u32,
    },
    /// Above the bounds.
    #[error(
        "hashing parameters are out of range: memory_kib at most {MOST_MEMORY_KIB}, iterations at most \
         {MOST_ITERATIONS}, parallelism 1 to {MOST_PARALLELISM}"
    )]
    OutOfRange,
}

impl HashParameters {
    /// Parameters from the configuration.
    ///
    /// # Errors
    /// Weaker than every row of the OWASP and ASVS tables, or above 1 GiB, 64 passes or 16 lanes.
    pub fn checked(
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
    ) -> Result<Self, HashParametersError> {
        let parameters = Self::bounded(memory_kib, iterations, parallelism)
            .ok_or(HashParametersError::OutOfRange)?;
        let strong = FLOOR
            .iter()
            .any(|&(memory, passes)| memory_kib >= memory && iterations >= passes);
        if !strong {
            return Err(HashParametersError::TooWeak {
                memory_kib,
                iterations,
            });
        }
        Ok(parameters)
    }

    /// The cheapest parameters Argon2 knows, for tests only.
    ///
    /// SECURITY: a hash made with these can be guessed at a million tries per second. Nothing but a test may
    /// call this; no configuration leads here.
    pub const fn insecure_for_tests() -> Self {
        Self {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
        }
    }

    /// Parameters of a stored hash: whatever was fit once, within what this process is ready to spend.
    pub(super) fn bounded(memory_kib: u32, iterations: u32, parallelism: u32) -> Option<Self> {
        // Argon2 wants two blocks for each of the four slices of every lane.
        let least_memory = parallelism.checked_mul(8)?;
        let fits = (least_memory..=MOST_MEMORY_KIB).contains(&memory_kib)
            && (1..=MOST_ITERATIONS).contains(&iterations)
            && (1..=MOST_PARALLELISM).contains(&parallelism);
        fits.then_some(Self {
            memory_kib,
            iterations,
            parallelism,
        })
    }

    /// The work one hash is: blocks of one KiB that are filled, all passes together.
    pub fn blocks(&self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.iterations)
    }

    /// Parameters whose work is `blocks`, or a little less, in no more memory than these take; none for
    /// less than Argon2 can do.
    pub(super) fn part(&self, blocks: u64) -> Option<Self> {
        let passes = blocks.div_ceil(u64::from(self.memory_kib).max(1)).max(1);
        let memory = u32::try_from(blocks / passes).ok()?;
        Self::bounded(memory, u32::try_from(passes).ok()?, 1)
    }

    /// Memory in KiB.
    pub fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Lanes.
    pub fn parallelism(&self) -> u32 {
        self.parallelism
    }
}

impl Default for HashParameters {
    fn default() -> Self {
        Self {
            memory_kib: 46 * MIB,
            iterations: 1,
            parallelism: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_first_row() {
        let default = HashParameters::default();
        assert_eq!(HashParameters::checked(47_104, 1, 1), Ok(default));
    }

    #[test]
    fn every_row_of_the_recommendation_passes_and_one_step_below_does_not() {
        for (memory, passes) in [
            (47_104, 1),
            (19_456, 2),
            (12_288, 3),
            (9_216, 4),
            (7_168, 5),
        ] {
            assert!(HashParameters::checked(memory, passes, 1).is_ok());
            let weak = HashParametersError::TooWeak {
                memory_kib: memory - 1,
                iterations: passes,
            };
            assert_eq!(HashParameters::checked(memory - 1, passes, 1), Err(weak));
        }
        assert!(HashParameters::checked(65_536, 3, 4).is_ok());
        assert!(HashParameters::checked(7_167, 64, 1).is_err());
    }

    #[test]
    fn a_part_is_as_much_work_as_asked_for_or_hardly_less_in_no_more_memory() {
        let whole = HashParameters::checked(7_168, 5, 1).unwrap();
        assert_eq!(whole.blocks(), 35_840);
        for blocks in [8, 100, 7_168, 7_169, 20_001, 35_840] {
            let part = whole.part(blocks).unwrap();
            assert!(part.memory_kib() <= whole.memory_kib(), "{part:?}");
            let missing = blocks - part.blocks();
            assert!(missing < u64::from(part.iterations()), "{part:?}");
        }
        assert_eq!(whole.part(7), None);
        assert_eq!(whole.part(0), None);
        assert_eq!(whole.part(u64::MAX), None);
    }

    #[test]
    fn absurd_values_are_refused() {
        let out = Err(HashParametersError::OutOfRange);
        for (memory, passes, lanes) in [
            (1_048_577, 1, 1),
            (u32::MAX, u32::MAX, u32::MAX),
            (47_104, 65, 1),
            (47_104, 0, 1),
            (47_104, 1, 0),
            (47_104, 1, 17),
            (0, 1, 1),
        ] {
            assert_eq!(HashParameters::checked(memory, passes, lanes), out);
        }
    }

    #[test]
    fn test_parameters_would_never_pass_as_configuration() {
        let cheap = HashParameters::insecure_for_tests();
        let answer =
            HashParameters::checked(cheap.memory_kib(), cheap.iterations(), cheap.parallelism());
        assert!(answer.is_err());
    }
}
