//! The signature under what a webhook gets.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 (RFC 2104) over the parts in order, with a secret of any length.
pub fn signature(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; a longer one than a block is hashed first.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn it_is_hmac_sha256_for_short_and_long_secrets() {
        // RFC 4231, test cases 2 and 6.
        let short = signature(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        let long = signature(
            &[0xaa; 131],
            &[b"Test Using Larger Than Block-Size Key - Hash Key First"],
        );
        let expected = [
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ];
        assert_eq!([hex::encode(short), hex::encode(long)], expected);
    }
}
