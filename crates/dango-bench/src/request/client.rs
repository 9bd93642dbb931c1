//! Many kept connections served by one thread, as a proxy does it: each has one request on its way at any time.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Failure;

use super::answer::Answer;

/// How long nothing may come before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connections with what each of them asks, again and again.
pub(crate) struct Load {
    poll: Poll,
    events: Events,
    connections: Vec<Connection>,
}

/// What a run has found.
pub(crate) struct Outcome {
    /// Requests answered per second.
    pub(crate) rate: f64,
    /// Requests answered.
    pub(crate) answers: usize,
}

struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    read: Vec<u8>,
    filled: usize,
}

impl Load {
    /// Opens `count` connections; the heads of requests, without the empty line, go to them in turn.
    pub(crate) fn connect(address: &str, count: usize, heads: &[String]) -> Result<Self, Failure> {
        let poll = Poll::new()?;
        let mut connections = Vec::with_capacity(count);
        for (number, head) in heads.iter().cycle().take(count).enumerate() {
            let stream = std::net::TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            let registry = poll.registry();
            registry.register(&mut stream, Token(number), Interest::READABLE)?;
            connections.push(Connection {
                stream,
                request: format!("{head}Host: {address}\r\n\r\n").into_bytes(),
                read: vec![0; 4_096],
                filled: 0,
            });
        }
        Ok(Self {
            poll,
            events: Events::with_capacity(1_024),
            connections,
        })
    }

    /// Asks for that long.
    pub(crate) fn run(&mut self, span: Duration) -> Result<Outcome, Failure> {
        self.run_with(span, || (), |(), _| ())
    }

    /// Asks for that long; what `before` says when a request is sent goes to `after` together with its answer.
    pub(crate) fn run_with<T: Clone>(
        &mut self,
        span: Duration,
        before: impl Fn() -> T,
        mut after: impl FnMut(T, &Answer<'_>),
    ) -> Result<Outcome, Failure> {
        let start = Instant::now();
        let mut answers = 0_usize;
        let mut said = Vec::with_capacity(self.connections.len());
        for connection in &mut self.connections {
            said.push(before());
            connection.ask()?;
        }
        let mut on_their_way = self.connections.len();
        while on_their_way > 0 {
            self.poll.poll(&mut self.events, Some(PATIENCE))?;
            if self.events.is_empty() {
                return Err("the server has stopped answering".into());
            }
            for event in &self.events {
                let at = event.token().0;
                let (Some(connection), Some(said)) =
                    (self.connections.get_mut(at), said.get_mut(at))
                else {
                    continue;
                };
                let Some(answer) = connection.answer()? else {
                    continue;
                };
                answers += 1;
                after(said.clone(), &Answer::new(answer)?);
                connection.filled = 0;
                if start.elapsed() < span {
                    *said = before();
                    connection.ask()?;
                } else {
                    on_their_way -= 1;
                }
            }
        }
        Ok(Outcome {
            rate: answers as f64 / start.elapsed().as_secs_f64(),
            answers,
        })
    }
}

impl Connection {
    fn ask(&mut self) -> Result<(), Failure> {
        let written = self.stream.write(&self.request)?;
        if written == self.request.len() {
            Ok(())
        } else {
            Err("a request did not fit into the connection".into())
        }
    }

    /// Reads what has come; the whole answer once it is there.
    fn answer(&mut self) -> Result<Option<&[u8]>, Failure> {
        loop {
            let free = self.read.get_mut(self.filled..).unwrap_or_default();
            match self.stream.read(free) {
                Ok(0) => return Err("the server has cut a connection".into()),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            let so_far = self.read.get(..self.filled).unwrap_or_default();
            if Answer::length(so_far).is_some_and(|length| self.filled >= length) {
                return Ok(self.read.get(..self.filled));
            }
        }
    }
}
