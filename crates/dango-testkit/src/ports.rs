//! Free TCP ports on loopback.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports below those that systems give to outgoing connections, and above those of well-known services.
const FIRST: u16 = 15_000;
const COUNT: u16 = 17_000;

/// An address on 127.0.0.1 that nobody listens on, never given twice by one process.
///
/// It is found by trying to connect, not by listening for a moment: a listener is inherited by programs
/// that other threads are just starting, so the port may still be taken when the caller wants it.
///
/// A program that can listen on port 0 and say which port it got should be asked to do that instead.
///
/// # Panics
/// When every port is taken.
pub fn free_address() -> SocketAddr {
    // Test processes that run at the same time start at different places.
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let random = RandomState::new().build_hasher().finish() % u64::from(COUNT);
        AtomicU16::new(u16::try_from(random).unwrap_or_default())
    });
    let candidates = (0..COUNT).map(|_| FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT);
    let mut addresses = candidates.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    addresses
        .find(|address| TcpStream::connect(address).is_err())
        .expect("every port is taken")
}

/// A port on 127.0.0.1 that nobody listens on; see [`free_address`].
///
/// # Panics
/// When every port is taken.
pub fn free_port() -> u16 {
    free_address().port()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_free_address_can_be_listened_on_and_is_given_once() {
        let first = free_address();
        let listener = TcpListener::bind(first);
        assert!(listener.is_ok(), "{listener:?}");
        assert_ne!(free_address(), first);
    }
}
