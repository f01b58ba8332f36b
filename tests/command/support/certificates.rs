//! Certificates of every kind that a client meets, made when they are needed.
//!
//! Each stands as PEM in a directory that lives as long as the value. Small
//! elliptic keys, so that making one takes about a millisecond. The keys are
//! worth nothing: they never leave the test.

use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder, X509VerifyResult};
use tempfile::TempDir;

const DAY: i64 = 24 * 60 * 60;

/// From and until when a certificate is valid, in days from now.
type Days = (i64, i64);

const VALID: Days = (-1, 30);
const EXPIRED: Days = (-30, -1);
const NOT_YET_VALID: Days = (1, 30);

/// The names of a server on this machine.
const LOCAL: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// A certificate authority, with a certificate of its own.
pub struct Authority {
    own: Identity,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// Two of them do not trust each other's certificates.
    pub fn new() -> Self {
        let request = Request {
            common_name: "wstalk test authority",
            names: &[],
            days: VALID,
            usage: Usage::Authority,
        };
        Self {
            own: request.signed_by(None),
        }
    }

    /// One whose own certificate is signed by this one; its certificates come with
    /// that.
    pub fn below(&self) -> Self {
        Self {
            own: self.sign(&Request {
                common_name: "wstalk test authority below",
                names: &[],
                days: VALID,
                usage: Usage::Authority,
            }),
        }
    }

    pub fn certificate(&self) -> &X509 {
        &self.own.chain[0]
    }

    /// The PEM file that a client is to trust.
    pub fn certificate_path(&self) -> PathBuf {
        self.own.certificate_path()
    }

    /// For `localhost`, 127.0.0.1 and ::1.
    pub fn localhost(&self) -> Identity {
        self.server("localhost", LOCAL, VALID)
    }

    pub fn expired(&self) -> Identity {
        self.server("localhost", LOCAL, EXPIRED)
    }

    pub fn not_yet_valid(&self) -> Identity {
        self.server("localhost", LOCAL, NOT_YET_VALID)
    }

    /// For `other.example` only.
    pub fn wrong_host(&self) -> Identity {
        self.server("other.example", &["other.example"], VALID)
    }

    /// For localhost, with a name that holds what it is given.
    pub fn named(&self, common_name: &str) -> Identity {
        self.server(common_name, LOCAL, VALID)
    }

    /// For a client to show.
    pub fn client(&self) -> Identity {
        self.client_for(VALID)
    }

    /// The same, no longer valid.
    pub fn expired_client(&self) -> Identity {
        self.client_for(EXPIRED)
    }

    fn client_for(&self, days: Days) -> Identity {
        self.sign(&Request {
            common_name: "wstalk test client",
            names: &[],
            days,
            usage: Usage::Client,
        })
    }

    fn server(&self, common_name: &str, names: &[&str], days: Days) -> Identity {
        self.sign(&Request {
            common_name,
            names,
            days,
            usage: Usage::Server,
        })
    }

    fn sign(&self, request: &Request<'_>) -> Identity {
        let mut identity = request.signed_by(Some(&self.own));
        // The topmost one, which signs itself, is for who trusts it to have.
        let between = self.own.chain.iter().filter(|one| !signs_itself(one));
        identity.chain.extend(between.cloned());
        identity
    }
}

/// A certificate and its key.
pub struct Identity {
    directory: TempDir,
    chain: Vec<X509>,
    key: PKey<Private>,
}

impl Identity {
    /// For localhost, signed by nobody but itself.
    pub fn self_signed() -> Self {
        let request = Request {
            common_name: "localhost",
            names: LOCAL,
            days: VALID,
            usage: Usage::Server,
        };
        request.signed_by(None)
    }

    /// The certificate, then what stands between it and its authority.
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    pub fn key(&self) -> &PKey<Private> {
        &self.key
    }

    /// The certificate as PEM.
    pub fn certificate_path(&self) -> PathBuf {
        self.directory.path().join(CERTIFICATE)
    }

    /// The key as PEM, PKCS#8, not encrypted.
    pub fn key_path(&self) -> PathBuf {
        self.directory.path().join(KEY)
    }

    fn new(certificate: X509, key: PKey<Private>) -> Self {
        let directory = TempDir::new().expect("a directory for certificates");
        let pem = certificate.to_pem().expect("a certificate as PEM");
        fs::write(directory.path().join(CERTIFICATE), pem).expect("a certificate written");
        let pem = key.private_key_to_pem_pkcs8().expect("a key as PEM");
        fs::write(directory.path().join(KEY), pem).expect("a key written");
        Self {
            directory,
            chain: vec![certificate],
            key,
        }
    }
}

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

