//! Of `--reconnect`: when there is another connection, and what goes on there.

use std::time::{Duration, Instant};

use super::super::ending::each_at_once;
use super::super::support::events::{events, told};
use super::super::support::{Authority, Conn, Frame, Server, frame::opcode};
use super::{AGAIN, Script, closes, end, talk};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

fn drops(conn: &mut Conn<'_>) {
    conn.shutdown_write();
    conn.swallow();
}

/// What may be mended, each with what stderr says of it.
fn passing() -> Vec<(&'static str, Script)> {
    vec![
        ("no close frame (1006)", drops),
        ("connection lost: ", |conn| conn.reset()),
        ("no answer to a ping within 0.6 s", |conn| {
            conn.swallow();
        }),
        ("1001", |conn| closes(conn, 1001)),
        ("1011", |conn| closes(conn, 1011)),
        ("1012", |conn| closes(conn, 1012)),
        ("1013", |conn| closes(conn, 1013)),
        ("1014", |conn| closes(conn, 1014)),
    ]
}

#[test]
fn what_may_pass_is_followed_by_another_connection_where_everything_goes_on() {
    each_at_once(passing(), |(why, lose)| {
        let server = Server::accept_many(2, move |conn| {
            conn.upgrade();
            conn.expect_text("hello");
            if conn.number() == 1 {
                conn.expect_text("1").text("a");
                return lose(conn);
            }
            conn.expect_text("2").text("b").expect_text("3");
            end(conn);
        });
        let mut running = talk(&server)
            .args(["-x", "hello", "--reconnect", "-q"])
            .args(match why.contains("ping") {
                true => &["--ping-interval=0.5", "--ping-timeout=0.6"][..],
                false => &["--ping-interval=30"],
            })
            .start();
        running.send("1\n").wait_stdout("a\n");
        running.wait_stderr_contains("* connected again after ");
        running.send("2\n").wait_stdout("b\n").send("3\n");
        let output = running.finish();
        let stderr = output.stderr_seen();
        assert_eq!(output.exit_code(), Some(0), "{why}: {stderr}");
        let mut lines = stderr.lines();
        let first = lines.next().unwrap_or_default();
        assert!(first.starts_with("* "), "{why}: {stderr}");
        assert!(first.contains(AGAIN), "{why}: {stderr}");
        let second = lines.next().unwrap_or_default();
        assert!(second.contains("(try 1); sent before: "), "{why}: {stderr}");
        assert_eq!(lines.next(), None, "{why}: {stderr}");
        server.finish();
    });
}

#[test]
fn what_does_not_pass_ends_the_run() {
    let mut cases: Vec<(&str, Script, i32)> = vec![
        ("1000", |conn| closes(conn, 1000), 0),
        ("1002", |conn| closes(conn, 1002), 69),
        ("1003", |conn| closes(conn, 1003), 69),
        ("1008", |conn| closes(conn, 1008), 69),
        ("1009", |conn| closes(conn, 1009), 69),
        ("1010", |conn| closes(conn, 1010), 69),
        ("3000", |conn| closes(conn, 3000), 69),
        ("4000", |conn| closes(conn, 4000), 69),
        (
            "no code",
            |conn| {
                conn.frame(opcode::CLOSE, "").expect_close();
                conn.finish();
            },
            0,
        ),
        (
            "a reserved opcode",
            |conn| {
                conn.send(&Frame::new(3, "")).expect_close();
                conn.finish();
            },
            76,
        ),
    ];
    cases.push((
        "an illegal close code",
        |conn| {
            conn.close(1005, "").expect_close();
            conn.finish();
        },
        76,
    ));
    each_at_once(cases, |(case, script, code)| {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            script(conn);
        });
        let output = talk(&server).arg("--reconnect").stdin_stays_open().run();
        let stderr = output.stderr_seen();
        assert!(!stderr.contains(AGAIN), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(code), "{case}: {stderr}");
        server.finish();
    });
}

#[test]
fn our_own_end_is_none_to_be_mended() {
    let cases: Vec<(&[&str], &str)> = vec![
        (&["-1"], "no count"),
        (&["--until", "hi"], "no match"),
        (&["-E"], "end of stdin"),
        (&["--linger", "0.2"], "linger"),
        (&["-w", "0.2"], "wait"),
        (&["-x", "/close"], "/close"),
    ];
    each_at_once(cases, |(options, case)| {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("hi");
            while conn.read_frame().opcode != opcode::CLOSE {}
            // No answer: the connection is lost while it closes.
            conn.reset();
        });
        let output = talk(&server)
            .args(options)
            .arg("--reconnect")
            .stdin("a\n")
            .run();
        let stderr = output.stderr_seen();
        assert!(!stderr.contains(AGAIN), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(0), "{case}: {stderr}");
        server.finish();
    });
}

