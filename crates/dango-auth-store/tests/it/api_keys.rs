//! API keys: every field, limits to workspaces, lists, single names, promotion.

use dango_auth_core::api_key::{ApiKey, KeyRevision, KeySecret, NewApiKey};
use dango_auth_core::change::Change;
use dango_auth_core::id::{ApiKeyId, Version};
use dango_auth_core::name::KeyName;
use dango_auth_core::password::PasswordHash;
use dango_auth_core::policy::{KeyLimit, WorkspaceLimit};
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    ApiKeyReads as _, ApiKeyRow, ApiKeyWrites as _, Touch, UserReads as _, WorkspaceChanges as _,
};
use dango_auth_store::{Clash, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_field_of_a_key_comes_back_with_its_owner,
    a_limit_to_no_workspace_is_not_a_limit_to_all,
    a_key_goes_where_its_workspaces_go,
    an_owner_gives_each_name_once_until_it_is_revoked,
    a_key_changed_meanwhile_is_stale,
    a_taken_over_key_is_found_by_prefix_and_gets_its_digest,
    uses_move_forward_only_and_no_change_takes_them_back,
    lists_show_living_keys_in_pages,
    a_reset_revokes_all_keys_when_asked,
    whoever_made_a_key_may_go,
}

fn new_key(owner: &User, name: &str) -> NewApiKey {
    NewApiKey {
        id: ApiKeyId::from_random(fresh()),
        owner: owner.id,
        name: KeyName::parse(name).unwrap(),
        description: "what it is for".to_owned(),
        token_hash: token(),
        prefix: "dango_ak_abc".to_owned(),
        limit: KeyLimit {
            role: None,
            workspaces: None,
        },
        expires_at: Some(minutes(9)),
    }
}

fn add_key(store: &Store, owner: &User, name: &str) -> ApiKey {
    let new = new_key(owner, name);
    add(store, || {
        ApiKey::create(new.clone(), Some(owner.id), &act())
    })
}

fn limited(workspaces: &[(&str, Option<&str>)]) -> KeyLimit {
    let limit = |(name, as_role): &(&str, Option<&str>)| WorkspaceLimit {
        workspace: workspace_name(name),
        role: as_role.map(role),
    };
    KeyLimit {
        role: Some(role("viewer")),
        workspaces: Some(workspaces.iter().map(limit).collect()),
    }
}

fn read(store: &Store, id: ApiKeyId) -> Option<ApiKey> {
    store.read(|tx| tx.api_key(id)).unwrap().map(|row| row.key)
}

fn same(left: &ApiKey, right: &ApiKey) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
}

fn every_field_of_a_key_comes_back_with_its_owner(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    add_workspace(&store, "ops");
    add_workspace(&store, "sales");
    let mut new = new_key(&owner, "ci");
    new.limit = limited(&[("ops", None), ("sales", Some("editor"))]);
    let key = add(&store, || {
        ApiKey::create(new.clone(), Some(owner.id), &act())
    });
    let row = store
        .read(|tx| tx.api_key_by_digest(&new.token_hash))
        .unwrap()
        .unwrap();
    same(&row.key, &key);
    assert_eq!(row.owner.username, owner.username);
    assert!(!row.second_factor_on);
    assert!(
        store
            .read(|tx| tx.api_key_by_digest(&token()))
            .unwrap()
            .is_none()
    );
    let revised = add(&store, || {
        let revision = KeyRevision {
            name: KeyName::parse("other").unwrap(),
            description: String::new(),
            limit: limited(&[("sales", None)]),
            expires_at: None,
        };
        key.clone().revise(revision, &act_at(minutes(2)))
    });
    same(&read(&store, key.id).unwrap(), &revised);
    let revoked = add(&store, || revised.clone().revoke(&act_at(minutes(3))));
    assert!(read(&store, key.id).is_none());
    // By its digest it is still found, so that its use can be refused for the right reason.
    let row = store
        .read(|tx| tx.api_key_by_digest(&new.token_hash))
        .unwrap()
        .unwrap();
    same(&row.key, &revoked);
}

