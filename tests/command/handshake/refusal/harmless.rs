//! Of what a refusal must not do: drive the terminal, or tell a secret.

use super::super::super::support::{Server, wstalk};
use super::{FORBIDDEN, answer, answer_and_close, body_in, refused_by};

#[test]
fn nothing_in_a_refusal_drives_the_terminal() {
    let text = "\u{9b}2J\u{202e}\u{200f}\u{85}é";
    let shown = "\\u009b2J\\u202e\\u200f\\u0085é";
    let body = "\u{1b}]0;title\u{7}\u{1b}[31m\r\n\u{8}\t\0\u{7f}";
    let body_shown = "  \\u001b]0;title\\u0007\\u001b[31m\n  \\u0008\\t\\u0000\\u007f\n";
    let reply = format!("HTTP/1.1 403 {text}\r\nX-Why: {text}\r\n\r\n{body}");
    let stderr = refused_by("escapes", answer_and_close(reply));
    let expected = format!("\n  HTTP/1.1 403 {shown}\n  X-Why: {shown}\n\n{body_shown}hint: ");
    assert!(stderr.contains(&expected), "{stderr}");
}

#[test]
fn bytes_that_are_not_utf8_are_shown_as_such() {
    let reply = [FORBIDDEN.as_bytes(), b"X: \xff\r\n\r\na\xfe\xffb"].concat();
    let stderr = refused_by("bytes", answer_and_close(reply));
    assert!(stderr.contains("  X: \u{fffd}\n"), "{stderr}");
    assert_eq!(body_in("bytes", &stderr), "  a\u{fffd}\u{fffd}b\n");
}

#[test]
fn escape_sequences_in_the_head_are_shown() {
    for (case, head, shown) in [
        (
            "in a value",
            "HTTP/1.1 403 No\r\nX: \u{1b}[31m\r\n",
            "\n  X: \\u001b[31m\n",
        ),
        (
            "in the status",
            "HTTP/1.1 403 \u{1b}[31m\r\n",
            "\n  HTTP/1.1 403 \\u001b[31m\n",
        ),
    ] {
        let stderr = refused_by(case, answer_and_close(format!("{head}\r\n")));
        assert!(stderr.contains(shown), "{case}: {stderr}");
    }
}

#[test]
fn a_redirect_names_where_it_goes_harmlessly() {
    let reply = "HTTP/1.1 302 Found\r\nLocation: ws://h/\u{9b}2J\r\nContent-Length: 0\r\n\r\n";
    let stderr = refused_by("302", answer(reply));
    let hint = "hint: it moved to ws://h/%C2%9B2J: --location (-L) goes there\n";
    assert!(stderr.ends_with(hint), "{stderr}");
}

#[test]
fn a_password_is_not_shown_with_a_refusal() {
    for status in ["401 Unauthorized", "403 Forbidden", "301 Moved"] {
        let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        let server = Server::accept(answer(reply));
        let url = server.url().replace("ws://", "ws://me:hunter2@");
        let output = wstalk().arg(url).stdin_stays_open().run();
        let stderr = output.stderr_seen();
        assert!(!stderr.contains("hunter2"), "{status}: {stderr}");
        assert_eq!(output.exit_code(), Some(22), "{status}");
        server.finish();
    }
}
