//! Sessions and API keys.

use dango_auth::view::{ApiKeyObject, SessionObject};

use super::call::Call;
use super::{Remote, operations};
use crate::door::{Answer, Credentials, NewKey, People as _, RevokedSessions};

/// How many keys are asked for at a time.
const PAGE: u32 = 1000;

impl Credentials for Remote {
    fn sessions(&self, login: &str) -> Answer<Vec<SessionObject>> {
        let id = self.user(login)?.id;
        self.ask(&Call::new(&operations::LIST_SESSIONS).of(&id))
    }

    fn revoke_sessions(&self, login: &str) -> Answer<RevokedSessions> {
        let id = self.user(login)?.id;
        self.ask(&Call::new(&operations::REVOKE_SESSIONS).of(&id))
    }

    fn keys(&self, owner: Option<&str>) -> Answer<Vec<ApiKeyObject>> {
        let owner = owner.map(|login| self.user(login)).transpose()?;
        let call = Call::new(&operations::LIST_KEYS)
            .query("limit", Some(PAGE))
            .query("owner", owner.map(|user| user.id));
        self.pages(&call, None)
    }

    fn create_key(&self, _: &NewKey) -> Answer<ApiKeyObject> {
        Err(self.only_with_a_session())
    }

    fn revoke_key(&self, _: &str) -> Answer<()> {
        Err(self.only_with_a_session())
    }
}
