//! The settings in force: files and environment as read at the start, with the run-time values of the
//! database on top.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use dango_auth_store::ReadTx;
use dango_auth_store::ports::InstallationReads as _;

use crate::error::Error;
use crate::settings::{RuntimeValue, Settings};

/// The settings, read again whenever the store's epoch has moved.
pub(crate) struct LiveSettings {
    base: RwLock<Arc<Settings>>,
    /// How often `base` was replaced.
    replaced: AtomicU64,
    current: RwLock<Option<(i64, Arc<Settings>)>>,
}

impl LiveSettings {
    pub(crate) fn new(base: Settings) -> Self {
        Self {
            base: RwLock::new(Arc::new(base)),
            replaced: AtomicU64::new(0),
            current: RwLock::new(None),
        }
    }

    /// The settings as of this transaction: a change by any process shows at the next one.
    pub(crate) fn current(&self, tx: &mut ReadTx<'_>) -> Result<Arc<Settings>, Error> {
        let epoch = tx.epoch()?;
        self.at(epoch, tx)
    }

    /// The settings as of this transaction, whose epoch is known.
    pub(crate) fn at(&self, epoch: i64, tx: &mut ReadTx<'_>) -> Result<Arc<Settings>, Error> {
        if let Some(settings) = self.known(epoch) {
            return Ok(settings);
        }
        let mut stored = BTreeMap::new();
        for row in tx.stored_settings()? {
            let value = serde_json::from_str(&row.value)
                .map_err(|_| Error::Internal("a stored setting is not JSON"))?;
            let value = RuntimeValue {
                value,
                by: row.updated_by,
                at: row.updated_at,
            };
            stored.insert(row.name, value);
        }
        let replaced = self.replaced();
        let merged = self.base().with_runtime(&stored);
        let merged = Arc::new(merged.map_err(Error::StoredSettings)?);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // What was read before files and environment were read anew serves this transaction only.
        if self.replaced() == replaced {
            *current = Some((epoch, Arc::clone(&merged)));
        }
        Ok(merged)
    }

    /// Goes on with what was read at one epoch until another, after a change that touched no setting.
    pub(crate) fn stay(&self, epochs: Option<(i64, i64)>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let (Some((before, after)), Some((at, _))) = (epochs, &mut *current)
            && *at == before
        {
            *at = after;
        }
    }

    /// Puts other values in the place of what files and environment said.
    pub(crate) fn replace(&self, base: Settings) {
        let mut old = self.base.write().unwrap_or_else(PoisonError::into_inner);
        *old = Arc::new(base);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = None;
        self.count_replaced();
    }

    /// Counts something else that was read anew and that decides about whoever is remembered.
    pub(crate) fn count_replaced(&self) {
        self.replaced.fetch_add(1, Ordering::SeqCst);
    }

    /// How often files and environment were read again; what was decided by the values before is over
    /// when it has risen.
    pub(crate) fn replaced(&self) -> u64 {
        self.replaced.load(Ordering::SeqCst)
    }

    /// The settings as of an epoch, if they have been read since it began.
    pub(crate) fn known(&self, epoch: i64) -> Option<Arc<Settings>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current
            .as_ref()
            .filter(|(at, _)| *at == epoch)
            .map(|(_, settings)| Arc::clone(settings))
    }

    /// What files and environment say.
    pub(crate) fn base(&self) -> Arc<Settings> {
        Arc::clone(&self.base.read().unwrap_or_else(PoisonError::into_inner))
    }
}
