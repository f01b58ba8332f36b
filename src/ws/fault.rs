//! The ways in which a peer breaks the protocol, and the close code for each.

use thiserror::Error;

/// What the other end did that RFC 6455, or RFC 7692 for compression, forbids.
///
/// The connection cannot go on after one (section 7.1.7): a Close frame with
/// [`Fault::code`] has been queued when it is returned.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    #[error("a frame has the reserved bit{} {} set, which no extension gave a meaning", plural(*.0), bits(*.0))]
    ReservedBits(u8),
    #[error("a frame that does not begin a data message is marked as compressed (RSV1)")]
    MisplacedCompression,
    #[error("a frame has the reserved opcode {0:#x}")]
    ReservedOpcode(u8),
    #[error("a frame from the server is masked")]
    Masked,
    #[error("a frame from the client is not masked")]
    Unmasked,
    #[error("a control frame is fragmented")]
    FragmentedControl,
    #[error("a control frame claims more than 125 bytes")]
    LongControl,
    #[error("a frame's length of {length} bytes is not in its shortest form")]
    LongLengthForm { length: u64 },
    #[error("a frame claims a length of {length} bytes, over 2^63 - 1")]
    ImpossibleLength { length: u64 },
    #[error("a continuation frame came where no message was begun")]
    NothingToContinue,
    #[error("a new message began before the fragmented one had ended")]
    MessageInsideMessage,
    #[error("a Close frame has a payload of one byte: {0:02x}")]
    CloseOfOneByte(u8),
    /// With the reason as far as it is UTF-8.
    #[error("a Close frame has the code {code}, which must not be sent{}", quoted(.reason))]
    CloseCode { code: u16, reason: String },
    /// With the reason as far as it is UTF-8.
    #[error("the reason of a Close frame is not valid UTF-8: {code}{}", quoted(.reason))]
    CloseReasonNotUtf8 { code: u16, reason: String },
    #[error("a compressed message is not valid DEFLATE data")]
    NotDeflate,
    #[error("a text message is not valid UTF-8")]
    TextNotUtf8,
    #[error("a message is larger than the {limit} bytes that are allowed")]
    TooLarge { limit: u64 },
}

impl Fault {
    /// The code of the Close frame that answers it (RFC 6455 section 7.4.1).
    pub fn code(&self) -> u16 {
        match self {
            Fault::CloseReasonNotUtf8 { .. } | Fault::TextNotUtf8 | Fault::NotDeflate => 1007,
            Fault::TooLarge { .. } => 1009,
            _ => 1002,
        }
    }
}

fn quoted(reason: &str) -> String {
    match reason {
        "" => String::new(),
        reason => format!(" \"{reason}\""),
    }
}

fn plural(bits: u8) -> &'static str {
    if bits.count_ones() > 1 { "s" } else { "" }
}

fn bits(bits: u8) -> String {
    let names = [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")];
    let set: Vec<&str> = names
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    set.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_fault_has_its_close_code() {
        assert_eq!(Fault::Masked.code(), 1002);
        assert_eq!(Fault::TextNotUtf8.code(), 1007);
        assert_eq!(Fault::NotDeflate.code(), 1007);
        let (code, reason) = (1000, String::new());
        assert_eq!(Fault::CloseReasonNotUtf8 { code, reason }.code(), 1007);
        assert_eq!(Fault::TooLarge { limit: 1 }.code(), 1009);
    }

    #[test]
    fn reserved_bits_are_named() {
        assert_eq!(
            Fault::ReservedBits(0b100).to_string(),
            "a frame has the reserved bit RSV1 set, which no extension gave a meaning"
        );
        assert_eq!(
            Fault::ReservedBits(0b011).to_string(),
            "a frame has the reserved bits RSV2, RSV3 set, which no extension gave a meaning"
        );
    }
}
