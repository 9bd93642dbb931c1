//! Many kept connections from one thread: a request on each, then an answer from each.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Failure;

/// How long an answer may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connections with what each of them asks, again and again.
pub(crate) struct Load {
    connections: Vec<(TcpStream, Vec<u8>)>,
    buffer: Vec<u8>,
}

impl Load {
    /// Opens `count` connections; the heads of requests, without the empty line, go to them in turn.
    pub(crate) fn connect(address: &str, count: usize, heads: &[String]) -> Result<Self, Failure> {
        let connection = |head: &String| -> Result<_, Failure> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok((
                stream,
                format!("{head}Host: {address}\r\n\r\n").into_bytes(),
            ))
        };
        let connections = heads.iter().cycle().take(count).map(connection);
        Ok(Self {
            connections: connections.collect::<Result<_, _>>()?,
            buffer: vec![0; 16_384],
        })
    }

    /// Asks for that long; answers how many requests were answered per second.
    pub(crate) fn run(&mut self, span: Duration) -> Result<f64, Failure> {
        let start = Instant::now();
        let mut answers = 0_usize;
        loop {
            for (stream, request) in &mut self.connections {
                stream.write_all(request)?;
            }
            for (stream, _) in &mut self.connections {
                expect_success(stream, &mut self.buffer)?;
            }
            answers += self.connections.len();
            if start.elapsed() >= span {
                return Ok(answers as f64 / start.elapsed().as_secs_f64());
            }
        }
    }
}

/// Reads one whole answer.
fn expect_success(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Failure> {
    let mut filled = 0;
    loop {
        let free = buffer.get_mut(filled..).unwrap_or_default();
        let count = stream.read(free)?;
        filled += count;
        let so_far = buffer.get(..filled).unwrap_or_default();
        if count == 0 {
            return Err(format!("cut off: {}", String::from_utf8_lossy(so_far)).into());
        }
        if let Some(length) = answer_length(so_far)
            && filled >= length
        {
            if so_far.starts_with(b"HTTP/1.1 200") {
                return Ok(());
            }
            return Err(format!("refused: {}", String::from_utf8_lossy(so_far)).into());
        }
    }
}

/// Length of head and body together, once the head is there.
fn answer_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let name = b"content-length: ";
    let at = bytes
        .windows(name.len())
        .position(|part| part.eq_ignore_ascii_case(name))?;
    let digits = bytes.get(at + name.len()..end)?.iter();
    let digits = digits.take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    Some(end + body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_found() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n";
        assert_eq!(answer_length(head), None);
        let whole = [head.as_slice(), b"\r\n"].concat();
        assert_eq!(answer_length(&whole), Some(whole.len() + 11));
    }
}
