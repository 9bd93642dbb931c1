//! Accounts: every field comes back as it was written, and names are one person's.

use chrono::TimeDelta;
use dango_auth_core::change::Step;
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::name::{EmailAddress, LoginName};
use dango_auth_core::password::{HashParameters, PasswordHash};
use dango_auth_core::user::{Invite, TemporaryPassword, User};
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ports::{UserChanges as _, UserReads as _, UserWrites as _};
use dango_auth_store::{ChangeTx, Clash, Store, StoreError};

use crate::backends::Base;
use crate::fixtures::*;

for_each_backend! {
    every_field_of_an_account_comes_back,
    an_invited_account_is_found_by_its_link,
    an_account_is_found_by_username_and_by_email,
    no_two_accounts_share_a_login_name,
    a_given_up_name_is_free_again,
    a_change_decided_on_an_old_version_is_stale,
    a_change_of_somebody_who_is_gone_finds_nobody,
    grants_come_back_and_follow_the_account,
    a_grant_in_an_unregistered_workspace_is_refused,
    a_damaged_value_is_named,
    a_sealed_hash_opens_in_its_own_row_only,
    a_sign_in_is_noted_and_no_change_takes_it_back,
    a_hash_is_replaced_unless_the_password_changed,
    hashes_are_counted_by_kind,
    a_change_writes_the_columns_it_changes_and_no_others,
}

fn read(store: &Store, id: UserId) -> User {
    store.read(|tx| tx.user(id)).unwrap().unwrap()
}

fn same(left: &User, right: &User) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    let hash = |user: &User| {
        user.password
            .as_ref()
            .map(|p| p.hash.to_stored().to_string())
    };
    assert_eq!(hash(left), hash(right));
}

fn every_field_of_an_account_comes_back(base: &Base) {
    let store = base.open();
    let mut new = new_user("ann@x.org", "editor");
    new.username = username("ann");
    let password = TemporaryPassword {
        hash: hash(),
        must_change: true,
        expires_at: Some(minutes(5)),
    };
    let user = store
        .change(|tx| tx.record(User::created(new.clone(), password.clone(), &act())))
        .unwrap();
    same(&read(&store, user.id), &user);
    let far = act_at(noon() + TimeDelta::days(1));
    let Ok(Step::Changed(_)) = store.change(|tx| {
        let census = tx.admin_census(user.id, noon())?;
        let step = tx
            .user(user.id)?
            .unwrap()
            .deactivate(&census, &far)
            .unwrap();
        let Step::Changed(change) = step else {
            panic!("it was active")
        };
        let base = tx.record(change)?;
        same(&tx.user(user.id)?.unwrap(), &base);
        ok(Step::Changed(created("nobody", "viewer")))
    }) else {
        panic!("it was active");
    };
    let inactive = read(&store, user.id);
    assert!(!inactive.is_active());
    assert_eq!(inactive.security_epoch, 1);
    assert_eq!(inactive.updated_at, far.at);
}

fn an_invited_account_is_found_by_its_link(base: &Base) {
    let store = base.open();
    let invite = Invite {
        token_hash: token(),
        expires_at: minutes(72),
    };
    let new = new_user("bob@x.org", "viewer");
    let user = store
        .change(|tx| tx.record(User::invited(new.clone(), invite.clone(), &act())))
        .unwrap();
    let found = store
        .read(|tx| tx.user_by_invite(&invite.token_hash))
        .unwrap()
        .unwrap();
    same(&found, &user);
    assert!(
        store
            .read(|tx| tx.user_by_invite(&token()))
            .unwrap()
            .is_none()
    );
    add(&store, || {
        read(&store, user.id).accept_invite(hash(), &act()).unwrap()
    });
    assert!(
        store
            .read(|tx| tx.user_by_invite(&invite.token_hash))
            .unwrap()
            .is_none()
    );
}

fn an_account_is_found_by_username_and_by_email(base: &Base) {
    let store = base.open();
    assert!(!store.read(|tx| tx.any_user()).unwrap());
    let mut new = new_user("ann@x.org", "admin");
    new.username = username("ann");
    let user = add(&store, || User::created(new.clone(), password(), &act()));
    for name in ["ann", "ANN", " ann@x.org "] {
        let name = LoginName::parse(name).unwrap();
        let found = store.read(|tx| tx.user_by_login(&name)).unwrap().unwrap();
        assert_eq!(found.id, user.id);
    }
    let nobody = LoginName::parse("an").unwrap();
    assert!(
        store
            .read(|tx| tx.user_by_login(&nobody))
            .unwrap()
            .is_none()
    );
    assert!(store.read(|tx| tx.any_user()).unwrap());
}

