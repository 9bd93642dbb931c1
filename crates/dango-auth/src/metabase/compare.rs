//! Comparing everybody, to find what was changed in Metabase itself or never arrived there.

use std::collections::{HashMap, HashSet};

use dango_auth_core::id::UserId;
use dango_auth_core::metabase::{Found, Standing, steps};
use dango_auth_core::user::User;
use dango_auth_store::ports::{MetabaseReads as _, Named, UserCursor, UserFilter, UserReads as _};

use super::client::Client;
use super::deliver::{address_of, complete, standing};
use super::trouble::Trouble;
use crate::auth::Auth;
use crate::error::Error;

/// People read at a time.
const PAGE: u32 = 500;

/// Why somebody in Metabase is not what they are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// There is no account.
    Missing,
    /// There is one by their address, which is not linked yet.
    Unlinked,
    /// Their account is something else.
    Different,
    /// They are gone here and can still sign in there.
    Gone,
}

impl Reason {
    /// The stable word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unlinked => "unlinked",
            Self::Different => "different",
            Self::Gone => "gone",
        }
    }
}

/// Somebody who is not in line.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Who.
    pub person: Named,
    /// Why.
    pub reason: Reason,
    /// What they should be there.
    pub wanted: Standing,
    /// What they are there; nothing when there is no account.
    pub found: Option<Standing>,
    /// Whether they waited in the outbox already, so that this is no news.
    pub waiting: bool,
}

/// What comparing everybody found.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// People here.
    pub people: usize,
    /// Who of them is not in line.
    pub differences: Vec<Difference>,
    /// People without an address that Metabase takes, by username.
    pub without_address: Vec<String>,
    /// Whoever has the account that Dango signs in with, by username; it is left as it is.
    pub service_account: Option<String>,
    /// Accounts in Metabase that are nobody's here; they are left as they are.
    pub strangers: usize,
    /// Whether the group is missing.
    pub group_missing: bool,
    /// Whether rights on the database are not what they should be.
    pub rights_differ: bool,
}

impl Comparison {
    /// Whether everything is as it should be.
    pub fn is_in_line(&self) -> bool {
        self.differences.is_empty() && !self.group_missing && !self.rights_differ
    }
}

/// All accounts of a server, to be found by id and by address.
struct Accounts {
    by_id: HashMap<i64, Found>,
    by_email: HashMap<String, i64>,
    /// Whose they are here.
    taken: HashMap<i64, UserId>,
}

impl Accounts {
    fn new(all: Vec<Found>) -> Self {
        let by_email = all
            .iter()
            .map(|found| (found.email.to_lowercase(), found.id));
        Self {
            by_email: by_email.collect(),
            by_id: all.into_iter().map(|found| (found.id, found)).collect(),
            taken: HashMap::new(),
        }
    }

    fn by_email(&self, email: &str) -> Option<&Found> {
        let id = self.by_email.get(&email.to_lowercase())?;
        self.by_id.get(id)
    }
}

/// Compares everybody; changes nothing there or here.
pub(super) fn compare(auth: &Auth, client: &mut Client) -> Result<Comparison, Trouble> {
    // Read before what is there: whoever is delivered meanwhile looks different and is not.
    let waiting = auth.inner.store.read(|tx| tx.outbox(u32::MAX))?;
    let waiting: HashSet<UserId> = waiting.iter().map(|waiting| waiting.user).collect();
    let service = client.service()?;
    let group = client.group()?;
    let mut comparison = Comparison {
        group_missing: group.is_none(),
        ..Comparison::default()
    };
    // No group has the id 0, so without ours nobody is in it.
    let group = group.unwrap_or_default();
    comparison.rights_differ = client.missing_rights(group)?.is_some();
    let mut accounts = Accounts::new(client.everybody(group)?);
    let (people, links) = ours(auth)?;
    let mut links: HashMap<UserId, i64> = links.into_iter().collect();
    for user in &people {
        let linked = links.remove(&user.id);
        judge(user, linked, service, &mut accounts, &mut comparison);
    }
    for (user, id) in links {
        gone(user, id, &accounts, &mut comparison);
    }
    for difference in &mut comparison.differences {
        difference.waiting = waiting.contains(&difference.person.user);
    }
    comparison.people = people.len();
    // A key's own account is in no list.
    let known = accounts.taken.len() + usize::from(accounts.by_id.contains_key(&service));
    comparison.strangers = accounts.by_id.len().saturating_sub(known);
    Ok(comparison)
}

/// Everybody here, and who is who there.
type Ours = (Vec<User>, Vec<(UserId, i64)>);

fn ours(auth: &Auth) -> Result<Ours, Error> {
    let filter = UserFilter {
        now: auth.now(),
        ..UserFilter::default()
    };
    auth.inner.store.read(|tx| {
        let mut people: Vec<User> = Vec::new();
        loop {
            let after = people.last().map(|user| (user.created_at, user.id));
            let page = tx.users(&filter, &UserCursor::CreatedAt(after), PAGE)?;
            people.extend(page.rows.into_iter().map(|row| row.user));
            if !page.more {
                return Ok((people, tx.metabase_links()?));
            }
        }
    })
}

fn judge(
    user: &User,
    linked: Option<i64>,
    service: i64,
    accounts: &mut Accounts,
    comparison: &mut Comparison,
) {
    let wanted = standing(Some(user));
    let email = address_of(user);
    let by_link = linked.and_then(|id| accounts.by_id.get(&id));
    let by_email = || email.as_deref().and_then(|email| accounts.by_email(email));
    let Some(found) = by_link.or_else(by_email) else {
        if wanted == Standing::Deactivated {
            return;
        }
        match email {
            Some(_) => comparison.add(user, Reason::Missing, wanted, None),
            None => comparison.without_address.push(user.username.to_string()),
        }
        return;
    };
    let (id, account) = (found.id, found.account);
    let is_in_line = steps(account, wanted).is_empty() && complete(found, wanted).is_ok();
    if id == service {
        comparison.service_account = Some(user.username.to_string());
        return;
    }
    if linked == Some(id) {
        if !is_in_line {
            comparison.add(user, Reason::Different, wanted, Some(account.standing()));
        }
    } else if wanted != Standing::Deactivated || account.active {
        comparison.add(user, Reason::Unlinked, wanted, Some(account.standing()));
    }
    accounts.taken.insert(id, user.id);
}

/// Somebody who is deleted here while nobody followed.
fn gone(user: UserId, id: i64, accounts: &Accounts, comparison: &mut Comparison) {
    let Some(found) = accounts.by_id.get(&id).filter(|found| found.account.active) else {
        return;
    };
    if accounts.taken.contains_key(&id) {
        return;
    }
    comparison.differences.push(Difference {
        person: Named {
            user,
            name: found.email.clone(),
            email: Some(found.email.clone()),
        },
        reason: Reason::Gone,
        wanted: Standing::Deactivated,
        found: Some(found.account.standing()),
        waiting: false,
    });
}

impl Comparison {
    fn add(&mut self, user: &User, reason: Reason, wanted: Standing, found: Option<Standing>) {
        self.differences.push(Difference {
            person: Named {
                user: user.id,
                name: user.username.to_string(),
                email: user.email.as_ref().map(ToString::to_string),
            },
            reason,
            wanted,
            found,
            waiting: false,
        });
    }
}
