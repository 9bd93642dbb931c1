//! `dango auth add-user`.

use clap::Args;

use crate::context::Context;
use crate::door::{GrantRequest, NewUser, Secret};
use crate::fault::Fault;

/// Add a user, and print an invite link or a temporary password
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango auth add-user ann@example.org --role editor
  dango auth add-user bob@example.org --role viewer --password
  dango auth add-user eve@example.org --workspace sales:editor --workspace hr:viewer")]
pub(crate) struct AddUser {
    /// The email address, which is the login name too
    email: String,
    /// The role: viewer, operator, editor, developer, manager, admin, or one of the policy's own
    #[arg(long, default_value = "viewer")]
    role: String,
    /// Print a temporary password instead of an invite link; it must be changed at the first sign-in
    #[arg(long)]
    password: bool,
    /// Print an invite link [default, except in `remote auth add-user`, where a temporary password is]
    #[arg(long, conflicts_with = "password")]
    invite: bool,
    /// Where the invite link points [default: public_url, else http://localhost:8800]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Only this workspace, with this role there; may be given more than once
    #[arg(long, value_name = "NAME:ROLE", value_parser = workspace_role)]
    workspace: Vec<GrantRequest>,
}

impl AddUser {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let password = self.password || (cx.is_under_remote() && !self.invite);
        let secret = if password {
            Secret::TemporaryPassword
        } else {
            Secret::Invite
        };
        let new = NewUser {
            email: self.email,
            role: self.role,
            secret,
            base_url: self.base_url,
            grants: self.workspace,
        };
        let created = cx.door()?.add_user(&new)?;
        cx.show(&created)
    }
}

fn workspace_role(text: &str) -> Result<GrantRequest, &'static str> {
    let (workspace, role) = text
        .split_once(':')
        .ok_or("expected NAME:ROLE, such as sales:editor")?;
    Ok(GrantRequest {
        workspace: workspace.to_owned(),
        role: role.to_owned(),
        only: false,
    })
}
