//! The stages that have a time limit, as they are named when it passes.

use std::fmt;

/// Where the time went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Resolve,
    Connect,
    /// On the way to a proxy, or through it.
    Proxy(ProxyStage),
    Tls,
    Upgrade,
    Password,
    Ping,
    Run,
}

/// Where the time went at a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyStage {
    Resolve,
    Connect,
    Tls,
    Answer,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Resolve => "resolving the host's name",
            Stage::Connect => "connecting",
            Stage::Proxy(ProxyStage::Resolve) => "resolving the proxy's name",
            Stage::Proxy(ProxyStage::Connect) => "connecting to the proxy",
            Stage::Proxy(ProxyStage::Tls) => "the TLS handshake with the proxy",
            Stage::Proxy(ProxyStage::Answer) => "the proxy's answer",
            Stage::Tls => "the TLS handshake",
            Stage::Upgrade => "the server's answer to the upgrade",
            Stage::Password => "typing a password",
            Stage::Ping => "the answer to a ping",
            Stage::Run => "the whole run",
        })
    }
}
