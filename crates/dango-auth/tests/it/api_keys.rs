//! API keys: never more than their owner may, and never the keys to other keys.

use chrono::Duration;
use dango_auth::api_keys::{CreateKey, CreatedKey, Expiry, LimitRequest, ReviseKey};
use dango_auth::core::api_key::{ApiKey, KeySecret, NewApiKey};
use dango_auth::core::audit::{ActorKind, EventName, Target};
use dango_auth::core::change::Change;
use dango_auth::core::id::{ApiKeyId, UserId, Version};
use dango_auth::core::password::PasswordHash;
use dango_auth::core::token::ApiKeyToken;
use dango_auth::ports::ApiKeyReads as _;
use dango_auth::users::{Confirmation, ResetPassword};
use dango_auth::{Caller, Kind};

use crate::house::{House, at_once, names};
use crate::people::{by_key, grants, key_name, new_user, ready, role, workspace};

fn named(name: &str) -> CreateKey {
    CreateKey {
        name: key_name(name),
        description: "for the nightly build".to_owned(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    }
}

fn narrow(as_role: Option<&str>, workspaces: Option<&[&str]>) -> LimitRequest {
    LimitRequest::Narrow {
        role: as_role.map(str::to_owned),
        workspaces: workspaces.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

fn own(house: &House, caller: &Caller, request: &CreateKey) -> CreatedKey {
    house.auth.api_keys().create_own(caller, request).unwrap()
}

/// Which of some permissions a key has, here and there.
fn may(house: &House, token: &ApiKeyToken, permission: &str, place: Option<&str>) -> bool {
    let caller = by_key(&house.auth, token.expose()).unwrap();
    house
        .auth
        .decide(&caller, permission, place)
        .unwrap()
        .is_allowed()
}

fn dead(house: &House, token: &ApiKeyToken) {
    let error = by_key(&house.auth, token.expose()).unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (Kind::Unauthenticated, "unauthenticated")
    );
}

fn a_key_acts_as_its_owner_and_is_named_in_the_log(house: &House) {
    let admin = house.admin();
    let (made, events) = house.traced(|| own(house, &admin, &named("ci")));
    assert_eq!(names(&events), ["api_key_created"]);
    assert_eq!(
        events[0].event.details["prefix"],
        made.row.key.prefix.as_str()
    );
    assert!(made.token.expose().starts_with(&made.row.key.prefix));
    let caller = by_key(&house.auth, made.token.expose()).unwrap();
    assert!(caller.via_api_key());
    assert_eq!(caller.name(), "ann@x.org");
    let (_, events) = house.traced(|| {
        let request = new_user("bob", "viewer", ready());
        house.auth.users().create(&caller, request).unwrap()
    });
    let actor = &events[0].event.actor;
    assert_eq!(actor.kind(), ActorKind::ApiKey);
    assert_eq!(actor.id(), Some(&*made.row.key.id.to_string()));
    assert_eq!(actor.name(), "ann@x.org");
    let profile = house.auth.account().profile(&caller).unwrap();
    assert_eq!(profile.permissions.len(), 29);
    dead(house, &ApiKeyToken::from_random([7; 32]));
}

fn a_key_never_has_more_rights_than_its_owner_has_now(house: &House) {
    let admin = house.admin();
    let bob = house.member("bob", "editor");
    let id = bob.user_id().unwrap();
    let whole = own(house, &bob, &named("whole")).token;
    let above = CreateKey {
        limit: narrow(Some("admin"), None),
        ..named("above")
    };
    let above = own(house, &bob, &above).token;
    let below = CreateKey {
        limit: narrow(Some("viewer"), None),
        ..named("below")
    };
    let below = own(house, &bob, &below).token;
    let rights = |token| {
        (
            may(house, token, "dbt.manage", None),
            may(house, token, "users.manage", None),
        )
    };
    assert_eq!(rights(&whole), (true, false));
    assert_eq!(rights(&above), (true, false));
    assert_eq!(rights(&below), (false, false));
    let users = house.auth.users();
    users.change_role(&admin, id, &role("viewer")).unwrap();
    assert_eq!(rights(&whole), (false, false));
    users.change_role(&admin, id, &role("admin")).unwrap();
    assert_eq!(rights(&whole), (true, true));
    assert_eq!(rights(&below), (false, false));
}

fn a_key_for_some_workspaces_opens_no_other(house: &House) {
    let admin = house.admin();
    for name in ["sales", "ops"] {
        house
            .auth
            .workspaces()
            .create(&admin, &workspace(name), "")
            .unwrap();
    }
    let bob = house.member("bob", "editor");
    let unknown = CreateKey {
        limit: narrow(None, Some(&["sales", "lab"])),
        ..named("unknown")
    };
    let refused = house
        .auth
        .api_keys()
        .create_own(&bob, &unknown)
        .unwrap_err();
    assert_eq!(refused.kind(), Kind::Invalid);
    assert_eq!(refused.fields()[0].field, "workspaces[1]");
    let limited = CreateKey {
        limit: narrow(None, Some(&["sales"])),
        ..named("limited")
    };
    let limited = own(house, &bob, &limited).token;
    assert!(may(house, &limited, "dbt.manage", Some("sales")));
    assert!(!may(house, &limited, "dbt.manage", Some("ops")));
    let as_granted = CreateKey {
        limit: LimitRequest::Access {
            role: "viewer".to_owned(),
            access: Some(grants(&[("ops", "operator")])),
        },
        ..named("granted")
    };
    let granted = own(house, &bob, &as_granted).token;
    assert!(may(house, &granted, "dbt.run", Some("ops")));
    assert!(!may(house, &granted, "dbt.manage", Some("ops")));
    assert!(!may(house, &granted, "dbt.view", Some("sales")));
    // Deleting the workspace leaves the key without any.
    let ops = house.auth.workspaces().find(&admin, "ops").unwrap();
    house.auth.workspaces().delete(&admin, ops.id).unwrap();
    assert!(!may(house, &granted, "dbt.run", Some("ops")));
    assert!(!may(house, &granted, "dbt.view", Some("sales")));
}

fn a_key_ends_by_time_by_revocation_and_with_its_owner(house: &House) {
    house.admin();
    let bob = house.member("bob", "editor");
    let other = house.another(&[]);
    let id = bob.user_id().unwrap();
    let area = house.auth.api_keys();
    for expiry in [Expiry::Days(0), Expiry::At(house.now())] {
        let past = CreateKey {
            expiry,
            ..named("past")
        };
        assert_eq!(
            area.create_own(&bob, &past).unwrap_err().kind(),
            Kind::Invalid
        );
    }
    let short = CreateKey {
        expiry: Expiry::Days(1),
        ..named("short")
    };
    let (short, long) = (own(house, &bob, &short), own(house, &bob, &named("long")));
    house.pass(Duration::days(1) - Duration::microseconds(1));
    by_key(&house.auth, short.token.expose()).unwrap();
    house.pass(Duration::microseconds(1));
    dead(house, &short.token);

    let users = house.auth.users();
    let admin = house.sign_in("ann@x.org");
    users.deactivate(&admin, id).unwrap();
    dead(house, &long.token);
    users.reactivate(&admin, id).unwrap();
    by_key(&other, long.token.expose()).unwrap();
    let bob = house.sign_in("bob");
    let ((), events) = house.trace(|| area.revoke_own(&bob, long.row.key.id).unwrap());
    assert_eq!(events, ["api_key_revoked"]);
    assert!(by_key(&other, long.token.expose()).is_err());
    assert_eq!(
        area.revoke_own(&bob, long.row.key.id).unwrap_err().kind(),
        Kind::NotFound
    );
    let last = own(house, &bob, &named("long"));
    users.delete(&admin, id, &Confirmation::Given).unwrap();
    dead(house, &last.token);
}

fn keys_manage_neither_keys_nor_the_own_sign_in(house: &House) {
    let admin = house.admin();
    let made = own(house, &admin, &named("ci"));
    let id = made.row.key.id;
    let owner = admin.user_id().unwrap();
    let key = by_key(&house.auth, made.token.expose()).unwrap();
    let area = house.auth.api_keys();
    let auth = &house.auth;
    let right = crate::people::password(crate::people::PASSWORD);
    let new = crate::people::password("another-good-one");
    let change = ReviseKey::default();
    let refusals = [
        area.list_own(&key).err(),
        area.create_own(&key, &named("more")).err(),
        area.revoke_own(&key, id).err(),
        area.create_for(&key, owner, &named("more")).err(),
        area.revise(&key, id, &change, None).err(),
        area.revoke(&key, id).err(),
        auth.sessions().list(&key).err(),
        auth.sessions().end_others(&key).err(),
        auth.account().change_password(&key, &right, &new).err(),
        auth.second_factor().begin(&key, &right).err(),
        auth.second_factor().status(&key).err(),
        auth.sign_in().sign_out(&key).err(),
    ];
    for (at, refused) in refusals.into_iter().enumerate() {
        let refused = refused.unwrap_or_else(|| panic!("{at} is answered"));
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Denied, "session_required"),
            "{at}"
        );
    }
    // Looking is allowed.
    assert_eq!(area.list(&key, None, None, 10).unwrap().rows.len(), 1);
    assert_eq!(area.get(&key, id).unwrap().key.id, id);
}

