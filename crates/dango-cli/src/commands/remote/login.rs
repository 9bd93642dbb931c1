//! `dango remote login`.

use clap::Args;
use serde::Serialize;

use super::key::KeySource;
use crate::context::Context;
use crate::door::{Me, Remote};
use crate::fault::Fault;
use crate::remotes::{Remotes, Target};
use crate::show::RemoteObject;

/// Replace the key of a stored server, once the server has accepted the new one
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// What it is called here
    name: String,
    #[command(flatten)]
    key: KeySource,
}

/// A server with whose key is stored for it.
#[derive(Serialize)]
struct SignedIn {
    #[serde(flatten)]
    remote: RemoteObject,
    /// The key's owner; nobody where sign-in is switched off.
    username: Option<String>,
    /// The owner's role.
    role: Option<String>,
}

impl Login {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let mut remotes = Remotes::load()?;
        let target = Target {
            key: self.key.key(cx)?,
            ..remotes.named(&self.name)?
        };
        let me = Remote::new(target.clone(), remotes.unanswered())?.me()?;
        remotes.put(&target, true)?;
        let remote = RemoteObject::from(&target);
        let (username, role, sentence) = match me {
            Me::Known(user) => {
                let text = format!(
                    "{} knows you as {} ({})",
                    self.name, user.username, user.role
                );
                (Some(user.username), Some(user.role), text)
            }
            Me::Open {} => {
                let text = format!("{} has sign-in switched off and asks nobody", self.name);
                (None, None, text)
            }
        };
        let signed_in = SignedIn {
            remote,
            username,
            role,
        };
        cx.report(&signed_in, &sentence)
    }
}
