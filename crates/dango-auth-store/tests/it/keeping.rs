//! Taking old events out and erasing people leave a chain that still shows every tampering; a thousand random ones.

use std::io::Write as _;

use dango_auth_core::audit::{Act, Actor, Event, EventName, Origin, Target, Via};
use dango_auth_core::id::UserId;
use dango_auth_core::seal::MasterKey;
use dango_auth_store::Store;
use dango_auth_store::ports::{
    Anchor, AuditFilter, AuditKeeping as _, AuditReads as _, AuditWrites as _, ChainReport,
    KeyChanges as _,
};
use dango_testbase::variables;

use crate::audit::{blocks, logins, verify};
use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    random_tampering_is_always_found,
    what_was_cut_off_or_rolled_back_shows_against_anchors,
    old_events_go_and_the_rest_is_vouched_for,
    a_forged_checkpoint_shows,
    a_checkpoint_outlives_the_key,
    a_person_is_erased_and_the_chain_holds,
    an_erased_row_cannot_be_filled_again,
}

fn anchors(store: &Store, ids: &[i64]) -> Vec<Anchor> {
    store.read(|tx| tx.audit_links(ids)).unwrap()
}

fn against(store: &Store, anchors: &[Anchor]) -> ChainReport {
    store.read(|tx| tx.verify_chain(anchors)).unwrap()
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn row(&mut self, rows: u64) -> i64 {
        i64::try_from(self.below(rows)).unwrap() + 1
    }
}

const ROWS: u64 = 40;

/// One tampering as SQL, and the first row at which it must show.
fn tampering(numbers: &mut Numbers) -> (String, i64) {
    let row = numbers.row(ROWS);
    let other = numbers.row(ROWS - 1);
    let other = if other >= row { other + 1 } else { other };
    let (low, high) = (row.min(other), row.max(other));
    let columns = [
        "actor_name = actor_name || 'x'",
        "event = 'logout'",
        "at = at + 1",
        "outcome = 'denied'",
        "details = '{\"x\":1}'",
        "ip = '203.0.113.9'",
        "user_agent = 'other'",
        "request_id = 'other'",
        "target_name = 'eve'",
        "target_id = 'eve'",
        "via = 'cli'",
        "workspace = 'sales'",
        "actor_kind = 'system'",
        "blind = NULL",
    ];
    let copy_head = |row: i64| {
        format!(
            "UPDATE audit_head SET last_id = {row}, mac = (SELECT mac FROM audit_events WHERE id = {row});"
        )
    };
    match numbers.below(7) {
        0..=1 => {
            let column = columns[usize::try_from(numbers.below(14)).unwrap()];
            (
                format!("UPDATE audit_events SET {column} WHERE id = {row};"),
                row,
            )
        }
        2 => (format!("DELETE FROM audit_events WHERE id = {row};"), row),
        3 => (
            format!(
                "UPDATE audit_events SET id = -1 WHERE id = {low};
                 UPDATE audit_events SET id = {low} WHERE id = {high};
                 UPDATE audit_events SET id = {high} WHERE id = -1;"
            ),
            low,
        ),
        4 => {
            let end = i64::try_from(ROWS).unwrap() + 1;
            let copied =
                "at, event, actor_kind, actor_id, actor_name, target_kind, target_id, target_name,
                workspace, outcome, ip, user_agent, request_id, via, details, mac, blind";
            (
                format!(
                    "INSERT INTO audit_events (id, {copied}) SELECT {end}, {copied} FROM audit_events WHERE id = {row};
                     UPDATE audit_head SET last_id = {end};"
                ),
                end,
            )
        }
        5 => (
            format!("DELETE FROM audit_events WHERE id > {row} - 1 AND id > 1;"),
            row.max(2),
        ),
        _ => {
            let left = low.min(i64::try_from(ROWS).unwrap() - 1);
            let cut = format!("DELETE FROM audit_events WHERE id > {left};");
            (cut + &copy_head(left), left + 1)
        }
    }
}

