//! What SChannel says of a certificate that is not trusted. Its words are those of the
//! system's language, so its numbers are looked at. Pure.

use super::{TlsError, TlsProblem, Untrusted};

/// Codes of Windows, from its headers.
const VERDICTS: [(u32, Untrusted, &str); 7] = [
    // SEC_E_CERT_EXPIRED, CERT_E_EXPIRED
    (0x8009_0328, Untrusted::Expired, EXPIRED),
    (0x800B_0101, Untrusted::Expired, EXPIRED),
    // SEC_E_WRONG_PRINCIPAL, CERT_E_CN_NO_MATCH
    (0x8009_0322, Untrusted::WrongHost, WRONG_HOST),
    (0x800B_010F, Untrusted::WrongHost, WRONG_HOST),
    // SEC_E_UNTRUSTED_ROOT, CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING
    (0x8009_0325, Untrusted::UnknownAuthority, UNKNOWN),
    (0x800B_0109, Untrusted::UnknownAuthority, UNKNOWN),
    (0x800B_010A, Untrusted::UnknownAuthority, UNKNOWN),
];
const EXPIRED: &str = "certificate has expired or is not valid yet";
const WRONG_HOST: &str = "hostname mismatch";
const UNKNOWN: &str = "unable to get local issuer certificate";

/// What an error of the library says of the certificate, if it is about that.
pub(super) fn verdict(text: &str) -> Option<TlsError> {
    let (_, number) = text.rsplit_once("(os error ")?;
    let code: i32 = number.strip_suffix(')')?.parse().ok()?;
    let mut verdicts = VERDICTS.iter();
    let (_, kind, cause) = verdicts.find(|(known, ..)| *known == code.cast_unsigned())?;
    Some(TlsError::new(TlsProblem::Untrusted(*kind), *cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_known_by_its_number_in_any_language() {
        let problem = |text| verdict(text).map(|error| error.problem);
        assert_eq!(
            problem("Eine Zertifikatkette endet nicht. (os error -2146762487)"),
            Some(TlsProblem::Untrusted(Untrusted::UnknownAuthority))
        );
        assert_eq!(
            problem("x (y) (os error -2146762481)"),
            Some(TlsProblem::Untrusted(Untrusted::WrongHost))
        );
        assert_eq!(problem("Connection reset (os error 10054)"), None);
        assert_eq!(problem("no number"), None);
    }
}
