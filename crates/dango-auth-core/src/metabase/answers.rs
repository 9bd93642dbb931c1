//! What Metabase answers, read with care: another program wrote it, and an older or newer one than we know.

use serde_json::Value;

use super::{ALL_USERS, Account};

/// How much of what Metabase says about a refusal is told, in characters.
const TOLD: usize = 160;

/// An account as Metabase describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number in Metabase.
    pub id: i64,
    /// Its address.
    pub email: String,
    /// What it is.
    pub account: Account,
    /// Whether it is in the group that everybody is in; Metabase has lost people from it.
    pub in_all_users: bool,
}

impl Found {
    /// Reads an account; nothing when it is not understood. `group` is the number of [`super::GROUP`].
    ///
    /// Servers that leave out `is_active` show active accounts only.
    pub fn read(entry: &Value, group: i64) -> Option<Self> {
        let groups = group_ids(entry)?;
        Some(Self {
            id: number(entry, "id")?,
            email: entry.get("email")?.as_str()?.to_owned(),
            account: Account {
                active: flag(entry, "is_active").unwrap_or(true),
                superuser: flag(entry, "is_superuser")?,
                editor: groups.contains(&group),
            },
            in_all_users: groups.contains(&ALL_USERS),
        })
    }

    /// Reads one answer of the list of accounts, and how many there are in all where it says so; nothing
    /// when any of it is not understood.
    pub fn read_page(body: &Value, group: i64) -> Option<(Vec<Self>, Option<u64>)> {
        let page = body.get("data").unwrap_or(body).as_array()?;
        let read = page.iter().map(|entry| Self::read(entry, group));
        let total = body.get("total").and_then(Value::as_u64);
        Some((read.collect::<Option<_>>()?, total))
    }
}

/// A whole number under a name.
pub fn number(value: &Value, name: &str) -> Option<i64> {
    value.get(name).and_then(Value::as_i64)
}

/// A truth under a name.
pub fn flag(value: &Value, name: &str) -> Option<bool> {
    value.get(name).and_then(Value::as_bool)
}

/// What Metabase says about a refusal, fit for a log: its message, or the first field that is wrong.
pub fn reason(body: &Value) -> Option<String> {
    let fields = body.get("errors").and_then(Value::as_object);
    let field = fields.and_then(|fields| fields.values().find_map(Value::as_str));
    let message = body.get("message").and_then(Value::as_str);
    let text = field.or(message).or(body.as_str())?;
    let clean = text.chars().filter(|c| !c.is_control());
    Some(clean.take(TOLD).collect())
}

/// The groups of an account, in either way in which Metabase tells them.
fn group_ids(entry: &Value) -> Option<Vec<i64>> {
    if let Some(ids) = entry.get("group_ids").and_then(Value::as_array) {
        return Some(ids.iter().filter_map(Value::as_i64).collect());
    }
    let memberships = entry.get("user_group_memberships")?.as_array()?;
    let ids = memberships.iter().filter_map(|entry| number(entry, "id"));
    Some(ids.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn described(id: i64, superuser: bool, active: bool, groups: &[i64]) -> Value {
        json!({
            "id": id, "email": "ann@example.org", "is_superuser": superuser, "is_active": active,
            "group_ids": groups,
        })
    }

    #[test]
    fn memberships_count_in_either_way_of_telling_them() {
        let mut entry = described(7, false, true, &[1, 5]);
        let one = Found::read(&entry, 5).unwrap();
        assert!(one.account.editor && one.in_all_users);
        assert!(!Found::read(&entry, 6).unwrap().account.editor);
        let members = entry.as_object_mut().unwrap();
        members.remove("group_ids");
        assert_eq!(Found::read(&entry, 5), None, "no groups at all");
        entry["user_group_memberships"] = json!([{"id": 1}, {"id": 5}]);
        assert_eq!(Found::read(&entry, 5), Some(one));
    }

    #[test]
    fn a_list_with_one_account_that_is_not_understood_is_not_understood() {
        let (good, bad) = (described(1, true, true, &[]), json!({"id": "1"}));
        let page =
            |body: &Value| Found::read_page(body, 5).map(|(read, total)| (read.len(), total));
        assert_eq!(page(&json!([good])), Some((1, None)));
        assert_eq!(
            page(&json!({"data": [good], "total": 9})),
            Some((1, Some(9)))
        );
        assert_eq!(page(&json!([good, bad])), None);
        assert_eq!(page(&json!({"total": 9})), None);
    }

    #[test]
    fn a_reason_is_short_and_steers_no_terminal() {
        let long = "x".repeat(500);
        let body = json!({"message": format!("\u{1b}[2J{long}")});
        let told = reason(&body).unwrap();
        assert_eq!(told.chars().count(), TOLD);
        assert!(told.starts_with("[2Jxx"));
        let body = json!({"errors": {"email": "in use"}, "message": "no"});
        assert_eq!(reason(&body).as_deref(), Some("in use"));
        assert_eq!(reason(&json!({})), None);
    }

    /// Any JSON at all, with the names that are looked for.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let name = prop::sample::select(vec![
            "id",
            "email",
            "is_active",
            "is_superuser",
            "group_ids",
            "user_group_memberships",
            "data",
            "total",
            "errors",
            "message",
            "groups",
            "revision",
            "1",
            "view-data",
        ]);
        leaf.prop_recursive(4, 48, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((name.clone(), inner), 0..8).prop_map(|members| {
                    let named = |(name, value): (&str, Value)| (name.to_owned(), value);
                    Value::Object(members.into_iter().map(named).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(body in anything(), group in any::<i64>()) {
            if let Some((read, _)) = Found::read_page(&body, group) {
                let entries = body.get("data").unwrap_or(&body).as_array().map(Vec::len);
                prop_assert_eq!(Some(read.len()), entries);
            }
            if let Some(told) = reason(&body) {
                prop_assert!(told.chars().count() <= TOLD && !told.contains(char::is_control));
            }
            let _ = Found::read(&body, group);
            let _ = super::super::rights_patch(&body, group, 1);
        }

        #[test]
        fn an_account_reads_back(id in any::<i64>(), superuser: bool, active: bool, groups: Vec<i64>) {
            let found = Found::read(&described(id, superuser, active, &groups), 5).unwrap();
            let editor = groups.contains(&5);
            prop_assert_eq!(found.account, Account { active, superuser, editor });
            prop_assert_eq!(found.id, id);
            prop_assert_eq!(found.in_all_users, groups.contains(&ALL_USERS));
        }
    }
}
