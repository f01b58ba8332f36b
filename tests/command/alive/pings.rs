//! Of `--ping-interval` and `--ping-timeout`.

use std::time::{Duration, Instant};

use super::super::support::{Conn, Gate, Server, frame::opcode, wstalk};
use super::{end, talk};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

const SILENT: &str = "\
wstalk: error: the answer to a ping took longer than 0.4 s
hint: nothing at all came: --ping-timeout sets the limit
";

#[track_caller]
fn assert_between(found: Duration, least: Duration, most: Duration) {
    assert!(least <= found && found <= most, "{found:?}");
}

#[test]
fn pings_are_numbered_and_come_at_their_interval_and_not_before() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let open = Instant::now();
        for number in 1..=5_u32 {
            conn.expect_ping(number.to_string());
            let due = number * 300 * MS;
            assert_between(open.elapsed(), due - 30 * MS, due + SECOND);
            conn.pong(number.to_string());
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.3"])
        .stdin_stays_open()
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn without_the_option_there_are_no_pings_and_a_run_that_ends_before_has_none() {
    for options in [&[][..], &["--ping-interval", "3"]] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            assert_eq!(conn.answer_close().0, Some(1000));
        });
        let output = talk(&server).args(options).stdin("").run();
        output.stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_server_that_falls_silent_is_left_within_the_limit() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_ping("1");
        let pinged = Instant::now();
        while !conn.read_to_end().is_empty() {}
        assert_between(pinged.elapsed(), 350 * MS, 3 * SECOND);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.2", "--ping-timeout", "0.4"])
        .stdin_stays_open()
        .run();
    output.stdout("").stderr(SILENT).code(28);
    server.finish();
}

#[test]
fn a_time_out_longer_than_the_interval_counts_from_the_first_unanswered_ping() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_ping("1").pong("1").expect_ping("2");
        let unanswered = Instant::now();
        conn.expect_ping("3").expect_ping("4");
        conn.swallow();
        assert_between(unanswered.elapsed(), 850 * MS, 3 * SECOND);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.25", "--ping-timeout", "0.9"])
        .stdin_stays_open()
        .run();
    output
        .stdout("")
        .stderr_contains("the answer to a ping took longer than 0.9 s\n")
        .code(28);
    server.finish();
}

/// Says something every 150 ms for two seconds, and no pong; then closes.
fn lives_by(say: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) {
    let server = Server::accept(move |conn| {
        conn.upgrade();
        let open = Instant::now();
        while open.elapsed() < 2 * SECOND {
            say(conn);
            conn.stall(150 * MS);
        }
        end(conn);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.2", "--ping-timeout", "0.4"])
        .args(["--output", "raw"])
        .stdin_stays_open()
        .run();
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn whatever_comes_is_a_sign_of_life() {
    let threads = [
        std::thread::spawn(|| {
            lives_by(|conn| {
                conn.text("data");
            });
        }),
        std::thread::spawn(|| {
            lives_by(|conn| {
                conn.pong("unasked");
            });
        }),
        std::thread::spawn(|| {
            lives_by(|conn| {
                conn.ping("yours");
            });
        }),
    ];
    for thread in threads {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn a_message_that_drips_is_a_sign_of_life_too() {
    const LENGTH: usize = 14;
    for output in ["lines", "notation", "json"] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.raw([0x81, LENGTH as u8]);
            assert_eq!(conn.drip([b'x'; LENGTH], 120 * MS), LENGTH);
            end(conn);
        });
        let output = talk(&server)
            .args(["--ping-interval", "0.2", "--ping-timeout", "0.4"])
            .args(["--output", output])
            .stdin_stays_open()
            .run();
        output.stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_frame_header_that_drips_is_a_sign_of_life_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let header = [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0];
        assert_eq!(conn.drip(header, 150 * MS), header.len());
        conn.raw([0; 65536]);
        end(conn);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.2", "--ping-timeout", "0.4"])
        .stdin_stays_open()
        .run();
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn the_limit_stands_still_while_stdout_is_blocked() {
    const SIZE: usize = 20_000_000;
    let reads = Gate::default();
    let resumed = reads.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("x".repeat(SIZE));
        assert!(resumed.is_open(), "nothing held the server back");
        end(conn);
    });
    let mut running = talk(&server)
        .args(["--ping-interval", "0.2", "--ping-timeout", "0.4"])
        .stdout_unread()
        .start();
    running.read_stdout_bytes(1).wait_stdout("x");
    // Longer than the limit: what is to be seen is that it does not end it.
    std::thread::sleep(1500 * MS);
    reads.open();
    running.read_stdout().wait_stdout_length(SIZE + 1);
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn after_our_close_there_are_no_pings_and_the_close_timeout_holds() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").expect_close();
        let closed = Instant::now();
        conn.expect_eof();
        assert_between(closed.elapsed(), 900 * MS, 4 * SECOND);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.2", "--ping-timeout", "0.3"])
        .args(["-E", "--close-timeout", "1"])
        .stdin("a\n")
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn a_server_that_does_not_read_is_not_flooded_and_is_left_when_it_is_silent_too() {
    let full = Gate::default();
    let gate = full.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        gate.pass("a full way");
        conn.stall(10 * SECOND);
    });
    let mut running = talk(&server)
        .args(["--ping-interval", "0.05", "--ping-timeout", "2"])
        .start();
    let lines = ("x".repeat(65535) + "\n").repeat(400);
    let taken = running.send_within(800 * MS, &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    full.open();
    let output = running.finish();
    output
        .stderr_contains("the answer to a ping took longer than 2 s\n")
        .code(28);
    server.finish();
}

#[test]
fn control_frames_of_ours_do_not_keep_a_run_from_its_end() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").text("b");
        let replied = Instant::now();
        for number in 1..=4 {
            conn.expect_ping(number.to_string());
            conn.pong(number.to_string());
        }
        conn.answer_close();
        assert_between(replied.elapsed(), 900 * MS, 2 * SECOND);
    });
    let output = talk(&server)
        .args(["--ping-interval", "0.22"])
        .stdin("a\n")
        .run();
    output.stdout("b\n").stderr("").code(0);
    server.finish();
}

