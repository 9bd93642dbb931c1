//! TLS of our own, for servers without a proxy in front.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::StartError;
use crate::args::Args;

/// Certificate and key as asked for; none where TLS is somebody else's business.
pub(super) fn configured(args: &Args) -> Result<Option<ServerConfig>, StartError> {
    match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => load(certificate, key).map(Some),
        _ => Ok(None),
    }
}

fn load(certificate: &Path, key: &Path) -> Result<ServerConfig, StartError> {
    let refused = |file: &Path, error: String| StartError::Tls {
        file: file.display().to_string(),
        error,
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .map_err(|error| refused(certificate, error.to_string()))?
        .collect();
    let chain = chain.map_err(|error| refused(certificate, error.to_string()))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| refused(key, error.to_string()))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(certificate, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| refused(certificate, error.to_string()))
}
