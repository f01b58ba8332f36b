//! Of the server's Close: what each code and reason comes to.

use std::time::{Duration, Instant};

use super::super::support::{Frame, frame::opcode};
use super::{assert_ended, talk, upgraded};

/// How long a run may take that waits for nothing, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(4);

#[test]
fn a_close_that_is_no_error_ends_well_and_silently() {
    for (case, code, reason) in [
        ("1000", Some(1000), ""),
        ("1001", Some(1001), ""),
        ("1000 with a reason", Some(1000), "done"),
        ("1001 with a reason", Some(1001), "\u{1b}[31maway"),
        ("none", None, ""),
    ] {
        let server = upgraded(move |conn| {
            conn.text("last");
            match code {
                Some(code) => conn.close(code, reason),
                None => conn.frame(opcode::CLOSE, ""),
            };
            assert_eq!(conn.expect_close(), (code, String::new()), "{case}");
            conn.finish();
        });
        let output = talk(&server).run();
        assert_ended(case, &output, "last\n", "", 0);
        server.finish();
    }
}

/// Runs against a Close with this code and reason; returns what stderr says
/// after the line with both.
#[track_caller]
fn closed_with(code: u16, reason: &'static str, shown: &str) -> String {
    let server = upgraded(move |conn| {
        conn.text("last").close(code, reason);
        assert_eq!(conn.expect_close(), (Some(code), String::new()), "{code}");
        conn.finish();
    });
    let output = talk(&server).run();
    let first = format!("wstalk: error: the server closed the connection with {code}{shown}\n");
    let stderr = output.stderr_seen();
    let rest = stderr.strip_prefix(&first);
    let rest = rest
        .unwrap_or_else(|| panic!("{code}: {stderr}"))
        .to_owned();
    assert_eq!(output.stdout_seen(), b"last\n", "{code}");
    assert_eq!(output.exit_code(), Some(69), "{code}");
    server.finish();
    rest
}

/// Each word is what the hint cannot do without to say what the code means
/// (RFC 6455 section 7.4.1 and the IANA registry).
#[test]
fn each_registered_code_is_told_with_its_meaning() {
    let words = [
        (1002, "protocol"),
        (1003, "kind of message"),
        (1007, "could not read"),
        (1008, "policy"),
        (1009, "smaller"),
        (1010, "extension"),
        (1011, "failed"),
        (1012, "restart"),
        (1013, "later"),
        (1014, "gateway"),
        (3000, "credentials"),
        (3003, "not allowed"),
        (3008, "time"),
    ];
    let lacks = |(code, word): (u16, &'static str)| {
        let rest = closed_with(code, "", "");
        let hint = rest.strip_prefix("hint: ").unwrap_or_default();
        let told = hint.contains(word) && rest.lines().count() == 1;
        (!told).then(|| format!("{code}: no {word:?} in {rest:?}"))
    };
    let lacking: Vec<String> = words.into_iter().filter_map(lacks).collect();
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn codes_of_libraries_and_applications_are_errors_too() {
    for code in [3001, 3999, 4000, 4999] {
        closed_with(code, "", "");
    }
}

#[test]
fn a_reason_is_shown_whole_and_never_drives_the_terminal() {
    let longest = "0123456789".repeat(12) + "123";
    let longest: &'static str = longest.leak();
    for (reason, shown) in [
        ("quota", "quota"),
        ("héllo, мир", "héllo, мир"),
        ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\u001b[2J\\u001b]0;x\\u0007"),
        ("two\r\nlines\t", "two\\r\\nlines\\t"),
        (
            "\u{202e}turned\u{9b}31m\0\u{7f}",
            "\\u202eturned\\u009b31m\\u0000\\u007f",
        ),
        ("hint: rm -rf", "hint: rm -rf"),
        (longest, longest),
    ] {
        closed_with(1008, reason, &format!(" \"{shown}\""));
    }
}

#[test]
fn what_follows_the_servers_close_is_ignored() {
    let after: [(&str, Vec<u8>); 5] = [
        ("a message", Frame::text("after").bytes()),
        ("another Close", Frame::close(1011, "after").bytes()),
        ("a ping", Frame::new(opcode::PING, "after").bytes()),
        ("a broken frame", vec![0xff; 100]),
        ("a beginning", Frame::text("after").claiming(100).bytes()),
    ];
    for (case, bytes) in after {
        let server = upgraded(move |conn| {
            let close = Frame::close(1000, "");
            conn.raw([&Frame::text("before").bytes(), &close.bytes(), &bytes[..]].concat());
            assert_eq!(conn.expect_close(), (Some(1000), String::new()), "{case}");
            conn.finish();
        });
        let output = talk(&server).run();
        assert_ended(case, &output, "before\n", "", 0);
        server.finish();
    }
}

#[test]
fn a_close_inside_a_message_cuts_it_short() {
    let server = upgraded(|conn| {
        conn.text("whole");
        conn.send(&Frame::text("begun").unfinished());
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).run();
    let stderr = "* message 2 was cut short after 5 bytes\n";
    assert_ended("inside", &output, "whole\nbegun", stderr, 0);
    server.finish();
}

#[test]
fn a_server_that_closes_and_stays_is_not_waited_for_long() {
    let server = upgraded(|conn| {
        conn.close(1000, "").expect_close();
        let began = Instant::now();
        conn.swallow();
        assert!(began.elapsed() < AT_ONCE, "it stayed {:?}", began.elapsed());
    });
    let output = talk(&server).run();
    assert_ended("stays", &output, "", "", 0);
    server.finish();
}

#[test]
fn a_server_that_closes_and_goes_on_talking_is_not_waited_for_long() {
    let server = upgraded(|conn| {
        conn.close(1008, "go");
        let noise = Frame::text("x".repeat(1000)).bytes().repeat(64);
        let began = Instant::now();
        while began.elapsed() < AT_ONCE && conn.try_raw(&noise).is_ok() {}
        assert!(began.elapsed() < AT_ONCE, "the client did not leave");
    });
    let output = talk(&server).run();
    let stderr = output.stderr_seen();
    let first = "wstalk: error: the server closed the connection with 1008 \"go\"\n";
    assert!(stderr.starts_with(first), "{stderr}");
    output.stdout("").code(69);
    server.finish();
}

#[test]
fn a_server_that_closes_and_hangs_up_has_closed() {
    for (case, code, exit) in [("1000", 1000, 0), ("1011", 1011, 69)] {
        let server = upgraded(move |conn| {
            conn.close(code, "");
            conn.hang_up();
        });
        let output = talk(&server).run();
        assert_eq!(
            output.exit_code(),
            Some(exit),
            "{case}: {}",
            output.stderr_seen()
        );
        server.finish();
    }
}

#[test]
fn a_reason_that_speaks_of_the_subprotocol_becomes_a_hint() {
    let rest = closed_with(
        4406,
        "Subprotocol not acceptable",
        " \"Subprotocol not acceptable\"",
    );
    assert_eq!(rest, "hint: offer another one with --subprotocol\n");
    assert_eq!(closed_with(4406, "No", " \"No\""), "");
}
