//! `dango-server healthcheck`: asks a running server whether it can serve, for containers and supervisors.

mod tls;

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::args::Args;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The exit code of a server that cannot be used (contract §5).
const UNAVAILABLE: u8 = 8;

/// Asks `/readyz` of the server that these options start; 0 when it is ready, 8 when it is not.
#[allow(clippy::print_stderr, reason = "what a person or a supervisor reads")]
pub fn run(args: &Args) -> ExitCode {
    match ask(near(args.listen), args.tls_cert.is_some()) {
        Ok(200) => ExitCode::SUCCESS,
        Ok(status) => {
            eprintln!("error: the server is not ready (status {status})");
            ExitCode::from(UNAVAILABLE)
        }
        Err(error) => {
            eprintln!("error: the server does not answer: {error}");
            ExitCode::from(UNAVAILABLE)
        }
    }
}

/// The address by which this machine reaches a server that listens on all of its own.
fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The status of `/readyz`, over the server's own TLS where it has some.
fn ask(address: SocketAddr, tls: bool) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    if tls {
        let mut session = tls::session(address.ip()).map_err(std::io::Error::other)?;
        return status(&mut rustls::Stream::new(&mut session, &mut stream), address);
    }
    status(&mut stream, address)
}

fn status(stream: &mut (impl Read + Write), address: SocketAddr) -> std::io::Result<u16> {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let status = std::str::from_utf8(&head)
        .ok()
        .and_then(|head| head.strip_prefix("HTTP/1.1 "));
    status
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| std::io::Error::other("it does not speak HTTP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        let near = |text: &str| near(text.parse().unwrap()).to_string();
        assert_eq!(near("0.0.0.0:1"), "127.0.0.1:1");
        assert_eq!(near("[::]:1"), "[::1]:1");
        assert_eq!(near("192.0.2.1:1"), "192.0.2.1:1");
    }
}
