//! The outbox to Metabase: who is put into it, by whom it is emptied, and what survives.

use std::collections::HashSet;

use chrono::TimeDelta;
use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::user::User;
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ports::{
    Claim, Lease, MetabaseChanges as _, MetabaseReads as _, MetabaseWrites as _, Named, Outage,
    UserChanges as _, UserReads as _,
};
use dango_auth_store::{Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    nothing_waits_while_no_server_is_followed,
    following_a_server_queues_everybody_once,
    each_change_that_matters_is_queued_with_it,
    what_does_not_matter_there_is_not_queued,
    a_change_that_is_taken_back_queues_nobody,
    a_deleted_person_waits_on_under_their_last_name,
    a_claimed_person_is_nobody_elses_until_the_lease_ends,
    a_change_during_delivery_is_delivered_again,
    a_lease_that_was_lost_takes_nothing_out,
    a_failure_is_put_off_and_forgotten_with_the_next_change,
    workers_at_once_share_the_people,
    links_are_one_to_one,
    links_are_forgotten_with_another_server_only,
    an_outage_is_noted_and_passes,
    one_worker_compares_everybody,
    who_waits_already_is_not_queued_by_comparing,
}

const URL: &str = "https://bi.example.org";

fn attach(store: &Store, url: &str) -> bool {
    store.change(|tx| tx.attach(url, noon())).unwrap()
}

fn names(store: &Store) -> Vec<String> {
    let waiting = store.read(|tx| tx.outbox(100)).unwrap();
    waiting.into_iter().map(|waiting| waiting.name).collect()
}

fn claim_at(store: &Store, holder: &str, minute: i64) -> Option<Claim> {
    let lease = Lease {
        holder,
        now: minutes(minute),
        until: minutes(minute + 2),
    };
    store.write(|tx| tx.claim(lease)).unwrap()
}

fn deliver_all(store: &Store) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(claim) = claim_at(store, "worker", 0) {
        store.write(|tx| tx.delivered(&claim)).unwrap();
        names.push(claim.waiting.name);
    }
    names
}

/// A store that follows a server and has delivered everything, with an administrator and Ann.
fn settled(base: &Base) -> (Store, User) {
    let store = base.open();
    add_user(&store, "root@x.org", "admin");
    let ann = add_user(&store, "ann@x.org", "viewer");
    attach(&store, URL);
    deliver_all(&store);
    (store, ann)
}

/// Changes a user by a transition that is told how many administrators there are.
fn change(
    store: &Store,
    id: UserId,
    decide: impl Fn(User, &dango_auth_core::user::AdminCensus) -> Step<User>,
) {
    let changed: Result<_, StoreError> = store.change(|tx| {
        let census = tx.admin_census(id, noon())?;
        let user = tx.user(id)?.unwrap();
        match decide(user, &census) {
            Step::Changed(change) => tx.record(change).map(drop),
            Step::Already(_) => Ok(()),
        }
    });
    changed.unwrap();
}

fn assign(store: &Store, id: UserId, as_role: &str) {
    change(store, id, |user, census| {
        user.assign(role(as_role), WorkspaceAccess::Everywhere, census, &act())
            .unwrap()
    });
}

fn nothing_waits_while_no_server_is_followed(base: &Base) {
    let store = base.open();
    let ann = add_user(&store, "ann@x.org", "viewer");
    assign(&store, ann.id, "editor");
    assert_eq!(store.read(|tx| tx.mirror()).unwrap(), None);
    assert_eq!(names(&store), Vec::<String>::new());
    assert!(
        !store.change(|tx| tx.detach()).unwrap(),
        "it was so already"
    );
}

fn following_a_server_queues_everybody_once(base: &Base) {
    let store = base.open();
    add_user(&store, "ann@x.org", "admin");
    add_user(&store, "bob", "viewer");
    assert!(attach(&store, URL));
    assert_eq!(store.read(|tx| tx.outbox_length()).unwrap().people, 2);
    let mirror = store.read(|tx| tx.mirror()).unwrap().unwrap();
    assert_eq!((mirror.url.as_str(), mirror.reconcile_at), (URL, noon()));
    deliver_all(&store);
    assert!(!attach(&store, URL), "another server process starts");
    assert_eq!(names(&store), Vec::<String>::new());
    add_user(&store, "cleo", "viewer");
    assert!(store.change(|tx| tx.detach()).unwrap());
    assert_eq!(names(&store), Vec::<String>::new(), "dropped");
}

fn each_change_that_matters_is_queued_with_it(base: &Base) {
    let (store, ann) = settled(base);
    let check = |what: &str, store: &Store| {
        let waiting = store.read(|tx| tx.outbox(9)).unwrap();
        assert_eq!(waiting.len(), 1, "{what}");
        assert_eq!(waiting[0].queued_at, noon());
        assert_eq!(deliver_all(store).len(), 1, "{what}");
    };
    add_user(&store, "new@x.org", "viewer");
    check("created", &store);
    assign(&store, ann.id, "editor");
    check("role", &store);
    change(&store, ann.id, |user, census| {
        user.deactivate(census, &act()).unwrap()
    });
    check("deactivated", &store);
    change(&store, ann.id, |user, _| user.reactivate(&act()));
    check("reactivated", &store);
    let imported = |user: User| User::imported(user, "dango", &act());
    let mut taken = ann.clone();
    taken.id = UserId::from_random(fresh());
    taken.username = username("moved@x.org");
    taken.email = None;
    add(&store, || imported(taken.clone()));
    check("imported", &store);
}

