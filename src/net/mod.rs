//! From a host's name to a byte stream: addresses, TCP or Unix sockets, proxies, TLS.
//!
//! Everything here is blocking under one [`Deadline`] while a connection is
//! being opened, and never blocks afterwards: a [`Socket`] is told which.

mod address;
mod cause;
mod deadline;
mod dial;
mod os;
mod overrides;
mod proxy;
mod resolve;
mod road;
mod socket;
mod stream;
mod tls;
#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
mod trust;
#[cfg(any(target_os = "windows", target_vendor = "apple"))]
#[path = "trust_elsewhere.rs"]
mod trust;

pub use address::Address;
pub use cause::io_cause;
pub use deadline::Deadline;
pub use dial::{Attempt, DialError, Unreached, dial, dial_unix};
pub(crate) use os::{Local, pair};
pub use overrides::Overrides;
pub use proxy::{
    BadProxy, Bypass, Connect, ConnectError, Destination, HeadSeen, Method, Named, Proxies,
    SocksError, SocksStep, socks,
};
pub use resolve::{ResolveError, resolve};
pub use road::{Family, Road, Way};
pub use socket::Socket;
pub(crate) use socket::timespec;
pub use stream::Stream;
use tls::Tap;
pub use tls::{
    Acceptor, BadAuthorities, BadIdentity, CertificateFacts, Cipher, Connector, Format, Identity,
    IdentityFile, IdentityFiles, IdentityProblem, ServerHello, TlsError, TlsFacts, TlsProblem,
    TlsSettings, TlsVersion, TlsVersions, Trust, Untrusted, server_hello,
};
pub use trust::{allow_old_versions, forget_system_roots, look_up_system_roots};
