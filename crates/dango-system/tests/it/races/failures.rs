//! Many wrong passwords at the same moment, spread over three servers.

use dango_testkit::http::Response;
use serde_json::Value;

use crate::campaign::{Job, Tally, together, turns};
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
    let mut overloaded = 0;
    for round in turns(3, 1_000) {
        let name = format!("target{round}@example.org");
        let _ = make(&admin, &name, "viewer");
        let guess = &|number: usize| {
            let password = format!("wrong password {number}");
            servers[number % 3].try_sign_in(&name, &password)
        };
        let jobs = (0..GUESSES).map(|number| Box::new(move || guess(number)) as Job<'_, Response>);
        let answers = together::<Response>(jobs.collect());
        // A server that has too much to do says so and has not looked.
        let busy = answers.iter().filter(|answer| answer.status == 503).count();
        let mut heard = answers.iter().filter(|answer| answer.status != 503);
        // Of those looked at, whoever is answered after the lock has closed is told so.
        let refused = heard.all(|answer| {
            ["invalid_credentials", "account_locked"].contains(&answer.code().as_str())
        });
        let failed = place.events_about("login_failed", &name);
        let shut = |event: &&Value| event["details"]["reason"] == "locked";
        let unseen = failed.iter().filter(shut).count();
        let locks = place.events_about("account_locked", &name).len();
        let owner = servers[1].try_sign_in(&name, PASSWORD).status;
        let looked_at = failed.len() - unseen;
        // The others are refused unseen; each server notes the first of them one by one, the rest together later.
        let noted = (1..=GUESSES - 5).contains(&unseen);
        let exact = looked_at == 5 && noted && locks == 1 && owner == 429;
        let what = || {
            format!(
                "{looked_at} looked at, {unseen} noted unseen, {locks} locks, {busy} busy, the owner gets {owner}"
            )
        };
        if busy == 0 {
            tally.count(refused && exact, what);
        } else {
            // Fewer may then have been looked at, never more.
            overloaded += 1;
            let safe = refused && looked_at <= 5 && locks <= 1;
            tally.add(0, (!safe).then(what).into_iter().collect());
        }
    }
    tally.note(&format!("{overloaded} more with answers of 503"));
    tally.finish();
}
