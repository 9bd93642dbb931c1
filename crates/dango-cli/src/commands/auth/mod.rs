//! `dango auth`: the 13 documented commands and what goes beyond them.

mod add_user;
mod audit;
mod change_role;
mod config;
mod deactivate_user;
mod delete_user;
mod disable;
mod enable;
mod explain;
mod export;
mod grant;
mod import;
mod invite;
mod key;
mod list_users;
mod reactivate_user;
mod recover;
mod reset_2fa;
mod reset_password;
mod revoke;
mod roles;
mod rotate_key;
mod sessions;
mod status;
mod sync;
mod unlock;
mod workspace;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// Manage sign-in, users, roles, keys and the audit log
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    Enable(enable::Enable),
    Disable(disable::Disable),
    Status(status::Status),
    AddUser(add_user::AddUser),
    ListUsers(list_users::ListUsers),
    ResetPassword(reset_password::ResetPassword),
    ChangeRole(change_role::ChangeRole),
    DeactivateUser(deactivate_user::DeactivateUser),
    ReactivateUser(reactivate_user::ReactivateUser),
    #[command(visible_alias = "remove-user")]
    DeleteUser(delete_user::DeleteUser),
    Unlock(unlock::Unlock),
    Audit(audit::Audit),
    Recover(recover::Recover),
    Invite(invite::Invite),
    #[command(name = "reset-2fa")]
    ResetSecondFactor(reset_2fa::ResetSecondFactor),
    #[command(subcommand, visible_alias = "session")]
    Sessions(sessions::Sessions),
    #[command(subcommand, visible_alias = "keys")]
    Key(key::Key),
    #[command(subcommand, visible_alias = "workspaces")]
    Workspace(workspace::Workspace),
    Grant(grant::Grant),
    Revoke(revoke::Revoke),
    Explain(explain::Explain),
    #[command(subcommand)]
    Config(config::Config),
    #[command(subcommand)]
    Roles(roles::Roles),
    RotateKey(rotate_key::RotateKey),
    Export(export::Export),
    Import(import::Import),
    Sync(sync::Sync),
}

impl Auth {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::Enable(command) => command.run(cx),
            Self::Disable(command) => command.run(cx),
            Self::Status(command) => command.run(cx),
            Self::AddUser(command) => command.run(cx),
            Self::ListUsers(command) => command.run(cx),
            Self::ResetPassword(command) => command.run(cx),
            Self::ChangeRole(command) => command.run(cx),
            Self::DeactivateUser(command) => command.run(cx),
            Self::ReactivateUser(command) => command.run(cx),
            Self::DeleteUser(command) => command.run(cx),
            Self::Unlock(command) => command.run(cx),
            Self::Audit(command) => command.run(cx),
            Self::Recover(command) => command.run(cx),
            Self::Invite(command) => command.run(cx),
            Self::ResetSecondFactor(command) => command.run(cx),
            Self::Sessions(command) => command.run(cx),
            Self::Key(command) => command.run(cx),
            Self::Workspace(command) => command.run(cx),
            Self::Grant(command) => command.run(cx),
            Self::Revoke(command) => command.run(cx),
            Self::Explain(command) => command.run(cx),
            Self::Config(command) => command.run(cx),
            Self::Roles(command) => command.run(cx),
            Self::RotateKey(command) => command.run(cx),
            Self::Export(command) => command.run(cx),
            Self::Import(command) => command.run(cx),
            Self::Sync(command) => command.run(cx),
        }
    }
}
