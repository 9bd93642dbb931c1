//! Which workspaces somebody may know of.

use super::Policy;
use super::subject::{Access, Subject};
use crate::name::WorkspaceName;

impl Policy {
    /// The workspaces the subject may know of; `None` when it is all there are.
    ///
    /// Lists are cut to this, so that a hidden workspace is nowhere to be seen (contract §2).
    pub fn visible_workspaces(&self, subject: &Subject) -> Option<Vec<WorkspaceName>> {
        let limited = subject.limit.as_ref().and_then(|limit| limit.workspaces());
        let names = match (&subject.access, limited) {
            _ if !subject.active => Vec::new(),
            (Access::Everywhere, None) => return None,
            (Access::Everywhere, Some(limited)) => limited.cloned().collect(),
            (Access::Only(grants), _) => grants.iter().map(|(name, _)| name.clone()).collect(),
        };
        Some(
            names
                .into_iter()
                .filter(|name| self.sees(subject, name))
                .collect(),
        )
    }
}