#[derive(Clone, Copy, Eq, PartialEq)]
enum Usage {
    Authority,
    Server,
    Client,
}

struct Request<'a> {
    common_name: &'a str,
    names: &'a [&'a str],
    days: Days,
    usage: Usage,
}

impl Request<'_> {
    /// Makes a key and its certificate; without an authority it signs itself.
    fn signed_by(&self, authority: Option<&Identity>) -> Identity {
        let key = new_key();
        let subject = name(self.common_name);
        let issuer = authority.map(|authority| &authority.chain[0]);
        let mut builder = X509Builder::new().expect("a certificate");
        builder.set_version(2).expect("version 3");
        builder.set_subject_name(&subject).expect("a subject");
        builder
            .set_issuer_name(issuer.map_or(&subject, |issuer| issuer.subject_name()))
            .expect("an issuer");
        builder.set_pubkey(&key).expect("a public key");
        set_serial_and_days(&mut builder, self.days);
        self.set_usage(&mut builder);
        self.set_names(&mut builder, issuer);
        let signer = authority.map_or(&key, Identity::key);
        builder
            .sign(signer, MessageDigest::sha256())
            .expect("a signature");
        Identity::new(builder.build(), key)
    }

    fn set_usage(&self, builder: &mut X509Builder) {
        let mut constraints = BasicConstraints::new();
        let mut usage = KeyUsage::new();
        constraints.critical();
        if self.usage == Usage::Authority {
            constraints.ca();
            usage.key_cert_sign().crl_sign();
        } else {
            usage.digital_signature();
        }
        let constraints = constraints.build().expect("constraints");
        let usage = usage.critical().build().expect("a key usage");
        builder.append_extension(constraints).expect("constraints");
        builder.append_extension(usage).expect("a key usage");
        let mut extended = ExtendedKeyUsage::new();
        match self.usage {
            Usage::Authority => return,
            Usage::Server => extended.server_auth(),
            Usage::Client => extended.client_auth(),
        };
        let extended = extended.build().expect("an extended usage");
        builder
            .append_extension(extended)
            .expect("an extended usage");
    }

    fn set_names(&self, builder: &mut X509Builder, issuer: Option<&X509>) {
        let context = builder.x509v3_context(issuer.map(|issuer| &**issuer), None);
        let identifier = SubjectKeyIdentifier::new().build(&context);
        builder
            .append_extension(identifier.expect("an identifier"))
            .expect("an identifier");
        let context = builder.x509v3_context(issuer.map(|issuer| &**issuer), None);
        let mut identifier = AuthorityKeyIdentifier::new();
        let mut alternatives = SubjectAlternativeName::new();
        for name in self.names {
            match name.parse::<std::net::IpAddr>() {
                Ok(_) => alternatives.ip(name),
                Err(_) => alternatives.dns(name),
            };
        }
        let identifier = identifier.keyid(false).build(&context);
        let alternatives = (!self.names.is_empty()).then(|| alternatives.build(&context));
        builder
            .append_extension(identifier.expect("an issuer's identifier"))
            .expect("an issuer's identifier");
        if let Some(alternatives) = alternatives {
            builder
                .append_extension(alternatives.expect("names"))
                .expect("names");
        }
    }
}

fn set_serial_and_days(builder: &mut X509Builder, (from, until): Days) {
    let mut serial = BigNum::new().expect("a number");
    serial
        .rand(127, MsbOption::MAYBE_ZERO, false)
        .expect("a random number");
    let serial = serial.to_asn1_integer().expect("a serial number");
    builder.set_serial_number(&serial).expect("a serial number");
    builder.set_not_before(&in_days(from)).expect("a beginning");
    builder.set_not_after(&in_days(until)).expect("an end");
}

fn in_days(days: i64) -> Asn1Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.expect("a clock after 1970").as_secs();
    let now = i64::try_from(seconds).expect("a clock before the end of time");
    Asn1Time::from_unix(now + days * DAY).expect("a time")
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    let key = EcKey::generate(&group).expect("a new key");
    PKey::from_ec_key(key).expect("a key")
}

fn signs_itself(certificate: &X509) -> bool {
    certificate.issued(certificate) == X509VerifyResult::OK
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509NameBuilder::new().expect("a name");
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)
        .expect("a common name");
    name.build()
}
