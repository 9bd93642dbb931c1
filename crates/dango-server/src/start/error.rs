//! Why the server did not start.

use std::net::SocketAddr;

use dango_auth::{Error, Kind, OpenError, ProjectError};

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The folder.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Configuration, key or database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A use case that the start needs.
    #[error(transparent)]
    Auth(#[from] Error),
    /// The address.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// The certificate or its key.
    #[error("cannot serve TLS with {file}: {error}")]
    Tls {
        /// Which file.
        file: String,
        /// Why not.
        error: String,
    },
    /// Sign-in is switched off and strangers could reach the server.
    #[error(
        "sign-in is switched off and {address} can be reached from other machines; switch it on \
         (dango auth enable), listen on 127.0.0.1, or start with --allow-public-without-auth"
    )]
    OpenToAll {
        /// Where it would listen.
        address: SocketAddr,
    },
    /// The first administrator cannot be made from the environment or the configuration.
    #[error("the first administrator cannot be made: {0}")]
    FirstAdmin(Error),
    /// The running server failed.
    #[error("the server failed: {0}")]
    Server(std::io::Error),
}

impl StartError {
    /// The exit code, as the command line has them (contract §5).
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Project(error) => of_kind(OpenError::from(error.clone()).kind()),
            Self::Open(error) => of_kind(error.kind()),
            Self::Auth(error) | Self::FirstAdmin(error) => of_kind(error.kind()),
            Self::OpenToAll { .. } => 5,
            Self::Tls { .. } => 6,
            Self::Listen { .. } => 8,
            Self::Server(_) => 1,
        }
    }
}

fn of_kind(kind: Kind) -> u8 {
    match kind {
        Kind::Invalid => 6,
        Kind::NotFound => 3,
        Kind::Conflict | Kind::SelfAction | Kind::Stale => 5,
        Kind::Unavailable => 8,
        _ => 1,
    }
}
