//! Of URLs and header options that cannot be used: refused before anyone is
//! called.

use super::super::support::{Server, wstalk};
use super::{assert_ended, assert_harmless};

/// Must end so before anyone is called.
#[track_caller]
fn refused(url: &str, code: i32, message: &str, hint: &str) {
    let output = wstalk().arg(url).run();
    let stderr = format!("wstalk: error: {message}\nhint: {hint}\n");
    assert_ended(url, &output, "", &stderr, code);
}

#[test]
fn a_url_with_what_no_url_may_have_is_malformed() {
    for (url, code, message, hint) in [
        ("", 3, "the URL is empty", "write ws://HOST:PORT/PATH"),
        (
            "ws://h/a#b",
            3,
            "the URL has a fragment (`#`), which RFC 6455 section 3 forbids",
            "leave it out, or write %23 for a `#` that is meant",
        ),
        (
            "ws://h/\u{1b}[31m",
            3,
            "the URL holds a control character (U+001B)",
            "leave it out, or percent-encode it",
        ),
        (
            "ws:\\\\h",
            3,
            "the URL holds a backslash",
            "write `/` between path segments, %5C for a backslash that is meant",
        ),
        (
            "ws://a:b%0d%0a@h",
            3,
            "the password holds a control character when percent-decoded",
            "leave it out: Basic authentication cannot carry it (RFC 7617 section 2)",
        ),
    ] {
        refused(url, code, message, hint);
    }
}

#[test]
fn a_url_that_names_no_server_is_malformed() {
    for (url, code, message, hint) in [
        (
            "ws://h:0/",
            3,
            "the port `0` is not a number from 1 to 65535",
            "write the port in decimal digits, or leave it and its colon out",
        ),
        (
            "ws://::1:8080",
            3,
            "the port `:1:8080` is not a number from 1 to 65535",
            "put an IPv6 address in brackets: ws://[::1]:8080",
        ),
        (
            "ws://",
            3,
            "the URL has no host",
            "write ws://HOST/PATH, or :PORT for this machine",
        ),
        (
            "wsss://h",
            3,
            "`wsss` is not a scheme for WebSockets",
            "did you mean wss://?",
        ),
        (
            "ftp://h",
            3,
            "`ftp` is not a scheme for WebSockets",
            "write ws:// or wss:// (with TLS)",
        ),
    ] {
        refused(url, code, message, hint);
    }
}

#[test]
fn what_is_probably_not_meant_is_a_usage_error() {
    for (url, code, message, hint) in [
        (
            "lisen",
            2,
            "`lisen` is not a command, nor a URL",
            "did you mean `wstalk listen`? for a host of that name write ws://lisen",
        ),
        (
            "example",
            2,
            "`example` is not a command, nor a URL",
            "for a host of that name write ws://example",
        ),
        (
            "me:secret@example.com",
            2,
            "the URL has credentials for another machine, but no scheme",
            "write the scheme: wss:// keeps them secret, ws:// sends them in the clear",
        ),
    ] {
        refused(url, code, message, hint);
    }
}

#[test]
fn no_value_can_begin_a_header_of_its_own() {
    let server = Server::untouched();
    let url = server.url();
    let credentials = url.replace("ws://", "ws://me:x%0d%0aX-Evil:1@");
    let cases: [(&str, &[&str], i32); 14] = [
        ("a header's value", &[url, "-H", "A: b\r\nX-Evil: 1"], 2),
        ("a bare line feed", &[url, "-H", "A: b\nX-Evil: 1"], 2),
        ("a bare carriage return", &[url, "-H", "A: b\rX-Evil: 1"], 2),
        ("a header's name", &[url, "-H", "A\r\nX-Evil: 1"], 2),
        ("a blank in the name", &[url, "-H", "A B: 1"], 2),
        ("no name", &[url, "-H", ": 1"], 2),
        ("no colon", &[url, "-H", "X-Evil"], 2),
        ("the origin", &[url, "-o", "a\r\nX-Evil: 1"], 2),
        ("the host", &[url, "--host", "a\r\nX-Evil: 1"], 2),
        ("the agent", &[url, "-A", "a\r\nX-Evil: 1"], 2),
        ("the subprotocol", &[url, "-s", "a\r\nX-Evil: 1"], 2),
        ("the user", &[url, "-u", "a\r\nX-Evil: 1:b"], 2),
        ("the password", &[url, "-u", "a:b\r\nX-Evil: 1"], 2),
        ("the URL's password", &[&credentials], 3),
    ];
    for (case, words, code) in cases {
        let output = wstalk().args(words).run();
        let stderr = output.stderr_seen();
        assert!(stderr.starts_with("wstalk: error: "), "{case}: {stderr}");
        assert!(stderr.contains("\nhint: "), "{case}: {stderr}");
        assert_harmless(case, stderr);
        assert_eq!(output.stdout_seen(), b"", "{case}");
        assert_eq!(output.exit_code(), Some(code), "{case}");
    }
    server.finish();
}

#[test]
fn a_subprotocol_that_may_not_be_offered_is_a_usage_error() {
    let server = Server::untouched();
    for (case, names) in [
        ("empty", ""),
        ("an empty element", "a,,b"),
        ("a blank inside", "a b"),
        ("a separator", "a/b"),
        ("not ASCII", "é"),
        ("twice", "a,a"),
    ] {
        let output = wstalk().arg(server.url()).args(["-s", names]).run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.starts_with("wstalk: error: --subprotocol: "),
            "{case}: {stderr}"
        );
        assert_eq!(output.exit_code(), Some(2), "{case}");
    }
    server.finish();
}

#[test]
fn a_user_without_a_password_and_a_terminal_is_a_usage_error() {
    let server = Server::untouched();
    let output = wstalk().arg(server.url()).args(["-u", "me"]).run();
    output
        .stdout("")
        .stderr_first_line(
            "wstalk: error: password for me (--user): there is no terminal to ask on",
        )
        .stderr_contains("\nhint: ")
        .code(2);
    server.finish();
}

#[test]
fn options_that_mean_other_things_elsewhere_explain_themselves() {
    let server = Server::untouched();
    for (options, cure) in [
        (&["-n"][..], "--insecure (-k)"),
        (&["--protocol", "chat"], "--subprotocol (-s)"),
    ] {
        let output = wstalk().arg(server.url()).args(options).run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.contains("different things in other clients"),
            "{stderr}"
        );
        assert!(stderr.contains(cure), "{options:?}: {stderr}");
        assert_eq!(output.exit_code(), Some(2), "{options:?}");
    }
    server.finish();
}
