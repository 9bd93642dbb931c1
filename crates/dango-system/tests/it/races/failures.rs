//! Many wrong passwords at the same moment, spread over three servers.

use dango_testkit::http::Response;

use crate::campaign::{Job, Tally, rounds, together};
use crate::installation::{Installation, PASSWORD, on_both_databases};
use crate::people::make;

on_both_databases![exactly_five_wrong_passwords_are_looked_at];

/// How many try at once.
const GUESSES: usize = 32;

fn exactly_five_wrong_passwords_are_looked_at(place: Installation) {
    let place = place.ready();
    let servers = place.servers(3);
    let admin = servers[0].admin();
    let mut tally = Tally::new("32 parallel wrong passwords", place.backend());
    for round in 0..rounds(3, 1_000) {
        let name = format!("target{round}@example.org");
        let _ = make(&admin, &name, "viewer");
        let guess = &|number: usize| {
            let password = format!("wrong password {number}");
            servers[number % 3].try_sign_in(&name, &password)
        };
        let jobs = (0..GUESSES).map(|number| Box::new(move || guess(number)) as Job<'_, _>);
        let codes: Vec<_> = together::<Response>(jobs.collect())
            .iter()
            .map(|answer| answer.code())
            .collect();
        let count = |code: &str| codes.iter().filter(|other| *other == code).count();
        let (wrong, locked) = (count("invalid_credentials"), count("account_locked"));
        let about = |event: &str| {
            let words = ["auth", "audit", "--json", "--type", event, "--user", &name];
            place.ok(&words).lines().count()
        };
        let events = about("account_locked");
        let owner = servers[1].try_sign_in(&name, PASSWORD).status;
        let right = wrong == 5 && locked == GUESSES - 5 && events == 1 && owner == 429;
        tally.count(right, || {
            format!("{wrong} wrong, {locked} locked, {events} events, {owner}: {codes:?}")
        });
    }
    tally.finish();
}
