//! What the store does with the keys: sealing secrets, and knowing which key is in force.
//!
//! | module | does |
//! |---|---|
//! | here | seals and opens; takes a new key over while running |
//! | [`carried`] | keeps what was derived from a replaced key and is still needed |
//! | [`columns`] | lists every sealed column |
//! | [`change`] | replaces the key and seals everything anew |

pub(crate) mod carried;
pub(crate) mod change;
mod columns;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use dango_auth_core::audit::chain::ChainKey;
use dango_auth_core::id::UserId;
use dango_auth_core::seal::{
    self, KeyId, KeyRing, MasterKey, Purpose, SealContext, SealError, SubKey,
};
use zeroize::Zeroizing;

use crate::options::KeySource;
use crate::ports::AccountKey;
use crate::{Answer, StoreError};

pub(crate) use carried::Carried;

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
struct Ring {
    keys: KeyRing,
    chain: ChainKey,
}

impl Ring {
    fn new(keys: KeyRing) -> Self {
        Self {
            chain: ChainKey::new(keys.subkey(Purpose::Audit)),
            keys,
        }
    }
}

/// The keys of this process, which may learn of a new one while it runs.
#[derive(Debug)]
pub(crate) struct Keys {
    ring: RwLock<Arc<Ring>>,
    source: KeySource,
    carried: OnceLock<Carried>,
}

/// Permission to seal: whoever has one knows, until the transaction ends, which key is in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealer<'a>(&'a Keys);

impl std::ops::Deref for Sealer<'_> {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        self.0
    }
}

impl Sealer<'_> {
    /// Seals a secret for its place under the key in force.
    pub(crate) fn seal(self, place: Place<'_>, plaintext: &[u8]) -> Answer<Vec<u8>> {
        seal_with(&self.ring(), place, plaintext)
    }
}

impl Keys {
    pub(crate) fn new(ring: KeyRing, source: KeySource) -> Self {
        Self {
            ring: RwLock::new(Arc::new(Ring::new(ring))),
            source,
            carried: OnceLock::new(),
        }
    }

    /// The ring as it is now.
    pub(crate) fn ring(&self) -> KeyRing {
        self.now().keys.clone()
    }

    /// The key that new rows of the audit log are chained with.
    pub(crate) fn chain_key(&self) -> ChainKey {
        self.now().chain.clone()
    }

    /// The key under which failures against an account are counted.
    pub(crate) fn account_key(&self, user: UserId) -> AccountKey {
        AccountKey::of_user(&self.lasting_subkey(Purpose::LoginName), user)
    }

    /// The subkey of a purpose whose values outlive a change of the master key.
    pub(crate) fn lasting_subkey(&self, purpose: Purpose) -> SubKey {
        let carried = self.carried.get().and_then(|carried| carried.get(purpose));
        carried
            .cloned()
            .unwrap_or_else(|| self.now().keys.subkey(purpose))
    }

    /// Hands over what earlier keys left behind; the first time counts.
    pub(crate) fn carry(&self, carried: Carried) {
        self.carried.get_or_init(|| carried);
    }

    /// For a transaction that has learned which key is in force.
    pub(crate) const fn sealer(&self) -> Sealer<'_> {
        Sealer(self)
    }

    /// Makes the first key that `is_wanted` the current one; tells whether there is one.
    pub(crate) fn choose(&self, is_wanted: impl Fn(&MasterKey) -> bool) -> bool {
        let chosen = self.now().keys.with_current(is_wanted);
        let found = chosen.is_some();
        if let Some(keys) = chosen {
            self.put(keys);
        }
        found
    }

    /// Makes the key with this id the current one, looking again at where keys come from if need be.
    ///
    /// `None` is the id of a database whose key was never replaced.
    pub(crate) fn adopt(&self, id: Option<&str>) -> Answer<()> {
        let Some(id) = id else { return Ok(()) };
        let id = KeyId::parse(id).ok_or_else(|| StoreError::corrupt("guard", "key_id", 1))?;
        let is_it = |key: &MasterKey| key.key_id() == id;
        if is_it(self.now().keys.current()) || self.choose(is_it) {
            return Ok(());
        }
        self.look_again();
        if self.choose(is_it) {
            tracing::info!(key = %id, "took over a new key");
            return Ok(());
        }
        Err(missing(id))
    }

    /// Adds a key that this process has made.
    pub(crate) fn add(&self, key: MasterKey) {
        let keys = self.now().keys.clone();
        self.put(keys.with_older([key]));
    }

    /// Opens a secret in its place.
    pub(crate) fn open(&self, place: Place<'_>, envelope: &[u8]) -> Answer<Zeroizing<Vec<u8>>> {
        let try_open = || seal::open(&self.now().keys, place.context(), envelope);
        let opened = match try_open() {
            Err(SealError::UnknownKey(_)) => {
                self.look_again();
                try_open()
            }
            other => other,
        };
        opened.map_err(|error| match error {
            SealError::UnknownKey(id) => missing(id),
            _ => place.corrupt(),
        })
    }

    /// Does what opening a password hash takes, for a row that has none: sealing is the same work, and
    /// nobody keeps what comes out.
    pub(crate) fn open_nothing(&self, place: Place<'_>) {
        let sealed = seal::seal(&self.now().keys, place.context(), &[0; 96], [0; 24]);
        let _ = std::hint::black_box(sealed);
    }

    /// Opens a secret that is text.
    pub(crate) fn open_text(&self, place: Place<'_>, envelope: &[u8]) -> Answer<Zeroizing<String>> {
        let bytes = self.open(place, envelope)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| place.corrupt())?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn now(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, keys: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Ring::new(keys));
    }

    /// Reads the keys anew. None that is known is forgotten, and the current one stays so.
    fn look_again(&self) {
        if let Some(found) = self.source.keys() {
            self.put(self.ring().joined(&found));
        }
    }
}

fn seal_with(ring: &KeyRing, place: Place<'_>, plaintext: &[u8]) -> Answer<Vec<u8>> {
    seal::seal(ring, place.context(), plaintext, random()?).map_err(|error| {
        tracing::error!(%error, table = place.table, "a secret could not be sealed");
        StoreError::unavailable("a secret could not be sealed", false)
    })
}

/// What somebody has to do who runs a server beside the one where the key was replaced.
fn missing(id: KeyId) -> StoreError {
    tracing::error!(
        key = %id,
        "the database's key was replaced: copy the new secret.key here, or put the new key in front in \
         DANGO_SECRET_KEY and start again"
    );
    StoreError::WrongKey
}

/// Fresh bytes from the operating system: the store's only source of randomness.
pub(crate) fn random<const N: usize>() -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| StoreError::unavailable("the system gives no random bytes", true))?;
    Ok(bytes)
}
