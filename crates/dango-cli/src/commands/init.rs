//! `dango init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dango_auth::core::name::EmailAddress;
use dango_auth::core::password::Password;

use crate::context::Context;
use crate::door::{FirstAdmin, NewProject};
use crate::fault::Fault;
use crate::prompt::{Prompt, password_from_stdin};

/// Make a folder a project: .dango/ with key and database, and the first admin
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango init
  DANGO_ADMIN_PASSWORD=… dango init --skip-wizard
  dango init /srv/data --profile cloud --email ann@example.org --password-stdin < password

Where the first admin's email or password is not given, DANGO_ADMIN_EMAIL and DANGO_ADMIN_PASSWORD decide.")]
pub(crate) struct Init {
    /// The folder [default: the current one]
    dir: Option<PathBuf>,
    /// Ask nothing: admin@localhost with a generated password, unless given
    #[arg(long)]
    skip_wizard: bool,
    /// The session limits to start with
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Go through all steps on a project that exists, and require sign-in; users are not touched
    #[arg(long)]
    force: bool,
    /// The first admin's email address
    #[arg(long)]
    email: Option<String>,
    /// Read the first admin's password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// The built-in sets of session limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// Long sessions, for one's own machine
    Local,
    /// Short sessions, for a server on a network
    Cloud,
}

impl From<Profile> for dango_auth::settings::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Local => Self::Local,
            Profile::Cloud => Self::Cloud,
        }
    }
}

/// Who the first admin is when nobody says otherwise and nothing may be asked.
const DEFAULT_EMAIL: &str = "admin@localhost";

const PASSWORD_SOURCES: &str =
    "DANGO_ADMIN_PASSWORD, --password-stdin, or --skip-wizard to have one made";

impl Init {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let global = cx.global.clone();
        let new = NewProject::look(self.dir.clone(), self.profile.map(Into::into), &global)?;
        let existing = new.existing()?;
        let outcome = match existing {
            Some(local) if !local.is_setup_needed()? => {
                if self.force {
                    new.make_again()?
                } else {
                    local.outcome(None)?
                }
            }
            _ => {
                let admin = self.first_admin(&new, &mut cx.prompt())?;
                new.make(admin)?
            }
        };
        cx.show(&outcome)
    }

    /// Everything is asked and checked before anything is made.
    fn first_admin(
        &self,
        new: &NewProject<'_>,
        prompt: &mut Prompt<'_>,
    ) -> Result<FirstAdmin, Fault> {
        let email = self.email(new, prompt)?;
        let given = if self.password_stdin {
            Some(password_from_stdin()?)
        } else {
            new.password()
        };
        let password = match given {
            Some(secret) => Some(new.check_password(&secret, &email)?),
            None if self.skip_wizard => None,
            None => Some(ask_password(new, prompt, &email)?),
        };
        Ok(FirstAdmin { email, password })
    }

    fn email(&self, new: &NewProject<'_>, prompt: &mut Prompt<'_>) -> Result<EmailAddress, Fault> {
        match (&self.email, new.email()) {
            (Some(text), _) => parse(text),
            (None, Some(email)) => Ok(email),
            (None, None) if self.skip_wizard => parse(DEFAULT_EMAIL),
            (None, None) => ask_email(prompt),
        }
    }
}

fn parse(text: &str) -> Result<EmailAddress, Fault> {
    EmailAddress::parse(text).map_err(|error| dango_auth::Error::name("email", &error).into())
}

fn ask_email(prompt: &mut Prompt<'_>) -> Result<EmailAddress, Fault> {
    loop {
        let text = prompt.text(
            "Email address of the first admin",
            None,
            "--email, DANGO_ADMIN_EMAIL or --skip-wizard",
        )?;
        match parse(&text) {
            Ok(email) => return Ok(email),
            Err(fault) => prompt.complain(&fault)?,
        }
    }
}

fn ask_password(
    new: &NewProject<'_>,
    prompt: &mut Prompt<'_>,
    email: &EmailAddress,
) -> Result<Password, Fault> {
    loop {
        let secret = prompt.new_password(PASSWORD_SOURCES)?;
        match new.check_password(&secret, email) {
            Ok(password) => return Ok(password),
            Err(fault) => prompt.complain(&fault)?,
        }
    }
}
