//! Bytes that look random and are the same in every run.

use std::sync::{Arc, Mutex, PoisonError};

use dango_auth::{Entropy, EntropyError};

/// `SplitMix64` from a seed; clones draw from one stream, so no two of them draw the same bytes.
///
/// For tests alone: whoever knows the seed knows every token.
#[derive(Debug, Clone)]
pub struct SeededEntropy(Arc<Mutex<u64>>);

impl SeededEntropy {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let word = mixed(*state).to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(word) {
                *byte = random;
            }
        }
        Ok(())
    }
}

const fn mixed(state: u64) -> u64 {
    let word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_bytes_again_and_clones_share_the_stream() {
        let draw = |entropy: &SeededEntropy| {
            let mut bytes = [0; 12];
            entropy.fill(&mut bytes).unwrap();
            bytes
        };
        let (first, same, other) = (
            SeededEntropy::new(1),
            SeededEntropy::new(1),
            SeededEntropy::new(2),
        );
        let drawn = draw(&first);
        assert_eq!(drawn, draw(&same));
        assert_ne!(drawn, draw(&other));
        assert_eq!(draw(&first.clone()), draw(&same));
        assert_ne!(draw(&first), drawn);
    }
}
