//! Of our Close: what it carries, and what becomes of servers that do not
//! answer it.

use std::time::{Duration, Instant};

use super::super::support::{Command, Conn, Frame, Server, frame::opcode, wstalk};
use super::{assert_ended, at_once, broke, talk, upgraded};

const TIMEOUT: Duration = Duration::from_millis(300);

/// How long a run with that time-out may take, on a busy machine.
const SOON: Duration = Duration::from_secs(4);

/// A conversation that is over as soon as it is open.
fn leave(server: &Server) -> Command {
    wstalk().arg(server.url()).arg("-E").stdin_empty()
}

#[test]
fn code_and_reason_are_those_asked_for() {
    let longest = "é".repeat(61) + "x";
    let longest = longest.as_str();
    let cases: [(&[&str], u16, &str); 8] = [
        (&[], 1000, ""),
        (&["--close-code", "1001"], 1001, ""),
        (
            &["--close-code", "4001", "--close-reason", "bye now"],
            4001,
            "bye now",
        ),
        (&["--close-reason", "dóne"], 1000, "dóne"),
        (&["--close-reason", longest], 1000, longest),
        (&["--close-code", "1011"], 1011, ""),
        (&["--close-code", "3000"], 3000, ""),
        (&["--close-code", "4999", "--close-reason", ""], 4999, ""),
    ];
    for (options, code, reason) in cases {
        let expected = (Some(code), reason.to_owned());
        let server = upgraded(move |conn| assert_eq!(conn.answer_close(), expected));
        let output = leave(&server).args(options).run();
        assert_ended(&format!("{options:?}"), &output, "", "", 0);
        server.finish();
    }
}

#[test]
fn a_close_that_may_not_be_sent_is_a_usage_error() {
    let server = Server::untouched();
    let long = "é".repeat(62);
    let cases: [&[&str]; 11] = [
        &["--close-code", "0"],
        &["--close-code", "999"],
        &["--close-code", "1004"],
        &["--close-code", "1005"],
        &["--close-code", "1006"],
        &["--close-code", "1015"],
        &["--close-code", "2999"],
        &["--close-code", "5000"],
        &["--close-code", "65536"],
        &["--close-code", "x"],
        &["--close-reason", &long],
    ];
    for options in cases {
        let output = leave(&server).args(options).run();
        let stderr = output.stderr_seen();
        assert!(stderr.contains("--close-"), "{options:?}: {stderr}");
        assert_eq!(output.exit_code(), Some(2), "{options:?}: {stderr}");
    }
    server.finish();
}

#[test]
fn any_answer_to_our_close_ends_well() {
    for (case, answer) in [
        ("the same", Frame::close(1000, "")),
        ("none", Frame::new(opcode::CLOSE, "")),
        ("a reason", Frame::close(1000, "bye")),
        ("another code", Frame::close(1001, "")),
        ("an error code", Frame::close(1011, "oops")),
        ("a code of its own", Frame::close(4000, "")),
    ] {
        let server = upgraded(move |conn| {
            conn.expect_close();
            conn.send(&answer).finish();
        });
        let output = leave(&server).run();
        assert_ended(case, &output, "", "", 0);
        server.finish();
    }
}

