//! What was asked for beside a conversation, for the mode that holds it.

use crate::journal::SharedJournal;
use crate::view::Lines;

/// Handles on those who look on; each does nothing unless it was asked for.
#[derive(Clone, Default)]
pub struct Watched {
    /// What is to be shown beside it.
    pub lines: Lines,
    /// Events, to be printed or recorded.
    pub journal: SharedJournal,
}
