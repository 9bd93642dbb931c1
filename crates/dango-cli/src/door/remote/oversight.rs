//! Rules, log and state of the whole.

use dango_auth::view::{
    ChainObject, EventObject, RoleObject, SettingsObject, StatusObject, instant,
};
use serde_json::Value;

use super::call::Call;
use super::http::Reply;
use super::{Remote, fault, operations};
use crate::door::{Answer, AuditQuery, AuditTrail, Oversight};

impl Oversight for Remote {
    fn settings(&self) -> Answer<SettingsObject> {
        self.ask(&Call::new(&operations::SHOW_SETTINGS))
    }

    fn put_setting(&self, name: &str, value: Option<&str>) -> Answer<SettingsObject> {
        let call = Call::new(&operations::CHANGE_SETTINGS).member(name, value.map(typed));
        let mut all: SettingsObject = self.ask(&call)?;
        all.settings.retain(|known, _| known == name);
        Ok(all)
    }

    fn audit(&self, query: &AuditQuery) -> Answer<AuditTrail> {
        let types = (!query.types.is_empty()).then(|| query.types.join(","));
        // Lines are what a server notes as taken away; the form they are printed in is our business.
        let format = query.exported_as.map(|_| "jsonl");
        let call = Call::new(&operations::AUDIT)
            .query("since", query.since.map(instant::text))
            .query("until", query.until.map(instant::text))
            .query("type", types)
            .query("actor", query.actor.as_ref())
            .query("user", query.user.as_ref())
            .query("limit", Some(query.limit))
            .query("format", format);
        let reply = self.reply(&call)?;
        match format {
            Some(_) => self.lines(&reply),
            None => self.read(&reply),
        }
    }

    fn verify_audit(&self) -> Answer<ChainObject> {
        self.ask(&Call::new(&operations::VERIFY_AUDIT))
    }

    fn roles(&self) -> Answer<Vec<RoleObject>> {
        self.ask(&Call::new(&operations::ROLES))
    }

    fn status(&self) -> Answer<StatusObject> {
        self.ask(&Call::new(&operations::STATUS))
    }
}

impl Remote {
    /// Reads a page of events, one to a line.
    fn lines(&self, reply: &Reply) -> Answer<AuditTrail> {
        let lines = serde_json::Deserializer::from_slice(&reply.body).into_iter::<EventObject>();
        let events: Result<Vec<_>, _> = lines.collect();
        let cursor = |query: String| {
            let mut pairs = query.split('&');
            pairs.find_map(|pair| pair.strip_prefix("cursor=").map(str::to_owned))
        };
        Ok(AuditTrail {
            events: events.map_err(|_| fault::unreadable(&self.target))?,
            next_cursor: reply.next_page().and_then(cursor),
        })
    }
}

/// A value as JSON has it: a number or a flag where the text is one, else the text.
fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_type_it_looks_like() {
        assert_eq!(typed("true"), Value::Bool(true));
        assert_eq!(typed("720"), Value::from(720));
        assert_eq!(typed("null"), Value::from("null"));
        assert_eq!(typed("https://a.b"), Value::from("https://a.b"));
    }
}