#[test]
fn they_stand_between_fragments_where_a_long_message_goes_out() {
    const PART: usize = 3_000_000;
    let server = Server::accept(|conn| {
        conn.upgrade();
        let mut pings = 0;
        let mut inside = false;
        let mut payload = Vec::new();
        loop {
            let frame = conn.read_frame();
            match frame.opcode {
                opcode::PING => {
                    pings += usize::from(inside);
                    conn.pong(&frame.payload);
                }
                opcode::CLOSE => break,
                _ => {
                    payload.extend_from_slice(&frame.payload);
                    inside = !frame.fin;
                }
            }
        }
        assert_eq!(payload.len(), 2 * PART);
        assert!(pings > 0, "no ping inside the message");
        conn.close(1000, "").finish();
    });
    let mut running = talk(&server)
        .args(["--ping-interval", "0.1", "--fragment", "64k", "-E"])
        .start();
    running.send("x".repeat(PART));
    // What is to be seen is what happens inside the line.
    std::thread::sleep(600 * MS);
    running.send("x".repeat(PART)).send("\n").close_stdin();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn idle_it_wakes_for_its_pings_alone() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for number in 1..=20 {
            conn.expect_ping(number.to_string());
            conn.pong(number.to_string());
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let mut running = talk(&server)
        .args(["--ping-interval", "0.1", "--ping-timeout", "0.05", "-P"])
        .start();
    running.wait_stderr_contains("\"5\"");
    let before = running.context_switches();
    running.wait_stderr_contains("\"15\"");
    let switches = running.context_switches() - before;
    // Ten times out for the ping, and in for its pong; threads that pass it on
    // double that.
    assert!(switches <= 80, "{switches} switches for ten pings");
    running.finish().code(0);
    server.finish();
}

#[test]
fn a_time_out_without_pings_and_limits_of_nothing_are_wrong_usage() {
    for options in [
        &["--ping-timeout", "1"][..],
        &["--ping-interval", "0"],
        &["--ping-interval", "1", "--ping-timeout", "0"],
        &["--ping-interval", "-1"],
        &["--ping-interval", "soon"],
    ] {
        let server = Server::untouched();
        let output = talk(&server).args(options).run();
        assert_eq!(output.exit_code(), Some(2), "{options:?}");
        let stderr = output.stderr_seen();
        assert!(stderr.contains("--ping-"), "{options:?}: {stderr}");
        server.finish();
    }
}

#[test]
fn at_the_prompt_a_silent_server_ends_it_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_ping("1");
        conn.swallow();
    });
    let command =
        wstalk()
            .arg(server.url())
            .args(["--ping-interval", "0.3", "--ping-timeout", "0.4"]);
    let finished = command.in_terminal(24, 80).finish();
    server.finish();
    assert_eq!(finished.code, 28, "{}", finished.screen);
    assert!(
        finished
            .screen
            .contains("the answer to a ping took longer than 0.4 s"),
        "{}",
        finished.screen
    );
}
