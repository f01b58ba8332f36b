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
    #[cfg_attr(
        any(target_os = "windows", target_vendor = "apple"),
        allow(dead_code, reason = "nothing can be decrypted")
    )]
    WrongPassphrase,
    /// It is encrypted in a way that the library no longer knows, or in any.
    Unsupported,
}

/// A certificate, its key and what stands between it and its authority, as the library
/// takes them of a server.
#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
#[derive(Clone)]
pub(super) struct Own {
    pub(super) certificate: openssl::x509::X509,
    pub(super) key: openssl::pkey::PKey<openssl::pkey::Private>,
    pub(super) chain: Vec<openssl::x509::X509>,
}

#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
impl Own {
    /// Of certificates, the own one first, and a key in PKCS#8, all in DER.
    pub(super) fn read(chain: &[Vec<u8>], key: &[u8]) -> Option<Self> {
        use openssl::pkey::PKey;
        use openssl::x509::X509;
        let read = chain.iter().map(|der| X509::from_der(der));
        let mut chain = read.collect::<Result<Vec<_>, _>>().ok()?;
        Some(Own {
            certificate: (!chain.is_empty()).then(|| chain.remove(0))?,
            key: PKey::private_key_from_pkcs8(key).ok()?,
            chain,
        })
    }

    /// Of a file of PKCS#12 that this opens.
    pub(super) fn of_pkcs12(file: &[u8], passphrase: &str) -> Option<Self> {
        use openssl::pkcs12::Pkcs12;
        let opened = Pkcs12::from_der(file).ok()?.parse2(passphrase).ok()?;
        let between = opened.ca.into_iter().flatten();
        Some(Own {
            certificate: opened.cert?,
            key: opened.pkey?,
            chain: between.collect(),
        })
    }
}

/// The library has it all.
#[cfg(any(target_os = "windows", target_vendor = "apple"))]
#[derive(Clone)]
pub(super) struct Own;

#[cfg(any(target_os = "windows", target_vendor = "apple"))]
impl Own {
    pub(super) fn read(_chain: &[Vec<u8>], _key: &[u8]) -> Option<Self> {
        Some(Own)
    }

    pub(super) fn of_pkcs12(_file: &[u8], _passphrase: &str) -> Option<Self> {
        Some(Own)
    }
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
