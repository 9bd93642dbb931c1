//! One connection that is kept: a request, its whole answer, the next request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::Failure;

/// A client of a server.
pub(crate) struct Browser {
    connection: BufReader<TcpStream>,
    host: String,
}

impl Browser {
    /// Connects to an address such as `127.0.0.1:4321`.
    pub(crate) fn connect(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            connection: BufReader::new(stream),
            host: address.to_owned(),
        })
    }

    /// Asks for a path with further headers, each with its line end, and expects success with a body.
    pub(crate) fn get(&mut self, path: &str, headers: &str) -> Result<(), Failure> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            self.host
        );
        self.connection.get_mut().write_all(request.as_bytes())?;
        let mut status = String::new();
        self.connection.read_line(&mut status)?;
        let mut body = vec![0; self.length()?];
        self.connection.read_exact(&mut body)?;
        if status.starts_with("HTTP/1.1 200") && !body.is_empty() {
            return Ok(());
        }
        Err(format!("{path}: {status}{}", String::from_utf8_lossy(&body)).into())
    }

    /// Reads the rest of a head; answers the body's length.
    fn length(&mut self) -> Result<usize, Failure> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                return Ok(length);
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse()?;
            }
        }
    }
}
