//! Rules, log and state of the whole.

use std::collections::BTreeMap;

use dango_auth::ports::AuditFilter;
use dango_auth::settings::validate_runtime_text;
use dango_auth::view::{ChainObject, EventObject, RoleObject, SettingsObject, StatusObject};

use super::Local;
use crate::door::{Answer, AuditQuery, AuditTrail, Oversight};
use crate::fault::{Fault, FieldFault};

impl Oversight for Local {
    fn settings(&self) -> Answer<SettingsObject> {
        Ok(SettingsObject::new(
            &self.auth.configuration().show(&self.caller)?,
        ))
    }

    fn put_setting(&self, name: &str, value: Option<&str>) -> Answer<SettingsObject> {
        let configuration = self.auth.configuration();
        match value {
            Some(text) => {
                let value =
                    validate_runtime_text(name, text).map_err(|error| bad_setting(name, &error))?;
                configuration.put(&self.caller, &BTreeMap::from([(name.to_owned(), value)]))?;
            }
            None => {
                configuration.unset(&self.caller, name)?;
            }
        }
        let settings = self.auth.settings()?;
        Ok(SettingsObject::new(settings.entry(name)))
    }

    fn audit(&self, query: &AuditQuery) -> Answer<AuditTrail> {
        let audit = self.auth.audit();
        let names = query
            .types
            .iter()
            .map(|text| audit.parse_type(text))
            .collect::<Result<_, _>>()?;
        let filter = AuditFilter {
            since: query.since,
            until: query.until,
            names,
            actor: query.actor.clone(),
            user: query.user.clone(),
            ..AuditFilter::default()
        };
        let page = audit.query(&self.caller, &filter, query.limit)?;
        if let Some(format) = query.exported_as {
            audit.note_export(&self.caller, format, page.rows.len())?;
        }
        let last = page
            .rows
            .last()
            .filter(|_| page.more)
            .map(|row| row.id.to_string());
        Ok(AuditTrail {
            events: page.rows.iter().map(EventObject::from).collect(),
            next_cursor: last,
        })
    }

    fn verify_audit(&self) -> Answer<ChainObject> {
        Ok(self.auth.audit().verify(&self.caller)?.into())
    }

    fn roles(&self) -> Answer<Vec<RoleObject>> {
        Ok(RoleObject::all(&self.auth.policy()))
    }

    fn status(&self) -> Answer<StatusObject> {
        Ok(StatusObject::from(
            &self.auth.status().report(&self.caller)?,
        ))
    }
}

fn bad_setting(name: &str, error: &dango_auth::settings::SettingError) -> Fault {
    let message = error.to_string();
    let field = FieldFault {
        field: name.to_owned(),
        code: error.code().to_owned(),
        message: message.clone(),
    };
    Fault::invalid("invalid_request", message).with_errors(vec![field])
}
