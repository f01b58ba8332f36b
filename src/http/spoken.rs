//! What a peer speaks that was expected to speak something else.

/// A protocol, as far as its first bytes show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// A record of a handshake or an alert (RFC 8446 section 5.1).
    Tls,
    Http,
    /// SOCKS5 (RFC 1928).
    Socks,
    Other,
}

impl Spoken {
    /// Recognises a protocol by two bytes, or SOCKS5 by one.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x15 | 0x16, 3, ..] => Spoken::Tls,
            [b'H', b'T', ..] => Spoken::Http,
            [5, ..] => Spoken::Socks,
            _ => Spoken::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_known_by_its_first_bytes_and_not_by_words() {
        for (bytes, spoken) in [
            (&b"\x15\x03\x01\0\x02\x02\x46"[..], Spoken::Tls),
            (b"\x16\x03", Spoken::Tls),
            (b"\x16", Spoken::Other),
            (b"HTTP/2 200", Spoken::Http),
            (b"HT", Spoken::Http),
            (b"\x05\xff", Spoken::Socks),
            (b"220 x TLS ready", Spoken::Other),
            (b"x\x05", Spoken::Other),
            (b"", Spoken::Other),
        ] {
            assert_eq!(Spoken::of(bytes), spoken, "{bytes:?}");
        }
    }
}
