//! People and what they may do.

use dango_auth::core::name::LoginName;
use dango_auth::view::{CreatedUserObject, ExplanationObject, UserObject};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::{Done, Remote, operations};
use crate::door::{Answer, Changed, GrantRequest, NewUser, People, Secret, UserQuery};
use crate::exit::Exit;
use crate::fault::Fault;

/// How many users are asked for at a time.
const PAGE: u32 = 1000;

/// A fresh invite link.
#[derive(Deserialize)]
struct Invited {
    invite_url: String,
}

impl People for Remote {
    fn users(&self, query: &UserQuery) -> Answer<Vec<UserObject>> {
        let page = query.limit.unwrap_or(PAGE).min(PAGE);
        let call = Call::new(&operations::LIST_USERS)
            .query("limit", Some(page))
            .query("q", query.search.as_ref())
            .query("role", query.role.as_ref())
            .query("status", query.status.as_ref());
        self.pages(&call, query.limit)
    }

    fn user(&self, login: &str) -> Answer<UserObject> {
        let unknown = || {
            Fault::new(
                Exit::NotFound,
                "not_found",
                format!("there is no user {login}"),
            )
        };
        let name = LoginName::parse(login).map_err(|_| unknown())?;
        let name = name.as_str();
        let called = self.users(&UserQuery {
            search: Some(name.to_owned()),
            ..UserQuery::default()
        })?;
        let mut called = called.into_iter();
        called
            .find(|user| user.username == name || user.email == name)
            .ok_or_else(unknown)
    }

    fn add_user(&self, new: &NewUser) -> Answer<CreatedUserObject> {
        let mut call = Call::new(&operations::CREATE_USER)
            .member("email", new.email.as_str())
            .member("role", new.role.as_str())
            .member("generate_password", new.secret == Secret::TemporaryPassword);
        if !new.grants.is_empty() {
            call = call.member("workspace_access", access(&new.grants));
        }
        let mut created: CreatedUserObject = self.make(&call)?;
        created.invite_url = created
            .invite_url
            .map(|url| based(url, new.base_url.as_deref()));
        Ok(created)
    }

    fn reset_password(&self, login: &str) -> Answer<CreatedUserObject> {
        let id = self.user(login)?.id;
        self.ask(&Call::new(&operations::RESET_PASSWORD).of(&id))
    }

    fn change_role(&self, login: &str, role: &str) -> Answer<Changed> {
        let call = Call::new(&operations::CHANGE_ROLE).member("role", role);
        self.change(login, call)
    }

    fn deactivate(&self, login: &str) -> Answer<Changed> {
        let before = self.user(login)?;
        let _: Done = self.ask(&Call::new(&operations::DEACTIVATE).of(&before.id))?;
        self.after(&before, before.is_active)
    }

    fn reactivate(&self, login: &str) -> Answer<Changed> {
        self.change(login, Call::new(&operations::REACTIVATE))
    }

    fn delete_user(&self, login: &str) -> Answer<()> {
        let user = self.user(login)?;
        let call = Call::new(&operations::DELETE_USER)
            .of(&user.id)
            .member("confirm_email", user.email);
        let _: Done = self.ask(&call)?;
        Ok(())
    }

    fn unlock(&self, login: &str) -> Answer<Changed> {
        let before = self.user(login)?;
        let _: Done = self.ask(&Call::new(&operations::UNLOCK).of(&before.id))?;
        self.after(&before, true)
    }

    fn invite(&self, login: &str, base_url: Option<&str>) -> Answer<CreatedUserObject> {
        let id = self.user(login)?.id;
        let invited: Invited = self.ask(&Call::new(&operations::REINVITE).of(&id))?;
        Ok(CreatedUserObject {
            user: self.ask(&Call::new(&operations::GET_USER).of(&id))?,
            invite_url: Some(based(invited.invite_url, base_url)),
            temp_password: None,
        })
    }

    fn reset_second_factor(&self, login: &str) -> Answer<Changed> {
        let before = self.user(login)?;
        let _: Done = self.ask(&Call::new(&operations::RESET_SECOND_FACTOR).of(&before.id))?;
        self.after(&before, before.totp_enabled)
    }

    fn grant(&self, login: &str, grant: &GrantRequest) -> Answer<Changed> {
        let call = Call::new(&operations::GRANT)
            .member("workspace", grant.workspace.as_str())
            .member("role", grant.role.as_str())
            .member("only", grant.only);
        self.change(login, call)
    }

    fn revoke_grant(&self, login: &str, workspace: &str) -> Answer<Changed> {
        let call = Call::new(&operations::REVOKE_GRANT).member("workspace", workspace);
        self.change(login, call)
    }

    fn explain(
        &self,
        login: &str,
        permission: &str,
        workspace: Option<&str>,
    ) -> Answer<ExplanationObject> {
        let id = self.user(login)?.id;
        let call = Call::new(&operations::EXPLAIN)
            .of(&id)
            .query("permission", Some(permission))
            .query("workspace", workspace);
        self.ask(&call)
    }
}

impl Remote {
    /// Changes somebody's rights; there was something to change if they are others afterwards.
    fn change(&self, login: &str, call: Call) -> Answer<Changed> {
        let before = self.user(login)?;
        let user: UserObject = self.ask(&call.of(&before.id))?;
        let changed = user.role != before.role
            || user.is_active != before.is_active
            || user.workspace_access != before.workspace_access;
        Ok(Changed { user, changed })
    }

    /// Somebody after a change that answers no more than that it was done.
    fn after(&self, before: &UserObject, changed: bool) -> Answer<Changed> {
        let user = self.ask(&Call::new(&operations::GET_USER).of(&before.id))?;
        Ok(Changed { user, changed })
    }
}

fn access(grants: &[GrantRequest]) -> Value {
    let pair = |grant: &GrantRequest| json!({"workspace": grant.workspace, "role": grant.role});
    json!({"all": false, "grants": grants.iter().map(pair).collect::<Vec<_>>()})
}

/// An invite link under another address, where one is asked for.
fn based(url: String, base: Option<&str>) -> String {
    match (base, url.rsplit_once("/invite/")) {
        (Some(base), Some((_, token))) => {
            format!("{}/invite/{token}", base.trim_end_matches('/'))
        }
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_moves_to_the_address_that_is_asked_for() {
        let url = || "https://a.example.org/x/invite/abc".to_owned();
        assert_eq!(based(url(), None), url());
        assert_eq!(
            based(url(), Some("https://b.example.org/")),
            "https://b.example.org/invite/abc"
        );
    }
}
