//! What is asked of Metabase, call by call.

use std::time::Duration;

use dango_auth_core::metabase::{Found, GROUP, Step, flag, number, rights_patch, same_address};
use serde_json::{Value, json};
use ureq::http::Method;
use url::form_urlencoded::byte_serialize;

use super::call::{Line, Stop};
use super::trouble::Trouble;
use crate::settings::MetabaseTarget;

/// How often a change of the permission graph is tried when others change it at the same time.
const GRAPH_TRIES: usize = 5;

/// Accounts that are read at a time.
const PAGE: usize = 500;

/// What every delivery needs to know of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    /// The account we sign in with, which is never touched.
    pub(super) service: i64,
    /// The group [`GROUP`].
    pub(super) group: i64,
}

/// A Metabase server as we use it.
#[derive(Debug)]
pub(super) struct Client {
    line: Line,
    database_id: Option<u32>,
}

impl Client {
    pub(super) fn new(target: &MetabaseTarget, patience: Duration, stop: Stop) -> Self {
        Self {
            line: Line::new(target, patience, stop),
            database_id: target.database_id,
        }
    }

    fn get(&mut self, path: &str) -> Result<Value, Trouble> {
        self.line.call(&Method::GET, path, None)?.done()
    }

    /// Makes ready what every delivery needs: the group, made when it is missing, and its rights.
    pub(super) fn prepare(&mut self) -> Result<Ground, Trouble> {
        let service = self.service()?;
        let group = match self.group()? {
            Some(group) => group,
            None => self.make_group()?,
        };
        self.put_rights(group)?;
        Ok(Ground { service, group })
    }

    /// The account that we sign in with.
    pub(super) fn service(&mut self) -> Result<i64, Trouble> {
        let reply = self.line.call(&Method::GET, "/api/user/current", None)?;
        let id = reply.body.get("id").and_then(Value::as_i64);
        let (200, Some(id)) = (reply.status, id) else {
            let status = reply.status;
            let text = format!("there is no Metabase at metabase.url (status {status})");
            return Err(Trouble::Outage(text));
        };
        if flag(&reply.body, "is_superuser") == Some(false) {
            let text = "what Dango signs in with is no administrator of Metabase";
            return Err(Trouble::Outage(text.to_owned()));
        }
        Ok(id)
    }

    /// The group, if it is there.
    pub(super) fn group(&mut self) -> Result<Option<i64>, Trouble> {
        let groups = self.get("/api/permissions/group")?;
        let mut groups = groups.as_array().into_iter().flatten();
        let ours = groups.find(|group| group.get("name").and_then(Value::as_str) == Some(GROUP));
        Ok(ours.and_then(|group| group.get("id")?.as_i64()))
    }

    fn make_group(&mut self) -> Result<i64, Trouble> {
        let body = json!({ "name": GROUP });
        let reply = self
            .line
            .call(&Method::POST, "/api/permissions/group", Some(&body))?;
        if reply.status == 400 {
            // Another server was quicker.
            return self.group()?.ok_or_else(|| reply.refusal());
        }
        let made = reply.done()?;
        let id = made.get("id").and_then(Value::as_i64);
        id.ok_or_else(|| Trouble::Failing("Metabase made a group without an id".to_owned()))
    }

    /// What is missing of the rights on the database; nothing where none is configured.
    pub(super) fn missing_rights(&mut self, group: i64) -> Result<Option<Value>, Trouble> {
        let Some(database) = self.database_id else {
            return Ok(None);
        };
        let graph = self.get("/api/permissions/graph")?;
        Ok(rights_patch(&graph, group, database))
    }

    fn put_rights(&mut self, group: i64) -> Result<(), Trouble> {
        for _ in 0..GRAPH_TRIES {
            let Some(rights) = self.missing_rights(group)? else {
                return Ok(());
            };
            let path = "/api/permissions/graph";
            let reply = self.line.call(&Method::PUT, path, Some(&rights))?;
            if reply.status != 409 {
                return reply.done().map(drop);
            }
        }
        let text = "others keep changing the permission graph of Metabase";
        Err(Trouble::Failing(text.to_owned()))
    }

    /// The account with this id.
    pub(super) fn account(&mut self, id: i64, group: i64) -> Result<Option<Found>, Trouble> {
        let path = format!("/api/user/{id}");
        let reply = self.line.call(&Method::GET, &path, None)?;
        if reply.status == 404 {
            // Older servers show a deactivated account in the list only.
            let inactive = self.list("status=deactivated&include_deactivated=true", group)?;
            return Ok(inactive.into_iter().find(|found| found.id == id));
        }
        let body = reply.done()?;
        Found::read(&body, group)
            .map(Some)
            .ok_or_else(|| unreadable("an account"))
    }

