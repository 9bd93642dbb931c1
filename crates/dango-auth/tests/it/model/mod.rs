//! Random lives of a small team, beside a naive model of what must be so (contract §3.1 to §3.6, §3.9): people,
//! roles, sessions, keys, invites, second factors, locks, and time that passes.

mod doors;
mod locks;
mod team;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::team::Team;
use crate::house::{House, rounds};

const TEAM: [&str; 4] = ["ada@x.org", "bet@x.org", "cyn@x.org", "dee@x.org"];
const ROLES: [&str; 3] = ["viewer", "manager", "admin"];
/// Where people sign in.
const PLACES: [&str; 2] = ["203.0.113.5", "198.51.100.7"];

/// One thing that happens. Numbers choose among what there is; `by` chooses who asks.
#[derive(Clone, Debug)]
enum Step {
    SignIn {
        who: usize,
        place: usize,
        code: Code,
    },
    Guess {
        who: usize,
        place: usize,
        tries: usize,
    },
    SignOut {
        session: usize,
    },
    Add {
        by: usize,
        who: usize,
        role: usize,
        invited: bool,
    },
    Accept {
        link: usize,
    },
    ChangeRole {
        by: usize,
        who: usize,
        role: usize,
    },
    Deactivate {
        by: usize,
        who: usize,
    },
    Reactivate {
        by: usize,
        who: usize,
    },
    Reset {
        by: usize,
        who: usize,
        keys: bool,
    },
    Delete {
        by: usize,
        who: usize,
    },
    Unlock {
        by: usize,
        who: usize,
    },
    Enrol {
        session: usize,
    },
    ResetFactor {
        by: usize,
        who: usize,
    },
    ChangePassword {
        session: usize,
    },
    MakeKey {
        session: usize,
    },
    Pass(Pause),
}

/// What is given where a second factor is asked for.
#[derive(Clone, Copy, Debug)]
enum Code {
    Present,
    Again,
    Recovery(usize),
}

#[derive(Clone, Copy, Debug)]
enum Pause {
    Moment,
    Lesson,
    Night,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![doors(), people()]
}

/// What people do at the doors.
fn doors() -> impl Strategy<Value = Step> {
    let (at, who, place) = (0..12_usize, 0..TEAM.len(), 0..PLACES.len());
    let code = prop_oneof![
        4 => Just(Code::Present),
        1 => Just(Code::Again),
        1 => (0..3_usize).prop_map(Code::Recovery),
    ];
    prop_oneof![
        6 => (who.clone(), place.clone(), code)
            .prop_map(|(who, place, code)| Step::SignIn { who, place, code }),
        3 => (who, place, 1..=6_usize)
            .prop_map(|(who, place, tries)| Step::Guess { who, place, tries }),
        1 => at.clone().prop_map(|session| Step::SignOut { session }),
        3 => at.clone().prop_map(|link| Step::Accept { link }),
        3 => at.clone().prop_map(|session| Step::Enrol { session }),
        1 => at.clone().prop_map(|session| Step::ChangePassword { session }),
        2 => at.prop_map(|session| Step::MakeKey { session }),
        3 => Just(Step::Pass(Pause::Moment)),
        2 => Just(Step::Pass(Pause::Lesson)),
        1 => Just(Step::Pass(Pause::Night)),
    ]
}

/// What administrators and others ask to be done with people.
fn people() -> impl Strategy<Value = Step> {
    let (by, who, role) = (0..12_usize, 0..TEAM.len(), 0..ROLES.len());
    let both = (by.clone(), who.clone());
    prop_oneof![
        4 => (by.clone(), who.clone(), role.clone(), any::<bool>())
            .prop_map(|(by, who, role, invited)| Step::Add { by, who, role, invited }),
        4 => (by.clone(), who.clone(), role)
            .prop_map(|(by, who, role)| Step::ChangeRole { by, who, role }),
        3 => both.clone().prop_map(|(by, who)| Step::Deactivate { by, who }),
        2 => both.clone().prop_map(|(by, who)| Step::Reactivate { by, who }),
        1 => (by, who, any::<bool>()).prop_map(|(by, who, keys)| Step::Reset { by, who, keys }),
        3 => both.clone().prop_map(|(by, who)| Step::Delete { by, who }),
        2 => both.clone().prop_map(|(by, who)| Step::Unlock { by, who }),
        1 => both.prop_map(|(by, who)| Step::ResetFactor { by, who }),
    ]
}

fn live(house: &House, steps: &[Step]) {
    let mut team = Team::new(house);
    for step in steps {
        team.take(step);
        team.check();
    }
    team.check_log();
}

fn lives(cases: usize, house: impl Fn() -> Option<House>) {
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let steps = proptest::collection::vec(step(), 1..40);
    let run = |steps: Vec<Step>| {
        if let Some(house) = house() {
            live(&house, &steps);
        }
        Ok(())
    };
    TestRunner::new(config).run(&steps, run).unwrap();
}

#[test]
fn a_team_lives_as_the_model_says_on_sqlite() {
    lives(rounds(24, 2_000), || Some(House::on_sqlite()));
}

#[test]
fn a_team_lives_as_the_model_says_on_postgres() {
    if House::on_postgres().is_some() {
        lives(rounds(6, 500), House::on_postgres);
    }
}
