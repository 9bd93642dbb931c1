//! `/api/user`.

use serde_json::{Value, json};

use super::Age;
use super::http::Request;
use super::state::{ADMINISTRATORS, Account, Reply, State};

impl State {
    pub(super) fn about_users(&mut self, caller: i64, request: &Request, rest: &[&str]) -> Reply {
        let id = rest.first().and_then(|text| text.parse::<i64>().ok());
        match (request.method.as_str(), rest, id) {
            ("GET", [], _) => self.list(request),
            ("POST", [], _) => self.create(request),
            ("GET", ["current"], _) => self.show(caller),
            ("GET", [_], Some(id)) => self.show(id),
            ("PUT", [_], Some(id)) => self.update(id, request),
            ("DELETE", [_], Some(id)) => self.deactivate(id),
            ("PUT", [_, "reactivate"], Some(id)) => self.reactivate(id),
            _ => not_found(),
        }
    }

    /// An account as this age of server describes it.
    fn describe(&self, account: &Account) -> Value {
        let mut entry = json!({
            "id": account.id,
            "email": account.email,
            "is_superuser": account.superuser,
            "is_active": account.active,
        });
        match self.age {
            Age::Old => entry["group_ids"] = json!(account.groups),
            Age::New => {
                let groups = account.groups.iter();
                let groups: Vec<Value> = groups.map(|id| json!({ "id": id })).collect();
                entry["user_group_memberships"] = json!(groups);
            }
        }
        entry
    }

    fn list(&self, request: &Request) -> Reply {
        let asked = |name: &str| request.query.get(name).map(String::as_str);
        let number = |name: &str| asked(name).and_then(|text| text.parse::<usize>().ok());
        let wanted = |account: &&Account| {
            let by_status = match asked("status") {
                Some("all") => true,
                Some("deactivated") => !account.active,
                _ => account.active,
            };
            let part = asked("query").unwrap_or_default().to_lowercase();
            by_status && account.email.to_lowercase().contains(&part)
        };
        let all: Vec<&Account> = self.users.values().filter(wanted).collect();
        let page = all.iter().skip(number("offset").unwrap_or(0));
        let page = page.take(number("limit").unwrap_or(usize::MAX));
        // The list tells groups in the short form whatever the age.
        let entries: Vec<Value> = page
            .map(|account| {
                let mut entry = self.describe(account);
                entry["group_ids"] = json!(account.groups);
                entry
            })
            .collect();
        (200, json!({"data": entries, "total": all.len()}))
    }

    fn show(&self, id: i64) -> Reply {
        match self.users.get(&id) {
            Some(account) if account.active || self.age == Age::New => {
                (200, self.describe(account))
            }
            _ => not_found(),
        }
    }

    fn create(&mut self, request: &Request) -> Reply {
        let email = request.text("email").unwrap_or_default().to_owned();
        let (_, domain) = email.rsplit_once('@').unwrap_or_default();
        if !domain.contains('.') {
            return wrong("email", "value must be a valid email address.");
        }
        for name in ["first_name", "last_name"] {
            if request.text(name).is_none_or(|text| text.trim().is_empty()) {
                return wrong(name, "value must be a non-blank string.");
            }
        }
        let lower = email.to_lowercase();
        if self
            .users
            .values()
            .any(|account| account.email.to_lowercase() == lower)
        {
            return wrong("email", "Email address already in use.");
        }
        let id = self.add(&email, false, &[]);
        self.show(id)
    }

    fn update(&mut self, id: i64, request: &Request) -> Reply {
        let Some(account) = self.users.get_mut(&id).filter(|account| account.active) else {
            return not_found();
        };
        if let Some(superuser) = request.body.get("is_superuser").and_then(Value::as_bool) {
            account.superuser = superuser;
            if superuser {
                self.enter(ADMINISTRATORS, id);
            } else {
                self.leave(ADMINISTRATORS, id);
            }
        }
        self.show(id)
    }

    fn deactivate(&mut self, id: i64) -> Reply {
        let Some(account) = self.users.get_mut(&id) else {
            return not_found();
        };
        account.active = false;
        (200, json!({"success": true}))
    }

    /// An administrator who was deactivated as one is refused (metabase issue 59776).
    fn reactivate(&mut self, id: i64) -> Reply {
        let Some(account) = self.users.get_mut(&id) else {
            return not_found();
        };
        if account.active {
            return (
                400,
                json!({"message": "Not able to reactivate an active user"}),
            );
        }
        if account.superuser {
            return (
                400,
                json!({"message": "Not able to reactivate an administrator"}),
            );
        }
        account.active = true;
        self.show(id)
    }
}

fn wrong(field: &str, message: &str) -> Reply {
    (400, json!({"errors": {field: message}}))
}

pub(super) fn not_found() -> Reply {
    (404, json!("Not found."))
}