    /// The account with this address, deactivated ones included.
    pub(super) fn find(&mut self, email: &str, group: i64) -> Result<Option<Found>, Trouble> {
        let query: String = byte_serialize(email.as_bytes()).collect();
        let query = format!("status=all&include_deactivated=true&query={query}");
        let all = self.list(&query, group)?;
        Ok(all
            .into_iter()
            .find(|found| same_address(&found.email, email)))
    }

    /// Everybody, deactivated ones included.
    pub(super) fn everybody(&mut self, group: i64) -> Result<Vec<Found>, Trouble> {
        self.list("status=all&include_deactivated=true", group)
    }

    fn list(&mut self, query: &str, group: i64) -> Result<Vec<Found>, Trouble> {
        let mut all = Vec::new();
        loop {
            let offset = all.len();
            let path = format!("/api/user?{query}&limit={PAGE}&offset={offset}");
            let body = self.get(&path)?;
            let (read, total) =
                Found::read_page(&body, group).ok_or_else(|| unreadable("the list of accounts"))?;
            let is_empty = read.is_empty();
            all.extend(read);
            let whole = total.is_none_or(|total| all.len() as u64 >= total);
            if whole || is_empty {
                return Ok(all);
            }
        }
    }

    /// Makes an account, or finds the one that has the address already.
    ///
    /// No password is sent: Metabase makes one up that nobody knows.
    pub(super) fn create(&mut self, email: &str, group: i64) -> Result<Found, Trouble> {
        let name = email.split('@').next().unwrap_or(email);
        let body = json!({"first_name": name, "last_name": ".", "email": email});
        let reply = self.line.call(&Method::POST, "/api/user", Some(&body))?;
        if reply.status == 400 {
            return self.find(email, group)?.ok_or_else(|| reply.refusal());
        }
        let body = reply.done()?;
        if let Some(found) = Found::read(&body, group) {
            return Ok(found);
        }
        // Some servers leave the groups out of this answer.
        let id = number(&body, "id");
        let found = id.map_or(Ok(None), |id| self.account(id, group))?;
        found.ok_or_else(|| unreadable("a new account"))
    }

    /// Takes one step with an account.
    pub(super) fn take(&mut self, step: Step, id: i64, group: i64) -> Result<(), Trouble> {
        let user = format!("/api/user/{id}");
        match step {
            Step::Demote => self.set_superuser(&user, false),
            Step::Promote => self.set_superuser(&user, true),
            Step::LeaveGroup => self.leave(id, group),
            Step::JoinGroup => self.join(id, group),
            Step::Deactivate => {
                let reply = self.line.call(&Method::DELETE, &user, None)?;
                reply.done().map(drop)
            }
            Step::Reactivate => {
                let path = format!("{user}/reactivate");
                let reply = self.line.call(&Method::PUT, &path, Some(&json!({})))?;
                reply.done().map(drop)
            }
        }
    }

    fn set_superuser(&mut self, user: &str, superuser: bool) -> Result<(), Trouble> {
        let body = json!({ "is_superuser": superuser });
        let reply = self.line.call(&Method::PUT, user, Some(&body))?;
        reply.done().map(drop)
    }

    fn join(&mut self, id: i64, group: i64) -> Result<(), Trouble> {
        let body = json!({"group_id": group, "user_id": id});
        let path = "/api/permissions/membership";
        let reply = self.line.call(&Method::POST, path, Some(&body))?;
        reply.done().map(drop)
    }

    /// Ends the one membership, so that those of other groups stay as they are.
    fn leave(&mut self, id: i64, group: i64) -> Result<(), Trouble> {
        let body = self.get(&format!("/api/permissions/group/{group}"))?;
        let mut members = body
            .get("members")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let ours = members.find(|member| number(member, "user_id") == Some(id));
        let Some(membership) = ours.and_then(|member| number(member, "membership_id")) else {
            return Ok(());
        };
        let path = format!("/api/permissions/membership/{membership}");
        let reply = self.line.call(&Method::DELETE, &path, None)?;
        if reply.status == 404 {
            return Ok(());
        }
        reply.done().map(drop)
    }
}

fn unreadable(what: &str) -> Trouble {
    Trouble::Failing(format!(
        "Metabase described {what} in a way that is not understood"
    ))
}
