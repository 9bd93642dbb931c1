//! Thousands who want to sign in at the same moment; whoever is told to come again does so when it is time.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Failure;
use crate::place::PASSWORD;
use crate::request::answer::Answer;

/// What became of them.
pub(crate) struct Outcome {
    pub(crate) done_per_second: f64,
    /// How often somebody was told to come again.
    pub(crate) refused: usize,
    /// Those who had neither when it was over.
    pub(crate) waiting: usize,
}

enum State {
    /// Asks at that moment.
    Due(Instant),
    Asked,
    Done,
}

struct Caller {
    /// None once the server has closed it, which it does with connections that say nothing for five seconds.
    stream: Option<TcpStream>,
    address: String,
    token: Token,
    request: Vec<u8>,
    read: Vec<u8>,
    state: State,
    /// Whether this is the second try, after the first met a connection that was just being closed.
    again: bool,
}

/// Lets so many sign in, each on a connection of their own, and looks how far they come in that time.
pub(crate) fn run(
    address: &str,
    people: &[String],
    callers: usize,
    span: Duration,
) -> Result<Outcome, Failure> {
    let mut poll = Poll::new()?;
    let names = people.iter().cycle().take(callers).enumerate();
    let mut callers = names
        .map(|(number, name)| Caller::new(&poll, address, number, name))
        .collect::<Result<Vec<_>, _>>()?;
    let (start, mut refused) = (Instant::now(), 0);
    let mut events = Events::with_capacity(4_096);
    while start.elapsed() < span
        && !callers
            .iter()
            .all(|caller| matches!(caller.state, State::Done))
    {
        for caller in &mut callers {
            caller.ask_if_due(&poll)?;
        }
        poll.poll(&mut events, Some(Duration::from_millis(10)))?;
        for event in &events {
            if let Some(caller) = callers.get_mut(event.token().0) {
                refused += usize::from(caller.hear()?);
            }
        }
    }
    let count = |is: fn(&State) -> bool| callers.iter().filter(|caller| is(&caller.state)).count();
    let done = count(|state| matches!(state, State::Done));
    Ok(Outcome {
        done_per_second: done as f64 / start.elapsed().as_secs_f64(),
        refused,
        waiting: count(|state| matches!(state, State::Asked)),
    })
}

impl Caller {
    fn new(poll: &Poll, address: &str, number: usize, name: &str) -> Result<Self, Failure> {
        let body = serde_json::json!({"username": name, "password": PASSWORD}).to_string();
        let head = format!(
            "POST /api/v1/auth/login HTTP/1.1\r\nHost: {address}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let token = Token(number);
        Ok(Self {
            stream: Some(connect(poll, address, token)?),
            address: address.to_owned(),
            token,
            request: [head, body].concat().into_bytes(),
            read: Vec::new(),
            state: State::Due(Instant::now()),
            again: false,
        })
    }

    fn ask_if_due(&mut self, poll: &Poll) -> Result<(), Failure> {
        if matches!(self.state, State::Due(at) if at <= Instant::now()) {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => connect(poll, &self.address, self.token)?,
            };
            stream.write_all(&self.request)?;
            self.stream = Some(stream);
            self.state = State::Asked;
        }
        Ok(())
    }

    /// What a client does whose request met the end of a connection that had been silent: it asks once more.
    fn ask_anew(&mut self) -> Result<(), Failure> {
        if matches!(self.state, State::Asked) {
            if self.again || !self.read.is_empty() {
                return Err("the server has cut a connection".into());
            }
            self.again = true;
            self.state = State::Due(Instant::now());
        }
        Ok(())
    }

    /// Takes what has come; true when they were told to come again.
    fn hear(&mut self) -> Result<bool, Failure> {
        let mut buffer = [0; 4_096];
        while let Some(stream) = &mut self.stream {
            match stream.read(&mut buffer) {
                Ok(0) => {
                    self.stream = None;
                    return self.ask_anew().map(|()| false);
                }
                Ok(count) => {
                    let came = buffer.get(..count).unwrap_or_default();
                    self.read.extend_from_slice(came);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        let answer = std::mem::take(&mut self.read);
        if Answer::length(&answer).is_none_or(|length| answer.len() < length) {
            self.read = answer;
            return Ok(false);
        }
        self.again = false;
        let again = again_after(&answer)?;
        self.state = again.map_or(State::Done, |pause| State::Due(Instant::now() + pause));
        Ok(again.is_some())
    }
}

fn connect(poll: &Poll, address: &str, token: Token) -> Result<TcpStream, Failure> {
    let stream = std::net::TcpStream::connect(address)?;
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    poll.registry()
        .register(&mut stream, token, Interest::READABLE)?;
    Ok(stream)
}

/// When to come again, for an answer that says so; nothing for one that let them in.
fn again_after(answer: &[u8]) -> Result<Option<Duration>, Failure> {
    let text = String::from_utf8_lossy(answer);
    if text.starts_with("HTTP/1.1 200") {
        return Ok(None);
    }
    let line = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("retry-after").then_some(value)
    });
    match (text.starts_with("HTTP/1.1 503"), line) {
        (true, Some(seconds)) => Ok(Some(Duration::from_secs(seconds.trim().parse()?))),
        _ => Err(format!("neither signed in nor told to come again: {text}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_told_to_come_again_does_so() {
        let busy = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\r\n";
        assert_eq!(again_after(busy).unwrap(), Some(Duration::from_secs(2)));
        assert_eq!(again_after(b"HTTP/1.1 200 OK\r\n\r\n").unwrap(), None);
        assert!(again_after(b"HTTP/1.1 401 Unauthorized\r\n\r\n").is_err());
        assert!(again_after(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").is_err());
    }
}
