//! What to do where TLS did not come about, or our files do not serve for it.

use std::path::Path;

use super::with_scheme;
use crate::error::Refusal;
use crate::net::{
    BadAuthorities, Format, IdentityProblem, TlsProblem, TlsVersion, TlsVersions, Untrusted,
};
use crate::target::Target;

const SHOW_ONE: &str = "show one with --cert FILE and --key FILE, or a PKCS#12 file with --cert";
const ANOTHER: &str = "the server wants another certificate than that of --cert; its log says why";

/// For a handshake that failed.
pub(super) fn handshake(problem: TlsProblem, target: Option<&Target>) -> Option<String> {
    let text = match problem {
        TlsProblem::NotTls => {
            return Some(format!(
                "the server does not speak TLS on this port: use {}",
                with_scheme(target, "ws")
            ));
        }
        TlsProblem::TimedOut => "--connect-timeout sets the limit",
        TlsProblem::CertificateRequired => SHOW_ONE,
        TlsProblem::CertificateRefused(alert) => not_accepted(alert),
        TlsProblem::NoCommonVersion { offered, wanted } => versions(offered, wanted),
        TlsProblem::NoVersion => {
            "the library's configuration forbids it: its file, which OPENSSL_CONF names, may allow it with CipherString = DEFAULT@SECLEVEL=0"
        }
        TlsProblem::Alert(alert) => return alerted(alert).map(str::to_owned),
        TlsProblem::Ended => {
            "perhaps this port has no TLS, or the server has no certificate for this host"
        }
        TlsProblem::Failed => return None,
        TlsProblem::Untrusted(why) => untrusted(why),
    };
    Some(text.into())
}

/// For a refusal by a server that looks at client certificates only once HTTP is
/// spoken, as nginx does.
pub(super) fn refused(refusal: &Refusal) -> Option<&'static str> {
    let body = String::from_utf8_lossy(&refusal.body.bytes).to_ascii_lowercase();
    let says = |words: &str| body.contains(words);
    match refusal.response.status {
        496 => Some(SHOW_ONE),
        495 => Some(ANOTHER),
        400 | 403 if says("ssl certificate error") => Some(ANOTHER),
        400 | 403 if says("no required ssl certificate") || says("client certificate") => {
            Some(SHOW_ONE)
        }
        _ => None,
    }
}

fn untrusted(why: Untrusted) -> &'static str {
    match why {
        Untrusted::Expired => "the certificate has to be renewed; --insecure connects all the same",
        Untrusted::NotYetValid => {
            "check the clock here and on the server; --insecure connects all the same"
        }
        Untrusted::SelfSigned => "trust it with --cacert FILE; --insecure connects to anyone",
        Untrusted::WrongHost => {
            "connect with a name that the certificate has; --insecure connects all the same"
        }
        Untrusted::UnknownAuthority => {
            "trust its authority with --cacert FILE; --insecure connects to anyone"
        }
        Untrusted::Other => "--cacert FILE trusts an authority; --insecure connects to anyone",
    }
}

/// By the alert (RFC 8446 section 6.2).
fn not_accepted(alert: u8) -> &'static str {
    match alert {
        44 => "the certificate of --cert was revoked: another one is needed",
        45 => "the certificate of --cert is no longer valid: it has to be renewed",
        48 => {
            "the server does not know the authority that signed the certificate of --cert; certificates between them belong into the same file"
        }
        _ => ANOTHER,
    }
}

fn alerted(alert: u8) -> Option<&'static str> {
    match alert {
        40 => Some(
            "the server takes no cipher, key or version that we offer; perhaps it wants a client certificate (--cert)",
        ),
        112 => {
            Some("the server has no host of this name: is it in the URL? --no-sni leaves it out")
        }
        _ => None,
    }
}

/// The option that widens what was offered, by no more than is safe if that may do.
fn versions(offered: TlsVersions, wanted: Option<TlsVersion>) -> &'static str {
    let safe = TlsVersion::V1_2;
    if offered.min > safe && wanted.is_none_or(|version| version >= safe) {
        return "--tls-min 1.2 offers TLS 1.2 too";
    }
    let older = offered.min > TlsVersion::V1_0;
    let newer = offered.max < TlsVersion::V1_3;
    match (older, newer) {
        (true, false) => "--tls-min 1.0 offers older versions too, which are no longer safe",
        (false, true) => "--tls-max 1.3 offers newer versions too",
        (true, true) => "--tls-min 1.0 and --tls-max 1.3 offer older and newer versions too",
        (false, false) => "the server speaks another version of TLS, or none that is enabled",
    }
}

/// For a file of authorities.
pub(super) fn authorities(file: &str, problem: BadAuthorities) -> Option<String> {
    match problem {
        BadAuthorities::Der => Some(format!(
            "convert it: {}",
            converted("openssl x509 -inform DER -in", file, "x509.pem").0
        )),
        BadAuthorities::None => {
            Some("--cacert takes certificates in PEM, one after the other".into())
        }
        BadAuthorities::Broken { .. } | BadAuthorities::Unfinished(_) => None,
    }
}

