//! Lists of users, and taking them away.

use crate::place::Place;

fn emails(place: &Place, words: &[&str]) -> Vec<String> {
    let users = place.json(&[&["auth", "list-users"], words].concat());
    users
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["email"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn users_are_listed_oldest_first_and_filtered() {
    let place = Place::with_users(&[("zoe@example.org", "editor"), ("ann@example.org", "viewer")]);
    place.ok(&["auth", "add-user", "eve@example.com"]);
    place.ok(&["auth", "deactivate-user", "ann@example.org"]);
    assert_eq!(
        emails(&place, &[]),
        [
            "admin@localhost",
            "zoe@example.org",
            "ann@example.org",
            "eve@example.com"
        ]
    );
    assert_eq!(emails(&place, &["--role", "editor"]), ["zoe@example.org"]);
    assert_eq!(
        emails(&place, &["--status", "inactive"]),
        ["ann@example.org"]
    );
    assert_eq!(
        emails(&place, &["--status", "invited"]),
        ["eve@example.com"]
    );
    assert_eq!(
        emails(&place, &["--search", "EXAMPLE.org"]),
        ["zoe@example.org", "ann@example.org"]
    );
    assert_eq!(emails(&place, &["--search", "%"]), [""; 0]);
    assert_eq!(
        emails(&place, &["--limit", "2"]),
        ["admin@localhost", "zoe@example.org"]
    );
    place.fails(2, &["auth", "list-users", "--status", "asleep"]);
    place.fails(2, &["auth", "list-users", "--limit", "0"]);
}

#[test]
fn a_piped_list_is_plain_and_complete() {
    let place = Place::ready();
    let long = format!("{}@{}.example.org", "a".repeat(60), "b".repeat(60));
    place.ok(&["auth", "add-user", &long]);
    let text = place.ok(&["auth", "list-users"]);
    assert!(text.lines().any(|line| line.starts_with(&long)), "{text}");
    assert_eq!(text.lines().count(), 3);
    assert!(text.is_ascii() && !text.contains('\u{1b}'));
}

#[test]
fn an_export_holds_everybody_and_no_secret() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    place.ok(&[
        "auth",
        "grant",
        "ann@example.org",
        "sales",
        "editor",
        "--only",
    ]);
    let all = place.json(&["auth", "export"]);
    assert_eq!(all["users"].as_array().unwrap().len(), 2);
    assert_eq!(all["workspaces"][0]["name"], "sales");
    assert!(!all.to_string().contains("$argon2"));
    let csv = place.ok(&["auth", "export", "--format", "csv"]);
    assert!(csv.starts_with("username,email,role,status,"), "{csv}");
    assert!(
        csv.contains("ann@example.org,ann@example.org,viewer,active,false,sales:editor,"),
        "{csv}"
    );
}

#[test]
fn an_exported_name_is_no_formula_for_a_spreadsheet() {
    let place = Place::ready();
    place.ok(&["auth", "add-user", "=1+1@example.org"]);
    let csv = place.ok(&["auth", "export", "--format", "csv"]);
    let cells = "'=1+1@example.org,'=1+1@example.org,viewer,";
    assert!(csv.contains(cells) && !csv.contains("\n="), "{csv}");
}
