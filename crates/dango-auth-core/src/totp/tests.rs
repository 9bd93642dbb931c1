use proptest::prelude::*;

use super::*;

/// The seed of RFC 4226 appendix D and RFC 6238 appendix B.
fn rfc_seed() -> TotpSeed {
    TotpSeed::from_random(*b"12345678901234567890")
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// RFC 6238 appendix B for SHA-1: time, eight digits.
const RFC_6238: [(i64, &str); 6] = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
];

#[test]
fn seeds_are_equal_when_every_byte_is() {
    assert_eq!(rfc_seed(), rfc_seed());
    assert_ne!(rfc_seed(), TotpSeed::from_random(*b"12345678901234567891"));
}

#[test]
fn a_code_is_six_digits_with_one_blank_at_most() {
    for code in ["123456", "123 456", " 123456 "] {
        assert_eq!(digits_of(code).unwrap().as_str(), "123456", "{code:?}");
    }
    for code in ["12345", "1234567", "12345a", "abcdef", "12 34 56", ""] {
        assert!(digits_of(code).is_none(), "{code:?}");
    }
}

#[test]
fn the_library_gives_the_rfc_6238_vectors() {
    for (time, code) in RFC_6238 {
        let time = u64::try_from(time).unwrap();
        assert_eq!(totp_custom::<Sha1>(30, 8, rfc_seed().expose(), time), code);
    }
}

#[test]
fn our_six_digits_are_the_last_six_of_the_rfc_vectors() {
    for (time, code) in RFC_6238 {
        assert_eq!(code_at(&rfc_seed(), step_at(at(time))), code[2..]);
    }
}

#[test]
fn the_first_ten_counters_are_those_of_rfc_4226() {
    let codes = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];
    for (step, code) in (0..).zip(codes) {
        assert_eq!(code_at(&rfc_seed(), step), code);
    }
}

#[test]
fn one_step_of_tolerance_each_way_and_no_more() {
    let seed = rfc_seed();
    let now = at(1_000_000_000);
    let current = step_at(now);
    for offset in -3..=3 {
        let step = current + offset;
        let expected = (-1..=1).contains(&offset).then_some(step);
        assert_eq!(accept(&seed, &code_at(&seed, step), now, None), expected);
    }
}

#[test]
fn an_accepted_step_and_all_before_it_are_spent() {
    let seed = rfc_seed();
    let now = at(1_000_000_000);
    let current = step_at(now);
    let code = code_at(&seed, current);
    assert_eq!(accept(&seed, &code, now, Some(current - 1)), Some(current));
    assert_eq!(accept(&seed, &code, now, Some(current)), None);
    assert_eq!(accept(&seed, &code, now, Some(current + 1)), None);
    assert_eq!(accept(&seed, &code, now, Some(i64::MAX)), None);
    assert_eq!(accept(&seed, &code, now, Some(i64::MIN)), Some(current));
    let next = code_at(&seed, current + 1);
    assert_eq!(accept(&seed, &next, now, Some(current)), Some(current + 1));
}

#[test]
fn blanks_are_forgiven_and_nothing_else() {
    let seed = rfc_seed();
    let now = at(59);
    for good in ["287082", " 287082\n", "287 082", " 287 082 "] {
        assert_eq!(accept(&seed, good, now, None), Some(1), "{good}");
    }
    for bad in [
        "",
        "28708",
        "2870820",
        "94287082",
        "2 8 7082",
        "287-082",
        "28708a",
        "+28708",
        "２８７０８２",
        "287\u{a0}082",
    ] {
        assert_eq!(accept(&seed, bad, now, None), None, "{bad}");
    }
}

#[test]
fn the_ends_of_time_are_answered() {
    let seed = rfc_seed();
    let code = code_at(&seed, 0);
    assert_eq!(accept(&seed, &code, at(0), None), Some(0));
    assert_eq!(accept(&seed, &code, at(-30), None), Some(0));
    assert_eq!(accept(&seed, &code, at(-31), None), None);
    assert_eq!(accept(&seed, &code, DateTime::<Utc>::MIN_UTC, None), None);
    let _ = accept(&seed, &code, DateTime::<Utc>::MAX_UTC, None);
}

#[test]
fn a_seed_is_read_in_the_spellings_people_paste() {
    let canonical = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_eq!(rfc_seed().to_base32().expose(), canonical);
    for text in [
        canonical,
        "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
        "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n",
        "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
    ] {
        assert_eq!(TotpSeed::from_base32(text), Ok(rfc_seed()), "{text}");
    }
    let ten_bytes = TotpSeed::from_bytes(b"1234567890").unwrap();
    assert_eq!(TotpSeed::from_base32("GEZDGNBVGY3TQOJQ===="), Ok(ten_bytes));
    for text in ["", "GEZDGNBV", "GEZDGNBVGY3TQOJ1", &"A".repeat(400)] {
        assert_eq!(TotpSeed::from_base32(text), Err(MalformedSeed), "{text}");
    }
}

#[test]
fn the_link_is_what_apps_read() {
    let uri = rfc_seed().provisioning_uri("Dango", "ann+x@example.org");
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Dango:ann%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=Dango&algorithm=SHA1&digits=6&period=30"
    );
    let hostile = rfc_seed().provisioning_uri("A&B", "x?secret=y#é");
    assert!(
        hostile
            .expose()
            .starts_with("otpauth://totp/A%26B:x%3Fsecret%3Dy%23%C3%A9?secret=")
    );
}

#[test]
fn a_seed_prints_nothing() {
    assert_eq!(format!("{:?}", rfc_seed()), "TotpSeed(***)");
}

proptest! {
    #[test]
    fn accept_agrees_with_the_naive_rule(
        seed in any::<[u8; 20]>(),
        seconds in 0_i64..4_000_000_000,
        offset in -3_i64..=3,
        last in prop::option::of(-3_i64..=3),
    ) {
        let seed = TotpSeed::from_random(seed);
        let now = at(seconds);
        let current = seconds / 30;
        let last_step = last.map(|back| current + back);
        let code = code_at(&seed, current + offset);
        let naive = (current - 1..=current + 1)
            .rfind(|&step| step >= 0 && last_step.is_none_or(|last| step > last) && code_at(&seed, step) == code);
        prop_assert_eq!(accept(&seed, &code, now, last_step), naive);
    }

    #[test]
    fn any_text_is_answered_without_a_panic(text in ".{0,12}") {
        let _ = accept(&rfc_seed(), &text, at(59), None);
        let _ = TotpSeed::from_base32(&text);
    }
}