fn no_two_accounts_share_a_login_name(base: &Base) {
    let store = base.open();
    let ann = add_user(&store, "ann@x.org", "admin");
    let refused = |new: dango_auth_core::user::NewUser| {
        store
            .change(|tx| tx.record(User::created(new.clone(), password(), &act())))
            .unwrap_err()
    };
    // The same username, and a username that is somebody's address.
    let taken = StoreError::Conflict {
        what: Clash::Username,
    };
    assert_eq!(refused(new_user("ann@x.org", "viewer")), taken);
    let mut other = new_user("other", "viewer");
    other.email = Some(email("ann@x.org"));
    assert_eq!(refused(other), StoreError::Conflict { what: Clash::Email });
    let mut twin = new_user("twin", "viewer");
    twin.id = ann.id;
    assert_eq!(refused(twin), StoreError::Conflict { what: Clash::Id });
    assert_eq!(
        base.values("SELECT username AS value FROM users"),
        ["ann@x.org"]
    );
    assert_eq!(
        base.values("SELECT name AS value FROM login_names"),
        ["ann@x.org"]
    );
}

fn a_given_up_name_is_free_again(base: &Base) {
    let store = base.open();
    let ann = add_user(&store, "ann@x.org", "admin");
    let Step::Changed(change) = ann.rename(username("anna"), None, &act()) else {
        panic!()
    };
    let mut change = Some(change);
    store
        .change(|tx| tx.record(change.take().unwrap()))
        .unwrap();
    let second = add_user(&store, "ann@x.org", "viewer");
    let mut names = base.values("SELECT name AS value FROM login_names");
    names.sort();
    assert_eq!(names, ["ann@x.org", "anna"]);
    store
        .change(|tx| {
            let census = tx.admin_census(second.id, noon())?;
            tx.record(second.clone().delete(&census, &act()).unwrap())
        })
        .unwrap();
    assert_eq!(
        base.values("SELECT name AS value FROM login_names"),
        ["anna"]
    );
}

fn a_change_decided_on_an_old_version_is_stale(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let old = read(&store, user.id);
    add(&store, || old.clone().unlock(&act()));
    let refused = store
        .change(|tx| tx.record(old.clone().unlock(&act())))
        .unwrap_err();
    assert!(refused.is_stale(), "{refused:?}");
    assert_eq!(read(&store, user.id).version, Version::from_stored(1));
}

fn a_change_of_somebody_who_is_gone_finds_nobody(base: &Base) {
    let store = base.open();
    let ann = add_user(&store, "ann", "admin");
    let bob = add_user(&store, "bob", "viewer");
    let delete = |user: User| {
        store.change(|tx| {
            let census = tx.admin_census(user.id, noon())?;
            tx.record(user.clone().delete(&census, &act()).unwrap())
        })
    };
    delete(bob.clone()).unwrap();
    let refused = store
        .change(|tx| tx.record(bob.clone().unlock(&act())))
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::NotFound { what: "user", .. }),
        "{refused:?}"
    );
    assert!(matches!(
        delete(bob).unwrap_err(),
        StoreError::NotFound { .. }
    ));
    assert!(read(&store, ann.id).is_active());
}

fn grants_come_back_and_follow_the_account(base: &Base) {
    let store = base.open();
    add_workspace(&store, "sales");
    add_workspace(&store, "ops");
    let mut new = new_user("ann", "viewer");
    new.access = scoped(&[("sales", "editor"), ("ops", "operator")]);
    let user = add(&store, || User::created(new.clone(), password(), &act()));
    assert_eq!(read(&store, user.id).access, new.access);
    let assign = |access: WorkspaceAccess| {
        store
            .change(|tx| {
                let census = tx.admin_census(user.id, noon())?;
                let now = tx.user(user.id)?.unwrap();
                let step = now
                    .assign(role("viewer"), access.clone(), &census, &act())
                    .unwrap();
                let Step::Changed(change) = step else {
                    panic!("nothing changed")
                };
                tx.record(change)
            })
            .unwrap()
    };
    assign(scoped(&[("sales", "viewer")]));
    assert_eq!(read(&store, user.id).access, scoped(&[("sales", "viewer")]));
    assign(WorkspaceAccess::Everywhere);
    assert_eq!(read(&store, user.id).access, WorkspaceAccess::Everywhere);
    assert_eq!(
        base.values("SELECT role AS value FROM user_grants"),
        Vec::<String>::new()
    );
}

fn a_grant_in_an_unregistered_workspace_is_refused(base: &Base) {
    let store = base.open();
    let mut new = new_user("ann", "viewer");
    new.access = scoped(&[("nowhere", "editor")]);
    let refused = store
        .change(|tx| tx.record(User::created(new.clone(), password(), &act())))
        .unwrap_err();
    let expected = StoreError::NotFound {
        what: "workspace",
        name: "nowhere".to_owned(),
    };
    assert_eq!(refused, expected);
    assert!(!store.read(|tx| tx.any_user()).unwrap());
}

