//! Names by example.

use super::*;

fn username(text: &str) -> Result<String, &'static str> {
    Username::parse(text)
        .map(|name| name.to_string())
        .map_err(|error| error.code())
}

fn email(text: &str) -> Result<String, &'static str> {
    EmailAddress::parse(text)
        .map(|name| name.to_string())
        .map_err(|error| error.code())
}

fn workspace(text: &str) -> Result<String, &'static str> {
    WorkspaceName::parse(text)
        .map(|name| name.to_string())
        .map_err(|error| error.code())
}

#[test]
fn usernames_are_trimmed_lowered_and_composed() {
    assert_eq!(username("  Alice \n"), Ok("alice".into()));
    assert_eq!(username("Ann@X.org"), Ok("ann@x.org".into()));
    assert_eq!(username("JOSE\u{301}"), Ok("jos\u{e9}".into()));
    assert_eq!(username("\u{ff21}lice"), Ok("alice".into()));
    assert_eq!(username("ΣΟΦΟΣ"), Ok("σοφος".into()));
}

#[test]
fn plain_names_hold_64_characters_and_no_more() {
    assert!(username(&"é".repeat(64)).is_ok());
    assert_eq!(username(&"a".repeat(65)), Err("too_long"));
    assert_eq!(username(&"a".repeat(100_000)), Err("too_long"));
    assert_eq!(username(" \t "), Err("empty"));
}

#[test]
fn blanks_controls_and_what_cannot_be_seen_are_refused() {
    let bad = [
        ' ',
        '\t',
        '\0',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2028}',
        '\u{2060}',
        '\u{2066}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{e000}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fffd}',
        '\u{fffe}',
        '\u{1fffe}',
        '\u{e0041}',
        '\u{10ffff}',
    ];
    for c in bad {
        assert_eq!(
            username(&format!("a{c}b")),
            Err("invalid_character"),
            "U+{:04X}",
            c as u32
        );
    }
}

#[test]
fn a_name_cannot_begin_with_a_combining_mark() {
    assert_eq!(username("\u{301}a"), Err("invalid_character"));
}

#[test]
fn characters_that_only_normalisation_brings_forth_are_refused() {
    // The diaeresis alone decomposes into a space and a mark.
    assert_eq!(username("a\u{a8}b"), Err("invalid_character"));
}

#[test]
fn letters_whose_lower_case_is_somebody_elses_are_refused() {
    assert_eq!(username("admin\u{212a}@x.org"), Err("ambiguous_character"));
    assert_eq!(username("\u{130}van"), Err("ambiguous_character"));
    assert_eq!(username("I\u{307}van"), Err("ambiguous_character"));
    assert_eq!(username("i\u{307}van"), Err("ambiguous_character"));
    assert_eq!(email("\u{212a}im@x.org"), Err("ambiguous_character"));
}

