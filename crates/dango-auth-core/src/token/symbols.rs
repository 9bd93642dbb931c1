//! Random bytes to symbols of an alphabet of any size, without bias that anyone could measure.

/// Digits, upper case, lower case: the 62 symbols that survive every copy and paste.
pub(super) const BASE62: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Writes the 256-bit number `random` with the last `count` digits of base `alphabet.len()`.
///
/// The digits of the number are taken modulo `alphabet.len()^count`; while that is below 2^160 the bias of
/// any symbol is below 2^-96, so no byte needs to be rejected.
pub(crate) fn symbols_from(mut random: [u8; 32], alphabet: &[u8], count: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX).max(1);
    (0..count)
        .filter_map(|_| {
            let digit = divide_in_place(&mut random, base);
            alphabet
                .get(digit as usize)
                .map(|&symbol| char::from(symbol))
        })
        .collect()
}

/// Writes `number` in base62, left-padded with zeros; its lowest digits where it has more than `COUNT`.
pub(super) fn base62_of<const COUNT: usize>(mut number: u32) -> [u8; COUNT] {
    let mut digits = [b'0'; COUNT];
    for digit in digits.iter_mut().rev() {
        // INVARIANT: a remainder is below the length of the alphabet.
        *digit = BASE62.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits
}

/// Divides the big-endian number by `base`; the remainder is returned.
fn divide_in_place(number: &mut [u8; 32], base: u32) -> u32 {
    let mut remainder = 0;
    for byte in number {
        let dividend = (remainder << 8) | u32::from(*byte);
        // The remainder is below the base, so the quotient fits a byte.
        *byte = u8::try_from(dividend / base).unwrap_or(u8::MAX);
        remainder = dividend % base;
    }
    remainder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_from_the_low_end() {
        let mut random = [0; 32];
        random[31] = 63;
        assert_eq!(symbols_from(random, BASE62, 4), "1100");
        random[31] = 61;
        assert_eq!(symbols_from(random, BASE62, 2), "z0");
    }

    #[test]
    fn numbers_are_padded() {
        assert_eq!(&base62_of::<6>(0), b"000000");
        assert_eq!(&base62_of::<6>(62), b"000010");
        assert_eq!(&base62_of::<6>(u32::MAX), b"4gfFC3");
    }

    #[test]
    fn every_symbol_is_equally_likely() {
        // A counting number spread over all bytes stands for randomness: 62 * 400 draws.
        let mut seen = [0_u32; 62];
        for draw in 0..24_800_u32 {
            let mut random = [0; 32];
            random[28..].copy_from_slice(&draw.to_be_bytes());
            let text = symbols_from(random, BASE62, 1);
            let symbol = text.bytes().next().unwrap();
            seen[BASE62.iter().position(|&s| s == symbol).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| count == 400), "{seen:?}");
    }
}
