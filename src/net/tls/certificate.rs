//! What a certificate says of itself.
//!
//! Read leniently: a server that is accepted with a certificate that breaks a rule
//! is shown with it all the same. Names come from outside and stand here as they
//! came, in the notation of RFC 4514; whoever shows them escapes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Header, SliceReader, Tag, Tagged};
use x509_cert::name::Name;
use x509_cert::time::Validity;

/// Whose a certificate is, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// `CN=example.com,O=Example`; empty where names stand elsewhere.
    pub subject: String,
    pub issuer: String,
    /// The last second in which it is valid.
    pub not_after: SystemTime,
}

impl CertificateFacts {
    /// Reads an X.509 certificate (RFC 5280 section 4.1) up to its subject.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        read(certificate).ok()
    }
}

/// The short names of RFC 4514 section 3, and the one that people put into
/// certificates beside them. The crate's own table of all that are registered takes
/// 300 KB of a program.
const NAMES: &[(ObjectIdentifier, &str)] = &[
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"),
        "UID",
    ),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        "DC",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
        "emailAddress",
    ),
];

fn read(certificate: &[u8]) -> x509_cert::der::Result<CertificateFacts> {
    let mut reader = SliceReader::new(certificate)?;
    let _certificate = Header::decode(&mut reader)?;
    let _to_be_signed = Header::decode(&mut reader)?;
    // The version, which the first one leaves out.
    if matches!(Tag::peek(&reader)?, Tag::ContextSpecific { .. }) {
        AnyRef::decode(&mut reader)?;
    }
    let _serial_number = AnyRef::decode(&mut reader)?;
    let _signature = AnyRef::decode(&mut reader)?;
    let issuer = Name::decode(&mut reader)?;
    let validity: Validity = Validity::decode(&mut reader)?;
    let subject = Name::decode(&mut reader)?;
    Ok(CertificateFacts {
        subject: written(&subject),
        issuer: written(&issuer),
        not_after: after_epoch(validity.not_after.to_unix_duration()),
    })
}

fn after_epoch(duration: Duration) -> SystemTime {
    UNIX_EPOCH.checked_add(duration).unwrap_or(UNIX_EPOCH)
}

/// As RFC 4514 section 2 writes it: the most special part first.
fn written(name: &Name) -> String {
    let parts: Vec<String> = name
        .iter_rdn()
        .map(|part| {
            let attributes: Vec<String> = part.iter().map(attribute).collect();
            attributes.join("+")
        })
        .collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(",")
}

fn attribute(attribute: &AttributeTypeAndValue) -> String {
    let known = NAMES.iter().find(|(oid, _)| *oid == attribute.oid);
    let name = known.map_or_else(|| attribute.oid.to_string(), |(_, name)| (*name).to_owned());
    match text(attribute) {
        Some(text) => format!("{name}={}", quoted(&text)),
        None => {
            let der = attribute.value.to_der().unwrap_or_default();
            format!("{name}=#{}", HEXLOWER.encode(&der))
        }
    }
}

/// Of the kinds of texts that names are made of.
fn text(attribute: &AttributeTypeAndValue) -> Option<String> {
    let bytes = attribute.value.value();
    match attribute.value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Tag::BmpString => {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// What would end or change a value has a backslash before it.
fn quoted(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut quoted = String::with_capacity(text.len());
    for (at, letter) in text.chars().enumerate() {
        let at_the_edge = letter == ' ' && (at == 0 || at == last) || letter == '#' && at == 0;
        if at_the_edge || "\"+,;<>\\".contains(letter) {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::asn1::{Asn1Time, Asn1Type};
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::{X509Builder, X509Name, X509NameBuilder};

    fn name(entries: &[(Nid, &str, Asn1Type)]) -> X509Name {
        let mut name = X509NameBuilder::new().unwrap();
        for (nid, value, kind) in entries {
            name.append_entry_by_nid_with_type(*nid, value, *kind)
                .unwrap();
        }
        name.build()
    }

    /// A certificate of the first version, or of the third.
    fn certificate(version: i32, subject: &X509Name, issuer: &X509Name, until: &str) -> Vec<u8> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(version).unwrap();
        builder.set_subject_name(subject).unwrap();
        builder.set_issuer_name(issuer).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder
            .set_not_before(&Asn1Time::from_unix(0).unwrap())
            .unwrap();
        builder
            .set_not_after(&Asn1Time::from_str(until).unwrap())
            .unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        builder.build().to_der().unwrap()
    }

    #[test]
    fn a_certificate_says_whose_it_is_and_until_when() {
        let subject = name(&[
            (Nid::COUNTRYNAME, "DE", Asn1Type::PRINTABLESTRING),
            (Nid::ORGANIZATIONNAME, "Ex, Inc", Asn1Type::UTF8STRING),
            (Nid::COMMONNAME, "\0e\0x", Asn1Type::BMPSTRING),
        ]);
        let issuer = name(&[(Nid::COMMONNAME, "authority", Asn1Type::UTF8STRING)]);
        for (version, until, seconds) in [
            (2, "20270102030405Z", 1_798_859_045),
            (0, "20500101000000Z", 2_524_608_000),
            (2, "99991231235959Z", 253_402_300_799),
        ] {
            let der = certificate(version, &subject, &issuer, until);
            let facts = CertificateFacts::of(&der).unwrap();
            assert_eq!(facts.subject, "CN=ex,O=Ex\\, Inc,C=DE");
            assert_eq!(facts.issuer, "CN=authority");
            assert_eq!(facts.not_after, UNIX_EPOCH + Duration::from_secs(seconds));
        }
    }

    #[test]
    fn names_without_anything_and_kinds_that_nobody_knows_are_shown_too() {
        let odd = name(&[
            (Nid::SERIALNUMBER, "12", Asn1Type::PRINTABLESTRING),
            (Nid::PKCS9_EMAILADDRESS, "a@b", Asn1Type::IA5STRING),
            (Nid::ORGANIZATIONALUNITNAME, "bits", Asn1Type::BIT_STRING),
        ]);
        let der = certificate(2, &name(&[]), &odd, "20270102030405Z");
        let facts = CertificateFacts::of(&der).unwrap();
        assert_eq!(facts.subject, "");
        let unit = facts.issuer.split(',').next().unwrap();
        assert!(unit.starts_with("OU=#03"), "{}", facts.issuer);
        let rest = &facts.issuer[unit.len()..];
        assert_eq!(rest, ",emailAddress=a@b,2.5.4.5=12");
    }

    #[test]
    fn values_are_quoted_where_they_would_be_read_otherwise() {
        for (value, shown) in [
            ("plain text", "plain text"),
            (" x ", "\\ x\\ "),
            ("#1 #2", "\\#1 #2"),
            ("a+b,c\\\"", "a\\+b\\,c\\\\\\\""),
            ("\u{1b}[2J", "\u{1b}[2J"),
            ("", ""),
        ] {
            assert_eq!(quoted(value), shown);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            CertificateFacts::of(&bytes);
            CertificateFacts::of(&[&[0x30, 0x80, 0x30, 0x80], &bytes[..]].concat());
        }
    }
}
