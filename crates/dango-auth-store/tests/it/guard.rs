//! The guard: changes run one after the other, and everybody hears of them.

use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::user::{User, UserError};
use dango_auth_store::ports::{
    AuditWrites as _, InstallationReads as _, UserChanges as _, UserReads as _, UserWrites as _,
};
use dango_auth_store::{Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    the_epoch_moves_with_changes_and_with_nothing_else,
    a_change_that_fails_moves_nothing,
    demotions_at_once_leave_one_admin,
    two_processes_leave_one_admin,
}

fn the_epoch_moves_with_changes_and_with_nothing_else(base: &Base) {
    let store = base.open();
    let epoch = || store.epoch().unwrap();
    let start = epoch();
    let user = add_user(&store, "ann", "admin");
    assert_eq!(epoch(), start + 1);
    store
        .write(|tx| {
            tx.note_login(user.id, noon())?;
            tx.note(workspace_event(&some_workspace()));
            ok(())
        })
        .unwrap();
    store.read(|tx| tx.user(user.id)).unwrap();
    assert_eq!(epoch(), start + 1);
    assert_eq!(store.read(|tx| tx.epoch()).unwrap(), epoch());
}

fn some_workspace() -> dango_auth_store::ports::Workspace {
    dango_auth_store::ports::Workspace {
        id: dango_auth_core::id::WorkspaceId::from_random(fresh()),
        name: workspace_name("any"),
        description: String::new(),
        version: dango_auth_core::id::Version::NEW,
        created_at: noon(),
        updated_at: noon(),
    }
}

fn a_change_that_fails_moves_nothing(base: &Base) {
    let store = base.open();
    let before = store.read(|tx| tx.epoch()).unwrap();
    let refused: Result<(), StoreError> = store.change(|tx| {
        tx.record(created("ann", "admin"))?;
        Err(StoreError::ReadOnly)
    });
    assert_eq!(refused, Err(StoreError::ReadOnly));
    assert_eq!(store.read(|tx| tx.epoch()).unwrap(), before);
    assert!(!store.read(|tx| tx.any_user()).unwrap());
    assert_eq!(
        base.values("SELECT event AS value FROM audit_events"),
        Vec::<String>::new()
    );
}

#[derive(Debug)]
enum Refusal {
    Store(#[allow(dead_code)] StoreError), // shown when the race goes wrong
    Rule(UserError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn demote(store: &Store, id: UserId) -> Result<(), Refusal> {
    store.change(|tx| {
        let census = tx.admin_census(id, noon())?;
        let user: User = tx.user(id)?.expect("nobody deletes anybody here");
        let access = user.access.clone();
        match user
            .assign(role("viewer"), access, &census, &act())
            .map_err(Refusal::Rule)?
        {
            Step::Changed(change) => tx.record(change).map(drop).map_err(Refusal::from),
            Step::Already(_) => Ok(()),
        }
    })
}

/// Everybody demotes somebody else at once; tells how many were refused.
fn race(stores: &[&Store], admins: &[User]) -> usize {
    std::thread::scope(|scope| {
        let demotions: Vec<_> = admins
            .iter()
            .enumerate()
            .map(|(number, admin)| {
                let store = stores[number % stores.len()];
                scope.spawn(move || demote(store, admin.id))
            })
            .collect();
        let outcomes = demotions
            .into_iter()
            .map(|demotion| demotion.join().unwrap());
        let refused = outcomes.filter_map(Result::err);
        refused
            .inspect(|refusal| {
                assert!(
                    matches!(refusal, Refusal::Rule(UserError::LastAdmin)),
                    "{refusal:?}"
                );
            })
            .count()
    })
}

fn rounds(base: &Base, stores: &[&Store], count: usize) {
    for round in 0..count {
        let names: Vec<String> = (0..4).map(|number| format!("a{round}-{number}")).collect();
        let admins: Vec<User> = names
            .iter()
            .map(|name| add_user(stores[0], name, "admin"))
            .collect();
        // The one who stayed last round steps aside.
        base.sql(&format!(
            "UPDATE users SET role = 'viewer' WHERE username NOT LIKE 'a{round}-%'"
        ));
        assert_eq!(race(stores, &admins), 1);
        let left = base.values("SELECT username AS value FROM users WHERE role = 'admin'");
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

fn demotions_at_once_leave_one_admin(base: &Base) {
    let store = base.open();
    rounds(base, &[&store], 10);
}

fn two_processes_leave_one_admin(base: &Base) {
    let (one, two) = (base.open(), base.open());
    rounds(base, &[&one, &two], 10);
}