fn a_limit_to_no_workspace_is_not_a_limit_to_all(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    let mut new = new_key(&owner, "nowhere");
    new.limit = limited(&[]);
    let key = add(&store, || ApiKey::create(new.clone(), None, &act()));
    assert_eq!(
        read(&store, key.id).unwrap().limit.workspaces,
        Some(Vec::new())
    );
    let open = add_key(&store, &owner, "anywhere");
    assert_eq!(read(&store, open.id).unwrap().limit.workspaces, None);
}

fn a_key_goes_where_its_workspaces_go(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    let workspace = add_workspace(&store, "ops");
    let mut new = new_key(&owner, "ci");
    new.limit = limited(&[("ops", None)]);
    let key = add(&store, || ApiKey::create(new.clone(), None, &act()));
    store
        .change(|tx| tx.delete_workspace(workspace.id, workspace_event(&workspace)))
        .unwrap();
    assert_eq!(
        read(&store, key.id).unwrap().limit.workspaces,
        Some(Vec::new())
    );
    let mut unknown = new_key(&owner, "unknown");
    unknown.limit = limited(&[("nowhere", None)]);
    let refused = store
        .change(|tx| tx.record(ApiKey::create(unknown.clone(), None, &act())))
        .unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::NotFound {
                what: "workspace",
                ..
            }
        ),
        "{refused:?}"
    );
}

fn an_owner_gives_each_name_once_until_it_is_revoked(base: &Base) {
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    let first = add_key(&store, &ann, "ci");
    add_key(&store, &bob, "ci");
    let again = new_key(&ann, "ci");
    let refused = store
        .change(|tx| tx.record(ApiKey::create(again.clone(), None, &act())))
        .unwrap_err();
    assert_eq!(
        refused,
        StoreError::Conflict {
            what: Clash::KeyName
        }
    );
    add(&store, || first.clone().revoke(&act()));
    add_key(&store, &ann, "ci");
    assert_eq!(store.read(|tx| tx.count_api_keys(ann.id)).unwrap(), 1);
}

fn a_key_changed_meanwhile_is_stale(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    let key = add_key(&store, &owner, "ci");
    add(&store, || key.clone().revoke(&act()));
    let refused = store
        .change(|tx| tx.record(key.clone().revoke(&act())))
        .unwrap_err();
    assert!(refused.is_stale(), "{refused:?}");
    let nobody = ApiKey {
        id: ApiKeyId::from_random(fresh()),
        ..key
    };
    let refused = store
        .change(|tx| tx.record(nobody.clone().revoke(&act())))
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::NotFound { .. }),
        "{refused:?}"
    );
}

fn a_taken_over_key_is_found_by_prefix_and_gets_its_digest(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    let bcrypt = "$2b$04$abcdefghijklmnopqrstuuEr2e/t8l6oRZIf0ohUJYAEGnv1Z1XTe";
    let key = add(&store, || {
        let change = ApiKey::create(
            NewApiKey {
                id: ApiKeyId::from_uuid(owner.id.as_uuid()),
                ..new_key(&owner, "old")
            },
            None,
            &act(),
        );
        change.map(|key| ApiKey {
            secret: KeySecret::Bcrypt(PasswordHash::parse(bcrypt).unwrap()),
            ..key
        })
    });
    let by_prefix = || {
        store
            .read(|tx| tx.api_keys_by_prefix("dango_ak_abc"))
            .unwrap()
    };
    let found = by_prefix();
    let KeySecret::Bcrypt(hash) = &found[0].key.secret else {
        panic!("it has no digest yet")
    };
    assert_eq!(hash.to_stored().as_str(), bcrypt);
    let digest = token();
    store
        .write(|tx| tx.promote_api_key(key.id, &digest))
        .unwrap();
    store
        .write(|tx| tx.promote_api_key(key.id, &token()))
        .unwrap();
    assert_eq!(by_prefix().len(), 0);
    assert!(
        store
            .read(|tx| tx.api_key_by_digest(&digest))
            .unwrap()
            .is_some()
    );
}

