//! What `init` did.

use std::io;

use crate::door::InitOutcome;
use crate::output::{Output, Show, Text};

impl Show for InitOutcome {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let folder = self.project.display();
        let Some(user) = &self.user else {
            return output.done(format!(
                "{folder} is a project already; its users were not touched"
            ));
        };
        output.done(format!("{folder} is a project now"))?;
        let mut facts = vec![
            ("Email", Text::from(user.email.as_str())),
            ("Role", user.role.as_str().into()),
        ];
        if let Some(password) = &self.temp_password {
            facts.push(("Temporary password", Text::default().strong(password)));
        }
        output.facts("First admin", &facts)?;
        if self.temp_password.is_some() {
            output.note(
                "The password is shown this once and must be changed at the first sign-in.",
            )?;
        }
        output
            .note("Start the server with `dango-server` and sign in at http://127.0.0.1:8800/login")
    }
}
