//! API keys and sessions.

use serde_json::{Value, json};

use crate::place::Place;

#[test]
fn a_key_is_shown_once_and_can_be_revoked() {
    let place = Place::with_users(&[("ann@example.org", "editor")]);
    place.ok(&["auth", "workspace", "create", "sales"]);
    let words = [
        "auth",
        "key",
        "create",
        "ann@example.org",
        "--name",
        "nightly",
        "--expires-in",
        "90",
    ];
    let made = place.json(&[&words[..], &["--role", "viewer", "--workspace", "sales"]].concat());
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("dango_ak_") && key.len() == 41, "{key}");
    assert_eq!(made["key_prefix"], key[..12]);
    assert_eq!(made["workspaces"][0]["workspace"], "sales");
    let list = place.json(&["auth", "key", "list", "ann@example.org"]);
    assert_eq!(list[0]["name"], "nightly");
    assert_eq!(list[0].get("key"), None);
    assert!(!place.ok(&["auth", "key", "list"]).contains(key));
    assert!(!place.ok(&["auth", "audit", "--json"]).contains(key));
    let fault = place.fails_json(5, &words);
    assert_eq!(fault["code"], "key_exists");
    let id = made["id"].as_str().unwrap();
    place.ok(&["auth", "key", "revoke", id]);
    place.fails(3, &["auth", "key", "revoke", id]);
    place.fails(3, &["auth", "key", "revoke", "nonsense"]);
    assert_eq!(place.json(&["auth", "key", "list"]), json!([]));
}

#[test]
fn a_key_with_a_bad_limit_is_not_made() {
    let place = Place::with_users(&[("ann@example.org", "editor")]);
    let words = ["auth", "key", "create", "ann@example.org", "--name", "x"];
    let unknown = place.fails_json(6, &[&words[..], &["--workspace", "nowhere"]].concat());
    assert_eq!(unknown["errors"][0]["code"], "unknown_workspace");
    place.fails(2, &[&words[..], &["--role", "owner"]].concat());
    place.fails(2, &[&words[..], &["--expires-in", "0"]].concat());
    place.fails(6, &[&words[..], &["--workspace", "all"]].concat());
    place.fails(2, &["auth", "key", "create", "ann@example.org"]);
    assert_eq!(place.json(&["auth", "key", "list"]), json!([]));
}

#[test]
fn sessions_are_listed_and_ended() {
    use dango_auth::core::audit::{Origin, Via};
    use dango_auth::core::password::Password;
    use dango_auth::core::session::Transport;
    use dango_auth::sign_in::{PasswordAttempt, SignIn};

    let place = Place::ready();
    let origin = Origin::local(Via::Web).with_user_agent("Browser/1.0");
    let attempt = PasswordAttempt {
        login: crate::place::ADMIN.to_owned(),
        password: Password::new(crate::place::PASSWORD).unwrap(),
        transport: Transport::Cookie,
        device: None,
        origin: Origin {
            ip: Some("192.0.2.7".parse().unwrap()),
            ..origin
        },
    };
    let signed_in = place.auth().sign_in().with_password(&attempt).unwrap();
    assert!(matches!(signed_in, SignIn::Complete(_)));
    let sessions = place.json(&["auth", "sessions", "list", crate::place::ADMIN]);
    assert_eq!(sessions[0]["ip_address"], "192.0.2.7");
    assert_eq!(sessions[0]["user_agent"], "Browser/1.0");
    assert_ne!(sessions[0]["expires_at"], Value::Null);
    let ended = place.json(&["auth", "sessions", "revoke", crate::place::ADMIN]);
    assert_eq!(ended, json!({"success": true, "revoked_count": 1}));
    assert_eq!(
        place.json(&["auth", "sessions", "list", crate::place::ADMIN]),
        json!([])
    );
    assert_eq!(
        place.json(&["auth", "sessions", "revoke", crate::place::ADMIN])["revoked_count"],
        0
    );
}
