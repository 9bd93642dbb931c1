//! Syslog messages (RFC 5424) by datagram, by connection (RFC 6587 §3.4.1) or to a socket of this machine.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{PATIENCE, Parcel, Refused, Sink};
use crate::settings::SyslogAddress;

/// Security messages (RFC 5424 table 1: `authpriv`), times eight.
const FACILITY: u8 = 10 * 8;
const INFORMATIONAL: u8 = 6;
const WARNING: u8 = 4;
/// Longest name of a kind of message.
const KIND_MAX: usize = 32;

/// The server, connected to when it is needed.
pub(super) struct Syslog {
    address: SyslogAddress,
    host: String,
    process: u32,
    line: Option<Line>,
}

enum Line {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Unix(UnixDatagram),
}

impl Syslog {
    pub(super) fn new(address: SyslogAddress) -> Self {
        Self {
            address,
            host: host_name(),
            process: std::process::id(),
            line: None,
        }
    }

    fn message(&self, parcel: &Parcel) -> String {
        let severity = if parcel.is_success {
            INFORMATIONAL
        } else {
            WARNING
        };
        let kind: String = parcel.name.chars().take(KIND_MAX).collect();
        let Self { host, process, .. } = self;
        let Parcel {
            timestamp, json, ..
        } = parcel;
        format!(
            "<{}>1 {timestamp} {host} dango-auth {process} {kind} - {json}",
            FACILITY + severity
        )
    }

    fn line(&mut self) -> std::io::Result<&mut Line> {
        if self.line.as_mut().is_some_and(Line::is_gone) {
            self.line = None;
        }
        match &mut self.line {
            Some(line) => Ok(line),
            empty => Ok(empty.insert(Line::to(&self.address)?)),
        }
    }
}

impl Line {
    fn to(address: &SyslogAddress) -> std::io::Result<Self> {
        match address {
            SyslogAddress::Udp(to) => {
                let target = first_address(to)?;
                let own = if target.is_ipv4() {
                    "0.0.0.0:0"
                } else {
                    "[::]:0"
                };
                let socket = UdpSocket::bind(own)?;
                socket.connect(target)?;
                Ok(Self::Udp(socket))
            }
            SyslogAddress::Tcp(to) => {
                let stream = TcpStream::connect_timeout(&first_address(to)?, PATIENCE)?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Self::Tcp(stream))
            }
            SyslogAddress::Unix(path) => unix(path).map(Self::Unix),
        }
    }

    /// A connection that the other side has ended takes bytes and loses them.
    fn is_gone(&mut self) -> bool {
        let Self::Tcp(stream) = self else {
            return false;
        };
        let mut byte = [0];
        let looked = stream
            .set_nonblocking(true)
            .and_then(|()| stream.read(&mut byte));
        let back = stream.set_nonblocking(false);
        match looked {
            Ok(0) => true,
            Ok(_) => back.is_err(),
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock || back.is_err(),
        }
    }

    fn send(&mut self, message: &str) -> std::io::Result<()> {
        match self {
            Self::Udp(socket) => socket.send(message.as_bytes()).map(drop),
            Self::Unix(socket) => socket.send(message.as_bytes()).map(drop),
            Self::Tcp(stream) => {
                let framed = format!("{} {message}", message.len());
                stream.write_all(framed.as_bytes())
            }
        }
    }
}

fn first_address(text: &str) -> std::io::Result<std::net::SocketAddr> {
    let none = || std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    text.to_socket_addrs()?.next().ok_or_else(none)
}

fn unix(path: &Path) -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect(path)?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name
        .trim()
        .chars()
        .filter(char::is_ascii_graphic)
        .take(255)
        .collect();
    if name.is_empty() {
        "-".to_owned()
    } else {
        name
    }
}

impl Sink for Syslog {
    fn send(&mut self, parcels: &[Parcel], _: DateTime<Utc>) -> Result<(), Refused> {
        for parcel in parcels {
            let message = self.message(parcel);
            let sent = self.line().and_then(|line| line.send(&message));
            if let Err(error) = sent {
                self.line = None;
                return Err(Refused::by(error));
            }
        }
        Ok(())
    }
}
