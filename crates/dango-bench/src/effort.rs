//! How much time a run may take.

use clap::Args;

/// What the command line says about it.
#[derive(Args, Clone, Copy)]
pub(crate) struct Options {
    /// Fewer rounds and smaller data: all benchmarks in about a minute
    #[arg(long)]
    quick: bool,
    /// One round on the smallest data, to see that everything runs; its figures mean nothing
    #[arg(long, conflicts_with = "quick")]
    once: bool,
    /// Also a million people and a million events
    #[arg(long, conflicts_with_all = ["quick", "once"])]
    large: bool,
}

impl Options {
    /// The effort asked for.
    pub(crate) const fn effort(self) -> Effort {
        match self {
            Self { once: true, .. } => Effort::Once,
            Self { quick: true, .. } => Effort::Quick,
            Self { large: true, .. } => Effort::Large,
            Self { .. } => Effort::Usual,
        }
    }
}

/// How much time a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    /// One round, to see that it runs.
    Once,
    /// A glance.
    Quick,
    /// Figures to write down.
    Usual,
    /// The same, with the largest data too.
    Large,
}

impl Effort {
    /// How often both sides run in turn.
    pub(crate) const fn rounds(self) -> usize {
        match self {
            Self::Once => 1,
            Self::Quick => 3,
            Self::Usual | Self::Large => 15,
        }
    }

    /// The number that belongs to it: for one look, for a glance, for figures.
    pub(crate) const fn pick(self, once: usize, quick: usize, usual: usize) -> usize {
        match self {
            Self::Once => once,
            Self::Quick => quick,
            Self::Usual | Self::Large => usual,
        }
    }
}