fn people_manage_their_own_keys_and_an_administrator_everybodys(house: &House) {
    let admin = house.admin();
    let (bob, eve) = (house.member("bob", "viewer"), house.member("eve", "viewer"));
    let area = house.auth.api_keys();
    let made = own(house, &bob, &named("ci"));
    let taken = area.create_own(&bob, &named("ci")).unwrap_err();
    assert_eq!((taken.kind(), taken.code()), (Kind::Conflict, "key_exists"));
    own(house, &eve, &named("ci"));
    assert_eq!(area.list_own(&bob).unwrap().len(), 1);
    let id = made.row.key.id;
    assert_eq!(
        area.revoke_own(&eve, id).unwrap_err().kind(),
        Kind::NotFound
    );
    assert_eq!(area.revoke(&eve, id).unwrap_err().kind(), Kind::Denied);
    assert_eq!(
        area.list(&eve, None, None, 10).unwrap_err().kind(),
        Kind::Denied
    );
    assert_eq!(area.list(&admin, None, None, 10).unwrap().rows.len(), 2);
    let change = ReviseKey {
        name: Some(key_name("nightly")),
        limit: Some(narrow(Some("viewer"), None)),
        ..ReviseKey::default()
    };
    let stale = area.revise(&admin, id, &change, Some(Version::NEW.next()));
    assert_eq!(stale.unwrap_err().kind(), Kind::Stale);
    let (row, events) = house.trace(|| {
        area.revise(&admin, id, &change, Some(Version::NEW))
            .unwrap()
    });
    assert_eq!(events, ["api_key_changed"]);
    assert_eq!(row.key.name, key_name("nightly"));
    by_key(&house.auth, made.token.expose()).unwrap();
    area.revoke(&admin, id).unwrap();
    dead(house, &made.token);
    let owner = eve.user_id().unwrap();
    let for_eve = area
        .create_for(&admin, owner, &named("from above"))
        .unwrap();
    assert_eq!(
        by_key(&house.auth, for_eve.token.expose()).unwrap().name(),
        "eve"
    );
    house.auth.users().deactivate(&admin, owner).unwrap();
    let refused = area.create_for(&admin, owner, &named("late")).unwrap_err();
    assert_eq!(refused.code(), "user_inactive");
    let nobody = UserId::from_random([9; 16]);
    let refused = area.create_for(&admin, nobody, &named("x")).unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
}

