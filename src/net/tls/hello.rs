//! What a server says in the clear before encryption begins: pure.
//!
//! The bytes of a server's side of a TLS handshake (RFC 5246 and RFC 8446, sections
//! 5 and 4) tell the version and the cipher on any TLS library, and why it failed.
//! They are read as far as they go and make sense; nothing here fails or panics,
//! and nothing is kept but what was found.

use super::cipher::Cipher;
use super::version::TlsVersion;

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerHello {
    /// Whether the first bytes can be TLS at all; nothing came without a word on it.
    pub is_tls: Option<bool>,
    pub version: Option<TlsVersion>,
    pub cipher: Option<Cipher>,
    /// The server asked for a certificate of ours; TLS 1.3 hides this.
    pub asks_for_certificate: bool,
    /// The alert that ended the handshake, if it was not encrypted.
    pub alert: Option<u8>,
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

const SERVER_HELLO: u8 = 2;
const CERTIFICATE_REQUEST: u8 = 13;

const FATAL: u8 = 2;
const SUPPORTED_VERSIONS: u16 = 43;

/// Reads what came from a server since the connection began.
pub fn server_hello(bytes: &[u8]) -> ServerHello {
    let mut found = ServerHello {
        is_tls: is_tls(bytes),
        ..ServerHello::default()
    };
    let mut handshake = Vec::new();
    let mut records = Fields(bytes);
    while let Some((kind, fragment)) = records.record() {
        match kind {
            HANDSHAKE => handshake.extend_from_slice(fragment),
            ALERT => found.alert = fatal(fragment).or(found.alert),
            // Under TLS 1.3 it means nothing and may stand between two hellos.
            CHANGE_CIPHER_SPEC if selected(&handshake) == Some(TlsVersion::V1_3) => {}
            // From here on everything is encrypted.
            _ => break,
        }
    }
    messages(&handshake, &mut found);
    found
}

/// A record begins with its kind and the version, whose first byte is always 3.
fn is_tls(bytes: &[u8]) -> Option<bool> {
    let kinds = CHANGE_CIPHER_SPEC..=APPLICATION_DATA;
    match bytes {
        [] => None,
        [kind] => Some(kinds.contains(kind)),
        [kind, major, ..] => Some(kinds.contains(kind) && *major == 3),
    }
}

/// An alert has a level and a description.
fn fatal(fragment: &[u8]) -> Option<u8> {
    match fragment {
        [FATAL, description, ..] => Some(*description),
        _ => None,
    }
}

fn selected(handshake: &[u8]) -> Option<TlsVersion> {
    let mut found = ServerHello::default();
    messages(handshake, &mut found);
    found.version
}

/// A HelloRetryRequest is a ServerHello too: the last one decides.
fn messages(handshake: &[u8], found: &mut ServerHello) {
    let mut fields = Fields(handshake);
    while let Some((kind, body)) = fields.message() {
        match kind {
            SERVER_HELLO => {
                if let Some((version, cipher)) = choice(body) {
                    found.version = TlsVersion::numbered(version);
                    found.cipher = Some(Cipher(cipher));
                }
            }
            CERTIFICATE_REQUEST => found.asks_for_certificate = true,
            _ => {}
        }
    }
}

/// The version and the cipher of a ServerHello.
fn choice(body: &[u8]) -> Option<(u16, u16)> {
    const RANDOM: usize = 32;
    let mut fields = Fields(body);
    let legacy_version = fields.number()?;
    fields.take(RANDOM)?;
    let session = fields.byte()?;
    fields.take(session.into())?;
    let cipher = fields.number()?;
    let _compression = fields.byte()?;
    let version = extensions(&mut fields).unwrap_or(legacy_version);
    Some((version, cipher))
}

/// The version that an extension names: that of TLS 1.3 stands nowhere else.
fn extensions(fields: &mut Fields<'_>) -> Option<u16> {
    let length = fields.number()?;
    let mut fields = Fields(fields.take(length.into())?);
    loop {
        let kind = fields.number()?;
        let length = fields.number()?;
        let mut value = Fields(fields.take(length.into())?);
        if kind == SUPPORTED_VERSIONS {
            return value.number();
        }
    }
}

/// What has not been read yet.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// The kind and the fragment of a record; of the last one what there is of it.
    fn record(&mut self) -> Option<(u8, &'a [u8])> {
        let kind = self.byte()?;
        let [3, _] = self.number()?.to_be_bytes() else {
            return None;
        };
        let length = usize::from(self.number()?).min(self.0.len());
        Some((kind, self.take(length)?))
    }

    /// The kind and the body of a message; the beginning of one is none, but that
    /// of a CertificateRequest says enough.
    fn message(&mut self) -> Option<(u8, &'a [u8])> {
        let kind = self.byte()?;
        let high = usize::from(self.byte()?);
        let length = high << 16 | usize::from(self.number()?);
        match kind {
            CERTIFICATE_REQUEST => Some((kind, self.take(length.min(self.0.len()))?)),
            _ => Some((kind, self.take(length)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
        let length = u16::try_from(fragment.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3], &length[..], fragment].concat()
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 0], &length[..], body].concat()
    }

    fn hello(version: [u8; 2], cipher: [u8; 2], extensions: &[u8]) -> Vec<u8> {
        let session = [&[4], &b"sess"[..]].concat();
        let mut body = [&version[..], &[7; 32], &session, &cipher, &[0]].concat();
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        message(SERVER_HELLO, &body)
    }

    /// A key share before the version.
    const TLS_1_3: &[u8] = &[0, 51, 0, 2, 0, 29, 0, 43, 0, 2, 3, 4];

    fn agreed(version: TlsVersion, cipher: u16) -> ServerHello {
        ServerHello {
            is_tls: Some(true),
            version: Some(version),
            cipher: Some(Cipher(cipher)),
            ..ServerHello::default()
        }
    }

    #[test]
    fn the_version_stands_in_the_extension_or_in_the_hello() {
        let cases = [
            (hello([3, 3], [0x13, 2], TLS_1_3), TlsVersion::V1_3, 0x1302),
            (hello([3, 3], [0xc0, 0x2f], &[]), TlsVersion::V1_2, 0xc02f),
            (
                hello([3, 3], [0xc0, 0x2f], &[0, 23, 0, 0]),
                TlsVersion::V1_2,
                0xc02f,
            ),
            (hello([3, 1], [0, 0x2f], &[]), TlsVersion::V1_0, 0x2f),
        ];
        for (hello, version, cipher) in cases {
            let bytes = record(HANDSHAKE, &hello);
            assert_eq!(server_hello(&bytes), agreed(version, cipher));
        }
    }

    #[test]
    fn a_hello_may_be_split_over_records_and_come_after_a_retry() {
        let first = record(HANDSHAKE, &hello([3, 3], [0x13, 1], TLS_1_3));
        let second = hello([3, 3], [0x13, 3], TLS_1_3);
        let mut bytes = [first, record(CHANGE_CIPHER_SPEC, &[1])].concat();
        for part in second.chunks(7) {
            bytes.extend(record(HANDSHAKE, part));
        }
        bytes.extend(record(APPLICATION_DATA, &[1, 2, 3]));
        assert_eq!(server_hello(&bytes), agreed(TlsVersion::V1_3, 0x1303));
    }

    #[test]
    fn a_server_that_asks_for_a_certificate_says_so_before_tls_1_3() {
        let flight = [
            hello([3, 3], [0xc0, 0x2f], &[]),
            message(11, &[0; 500]),
            message(CERTIFICATE_REQUEST, &[0; 40]),
            message(14, &[]),
        ];
        let mut bytes = record(HANDSHAKE, &flight.concat());
        bytes.extend(record(ALERT, &[FATAL, 40]));
        let expected = ServerHello {
            asks_for_certificate: true,
            alert: Some(40),
            ..agreed(TlsVersion::V1_2, 0xc02f)
        };
        assert_eq!(server_hello(&bytes), expected);
    }

    #[test]
    fn what_is_encrypted_is_not_read() {
        let mut bytes = record(HANDSHAKE, &hello([3, 3], [0xc0, 0x2f], &[]));
        bytes.extend(record(CHANGE_CIPHER_SPEC, &[1]));
        bytes.extend(record(HANDSHAKE, &message(CERTIFICATE_REQUEST, &[])));
        bytes.extend(record(ALERT, &[FATAL, 40]));
        assert_eq!(server_hello(&bytes), agreed(TlsVersion::V1_2, 0xc02f));
    }

    #[test]
    fn a_warning_ends_nothing() {
        let bytes = record(ALERT, &[1, 112]);
        assert_eq!(server_hello(&bytes).alert, None);
    }

    #[test]
    fn plain_text_is_not_tls() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request"[..],
            b"SSH-2.0-x",
            b"\x16GET",
            b"H",
        ] {
            assert_eq!(server_hello(bytes).is_tls, Some(false), "{bytes:?}");
        }
        assert_eq!(server_hello(b"").is_tls, None);
        assert_eq!(server_hello(b"\x15").is_tls, Some(true));
    }

    #[test]
    fn every_beginning_is_read_as_far_as_it_goes() {
        let whole = record(HANDSHAKE, &hello([3, 3], [0x13, 2], TLS_1_3));
        for end in 1..whole.len() {
            let seen = server_hello(&whole[..end]);
            assert_eq!((seen.is_tls, seen.cipher), (Some(true), None), "{end}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>, start in 20_u8..24) {
            server_hello(&bytes);
            server_hello(&[&[start, 3, 3], &bytes[..]].concat());
            server_hello(&record(HANDSHAKE, &hello([3, 3], [0x13, 2], &bytes[..bytes.len().min(999)])));
        }
    }
}