#[test]
fn the_gap_is_an_event() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        if conn.number() == 1 {
            conn.text("a").expect_text("1");
            return conn.reset();
        }
        conn.text("b");
        end(conn);
    });
    let output = talk(&server)
        .args(["--json", "--reconnect"])
        .stdin("{\"text\":\"1\"}\n{\"wait_ms\":100}\n")
        .run();
    let found = events(output.stdout_seen());
    let lines = told(&found, &["direction", "data", "attempt", "unsent", "exit"]);
    let at = lines.iter().position(|line| line == "reconnect 1 0");
    let at = at.unwrap_or_else(|| panic!("no gap in {lines:#?}"));
    let gap = found[at]["gap_ms"].as_f64().unwrap_or_default();
    assert!((490.0..3000.0).contains(&gap), "{gap}");
    let opens = |lines: &[String]| lines.iter().filter(|line| *line == "open").count();
    assert_eq!(
        (opens(&lines[..at]), opens(&lines[at..])),
        (1, 1),
        "{lines:#?}"
    );
    assert!(
        lines[at..].contains(&"message received b".to_owned()),
        "{lines:#?}"
    );
    assert_eq!(lines.last().map(String::as_str), Some("end 0"));
    output.code(0);
    server.finish();
}

/// What is written when the loss cuts `par`, and `whole` and `next` come after.
#[track_caller]
fn writes_after_a_cut(format: &str, stdout: &str) {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        if conn.number() == 1 {
            conn.send(&Frame::text("par").unfinished());
            return drops(conn);
        }
        conn.text("whole").text("next");
        end(conn);
    });
    let output = talk(&server)
        .args(["--reconnect", "-q", "--output", format])
        .stdin_stays_open()
        .run();
    output
        .stderr_contains("* message 1 was cut short after 3 bytes\n")
        .stdout(stdout)
        .code(0);
    server.finish();
}

#[test]
fn a_message_that_the_loss_cut_is_named() {
    writes_after_a_cut("notation", "whole\nnext\n");
    writes_after_a_cut("raw", "parwholenext");
}

#[test]
fn what_the_loss_cut_does_not_become_the_beginning_of_the_next_message() {
    writes_after_a_cut("lines", "par\nwhole\nnext\n");
    writes_after_a_cut("nul", "par\0whole\0next\0");
}

#[test]
fn a_count_and_a_pattern_go_on_over_the_gap() {
    for (options, stdout) in [
        (&["-N", "3"][..], "1\n2\n3\n"),
        (&["--until", "3"], "1\n2\n3\n"),
        (&["-N", "3", "-w", "9"], "1\n2\n3\n"),
    ] {
        let server = Server::accept_many(2, |conn| {
            conn.upgrade();
            if conn.number() == 1 {
                conn.text("1").text("2");
                return drops(conn);
            }
            conn.text("3").text("4");
            assert_eq!(conn.answer_close().0, Some(1000));
        });
        let output = talk(&server)
            .args(options)
            .arg("--reconnect")
            .stdin_stays_open()
            .run();
        output.stdout(stdout).code(0);
        server.finish();
    }
}

#[test]
fn linger_and_wait_begin_anew_on_another_connection() {
    let cases: Vec<(&[&str], &[&str], Duration)> = vec![
        (&["--linger", "1.5"], &[], 1500 * MS),
        (&["-w", "1.5", "-x", "hi"], &["hi"], 1500 * MS),
        (&["-E"], &[], Duration::ZERO),
    ];
    each_at_once(cases, |(options, again, least)| {
        let server = Server::accept_many(2, move |conn| {
            conn.upgrade();
            if conn.number() == 1 {
                conn.read_message();
                return conn.reset();
            }
            for text in again {
                conn.expect_text(text);
            }
            let open = Instant::now();
            assert_eq!(conn.answer_close().0, Some(1000));
            let stayed = open.elapsed();
            assert!(least <= stayed + 100 * MS, "{stayed:?}");
            assert!(stayed < least + SECOND, "{stayed:?}");
        });
        let mut running = talk(&server).args(options).arg("--reconnect").start();
        if again.is_empty() {
            running
                .send("a\n")
                .wait_stderr_contains(AGAIN)
                .close_stdin();
        }
        running.finish().stdout("").code(0);
        server.finish();
    });
}

#[test]
fn an_echo_goes_on_too() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        conn.text("a").expect_text("a");
        match conn.number() {
            1 => conn.reset(),
            _ => end(conn),
        }
    });
    let output = talk(&server).args(["--echo", "--reconnect"]).run();
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn over_tls_it_goes_on_as_well() {
    let authority = Authority::new();
    let server = Server::repeat_tls(&authority.localhost(), |conn| {
        conn.upgrade();
        conn.expect_text("hello");
        if conn.number() == 1 {
            conn.expect_text("1");
            return conn.reset();
        }
        conn.expect_text("2");
        end(conn);
    });
    let mut running = talk(&server)
        .arg("--cacert")
        .arg(authority.certificate_path())
        .args(["-x", "hello", "--reconnect"])
        .start();
    running.send("1\n").wait_stderr_contains(AGAIN);
    running.send("2\n");
    running.finish().stdout("").code(0);
    server.finish();
}

#[test]
fn a_connection_dropped_without_a_close_frame_at_our_end_is_none_to_be_mended() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").expect_eof();
    });
    let output = talk(&server)
        .args(["--reconnect", "--no-close", "-E"])
        .stdin("a\n")
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
}
