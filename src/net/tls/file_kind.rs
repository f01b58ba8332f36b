//! What a file of keys or certificates is, by its content: pure.
//!
//! Names of files prove nothing. DER has no labels, but what it may hold here
//! begins differently each.

use super::pem::{Block, blocks};

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Text with at least one block in it.
    Pem(Vec<Block>),
    /// A certificate and its key, usually encrypted (RFC 7292).
    Pkcs12,
    /// In DER.
    Certificate,
    /// In DER, of any kind.
    Key,
    /// PKCS#8 in DER, encrypted.
    EncryptedKey,
    /// PEM with a block that does not end, which began in this line.
    Unfinished(usize),
    Unknown,
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

impl FileKind {
    pub(super) fn of(file: &[u8]) -> Self {
        match blocks(file) {
            Err(unfinished) => FileKind::Unfinished(unfinished.line),
            Ok(blocks) if !blocks.is_empty() => FileKind::Pem(blocks),
            Ok(_) => der(file).unwrap_or(FileKind::Unknown),
        }
    }
}

/// Every one of them is a sequence; what stands first in it tells them apart.
fn der(file: &[u8]) -> Option<FileKind> {
    let (SEQUENCE, inside) = element(file)? else {
        return None;
    };
    let (first, value) = element(inside)?;
    match first {
        INTEGER => {
            // A version, one byte long, and what follows it.
            let (version, [follows, ..]) = value.split_at_checked(1)? else {
                return None;
            };
            match (version, *follows) {
                ([3], SEQUENCE) => Some(FileKind::Pkcs12),
                (_, SEQUENCE | INTEGER | OCTET_STRING) => Some(FileKind::Key),
                _ => None,
            }
        }
        SEQUENCE => match *value.first()? {
            OBJECT_IDENTIFIER => Some(FileKind::EncryptedKey),
            _ => Some(FileKind::Certificate),
        },
        _ => None,
    }
}

/// The tag of an element, and all that follows its length.
fn element(bytes: &[u8]) -> Option<(u8, &[u8])> {
    const LONG: u8 = 0x80;
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    match length & LONG {
        0 => Some((*tag, rest)),
        // The length stands in so many bytes more; in BER it may be none.
        _ => Some((*tag, rest.get(usize::from(length & !LONG)..)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkcs12::Pkcs12;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::symm::Cipher;
    use openssl::x509::X509Builder;

    #[test]
    fn der_is_told_apart_by_its_content() {
        let rsa = Rsa::generate(1024).unwrap();
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let ec = EcKey::generate(&group).unwrap();
        let key = PKey::from_ec_key(ec.clone()).unwrap();
        let mut certificate = X509Builder::new().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate
            .sign(&key, openssl::hash::MessageDigest::sha256())
            .unwrap();
        let certificate = certificate.build();
        let pkcs12 = Pkcs12::builder()
            .pkey(&key)
            .cert(&certificate)
            .build2("x")
            .unwrap();
        let encrypted = key
            .private_key_to_pkcs8_passphrase(Cipher::aes_128_cbc(), b"x")
            .unwrap();
        for (file, expected) in [
            (rsa.private_key_to_der().unwrap(), FileKind::Key),
            (ec.private_key_to_der().unwrap(), FileKind::Key),
            (key.private_key_to_pkcs8().unwrap(), FileKind::Key),
            (encrypted, FileKind::EncryptedKey),
            (certificate.to_der().unwrap(), FileKind::Certificate),
            (pkcs12.to_der().unwrap(), FileKind::Pkcs12),
            (b"\x30\x80\x02\x01\x03\x30\x80".to_vec(), FileKind::Pkcs12),
            (b"just words".to_vec(), FileKind::Unknown),
            (b"0 is where it begins".to_vec(), FileKind::Unknown),
            (Vec::new(), FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(&file), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_some_kind(bytes: Vec<u8>) {
            FileKind::of(&bytes);
            FileKind::of(&[&[SEQUENCE], &bytes[..]].concat());
        }
    }
}