fn random_tampering_is_always_found(base: &Base) {
    let store = base.open();
    logins(&store, i64::try_from(ROWS).unwrap());
    let seen = anchors(&store, &[20, 40]);
    base.drop_audit_triggers();
    base.sql("CREATE TABLE kept AS SELECT * FROM audit_events; CREATE TABLE kept_head AS SELECT * FROM audit_head;");
    let rounds = if variables::thorough() { 1000 } else { 100 };
    let mut numbers = Numbers(7);
    for round in 0..rounds {
        let (sql, first) = tampering(&mut numbers);
        base.sql(&sql);
        let report = against(&store, &seen);
        let named = matches!(&report, ChainReport::Broken { at, .. } if *at == first);
        assert!(
            named,
            "round {round}: {sql} should show at {first}: {report:?}"
        );
        base.sql(
            "DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept;
             DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head;",
        );
    }
    assert_eq!(against(&store, &seen), ChainReport::Intact { rows: ROWS });
    let said = format!("tampering: {rounds} rounds, all found at the first bad row");
    let _ = writeln!(std::io::stdout(), "{said}");
}

fn what_was_cut_off_or_rolled_back_shows_against_anchors(base: &Base) {
    let store = base.open();
    logins(&store, 10);
    let seen = anchors(&store, &[4, 8, 10, 99]);
    assert_eq!(seen.len(), 3);
    assert_eq!(against(&store, &seen), ChainReport::Intact { rows: 10 });
    base.drop_audit_triggers();
    // As if an older copy had been put in place: in itself it is intact.
    base.sql(
        "DELETE FROM audit_events WHERE id > 6;
         UPDATE audit_head SET last_id = 6, mac = (SELECT mac FROM audit_events WHERE id = 6);",
    );
    assert_eq!(verify(&store), ChainReport::Intact { rows: 6 });
    let broken = |at, reason, intact| ChainReport::Broken { at, reason, intact };
    assert_eq!(against(&store, &seen), broken(7, "rolled_back", 6));
    // And when it went on from there.
    logins(&store, 10);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 16 });
    assert_eq!(against(&store, &seen), broken(8, "rewritten", 7));
}

fn take_out(store: &Store, through: i64) -> u64 {
    let mut taken = 0;
    loop {
        match store
            .write(|tx| tx.take_out_events(through, 1_000))
            .unwrap()
        {
            0 => return taken,
            some => taken += some,
        }
    }
}

fn old_events_go_and_the_rest_is_vouched_for(base: &Base) {
    let store = base.open();
    let written = blocks(&store);
    let seen = anchors(&store, &[1_000, 3_000]);
    let through = store
        .write(|tx| tx.last_event_before(minutes(1_300)))
        .unwrap();
    let expected = written
        .iter()
        .find(|(_, at)| *at >= minutes(1_300))
        .unwrap()
        .0
        - 1;
    assert_eq!(through, expected);
    assert_eq!(take_out(&store, through), through.unsigned_abs());
    assert_eq!(take_out(&store, through), 0);
    let left = 3_500 - through.unsigned_abs();
    assert_eq!(against(&store, &seen), ChainReport::Intact { rows: left });
    let since = AuditFilter {
        since: Some(minutes(2_900)),
        ..AuditFilter::default()
    };
    let found = store
        .read(|tx| tx.events(&since, 4_000))
        .unwrap()
        .rows
        .len();
    assert_eq!(
        found,
        written
            .iter()
            .filter(|(_, at)| *at >= minutes(2_900))
            .count()
    );
    logins(&store, 1_000);
    assert_eq!(
        against(&store, &seen),
        ChainReport::Intact { rows: left + 1_000 }
    );
    assert_eq!(
        base.values("SELECT CAST(COUNT(*) AS TEXT) AS value FROM audit_permit"),
        ["0"]
    );
    // What is left is guarded as before.
    for attempt in [
        "DELETE FROM audit_events",
        "UPDATE audit_events SET via = 'cli'",
    ] {
        let base = std::panic::AssertUnwindSafe(base);
        assert!(
            std::panic::catch_unwind(|| base.sql(attempt)).is_err(),
            "{attempt}"
        );
    }
    base.drop_audit_triggers();
    base.sql(&format!(
        "DELETE FROM audit_events WHERE id <= {}",
        through + 5
    ));
    let broken = ChainReport::Broken {
        at: through + 1,
        reason: "missing",
        intact: 0,
    };
    assert_eq!(verify(&store), broken);
}

fn a_forged_checkpoint_shows(base: &Base) {
    let store = base.open();
    logins(&store, 10);
    assert_eq!(take_out(&store, 4), 4);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 6 });
    base.drop_audit_triggers();
    base.sql(
        "UPDATE audit_checkpoint SET last_id = 6, mac = (SELECT mac FROM audit_events WHERE id = 6);
         DELETE FROM audit_events WHERE id <= 6;",
    );
    assert!(matches!(
        verify(&store),
        ChainReport::Broken {
            at: 6,
            reason: "edited",
            ..
        }
    ));
    base.sql("DELETE FROM audit_checkpoint");
    assert!(matches!(
        verify(&store),
        ChainReport::Broken {
            at: 1,
            reason: "missing",
            ..
        }
    ));
}

