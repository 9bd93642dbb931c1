//! An answer as it came over the wire.

use crate::Failure;

/// A whole answer that says it went well.
pub(crate) struct Answer<'a> {
    bytes: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Of these bytes, all of it.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Failure> {
        if bytes.starts_with(b"HTTP/1.1 20") {
            Ok(Self { bytes })
        } else {
            Err(format!("refused: {}", String::from_utf8_lossy(bytes)).into())
        }
    }

    /// What comes after the head.
    pub(crate) fn body(&self) -> &'a [u8] {
        let start = head_length(self.bytes).unwrap_or_default();
        self.bytes.get(start..).unwrap_or_default()
    }

    /// Length of head and body together, once the head is there.
    pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
        let end = head_length(bytes)?;
        let name = b"\r\ncontent-length: ";
        let head = bytes.get(..end)?;
        let at = head
            .windows(name.len())
            .position(|part| part.eq_ignore_ascii_case(name));
        let digits = at.and_then(|at| head.get(at + name.len()..));
        let digits = digits.unwrap_or_default().iter();
        let digits = digits.take_while(|byte| byte.is_ascii_digit());
        let body = digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
        Some(end + body)
    }
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_found() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n";
        assert_eq!(Answer::length(head), None);
        let whole = [head.as_slice(), b"\r\n"].concat();
        assert_eq!(Answer::length(&whole), Some(whole.len() + 11));
        let empty = b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n";
        assert_eq!(Answer::length(empty), Some(empty.len()));
    }

    #[test]
    fn a_body_begins_after_the_head_and_a_refusal_is_no_answer() {
        let good = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
        assert_eq!(Answer::new(good).unwrap().body(), b"hi");
        assert!(Answer::new(b"HTTP/1.1 403 Forbidden\r\n\r\n").is_err());
    }
}
