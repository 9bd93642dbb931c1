//! Somebody who works at a steady pace and notices how long each answer takes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::measure::Spread;
use crate::request::answer::Answer;

/// From one request to the next.
const PACE: Duration = Duration::from_micros(2_500);
/// How long an answer may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks who the token belongs to, as long as that is said of the time since it began; microseconds from each request
/// to its answer.
pub(crate) fn session_checks(
    address: &str,
    token: &str,
    goes_on: impl Fn(Duration) -> bool,
) -> Result<Spread, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET /api/auth/verify?permission=dashboard.view HTTP/1.1\r\nHost: {address}\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    let (start, mut waits, mut buffer) = (Instant::now(), Vec::new(), vec![0; 4_096]);
    while goes_on(start.elapsed()) {
        let due = PACE * u32::try_from(waits.len()).unwrap_or(u32::MAX);
        std::thread::sleep(due.saturating_sub(start.elapsed()));
        let asked = Instant::now();
        stream.write_all(request.as_bytes())?;
        read(&mut stream, &mut buffer)?;
        waits.push(asked.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Spread::of(waits))
}

fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Failure> {
    let mut filled = 0;
    loop {
        let count = stream.read(buffer.get_mut(filled..).unwrap_or_default())?;
        filled += count;
        let so_far = buffer.get(..filled).unwrap_or_default();
        if count == 0 {
            return Err("the server has cut a connection".into());
        }
        if Answer::length(so_far).is_some_and(|length| filled >= length) {
            return Answer::new(so_far).map(drop);
        }
    }
}