fn a_checkpoint_outlives_the_key(base: &Base) {
    let store = base.open();
    logins(&store, 10);
    assert_eq!(take_out(&store, 4), 4);
    let new = MasterKey::from_bytes([2; 32]);
    store.change(|tx| tx.replace_key(&new, noon())).unwrap();
    logins(&store, 1);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 7 });
    assert_eq!(take_out(&store, 11), 7);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 0 });
    logins(&store, 1);
    assert_eq!(verify(&store), ChainReport::Intact { rows: 1 });
}

fn somebody(name: &str, id: UserId, from: &str) -> Event {
    let mut origin = Origin::local(Via::Web).with_user_agent("a browser");
    origin.ip = Some(from.parse().unwrap());
    let act = Act {
        actor: Actor::user(id, name),
        origin,
        at: noon(),
    };
    act.event(EventName::LOGIN_SUCCESS, Target::user(id, name))
}

/// Ann signs in, is renamed, changes Bob; Bob changes her; a stranger tries her name.
fn life(store: &Store) -> (UserId, UserId) {
    let (ann, bob) = (UserId::from_random(fresh()), UserId::from_random(fresh()));
    let mut by_bob = somebody("bob", bob, "203.0.113.7").detail("old_email", "ann@example.org");
    by_bob.target = Some(Target::user(ann, "ann2"));
    let mut to_bob = somebody("ann2", ann, "198.51.100.1").detail("role", "viewer");
    to_bob.target = Some(Target::user(bob, "bob"));
    let mut tried = somebody("x", ann, "198.51.100.2");
    tried.actor = Actor::anonymous("ann");
    tried.target = Some(Target::unknown_user("ann"));
    let events = [
        somebody("ann", ann, "198.51.100.1"),
        by_bob,
        to_bob,
        tried,
        somebody("bob", bob, "203.0.113.7"),
    ];
    store
        .write(|tx| {
            for event in &events {
                tx.note(event.clone());
            }
            ok(())
        })
        .unwrap();
    (ann, bob)
}

fn erase(store: &Store, name: &str) -> (u64, u64) {
    let person = store.write(|tx| tx.person_in_log(name)).unwrap();
    let done = store.write(|tx| tx.erase_person(&person, 0)).unwrap();
    (done.rows, done.too_old)
}

/// Everything the log says, as the database holds it.
fn dump(base: &Base) -> String {
    let text = "COALESCE(actor_name, '') || ' ' || COALESCE(target_name, '') || ' ' || COALESCE(ip, '') || ' '
        || COALESCE(user_agent, '') || ' ' || details";
    base.values(&format!(
        "SELECT {text} AS value FROM audit_events ORDER BY id"
    ))
    .join("\n")
}

fn a_person_is_erased_and_the_chain_holds(base: &Base) {
    let store = base.open();
    life(&store);
    let seen = anchors(&store, &[1, 2, 3, 4, 5]);
    assert!(dump(base).contains("ann2"));
    assert_eq!(erase(&store, "ann"), (4, 0));
    let left = dump(base);
    for gone in ["ann@", "ann2", "ann ", "198.51.100."] {
        assert!(!left.contains(gone), "{gone} in {left}");
    }
    assert_eq!(left.matches("bob").count(), 4, "bob stays: {left}");
    assert_eq!(left.matches("203.0.113.7").count(), 2, "{left}");
    assert_eq!(against(&store, &seen), ChainReport::Intact { rows: 5 });
    assert_eq!(erase(&store, "nobody"), (0, 0));
    logins(&store, 1);
    assert_eq!(against(&store, &seen), ChainReport::Intact { rows: 6 });
    // What was not erased still counts.
    base.drop_audit_triggers();
    base.sql("UPDATE audit_events SET actor_name = 'eve' WHERE id = 2");
    assert!(matches!(verify(&store), ChainReport::Broken { at: 2, .. }));
}

fn an_erased_row_cannot_be_filled_again(base: &Base) {
    let store = base.open();
    life(&store);
    erase(&store, "ann");
    base.drop_audit_triggers();
    base.sql("UPDATE audit_events SET actor_name = 'bob', ip = '203.0.113.7' WHERE id = 1");
    assert!(matches!(
        verify(&store),
        ChainReport::Broken {
            at: 1,
            reason: "edited",
            ..
        }
    ));
}
