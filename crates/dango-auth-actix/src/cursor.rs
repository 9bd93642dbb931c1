//! Cursors of lists: where the next page goes on.
//!
//! A cursor holds the ordering key of the last row shown, so that a page costs the same however far in
//! it is. It is opaque but no secret: it only says where to go on.

use dango_auth::Error;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes an ordering key as a cursor.
pub fn write<K: Serialize>(key: &K) -> String {
    BASE64URL_NOPAD.encode(&serde_json::to_vec(key).unwrap_or_default())
}

/// Reads a cursor, where there is one.
///
/// # Errors
/// 400 for anything that is not a cursor of a list with such keys.
pub fn read<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Error> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok();
    let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let text = "is not a cursor of this list; start again without one";
    key.map(Some)
        .ok_or_else(|| Error::field("cursor", "invalid_cursor", text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        let cursor = write(&("ann", 7));
        assert_eq!(read(Some(&cursor)).unwrap(), Some(("ann".to_owned(), 7)));
        assert_eq!(read::<(String, u32)>(None).unwrap(), None);
        for bad in ["", "x", "bm9uc2Vuc2U", "!!"] {
            let error = read::<(String, u32)>(Some(bad)).unwrap_err();
            assert_eq!(error.fields()[0].field, "cursor", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn cursors_read_back(key in any::<(String, i64)>()) {
            let cursor = write(&key);
            prop_assert_eq!(read::<(String, i64)>(Some(&cursor)).unwrap(), Some(key));
        }

        #[test]
        fn any_cursor_is_answered_without_a_panic(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = read::<(String, i64)>(Some(&text));
            let encoded = BASE64URL_NOPAD.encode(&bytes);
            let _ = read::<(String, i64)>(Some(&encoded));
        }
    }
}
