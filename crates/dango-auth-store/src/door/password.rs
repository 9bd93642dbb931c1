//! The password file, searched for the hosts of the URL: libpq would search it for the door's.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::place::Place;
use super::{home_file, refused, variable};
use crate::StoreError;
use crate::dialect::PgUrl;

/// The password for a URL that holds none.
///
/// # Errors
/// [`StoreError::BadLocation`] when its hosts have different ones.
pub(super) fn of(url: &PgUrl<'_>, places: &[Place]) -> Result<Option<String>, StoreError> {
    let given = url.has_password() || url.option("password").is_some();
    if given || variable("PGPASSWORD").is_some() {
        return Ok(None);
    }
    let Some(text) = file(url).and_then(|file| private_text(&file)) else {
        return Ok(None);
    };
    let user = url
        .option("user")
        .or_else(|| url.user())
        .or_else(|| variable("PGUSER"));
    let database = url.option("dbname").or_else(|| url.database());
    let database = database
        .or_else(|| variable("PGDATABASE"))
        .or_else(|| user.clone());
    let (user, database) = (user.unwrap_or_default(), database.unwrap_or_default());
    let of_place = |place: &Place| search(&text, [place.name(), &place.port, &database, &user]);
    let mut found: Vec<_> = places.iter().filter_map(of_place).collect();
    found.dedup();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => Err(refused(
            "the password file has different passwords for the hosts of the database url",
        )),
    }
}

fn file(url: &PgUrl<'_>) -> Option<PathBuf> {
    let named = url.option("passfile").or_else(|| variable("PGPASSFILE"));
    named.map(PathBuf::from).or_else(|| home_file(".pgpass"))
}

/// A file that others may read is as good as none, as it is for libpq.
fn private_text(file: &Path) -> Option<String> {
    let about = std::fs::metadata(file)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    if about.mode() & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "the password file is ignored: others may read it");
        return None;
    }
    std::fs::read_to_string(file).ok()
}

/// The password of the first line whose fields are these: host, port, database and user.
fn search(text: &str, wanted: [&str; 4]) -> Option<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(fields)
        .find_map(|fields| match fields.as_slice() {
            [host, port, database, user, secret, ..] => {
                let same = [host, port, database, user].into_iter().zip(wanted);
                let all = same.fold(true, |all, (field, wanted)| {
                    all && (field.as_str() == "*" || field.replace("\\*", "*") == wanted)
                });
                all.then(|| secret.replace("\\*", "*"))
            }
            _ => None,
        })
}

/// Fields end at a colon; a backslash takes what follows as it is, and a star for a star.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.trim_end_matches('\r').chars();
    while let Some(letter) = letters.next() {
        let (ends, piece) = match letter {
            ':' if fields.len() < 5 => (true, String::new()),
            '\\' => match letters.next() {
                Some('*') => (false, "\\*".to_owned()),
                Some(other) => (false, other.to_string()),
                None => (false, String::new()),
            },
            other => (false, other.to_string()),
        };
        if ends {
            fields.push(piece);
        } else if let Some(last) = fields.last_mut() {
            last.push_str(&piece);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let text = "# comment\n\
                    db1:5432:dango:ann:first\n\
                    [x:y\n\
                    *:*:dango:\\*:for a star\n\
                    *:*:*:ann:a\\:b:c\\\\\n";
        let find = |host, database, user| search(text, [host, "5432", database, user]);
        assert_eq!(find("db1", "dango", "ann").as_deref(), Some("first"));
        assert_eq!(find("db2", "dango", "ann").as_deref(), Some("a:b:c\\"));
        assert_eq!(find("db2", "dango", "*").as_deref(), Some("for a star"));
        assert_eq!(find("db2", "dango", "bob"), None);
    }
}
