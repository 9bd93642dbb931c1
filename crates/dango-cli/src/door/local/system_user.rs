//! Who runs the program, for the audit log.

use std::fs;

/// The login name of the operating system's user, or the number where there is no name.
pub(super) fn name_of_system_user() -> String {
    let id = rustix::process::getuid().as_raw();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&accounts, id).map_or_else(|| format!("uid {id}"), str::to_owned)
}

/// The first name with this number in a passwd file.
fn name_in(accounts: &str, id: u32) -> Option<&str> {
    let number = id.to_string();
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1) == Some(number.as_str())).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_belongs_to_the_number() {
        let accounts =
            "root:x:0:0:root:/root:/bin/bash\n# comment\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(name_in(accounts, 1000), Some("ann"));
        assert_eq!(name_in(accounts, 0), Some("root"));
        assert_eq!(name_in(accounts, 7), None);
    }
}
