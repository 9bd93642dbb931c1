//! Where a server's key comes from: a variable, standard input, or the person.

use std::io::{self, IsTerminal as _};

use clap::Args;
use dango_auth::Environment;
use dango_auth::core::Secret;
use dango_auth::core::token::ApiKeyToken;

use crate::context::Context;
use crate::fault::{Fault, FieldFault};
use crate::prompt;

/// The variable; with `_FILE` at its end it names a file.
const VARIABLE: &str = "DANGO_REMOTE_KEY";

/// How the key is given; never as an argument, which others on the machine could see.
#[derive(Debug, Args)]
pub(super) struct KeySource {
    /// Read the API key from standard input [default: DANGO_REMOTE_KEY or DANGO_REMOTE_KEY_FILE, else a question, else standard input]
    #[arg(long)]
    key_stdin: bool,
}

impl KeySource {
    /// The key.
    ///
    /// # Errors
    /// When there is none, or it cannot be one.
    pub(super) fn key(&self, cx: &mut Context) -> Result<Secret, Fault> {
        if self.key_stdin {
            return checked(&prompt::line_from_stdin("API key")?);
        }
        if let Some(key) = Environment::of_process().secret(VARIABLE)? {
            return checked(&key);
        }
        if io::stdin().is_terminal() {
            let otherwise = "--key-stdin, DANGO_REMOTE_KEY or DANGO_REMOTE_KEY_FILE";
            return checked(&cx.prompt().secret("API key:", otherwise)?);
        }
        checked(&prompt::line_from_stdin("API key")?)
    }
}

fn checked(key: &Secret) -> Result<Secret, Fault> {
    let key = Secret::from(key.expose().trim());
    if ApiKeyToken::parse(key.expose()).is_ok() {
        return Ok(key);
    }
    let message = "that is no API key; one starts with dango_ak_ and a slip in typing shows";
    let error = FieldFault {
        field: "key".to_owned(),
        code: "malformed".to_owned(),
        message: message.to_owned(),
    };
    Err(Fault::invalid("invalid_request", message).with_errors(vec![error]))
}
