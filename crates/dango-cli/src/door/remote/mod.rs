//! The door to a server far away: its HTTP API, with an API key.

mod call;
mod credentials;
mod fault;
mod http;
mod operations;
mod oversight;
mod people;
mod trust;
mod workspaces;

use dango_auth::view::UserObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Answer;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::remotes::{Target, Unanswered, Wish};
use call::Call;
use http::{Http, Reply};
use operations::Operation;
pub(crate) use trust::authorities;

/// How often a request is sent that can be repeated without harm.
const TRIES: u32 = 3;

/// A server far away.
pub(crate) struct Remote {
    http: Http,
    target: Target,
    unanswered: Unanswered,
}

/// Nothing to say but that it was done.
#[derive(Deserialize)]
struct Done {}

/// Who a key belongs to.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Me {
    /// The key's owner.
    Known(Box<UserObject>),
    /// Sign-in is switched off there, so that nobody is asked.
    Open {},
}

impl Remote {
    /// Gets ready to speak to a server; nothing is sent yet.
    ///
    /// # Errors
    /// When the certificates to trust cannot be read.
    pub(crate) fn new(target: Target, unanswered: Unanswered) -> Answer<Self> {
        let http = Http::new(&target)?;
        Ok(Self {
            http,
            target,
            unanswered,
        })
    }

    /// Whose key it is, which shows that the server accepts it.
    ///
    /// # Errors
    /// When the server cannot be reached or does not accept the key.
    pub(crate) fn me(&self) -> Answer<Me> {
        self.ask(&Call::new(&operations::ME))
    }

    /// Asks for something; reading is repeated when the connection breaks.
    fn ask<T: DeserializeOwned>(&self, call: &Call) -> Answer<T> {
        let reply = self.reply(call)?;
        self.read(&reply)
    }

    /// Asks for every page of a list of at most `limit` things.
    fn pages<T: DeserializeOwned>(&self, call: &Call, limit: Option<u32>) -> Answer<Vec<T>> {
        let most = limit.map_or(usize::MAX, |limit| limit as usize);
        let mut call = call.clone();
        let mut all: Vec<T> = Vec::new();
        loop {
            let reply = self.reply(&call)?;
            all.extend(self.read::<Vec<T>>(&reply)?);
            all.truncate(most);
            match reply.next_page() {
                Some(query) if all.len() < most => call = call.at_page(query),
                _ => return Ok(all),
            }
        }
    }

    /// Makes something under a name that goes with it until its answer is there.
    fn make<T: DeserializeOwned>(&self, call: &Call) -> Answer<T> {
        let wish = Wish {
            url: self.target.url.to_string(),
            operation: call.operation.to_string(),
            body: call.body(),
        };
        let name = self.unanswered.name(&wish)?;
        let reply = self.send(&call.clone().named(&name))?;
        // A server in trouble may have made it all the same.
        if reply.status < 500 {
            self.unanswered.answered(&wish)?;
        }
        self.read(&self.accepted(call.operation, reply)?)
    }

    fn reply(&self, call: &Call) -> Answer<Reply> {
        let reply = self.send(call)?;
        self.accepted(call.operation, reply)
    }

    /// Sends a request, again when the connection broke and that can do no harm.
    fn send(&self, call: &Call) -> Answer<Reply> {
        let mut tries = if call.is_repeatable() { TRIES } else { 1 };
        loop {
            tries -= 1;
            match self.http.send(call) {
                Ok(reply) => return Ok(reply),
                Err(lost) if lost.is_passing() && tries > 0 => {}
                Err(lost) => return Err(fault::lost(&self.target, call, &lost)),
            }
        }
    }

    fn accepted(&self, operation: &Operation, reply: Reply) -> Answer<Reply> {
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        if matches!(reply.status, 404 | 405) && self.lacks(operation) {
            return Err(fault::too_old(&self.target, operation));
        }
        Err(fault::refused(&self.target, &reply))
    }

    /// Whether the server's own description says that it cannot do this.
    fn lacks(&self, operation: &Operation) -> bool {
        let Ok(reply) = self.http.send(&Call::new(&operations::DESCRIPTION)) else {
            return false;
        };
        let described = serde_json::from_slice::<serde_json::Value>(&reply.body);
        described.is_ok_and(|it| it.get("paths").is_some() && !operation.is_in(&it))
    }

    fn read<T: DeserializeOwned>(&self, reply: &Reply) -> Answer<T> {
        serde_json::from_slice(&reply.body).map_err(|_| fault::unreadable(&self.target))
    }

    fn only_with_a_session(&self) -> Fault {
        let text = "an API key cannot make or end API keys, so this cannot be done from here";
        let step = format!(
            "sign in at {}, or run the command on the server",
            self.target.url
        );
        Fault::new(Exit::Denied, "session_required", text).with_next_step(step)
    }
}
