//! A certificate of any bytes.
//!
//! Proves that reading it never panics, takes no longer than the bytes allow, and
//! does not depend on what stands behind the subject.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::net::CertificateFacts;

fuzz_target!(|bytes: &[u8]| {
    let Some(facts) = CertificateFacts::of(bytes) else {
        return;
    };
    // A name is at most written in hex, with the numbers of its parts.
    let longest = 16 * bytes.len();
    assert!(facts.subject.len() <= longest && facts.issuer.len() <= longest);
    let more = [bytes, b"and more"].concat();
    assert_eq!(CertificateFacts::of(&more), Some(facts));
});