fn a_reset_revokes_keys_only_when_asked_to(house: &House) {
    let admin = house.admin();
    let bob = house.member("bob", "viewer");
    let made = own(house, &bob, &named("ci"));
    own(house, &bob, &named("cd"));
    let reset = |revoke| {
        let how = ResetPassword::Given {
            password: crate::people::password(crate::people::PASSWORD),
            must_change: false,
        };
        let users = house.auth.users();
        users
            .reset_password(&admin, bob.user_id().unwrap(), how, revoke)
            .unwrap();
    };
    reset(false);
    by_key(&house.auth, made.token.expose()).unwrap();
    let ((), events) = house.traced(|| reset(true));
    assert_eq!(names(&events), ["password_reset"]);
    assert_eq!(events[0].event.details["api_keys_revoked"], 2);
    dead(house, &made.token);
}

fn the_last_use_is_written_once_a_minute(house: &House) {
    let bob = house.member("bob", "viewer");
    let made = own(house, &bob, &named("ci"));
    let used = || {
        by_key(&house.auth, made.token.expose()).unwrap();
        house.auth.sessions().flush().unwrap();
        house.auth.api_keys().list_own(&bob).unwrap()[0]
            .key
            .last_used_at
    };
    let start = house.now();
    assert_eq!(made.row.key.last_used_at, None);
    assert_eq!(used(), Some(start));
    house.pass(Duration::seconds(59));
    assert_eq!(used(), Some(start));
    house.pass(Duration::seconds(1));
    assert_eq!(used(), Some(start + Duration::seconds(60)));
}

