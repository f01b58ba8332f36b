//! Of Close frames that must not be sent: shown as they came.

use super::super::support::{Frame, frame::opcode};
use super::{assert_ended, broke, talk, upgraded};

/// Runs against a Close with this payload, which must be answered with
/// `answer`; returns stderr.
#[track_caller]
fn refused(case: &str, payload: &[u8], answer: u16) -> String {
    let frame = Frame::new(opcode::CLOSE, payload);
    let server = upgraded(move |conn| {
        conn.text("before").send(&frame).text("after");
        assert_eq!(conn.expect_close(), (Some(answer), String::new()));
        conn.expect_eof();
    });
    let output = talk(&server).run();
    let stderr = output.stderr_seen().to_owned();
    assert_eq!(output.stdout_seen(), b"before\n", "{case}");
    assert_eq!(output.exit_code(), Some(76), "{case}: {stderr}");
    server.finish();
    stderr
}

const ILLEGAL: [u16; 13] = [
    0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
];

#[test]
fn every_illegal_code_is_shown_and_answered_with_1002() {
    for code in ILLEGAL {
        let stderr = refused(&code.to_string(), &code.to_be_bytes(), 1002);
        let expected = broke(&format!(
            "a Close frame has the code {code}, which must not be sent"
        ));
        assert_eq!(stderr, expected, "{code}");
    }
}

#[test]
fn the_reason_of_an_illegal_code_is_shown_as_it_came() {
    for code in [999_u16, 1005, 1006, 1015, 5000] {
        let payload = [&code.to_be_bytes()[..], "why\u{1b}[31m".as_bytes()].concat();
        let stderr = refused(&code.to_string(), &payload, 1002);
        let first = format!(
            "wstalk: error: the server broke the protocol: a Close frame has the code {code}"
        );
        assert!(stderr.starts_with(&first), "{code}: {stderr}");
        assert!(stderr.contains("why\\u001b[31m"), "{code}: {stderr}");
    }
}

#[test]
fn a_payload_of_one_byte_is_answered_with_1002() {
    for byte in [0, 3, 0xe8] {
        let stderr = refused("one byte", &[byte], 1002);
        let first =
            "wstalk: error: the server broke the protocol: a Close frame has a payload of one byte";
        assert!(stderr.starts_with(first), "{stderr}");
    }
}

#[test]
fn a_reason_that_is_not_utf8_is_answered_with_1007() {
    let reasons: [(&str, &[u8]); 4] = [
        ("a bad byte", b"wh\xffy"),
        ("cut", b"wh\xc3"),
        ("a surrogate", b"wh\xed\xa0\x80"),
        ("overlong", b"wh\xc0\xaf"),
    ];
    for (case, reason) in reasons {
        let payload = [&1008_u16.to_be_bytes()[..], reason].concat();
        let stderr = refused(case, &payload, 1007);
        let first = "wstalk: error: the server broke the protocol: the reason of a Close frame is not valid UTF-8";
        assert!(stderr.starts_with(first), "{case}: {stderr}");
    }
}

#[test]
fn code_and_reason_that_are_not_utf8_are_shown_as_they_came() {
    let payload = [&1008_u16.to_be_bytes()[..], b"wh\xff\x1by"].concat();
    let stderr = refused("shown", &payload, 1007);
    assert!(stderr.contains("1008") && stderr.contains("wh"), "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}

#[test]
fn quiet_does_not_hide_a_broken_protocol() {
    let server = upgraded(|conn| {
        conn.close(1006, "").expect_close();
    });
    let output = talk(&server).arg("-q").run();
    let stderr = broke("a Close frame has the code 1006, which must not be sent");
    assert_ended("-q", &output, "", &stderr, 76);
    server.finish();
}