fn what_does_not_matter_there_is_not_queued(base: &Base) {
    let (store, ann) = settled(base);
    add_workspace(&store, "sales");
    change(&store, ann.id, |user, census| {
        let access = scoped(&[("sales", "editor")]);
        user.assign(role("viewer"), access, census, &act()).unwrap()
    });
    change(&store, ann.id, |user, _| {
        Step::Changed(user.change_password(hash(), &act()))
    });
    change(&store, ann.id, |user, _| Step::Changed(user.unlock(&act())));
    assert_eq!(names(&store), Vec::<String>::new());
}

fn a_change_that_is_taken_back_queues_nobody(base: &Base) {
    let (store, _) = settled(base);
    let refused: Result<(), StoreError> = store.change(|tx| {
        tx.record(created("new@x.org", "admin"))?;
        Err(StoreError::ReadOnly)
    });
    assert!(refused.is_err());
    assert_eq!(names(&store), Vec::<String>::new());
}

fn a_deleted_person_waits_on_under_their_last_name(base: &Base) {
    let (store, ann) = settled(base);
    store.write(|tx| tx.link(ann.id, 7, noon())).unwrap();
    let deleted: Result<_, StoreError> = store.change(|tx| {
        let census = tx.admin_census(ann.id, noon())?;
        let user = tx.user(ann.id)?.unwrap();
        tx.record(user.delete(&census, &act()).unwrap())
    });
    deleted.unwrap();
    let waiting = store.read(|tx| tx.outbox(9)).unwrap();
    assert_eq!(waiting[0].user, ann.id);
    assert_eq!(waiting[0].email.as_deref(), Some("ann@x.org"));
    let link = store.read(|tx| tx.metabase_id(ann.id)).unwrap();
    assert_eq!(link, Some(7), "it says whom to deactivate");
}

fn a_claimed_person_is_nobody_elses_until_the_lease_ends(base: &Base) {
    let (store, ann) = settled(base);
    assign(&store, ann.id, "editor");
    let claim = claim_at(&store, "one", 0).unwrap();
    assert_eq!(claim.waiting.user, ann.id);
    assert!(claim_at(&store, "two", 1).is_none());
    assert!(claim_at(&store, "one", 1).is_none(), "not twice either");
    assert!(claim_at(&store, "two", 2).is_some(), "the lease ended");
}

fn a_change_during_delivery_is_delivered_again(base: &Base) {
    let (store, ann) = settled(base);
    assign(&store, ann.id, "editor");
    let claim = claim_at(&store, "one", 0).unwrap();
    assign(&store, ann.id, "admin");
    assert!(claim_at(&store, "two", 1).is_none(), "in order per person");
    store.write(|tx| tx.delivered(&claim)).unwrap();
    let again = claim_at(&store, "two", 1).unwrap();
    assert_eq!(again.waiting.revision, claim.waiting.revision + 1);
}

fn a_lease_that_was_lost_takes_nothing_out(base: &Base) {
    let (store, ann) = settled(base);
    assign(&store, ann.id, "editor");
    let lost = claim_at(&store, "one", 0).unwrap();
    let mine = claim_at(&store, "two", 5).unwrap();
    store.write(|tx| tx.delivered(&lost)).unwrap();
    store
        .write(|tx| tx.failed(&lost, "late", minutes(60), None))
        .unwrap();
    assert_eq!(store.read(|tx| tx.outbox(9)).unwrap()[0].attempts, 0);
    assert!(claim_at(&store, "three", 6).is_none(), "still held by two");
    store.write(|tx| tx.delivered(&mine)).unwrap();
    assert_eq!(names(&store), Vec::<String>::new());
}

fn a_failure_is_put_off_and_forgotten_with_the_next_change(base: &Base) {
    let (store, ann) = settled(base);
    assign(&store, ann.id, "editor");
    let claim = claim_at(&store, "one", 0).unwrap();
    let target = Target::user(ann.id, "ann@x.org");
    let event = act().event(EventName::METABASE_SYNC_FAILED, target);
    store
        .write(|tx| tx.failed(&claim, "refused", minutes(30), Some(event.clone())))
        .unwrap();
    let waiting = store.read(|tx| tx.outbox(9)).unwrap().remove(0);
    assert_eq!((waiting.attempts, waiting.reported), (1, true));
    assert_eq!(waiting.last_error.as_deref(), Some("refused"));
    assert_eq!(store.read(|tx| tx.outbox_length()).unwrap().failing, 1);
    assert!(claim_at(&store, "one", 29).is_none());
    store.write(|tx| tx.hurry(minutes(1))).unwrap();
    assert!(claim_at(&store, "one", 1).is_some());
    assign(&store, ann.id, "viewer");
    let waiting = store.read(|tx| tx.outbox(9)).unwrap().remove(0);
    assert_eq!((waiting.attempts, waiting.last_error), (0, None));
}

