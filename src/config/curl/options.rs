//! The options of curl, by their names: which take a value, and what they are to
//! a WebSocket. What is not in this table is not known.

use crate::nearest::nearest;
use crate::net::TlsVersion;

/// An option of curl.
#[derive(Debug)]
pub(super) struct CurlOption {
    pub(super) short: Option<char>,
    /// Without its dashes, and without the `no-` of one that is on by default.
    pub(super) long: &'static str,
    pub(super) takes: Takes,
    pub(super) meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// Nothing, and `--no-` before its name takes it back.
    Switch,
    Value,
}

/// What an option is to a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Url,
    Method,
    Header,
    Cookie,
    UserAgent,
    Referer,
    User,
    Bearer,
    Insecure,
    Authorities,
    Certificate,
    Key,
    Passphrase,
    /// The oldest version of TLS.
    TlsFrom(TlsVersion),
    TlsUpTo,
    Proxy,
    ProxyUser,
    NoProxy,
    Resolve,
    Ipv4,
    Ipv6,
    UnixSocket,
    Location,
    /// As `Location`, with credentials for everybody.
    LocationTrusted,
    MaxRedirects,
    ConnectTimeout,
    MaxTime,
    Verbose,
    /// It concerns what a WebSocket has not, or what is so anyway.
    Nothing,
    /// It cannot be had.
    Impossible(Reason),
}

/// Why something cannot be had, and what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) why: &'static str,
    pub(super) hint: &'static str,
}

/// The option with this short name.
pub(super) fn short(name: char) -> Option<&'static CurlOption> {
    OPTIONS.iter().find(|option| option.short == Some(name))
}

/// The option with this long name, without its dashes.
pub(super) fn long(name: &str) -> Option<&'static CurlOption> {
    OPTIONS.iter().find(|option| option.long == name)
}

/// The long name that is most like this one.
pub(super) fn like(name: &str) -> Option<&'static str> {
    nearest(name, OPTIONS.iter().map(|option| option.long))
}

const BODY: Reason = Reason {
    why: "it sends a body, and an opening handshake has none (RFC 6455 section 4.1)",
    hint: "messages go over the connection: on stdin, or with --execute before `--`",
};

/// Of any method but GET.
pub(super) const METHOD: Reason = Reason {
    why: "an opening handshake is a GET (RFC 6455 section 4.1)",
    hint: "is this the copy of another request? the one to copy has the status 101",
};

const DOWNLOAD: Reason = Reason {
    why: "it concerns a download, and this is a conversation",
    hint: "leave it out: what is received goes to stdout",
};

/// Of a cookie that is none as well.
pub(super) const COOKIE_FILE: Reason = Reason {
    why: "it names a file of cookies, which curl alone can read",
    hint: "write the cookies themselves: NAME=VALUE; NAME=VALUE",
};

const CONFIGURATION: Reason = Reason {
    why: "it names a file of options or credentials, which curl alone can read",
    hint: "write them out, or use wstalk's own options before `--`",
};

const SEVERAL: Reason = Reason {
    why: "it is for several requests, and a conversation begins with one",
    hint: "leave it out",
};

/// Of following redirects with credentials.
pub(super) const TRUSTING: Reason = Reason {
    why: "credentials never follow a redirect to another origin",
    hint: "--location follows redirects without them",
};

/// Of a newest version that is old as well.
pub(super) const OLD_TLS: Reason = Reason {
    why: "versions of TLS below 1.2 are agreed to only where wstalk itself is told so",
    hint: "leave it out, or write --tls-min 1.0 before `--`",
};

const QUERY: Reason = Reason {
    why: "it changes the URL",
    hint: "write the query into the URL",
};

