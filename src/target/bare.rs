//! What a URL without a scheme may not be: it means `ws://` only where it can
//! mean nothing else.
//!
//! Owns the two refusals that a written scheme lifts, of a word that is probably
//! a mistyped command, and of credentials about to leave this machine in the
//! clear.

use super::{Host, Target, TargetError, usage};
use crate::nearest::nearest;

/// What else the first word of the command line may have been meant to be.
const COMMANDS: [&str; 7] = [
    "check",
    "listen",
    "demo",
    "curl",
    "completions",
    "man",
    "help",
];

/// Without a scheme something must look like a URL, else a mistyped command
/// would go out as a connection to a host of that name.
pub(super) fn refuse_bare_word(word: &str, target: &Target) -> Result<(), TargetError> {
    let is_localhost = matches!(&target.host, Host::Name(name) if name == "localhost");
    if is_localhost || word.contains(['.', ':', '/', '[']) {
        return Ok(());
    }
    let host = format!("for a host of that name write ws://{word}");
    let hint = match nearest(word, COMMANDS) {
        Some(command) => format!("did you mean `wstalk {command}`? {host}"),
        None if word.bytes().all(|b| b.is_ascii_digit()) => {
            format!("for a port of this machine write :{word}, {host}")
        }
        None => host,
    };
    Err(usage(format!("`{word}` is not a command, nor a URL"), hint))
}

/// A scheme is the user's word on whether a password may travel in the clear.
pub(super) fn refuse_unguarded_credentials(target: &Target) -> Result<(), TargetError> {
    if target.userinfo.is_none() || target.host.is_loopback() {
        return Ok(());
    }
    Err(usage(
        "the URL has credentials for another machine, but no scheme",
        "write the scheme: wss:// keeps them secret, ws:// sends them in the clear",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::{assert_complaint, assert_means, parsed};

    #[test]
    fn without_a_scheme_it_is_ws() {
        for (text, full) in [
            ("localhost", "ws://localhost/"),
            ("LOCALHOST", "ws://localhost/"),
            ("localhost?x=1", "ws://localhost/?x=1"),
            ("localhost:8080/chat", "ws://localhost:8080/chat"),
            ("localhost/x?to=http://h/", "ws://localhost/x?to=http://h/"),
            (":8080", "ws://localhost:8080/"),
            (":8080/x?y", "ws://localhost:8080/x?y"),
            ("[::1]:9000", "ws://[::1]:9000/"),
            ("1.2.3.4", "ws://1.2.3.4/"),
            ("example.com", "ws://example.com/"),
            ("host/path", "ws://host/path"),
            ("host:", "ws://host/"),
            ("wss/path", "ws://wss/path"),
        ] {
            assert_means(text, full);
        }
    }

    #[test]
    fn a_bare_word_is_a_usage_error_that_names_the_nearest_command() {
        for (word, hint) in [
            (
                "chekc",
                "did you mean `wstalk check`? for a host of that name write ws://chekc",
            ),
            (
                "Completion",
                "did you mean `wstalk completions`? for a host of that name write ws://Completion",
            ),
            ("server", "for a host of that name write ws://server"),
            ("chat", "for a host of that name write ws://chat"),
            ("me@server", "for a host of that name write ws://me@server"),
            (
                "8080",
                "for a port of this machine write :8080, for a host of that name write ws://8080",
            ),
        ] {
            let message = format!("`{word}` is not a command, nor a URL");
            assert_complaint(word, 2, &message, hint);
            parsed(&format!("ws://{word}"));
        }
    }

    #[test]
    fn each_command_is_near_to_its_own_slips() {
        for (word, command) in [
            ("check", Some("check")),
            ("chek", Some("check")),
            ("lisetn", Some("listen")),
            ("list", Some("listen")),
            ("demos", Some("demo")),
            ("url", Some("curl")),
            ("completoins", Some("completions")),
            ("amn", Some("man")),
            ("hlep", Some("help")),
            ("cat", None),
            ("echo", None),
            ("x", None),
        ] {
            assert_eq!(nearest(word, COMMANDS), command, "{word}");
        }
    }

    #[test]
    fn credentials_for_another_machine_need_a_scheme() {
        for text in [
            "me:hunter2@example.com",
            "me@example.com/x",
            ":pw@host:80",
            "me:1@2/3@h",
        ] {
            assert_complaint(
                text,
                2,
                "the URL has credentials for another machine, but no scheme",
                "write the scheme: wss:// keeps them secret, ws:// sends them in the clear",
            );
        }
        parsed("ws://me:hunter2@example.com");
    }
}
