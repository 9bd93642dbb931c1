//! Whose certificates are believed: those of the system, and one authority more where a target names it.

use std::path::Path;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::door::Answer;
use crate::exit::Exit;
use crate::fault::Fault;

/// TLS by rustls, checked against the system's authorities and those of `ca_file`.
///
/// # Errors
/// When the file cannot be read or has no certificate in it.
pub(super) fn configuration(ca_file: Option<&Path>) -> Answer<TlsConfig> {
    let roots = match ca_file {
        None => RootCerts::PlatformVerifier,
        Some(file) => {
            let mut all = authorities(file)?;
            let system = rustls_native_certs::load_native_certs().certs;
            all.extend(system.iter().map(|it| Certificate::from_der(it).to_owned()));
            RootCerts::from(all.into_iter())
        }
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

/// The certificates in a PEM file.
///
/// # Errors
/// When it cannot be read or has none.
pub(crate) fn authorities(file: &Path) -> Answer<Vec<Certificate<'static>>> {
    let bytes = std::fs::read(file).map_err(|error| unusable(file, &error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&bytes) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(unusable(file, &error.to_string())),
        }
    }
    if found.is_empty() {
        return Err(unusable(file, "there is no certificate in it"));
    }
    Ok(found)
}

fn unusable(file: &Path, reason: &str) -> Fault {
    let text = format!(
        "the certificates in {} cannot be used: {reason}",
        file.display()
    );
    Fault::new(Exit::Invalid, "ca_file_unusable", text)
        .with_next_step("give the authority's certificate as a PEM file")
}