/// A key of the Dango platform, and its bcrypt hash at cost 4.
const DANGO_KEY: &str = "dango_ak_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const DANGO_HASH: &str = "$2b$04$abcdefghijklmnopqrstuuUiDvZP2.V.u5wy0V1VD9cqf.mwb/zDa";

fn a_key_taken_over_with_a_slow_hash_is_recognised_and_gets_a_digest(house: &House) {
    let owner = house.person("bob", "viewer").user.id;
    let store = house.store();
    let id = ApiKeyId::from_random([5; 16]);
    store
        .change(|tx| tx.record(taken_over(house, owner, id)))
        .unwrap();
    let other = house.another(&[]);
    let callers = at_once(
        (0..4)
            .map(|at| {
                let auth = if at % 2 == 0 { &house.auth } else { &other };
                move || by_key(auth, DANGO_KEY).map(|caller| caller.name().to_owned())
            })
            .collect(),
    );
    for name in callers {
        assert_eq!(name.unwrap(), "bob");
    }
    let row = store.read(|tx| tx.api_key(id)).unwrap().unwrap();
    let token = ApiKeyToken::parse(DANGO_KEY).unwrap();
    assert!(matches!(row.key.secret, KeySecret::Digest(digest) if digest == token.hash()));
    by_key(&house.auth, DANGO_KEY).unwrap();
    let wrong = DANGO_KEY.replace("ak_AAAA", "ak_AAAB");
    assert!(by_key(&house.auth, &wrong).is_err());
}

fn taken_over(house: &House, owner: UserId, id: ApiKeyId) -> Change<ApiKey> {
    let token = ApiKeyToken::parse(DANGO_KEY).unwrap();
    let act = house.system().act(house.now());
    let new = NewApiKey {
        id,
        owner,
        name: key_name("old"),
        description: String::new(),
        token_hash: token.hash(),
        prefix: token.display_prefix().to_owned(),
        limit: dango_auth::core::KeyLimit::default(),
        expires_at: None,
    };
    let mut key = ApiKey::create(new, None, &act).state().clone();
    key.secret = KeySecret::Bcrypt(PasswordHash::parse(DANGO_HASH).unwrap());
    let event = act.event(EventName::USERS_IMPORTED, Target::system("test"));
    Change::new(Version::NEW, key, event)
}

on_both_databases!(
    a_key_acts_as_its_owner_and_is_named_in_the_log,
    a_key_never_has_more_rights_than_its_owner_has_now,
    a_key_for_some_workspaces_opens_no_other,
    a_key_ends_by_time_by_revocation_and_with_its_owner,
    keys_manage_neither_keys_nor_the_own_sign_in,
    people_manage_their_own_keys_and_an_administrator_everybodys,
    a_reset_revokes_keys_only_when_asked_to,
    the_last_use_is_written_once_a_minute,
    a_key_taken_over_with_a_slow_hash_is_recognised_and_gets_a_digest,
);
