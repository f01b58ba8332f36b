//! Who looks on at a conversation, for the mode that holds it.

use super::Lines;
use crate::journal::SharedJournal;

/// Handles on them; each does nothing unless it was asked for.
#[derive(Clone, Default)]
pub struct Onlookers {
    /// What is to be shown beside it.
    pub lines: Lines,
    /// Events, to be printed or recorded.
    pub journal: SharedJournal,
}
