//! The message that is arriving, held against the rules on whole messages: its
//! size, and UTF-8 across its pieces (RFC 6455 section 8.1).

use super::Fault;
use super::utf8::Utf8;
use crate::message::Kind;

/// The message whose frames are arriving.
pub(super) struct OpenMessage {
    pub(super) kind: Kind,
    pub(super) compressed: bool,
    /// Bytes so far; of one that is not compressed, all that its frames claim.
    length: u64,
    utf8: Utf8,
    pub(super) lent: bool,
}

impl OpenMessage {
    pub(super) fn new(kind: Kind, compressed: bool) -> Self {
        OpenMessage {
            kind,
            compressed,
            length: 0,
            utf8: Utf8::default(),
            lent: false,
        }
    }

    /// Holds what came of it against the rules, in the order of its bytes, so
    /// that the verdict does not depend on how they arrived.
    pub(super) fn check(&mut self, bytes: &[u8], last: bool, limit: u64) -> Result<(), Fault> {
        let room = match self.compressed {
            true => usize::try_from(limit.saturating_sub(self.length)).unwrap_or(usize::MAX),
            false => usize::MAX,
        };
        let text = self.kind == Kind::Text;
        let allowed = &bytes[..bytes.len().min(room)];
        if text {
            self.utf8.push(allowed).map_err(|_| Fault::TextNotUtf8)?;
        }
        if self.compressed {
            self.grow(bytes.len() as u64, limit)?;
        }
        if text && last {
            self.utf8.finish().map_err(|_| Fault::TextNotUtf8)?;
        }
        Ok(())
    }

    pub(super) fn grow(&mut self, count: u64, limit: u64) -> Result<(), Fault> {
        self.length = self.length.saturating_add(count);
        match self.length > limit {
            true => Err(Fault::TooLarge { limit }),
            false => Ok(()),
        }
    }
}
