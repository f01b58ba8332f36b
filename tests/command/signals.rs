//! Of SIGINT, SIGTERM and SIGHUP between pipes: the server is told, the exit
//! code says which it was, and nothing keeps the program longer than it says.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::support::{Command, Conn, Frame, Gate, Server, program, wstalk};

const SIGNALS: [(Signal, i32); 3] = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)];

/// Less than any wait that could be in the way.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Longer than a test may take.
const LONG: Duration = Duration::from_secs(15);

fn talk(server: &Server) -> Command {
    wstalk().arg(server.url()).stdin_stays_open()
}

fn expect_going_away(conn: &mut Conn<'_>, case: &str) {
    assert_eq!(conn.expect_close(), (Some(1001), String::new()), "{case}");
}

#[test]
fn a_signal_while_idle_closes_with_1001_and_is_the_exit_code() {
    for (signal, code) in SIGNALS {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("open");
            expect_going_away(conn, &format!("{signal:?}"));
            conn.text("what still came").close(1001, "").finish();
        });
        let mut running = talk(&server).start();
        running.wait_stdout("open\n").signal(signal);
        let output = running.finish().stdout("open\nwhat still came\n");
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        output.stderr("");
        server.finish();
    }
}

#[test]
fn a_signal_while_connecting_ends_the_run_at_once() {
    type Script = fn(&mut Conn<'_>, &Gate);
    let cases: [(&str, Script); 3] = [
        ("no answer", |conn, asked| {
            conn.read_head();
            asked.open();
            conn.swallow();
        }),
        ("half an answer", |conn, asked| {
            conn.reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade:");
            asked.open();
            conn.swallow();
        }),
        ("half a refusal", |conn, asked| {
            conn.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nhalf");
            asked.open();
            conn.swallow();
        }),
    ];
    for (case, script) in cases {
        for (signal, code) in SIGNALS {
            let asked = Gate::default();
            let seen = asked.clone();
            let server = Server::accept(move |conn| script(conn, &seen));
            let mut running = talk(&server).start();
            asked.pass("the request");
            let began = Instant::now();
            running.signal(signal);
            let output = running.finish().stdout("").stderr("");
            assert_eq!(output.exit_code(), Some(code), "{case} {signal:?}");
            assert!(began.elapsed() < AT_ONCE, "{case} {signal:?}");
            server.finish();
        }
    }
}

#[test]
fn a_signal_during_a_flood_is_heard_by_the_server() {
    for (signal, code) in SIGNALS {
        let told = Gate::default();
        let stop = told.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            let messages = Frame::text("x".repeat(100)).bytes().repeat(1000);
            while !stop.is_open() {
                conn.raw(&messages);
            }
            // It goes on for a while after the signal, and then listens.
            for _ in 0..20 {
                conn.raw(&messages);
            }
            expect_going_away(conn, &format!("{signal:?}"));
            conn.close(1001, "").finish();
        });
        let mut running = talk(&server).start();
        running.wait_stdout_length(1_000_000).signal(signal);
        told.open();
        let output = running.finish().stderr("");
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        let whole = output.stdout_seen().len() % 101;
        assert_eq!(whole, 0, "{signal:?}: a message was cut");
        server.finish();
    }
}

#[test]
fn a_server_that_floods_on_after_our_close_keeps_nobody() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let messages = Frame::text("x".repeat(100)).bytes().repeat(1000);
        while conn.try_raw(&messages).is_ok() {}
    });
    let mut running = talk(&server).args(["--close-timeout", "0.3"]).start();
    running.wait_stdout_length(1_000_000);
    let began = Instant::now();
    running.signal(Signal::TERM);
    let output = running.finish();
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    output.code(143);
    server.finish();
}

#[test]
fn a_signal_while_stdout_is_blocked_ends_the_run() {
    for (signal, code) in SIGNALS {
        let held = Gate::default();
        let full = held.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("x".repeat(20_000));
            full.open();
            let message = Frame::text("x".repeat(100_000)).bytes();
            while conn.try_raw(&message).is_ok() {}
        });
        let (unread, stdout) = std::io::pipe().expect("a pipe");
        let mut running = talk(&server)
            .args(["--close-timeout", "0.3"])
            .stdout_to(OwnedFd::from(stdout).into())
            .within(Duration::from_secs(10))
            .start();
        held.pass("the connection");
        wait_until_full(&unread);
        running.signal(signal);
        let output = running.finish();
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        server.finish();
    }
}

