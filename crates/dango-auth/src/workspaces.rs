//! Workspaces: seen by whoever may enter, managed with `config.manage`.

use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::id::{UserId, Version, WorkspaceId};
use dango_auth_core::name::{RoleName, Username, WorkspaceName};
use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{Page, Workspace, WorkspaceChanges as _, WorkspaceReads as _};

use crate::api_keys::check_description;
use crate::auth::{Auth, printable};
use crate::caller::Caller;
use crate::error::Error;
use crate::kept_answers::{Repeat, Repeatable};
use crate::users::{PAGE_MAX, insert_workspace};
use crate::walk::require_free;

/// What is to change about a workspace; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceRevision {
    /// Another name; grants follow.
    pub name: Option<WorkspaceName>,
    /// Another description.
    pub description: Option<String>,
}

/// Workspaces.
#[derive(Clone)]
pub struct Workspaces<'a> {
    auth: &'a Auth,
}

impl<'a> Workspaces<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// One page by name, cut to what the caller may see.
    ///
    /// # Errors
    /// [`Error::Obliged`]; [`Error::Store`].
    pub fn list(
        &self,
        caller: &Caller,
        after: Option<&WorkspaceName>,
        limit: u32,
    ) -> Result<Page<Workspace>, Error> {
        require_free(caller)?;
        let limit = limit.clamp(1, PAGE_MAX);
        let only = caller.rights().visible_workspaces();
        self.auth
            .inner
            .store
            .read(|tx| Ok(tx.workspaces(only.as_deref(), after, limit)?))
    }

    /// One workspace, if the caller may see it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and hidden ones alike.
    pub fn get(&self, caller: &Caller, id: WorkspaceId) -> Result<Workspace, Error> {
        require_free(caller)?;
        let found = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.workspace(id)?))?;
        found
            .filter(|workspace| caller.rights().sees(&workspace.name))
            .ok_or_else(|| unknown(&id.to_string()))
    }

    /// One workspace by name, if the caller may see it.
    ///
    /// # Errors
    /// As [`Workspaces::get`].
    pub fn find(&self, caller: &Caller, name: &str) -> Result<Workspace, Error> {
        require_free(caller)?;
        let parsed = WorkspaceName::parse(name).map_err(|_| unknown(&printable(name)))?;
        let found = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.workspace_by_name(&parsed)?))?;
        found
            .filter(|workspace| caller.rights().sees(&workspace.name))
            .ok_or_else(|| unknown(&printable(name)))
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// `workspace_exists`, [`Error::Denied`] without `config.manage`; [`Error::Store`].
    pub fn create(
        &self,
        caller: &Caller,
        name: &WorkspaceName,
        description: &str,
    ) -> Result<Workspace, Error> {
        self.create_once(caller, name, description, None)?.fresh()
    }

    /// Makes a workspace, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`Workspaces::create`].
    pub fn create_once(
        &self,
        caller: &Caller,
        name: &WorkspaceName,
        description: &str,
        repeatable: Option<&Repeatable<'_, Workspace>>,
    ) -> Result<Repeat<Workspace>, Error> {
        check_description(description)?;
        let id = WorkspaceId::from_uuid(self.auth.inner.ambient.uuid()?);
        self.auth
            .command_once(caller, builtin::CONFIG_MANAGE, repeatable, |tx, desk| {
                insert_workspace(tx, id, name, description, &desk.act)
            })
    }

    /// Renames or describes a workspace anew; grants of users and keys follow.
    ///
    /// # Errors
    /// `workspace_exists`, [`Error::Stale`], [`Error::NotFound`], [`Error::Denied`].
    pub fn revise(
        &self,
        caller: &Caller,
        id: WorkspaceId,
        revision: &WorkspaceRevision,
        if_match: Option<Version>,
    ) -> Result<Workspace, Error> {
        if let Some(text) = &revision.description {
            check_description(text)?;
        }
        self.auth
            .command(caller, builtin::CONFIG_MANAGE, |tx, desk| {
                let old = tx.workspace(id)?.ok_or_else(|| unknown(&id.to_string()))?;
                if if_match.is_some_and(|version| version != old.version) {
                    return Err(Error::Stale {
                        what: "this workspace",
                    });
                }
                let new = Workspace {
                    name: revision.name.clone().unwrap_or_else(|| old.name.clone()),
                    description: revision
                        .description
                        .clone()
                        .unwrap_or_else(|| old.description.clone()),
                    version: old.version.next(),
                    updated_at: desk.act.at,
                    ..old.clone()
                };
                if new.name == old.name && new.description == old.description {
                    return Ok(old);
                }
                let event = desk
                    .act
                    .event(
                        EventName::WORKSPACE_CHANGED,
                        Target::workspace(id, new.name.as_str()),
                    )
                    .in_workspace(new.name.clone())
                    .detail("old_name", old.name.as_str());
                tx.update_workspace(&new, old.version, event)
                    .map_err(|error| {
                        if error.is_conflict() && !error.is_stale() {
                            return Error::Exists {
                                what: "workspace",
                                name: new.name.to_string(),
                            };
                        }
                        error.into()
                    })?;
                Ok(new)
            })
    }

    /// Removes a workspace with every grant in it; tells how many people lost one.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::Store`].
    pub fn delete(&self, caller: &Caller, id: WorkspaceId) -> Result<u64, Error> {
        self.auth
            .command(caller, builtin::CONFIG_MANAGE, |tx, desk| {
                let old = tx.workspace(id)?.ok_or_else(|| unknown(&id.to_string()))?;
                let event = desk
                    .act
                    .event(
                        EventName::WORKSPACE_DELETED,
                        Target::workspace(id, old.name.as_str()),
                    )
                    .in_workspace(old.name);
                Ok(tx.delete_workspace(id, event)?)
            })
    }

    /// Who holds a grant in a workspace, by username.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`; [`Error::Store`].
    pub fn members(
        &self,
        caller: &Caller,
        id: WorkspaceId,
        after: Option<&Username>,
        limit: u32,
    ) -> Result<Page<(UserId, Username, RoleName)>, Error> {
        let limit = limit.clamp(1, PAGE_MAX);
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            Ok(tx.workspace_members(id, after, limit)?)
        })
    }
}

fn unknown(name: &str) -> Error {
    Error::NotFound {
        what: "workspace",
        name: name.to_owned(),
    }
}
