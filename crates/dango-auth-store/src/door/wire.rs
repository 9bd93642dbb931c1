//! The few messages of PostgreSQL's protocol (version 3) that a door has to know.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Asks a server for TLS, before anything else.
pub(super) const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Longest message that is read whole, as libpq itself has it before somebody is known.
const LIMIT: usize = 30_000;

/// Reads the first packet of a client, which has no type.
pub(super) async fn startup(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = [0; 4];
    from.read_exact(&mut head).await?;
    let mut packet = head.to_vec();
    body(from, &head, &mut packet).await?;
    Ok(packet)
}

/// Reads what the server says first, up to how it wants to know who is there.
///
/// SCRAM bound to the channel is taken out of what it offers: libpq has another channel than the server,
/// says so, and would take the offer for a trick.
pub(super) async fn greeting(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    loop {
        let mut head = [0; 5];
        from.read_exact(&mut head).await?;
        let [kind, length @ ..] = head;
        let mut message = head.to_vec();
        body(from, &length, &mut message).await?;
        match kind {
            b'R' => {
                said.extend(without_channel_binding(message));
                return Ok(said);
            }
            b'N' | b'v' => said.extend(message),
            _ => {
                said.extend(message);
                return Ok(said);
            }
        }
        if said.len() > LIMIT {
            return Err(too_long());
        }
    }
}

/// Reads the rest of a message whose length, these four bytes included, is known.
async fn body(
    from: &mut (impl AsyncRead + Unpin),
    length: &[u8; 4],
    into: &mut Vec<u8>,
) -> io::Result<()> {
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let rest = length.checked_sub(4).filter(|rest| *rest <= LIMIT);
    let mut bytes = vec![0; rest.ok_or_else(too_long)?];
    from.read_exact(&mut bytes).await?;
    into.extend(bytes);
    Ok(())
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it does not speak PostgreSQL's protocol",
    )
}

/// `AuthenticationSASL` lists names, each ended by a zero, and one zero more.
fn without_channel_binding(message: Vec<u8>) -> Vec<u8> {
    let Some(names) = message
        .get(9..)
        .filter(|_| message.get(5..9) == Some(&[0, 0, 0, 10]))
    else {
        return message;
    };
    let mut kept = vec![0, 0, 0, 10];
    let names = names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    for name in names.filter(|name| !name.ends_with(b"-PLUS")) {
        kept.extend_from_slice(name);
        kept.push(0);
    }
    kept.push(0);
    framed(b'R', &kept)
}

/// An error that ends the connection, as a server would say it.
///
/// The code is the one that lets libpq go on to the next host.
pub(super) fn refusal(reason: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (field, value) in [
        (b'S', "FATAL"),
        (b'V', "FATAL"),
        (b'C', "57P03"),
        (b'M', reason),
    ] {
        fields.push(field);
        fields.extend(value.bytes().filter(|byte| *byte != 0));
        fields.push(0);
    }
    fields.push(0);
    framed(b'E', &fields)
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind], length.to_be_bytes().as_slice(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let mut bytes = bytes;
        runtime.block_on(greeting(&mut bytes))
    }

    #[test]
    fn channel_binding_is_not_offered_on() {
        let offer = b"\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0";
        let passed = read(&framed(b'R', offer)).unwrap();
        assert_eq!(passed, framed(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0"));
        let trust = framed(b'R', &[0, 0, 0, 0]);
        let notice = [framed(b'N', b"note\0"), trust.clone()].concat();
        assert_eq!(read(&notice).unwrap(), notice);
        assert_eq!(read(&refusal("no")).unwrap(), refusal("no"));
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"R\0\0\0\x02",
            b"R\0",
            b"",
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
