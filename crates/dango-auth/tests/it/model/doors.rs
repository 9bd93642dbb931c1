//! The ways in: passwords right and wrong, codes new and used, links open and spent.

use chrono::{DateTime, Utc};
use dango_auth::Kind;
use dango_auth::core::TotpSeed;
use dango_auth::core::session::Transport;
use dango_auth::core::totp::{code_at, step_at};
use dango_auth::error::Error;
use dango_auth::sign_in::{SecondFactorAttempt, SignIn, SignedIn};

use super::locks::Row;
use super::team::{Team, agree};
use super::{Code, PLACES, TEAM};
use crate::enrolled::{begin, second, seed_of};
use crate::people::{HOME, PASSWORD, WRONG, from, password, recognise};

/// What the model knows of a second factor.
pub(super) struct Factor {
    seed: TotpSeed,
    /// The step of the last code that was accepted.
    spent: i64,
    /// The recovery codes, and whether they were used.
    recovery: Vec<(String, bool)>,
    wrong: Row,
}

impl Factor {
    pub(super) fn unlock(&mut self) {
        self.wrong = Row::default();
    }

    /// What to give, and whether it is right.
    fn code(&self, code: Code, now: DateTime<Utc>) -> (String, bool) {
        let step = step_at(now);
        match code {
            Code::Present => (code_at(&self.seed, step), step > self.spent),
            Code::Again => (code_at(&self.seed, self.spent), false),
            Code::Recovery(at) => (self.recovery[at].0.clone(), !self.recovery[at].1),
        }
    }

    fn spend(&mut self, code: Code, now: DateTime<Utc>) {
        self.unlock();
        match code {
            Code::Recovery(at) => self.recovery[at].1 = true,
            Code::Present | Code::Again => self.spent = step_at(now),
        }
    }
}

impl Team<'_> {
    /// Tries the right password.
    pub(super) fn sign_in(&mut self, who: usize, place: usize, code: Code) {
        let (tried, now) = (self.tried(who), self.house.now());
        let answer = self.house.try_password(TEAM[who], PASSWORD, PLACES[place]);
        if self.locks.is_locked(tried, place, now) {
            agree(answer.map(drop), Err(Kind::Locked));
        } else if !self.members[who].may_sign_in() {
            self.refused(who, place, answer);
        } else {
            match answer.unwrap() {
                SignIn::Complete(signed_in) => {
                    assert!(self.members[who].factor.is_none(), "no code was asked for");
                    self.locks.succeed(tried, place);
                    self.sessions.push((who, *signed_in, true));
                }
                SignIn::SecondFactorNeeded { token, .. } => {
                    self.locks.half_way(tried, place, now);
                    self.give(who, place, token.expose(), code);
                }
            }
        }
    }

    /// An attempt that is to fail and to be counted.
    fn refused(&mut self, who: usize, place: usize, answer: Result<SignIn, Error>) {
        let (tried, now) = (self.tried(who), self.house.now());
        let locked = self.locks.is_locked(tried, place, now) || self.locks.fail(tried, place, now);
        let expected = if locked {
            Kind::Locked
        } else {
            Kind::BadCredentials
        };
        agree(answer.map(drop), Err(expected));
    }

    pub(super) fn guess(&mut self, who: usize, place: usize, tries: usize) {
        for _ in 0..tries {
            let answer = self.house.try_password(TEAM[who], WRONG, PLACES[place]);
            self.refused(who, place, answer);
        }
    }

    /// Gives a code after the password was right.
    fn give(&mut self, who: usize, place: usize, token: &str, code: Code) {
        let (tried, now) = (self.tried(who), self.house.now());
        let factor = self.members[who]
            .factor
            .as_mut()
            .expect("a code is asked for");
        let (text, right) = factor.code(code, now);
        let attempt = SecondFactorAttempt {
            origin: from(PLACES[place]),
            ..second(token, &text, matches!(code, Code::Recovery(_)))
        };
        let answer = self.house.auth.sign_in().with_second_factor(&attempt);
        if factor.wrong.is_locked(now) {
            assert_eq!(code_of(answer), "account_locked");
        } else if right {
            factor.spend(code, now);
            self.locks.succeed(tried, place);
            self.sessions.push((who, answer.unwrap(), true));
        } else {
            factor.wrong.fail(false, now);
            let last = factor.wrong.is_locked(now);
            let expected = if last {
                "too_many_attempts"
            } else {
                "invalid_code"
            };
            assert_eq!(code_of(answer), expected);
        }
    }

    /// Follows a link, be it used, lapsed or somebody's who is gone.
    pub(super) fn accept(&mut self, link: usize) {
        let Some((who, token)) = self.links.get(link).cloned() else {
            return;
        };
        let (member, now) = (&self.members[who], self.house.now());
        let open = |(own, until): &(String, DateTime<Utc>)| *own == token && *until > now;
        let opens = member.exists && member.active && member.invite.as_ref().is_some_and(open);
        let invites = self.house.auth.invites();
        let answer = invites.accept(&token, &password(PASSWORD), Transport::Cookie, &from(HOME));
        if opens {
            self.members[who].invite = None;
            self.end_sessions(who);
            self.sessions.push((who, answer.unwrap(), true));
        } else {
            assert_eq!(code_of(answer), "invite_invalid");
        }
    }

    /// Sets a second factor up, with its first code.
    pub(super) fn enrol(&mut self, session: usize) {
        let alive = |(_, (_, _, alive)): &(usize, &(usize, SignedIn, bool))| *alive;
        let Some((index, (who, signed_in, _))) =
            self.sessions.iter().enumerate().filter(alive).nth(session)
        else {
            return;
        };
        let (who, caller) = (*who, recognise(&self.house.auth, signed_in).unwrap());
        let area = self.house.auth.second_factor();
        if self.members[who].factor.is_some() {
            let again = area.begin(&caller, &password(PASSWORD)).unwrap_err();
            assert_eq!(again.code(), "second_factor_on");
            return;
        }
        let (enrolment, step) = (begin(self.house, &caller), step_at(self.house.now()));
        let seed = seed_of(&enrolment);
        area.confirm(&caller, &code_at(&seed, step)).unwrap();
        let codes = enrolment.recovery_codes.iter();
        self.members[who].factor = Some(Factor {
            seed,
            spent: step,
            recovery: codes
                .map(|code| (code.expose().to_owned(), false))
                .collect(),
            wrong: Row::default(),
        });
        self.end_sessions(who);
        self.sessions[index].2 = true;
    }
}

fn code_of(answer: Result<SignedIn, Error>) -> String {
    answer.map(drop).unwrap_err().code().to_owned()
}
