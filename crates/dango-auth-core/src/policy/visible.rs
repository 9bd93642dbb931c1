//! Which workspaces somebody may know of.

use super::Policy;
use super::subject::{Access, Reach, Subject};
use crate::name::WorkspaceName;

impl Policy {
    /// The workspaces the subject may know of, sorted; `None` when it is all there are.
    ///
    /// Lists are cut to this, so that a hidden workspace is nowhere to be seen (contract §2).
    pub fn visible_workspaces(&self, subject: &Subject) -> Option<Vec<WorkspaceName>> {
        let limited = subject.limit.as_ref().and_then(Reach::workspaces);
        let mut names: Vec<_> = match (&subject.access, limited) {
            _ if !subject.active => Vec::new(),
            // A role this policy does not know sees nothing anywhere.
            (Access::Everywhere, _) if subject.top.is_none() => Vec::new(),
            (Access::Everywhere, None) => return None,
            (Access::Everywhere, Some(limited)) => limited.cloned().collect(),
            (Access::Only(grants), _) => grants.names().cloned().collect(),
        };
        names.retain(|name| self.sees(subject, name));
        names.sort();
        Some(names)
    }
}
