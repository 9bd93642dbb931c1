//! The permission graph of Metabase: what a database's rights should be, as a partial update.
//!
//! The graph changed its shape in Metabase 50. A partial graph that names two groups and one database
//! leaves everything else as it is (`field.md` §6.3).

use serde_json::{Map, Value, json};

use super::ALL_USERS;

/// How a Metabase writes rights on data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Before 50: `{"data": {"schemas": …, "native": …}}`.
    Data,
    /// From 50 on: `{"view-data": …, "create-queries": …}`.
    ViewData,
}

impl Shape {
    /// The shape of a graph as it was read; an empty one tells nothing and counts as the present shape.
    pub fn of(graph: &Value) -> Self {
        let groups = graph.get("groups").and_then(Value::as_object);
        let databases = groups
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Value::as_object)
            .flat_map(Map::values);
        let (mut old, mut new) = (false, false);
        for rights in databases {
            new |= rights.get("view-data").is_some() || rights.get("create-queries").is_some();
            old |= rights.get("data").is_some();
        }
        if old && !new {
            Self::Data
        } else {
            Self::ViewData
        }
    }

    fn rights(self, may_query: bool) -> Value {
        match (self, may_query) {
            (Self::Data, false) => json!({"data": {"schemas": "all", "native": "none"}}),
            (Self::Data, true) => json!({"data": {"schemas": "all", "native": "write"}}),
            (Self::ViewData, false) => {
                json!({"view-data": "unrestricted", "create-queries": "no"})
            }
            (Self::ViewData, true) => json!({
                "view-data": "unrestricted",
                "create-queries": "query-builder-and-native",
            }),
        }
    }
}

/// The update that gives everybody the view of one database and `group` also queries of their own;
/// nothing when it is so already. It carries the revision of the graph it was made from.
pub fn rights_patch(graph: &Value, group: i64, database: u32) -> Option<Value> {
    let shape = Shape::of(graph);
    let database = database.to_string();
    let mut groups = Map::new();
    for (group, may_query) in [(ALL_USERS, false), (group, true)] {
        let group = group.to_string();
        let wanted = shape.rights(may_query);
        let found = graph.pointer(&format!("/groups/{group}/{database}"));
        if !found.is_some_and(|found| covers(found, &wanted)) {
            groups.insert(group, json!({ database.clone(): wanted }));
        }
    }
    let revision = graph.get("revision").cloned().unwrap_or(Value::Null);
    (!groups.is_empty()).then(|| json!({"revision": revision, "groups": groups}))
}

/// Whether `found` says all that `wanted` does; a right that is left out is one that is not given.
fn covers(found: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Object(members) => members.iter().all(|(name, wanted)| match found.get(name) {
            Some(found) => covers(found, wanted),
            None => matches!(wanted.as_str(), Some("no" | "none")),
        }),
        other => found == other,
    }
}