fn uses_move_forward_only_and_no_change_takes_them_back(base: &Base) {
    let store = base.open();
    let owner = add_user(&store, "ann", "admin");
    let key = add_key(&store, &owner, "ci");
    for minute in [5, 3] {
        let touch = Touch {
            id: key.id,
            at: minutes(minute),
        };
        store.write(|tx| tx.touch_api_keys(&[touch])).unwrap();
    }
    assert_eq!(read(&store, key.id).unwrap().last_used_at, Some(minutes(5)));
    add(&store, || {
        let revision = KeyRevision {
            name: key.name.clone(),
            description: String::new(),
            limit: key.limit.clone(),
            expires_at: None,
        };
        key.clone().revise(revision, &act())
    });
    assert_eq!(read(&store, key.id).unwrap().last_used_at, Some(minutes(5)));
}

fn lists_show_living_keys_in_pages(base: &Base) {
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "viewer"),
    );
    for number in 0..7 {
        let owner = if number % 2 == 0 { &ann } else { &bob };
        let new = new_key(owner, &format!("k{number}"));
        add(&store, || {
            ApiKey::create(new.clone(), None, &act_at(minutes(number / 3)))
        });
    }
    let gone = add_key(&store, &ann, "gone");
    add(&store, || gone.clone().revoke(&act()));
    let walk = |owner| {
        let (mut after, mut names) = (None, Vec::new());
        loop {
            let page = store.read(|tx| tx.api_keys(owner, after, 2)).unwrap();
            names.extend(page.rows.iter().map(|row| row.key.name.to_string()));
            let Some(last) = page.rows.last().filter(|_| page.more) else {
                break;
            };
            after = Some((last.key.created_at, last.key.id));
        }
        names.sort();
        names
    };
    assert_eq!(walk(None), ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]);
    assert_eq!(walk(Some(bob.id)), ["k1", "k3", "k5"]);
}

fn a_reset_revokes_all_keys_when_asked(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let keys = [add_key(&store, &user, "a"), add_key(&store, &user, "b")];
    add(&store, || {
        user.clone().reset_password(password(), false, &act())
    });
    assert_eq!(store.read(|tx| tx.count_api_keys(user.id)).unwrap(), 2);
    let user = store.read(|tx| tx.user(user.id)).unwrap().unwrap();
    add(&store, || {
        user.clone().reset_password(password(), true, &act())
    });
    assert_eq!(store.read(|tx| tx.count_api_keys(user.id)).unwrap(), 0);
    let details = base.values("SELECT details AS value FROM audit_events ORDER BY id DESC LIMIT 1");
    assert!(details[0].contains("\"api_keys_revoked\":2"), "{details:?}");
    let refused = store
        .change(|tx| tx.record(keys[0].clone().revoke(&act())))
        .unwrap_err();
    assert!(refused.is_stale(), "{refused:?}");
    assert_eq!(keys[0].version, Version::NEW);
}

fn whoever_made_a_key_may_go(base: &Base) {
    use dango_auth_store::ports::UserChanges as _;
    let store = base.open();
    let (ann, bob) = (
        add_user(&store, "ann", "admin"),
        add_user(&store, "bob", "admin"),
    );
    let new = new_key(&ann, "made by bob");
    let make = || -> Change<ApiKey> { ApiKey::create(new.clone(), Some(bob.id), &act()) };
    let key = add(&store, make);
    store
        .change(|tx| {
            let census = tx.admin_census(bob.id, noon())?;
            tx.record(bob.clone().delete(&census, &act()).unwrap())
        })
        .unwrap();
    assert_eq!(read(&store, key.id).unwrap().created_by, None);
}

/// A key taken over from elsewhere with the slow hash of its secret, which is sealed.
pub(crate) fn taken_over(store: &Store, owner: &User) {
    let bcrypt = "$2b$04$abcdefghijklmnopqrstuuEr2e/t8l6oRZIf0ohUJYAEGnv1Z1XTe";
    let new = new_key(owner, "taken over");
    add(store, || {
        ApiKey::create(new.clone(), None, &act()).map(|key| ApiKey {
            secret: KeySecret::Bcrypt(PasswordHash::parse(bcrypt).unwrap()),
            ..key
        })
    });
}

/// Its secret opens.
pub(crate) fn is_readable(store: &Store, owner: &User) {
    let found = store
        .read(|tx| tx.api_keys(Some(owner.id), None, 10))
        .unwrap();
    let sealed = |row: &ApiKeyRow| matches!(row.key.secret, KeySecret::Bcrypt(_));
    assert!(found.rows.iter().any(sealed));
}
