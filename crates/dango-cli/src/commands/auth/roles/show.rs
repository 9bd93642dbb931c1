//! `dango auth roles show`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Show one role with its permissions
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The role
    role: String,
}

impl Show {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let roles = cx.door()?.roles()?;
        if let Some(role) = roles.iter().find(|role| role.name == self.role) {
            return cx.show(role);
        }
        let known: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
        Err(unknown(&self.role, &known))
    }
}

fn unknown(role: &str, known: &[&str]) -> Fault {
    let message = format!(
        "there is no role {role}; the roles are {}",
        known.join(", ")
    );
    Fault::usage("unknown_role", message)
}
