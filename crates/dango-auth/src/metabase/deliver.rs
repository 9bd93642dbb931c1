//! Bringing one person in line.

use dango_auth_core::id::UserId;
use dango_auth_core::metabase::{Found, Standing, address, steps};
use dango_auth_core::user::User;
use dango_auth_store::ports::{MetabaseReads as _, MetabaseWrites as _, UserReads as _, Waiting};

use super::client::{Client, Ground};
use super::trouble::Trouble;
use crate::auth::Auth;
use crate::error::Error;

/// How often an account is looked at again after it was changed: reactivating takes one round of its
/// own, and the last one sees that nothing is left to do.
const ROUNDS: usize = 3;

/// What became of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    /// Their account is as it should be, or there is none and need not be.
    InLine,
    /// Metabase takes no account without an address that has a dot in its domain.
    NoAddress,
    /// Their account is the one we sign in with; it is left as it is.
    ServiceAccount,
}

/// One person who is brought in line.
struct Delivery<'a> {
    auth: &'a Auth,
    client: &'a mut Client,
    ground: Ground,
    user: UserId,
    person: Option<User>,
    wanted: Standing,
}

/// Brings somebody in line with what they are here now, which may be more than what queued them.
pub(super) fn deliver(
    auth: &Auth,
    client: &mut Client,
    ground: Ground,
    waiting: &Waiting,
) -> Result<Delivered, Trouble> {
    let user = waiting.user;
    let (person, linked) = auth
        .inner
        .store
        .read(|tx| Ok::<_, Error>((tx.user(user)?, tx.metabase_id(user)?)))?;
    let wanted = standing(person.as_ref());
    let mut delivery = Delivery {
        auth,
        client,
        ground,
        user,
        person,
        wanted,
    };
    let Some(found) = delivery.account(linked, waiting)? else {
        return Ok(delivery.without_account(waiting));
    };
    if found.id == ground.service {
        return Ok(Delivered::ServiceAccount);
    }
    if linked != Some(found.id) {
        delivery.link(&found)?;
    }
    delivery.bring_in_line(found)?;
    delivery.finish()?;
    Ok(Delivered::InLine)
}

/// What somebody should be; who is gone can no longer sign in.
pub(super) fn standing(person: Option<&User>) -> Standing {
    person.map_or(Standing::Deactivated, |user| {
        Standing::of(&user.role, user.is_active())
    })
}

/// The address somebody has in Metabase, if they can have an account there.
pub(super) fn address_of(user: &User) -> Option<String> {
    address(&user.username, user.email.as_ref()).map(|address| address.to_string())
}

impl Delivery<'_> {
    /// The account: the linked one, else the one with the address, else a new one if one is needed.
    fn account(
        &mut self,
        linked: Option<i64>,
        waiting: &Waiting,
    ) -> Result<Option<Found>, Trouble> {
        if let Some(id) = linked
            && let Some(found) = self.client.account(id, self.ground.group)?
        {
            return Ok(Some(found));
        }
        let Some(email) = self.email(waiting) else {
            return Ok(None);
        };
        if self.wanted == Standing::Deactivated {
            let found = self.client.find(&email, self.ground.group)?;
            return self.ours(found);
        }
        let found = Some(self.client.create(&email, self.ground.group)?);
        if let Some(holder) = self.other_holder(found.as_ref())? {
            return Err(Trouble::Refused(format!(
                "the Metabase account {email} belongs to somebody else here ({holder})"
            )));
        }
        Ok(found)
    }

    /// The address: the present one, or for somebody who is gone the last one.
    fn email(&self, waiting: &Waiting) -> Option<String> {
        if let Some(user) = &self.person {
            return address_of(user);
        }
        let last = waiting.email.as_deref().unwrap_or(&waiting.name);
        last.contains('@').then(|| last.to_owned())
    }

    /// An account that is nobody else's: whoever took over the address of a person who is gone keeps it.
    fn ours(&self, found: Option<Found>) -> Result<Option<Found>, Trouble> {
        let other = self.other_holder(found.as_ref())?;
        Ok(found.filter(|_| other.is_none()))
    }

    /// Who else here has the account; a link of somebody who is gone counts no more.
    fn other_holder(&self, found: Option<&Found>) -> Result<Option<String>, Trouble> {
        let Some(found) = found else {
            return Ok(None);
        };
        let holder = self.auth.inner.store.read(|tx| {
            let Some(holder) = tx.metabase_holder(found.id)?.filter(|id| *id != self.user) else {
                return Ok::<_, Error>(None);
            };
            Ok(tx.user(holder)?.map(|user| user.username.to_string()))
        })?;
        Ok(holder)
    }

    fn without_account(&self, waiting: &Waiting) -> Delivered {
        if self.wanted != Standing::Deactivated && self.email(waiting).is_none() {
            Delivered::NoAddress
        } else {
            Delivered::InLine
        }
    }

    fn link(&self, found: &Found) -> Result<(), Trouble> {
        let (id, now) = (found.id, self.auth.now());
        let store = &self.auth.inner.store;
        Ok(store.write(|tx| tx.link(self.user, id, now))?)
    }

    fn bring_in_line(&mut self, mut found: Found) -> Result<(), Trouble> {
        let group = self.ground.group;
        for _ in 0..ROUNDS {
            let needed = steps(found.account, self.wanted);
            if needed.is_empty() {
                return complete(&found, self.wanted);
            }
            for step in needed {
                self.client.take(step, found.id, group)?;
            }
            let again = self.client.account(found.id, group)?;
            found = again.ok_or_else(|| Trouble::Failing("the account vanished".to_owned()))?;
        }
        Err(Trouble::Failing(
            "Metabase did not keep what it was told".to_owned(),
        ))
    }

    /// Forgets the account of somebody who is gone, so that a successor of the same address may have it.
    fn finish(&self) -> Result<(), Trouble> {
        if self.person.is_some() {
            return Ok(());
        }
        let store = &self.auth.inner.store;
        Ok(store.write(|tx| tx.unlink(self.user))?)
    }
}

/// Sees that whoever may sign in is in the group that everybody is in. Metabase has lost people from it,
/// and lets nobody put them back by membership (`field.md` §6.3).
pub(super) fn complete(found: &Found, wanted: Standing) -> Result<(), Trouble> {
    if found.in_all_users || wanted == Standing::Deactivated {
        return Ok(());
    }
    Err(Trouble::Refused(format!(
        "Metabase has lost its account {} from its group All Users",
        found.id
    )))
}
