//! The first administrator: from the configuration, or by a link printed where the server starts.

use dango_auth::core::audit::Via;
use dango_auth::core::{EmailAddress, Password, Secret, Username};
use dango_auth::setup::FirstPassword;
use dango_auth::{Auth, Error};

use super::{StartError, say};

/// The address of an administrator for whom only a password was given.
const DEFAULT_EMAIL: &str = "admin@localhost";

/// Makes the first administrator if that was asked for, else prints the setup link.
pub(super) fn provide(auth: &Auth, base_url: &str) -> Result<(), StartError> {
    if !auth.setup().is_open()? {
        return Ok(());
    }
    let given = auth.settings()?.initial_admin.clone();
    match given.password {
        Some(password) => make(auth, given.email, password).map_err(StartError::FirstAdmin),
        None => print_link(auth, base_url),
    }
}

fn make(auth: &Auth, email: Option<EmailAddress>, password: Secret) -> Result<(), Error> {
    let name = email.as_ref().map_or(DEFAULT_EMAIL, EmailAddress::as_str);
    let username = Username::parse(name).map_err(|error| Error::name("email", &error))?;
    let password = Password::new(password)
        .map_err(|error| Error::field("password", "too_long", error.to_string()))?;
    let chosen = FirstPassword::Chosen(password);
    match auth
        .setup()
        .bootstrap(&username, email, chosen, Via::System)
    {
        Ok(_) => {
            tracing::info!(username = username.as_str(), "made the first administrator");
            Ok(())
        }
        // Another server was quicker; there is an administrator, which is what was wanted.
        Err(Error::SetupCompleted) => Ok(()),
        Err(error) => Err(error),
    }
}

fn print_link(auth: &Auth, base_url: &str) -> Result<(), StartError> {
    let token = match auth.setup().issue_token() {
        Ok(token) => token,
        Err(Error::SetupCompleted) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let settings = auth.settings()?;
    let base = settings
        .public_url
        .as_ref()
        .map_or_else(|| base_url.to_owned(), ToString::to_string);
    say("There is no administrator yet. Make the first one here, within 24 hours:");
    say(&format!("  {base}/setup?token={}", token.expose()));
    Ok(())
}
