//! Telling whoever supervises the program how it is, as `sd_notify(3)` describes it.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;

/// The variable that names the supervisor's socket.
const VARIABLE: &str = "NOTIFY_SOCKET";

/// The server answers from now on.
pub(super) fn ready() {
    tell("READY=1");
}

/// The server answers what has begun, and then ends.
pub(super) fn stopping() {
    tell("STOPPING=1");
}

/// Sends one line; without a supervisor there is nobody to tell.
fn tell(state: &str) {
    #[allow(
        clippy::disallowed_methods,
        reason = "set by the supervisor for this process, no part of the configuration"
    )]
    let Some(name) = std::env::var_os(VARIABLE) else {
        return;
    };
    if let Err(error) = send(name.as_bytes(), state) {
        tracing::warn!(%error, state, "the supervisor was not told");
    }
}

fn send(name: &[u8], state: &str) -> std::io::Result<()> {
    let address = match name {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt as _;
            SocketAddr::from_abstract_name(name)?
        }
        _ => SocketAddr::from_pathname(Path::new(std::ffi::OsStr::from_bytes(name)))?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_arrives_at_a_socket_in_a_folder_and_at_an_abstract_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str().as_bytes(), "READY=1").unwrap();
        let mut line = [0; 32];
        let read = socket.recv(&mut line).unwrap();
        assert_eq!(&line[..read], b"READY=1");
        assert!(send(b"/nowhere/at/all", "READY=1").is_err());
    }
}
