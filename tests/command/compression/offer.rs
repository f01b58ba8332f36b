//! What is offered, and that an answer is held against the user's own offer.

use super::super::support::{Frame, Server, frame::opcode};
use super::codec::{Came, Inflater};
use super::{EXTENSIONS, assert_ended, close, noise, talk};

/// Connects with these options; the request must have these header lines about
/// extensions, and the answer is `answer`, if there is one.
#[track_caller]
fn offered(options: &[&str], lines: &[&str], answer: Option<&'static str>) -> (String, i32) {
    let expected: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let server = Server::accept(move |conn| {
        let headers: Vec<_> = answer.iter().map(|answer| (EXTENSIONS, *answer)).collect();
        let head = conn.upgrade_with(&headers);
        let named = |line: &&str| line.to_ascii_lowercase().starts_with("sec-websocket-ext");
        let found: Vec<&str> = head.header_lines().into_iter().filter(named).collect();
        assert_eq!(found, expected);
        // Whoever does not take the answer says nothing more.
        drop(conn.try_raw(Frame::close(1000, "").bytes()));
        conn.shutdown_write().swallow();
    });
    let output = talk(&server).args(options).run();
    let code = output.exit_code().expect("an exit");
    let seen = (output.stderr_seen().to_owned(), code);
    server.finish();
    seen
}

const OURS: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

fn good() -> (String, i32) {
    (String::new(), 0)
}

#[test]
fn compression_is_offered_as_browsers_do() {
    assert_eq!(offered(&[], &[OURS], None), good());
    assert_eq!(offered(&[], &[OURS], Some("permessage-deflate")), good());
    for option in ["--echo", "--binary", "-x/ping", "-1"] {
        let code = if option == "-1" { 1 } else { 0 };
        assert_eq!(offered(&[option], &[OURS], None).1, code, "{option}");
    }
}

#[test]
fn no_compression_offers_none() {
    assert_eq!(offered(&["--no-compression"], &[], None), good());
}

#[test]
fn an_offer_of_the_users_own_stands_as_it_was_written() {
    for line in [
        "Sec-WebSocket-Extensions: permessage-deflate",
        "sec-websocket-EXTENSIONS: permessage-deflate; server_no_context_takeover",
        "Sec-WebSocket-Extensions: x-mine; a=\"b\", permessage-deflate;client_max_window_bits=10",
        "Sec-WebSocket-Extensions: , permessage-deflate ,",
    ] {
        assert_eq!(offered(&["-H", line], &[line], None), good(), "{line}");
    }
    let two = [
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9",
        "Sec-WebSocket-Extensions: permessage-deflate",
    ];
    let options = ["-H", two[0], "-H", two[1]];
    // The second line is the one that is answered.
    let answer = Some("permessage-deflate");
    assert_eq!(offered(&options, &two, answer), good());
}

#[test]
fn a_header_that_is_taken_away_offers_nothing() {
    let options = ["-H", "Sec-WebSocket-Extensions:"];
    assert_eq!(offered(&options, &[], None), good());
    assert_eq!(offered(&options, &[], Some("")), good());
    let wrong = "wstalk: error: the reply is not a valid opening handshake: it names the \
                 extension \"permessage-deflate\", which was not offered\nhint: ";
    for options in [&options[..], &["--no-compression"]] {
        let (stderr, code) = offered(options, &[], Some("permessage-deflate"));
        assert_eq!((stderr.starts_with(wrong), code), (true, 8), "{stderr}");
    }
}

#[test]
fn an_answer_is_held_against_the_users_own_offer() {
    let offer = |parameters: &str| format!("{EXTENSIONS}: permessage-deflate{parameters}");
    let ours = "the reply is not a valid opening handshake: it agrees to permessage-deflate with";
    let hint = "the server agrees wrongly to compression: --no-compression offers none";
    for (parameters, answer, wrong) in [
        (
            "",
            "permessage-deflate; client_max_window_bits=10",
            Some("client_max_window_bits, which was not offered"),
        ),
        ("", "permessage-deflate; client_no_context_takeover", None),
        (
            "; server_no_context_takeover",
            "permessage-deflate",
            Some("no server_no_context_takeover, which was asked for"),
        ),
        (
            "; server_max_window_bits=10",
            "permessage-deflate",
            Some("no server_max_window_bits of at most 10"),
        ),
        (
            "; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=11",
            Some("no server_max_window_bits of at most 10"),
        ),
        (
            "; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=8",
            None,
        ),
        (
            "; client_max_window_bits=10",
            "permessage-deflate; client_max_window_bits=11",
            Some("a client_max_window_bits of more than 10"),
        ),
    ] {
        let line = offer(parameters);
        let seen = offered(&["-H", &line], &[&line], Some(answer));
        let expected = match wrong {
            Some(wrong) => (format!("wstalk: error: {ours} {wrong}\nhint: {hint}\n"), 8),
            None => good(),
        };
        assert_eq!(seen, expected, "{line}, answered by {answer}");
    }
}

#[test]
fn an_extension_that_is_not_spoken_here_cannot_be_agreed_on() {
    let line = "Sec-WebSocket-Extensions: x-mine, permessage-deflate";
    let (stderr, code) = offered(&["-H", line], &[line], Some("x-mine"));
    let wrong = "wstalk: error: the reply is not a valid opening handshake: it names the \
                 extension \"x-mine\", which is not spoken here\n";
    assert_eq!((stderr.starts_with(wrong), code), (true, 8), "{stderr}");
    let agreed = offered(&["-H", line], &[line], Some("permessage-deflate"));
    assert_eq!(agreed, good());
}

#[test]
fn limits_that_the_user_offered_hold_though_the_server_repeats_none() {
    let line = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9; \
                client_no_context_takeover";
    let text = [noise(1000, 7), noise(1000, 7)].concat();
    let expected = text.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade_with(&[(EXTENSIONS, "permessage-deflate")]);
        for _ in 0..2 {
            let came = Came::read(conn);
            assert_eq!((came.opcode, came.compressed), (opcode::TEXT, true));
            assert_eq!(came.plain(&mut Inflater::new(9, false)), expected);
        }
        close(conn);
    });
    let lines = [&text[..], b"\n", &text, b"\n"].concat();
    let options = ["-H", line, "--linger", "-1"];
    let output = talk(&server).args(options).stdin(lines).run();
    assert_ended("limits of ours", &output, "", "", 0);
    server.finish();
}
