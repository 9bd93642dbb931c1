//! Random lives of a small team, beside a naive model of what must be so (contract §3.1 to §3.4).

use chrono::Duration;
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::id::{ApiKeyId, UserId};
use dango_auth::error::Error;
use dango_auth::sign_in::SignedIn;
use dango_auth::users::{Confirmation, ResetPassword};
use dango_auth::{Caller, Kind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::house::{House, rounds};
use crate::people::{PASSWORD, by_key, key_name, new_user, password, ready, recognise, role};

const TEAM: [&str; 4] = ["ada", "bet", "cyn", "dee"];
const ROLES: [&str; 3] = ["viewer", "manager", "admin"];

/// One thing that happens. Numbers choose among what there is; `by` chooses who asks.
#[derive(Clone, Debug)]
enum Step {
    SignIn { who: usize },
    SignOut { session: usize },
    Add { by: usize, who: usize, role: usize },
    ChangeRole { by: usize, who: usize, role: usize },
    Deactivate { by: usize, who: usize },
    Reactivate { by: usize, who: usize },
    Reset { by: usize, who: usize, keys: bool },
    Delete { by: usize, who: usize },
    ChangePassword { session: usize },
    MakeKey { session: usize },
    Night,
}

fn step() -> impl Strategy<Value = Step> {
    let (by, who, role) = (0..12_usize, 0..TEAM.len(), 0..ROLES.len());
    prop_oneof![
        4 => who.clone().prop_map(|who| Step::SignIn { who }),
        1 => by.clone().prop_map(|session| Step::SignOut { session }),
        2 => (by.clone(), who.clone(), role.clone())
            .prop_map(|(by, who, role)| Step::Add { by, who, role }),
        4 => (by.clone(), who.clone(), role)
            .prop_map(|(by, who, role)| Step::ChangeRole { by, who, role }),
        3 => (by.clone(), who.clone()).prop_map(|(by, who)| Step::Deactivate { by, who }),
        2 => (by.clone(), who.clone()).prop_map(|(by, who)| Step::Reactivate { by, who }),
        1 => (by.clone(), who.clone(), any::<bool>())
            .prop_map(|(by, who, keys)| Step::Reset { by, who, keys }),
        2 => (by.clone(), who).prop_map(|(by, who)| Step::Delete { by, who }),
        1 => by.clone().prop_map(|session| Step::ChangePassword { session }),
        2 => by.prop_map(|session| Step::MakeKey { session }),
        1 => Just(Step::Night),
    ]
}

/// What the model knows of a person.
#[derive(Clone)]
struct Member {
    id: UserId,
    exists: bool,
    active: bool,
    role: usize,
}

struct Team<'a> {
    house: &'a House,
    members: Vec<Member>,
    /// Whose, the session, and whether it must work.
    sessions: Vec<(usize, SignedIn, bool)>,
    keys: Vec<(usize, ApiKeyId, String, bool)>,
}

