//! Of closing under `-v`: who closed, and what became of TCP afterwards.

use std::time::Duration;

use super::super::support::{Conn, Frame, frame::opcode};
use super::{CONNECTED, assert_told, talk, upgraded};

/// How a server behaves once the connection is open.
type Script = fn(&mut Conn<'_>);

const RESET: &str = "connection reset by peer";

/// These lines follow the notice of the connection under `-v`, none of those
/// that begin with `*` are there without it, and the exit code is the same.
#[track_caller]
fn ends(case: &str, options: &[&str], script: Script, said: &[&str], code: i32) {
    for verbose in [true, false] {
        let server = upgraded(script);
        let command = talk(&server).args(options).args(verbose.then_some("-v"));
        let output = command.run();
        let noticed = |line: &&str| verbose || !line.starts_with("* ");
        let mut lines = vec![CONNECTED];
        lines.extend(said);
        let lines: Vec<&str> = lines.into_iter().filter(noticed).collect();
        assert_told(case, &output, &server, &lines);
        output.stdout("").code(code);
        server.finish();
    }
}

#[test]
fn a_close_of_the_server_is_told_with_code_and_reason() {
    ends(
        "1001",
        &[],
        |conn| {
            conn.close(1001, "bye").expect_close();
            conn.finish();
        },
        &["* closed by the server: 1001 (going away) \"bye\""],
        0,
    );
    ends(
        "no code",
        &[],
        |conn| {
            conn.frame(opcode::CLOSE, "").expect_close();
            conn.finish();
        },
        &["* closed by the server: no code (1005)"],
        0,
    );
    ends(
        "escapes",
        &[],
        |conn| {
            conn.close(4000, "a\x1b[31m\r\n\u{202e}").expect_close();
            conn.finish();
        },
        &[
            "* closed by the server: 4000 (private to the application) \"a\\u001b[31m\\r\\n\\u202e\"",
            "wstalk: error: the server closed the connection with 4000 \"a\\u001b[31m\\r\\n\\u202e\"",
        ],
        69,
    );
}

const BY_SERVER: &str = "* closed by the server: 1000 (normal closure)";

#[test]
fn what_becomes_of_tcp_after_the_close_of_the_server_is_told() {
    let after_reset = format!("* after the closing handshake: {RESET}");
    ends(
        "RST",
        &[],
        |conn| {
            conn.close(1000, "").expect_close();
            conn.reset();
        },
        &[BY_SERVER, &after_reset],
        0,
    );
    ends(
        "silence",
        &[],
        |conn| {
            conn.close(1000, "").expect_close();
            conn.stall(Duration::from_secs(5));
        },
        &[
            BY_SERVER,
            "* after the closing handshake: the server did not end TCP in time",
        ],
        0,
    );
    ends(
        "FIN, and data after the Close",
        &[],
        |conn| {
            conn.close(1000, "").text("ignored").expect_close();
            conn.finish();
        },
        &[BY_SERVER],
        0,
    );
}

#[test]
fn our_close_is_told_with_what_came_of_it() {
    ends(
        "answered",
        &["-x", "/close 1000"],
        |conn| {
            conn.answer_close();
        },
        &["* closed: 1000 (normal closure)"],
        0,
    );
}

/// Closes at once.
const OURS: &[&str] = &["-x", "/close 4001 enough", "--close-timeout", "0.3"];

#[test]
fn an_answer_to_our_close_and_the_end_of_tcp_are_told() {
    let closed = "* closed: 4001 (private to the application)";
    ends(
        "FIN",
        OURS,
        |conn| {
            conn.answer_close();
        },
        &[closed],
        0,
    );
    let after_reset = format!("* after the closing handshake: {RESET}");
    ends(
        "RST",
        OURS,
        |conn| {
            conn.expect_close();
            conn.close(4001, "");
            conn.reset();
        },
        &[closed, &after_reset],
        0,
    );
    ends(
        "silence",
        OURS,
        |conn| {
            conn.expect_close();
            conn.close(4001, "");
            conn.stall(Duration::from_secs(5));
        },
        &[
            closed,
            "* after the closing handshake: the server did not end TCP in time",
        ],
        0,
    );
}

#[test]
fn an_answer_to_our_close_that_never_comes_is_told() {
    ends(
        "silence",
        OURS,
        |conn| {
            conn.expect_close();
            conn.stall(Duration::from_secs(5));
        },
        &["* closed by us: the server did not answer in time (1006)"],
        0,
    );
    ends(
        "FIN",
        OURS,
        |conn| {
            conn.expect_close();
            conn.finish();
        },
        &["* closed by us: the server ended it without a close frame (1006)"],
        0,
    );
    let after_reset = format!("* after our Close: {RESET}");
    ends(
        "RST",
        OURS,
        |conn| {
            conn.expect_close();
            conn.reset();
        },
        &[
            "* closed by us: the server ended it without a close frame (1006)",
            &after_reset,
        ],
        0,
    );
}

const LOST: &str = "hint: the server, or something on the way such as a proxy's idle time-out, \
                    dropped the connection";

#[test]
fn a_connection_that_is_lost_is_told_before_the_error() {
    ends(
        "FIN",
        &[],
        |conn| conn.finish(),
        &[
            "* connection lost: no close frame (1006)",
            "wstalk: error: the connection was lost: the server ended it without a close frame (1006)",
            LOST,
        ],
        56,
    );
    let notice = format!("* connection lost: {RESET}, no close frame (1006)");
    let error = format!("wstalk: error: the connection was lost: {RESET} (1006)");
    ends(
        "RST",
        &[],
        |conn| conn.reset(),
        &[&notice, &error, LOST],
        56,
    );
}

#[test]
fn a_fault_is_told_with_the_code_of_our_close() {
    let fault = "a frame has the reserved opcode 0x3";
    let notice = format!("* closed by us: 1002 ({fault})");
    let error = format!("wstalk: error: the server broke the protocol: {fault}");
    ends(
        "a fault",
        &[],
        |conn| {
            conn.send(&Frame::new(3, "")).expect_close();
            conn.expect_eof();
        },
        &[&notice, &error],
        76,
    );
}

#[test]
fn the_reason_of_an_illegal_close_is_told_with_escapes() {
    let fault = "a Close frame has the code 1006, which must not be sent \"a\\u001b\"";
    let notice = format!("* closed by the server: 1006 (abnormal closure) \"a\\u001b\": {fault}");
    let error = format!("wstalk: error: the server broke the protocol: {fault}");
    ends(
        "an illegal Close",
        &[],
        |conn| {
            conn.close(1006, "a\x1b").expect_close();
            conn.expect_eof();
        },
        &[&notice, &error],
        76,
    );
}

#[test]
fn a_reason_that_is_not_utf8_is_told_with_escapes() {
    let fault = "the reason of a Close frame is not valid UTF-8: 4000 \"a\\u001b[31m\u{fffd}\"";
    let close = "4000 (private to the application) \"a\\u001b[31m\u{fffd}\"";
    let notice = format!("* closed by the server: {close}: {fault}");
    let error = format!("wstalk: error: the server broke the protocol: {fault}");
    ends(
        "not UTF-8",
        &[],
        |conn| {
            conn.close(4000, b"a\x1b[31m\xff").expect_close();
            conn.expect_eof();
        },
        &[&notice, &error],
        76,
    );
}
