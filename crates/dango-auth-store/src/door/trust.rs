//! Whom to believe, and who we are: certificates and keys.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};

use super::judge::{Judge, Scrutiny};
use super::refused;
use super::settings::{Mode, Roots, Settings};
use crate::StoreError;

/// The system's authorities; there are many, so they are read once.
static SYSTEM: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
});

/// How a connection is sealed.
pub(super) fn client_config(settings: &Settings) -> Result<ClientConfig, StoreError> {
    let newest = [&TLS13];
    let usual = [&TLS13, &TLS12];
    let versions: &[_] = if settings.newest_only {
        &newest
    } else {
        &usual
    };
    let broken = |error: rustls::Error| refused(format!("TLS cannot be used: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(broken)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge(settings)?));
    let mut config = match &settings.own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => builder
            .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
            .map_err(|error| unreadable(certificate, &error))?,
    };
    config.enable_sni = settings.sni;
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

fn judge(settings: &Settings) -> Result<Judge, StoreError> {
    let scrutiny = match settings.mode {
        Mode::Disable | Mode::Prefer | Mode::Require => return Ok(Judge::blind()),
        Mode::VerifyCa => Scrutiny::Chain,
        Mode::VerifyFull => Scrutiny::ChainAndName,
    };
    let Roots::File(file) = &settings.roots else {
        return Ok(Judge::new(scrutiny, SYSTEM.clone(), Vec::new()));
    };
    let pinned = certificates(file)?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(pinned.iter().cloned());
    if added == 0 {
        return Err(unreadable(file, &"no certificate in it can be read"));
    }
    Ok(Judge::new(scrutiny, roots, pinned))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let read: Vec<_> = read.map_err(|error| unreadable(file, &error))?;
    if read.is_empty() {
        return Err(unreadable(file, &"there is no certificate in it"));
    }
    Ok(read)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, StoreError> {
    let about = std::fs::metadata(file).map_err(|error| unreadable(file, &error))?;
    // As libpq wants it: the group may read a key that belongs to root.
    let strangers = if about.uid() == 0 { 0o037 } else { 0o077 };
    if about.mode() & strangers != 0 {
        let reason = "others may read it; make it private with chmod 600";
        return Err(unreadable(file, &reason));
    }
    PrivateKeyDer::from_pem_file(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> StoreError {
    refused(format!(
        "cannot use {} for TLS to the database: {error}",
        file.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::dialect::PgUrl;

    fn config(options: &str) -> Result<ClientConfig, StoreError> {
        let url = format!("postgres://h/db?{options}");
        client_config(&Settings::read(&PgUrl::parse(&url))?)
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "").unwrap();
        let empty = empty.display();
        for options in [
            "sslmode=verify-full&sslrootcert=/nowhere/empty.pem".to_owned(),
            format!("sslmode=verify-ca&sslrootcert={empty}"),
            format!("sslcert={empty}&sslkey={empty}"),
        ] {
            let error = config(&options).unwrap_err().to_string();
            assert!(error.contains("empty.pem"), "{options}: {error}");
        }
        assert!(config("sslmode=require&ssl_min_protocol_version=TLSv1.3").is_ok());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("own.key");
        std::fs::write(&key, "").unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = private_key(&key).unwrap_err().to_string();
        assert!(error.contains("others may read it"), "{error}");
    }
}
