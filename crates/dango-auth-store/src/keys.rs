//! What the store does with the keys: sealing secrets, and knowing whether the keys belong here.

use dango_auth_core::audit::chain::ChainKey;
use dango_auth_core::id::UserId;
use dango_auth_core::seal::{self, KeyRing, Purpose, SealContext, SealError};
use zeroize::Zeroizing;

use crate::ports::AccountKey;
use crate::{Answer, StoreError};

/// A sealed value's place: table, column and the row's key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a str,
}

impl Place<'_> {
    pub(crate) fn corrupt(&self) -> StoreError {
        StoreError::corrupt(self.table, self.column, self.row)
    }

    fn context(&self) -> SealContext<'_> {
        SealContext {
            table: self.table,
            column: self.column,
            row_id: self.row,
        }
    }
}

/// The key ring, with what is derived from it often.
#[derive(Debug)]
pub(crate) struct Keys {
    ring: KeyRing,
    chain: Vec<ChainKey>,
}

impl Keys {
    pub(crate) fn new(ring: KeyRing) -> Self {
        let chain = ring.subkeys(Purpose::Audit).map(ChainKey::new).collect();
        Self { ring, chain }
    }

    /// The ring itself.
    pub(crate) const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The key under which failures against an account are counted.
    pub(crate) fn account_key(&self, user: UserId) -> AccountKey {
        AccountKey::of_user(&self.ring.subkey(Purpose::LoginName), user)
    }

    /// The keys rows of the audit log may be chained with, the current one first.
    pub(crate) fn chain_keys(&self) -> &[ChainKey] {
        &self.chain
    }

    /// Seals a secret for its place under the current key.
    pub(crate) fn seal(&self, place: Place<'_>, plaintext: &[u8]) -> Answer<Vec<u8>> {
        seal::seal(&self.ring, place.context(), plaintext, random()?).map_err(|error| {
            tracing::error!(%error, table = place.table, "a secret could not be sealed");
            StoreError::unavailable("a secret could not be sealed", false)
        })
    }

    /// Opens a secret in its place.
    pub(crate) fn open(&self, place: Place<'_>, envelope: &[u8]) -> Answer<Zeroizing<Vec<u8>>> {
        seal::open(&self.ring, place.context(), envelope).map_err(|error| match error {
            SealError::UnknownKey(id) => {
                tracing::error!(key = %id, table = place.table, "a secret needs a key that is not here");
                StoreError::WrongKey
            }
            _ => place.corrupt(),
        })
    }

    /// Opens a secret that is text.
    pub(crate) fn open_text(&self, place: Place<'_>, envelope: &[u8]) -> Answer<Zeroizing<String>> {
        let bytes = self.open(place, envelope)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| place.corrupt())?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

/// Fresh bytes from the operating system: the store's only source of randomness.
pub(crate) fn random<const N: usize>() -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| StoreError::unavailable("the system gives no random bytes", true))?;
    Ok(bytes)
}
