//! Writes `blocklist.txt`: passwords known from many published leaks, and the patterns people build from the same
//! few words, years and keyboard walks.
//!
//! Only entries that the length rule would let through are kept. Runs of digits end at twelve, so that a
//! long number, which is a fair password, is never refused.

use std::collections::BTreeSet;

const WORDS: &str = include_str!("words.txt");
const KNOWN: &str = include_str!("known.txt");

/// What people put behind a word.
const ENDINGS: &str =
    "1 2 7 ! 01 11 12 22 69 77 88 99 00 007 111 123 1234 12345 123456 1! 123! @1 @123";
/// Years that meant something when the password was made, and those of systems that ask for a new one yearly.
const YEARS: &str =
    "1990 1999 2000 2001 2010 2012 2020 2021 2022 2023 2024 2025 2026 2023! 2024! 2025! 2026!";
/// What people replace letters by: letter, substitute, letter, substitute, …
const LOOK_ALIKES: [&str; 3] = ["o0", "a@o0", "e3i1o0a4"];
const WALKS: [&str; 8] = [
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "lkjhgfdsa",
    "abcdefghijklmnopqrst",
    "1234567890",
    "0987654321",
    "012345678910",
];
/// Short things that are typed over and over.
const UNITS: &str = "12 21 13 23 69 abc 123 321 147 789 qwe asd zxc 1234 4321 xyz";

fn generate() -> String {
    let mut list: BTreeSet<String> = KNOWN.lines().map(str::to_lowercase).collect();
    list.extend(WORDS.lines().flat_map(around_word));
    list.extend(repeats());
    list.extend(dates());
    list.extend(WALKS.iter().flat_map(|walk| along(walk)));
    list.retain(|entry| entry.chars().count() >= 8 && !is_long_number(entry));
    list.into_iter().map(|entry| entry + "\n").collect()
}

fn is_long_number(entry: &str) -> bool {
    entry.len() > 12 && entry.bytes().all(|byte| byte.is_ascii_digit())
}

fn around_word(word: &str) -> Vec<String> {
    let endings = ENDINGS.split(' ').chain(YEARS.split(' '));
    let mut entries: Vec<String> = endings.map(|ending| format!("{word}{ending}")).collect();
    entries.extend([word.to_owned(), word.repeat(2), format!("123{word}")]);
    for pairs in LOOK_ALIKES {
        let disguised = disguise(word, pairs);
        entries.extend(["", "1", "123"].map(|ending| format!("{disguised}{ending}")));
    }
    entries
}

fn disguise(word: &str, pairs: &str) -> String {
    let pairs: Vec<char> = pairs.chars().collect();
    let look_alike = |letter| {
        let pair = pairs.chunks(2).find(|pair| pair[0] == letter);
        pair.map_or(letter, |pair| pair[1])
    };
    word.chars().map(look_alike).collect()
}

fn repeats() -> impl Iterator<Item = String> {
    let symbols = ('a'..='z').chain('0'..='9').map(String::from);
    let long = symbols.flat_map(|symbol| (8..=12).map(move |times| symbol.repeat(times)));
    let units = UNITS.split(' ');
    long.chain(units.flat_map(|unit| (2..=6).map(|times| unit.repeat(times))))
}

fn dates() -> impl Iterator<Item = String> {
    (1970..=2026).flat_map(|year| {
        [
            format!("{year}{year}"),
            format!("0101{year}"),
            format!("3112{year}"),
        ]
    })
}

fn along(walk: &str) -> Vec<String> {
    let stretches = (8..=walk.len())
        .flat_map(|length| (0..=walk.len() - length).map(move |from| &walk[from..from + length]));
    stretches
        .flat_map(|stretch| ["", "1", "123", "!"].map(|ending| format!("{stretch}{ending}")))
        .collect()
}

#[test]
fn the_password_blocklist_page_is_current() {
    let path = "crates/dango-auth-core/src/password/blocklist/blocklist.txt";
    dango_testbase::generated::page(path, &generate());
}
