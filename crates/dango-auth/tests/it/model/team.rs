//! The team: what the model knows of everybody, and what is asked to be done with them.

use chrono::{DateTime, Duration, Utc};
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::id::{ApiKeyId, UserId};
use dango_auth::error::Error;
use dango_auth::sign_in::SignedIn;
use dango_auth::users::{Confirmation, CreatedSecret, ResetPassword};
use dango_auth::{Caller, Kind};

use super::doors::Factor;
use super::locks::{Locks, Tried};
use super::{Pause, ROLES, Step, TEAM};
use crate::house::House;
use crate::people::{
    INVITE, PASSWORD, by_key, key_name, new_user, password, ready, recognise, role,
};

/// What the model knows of a person.
pub(super) struct Member {
    pub(super) id: UserId,
    pub(super) exists: bool,
    pub(super) active: bool,
    pub(super) role: usize,
    /// The open link and when it lapses; who has one has no password.
    pub(super) invite: Option<(String, DateTime<Utc>)>,
    pub(super) factor: Option<Factor>,
}

impl Member {
    fn ready(id: UserId, role: usize) -> Self {
        Self {
            id,
            exists: true,
            active: true,
            role,
            invite: None,
            factor: None,
        }
    }

    /// Whether the right password opens the door, as far as it goes.
    pub(super) fn may_sign_in(&self) -> bool {
        self.exists && self.active && self.invite.is_none()
    }
}

pub(super) struct Team<'a> {
    pub(super) house: &'a House,
    pub(super) members: Vec<Member>,
    /// Whose, the session, and whether it must work.
    pub(super) sessions: Vec<(usize, SignedIn, bool)>,
    keys: Vec<(usize, ApiKeyId, String, bool)>,
    /// Every link there ever was, and whose.
    pub(super) links: Vec<(usize, String)>,
    pub(super) locks: Locks,
}

impl<'a> Team<'a> {
    pub(super) fn new(house: &'a House) -> Self {
        let add = |(at, name): (usize, &&str)| {
            let role = if at < 2 { 2 } else { 0 };
            Member::ready(house.person(name, ROLES[role]).user.id, role)
        };
        Self {
            house,
            members: TEAM.iter().enumerate().map(add).collect(),
            sessions: Vec::new(),
            keys: Vec::new(),
            links: Vec::new(),
            locks: Locks::default(),
        }
    }

    /// Whose failures count together.
    pub(super) fn tried(&self, who: usize) -> Tried {
        let member = &self.members[who];
        if member.exists {
            Tried::Person(member.id)
        } else {
            Tried::Name(TEAM[who])
        }
    }

    fn is_usable_admin(&self, who: usize) -> bool {
        let member = &self.members[who];
        member.may_sign_in() && ROLES[member.role] == "admin"
    }

    fn is_last_admin(&self, who: usize) -> bool {
        let others = (0..TEAM.len()).filter(|other| *other != who && self.is_usable_admin(*other));
        self.is_usable_admin(who) && others.count() == 0
    }

    pub(super) fn end_sessions(&mut self, who: usize) {
        let own = self.sessions.iter_mut().filter(|(whose, ..)| *whose == who);
        own.for_each(|(_, _, alive)| *alive = false);
    }

    fn end_keys(&mut self, who: usize) {
        let own = self.keys.iter_mut().filter(|(whose, ..)| *whose == who);
        own.for_each(|(.., alive)| *alive = false);
    }

