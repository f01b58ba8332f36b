//! The header of a frame that is received, and every rule that it is enough
//! to judge (RFC 6455 sections 5.1, 5.2 and 5.5).

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;

use super::{Fault, Role};
use crate::message::MAX_CONTROL;

/// RSV1, which marks a compressed message (RFC 7692 section 6).
pub(super) const COMPRESSED: u8 = 4;

/// A header that breaks no rule.
pub(super) struct Header {
    pub(super) fin: bool,
    pub(super) compressed: bool,
    pub(super) opcode: OpCode,
    pub(super) key: Option<[u8; 4]>,
    /// Bytes of the header itself.
    pub(super) size: usize,
    /// Bytes of the payload.
    pub(super) length: u64,
}

impl Header {
    /// Reads the header that `bytes` begin with; nothing when it takes more.
    /// `deflates` says that compression was agreed on.
    pub(super) fn read(bytes: &[u8], role: Role, deflates: bool) -> Result<Option<Self>, Fault> {
        let [first, second, ..] = bytes else {
            return Ok(None);
        };
        check_start(*first, *second, role, deflates)?;
        let mut cursor = Cursor::new(bytes);
        let (header, length) = match FrameHeader::parse(&mut cursor) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(None),
            Err(_) => return Err(Fault::ReservedOpcode(first & 0x0f)),
        };
        let size = cursor.position() as usize;
        check_length(&header, length, size)?;
        Ok(Some(Header {
            fin: header.is_final,
            compressed: header.rsv1,
            opcode: header.opcode,
            key: header.mask,
            size,
            length,
        }))
    }
}

/// The rules that the first two bytes are enough for.
fn check_start(first: u8, second: u8, role: Role, deflates: bool) -> Result<(), Fault> {
    let opcode = first & 0x0f;
    let known = if deflates { COMPRESSED } else { 0 };
    let reserved = first >> 4 & 0x07;
    if reserved & !known != 0 {
        return Err(Fault::ReservedBits(reserved & !known));
    }
    if matches!(opcode, 3..=7 | 11..=15) {
        return Err(Fault::ReservedOpcode(opcode));
    }
    if reserved != 0 && !matches!(opcode, 1 | 2) {
        return Err(Fault::MisplacedCompression);
    }
    match (role, second & 0x80 != 0) {
        (Role::Client, true) => return Err(Fault::Masked),
        (Role::Server, false) => return Err(Fault::Unmasked),
        _ => {}
    }
    if opcode >= 8 {
        if first & 0x80 == 0 {
            return Err(Fault::FragmentedControl);
        }
        if usize::from(second & 0x7f) > MAX_CONTROL {
            return Err(Fault::LongControl);
        }
    }
    Ok(())
}

/// Lengths must be in their shortest form, below 2^63 (section 5.2).
fn check_length(header: &FrameHeader, length: u64, size: usize) -> Result<(), Fault> {
    if length >> 63 != 0 {
        return Err(Fault::ImpossibleLength { length });
    }
    if header.len(length) != size {
        return Err(Fault::LongLengthForm { length });
    }
    Ok(())
}
