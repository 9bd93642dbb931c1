//! `/api/permissions`: groups, memberships, the graph.

use serde_json::{Value, json};

use super::accounts::not_found;
use super::http::Request;
use super::state::{Reply, State};

impl State {
    pub(super) fn about_permissions(&mut self, request: &Request, rest: &[&str]) -> Reply {
        let id = rest.get(1).and_then(|text| text.parse::<i64>().ok());
        match (request.method.as_str(), rest, id) {
            ("GET", ["group"], _) => self.list_groups(),
            ("POST", ["group"], _) => self.create_group(request),
            ("GET", ["group", _], Some(id)) => self.show_group(id),
            ("POST", ["membership"], _) => self.create_membership(request),
            ("DELETE", ["membership", _], Some(id)) => self.delete_membership(id),
            ("GET", ["graph"], _) => (200, self.graph.clone()),
            ("PUT", ["graph"], _) => self.put_graph(request),
            _ => not_found(),
        }
    }

    fn list_groups(&self) -> Reply {
        let groups = self.groups.iter();
        let groups: Vec<Value> = groups
            .map(|(id, name)| {
                let members = self.memberships.keys().filter(|(group, _)| group == id);
                json!({"id": id, "name": name, "member_count": members.count()})
            })
            .collect();
        (200, json!(groups))
    }

    fn create_group(&mut self, request: &Request) -> Reply {
        let name = request.text("name").unwrap_or_default().to_owned();
        if self.groups.values().any(|own| *own == name) {
            return (
                400,
                json!({"errors": {"name": "A group with that name already exists."}}),
            );
        }
        let id = self.add_group(&name);
        (200, json!({"id": id, "name": name}))
    }

    fn show_group(&self, id: i64) -> Reply {
        let Some(name) = self.groups.get(&id) else {
            return not_found();
        };
        let members = self
            .memberships
            .iter()
            .filter(|((group, _), _)| *group == id);
        let members: Vec<Value> = members
            .filter(|((_, user), _)| self.users.get(user).is_some_and(|account| account.active))
            .map(|((_, user), membership)| json!({"user_id": user, "membership_id": membership}))
            .collect();
        (200, json!({"id": id, "name": name, "members": members}))
    }

    fn create_membership(&mut self, request: &Request) -> Reply {
        let (group, user) = (request.number("group_id"), request.number("user_id"));
        let (Some(group), Some(user)) = (group, user) else {
            return (
                400,
                json!({"errors": {"group_id": "value must be an integer greater than zero."}}),
            );
        };
        if group == 1 || !self.groups.contains_key(&group) || !self.users.contains_key(&user) {
            return (
                400,
                json!("You cannot add or remove users to/from this group."),
            );
        }
        if self.memberships.contains_key(&(group, user)) {
            return (500, json!("duplicate key value violates unique constraint"));
        }
        self.enter(group, user);
        self.show_group(group)
    }

    fn delete_membership(&mut self, id: i64) -> Reply {
        let found = self.memberships.iter().find(|(_, own)| **own == id);
        let Some((&(group, user), _)) = found else {
            return not_found();
        };
        if group == 1 {
            return (
                400,
                json!("You cannot add or remove users to/from this group."),
            );
        }
        self.leave(group, user);
        (204, Value::Null)
    }

    /// A partial graph changes what it names; a right within a database is changed by its name.
    fn put_graph(&mut self, request: &Request) -> Reply {
        if request.body.get("revision") != self.graph.get("revision") {
            let text =
                "Looks like someone else edited the permissions and your data is out of date.";
            return (409, json!(text));
        }
        let Some(groups) = request.body.get("groups").and_then(Value::as_object) else {
            return (
                400,
                json!("Cannot parse permissions graph because it is invalid"),
            );
        };
        if groups.contains_key("2") {
            let text = "You cannot create or revoke permissions for the 'Admin' group.";
            return (400, json!(text));
        }
        for (group, databases) in groups {
            for (database, rights) in databases.as_object().into_iter().flatten() {
                for (right, value) in rights.as_object().into_iter().flatten() {
                    self.graph["groups"][group][database][right] = value.clone();
                }
            }
        }
        let revision = self.graph["revision"].as_i64().unwrap_or_default();
        self.graph["revision"] = json!(revision + 1);
        (200, self.graph.clone())
    }
}
