//! Of typed lines that cannot be sent at once.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Conn, Gate, Key, Server, Terminal};
use super::{below_notice, closes_normally, enter, prompt_with, wstalk};

/// A window so wide that no notice is wrapped.
fn wide(server: &Server, options: &[&str]) -> Terminal {
    let command = wstalk().arg(server.url()).args(options);
    let mut terminal = command.in_terminal(24, 200);
    terminal.wait_for_text("* connected to ");
    terminal
}

/// How the error of unsent messages ends, if so many surely were not sent.
fn unsent(count: usize) -> String {
    format!(" {count} surely not")
}

#[test]
fn a_server_that_reads_nothing_keeps_nobody_from_leaving() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.stall(Duration::from_secs(30));
    });
    let mut terminal = wide(&server, &["--close-timeout", "100ms"]);
    let path = terminal.home().join("large");
    fs::write(&path, vec![0; 8 * 1024 * 1024]).expect("a file");
    for _ in 0..2 {
        enter(&mut terminal, &format!("/file {}", path.display()));
    }
    for number in 0..30 {
        enter(&mut terminal, &format!("line {number}"));
    }
    enter(&mut terminal, "/status");
    terminal.wait_for_text("  state              OPEN");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    let screen = &finished.screen;
    assert_eq!(finished.code, 55, "{screen}");
    assert!(screen.contains("32 surely not"), "{screen}");
    server.finish();
}

#[test]
fn what_waits_is_bounded_and_what_is_not_taken_is_told() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.stall(Duration::from_secs(30));
    });
    let mut terminal = wide(&server, &["--close-timeout", "100ms"]);
    let path = terminal.home().join("large");
    fs::write(&path, vec![0; 12 * 1024 * 1024]).expect("a file");
    let file = format!("/file {}", path.display());
    // The first is with the network, the next two wait.
    for _ in 0..3 {
        enter(&mut terminal, &file);
    }
    enter(&mut terminal, "one more");
    terminal.wait_for_text("* error: too much waits already: this is not sent; /status tells");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 55, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_typed_line_rests_while_first_lines_wait() {
    let server = Server::accept(closes_normally(|conn| {
        conn.within(Duration::from_secs(30));
        conn.expect_text("first");
        conn.expect_text("typed");
    }));
    let options = ["-x", "/wait 1500ms", "-x", "first"];
    let mut terminal = prompt_with(&server, &options);
    enter(&mut terminal, "typed");
    let before = terminal.processor_time();
    std::thread::sleep(Duration::from_millis(600));
    let taken = terminal.processor_time() - before;
    terminal.wait_for_text("\n> first\n");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    assert_eq!(below_notice(&finished.screen)[..2], ["> typed", "> first"]);
    assert!(taken <= Duration::from_millis(50), "{taken:?} of 600 ms");
    server.finish();
}

#[test]
fn lines_that_wait_are_told_when_the_user_leaves() {
    let server = Server::accept(closes_normally(|_| {}));
    let mut terminal = wide(&server, &[]);
    enter(&mut terminal, "/wait 60");
    enter(&mut terminal, "never sent");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    let screen = &finished.screen;
    assert_eq!(finished.code, 55, "{screen}");
    assert!(screen.contains("* closed: 1000 "), "{screen}");
    assert!(screen.contains(&unsent(1)), "{screen}");
    server.finish();
}

/// A connection that was lost, and the next one is not answered before the gate opens.
fn lost_until(gate: &Gate, rest: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
    let go = gate.clone();
    Server::accept_many(2, move |conn| {
        if conn.number() == 1 {
            conn.upgrade();
            return conn.reset();
        }
        go.pass("what is typed meanwhile");
        rest(conn);
    })
}

#[test]
fn leaving_while_apart_tells_of_what_waits_and_has_the_code_of_the_loss() {
    for (ends, code) in [("\x04", 56), ("/quit\r", 56), ("term", 143)] {
        let server = Server::repeat(|conn| {
            if conn.number() == 1 {
                conn.upgrade();
                return conn.reset();
            }
            conn.stall(Duration::from_secs(30));
        });
        let mut terminal = wide(&server, &["--reconnect"]);
        terminal.wait_for_text("; connecting again in ");
        enter(&mut terminal, "never sent");
        terminal.wait_for_text("* waits for the connection");
        match ends {
            "term" => terminal.signal(Signal::TERM),
            keys => terminal.type_(keys),
        };
        let finished = terminal.finish();
        let screen = &finished.screen;
        assert_eq!(finished.code, code, "{ends}: {screen}");
        assert!(screen.contains(&unsent(1)), "{ends}: {screen}");
        server.finish();
    }
}

#[test]
fn what_waits_goes_with_the_user_to_the_same_server_alone() {
    let typed = Gate::default();
    let first = lost_until(&typed, |conn| {
        conn.within(Duration::from_secs(30));
        conn.upgrade();
        conn.expect_text("for the first");
        assert_eq!(conn.expect_close().0, Some(1000));
        conn.close(1000, "").finish();
    });
    let second = Server::accept(closes_normally(|conn| {
        conn.expect_text("for the second");
    }));
    let mut terminal = wide(&first, &["--reconnect"]);
    terminal.wait_for_text("; connecting again in ");
    enter(&mut terminal, "for the first");
    terminal.wait_for_text("* waits for the connection");
    typed.open();
    terminal.wait_for_text("* connected again after ");
    enter(&mut terminal, "/wait 60");
    enter(&mut terminal, "also for the first");
    enter(&mut terminal, &format!("/connect {}", second.url()));
    terminal.wait_for_text(&format!("* connected to {}", second.url()));
    terminal.wait_for_text(&unsent(1));
    enter(&mut terminal, "for the second");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 55, "{}", finished.screen);
    first.finish();
    second.finish();
}