const OPTIONS: &[CurlOption] = &[
    value(None, "url", Meaning::Url),
    value(Some('X'), "request", Meaning::Method),
    value(Some('H'), "header", Meaning::Header),
    value(Some('b'), "cookie", Meaning::Cookie),
    value(Some('A'), "user-agent", Meaning::UserAgent),
    value(Some('e'), "referer", Meaning::Referer),
    value(Some('u'), "user", Meaning::User),
    value(None, "oauth2-bearer", Meaning::Bearer),
    switch(Some('k'), "insecure", Meaning::Insecure),
    value(None, "cacert", Meaning::Authorities),
    value(Some('E'), "cert", Meaning::Certificate),
    value(None, "key", Meaning::Key),
    value(None, "pass", Meaning::Passphrase),
    flag(Some('1'), "tlsv1", Meaning::Impossible(OLD_TLS)),
    flag(None, "tlsv1.0", Meaning::Impossible(OLD_TLS)),
    flag(None, "tlsv1.1", Meaning::Impossible(OLD_TLS)),
    flag(None, "tlsv1.2", Meaning::TlsFrom(TlsVersion::V1_2)),
    flag(None, "tlsv1.3", Meaning::TlsFrom(TlsVersion::V1_3)),
    value(None, "tls-max", Meaning::TlsUpTo),
    value(Some('x'), "proxy", Meaning::Proxy),
    value(Some('U'), "proxy-user", Meaning::ProxyUser),
    value(None, "noproxy", Meaning::NoProxy),
    value(None, "resolve", Meaning::Resolve),
    flag(Some('4'), "ipv4", Meaning::Ipv4),
    flag(Some('6'), "ipv6", Meaning::Ipv6),
    value(None, "unix-socket", Meaning::UnixSocket),
    switch(Some('L'), "location", Meaning::Location),
    value(None, "max-redirs", Meaning::MaxRedirects),
    value(None, "connect-timeout", Meaning::ConnectTimeout),
    value(Some('m'), "max-time", Meaning::MaxTime),
    switch(Some('v'), "verbose", Meaning::Verbose),
    switch(None, "compressed", Meaning::Nothing),
    switch(Some('i'), "include", Meaning::Nothing),
    switch(None, "show-headers", Meaning::Nothing),
    switch(Some('s'), "silent", Meaning::Nothing),
    switch(Some('S'), "show-error", Meaning::Nothing),
    switch(Some('#'), "progress-bar", Meaning::Nothing),
    switch(None, "progress-meter", Meaning::Nothing),
    switch(None, "styled-output", Meaning::Nothing),
    switch(Some('N'), "buffer", Meaning::Nothing),
    switch(Some('f'), "fail", Meaning::Nothing),
    switch(None, "fail-with-body", Meaning::Nothing),
    switch(None, "fail-early", Meaning::Nothing),
    switch(Some('g'), "globoff", Meaning::Nothing),
    switch(Some('G'), "get", Meaning::Nothing),
    switch(Some('q'), "disable", Meaning::Nothing),
    switch(Some('j'), "junk-session-cookies", Meaning::Nothing),
    switch(None, "path-as-is", Meaning::Nothing),
    switch(None, "basic", Meaning::Nothing),
    switch(None, "raw", Meaning::Nothing),
    switch(None, "tr-encoding", Meaning::Nothing),
    flag(Some('0'), "http1.0", Meaning::Nothing),
    flag(None, "http1.1", Meaning::Nothing),
    flag(None, "http2", Meaning::Nothing),
    flag(None, "http2-prior-knowledge", Meaning::Nothing),
    flag(None, "http3", Meaning::Nothing),
    flag(None, "http3-only", Meaning::Nothing),
    switch(None, "alpn", Meaning::Nothing),
    switch(None, "sessionid", Meaning::Nothing),
    switch(None, "keepalive", Meaning::Nothing),
    value(None, "keepalive-time", Meaning::Nothing),
    switch(None, "tcp-nodelay", Meaning::Nothing),
    value(None, "cert-type", Meaning::Nothing),
    value(None, "key-type", Meaning::Nothing),
    value(None, "expect100-timeout", Meaning::Nothing),
    value(Some('d'), "data", Meaning::Impossible(BODY)),
    value(None, "data-raw", Meaning::Impossible(BODY)),
    value(None, "data-ascii", Meaning::Impossible(BODY)),
    value(None, "data-binary", Meaning::Impossible(BODY)),
    value(None, "data-urlencode", Meaning::Impossible(BODY)),
    value(None, "url-query", Meaning::Impossible(QUERY)),
    value(None, "json", Meaning::Impossible(BODY)),
    value(Some('F'), "form", Meaning::Impossible(BODY)),
    value(None, "form-string", Meaning::Impossible(BODY)),
    value(Some('T'), "upload-file", Meaning::Impossible(BODY)),
    switch(Some('I'), "head", Meaning::Impossible(METHOD)),
    switch(None, "location-trusted", Meaning::LocationTrusted),
    value(Some('o'), "output", Meaning::Impossible(DOWNLOAD)),
    switch(Some('O'), "remote-name", Meaning::Impossible(DOWNLOAD)),
    switch(
        Some('J'),
        "remote-header-name",
        Meaning::Impossible(DOWNLOAD),
    ),
    value(Some('C'), "continue-at", Meaning::Impossible(DOWNLOAD)),
    value(Some('r'), "range", Meaning::Impossible(DOWNLOAD)),
    value(Some('w'), "write-out", Meaning::Impossible(DOWNLOAD)),
    value(Some('D'), "dump-header", Meaning::Impossible(DOWNLOAD)),
    value(Some('c'), "cookie-jar", Meaning::Impossible(COOKIE_FILE)),
    value(Some('K'), "config", Meaning::Impossible(CONFIGURATION)),
    switch(Some('n'), "netrc", Meaning::Impossible(CONFIGURATION)),
    flag(Some(':'), "next", Meaning::Impossible(SEVERAL)),
    switch(Some('Z'), "parallel", Meaning::Impossible(SEVERAL)),
];

const fn flag(short: Option<char>, long: &'static str, meaning: Meaning) -> CurlOption {
    CurlOption {
        short,
        long,
        takes: Takes::Nothing,
        meaning,
    }
}

const fn switch(short: Option<char>, long: &'static str, meaning: Meaning) -> CurlOption {
    CurlOption {
        takes: Takes::Switch,
        ..flag(short, long, meaning)
    }
}

const fn value(short: Option<char>, long: &'static str, meaning: Meaning) -> CurlOption {
    CurlOption {
        short,
        long,
        takes: Takes::Value,
        meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_options() {
        for (number, option) in OPTIONS.iter().enumerate() {
            for other in &OPTIONS[number + 1..] {
                assert_ne!(option.long, other.long);
                assert!(
                    option.short.is_none() || option.short != other.short,
                    "{other:?}"
                );
            }
        }
    }
}
