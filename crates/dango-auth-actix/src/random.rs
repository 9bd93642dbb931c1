//! Random texts that name requests and answers; tokens are made by the use cases, not here.

use data_encoding::BASE64URL_NOPAD;

/// 16 random bytes, unless the operating system gives none.
pub(crate) fn bytes() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Some(bytes),
        Err(error) => {
            tracing::error!(%error, "no random bytes from the operating system");
            None
        }
    }
}

/// 128 random bits as 22 base64url characters.
///
/// Without randomness from the operating system it is a fixed text: ids may repeat, and a repeated
/// nonce is still one the page and its policy agree on.
pub(crate) fn text() -> String {
    BASE64URL_NOPAD.encode(&bytes().unwrap_or_default())
}
