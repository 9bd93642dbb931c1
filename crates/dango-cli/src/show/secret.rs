//! Invite links, temporary passwords and API keys: shown once, never wrapped.

use std::io;

use dango_auth::view::{ApiKeyObject, CreatedUserObject};

use crate::output::{Output, Show, Text, day_and_time};

impl Show for CreatedUserObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let user = &self.user;
        let mut facts = vec![
            ("Email", Text::from(user.email.as_str())),
            ("Role", user.role.as_str().into()),
        ];
        if let Some(link) = &self.invite_url {
            facts.push(("Invite link", Text::default().strong(link)));
        }
        if let Some(end) = user.invite_expires_at.filter(|_| self.invite_url.is_some()) {
            facts.push(("Works until", format!("{} UTC", day_and_time(end)).into()));
        }
        if let Some(password) = &self.temp_password {
            facts.push(("Temporary password", Text::default().strong(password)));
        }
        output.facts("Hand this over; it is shown this once", &facts)?;
        match (&self.invite_url, &self.temp_password) {
            (Some(link), _) => warn_of_loopback(link, output),
            (_, Some(_)) => output.note("It must be changed at the first sign-in."),
            _ => Ok(()),
        }
    }
}

fn warn_of_loopback(link: &str, output: &mut Output) -> io::Result<()> {
    if !points_to_loopback(link) {
        return Ok(());
    }
    output.warn("the link works on this machine only; give --base-url, or set public_url, to send it to others")
}

/// Tells whether a link leads to the very machine it is opened on.
fn points_to_loopback(link: &str) -> bool {
    let host = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl Show for ApiKeyObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let end = self.expires_at.map_or_else(
            || "never".to_owned(),
            |end| format!("{} UTC", day_and_time(end)),
        );
        let mut facts = vec![
            ("Owner", Text::from(self.owner.as_str())),
            ("Name", self.name.as_str().into()),
            ("Id", self.id.to_string().into()),
            ("Ends", end.into()),
        ];
        if let Some(key) = &self.key {
            facts.push(("Key", Text::default().strong(key)));
        }
        output.facts("Keep the key safe; it is shown this once", &facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_this_machine_are_recognised() {
        for link in [
            "http://localhost:8800/invite/x",
            "http://127.0.0.1/x",
            "http://[::1]:8800/x",
            "https://LOCALHOST/x",
        ] {
            assert!(points_to_loopback(link), "{link}");
        }
        for link in [
            "https://dango.example.org/invite/x",
            "http://10.0.0.1:8800/x",
            "http://localhost.example.org/x",
        ] {
            assert!(!points_to_loopback(link), "{link}");
        }
    }
}
