//! Where in a body something is.

use std::fmt;

/// One step into a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a member.
    Member(String),
    /// Into an element.
    Element(usize),
}

/// The steps from the outside to a value, printed as `grants[0].role`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// Puts a step in front: faults travel from the inside to the outside.
    pub(super) fn step_into(&mut self, step: Step) {
        self.0.insert(0, step);
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if position == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Element(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
