//! People, keys and instants for the tests.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth_core::audit::{Act, Actor, Origin, Via};
use dango_auth_core::change::Change;
use dango_auth_core::id::{SessionId, UserId, Version, WorkspaceId};
use dango_auth_core::name::{EmailAddress, RoleName, Username, WorkspaceName};
use dango_auth_core::password::{HashParameters, PasswordHash};
use dango_auth_core::session::{NewSession, Session, SessionLimits, Transport};
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::{NewUser, TemporaryPassword, User};
use dango_auth_core::workspace::{Grant, WorkspaceAccess};
use dango_auth_core::{audit::EventName, audit::Target};
use dango_auth_store::ports::{Workspace, WorkspaceChanges as _};
use dango_auth_store::{Store, StoreError};

/// Sixteen bytes that no other call gives.
pub(crate) fn fresh() -> [u8; 16] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT
        .fetch_add(1, Ordering::Relaxed)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&count.to_be_bytes());
    bytes
}

pub(crate) fn token() -> TokenHash {
    let half = fresh();
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&half);
    bytes[16..].copy_from_slice(&half);
    TokenHash::from_bytes(bytes)
}

/// Noon of a day, with microseconds that must survive.
pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_767_268_800_123_456).unwrap()
}

pub(crate) fn minutes(count: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(count)
}

pub(crate) fn act() -> Act {
    act_at(noon())
}

pub(crate) fn act_at(at: DateTime<Utc>) -> Act {
    let mut origin = Origin::local(Via::Cli);
    origin.ip = Some("2001:db8::1".parse().unwrap());
    origin.user_agent = Some("tests".to_owned());
    origin.request_id = Some("r-1".to_owned());
    Act {
        actor: Actor::system("tests"),
        origin,
        at,
    }
}

pub(crate) fn hash() -> PasswordHash {
    PasswordHash::dummy(&HashParameters::insecure_for_tests())
}

pub(crate) fn password() -> TemporaryPassword {
    TemporaryPassword {
        hash: hash(),
        must_change: false,
        expires_at: None,
    }
}

pub(crate) fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn username(text: &str) -> Username {
    Username::parse(text).unwrap()
}

pub(crate) fn workspace_name(text: &str) -> WorkspaceName {
    WorkspaceName::parse(text).unwrap()
}

pub(crate) fn grant(workspace: &str, as_role: &str) -> Grant {
    Grant {
        workspace: workspace_name(workspace),
        role: role(as_role),
    }
}

pub(crate) fn scoped(grants: &[(&str, &str)]) -> WorkspaceAccess {
    WorkspaceAccess::from_stored(false, grants.iter().map(|(w, r)| grant(w, r)).collect())
}

pub(crate) fn new_user(name: &str, as_role: &str) -> NewUser {
    NewUser {
        id: UserId::from_random(fresh()),
        username: username(name),
        email: name.contains('@').then(|| email(name)),
        role: role(as_role),
        access: WorkspaceAccess::Everywhere,
    }
}

/// A change that makes an active account with a password.
pub(crate) fn created(name: &str, as_role: &str) -> Change<User> {
    User::created(new_user(name, as_role), password(), &act())
}

/// Makes an active account with a password.
pub(crate) fn add_user(store: &Store, name: &str, as_role: &str) -> User {
    add(store, || created(name, as_role))
}

/// Records what the closure makes.
pub(crate) fn add<T: dango_auth_store::Recorded>(store: &Store, make: impl Fn() -> Change<T>) -> T {
    store.change(|tx| tx.record(make())).unwrap()
}

pub(crate) fn add_workspace(store: &Store, name: &str) -> Workspace {
    let workspace = Workspace {
        id: WorkspaceId::from_random(fresh()),
        name: workspace_name(name),
        description: format!("about {name}"),
        version: Version::NEW,
        created_at: noon(),
        updated_at: noon(),
    };
    store
        .change(|tx| tx.insert_workspace(&workspace, workspace_event(&workspace)))
        .unwrap();
    workspace
}

pub(crate) fn workspace_event(workspace: &Workspace) -> dango_auth_core::audit::Event {
    let target = Target::workspace(workspace.id, workspace.name.as_str());
    act().event(EventName::WORKSPACE_CREATED, target)
}

pub(crate) fn limits() -> SessionLimits {
    SessionLimits {
        idle: TimeDelta::hours(1),
        absolute: TimeDelta::days(1),
    }
}

pub(crate) fn new_session(user: &User) -> NewSession {
    NewSession {
        id: SessionId::from_random(fresh()),
        user: user.id,
        token_hash: token(),
        transport: Transport::Cookie,
        security_epoch: user.security_epoch,
        ip: Some("192.0.2.7".parse().unwrap()),
        user_agent: Some("a browser".to_owned()),
    }
}

pub(crate) fn full_session(user: &User, at: DateTime<Utc>) -> Session {
    Session::full(new_session(user), &limits(), at)
}

/// The answer of a closure that fails with the store's own errors.
#[allow(clippy::unnecessary_wraps)] // names the error type
pub(crate) fn ok<T>(value: T) -> Result<T, StoreError> {
    Ok(value)
}
