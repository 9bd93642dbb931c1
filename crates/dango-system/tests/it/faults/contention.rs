//! Serialization failures and deadlocks, injected by a trigger.

use dango_testkit::http::Client as _;
use serde_json::json;

use super::{recovers, unavailable};
use crate::installation::Installation;
use crate::people::make;

/// A sequence forgets nothing when a transaction is taken back, so two of three tries fail.
const INJECT: &str = "
    create sequence tries;
    create function inject() returns trigger language plpgsql as $$
    begin
        if nextval('tries') % tg_argv[0]::int <> 0 then
            raise exception 'injected' using errcode = tg_argv[1];
        end if;
        return new;
    end $$;";

#[test]
fn a_transaction_that_others_spoiled_is_run_again() {
    let Some(place) = Installation::on_postgres() else {
        return;
    };
    let place = place.ready();
    let server = place.server(0);
    let admin = server.admin();
    let path = format!("/api/admin/users/{}/role", make(&admin, "ann", "viewer"));
    let put = |role: &str| admin.put(&path, &json!({"role": role}));
    place.sql(INJECT);
    let trigger = |every: &str, code: &str| {
        place.sql(&format!(
            "drop trigger if exists spoil on users;
             alter sequence tries restart;
             create trigger spoil before update on users
                for each row execute function inject('{every}', '{code}')"
        ));
    };
    let (serialization, deadlock) = ("40001", "40P01");
    trigger("3", serialization);
    let _ = put("editor").expect(200);
    trigger("3", deadlock);
    let _ = put("viewer").expect(200);
    assert_eq!(place.events("role_changed").len(), 2, "each counts once");
    for code in [serialization, deadlock] {
        trigger("1000000", code);
        unavailable(put("editor"));
        let refused = place.run(&["auth", "change-role", "ann", "editor", "--yes"]);
        assert_eq!(refused.code, 8, "{refused:?}");
    }
    assert_eq!(
        place.events("role_changed").len(),
        2,
        "nothing was half done"
    );
    place.sql("drop trigger spoil on users");
    recovers(|| put("editor"), 200);
    assert_eq!(place.events("role_changed").len(), 3);
}
