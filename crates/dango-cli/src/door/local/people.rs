//! People and what they may do.

use dango_auth::core::id::UserId;
use dango_auth::core::name::{EmailAddress, Username};
use dango_auth::core::user::Status;
use dango_auth::ports::{UserCursor, UserFilter, UserRow};
use dango_auth::users::{
    AccessRequest, Confirmation, CreateUser, CreatedSecret, FirstCredential, IssuedInvite,
    ResetPassword,
};
use dango_auth::view::{CreatedUserObject, ExplanationObject, UserObject};

use super::Local;
use crate::door::{Answer, Changed, GrantRequest, NewUser, People, Secret, UserQuery};

/// How many users are read at a time.
const PAGE: u32 = 1000;

impl People for Local {
    fn users(&self, query: &UserQuery) -> Answer<Vec<UserObject>> {
        let filter = self.filter(query)?;
        let limit = query.limit.unwrap_or(u32::MAX) as usize;
        let max_age_days = self.auth.settings()?.password.max_age_days;
        let mut users: Vec<UserObject> = Vec::new();
        let mut after = UserCursor::CreatedAt(None);
        loop {
            let wanted = u32::try_from(limit - users.len()).unwrap_or(PAGE).min(PAGE);
            let page = self
                .auth
                .users()
                .list(&self.caller, &filter, &after, wanted)?;
            users.extend(
                page.rows
                    .iter()
                    .map(|row| UserObject::new(row, max_age_days, filter.now)),
            );
            match page.rows.last() {
                Some(last) if page.more && users.len() < limit => {
                    after = UserCursor::CreatedAt(Some((last.user.created_at, last.user.id)));
                }
                _ => return Ok(users),
            }
        }
    }

    fn user(&self, login: &str) -> Answer<UserObject> {
        self.object(&self.find(login)?)
    }

    fn add_user(&self, new: &NewUser) -> Answer<CreatedUserObject> {
        let role = self.auth.parse_role(&new.role)?;
        let email = EmailAddress::parse(&new.email)
            .map_err(|error| dango_auth::Error::name("email", &error))?;
        let username = Username::parse(email.as_str())
            .map_err(|error| dango_auth::Error::name("email", &error))?;
        let first = match new.secret {
            Secret::Invite => FirstCredential::Invite {
                base_url: new.base_url.clone(),
            },
            Secret::TemporaryPassword => FirstCredential::TemporaryPassword,
        };
        let request = CreateUser {
            username,
            email: Some(email),
            role,
            access: access(&new.grants),
            first,
        };
        let created = self.auth.users().create(&self.caller, request)?;
        let user = self.object(&created.user)?;
        let (invite_url, temp_password) = match created.secret {
            Some(CreatedSecret::Invite(invite)) => (Some(invite.url), None),
            Some(CreatedSecret::TemporaryPassword(password)) => {
                (None, Some(password.expose().to_owned()))
            }
            None => (None, None),
        };
        Ok(CreatedUserObject {
            user,
            invite_url,
            temp_password,
        })
    }

    fn reset_password(&self, login: &str) -> Answer<CreatedUserObject> {
        let id = self.id(login)?;
        let done =
            self.auth
                .users()
                .reset_password(&self.caller, id, ResetPassword::Generate, false)?;
        let temp_password = done.temporary.map(|password| password.expose().to_owned());
        Ok(CreatedUserObject {
            user: self.object(&done.user)?,
            invite_url: None,
            temp_password,
        })
    }

    fn change_role(&self, login: &str, role: &str) -> Answer<Changed> {
        let role = self.auth.parse_role(role)?;
        self.changed(
            &self
                .auth
                .users()
                .change_role(&self.caller, self.id(login)?, &role)?,
        )
    }

    fn deactivate(&self, login: &str) -> Answer<Changed> {
        self.changed(
            &self
                .auth
                .users()
                .deactivate(&self.caller, self.id(login)?)?,
        )
    }

    fn reactivate(&self, login: &str) -> Answer<Changed> {
        self.changed(
            &self
                .auth
                .users()
                .reactivate(&self.caller, self.id(login)?)?,
        )
    }

    fn delete_user(&self, login: &str) -> Answer<()> {
        self.auth
            .users()
            .delete(&self.caller, self.id(login)?, &Confirmation::Given)?;
        Ok(())
    }

    fn unlock(&self, login: &str) -> Answer<Changed> {
        self.changed(&self.auth.users().unlock(&self.caller, self.id(login)?)?)
    }

    fn invite(&self, login: &str, base_url: Option<&str>) -> Answer<CreatedUserObject> {
        let (done, issued): (_, IssuedInvite) =
            self.auth
                .invites()
                .resend(&self.caller, self.id(login)?, base_url)?;
        let user = self.object(&done.value)?;
        Ok(CreatedUserObject {
            user,
            invite_url: Some(issued.url),
            temp_password: None,
        })
    }

    fn reset_second_factor(&self, login: &str) -> Answer<Changed> {
        self.changed(
            &self
                .auth
                .users()
                .reset_second_factor(&self.caller, self.id(login)?)?,
        )
    }

    fn grant(&self, login: &str, grant: &GrantRequest) -> Answer<Changed> {
        let id = self.id(login)?;
        let done =
            self.auth
                .users()
                .grant(&self.caller, id, &grant.workspace, &grant.role, grant.only)?;
        self.changed(&done)
    }

    fn revoke_grant(&self, login: &str, workspace: &str) -> Answer<Changed> {
        self.changed(
            &self
                .auth
                .users()
                .revoke_grant(&self.caller, self.id(login)?, workspace)?,
        )
    }

    fn explain(
        &self,
        login: &str,
        permission: &str,
        workspace: Option<&str>,
    ) -> Answer<ExplanationObject> {
        let explained = self
            .auth
            .users()
            .explain(&self.caller, login, permission, workspace)?;
        Ok(ExplanationObject::new(
            &explained.user,
            &explained.explanation,
            &explained.policy,
        ))
    }
}

impl Local {
    fn find(&self, login: &str) -> Answer<UserRow> {
        Ok(self.auth.users().find(&self.caller, login)?)
    }

    /// The id of a user, by email or username.
    pub(super) fn id(&self, login: &str) -> Answer<UserId> {
        Ok(self.find(login)?.user.id)
    }

    fn filter(&self, query: &UserQuery) -> Answer<UserFilter> {
        let role = query
            .role
            .as_deref()
            .map(|role| self.auth.parse_role(role))
            .transpose()?;
        let status = query.status.as_deref().and_then(Status::parse);
        Ok(UserFilter {
            search: query.search.clone(),
            role,
            status,
            second_factor: None,
            now: self.auth.now(),
        })
    }
}

/// Access as it was asked for; none asked for is left to the use case.
fn access(grants: &[GrantRequest]) -> Option<AccessRequest> {
    let pair = |grant: &GrantRequest| (grant.workspace.clone(), grant.role.clone());
    (!grants.is_empty()).then(|| AccessRequest {
        all: false,
        grants: grants.iter().map(pair).collect(),
    })
}