/// For a file of a certificate of ours or its key.
pub(super) fn identity(file: &str, problem: &IdentityProblem) -> Option<String> {
    let text = match problem {
        IdentityProblem::Convert(format) => return Some(convert(file, *format)),
        IdentityProblem::NoCertificate => {
            "--cert takes PEM with the certificate and what stands between it and its authority, or PKCS#12"
        }
        IdentityProblem::NoKey => "--key FILE takes the private key, in PEM (PKCS#8)",
        IdentityProblem::HoldsBoth => "--cert FILE takes it, without --key",
        IdentityProblem::WrongPassphrase => {
            "--passphrase asks for it, --passphrase=@FILE reads it from a file"
        }
        IdentityProblem::OtherKey => {
            "the first certificate in the file of --cert has to be the one that was made for this key"
        }
        // Of a file that is locked the passphrase is asked for.
        IdentityProblem::Locked
        | IdentityProblem::BrokenCertificate { .. }
        | IdentityProblem::BrokenKey
        | IdentityProblem::BrokenPkcs12(_)
        | IdentityProblem::Unusable(_)
        | IdentityProblem::Unfinished(_) => return None,
    };
    Some(text.into())
}

/// The command that makes of the file what we can read, and how to use it then.
fn convert(file: &str, format: Format) -> String {
    let (command, ending, option) = match format {
        Format::Rsa { encrypted: true }
        | Format::Ec { encrypted: true }
        | Format::Dsa { encrypted: true } => ("openssl pkcs8 -topk8 -in", "pkcs8.pem", "--key"),
        Format::Rsa { .. } | Format::Ec { .. } | Format::Dsa { .. } => {
            ("openssl pkcs8 -topk8 -nocrypt -in", "pkcs8.pem", "--key")
        }
        Format::OpenSsh => return open_ssh(file),
        Format::DerKey => ("openssl pkey -inform DER -in", "pkcs8.pem", "--key"),
        Format::DerEncryptedKey => ("openssl pkcs8 -inform DER -in", "pkcs8.pem", "--key"),
        Format::EncryptedKey => ("openssl pkcs8 -in", "pkcs8.pem", "--key"),
        Format::OldEncryptedKey => (
            "openssl pkcs8 -provider legacy -provider default -in",
            "pkcs8.pem",
            "--key",
        ),
        Format::DerCertificate => ("openssl x509 -inform DER -in", "x509.pem", "--cert"),
        Format::Pkcs7 => ("openssl pkcs7 -print_certs -in", "x509.pem", "--cert"),
        Format::OldPkcs12 => ("openssl pkcs12 -legacy -in", "new.pem", "--cert"),
    };
    let (command, made) = converted(command, file, ending);
    format!("convert it: {command}, then {option} {made}")
}

/// It converts in place, so a copy.
fn open_ssh(file: &str) -> String {
    let (from, to) = (quoted(file), quoted(&renamed(file, "pkcs8.pem")));
    format!(
        "convert a copy: cp {from} {to} && ssh-keygen -p -N '' -m PKCS8 -f {to}, then --key {to}"
    )
}

/// The whole command, and the file that it makes.
fn converted(command: &str, file: &str, ending: &str) -> (String, String) {
    let made = quoted(&renamed(file, ending));
    (format!("{command} {} -out {made}", quoted(file)), made)
}

/// The file's name with another ending.
fn renamed(file: &str, ending: &str) -> String {
    let path = Path::new(file).with_extension(ending);
    path.display().to_string()
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@%+=:,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_files_as_a_shell_takes_them() {
        let rsa = Format::Rsa { encrypted: false };
        assert_eq!(
            convert("my keys/it's.key", rsa),
            "convert it: openssl pkcs8 -topk8 -nocrypt -in 'my keys/it'\\''s.key' \
             -out 'my keys/it'\\''s.pkcs8.pem', then --key 'my keys/it'\\''s.pkcs8.pem'"
        );
        assert_eq!(
            convert("a.p12", Format::OldPkcs12),
            "convert it: openssl pkcs12 -legacy -in a.p12 -out a.new.pem, then --cert a.new.pem"
        );
        assert_eq!(
            convert("id_rsa", Format::OpenSsh),
            "convert a copy: cp id_rsa id_rsa.pkcs8.pem && ssh-keygen -p -N '' -m PKCS8 \
             -f id_rsa.pkcs8.pem, then --key id_rsa.pkcs8.pem"
        );
    }

    #[test]
    fn versions_that_could_still_be_offered_are_named() {
        use TlsVersion::{V1_0, V1_1, V1_2, V1_3};
        for (min, max, wanted, expected) in [
            (V1_2, V1_3, None, "--tls-min 1.0 offers"),
            (V1_3, V1_3, None, "--tls-min 1.2 offers"),
            (V1_3, V1_3, Some(V1_2), "--tls-min 1.2 offers"),
            (V1_3, V1_3, Some(V1_1), "--tls-min 1.0 offers"),
            (V1_0, V1_2, None, "--tls-max 1.3 offers"),
            (V1_2, V1_2, None, "--tls-min 1.0 and --tls-max 1.3"),
            (V1_0, V1_3, None, "the server speaks another"),
        ] {
            let hint = versions(TlsVersions { min, max }, wanted);
            assert!(hint.starts_with(expected), "{hint}");
        }
    }
}