    /// Who asks: the system, or whoever a session that works belongs to.
    pub(super) fn asker(&self, by: usize) -> (Option<usize>, Caller) {
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

    pub(super) fn take(&mut self, step: &Step) {
        match *step {
            Step::SignIn { who, place, code } => self.sign_in(who, place, code),
            Step::Guess { who, place, tries } => self.guess(who, place, tries),
            Step::SignOut { session } => self.sign_out(session),
            Step::Accept { link } => self.accept(link),
            Step::Enrol { session } => self.enrol(session),
            Step::ChangePassword { session } => self.change_password(session),
            Step::MakeKey { session } => self.make_key(session),
            Step::Pass(pause) => self.pass(pause),
            Step::Add {
                by,
                who,
                role,
                invited,
            } => self.add(by, who, role, invited),
            Step::ChangeRole { by, who, role } => self.change_role(by, who, role),
            Step::Deactivate { by, who } => self.deactivate(by, who),
            Step::Reactivate { by, who } => self.reactivate(by, who),
            Step::Reset { by, who, keys } => self.reset(by, who, keys),
            Step::Delete { by, who } => self.delete(by, who),
            Step::Unlock { by, who } => self.unlock(by, who),
            Step::ResetFactor { by, who } => self.reset_factor(by, who),
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

    fn add(&mut self, by: usize, who: usize, as_role: usize, invited: bool) {
        let (asker, caller) = self.asker(by);
        let admin = asker.is_none_or(|asker| ROLES[self.members[asker].role] == "admin");
        let first = if invited { INVITE } else { ready() };
        let request = new_user(TEAM[who], ROLES[as_role], first);
        let answer = self.house.auth.users().create(&caller, request);
        let expected = match (admin, self.members[who].exists) {
            (false, _) => Err(Kind::Denied),
            (true, true) if !(invited && self.has_lapsed(who)) => Err(Kind::Conflict),
            (true, _) => Ok(()),
        };
        let answer = answer.map(|created| {
            let mut member = Member::ready(created.user.user.id, as_role);
            if let Some(CreatedSecret::Invite(invite)) = created.secret {
                let token = invite.token.expose().to_owned();
                self.links.push((who, token.clone()));
                member.invite = Some((token, invite.expires_at));
            }
            self.members[who] = member;
        });
        agree(answer, expected);
    }

    /// Whether somebody's invite is over and may be renewed.
    fn has_lapsed(&self, who: usize) -> bool {
        let member = &self.members[who];
        let now = self.house.now();
        let invite = member.invite.as_ref();
        member.active && invite.is_some_and(|(_, until)| *until <= now)
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
            self.members[who].invite = None;
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
            self.locks.lift(self.tried(who));
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

    fn unlock(&mut self, by: usize, who: usize) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || None);
        let users = self.house.auth.users();
        let answer = users.unlock(&caller, self.members[who].id);
        let answer = answer.map(|_| {
            self.locks.lift(self.tried(who));
            if let Some(factor) = &mut self.members[who].factor {
                factor.unlock();
            }
        });
        agree(answer, expected);
    }

    fn reset_factor(&mut self, by: usize, who: usize) {
        let (asker, caller) = self.asker(by);
        let expected = self.verdict(asker, who, || None);
        let users = self.house.auth.users();
        let answer = users.reset_second_factor(&caller, self.members[who].id);
        let answer = answer.map(|_| {
            if self.members[who].factor.take().is_some() {
                self.end_sessions(who);
            }
        });
        agree(answer, expected);
    }

    fn pass(&mut self, pause: Pause) {
        match pause {
            Pause::Moment => self.house.pass(Duration::seconds(31)),
            Pause::Lesson => self.house.pass(Duration::minutes(20)),
            Pause::Night => {
                self.house.pass(Duration::hours(25));
                for who in 0..TEAM.len() {
                    self.end_sessions(who);
                }
            }
        }
    }

    /// What must hold after every step.
    pub(super) fn check(&self) {
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

    pub(super) fn check_log(&self) {
        let gone = self.members.iter().filter(|member| !member.exists);
        assert!(self.house.count("user_deleted") >= gone.count());
        self.house.check();
    }
}

pub(super) fn agree(answer: Result<(), Error>, expected: Result<(), Kind>) {
    assert_eq!(answer.map_err(|error| error.kind()), expected);
}
