//! Keeps the system's authorities from being read where nobody asks for them.
//!
//! The TLS library reads them whenever a connector is made, also one that trusts
//! a given certificate alone or anyone: 40 ms, more than everything else at the
//! start together. Where it looks is told by a variable of the environment, read
//! once a process; so that is set, before there is a second thread. The only
//! unsafe code of the program.

use std::env;

/// Where the file with the system's authorities is named, for OpenSSL.
const VARIABLE: &str = "SSL_CERT_FILE";
/// A file without any.
const NOTHING: &str = "/dev/null";

/// Has the system's authorities not read, nor a file of them that the environment
/// names. To be called before anything else, while there is one thread.
#[allow(
    unsafe_code,
    reason = "the library takes this from the environment alone"
)]
pub fn forget_system_roots() {
    // SAFETY: nothing else runs yet that could read the environment.
    unsafe { env::set_var(VARIABLE, NOTHING) };
}