fn workers_at_once_share_the_people(base: &Base) {
    let store = base.open();
    for number in 0..40 {
        add_user(&store, &format!("p{number}@x.org"), "viewer");
    }
    attach(&store, URL);
    let stores = [store.clone(), base.open(), base.open()];
    let claimed: Vec<UserId> = std::thread::scope(|scope| {
        let workers: Vec<_> = stores
            .iter()
            .enumerate()
            .map(|(number, store)| {
                scope.spawn(move || {
                    let holder = format!("worker {number}");
                    let mut mine = Vec::new();
                    while let Some(claim) = claim_at(store, &holder, 0) {
                        mine.push(claim.waiting.user);
                    }
                    mine
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!((claimed.len(), distinct.len()), (40, 40));
}

fn links_are_one_to_one(base: &Base) {
    let (store, ann) = settled(base);
    let bob = UserId::from_random(fresh());
    store.write(|tx| tx.link(ann.id, 7, noon())).unwrap();
    store.write(|tx| tx.link(ann.id, 8, noon())).unwrap();
    store.write(|tx| tx.link(bob, 8, noon())).unwrap();
    let holder = |id| store.read(|tx| tx.metabase_holder(id)).unwrap();
    assert_eq!((holder(7), holder(8)), (None, Some(bob)));
    assert_eq!(store.read(|tx| tx.metabase_id(ann.id)).unwrap(), None);
    assert_eq!(store.read(|tx| tx.metabase_links()).unwrap(), [(bob, 8)]);
    store.write(|tx| tx.unlink(bob)).unwrap();
    assert_eq!(holder(8), None);
}

fn links_are_forgotten_with_another_server_only(base: &Base) {
    let (store, ann) = settled(base);
    store.write(|tx| tx.link(ann.id, 7, noon())).unwrap();
    store.change(|tx| tx.detach()).unwrap();
    attach(&store, URL);
    assert_eq!(store.read(|tx| tx.metabase_id(ann.id)).unwrap(), Some(7));
    assert!(attach(&store, "https://other.example.org"));
    assert_eq!(store.read(|tx| tx.metabase_id(ann.id)).unwrap(), None);
    assert_eq!(store.read(|tx| tx.outbox_length()).unwrap().people, 2);
}

fn an_outage_is_noted_and_passes(base: &Base) {
    let (store, _) = settled(base);
    let outage = Outage {
        failures: 3,
        since: noon(),
        retry_at: minutes(4),
        error: "no answer".to_owned(),
        reported: true,
    };
    let event = act().event(EventName::METABASE_SYNC_FAILED, Target::system("metabase"));
    store
        .write(|tx| tx.note_outage(Some(&outage), Some(event.clone())))
        .unwrap();
    let noted = store.read(|tx| tx.mirror()).unwrap().unwrap();
    assert_eq!(noted.outage, Some(outage));
    store.write(|tx| tx.note_outage(None, None)).unwrap();
    let over = store.read(|tx| tx.mirror()).unwrap().unwrap();
    assert_eq!(over.outage, None);
}

fn one_worker_compares_everybody(base: &Base) {
    let (store, _) = settled(base);
    let turn = |minute: i64| {
        let next = minutes(minute) + TimeDelta::minutes(15);
        store.write(|tx| tx.claim_reconcile(minutes(minute), next))
    };
    assert!(turn(0).unwrap());
    assert!(!turn(14).unwrap());
    assert!(turn(15).unwrap());
    store.write(|tx| tx.note_reconciled(noon(), 4)).unwrap();
    let mirror = store.read(|tx| tx.mirror()).unwrap().unwrap();
    assert_eq!((mirror.drift, mirror.reconciled_at), (4, Some(noon())));
}

fn who_waits_already_is_not_queued_by_comparing(base: &Base) {
    let (store, ann) = settled(base);
    assign(&store, ann.id, "editor");
    let claim = claim_at(&store, "one", 0).unwrap();
    store
        .write(|tx| tx.failed(&claim, "refused", minutes(30), None))
        .unwrap();
    let named = |user: UserId, name: &str| Named {
        user,
        name: name.to_owned(),
        email: None,
    };
    let gone = UserId::from_random(fresh());
    let found = [named(ann.id, "ann@x.org"), named(gone, "gone")];
    assert!(!store.read(|tx| tx.is_due(noon())).unwrap());
    store.change(|tx| tx.queue(&found, minutes(1))).unwrap();
    assert!(store.read(|tx| tx.is_due(minutes(1))).unwrap());
    let waiting = store.read(|tx| tx.outbox(9)).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!((waiting[0].attempts, waiting[0].revision), (1, 1));
    assert_eq!(waiting[1].name, "gone");
}
