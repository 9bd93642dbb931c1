//! Clearing away what ended, lapsed or was forgotten.

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::audit::{Act, Actor, Origin, Via};
use dango_auth_store::ports::{
    AuditWrites as _, IdempotencyWrites as _, LimitWrites as _, LockoutWrites as _,
    SessionWrites as _, UserReads as _,
};

use super::{Sessions, expired_event};
use crate::error::Error;

/// How many sessions one sweep ends at most.
const SWEEP_BATCH: u32 = 500;

/// How long ended sessions are kept before their rows are removed.
const ENDED_KEPT: Duration = Duration::days(30);

/// How long counted failures are kept after the last of them; the longest lock ends before.
const LOCKOUT_KEPT: Duration = Duration::days(31);

/// How long counted requests are kept; no window is longer than a day.
const COUNTED_KEPT: Duration = Duration::days(2);

impl Sessions<'_> {
    /// Ends sessions that reached a limit and removes what ended, lapsed or was forgotten long ago;
    /// tells how many sessions ended. Nobody's rights depend on when it runs.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn sweep(&self) -> Result<usize, Error> {
        let at = self.auth.now();
        let act = Act {
            actor: Actor::system("sweep"),
            origin: Origin::local(Via::System),
            at,
        };
        let ended = self.auth.inner.store.write(|tx| {
            let limits = self.auth.inner.settings.current(tx)?.session.limits();
            let ended = tx.sweep_sessions(at, at - limits.idle, at - ENDED_KEPT, SWEEP_BATCH)?;
            for (session, user, ending) in &ended {
                if let Some(user) = tx.user(*user)? {
                    tx.note(expired_event(&act, *session, &user, *ending));
                }
            }
            Ok::<_, Error>(ended.len())
        })?;
        self.sweep_leftovers(at)?;
        Ok(ended)
    }

    /// Removes failures, counted requests and kept answers that mean nothing any more.
    fn sweep_leftovers(&self, now: DateTime<Utc>) -> Result<(), Error> {
        self.auth.inner.store.write(|tx| {
            tx.sweep_lockout(now - LOCKOUT_KEPT, SWEEP_BATCH)?;
            tx.sweep_limits(now - COUNTED_KEPT, SWEEP_BATCH)?;
            tx.sweep_answers(now, SWEEP_BATCH)?;
            Ok(())
        })
    }
}