type Script = fn(&mut Conn<'_>);

#[test]
fn a_server_that_never_answers_is_left_after_the_time_out() {
    let scripts: [(&str, Script); 3] = [
        ("silent", |conn| {
            conn.swallow();
        }),
        ("a frame's beginning", |conn| {
            conn.raw(b"\x88").swallow();
        }),
        ("pings", |conn| {
            while conn.try_raw(Frame::new(opcode::PING, "x").bytes()).is_ok() {
                conn.stall(Duration::from_millis(20));
            }
        }),
    ];
    at_once(&scripts, |&(case, script)| {
        let server = upgraded(move |conn| {
            conn.expect_close();
            let began = Instant::now();
            script(conn);
            let took = began.elapsed();
            assert!(TIMEOUT / 2 < took && took < SOON, "{case}: {took:?}");
        });
        let output = leave(&server).args(["--close-timeout", "300ms"]).run();
        assert_ended(case, &output, "", "", 0);
        server.finish();
    });
}

#[test]
fn a_server_that_answers_and_stays_is_not_waited_for_long() {
    let server = upgraded(|conn| {
        conn.expect_close();
        conn.close(1000, "");
        let began = Instant::now();
        conn.swallow();
        assert!(began.elapsed() < SOON, "it stayed {:?}", began.elapsed());
    });
    let output = leave(&server).run();
    assert_ended("stays", &output, "", "", 0);
    server.finish();
}

#[test]
fn a_server_that_talks_on_without_end_is_left_after_the_time_out() {
    let sizes = [
        ("tiny messages", 1),
        ("small messages", 10),
        ("large messages", 100_000),
    ];
    for (case, size) in sizes {
        let server = upgraded(move |conn| {
            conn.expect_close();
            let noise = Frame::text("x".repeat(size)).bytes();
            let noise = noise.repeat(200_000 / noise.len());
            let began = Instant::now();
            while began.elapsed() < SOON && conn.try_raw(&noise).is_ok() {}
            assert!(began.elapsed() < SOON, "{case}: the client did not leave");
        });
        let output = leave(&server).args(["--close-timeout", "300ms"]).run();
        assert_eq!(output.exit_code(), Some(0), "{case}");
        server.finish();
    }
}

#[test]
fn what_comes_between_our_close_and_the_servers_is_written() {
    let server = upgraded(|conn| {
        conn.expect_close();
        conn.text("one").binary("two").ping("p");
        conn.send(&Frame::text("th").unfinished()).pong("q");
        conn.send(&Frame::continuation("ree"));
        conn.close(1000, "").text("after").raw([0xff; 50]).finish();
    });
    let output = leave(&server).run();
    assert_ended("between", &output, "one\ntwo\nthree\n", "", 0);
    server.finish();
}

#[test]
fn nothing_follows_our_close() {
    let server = upgraded(|conn| {
        conn.expect_close();
        conn.ping("p").text("x");
        conn.close(1000, "").shutdown_write();
        conn.expect_eof();
    });
    let output = leave(&server).run();
    assert_ended("nothing", &output, "x\n", "", 0);
    server.finish();
}

#[test]
fn a_server_that_goes_instead_of_answering_is_no_failure() {
    let scripts: [(&str, &str, &str, Script); 5] = [
        ("FIN", "", "", |conn| conn.finish()),
        ("RST", "", "", |conn| conn.reset()),
        ("a message, then FIN", "late\n", "", |conn| {
            conn.text("late").finish();
        }),
        (
            "FIN inside a message",
            "la",
            "* message 1 was cut short after 2 bytes\n",
            |conn| conn.send(&Frame::text("la").claiming(4)).finish(),
        ),
        ("FIN inside a Close", "", "", |conn| {
            conn.raw(b"\x88\x02\x03").finish();
        }),
    ];
    for (case, stdout, stderr, script) in scripts {
        let server = upgraded(move |conn| {
            conn.expect_close();
            script(conn);
        });
        let output = leave(&server).run();
        assert_ended(case, &output, stdout, stderr, 0);
        server.finish();
    }
}

#[test]
fn a_server_that_breaks_the_protocol_after_our_close_has_broken_it() {
    let server = upgraded(|conn| {
        conn.expect_close();
        conn.send(&Frame::text("x").masked([1; 4]));
        conn.expect_eof();
    });
    let output = leave(&server).run();
    assert_ended(
        "masked",
        &output,
        "",
        &broke("a frame from the server is masked"),
        76,
    );
    server.finish();
}

#[test]
fn everything_is_sent_before_our_close() {
    const COUNT: usize = 5_000;
    let server = upgraded(|conn| {
        for number in 0..COUNT {
            conn.expect_text(&number.to_string());
        }
        assert_eq!(conn.answer_close(), (Some(1000), String::new()));
    });
    let lines: String = (0..COUNT).map(|number| format!("{number}\n")).collect();
    let output = wstalk().arg(server.url()).arg("-E").stdin(lines).run();
    assert_ended("everything", &output, "", "", 0);
    server.finish();
}

#[test]
fn a_count_that_is_reached_ends_with_our_close() {
    let server = upgraded(|conn| {
        conn.text("one").text("two");
        assert_eq!(conn.answer_close(), (Some(4000), "enough".to_owned()));
    });
    let output = talk(&server)
        .args(["-1", "--close-code", "4000", "--close-reason", "enough"])
        .run();
    assert_ended("-1", &output, "one\n", "", 0);
    server.finish();
}

#[test]
fn both_may_close_at_once() {
    let server = upgraded(|conn| {
        conn.text("one").close(1000, "done");
        assert_eq!(conn.expect_close().0, Some(1000));
        conn.finish();
    });
    let output = talk(&server).arg("-1").run();
    assert_ended("at once", &output, "one\n", "", 0);
    server.finish();
}