impl<'a> Team<'a> {
    fn new(house: &'a House) -> Self {
        let add = |(at, name): (usize, &&str)| {
            let role = if at < 2 { 2 } else { 0 };
            let id = house.person(name, ROLES[role]).user.id;
            Member {
                id,
                exists: true,
                active: true,
                role,
            }
        };
        Self {
            house,
            members: TEAM.iter().enumerate().map(add).collect(),
            sessions: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn is_usable_admin(&self, who: usize) -> bool {
        let member = &self.members[who];
        member.exists && member.active && ROLES[member.role] == "admin"
    }

    fn is_last_admin(&self, who: usize) -> bool {
        let others = (0..TEAM.len()).filter(|other| *other != who && self.is_usable_admin(*other));
        self.is_usable_admin(who) && others.count() == 0
    }

    fn end_sessions(&mut self, who: usize) {
        let own = self.sessions.iter_mut().filter(|(whose, ..)| *whose == who);
        own.for_each(|(_, _, alive)| *alive = false);
    }

    fn end_keys(&mut self, who: usize) {
        let own = self.keys.iter_mut().filter(|(whose, ..)| *whose == who);
        own.for_each(|(.., alive)| *alive = false);
    }

    /// Who asks: the system, or whoever a session that works belongs to.
    fn asker(&self, by: usize) -> (Option<usize>, Caller) {
        let alive = self.sessions.iter().filter(|(_, _, alive)| *alive);
        match alive.into_iter().nth(by) {
            Some((who, signed_in, _)) => {
                (Some(*who), recognise(&self.house.auth, signed_in).unwrap())
            }
            None => (None, self.house.system()),
        }
    }

    /// What must become of a command on `who`, but for the rules of its own in `refused`.
    fn verdict(
        &self,
        asker: Option<usize>,
        who: usize,
        refused: impl FnOnce() -> Option<Kind>,
    ) -> Result<(), Kind> {
        let admin = asker.is_none_or(|asker| ROLES[self.members[asker].role] == "admin");
        if !admin {
            return Err(Kind::Denied);
        }
        if !self.members[who].exists {
            return Err(Kind::NotFound);
        }
        refused().map_or(Ok(()), Err)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::SignIn { who } => self.sign_in(who),
            Step::SignOut { session } => self.sign_out(session),
            Step::Add { by, who, role } => self.add(by, who, role),
            Step::ChangeRole { by, who, role } => self.change_role(by, who, role),
            Step::Deactivate { by, who } => self.deactivate(by, who),
            Step::Reactivate { by, who } => self.reactivate(by, who),
            Step::Reset { by, who, keys } => self.reset(by, who, keys),
            Step::Delete { by, who } => self.delete(by, who),
            Step::ChangePassword { session } => self.change_password(session),
            Step::MakeKey { session } => self.make_key(session),
            Step::Night => self.night(),
        }
    }

    fn sign_in(&mut self, who: usize) {
        let member = &self.members[who];
        let answer = self.house.try_password(TEAM[who], PASSWORD, "203.0.113.5");
        if member.exists && member.active {
            let signed_in = crate::people::complete(answer);
            self.sessions.push((who, signed_in, true));
        } else {
            assert_eq!(answer.unwrap_err().kind(), Kind::BadCredentials);
            // Waiting keeps the lockout out of this.
            self.house.pass(Duration::minutes(20));
        }
    }

    fn sign_out(&mut self, session: usize) {
        let alive = self.sessions.iter_mut().filter(|(_, _, alive)| *alive);
        if let Some((_, signed_in, alive)) = alive.into_iter().nth(session) {
            let caller = recognise(&self.house.auth, signed_in).unwrap();
            self.house.auth.sign_in().sign_out(&caller).unwrap();
            *alive = false;
        }
    }

    fn add(&mut self, by: usize, who: usize, as_role: usize) {
        let (asker, caller) = self.asker(by);
        let admin = asker.is_none_or(|asker| ROLES[self.members[asker].role] == "admin");
        let request = new_user(TEAM[who], ROLES[as_role], ready());
        let answer = self.house.auth.users().create(&caller, request);
        let expected = match (admin, self.members[who].exists) {
            (false, _) => Err(Kind::Denied),
            (true, true) => Err(Kind::Conflict),
            (true, false) => Ok(()),
        };
        let answer = answer.map(|created| {
            self.members[who] = Member {
                id: created.user.user.id,
                exists: true,
                active: true,
                role: as_role,
            };
        });
        agree(answer, expected);
    }

    fn change_role(&mut self, by: usize, who: usize, to: usize) {
        let (asker, caller) = self.asker(by);
        let last = || (self.is_last_admin(who) && ROLES[to] != "admin").then_some(Kind::Conflict);
        let expected = self.verdict(asker, who, last);
        let users = self.house.auth.users();
        let answer = users.change_role(&caller, self.members[who].id, &role(ROLES[to]));
        agree(answer.map(|_| self.members[who].role = to), expected);
    }

    fn deactivate(&mut self, by: usize, who: usize) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || self.removal_refused(asker, who));
        let users = self.house.auth.users();
        let answer = users.deactivate(&caller, self.members[who].id);
        let answer = answer.map(|_| {
            self.members[who].active = false;
            self.end_sessions(who);
        });
        agree(answer, expected);
    }

    fn removal_refused(&self, asker: Option<usize>, who: usize) -> Option<Kind> {
        if asker == Some(who) {
            Some(Kind::SelfAction)
        } else {
            self.is_last_admin(who).then_some(Kind::Conflict)
        }
    }

    fn reactivate(&mut self, by: usize, who: usize) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || None);
        let users = self.house.auth.users();
        let answer = users.reactivate(&caller, self.members[who].id);
        agree(answer.map(|_| self.members[who].active = true), expected);
    }

    fn reset(&mut self, by: usize, who: usize, keys: bool) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || None);
        let how = ResetPassword::Given {
            password: password(PASSWORD),
            must_change: false,
        };
        let users = self.house.auth.users();
        let answer = users.reset_password(&caller, self.members[who].id, how, keys);
        let answer = answer.map(|_| {
            self.end_sessions(who);
            if keys {
                self.end_keys(who);
            }
        });
        agree(answer, expected);
    }

    fn delete(&mut self, by: usize, who: usize) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || self.removal_refused(asker, who));
        let users = self.house.auth.users();
        let answer = users.delete(&caller, self.members[who].id, &Confirmation::Given);
        let answer = answer.map(|_| {
            self.members[who].exists = false;
            self.end_sessions(who);
            self.end_keys(who);
        });
        agree(answer, expected);
    }

    fn change_password(&mut self, session: usize) {
        let (Some(who), caller) = self.asker(session) else {
            return;
        };
        let account = self.house.auth.account();
        let (old, new) = (password(PASSWORD), password("another-good-one"));
        let fresh = account.change_password(&caller, &old, &new).unwrap();
        let caller = recognise(&self.house.auth, &fresh).unwrap();
        // Back again, so that everybody keeps the one password.
        let fresh = account.change_password(&caller, &new, &old).unwrap();
        self.end_sessions(who);
        self.sessions.push((who, fresh, true));
    }

    fn make_key(&mut self, session: usize) {
        let (Some(who), caller) = self.asker(session) else {
            return;
        };
        let request = CreateKey {
            name: key_name(&format!("key {}", self.keys.len())),
            description: String::new(),
            limit: LimitRequest::Owner,
            expiry: Expiry::Never,
        };
        let made = self
            .house
            .auth
            .api_keys()
            .create_own(&caller, &request)
            .unwrap();
        let token = made.token.expose().to_owned();
        self.keys.push((who, made.row.key.id, token, true));
    }

    fn night(&mut self) {
        self.house.pass(Duration::hours(25));
        for who in 0..TEAM.len() {
            self.end_sessions(who);
        }
    }

    /// What must hold after every step.
    fn check(&self) {
        let auth = &self.house.auth;
        assert!((0..TEAM.len()).any(|who| self.is_usable_admin(who)));
        for (who, signed_in, alive) in &self.sessions {
            let answer = recognise(auth, signed_in);
            assert_eq!(answer.is_ok(), *alive, "a session of {}", TEAM[*who]);
            if let Ok(caller) = answer {
                assert_eq!(caller.role_name(), ROLES[self.members[*who].role]);
            }
        }
        auth.sessions().flush().unwrap();
        for (who, _, token, alive) in &self.keys {
            let answer = by_key(auth, token);
            let owner = &self.members[*who];
            assert_eq!(
                answer.is_ok(),
                *alive && owner.active,
                "a key of {}",
                TEAM[*who]
            );
            if let Ok(caller) = answer {
                let may = auth
                    .decide(&caller, "users.manage", None)
                    .unwrap()
                    .is_allowed();
                assert_eq!(may, ROLES[owner.role] == "admin");
            }
        }
    }

    fn check_log(&self) {
        let gone = self.members.iter().filter(|member| !member.exists);
        assert!(self.house.count("user_deleted") >= gone.count());
        self.house.check();
    }
}

fn agree(answer: Result<(), Error>, expected: Result<(), Kind>) {
    assert_eq!(answer.map_err(|error| error.kind()), expected);
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
