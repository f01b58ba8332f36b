//! What was asked for beside a conversation, for the mode that holds it.

use crate::frames::FrameLines;
use crate::journal::SharedJournal;

/// Handles on those who look on; each does nothing unless it was asked for.
#[derive(Clone, Default)]
pub struct Watched {
    /// Frames, to be shown too.
    pub frames: FrameLines,
    /// Events, to be printed or recorded.
    pub journal: SharedJournal,
}
