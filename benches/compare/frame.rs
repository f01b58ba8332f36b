//! The client's frames as a server reads them (RFC 6455 section 5.2): headers
//! found, payload unmasked where it lies. Trusts the client.

/// A masked frame's header.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// The first byte: FIN, RSV and opcode.
    pub first: u8,
    /// Bytes of the header itself.
    pub length: usize,
    pub payload: u64,
    pub mask: [u8; 4],
}

impl Header {
    /// The header that `bytes` begin with, if it is all there.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let (at, payload) = match second & 0x7f {
            126 => (4, u64::from(u16::from_be_bytes(array(bytes, 2)?))),
            127 => (10, u64::from_be_bytes(array(bytes, 2)?)),
            short => (2, u64::from(short)),
        };
        Some(Self {
            first,
            length: at + 4,
            payload,
            mask: array(bytes, at)?,
        })
    }

    pub fn opcode(&self) -> u8 {
        self.first & 0x0f
    }

    /// The last or only frame of a data message.
    pub fn ends_message(&self) -> bool {
        self.first & 0x80 != 0 && self.opcode() < 8
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

/// Adds `payload` to `out`, unmasked, behind a header without a mask.
pub fn answer(first: u8, mask: [u8; 4], payload: &[u8], out: &mut Vec<u8>) {
    out.push(first);
    match payload.len() {
        short @ 0..=125 => out.push(short as u8),
        medium @ 126..=65_535 => {
            out.push(126);
            out.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    unmask(mask, payload, out);
}

/// Adds `payload` to `out`, unmasked from the mask's first byte on.
pub fn unmask(mask: [u8; 4], payload: &[u8], out: &mut Vec<u8>) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut chunks = payload.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_ne_bytes(chunk.try_into().unwrap_or_default());
        out.extend_from_slice(&(word ^ wide).to_ne_bytes());
    }
    let rest = chunks.remainder().iter().zip(mask.into_iter().cycle());
    out.extend(rest.map(|(byte, key)| byte ^ key));
}
