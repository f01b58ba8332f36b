//! What native-tls cannot do with keys, and the library beneath it can.
//!
//! Where that is not OpenSSL, encrypted keys have to be converted by the user, and
//! a key that does not belong to its certificate shows only in the handshake.

use crate::secret::Secret;

/// Whether keys can be decrypted here at all.
pub(super) const DECRYPTS: bool = cfg!(not(any(target_os = "windows", target_vendor = "apple")));

/// Why a key could not be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecrypted {
    WrongPassphrase,
    /// It is encrypted in a way that the library no longer knows, or in any.
    Unsupported,
}

/// Decrypts a key in encrypted PKCS#8; both are DER.
///
/// # Errors
/// See [`Undecrypted`].
#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
pub(super) fn decrypt(key: &[u8], passphrase: &Secret) -> Result<Vec<u8>, Undecrypted> {
    use openssl::pkey::PKey;
    let passphrase = passphrase.reveal().as_bytes();
    let decrypted = PKey::private_key_from_pkcs8_callback(key, |room| {
        // The library's limit is a kilobyte; nothing opens what is locked longer.
        let room = room.get_mut(..passphrase.len());
        Ok(room.map_or(0, |room| {
            room.copy_from_slice(passphrase);
            room.len()
        }))
    });
    let plain = decrypted.and_then(|key| key.private_key_to_pkcs8());
    plain.map_err(|error| match error.to_string().contains("unsupported") {
        true => Undecrypted::Unsupported,
        // A wrong passphrase may also give what only looks decrypted.
        false => Undecrypted::WrongPassphrase,
    })
}

#[cfg(any(target_os = "windows", target_vendor = "apple"))]
pub(super) fn decrypt(_key: &[u8], _passphrase: &Secret) -> Result<Vec<u8>, Undecrypted> {
    Err(Undecrypted::Unsupported)
}

/// Whether this key was made for this certificate; both are DER, the key in PKCS#8.
#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
pub(super) fn belongs(key: &[u8], certificate: &[u8]) -> bool {
    use openssl::pkey::PKey;
    use openssl::x509::X509;
    let key = PKey::private_key_from_pkcs8(key).ok();
    let public = X509::from_der(certificate).and_then(|certificate| certificate.public_key());
    match (key, public) {
        (Some(key), Ok(public)) => key.public_eq(&public),
        _ => false,
    }
}

#[cfg(any(target_os = "windows", target_vendor = "apple"))]
pub(super) fn belongs(_key: &[u8], _certificate: &[u8]) -> bool {
    true
}
