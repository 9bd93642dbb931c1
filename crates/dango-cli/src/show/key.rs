//! A key that was replaced.

use std::io;

use crate::door::Rotated;
use crate::output::{Output, Show};

impl Show for Rotated {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let Self {
            old_key_id,
            key_id,
            sealed,
            ..
        } = self;
        let begun = if self.resumed {
            "finished what was begun: "
        } else {
            ""
        };
        output.done(format!(
            "{begun}key {key_id} is in force in place of {old_key_id}; {sealed} values sealed anew"
        ))?;
        if let Some(file) = &self.old_key_file {
            output.note(format!(
                "the old key is in {}; move it to where copies of the database from before are kept",
                file.display()
            ))?;
            output.note("copy .dango/secret.key to other servers of this database; they take it over without a restart")
        } else {
            output.note("take the old key out of DANGO_SECRET_KEY, and keep it with copies of the database from before")
        }
    }
}
