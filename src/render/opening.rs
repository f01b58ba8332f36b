//! How a connection is opened, step by step, as `curl -v` shows it.

use std::net::SocketAddr;

use super::head::head_lines;
use super::tls::secured;
use super::{escape, milliseconds};
use crate::net::Attempt;
use crate::open::{Handshake, Hop, Progress, Retry};
use crate::secret::Exposure;

/// The lines of a step, each with its mark: `* `, `> ` for what was sent, `< ` for
/// what came.
pub fn opening(step: &Progress, exposure: Exposure) -> Vec<String> {
    match step {
        Progress::Resolved {
            host,
            addresses,
            time,
        } => vec![format!(
            "* name {}: {} ({})",
            escape(host),
            listed(addresses),
            milliseconds(*time)
        )],
        Progress::Dial(attempt) => vec![dial(attempt)],
        Progress::Proxy { url, from } => {
            vec![format!("* through the proxy {} ({from})", escape(url))]
        }
        Progress::PastProxy { url, by } => {
            vec![format!("* past the proxy {} ({by})", escape(url))]
        }
        Progress::ProxySecured { facts, time } => {
            let lines = secured(facts, *time);
            let line = |line: String| format!("* with the proxy: {line}");
            lines.into_iter().map(line).collect()
        }
        Progress::Socks(step) => vec![format!("* SOCKS5: {}", escape(&step.to_string()))],
        Progress::Tunnel { destination, time } => vec![format!(
            "* the proxy has connected us to {} ({})",
            escape(destination),
            milliseconds(*time)
        )],
        Progress::Secured { facts, time } => {
            let lines = secured(facts, *time);
            lines.into_iter().map(|line| format!("* {line}")).collect()
        }
        Progress::Sent(head) => marked('>', head, exposure),
        Progress::Received(head) => marked('<', head, exposure),
        Progress::Redirected(hop) => redirected(hop, exposure),
        Progress::Retrying(retry) => vec![retrying(retry, exposure)],
    }
}

/// The lines of both heads of a handshake, with their marks, as they are shown while it
/// is made.
pub fn heads(handshake: &Handshake, exposure: Exposure) -> Vec<String> {
    let heads = &handshake.heads;
    let mut lines = marked('>', &heads.request, exposure);
    lines.extend(marked('<', &heads.response, exposure));
    lines
}

/// The same where a client was let in: its request was received.
pub fn client_heads(handshake: &Handshake, exposure: Exposure) -> Vec<String> {
    let heads = &handshake.heads;
    let mut lines = marked('<', &heads.request, exposure);
    lines.extend(marked('>', &heads.response, exposure));
    lines
}

fn listed(addresses: &[SocketAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
    texts.join(", ")
}

fn dial(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Trying(address) => format!("* trying {}", escape(&address.to_string())),
        Attempt::Failed { address, cause } => {
            format!("* {}: {}", escape(&address.to_string()), escape(cause))
        }
        Attempt::Connected { address, time } => format!(
            "* reached {} ({})",
            escape(&address.to_string()),
            milliseconds(*time)
        ),
    }
}

fn marked(mark: char, head: &[u8], exposure: Exposure) -> Vec<String> {
    let lines = head_lines(head, exposure);
    let line = |line: String| format!("{mark} {line}").trim_end().to_owned();
    lines.into_iter().map(line).collect()
}

fn redirected(hop: &Hop, exposure: Exposure) -> Vec<String> {
    let to = hop.to.to_string();
    let to = exposure.of(&to);
    let mut lines = vec![format!(
        "* redirected to {} (HTTP {})",
        escape(&to),
        hop.status
    )];
    if hop.loses_tls() {
        lines
            .push("* from here on without TLS: everybody on the way can read and change it".into());
    }
    if !hop.kept_back.is_empty() {
        let names = hop.kept_back.join(", ");
        lines.push(format!(
            "* not sent there, for it is another origin: {}",
            escape(&names)
        ));
    }
    lines
}

fn retrying(retry: &Retry, exposure: Exposure) -> String {
    format!(
        "* {}; trying again in {} s ({} of {})",
        escape(&exposure.of(&retry.why)),
        retry.wait.as_secs_f64(),
        retry.number,
        retry.limit
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::Heads;

    fn handshake() -> Handshake {
        Handshake {
            heads: Heads {
                request: b"GET /?token=abc HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
                response: b"HTTP/1.1 101 \x1b[2J\r\nSet-Cookie: a=b\r\n\r\n".to_vec(),
            },
            ..Handshake::sample("ws://h/")
        }
    }

    #[test]
    fn both_heads_are_shown_as_they_were_while_the_handshake_was_made() {
        let expected = [
            "> GET /?token=*** HTTP/1.1",
            "> Host: h",
            ">",
            "< HTTP/1.1 101 \\u001b[2J",
            "< Set-Cookie: ***",
            "<",
        ];
        let handshake = handshake();
        assert_eq!(heads(&handshake, Exposure::Masked), expected);
        let shown = heads(&handshake, Exposure::Shown);
        assert_eq!(shown[0], "> GET /?token=abc HTTP/1.1");
        assert_eq!(shown[4], "< Set-Cookie: a=b");
    }

    #[test]
    fn debug_of_a_handshake_shows_no_head() {
        let shown = format!("{:?}", handshake());
        assert!(
            shown.contains("heads: ***") && !shown.contains("abc"),
            "{shown}"
        );
    }
}
