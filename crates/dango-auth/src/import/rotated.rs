//! The files of a log that is rotated: the one in use and its archives, packed or not.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// Longest line that is read, in bytes; what is longer comes in pieces, none of which is an event.
pub(super) const LINE_MAX: u64 = 64 * 1024;

/// The log's files in a folder: archives by name, then the one in use. A missing folder holds none.
///
/// Archives are `audit.20261101.jsonl.gz` and, as its documents say, `audit.jsonl.1.gz`.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && name(path).is_some_and(is_archive))
        .collect();
    files.sort();
    files.push(folder.join("audit.jsonl"));
    files
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn is_archive(name: &str) -> bool {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let Some(middle) = plain.strip_prefix("audit.") else {
        return false;
    };
    let part = middle
        .strip_suffix(".jsonl")
        .or_else(|| middle.strip_prefix("jsonl."));
    part.is_some_and(|part| !part.is_empty())
}

/// Hands on each line of a file that may be packed; a file that does not exist has none.
pub(super) fn each_line(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut reader: Box<dyn BufRead> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader
            .by_ref()
            .take(LINE_MAX)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        take(line.trim_ascii());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn archives_come_before_the_file_in_use_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "audit.jsonl",
            "audit.20261102.jsonl.gz",
            "audit.20261101.jsonl",
            "audit.20261102_1.jsonl.gz",
            "audit.jsonl.2.gz",
            "audit.txt",
            "auditor.jsonl",
            "app.jsonl.gz",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let files = files(folder.path());
        let names: Vec<_> = files.iter().filter_map(|path| name(path)).collect();
        let expected = [
            "audit.20261101.jsonl",
            "audit.20261102.jsonl.gz",
            "audit.20261102_1.jsonl.gz",
            "audit.jsonl.2.gz",
            "audit.jsonl",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn packed_files_are_read_and_long_lines_take_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.1.jsonl.gz");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"one\n\ntwo\n").unwrap();
        packed.write_all(&vec![b'x'; 1_000_000]).unwrap();
        fs::write(&path, packed.finish().unwrap()).unwrap();
        let mut lines = Vec::new();
        each_line(&path, |line| lines.push(line.len())).unwrap();
        assert_eq!(lines[..3], [3, 0, 3]);
        assert!(lines[3..].iter().all(|length| *length as u64 <= LINE_MAX));
    }

    #[test]
    fn a_damaged_archive_is_an_error_and_a_missing_file_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.1.jsonl.gz");
        fs::write(&path, "not packed").unwrap();
        assert!(each_line(&path, |_| ()).is_err());
        assert!(each_line(&folder.path().join("audit.jsonl"), |_| unreachable!()).is_ok());
    }
}
