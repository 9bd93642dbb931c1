//! Sessions and API keys.

use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::id::ApiKeyId;
use dango_auth::core::name::KeyName;
use dango_auth::view::{ApiKeyObject, SessionObject};

use super::Local;
use crate::door::{Answer, Credentials, NewKey, RevokedSessions};
use crate::exit::Exit;
use crate::fault::Fault;

/// How many keys are read at a time.
const PAGE: u32 = 1000;

impl Credentials for Local {
    fn sessions(&self, login: &str) -> Answer<Vec<SessionObject>> {
        let limits = self.auth.settings()?.session.limits();
        let sessions = self
            .auth
            .sessions()
            .list_of(&self.caller, self.id(login)?)?;
        Ok(sessions
            .iter()
            .map(|session| SessionObject::new(session, &limits, false))
            .collect())
    }

    fn revoke_sessions(&self, login: &str) -> Answer<RevokedSessions> {
        let revoked_count = self
            .auth
            .users()
            .revoke_sessions(&self.caller, self.id(login)?)?;
        Ok(RevokedSessions {
            success: true,
            revoked_count,
        })
    }

    fn keys(&self, owner: Option<&str>) -> Answer<Vec<ApiKeyObject>> {
        let owner = owner.map(|login| self.id(login)).transpose()?;
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .auth
                .api_keys()
                .list(&self.caller, owner, after, PAGE)?;
            keys.extend(page.rows.iter().map(ApiKeyObject::new));
            match page.rows.last() {
                Some(last) if page.more => after = Some((last.key.created_at, last.key.id)),
                _ => return Ok(keys),
            }
        }
    }

    fn create_key(&self, new: &NewKey) -> Answer<ApiKeyObject> {
        let name =
            KeyName::parse(&new.name).map_err(|error| dango_auth::Error::name("name", &error))?;
        let request = CreateKey {
            name,
            description: String::new(),
            limit: limit(new),
            expiry: new.expires_in_days.map_or(Expiry::Never, Expiry::Days),
        };
        let created =
            self.auth
                .api_keys()
                .create_for(&self.caller, self.id(&new.owner)?, &request)?;
        Ok(ApiKeyObject::new(&created.row).with_key(created.token.expose().to_owned()))
    }

    fn revoke_key(&self, id: &str) -> Answer<()> {
        let unknown = |_| {
            Fault::new(
                Exit::NotFound,
                "not_found",
                format!("there is no API key {id}"),
            )
        };
        let id: ApiKeyId = id.parse().map_err(unknown)?;
        Ok(self.auth.api_keys().revoke(&self.caller, id)?)
    }
}

/// What the key may do at most.
fn limit(new: &NewKey) -> LimitRequest {
    let workspaces = (!new.workspaces.is_empty()).then(|| new.workspaces.clone());
    match (&new.role, &workspaces) {
        (None, None) => LimitRequest::Owner,
        _ => LimitRequest::Narrow {
            role: new.role.clone(),
            workspaces,
        },
    }
}
