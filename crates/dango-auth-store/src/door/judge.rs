//! Looks at the server's certificate, as far as `sslmode` asks for it.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// How closely the certificate is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scrutiny {
    /// Not at all: encrypted, to whomever (`require`).
    Nothing,
    /// An authority of ours has signed it (`verify-ca`).
    Chain,
    /// And it is for the host (`verify-full`).
    ChainAndName,
}

/// Decides about certificates.
#[derive(Debug)]
pub(super) struct Judge {
    scrutiny: Scrutiny,
    roots: RootCertStore,
    /// The certificates of the given file.
    pinned: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Judge {
    pub(super) fn new(
        scrutiny: Scrutiny,
        roots: RootCertStore,
        pinned: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self {
            scrutiny,
            roots,
            pinned,
            algorithms: ring::default_provider().signature_verification_algorithms,
        }
    }

    /// One that takes any certificate.
    pub(super) fn blind() -> Self {
        Self::new(Scrutiny::Nothing, RootCertStore::empty(), Vec::new())
    }

    /// Whether the certificate is, itself, one of the given file.
    ///
    /// A server that is its own authority, as PostgreSQL's documentation makes one, is refused by the
    /// verifier for that, after its dates were found right.
    fn is_given(&self, certificate: &CertificateDer<'_>, error: &Error) -> bool {
        let Error::InvalidCertificate(CertificateError::Other(other)) = error else {
            return false;
        };
        let cause = other.0.downcast_ref::<webpki::Error>();
        matches!(cause, Some(webpki::Error::CaUsedAsEndEntity)) && self.pinned.contains(certificate)
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.scrutiny == Scrutiny::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let all = self.algorithms.all;
        let chain = verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots,
            intermediates,
            now,
            all,
        );
        match chain {
            Err(error) if !self.is_given(certificate, &error) => return Err(error),
            _ => {}
        }
        if self.scrutiny == Scrutiny::ChainAndName {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.scrutiny == Scrutiny::Nothing {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.scrutiny == Scrutiny::Nothing {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
