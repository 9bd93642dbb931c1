//! TLS of our own, for servers without a proxy in front.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::StartError;
use crate::args::Args;

/// The certificate in use, which can be exchanged while the server runs.
#[derive(Debug)]
pub(super) struct Certificates {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Reads the files again; new connections get what they hold, or what they held where it does not fit.
    pub(super) fn reload(&self) {
        match load(&self.chain, &self.key) {
            Ok(fresh) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(fresh);
                tracing::info!("took over certificate and key");
            }
            Err(error) => tracing::error!("the certificate stays as it is: {error}"),
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

/// Certificate and key as asked for; none where TLS is somebody else's business.
pub(super) fn configured(args: &Args) -> Result<Option<Arc<Certificates>>, StartError> {
    let (Some(chain), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    let current = RwLock::new(Arc::new(load(chain, key)?));
    Ok(Some(Arc::new(Certificates {
        chain: chain.clone(),
        key: key.clone(),
        current,
    })))
}

/// How connections are accepted with these certificates.
pub(super) fn server_config(certificates: Arc<Certificates>) -> Result<ServerConfig, StartError> {
    let refused = |error: rustls::Error| refused(&certificates.chain, error.to_string());
    Ok(
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_no_client_auth()
            .with_cert_resolver(certificates),
    )
}

fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, StartError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .map_err(|error| refused(certificate, error.to_string()))?
        .collect();
    let chain = chain.map_err(|error| refused(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(refused(
            certificate,
            "there is no certificate in it".to_owned(),
        ));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| refused(key, error.to_string()))?;
    CertifiedKey::from_der(chain, secret, &ring::default_provider())
        .map_err(|error| refused(certificate, error.to_string()))
}

fn refused(file: &Path, error: String) -> StartError {
    StartError::Tls {
        file: file.display().to_string(),
        error,
    }
}
