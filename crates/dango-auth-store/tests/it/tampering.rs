//! Tampering with the audit log behind the store's back shows, and the first bad row is named.

use dango_auth_core::seal::{KeyRing, MasterKey};
use dango_auth_store::Store;
use dango_auth_store::ports::ChainReport;

use crate::audit::{blocks, logins, verify};
use crate::backends::Base;

for_each_backend! {
    an_edit_shows,
    a_deletion_shows,
    an_insertion_shows,
    a_reordering_shows,
    a_cut_tail_shows,
    a_changed_span_shows,
    a_changed_place_of_a_span_in_the_order_shows,
    a_foreign_key_in_force_finds_the_first_row_changed,
}

fn broken(at: i64, reason: &'static str) -> ChainReport {
    ChainReport::Broken {
        at,
        reason,
        intact: at.unsigned_abs() - 1,
    }
}

/// A log of ten rows that can be tampered with.
fn ten(base: &Base) -> Store {
    let store = base.open();
    logins(&store, 10);
    base.drop_audit_triggers();
    store
}

fn an_edit_shows(base: &Base) {
    let store = ten(base);
    let edits = [
        "actor_name = 'eve'",
        "event = 'logout'",
        "event = 'NO NAME'",
        "at = at + 1",
        "outcome = 'denied'",
        "details = '{\"x\":1}'",
        "details = 'no json'",
        "target_kind = NULL",
        "ip = '192.0.2.1'",
        "workspace = 'sales'",
        "mac = (SELECT mac FROM audit_events WHERE id = 3)",
    ];
    for edit in edits {
        base.sql(&format!(
            "CREATE TABLE kept AS SELECT * FROM audit_events WHERE id = 4;
             UPDATE audit_events SET {edit} WHERE id = 4;"
        ));
        assert_eq!(verify(&store), broken(4, "edited"), "{edit}");
        base.sql(
            "DELETE FROM audit_events WHERE id = 4;
             INSERT INTO audit_events SELECT * FROM kept; DROP TABLE kept;",
        );
        assert_eq!(verify(&store), ChainReport::Intact { rows: 10 }, "{edit}");
    }
}

fn a_deletion_shows(base: &Base) {
    let store = ten(base);
    base.sql("DELETE FROM audit_events WHERE id = 6");
    assert_eq!(verify(&store), broken(6, "missing"));
    base.sql("UPDATE audit_events SET id = id - 1 WHERE id = 7");
    assert_eq!(verify(&store), broken(6, "edited"));
}

fn an_insertion_shows(base: &Base) {
    let store = ten(base);
    let copy_as = |id: i64| {
        base.sql(&format!(
            "CREATE TABLE copy AS SELECT * FROM audit_events WHERE id = 3;
             UPDATE copy SET id = {id};
             INSERT INTO audit_events SELECT * FROM copy; DROP TABLE copy;"
        ));
    };
    copy_as(11);
    assert_eq!(verify(&store), broken(11, "extra"));
    base.sql("UPDATE audit_head SET last_id = 11");
    assert_eq!(verify(&store), broken(11, "edited"));
    base.sql("UPDATE audit_head SET last_id = 10; DELETE FROM audit_events WHERE id = 11;");
    copy_as(0);
    assert_eq!(
        verify(&store),
        ChainReport::Broken {
            at: 0,
            reason: "extra",
            intact: 0
        }
    );
}

fn a_reordering_shows(base: &Base) {
    let store = ten(base);
    base.sql(
        "UPDATE audit_events SET id = -1 WHERE id = 4;
         UPDATE audit_events SET id = 4 WHERE id = 5;
         UPDATE audit_events SET id = 5 WHERE id = -1;",
    );
    assert_eq!(verify(&store), broken(4, "edited"));
}

fn a_cut_tail_shows(base: &Base) {
    let store = ten(base);
    base.sql("DELETE FROM audit_events WHERE id > 8");
    assert_eq!(verify(&store), broken(9, "truncated"));
    base.sql("UPDATE audit_head SET last_id = 8");
    let report = ChainReport::Broken {
        at: 8,
        reason: "edited",
        intact: 8,
    };
    assert_eq!(verify(&store), report);
}

fn a_changed_span_shows(base: &Base) {
    let store = base.open();
    blocks(&store);
    base.sql("UPDATE audit_spans SET latest = latest - 1 WHERE first_id = 1025");
    let report = ChainReport::Broken {
        at: 1_025,
        reason: "edited",
        intact: 1_024,
    };
    assert_eq!(verify(&store), report);
    base.sql("DELETE FROM audit_spans WHERE first_id = 1025");
    assert_eq!(verify(&store), report);
}

fn a_changed_place_of_a_span_in_the_order_shows(base: &Base) {
    let store = base.open();
    blocks(&store);
    // Each change with the first row of the block whose place is no longer what the blocks around it say.
    let edits = [
        ("latest_so_far = latest_so_far - 1", 1, 1),
        ("latest_so_far = latest_so_far - 1", 1025, 1025),
        ("latest_so_far = latest_so_far + 1", 2049, 2049),
        ("earliest_from_here = earliest_from_here + 1", 1, 1),
        ("earliest_from_here = earliest_from_here - 1", 2049, 2049),
        ("earliest_from_here = NULL", 2049, 2049),
        ("latest_so_far = NULL", 2049, 2049),
        ("latest_so_far = NULL, earliest_from_here = NULL", 1025, 1),
    ];
    for (edit, block, at) in edits {
        base.sql(&format!(
            "CREATE TABLE kept AS SELECT * FROM audit_spans;
             UPDATE audit_spans SET {edit} WHERE first_id = {block};"
        ));
        assert_eq!(verify(&store), broken(at, "edited"), "{edit} of {block}");
        base.sql(
            "DELETE FROM audit_spans; INSERT INTO audit_spans SELECT * FROM kept; DROP TABLE kept;",
        );
    }
    assert_eq!(verify(&store), ChainReport::Intact { rows: 3_500 });
}

fn a_foreign_key_in_force_finds_the_first_row_changed(base: &Base) {
    let store = base.open();
    logins(&store, 3);
    drop(store);
    let new = MasterKey::from_bytes([2; 32]);
    let check = hex::encode(new.key_check());
    base.sql(&if base.is_sqlite() {
        format!("UPDATE installation SET key_check = x'{check}'")
    } else {
        format!("UPDATE installation SET key_check = decode('{check}', 'hex')")
    });
    let mut options = base.options();
    options.keys = KeyRing::new(new.clone());
    assert_eq!(verify(&Store::open(&options).unwrap()), broken(1, "edited"));
    // The key before is of no use: nobody handed over.
    options.keys = KeyRing::new(new).with_older([MasterKey::from_bytes([1; 32])]);
    assert_eq!(verify(&Store::open(&options).unwrap()), broken(1, "edited"));
}