#[test]
fn sensible_addresses_are_accepted() {
    let longest_local = format!("{}@x.org", "a".repeat(64));
    for good in [
        "admin@localhost",
        "recovery@localhost",
        "a.b+c@sub.example-1.org",
        "o'brien@x.org",
        "jörg@müller.example",
        "x@1.2",
        &longest_local,
    ] {
        assert_eq!(email(good), Ok(good.to_owned()));
        assert_eq!(username(good), Ok(good.to_owned()));
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let long_local = format!("{}@x.org", "a".repeat(65));
    let long_label = format!("a@{}.org", "b".repeat(64));
    for bad in [
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a@b..c",
        "a@.b",
        "a@b.",
        "a@-b",
        "a@b-",
        "a@b_c",
        "a@[1.2.3.4]",
        "alice",
        &long_local,
        &long_label,
    ] {
        assert_eq!(email(bad), Err("invalid_email"), "{bad}");
        if bad.contains('@') {
            assert_eq!(username(bad), Err("invalid_email"), "{bad}");
        }
    }
    for bad in [
        "a b@c", "\"a\"@b", "a<b>@c", "a,b@c", "a(b)@c", "a:b@c", "a\\b@c",
    ] {
        assert_eq!(email(bad), Err("invalid_character"), "{bad}");
    }
    let domain = [
        "b".repeat(60),
        "c".repeat(60),
        "d".repeat(60),
        "e".repeat(60),
    ]
    .join(".");
    assert_eq!(
        email(&format!("{}@{domain}", "a".repeat(10))).map(|text| text.len()),
        Ok(254)
    );
    assert_eq!(
        email(&format!("{}@{domain}", "a".repeat(11))),
        Err("too_long")
    );
}

#[test]
fn an_address_and_the_login_name_made_from_it_are_equal() {
    let address = EmailAddress::parse("Ann@X.org").unwrap();
    assert_eq!(address.domain(), "x.org");
    let name = Username::from(address.clone());
    assert_eq!(name, Username::parse("ann@x.org").unwrap());
    assert_eq!(name.to_email(), Some(address));
    assert_eq!(Username::parse("ann").unwrap().to_email(), None);
}

#[test]
fn workspace_names_follow_the_contract() {
    assert_eq!(workspace(" Sales_EU-1 "), Ok("Sales_EU-1".into()));
    assert_ne!(workspace("sales"), workspace("Sales"));
    assert!(workspace(&"w".repeat(64)).is_ok());
    assert_eq!(workspace(&"w".repeat(65)), Err("too_long"));
    assert_eq!(workspace("  "), Err("empty"));
    for bad in ["a b", "a/b", "a.b", "é", "a\0b"] {
        assert_eq!(workspace(bad), Err("invalid_character"), "{bad:?}");
    }
    for reserved in ["all", "Default", "GLOBAL", "aLL"] {
        assert_eq!(workspace(reserved), Err("reserved_name"));
    }
    assert!(workspace("overall").is_ok());
}

#[test]
fn role_names_are_exact() {
    assert!(RoleName::parse("data-steward_2").is_ok());
    assert!(RoleName::parse(&"r".repeat(32)).is_ok());
    for bad in [
        "",
        "Admin",
        " admin",
        "admin ",
        "1st",
        "-a",
        "rôle",
        "a.b",
        &"r".repeat(33),
    ] {
        assert!(RoleName::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn key_names_are_free_text_without_tricks() {
    let key = |text: &str| KeyName::parse(text).map(|name| name.to_string());
    assert_eq!(
        key("  CI – nightly ❤\u{fe0f} ").unwrap(),
        "CI – nightly ❤\u{fe0f}"
    );
    assert!(key(&"é".repeat(128)).is_ok());
    for bad in [
        "",
        "   ",
        "a\u{1b}[31mb",
        "a\nb",
        "a\u{202e}b",
        "a\u{2028}b",
        &"k".repeat(129),
    ] {
        assert!(key(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn sign_in_takes_nonsense_and_finds_nobody_with_it() {
    let lookup = |text: &str| LoginName::parse(text).unwrap().to_string();
    assert_eq!(lookup(" Ann@X.org "), "ann@x.org");
    for nonsense in [
        "",
        "@",
        "a b",
        "a\0b",
        "\u{212a}im",
        "x@y@z",
        "I\u{307}an",
        "\u{301}a",
    ] {
        let found = lookup(nonsense);
        assert!(!found.contains('\0'), "{nonsense:?}");
        assert!(Username::parse(&found).is_err(), "{nonsense:?}");
    }
    assert_eq!(
        LoginName::parse(&"x".repeat(1025)).unwrap_err().code(),
        "too_long"
    );
}

#[test]
fn refusals_read_well_and_carry_no_control_characters() {
    let text = |result: Result<Username, NameError>| result.unwrap_err().to_string();
    assert_eq!(
        text(Username::parse("a\u{1b}b")),
        "username contains U+001B, which is not allowed"
    );
    assert_eq!(
        text(Username::parse("a b")),
        "username contains a space, which is not allowed"
    );
    assert_eq!(
        text(Username::parse("a@")),
        "username is not an email address: the part behind the @ is not a domain name"
    );
    let error = WorkspaceName::parse("all").unwrap_err();
    assert_eq!(error.to_string(), "workspace is a reserved word");
}

#[test]
fn reading_from_json_runs_the_same_check() {
    let name: Username = serde_json::from_str("\" Alice \"").unwrap();
    assert_eq!(serde_json::to_string(&name).unwrap(), "\"alice\"");
    let error = serde_json::from_str::<Username>("\"a b\"").unwrap_err();
    assert!(error.to_string().contains("username contains a space"));
    assert!(serde_json::from_str::<RoleName>("\"Admin\"").is_err());
}
