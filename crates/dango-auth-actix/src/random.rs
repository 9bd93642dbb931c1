//! Random texts that name requests and answers; tokens are made by the use cases, not here.

use std::cell::RefCell;

use data_encoding::BASE64URL_NOPAD;

/// Bytes fetched at a time: asking the operating system costs as much as several requests' own work.
const STOCK: usize = 1_024;

thread_local! {
    /// Bytes that were fetched and not handed out yet; each is handed out once.
    static STOCKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// 16 random bytes, unless the operating system gives none.
pub(crate) fn bytes() -> Option<[u8; 16]> {
    STOCKED.with_borrow_mut(|stock| {
        if stock.len() < 16 {
            stock.resize(STOCK, 0);
            if let Err(error) = getrandom::fill(stock) {
                tracing::error!(%error, "no random bytes from the operating system");
                stock.clear();
                return None;
            }
        }
        let (_, taken) = stock.split_last_chunk::<16>()?;
        let taken = *taken;
        stock.truncate(stock.len() - taken.len());
        Some(taken)
    })
}

/// 128 random bits as 22 base64url characters.
///
/// Without randomness from the operating system it is a fixed text: ids may repeat, and a repeated
/// nonce is still one the page and its policy agree on.
pub(crate) fn text() -> String {
    BASE64URL_NOPAD.encode(&bytes().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_text_comes_twice_beyond_what_is_fetched_at_a_time() {
        let texts: BTreeSet<String> = (0..STOCK).map(|_| text()).collect();
        assert_eq!(texts.len(), STOCK);
        assert!(texts.iter().all(|text| text.len() == 22));
    }
}
