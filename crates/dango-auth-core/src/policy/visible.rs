//! Which workspaces somebody may know of.

use super::Policy;
use super::subject::Subject;
use crate::name::WorkspaceName;

impl Policy {
    /// The workspaces the subject may know of, sorted; `None` when it is all there are.
    ///
    /// Lists are cut to this, so that a hidden workspace is nowhere to be seen (contract §2).
    pub fn visible_workspaces(&self, subject: &Subject) -> Option<Vec<WorkspaceName>> {
        let mut names: Vec<_> = match &subject.places {
            _ if !subject.active => Vec::new(),
            Some(places) => places.names().cloned().collect(),
            // A role this policy does not know sees nothing anywhere.
            None if subject.top.role.is_none() => Vec::new(),
            None => return None,
        };
        names.retain(|name| self.sees(subject, name));
        names.sort();
        Some(names)
    }
}
