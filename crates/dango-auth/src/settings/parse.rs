//! Readers for the settings that are text with a rule of their own.

use dango_auth_core::EmailAddress;

use super::given::echo;
use super::url::web_address;
use super::{Freshness, Profile, Settings};

pub(super) fn profile(settings: &mut Settings, text: &str) -> Result<String, String> {
    settings.profile = Profile::parse(text)
        .ok_or_else(|| format!("must be local or cloud, not {}", echo(text)))?;
    Ok(text.to_owned())
}

pub(super) fn freshness(settings: &mut Settings, text: &str) -> Result<String, String> {
    settings.freshness = Freshness::parse(text)
        .ok_or_else(|| format!("must be strict or lease, not {}", echo(text)))?;
    Ok(text.to_owned())
}

pub(super) fn log_filter(settings: &mut Settings, text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_=,:-.[]{}".contains(c);
    if text.is_empty() || !text.chars().all(is_plain) {
        return Err(format!(
            "must be levels by part, such as info,dango_server=debug, not {}",
            echo(text)
        ));
    }
    settings.log_filter = Some(text.to_owned());
    Ok(text.to_owned())
}

pub(super) fn admin_email(settings: &mut Settings, text: &str) -> Result<String, String> {
    let email = email(text)?;
    let shown = email.to_string();
    settings.initial_admin.email = Some(email);
    Ok(shown)
}

pub(super) fn metabase_url(settings: &mut Settings, text: &str) -> Result<String, String> {
    let url = web_address(text)?.as_str().trim_end_matches('/').to_owned();
    settings.metabase.url = Some(url.clone());
    Ok(url)
}

pub(super) fn metabase_email(settings: &mut Settings, text: &str) -> Result<String, String> {
    let email = email(text)?;
    let shown = email.to_string();
    settings.metabase.email = Some(email);
    Ok(shown)
}

fn email(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| format!("is refused: {error}"))
}
