//! What must not run, and what should not.

use std::net::SocketAddr;

use dango_auth::Auth;

use super::StartError;
use crate::args::Args;

/// Refuses to serve strangers without sign-in, and warns of what an operator should change.
pub(super) fn check(auth: &Auth, args: &Args) -> Result<(), StartError> {
    let public = is_public(args.listen);
    if auth.is_switched_off()? {
        if public && !args.allow_public_without_auth {
            return Err(StartError::OpenToAll {
                address: args.listen,
            });
        }
        tracing::warn!("sign-in is switched off: every request acts as the system");
    }
    if public {
        warn_public(auth, args)?;
    }
    Ok(())
}

/// Whether others than this machine can reach the address.
fn is_public(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

fn warn_public(auth: &Auth, args: &Args) -> Result<(), StartError> {
    let settings = auth.settings()?;
    let https = settings
        .public_url
        .as_ref()
        .is_some_and(dango_auth::settings::PublicUrl::is_https);
    if !https && args.tls_cert.is_none() {
        tracing::warn!(
            address = %args.listen,
            "passwords travel in the clear: put a proxy with TLS in front and set public_url to its \
             https address"
        );
    }
    if settings.profile == dango_auth::settings::Profile::Local {
        tracing::warn!(
            "sessions last {} days: set profile: cloud for a server that others reach",
            settings.session.session_max_days
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_private() {
        let public = |text: &str| is_public(text.parse().unwrap());
        assert!(!public("127.0.0.1:1") && !public("127.8.8.8:1") && !public("[::1]:1"));
        assert!(!public("[::ffff:127.0.0.1]:1"));
        assert!(public("0.0.0.0:1") && public("[::]:1") && public("10.0.0.1:1"));
    }
}
