//! How much a search may do.

/// The most nodes that a search may come to, however often.
pub const MAX_NODES: usize = 1_000_000;

/// What may be walked over in any text, in bytes.
const BYTES: usize = 128 << 20;

/// How often a text may be walked over beyond that.
const WALKS: usize = 16;

/// The search would take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path takes more than {MAX_NODES} steps through this value")]
pub struct TooMany;

/// What is left to do.
#[derive(Debug, Clone)]
pub(in crate::json) struct Work {
    nodes: usize,
    bytes: usize,
}

impl Work {
    /// All that a text of this length is worth.
    pub(in crate::json) fn of(length: usize) -> Work {
        Work {
            nodes: MAX_NODES,
            bytes: BYTES.saturating_add(length.saturating_mul(WALKS)),
        }
    }

    /// Comes to a node.
    pub(in crate::json) fn visit(&mut self) -> Result<(), TooMany> {
        self.nodes = self.nodes.checked_sub(1).ok_or(TooMany)?;
        Ok(())
    }

    /// Walks over so many bytes.
    pub(in crate::json) fn walk(&mut self, bytes: usize) -> Result<(), TooMany> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(TooMany)?;
        Ok(())
    }
}
