//! Free TCP ports on loopback.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// An address on 127.0.0.1 that nobody listens on.
///
/// Somebody else may take it before the caller does; a program that can listen on port 0 and say which
/// port it got should be asked to do that instead.
///
/// # Panics
/// When the machine has no free port.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("no free port");
    listener
        .local_addr()
        .expect("a bound listener has an address")
}

/// A port on 127.0.0.1 that nobody listens on; see [`free_address`].
///
/// # Panics
/// When the machine has no free port.
pub fn free_port() -> u16 {
    free_address().port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_address_can_be_listened_on() {
        let listener = TcpListener::bind(free_address());
        assert!(listener.is_ok(), "{listener:?}");
    }
}