/// Waits until nothing more goes into a pipe.
fn wait_until_full(pipe: &std::io::PipeReader) {
    let mut last = (0, Instant::now());
    let until = Instant::now() + LONG;
    while last.0 == 0 || last.1.elapsed() < Duration::from_millis(300) {
        assert!(Instant::now() < until, "the pipe never filled");
        let held = rustix::io::ioctl_fionread(pipe).expect("what a pipe holds");
        if held != last.0 {
            last = (held, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_signal_while_the_server_does_not_read_ends_the_run() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("open").stall(LONG);
    });
    let mut running = talk(&server).args(["--close-timeout", "0.3"]).start();
    running.wait_stdout("open\n");
    let lines = "a line\n".repeat(5_000_000);
    let taken = running.send_within(Duration::from_millis(1500), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    let began = Instant::now();
    running.signal(Signal::TERM);
    let output = running.finish();
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    output.code(143);
    server.finish();
}

/// A server that gets a Close, says so, and never answers it.
fn server_that_never_answers(code: u16, closed: &Gate) -> Server {
    let seen = closed.clone();
    Server::accept(move |conn| {
        conn.upgrade();
        conn.text("open");
        assert_eq!(conn.expect_close().0, Some(code));
        seen.open();
        conn.stall(LONG);
    })
}

#[test]
fn a_signal_after_our_close_ends_the_run_at_once() {
    for (signal, code) in SIGNALS {
        let closed = Gate::default();
        let server = server_that_never_answers(1000, &closed);
        let mut running = talk(&server).args(["-1", "--close-timeout", "60"]).start();
        closed.pass("our Close");
        let began = Instant::now();
        running.signal(signal);
        let output = running.finish().stdout("open\n").stderr("");
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        assert!(began.elapsed() < AT_ONCE, "{signal:?}");
        server.finish();
    }
}

#[test]
fn a_second_signal_leaves_at_once() {
    for (first, second, code) in [
        (Signal::INT, Signal::INT, 130),
        (Signal::TERM, Signal::TERM, 143),
        (Signal::HUP, Signal::HUP, 129),
    ] {
        let closed = Gate::default();
        let server = server_that_never_answers(1001, &closed);
        let mut running = talk(&server).args(["--close-timeout", "60"]).start();
        running.wait_stdout("open\n").signal(first);
        closed.pass("our Close");
        let began = Instant::now();
        running.signal(second);
        let output = running.finish();
        assert_eq!(output.exit_code(), Some(code), "{first:?}");
        assert!(began.elapsed() < AT_ONCE, "{first:?}");
        server.finish();
    }
}

#[test]
fn without_an_answer_the_close_timeout_ends_the_run() {
    let closed = Gate::default();
    let server = server_that_never_answers(1001, &closed);
    let mut running = talk(&server).args(["--close-timeout", "0.5"]).start();
    running.wait_stdout("open\n").signal(Signal::TERM);
    closed.pass("our Close");
    let began = Instant::now();
    let output = running.finish();
    let stayed = began.elapsed();
    assert!(stayed > Duration::from_millis(300), "{stayed:?}");
    assert!(stayed < AT_ONCE, "{stayed:?}");
    output.code(143);
    server.finish();
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for (name, signal) in [
        ("HUP", Signal::HUP),
        ("INT", Signal::INT),
        ("TERM", Signal::TERM),
    ] {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("open").expect_text("still here").text("so am I");
            assert_eq!(conn.answer_close().0, Some(1000), "{name}");
        });
        let script = format!(r#"trap '' {name}; exec "$0" "$@""#);
        let mut running = program("/bin/sh")
            .args([
                "-c",
                &script,
                env!("CARGO_BIN_EXE_wstalk"),
                server.url(),
                "-E",
            ])
            .start();
        running.wait_stdout("open\n").signal(signal);
        running.send("still here\n").wait_stdout("so am I\n");
        running.close_stdin();
        let output = running.finish().stderr("");
        assert_eq!(output.exit_code(), Some(0), "{name}");
        server.finish();
    }
}

#[test]
fn a_signal_goes_before_every_other_reason() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("open");
        expect_going_away(conn, "a count");
        conn.close(1011, "late").finish();
    });
    let mut running = talk(&server).args(["-N", "5"]).start();
    running.wait_stdout("open\n").signal(Signal::TERM);
    running.finish().stdout("open\n").code(143);
    server.finish();
}
