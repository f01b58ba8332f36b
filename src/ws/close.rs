//! Close frames as they come, and what is wrong with them.

use super::Fault;
use crate::message::{close_code, close_reason, is_allowed_on_wire};

/// A Close frame as it came, legal or not.
#[derive(Debug, PartialEq, Eq)]
pub struct CloseSeen<'a> {
    pub payload: &'a [u8],
    /// Why RFC 6455 forbids this payload, if it does.
    pub fault: Option<Fault>,
}

impl<'a> CloseSeen<'a> {
    /// The code, if there is one: also one that must not be sent.
    pub fn code(&self) -> Option<u16> {
        close_code(self.payload)
    }

    /// The reason's bytes, which need not be UTF-8 when there is a fault.
    pub fn reason(&self) -> &'a [u8] {
        close_reason(self.payload)
    }
}

/// What is wrong with the payload of a Close frame (sections 5.5.1 and 7.4).
pub(super) fn close_fault(payload: &[u8]) -> Option<Fault> {
    let code = match payload {
        [] => return None,
        [byte] => return Some(Fault::CloseOfOneByte(*byte)),
        [high, low, ..] => u16::from_be_bytes([*high, *low]),
    };
    let reason = close_reason(payload);
    let shown = || String::from_utf8_lossy(reason).into_owned();
    if !is_allowed_on_wire(code) {
        let reason = shown();
        return Some(Fault::CloseCode { code, reason });
    }
    if std::str::from_utf8(reason).is_err() {
        let reason = shown();
        return Some(Fault::CloseReasonNotUtf8 { code, reason });
    }
    None
}