fn a_damaged_value_is_named(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    base.sql("UPDATE users SET role = 'No Role'");
    let error = store.read(|tx| tx.user(user.id)).unwrap_err();
    let id = user.id.to_string();
    assert_eq!(
        error,
        StoreError::Corrupt {
            table: "users",
            column: "role",
            id
        }
    );
}

fn a_sealed_hash_opens_in_its_own_row_only(base: &Base) {
    let store = base.open();
    let ann = add_user(&store, "ann", "admin");
    let bob = add_user(&store, "bob", "viewer");
    base.sql(&format!(
        "UPDATE users SET password_sealed = (SELECT password_sealed FROM users WHERE id = '{}')
         WHERE id = '{}'",
        bob.id, ann.id
    ));
    let error = store.read(|tx| tx.user(ann.id)).unwrap_err();
    let expected = StoreError::Corrupt {
        table: "users",
        column: "password_sealed",
        id: ann.id.to_string(),
    };
    assert_eq!(error, expected);
    assert!(store.read(|tx| tx.user(bob.id)).unwrap().is_some());
}

fn a_sign_in_is_noted_and_no_change_takes_it_back(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let before = read(&store, user.id);
    store
        .write(|tx| tx.note_login(user.id, minutes(3)))
        .unwrap();
    assert_eq!(read(&store, user.id).last_login, Some(minutes(3)));
    add(&store, || before.clone().unlock(&act()));
    assert_eq!(read(&store, user.id).last_login, Some(minutes(3)));
}

fn a_hash_is_replaced_unless_the_password_changed(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    let old = user.password.unwrap().hash;
    let new = PasswordHash::parse("$2b$04$abcdefghijklmnopqrstuuEr2e/t8l6oRZIf0ohUJYAEGnv1Z1XTe")
        .unwrap();
    assert!(
        store
            .write(|tx| tx.replace_hash(user.id, &old, &new))
            .unwrap()
    );
    assert_eq!(read(&store, user.id).password.unwrap().hash, new);
    assert!(
        !store
            .write(|tx| tx.replace_hash(user.id, &old, &new))
            .unwrap()
    );
    let nobody = UserId::from_random(fresh());
    assert!(
        !store
            .write(|tx| tx.replace_hash(nobody, &old, &new))
            .unwrap()
    );
}

fn hashes_are_counted_by_kind(base: &Base) {
    let store = base.open();
    add_user(&store, "ann", "admin");
    add_user(&store, "bob", "viewer");
    let kind = PasswordHash::dummy(&HashParameters::insecure_for_tests()).describe();
    assert_eq!(store.read(|tx| tx.hash_kinds()).unwrap(), [(kind, 2)]);
}

fn a_change_writes_the_columns_it_changes_and_no_others(base: &Base) {
    let store = base.open();
    let user = add_user(&store, "ann", "admin");
    add_user(&store, "bob", "admin");
    let hex = if base.is_sqlite() {
        "hex(password_sealed)"
    } else {
        "encode(password_sealed, 'hex')"
    };
    let sealed = || {
        base.values(&format!(
            "SELECT {hex} AS value FROM users ORDER BY username"
        ))
    };
    let rename = |user: User, to: Option<&str>| {
        let to = to.map(|to| EmailAddress::parse(to).unwrap());
        let name = user.username.clone();
        let Step::Changed(change) = user.rename(name, to, &act()) else {
            panic!()
        };
        let mut change = Some(change);
        let record = |tx: &mut ChangeTx<'_>| tx.record(change.take().unwrap());
        let renamed = store.change(record).unwrap();
        same(&read(&store, renamed.id), &renamed);
        renamed
    };
    let before = sealed();
    let renamed = rename(user, Some("ann@x.org"));
    // What is taken away is gone, although nothing is what is written.
    let renamed = rename(renamed, None);
    assert_eq!(sealed(), before);
    let new = || TemporaryPassword {
        must_change: true,
        expires_at: Some(minutes(5)),
        ..password()
    };
    let other = add(&store, || {
        renamed.clone().reset_password(new(), false, &act())
    });
    same(&read(&store, renamed.id), &other);
    assert_eq!(sealed(), before, "the same hash");
    let bcrypt = "$2b$04$abcdefghijklmnopqrstuuEr2e/t8l6oRZIf0ohUJYAEGnv1Z1XTe";
    let new = || TemporaryPassword {
        hash: PasswordHash::parse(bcrypt).unwrap(),
        ..password()
    };
    let other = add(&store, || {
        other.clone().reset_password(new(), false, &act())
    });
    same(&read(&store, renamed.id), &other);
    assert!(sealed()[0] != before[0] && sealed()[1] == before[1]);
}
