//! Sealed envelopes.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{KeyId, KeyRing, MasterKey, Purpose};

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;

/// The place a sealed secret belongs to; it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The row's primary key in its stored form.
    pub row_id: &'a str,
}

/// Why an envelope could not be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes are no envelope of a known version.
    #[error("sealed value is malformed")]
    Malformed,
    /// The envelope was sealed with a key that is not on the ring.
    #[error("sealed value needs key {0}, which is not available")]
    UnknownKey(KeyId),
    /// The envelope was changed, or belongs to another row, column or table.
    #[error("sealed value does not belong here or was tampered with")]
    Tampered,
    /// The plaintext is longer than the cipher can take (256 GiB).
    #[error("value is too long to be sealed")]
    TooLong,
}

/// Seals `plaintext` under the ring's current key, for one place.
///
/// `nonce` is 24 fresh random bytes; at that length random nonces do not repeat.
///
/// # Errors
/// [`SealError::TooLong`] beyond 256 GiB.
pub fn seal(
    ring: &KeyRing,
    context: SealContext<'_>,
    plaintext: &[u8],
    nonce: [u8; NONCE],
) -> Result<Vec<u8>, SealError> {
    let id = ring.current().key_id();
    let associated = associated_data(context, id);
    let payload = Payload {
        msg: plaintext,
        aad: &associated,
    };
    let ciphertext = cipher(ring.current())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError::TooLong)?;
    let mut envelope = Vec::with_capacity(1 + KEY_ID + NONCE + ciphertext.len());
    envelope.push(VERSION);
    envelope.extend_from_slice(id.as_bytes());
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&ciphertext);
    Ok(envelope)
}

/// Opens an envelope with whichever key of the ring it names.
///
/// # Errors
/// [`SealError::Malformed`], [`SealError::UnknownKey`] or [`SealError::Tampered`].
pub fn open(
    ring: &KeyRing,
    context: SealContext<'_>,
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (id, rest) = split_key_id(envelope)?;
    let (nonce, ciphertext) = rest
        .split_first_chunk::<NONCE>()
        .ok_or(SealError::Malformed)?;
    let key = ring.get(id).ok_or(SealError::UnknownKey(id))?;
    let associated = associated_data(context, id);
    let payload = Payload {
        msg: ciphertext,
        aad: &associated,
    };
    cipher(key)
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| SealError::Tampered)
}

/// The id of the key an envelope was sealed under, without opening it.
///
/// # Errors
/// [`SealError::Malformed`] when the bytes are no envelope.
pub fn key_id_of(envelope: &[u8]) -> Result<KeyId, SealError> {
    split_key_id(envelope).map(|(id, _)| id)
}

fn split_key_id(envelope: &[u8]) -> Result<(KeyId, &[u8]), SealError> {
    let (&VERSION, rest) = envelope.split_first().ok_or(SealError::Malformed)? else {
        return Err(SealError::Malformed);
    };
    let (id, rest) = rest
        .split_first_chunk::<KEY_ID>()
        .ok_or(SealError::Malformed)?;
    Ok((KeyId::from_bytes(*id), rest))
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.subkey(Purpose::Seal).expose().into())
}

/// Length-prefixed, so that no two places share their associated data.
fn associated_data(context: SealContext<'_>, id: KeyId) -> Vec<u8> {
    let mut data = b"dango-seal".to_vec();
    data.push(VERSION);
    data.extend_from_slice(id.as_bytes());
    for part in [context.table, context.column, context.row_id] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: SealContext<'static> = SealContext {
        table: "users",
        column: "password_hash",
        row_id: "42",
    };

    fn ring(byte: u8) -> KeyRing {
        KeyRing::new(MasterKey::from_bytes([byte; 32]))
    }

    fn sealed() -> Vec<u8> {
        seal(&ring(1), PLACE, b"canary", [7; 24]).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_in_its_place() {
        let envelope = sealed();
        assert_eq!(envelope.len(), 1 + 8 + 24 + 6 + 16);
        assert!(!envelope.windows(6).any(|window| window == b"canary"));
        assert_eq!(
            open(&ring(1), PLACE, &envelope).unwrap().as_slice(),
            b"canary"
        );
    }

    #[test]
    fn it_opens_nowhere_else() {
        for place in [
            SealContext {
                table: "user",
                ..PLACE
            },
            SealContext {
                column: "totp_seed",
                ..PLACE
            },
            SealContext {
                row_id: "43",
                ..PLACE
            },
            SealContext {
                table: "userspassword_hash",
                column: "",
                ..PLACE
            },
        ] {
            assert_eq!(
                open(&ring(1), place, &sealed()),
                Err(SealError::Tampered),
                "{place:?}"
            );
        }
    }

    #[test]
    fn the_kind_of_failure_is_told() {
        let id = ring(1).current().key_id();
        assert_eq!(
            open(&ring(2), PLACE, &sealed()),
            Err(SealError::UnknownKey(id))
        );
        assert_eq!(key_id_of(&sealed()), Ok(id));
        let mut other_version = sealed();
        other_version[0] = 2;
        for bad in [&[][..], &[1], &[1; 8], &[1; 32], &other_version] {
            let answer = open(&ring(1), PLACE, bad);
            assert!(
                matches!(answer, Err(SealError::Malformed)),
                "{bad:?} {answer:?}"
            );
        }
        let only_header = &sealed()[..33];
        assert_eq!(open(&ring(1), PLACE, only_header), Err(SealError::Tampered));
    }

    #[test]
    fn older_keys_still_open_and_new_values_use_the_current_key() {
        let rotated = ring(2).with_older([MasterKey::from_bytes([1; 32])]);
        assert_eq!(
            open(&rotated, PLACE, &sealed()).unwrap().as_slice(),
            b"canary"
        );
        let again = seal(&rotated, PLACE, b"canary", [8; 24]).unwrap();
        assert_eq!(key_id_of(&again), Ok(ring(2).current().key_id()));
        assert!(open(&ring(2), PLACE, &again).is_ok());
    }

    proptest! {
        #[test]
        fn sealing_and_opening_is_the_identity(
            plaintext in prop::collection::vec(any::<u8>(), 0..200),
            nonce in any::<[u8; 24]>(),
            row in ".{0,20}",
        ) {
            let place = SealContext { row_id: &row, ..PLACE };
            let envelope = seal(&ring(1), place, &plaintext, nonce).unwrap();
            prop_assert_eq!(open(&ring(1), place, &envelope).unwrap().to_vec(), plaintext);
        }

        #[test]
        fn one_flipped_bit_is_noticed(at in 0_usize..55, bit in 0_u8..8) {
            let mut envelope = sealed();
            envelope[at] ^= 1 << bit;
            prop_assert!(open(&ring(1), PLACE, &envelope).is_err());
        }

        #[test]
        fn any_bytes_are_answered_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(open(&ring(1), PLACE, &bytes).is_err());
        }
    }
}
