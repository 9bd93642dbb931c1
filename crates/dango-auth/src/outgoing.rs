//! Calls to other servers.

use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Somebody who calls: with the certificates this machine trusts, and with patience for a whole call.
pub(crate) fn agent(patience: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    // SECURITY: a redirect could take what is sent, and the key with it, elsewhere, so none is followed.
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .user_agent(concat!("dango-auth/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .proxy(None)
        .build();
    config.new_agent()
}
