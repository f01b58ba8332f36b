//! Verdicts, their order, and what ends a run.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Gate, Server};
use super::{check, echo, timeless};

const GOOD: &str = "connect {{base}}\n> a\n< a\n";
const BAD: &str = "connect {{base}}\n> a\n< b\n";

#[test]
fn a_file_that_passes_is_told_in_a_line_and_stdout_stays_empty() {
    let server = Server::accept(echo);
    let run = check(&[("a.wst", GOOD)]).args(["--url", server.url(), "a.wst"]);
    let output = run.run().code(0).stdout("");
    assert_eq!(
        timeless(output.stderr_seen()),
        "ok   a.wst\n1 file: 1 passed, 0 failed, 0 not run\n"
    );
    server.finish();
}

#[test]
fn quiet_tells_of_what_failed_alone() {
    let server = Server::repeat(echo);
    let run = |name| {
        check(&[("a.wst", GOOD), ("b.wst", BAD)])
            .args(["-q", "--url", server.url(), name])
            .run()
    };
    run("a.wst").code(0).stderr("");
    let output = run("b.wst").code(1);
    assert!(timeless(output.stderr_seen()).starts_with("FAIL b.wst\nb.wst:3:1: "));
    server.finish();
}

#[test]
fn a_failure_shows_the_line_what_was_expected_and_what_came() {
    let server = Server::accept(echo);
    let text = "connect {{base}}\n> {\"id\":1,\"name\":\"ann\"}\n< {\"id\":1,\"name\":\"bob\"}\n";
    let run = check(&[("a.wst", text)]).args(["--url", server.url(), "a.wst"]);
    let output = run.run().code(1);
    let told = timeless(output.stderr_seen());
    let told = told.lines().filter(|line| !line.contains(" ms  "));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "FAIL a.wst",
            "a.wst:3:1: another message came than the expected one",
            "   3 | < {\"id\":1,\"name\":\"bob\"}",
            "     | ^",
            "  expected     {\"id\":1,\"name\":\"bob\"}",
            "  received     {\"id\":1,\"name\":\"ann\"}",
            "  differences  $.name: expected \"bob\", came \"ann\"",
            "  the last 2 messages, and how long before:",
            "1 file: 0 passed, 1 failed, 0 not run",
        ]
    );
    server.finish();
}

#[test]
fn nothing_runs_before_every_file_was_understood() {
    let server = Server::untouched();
    let files = [
        ("a.wst", GOOD),
        ("b.wst", "conect {{base}}\n"),
        ("c.wst", "connect {{base}}\n< {{sid}}\n"),
    ];
    let run = check(&files).args(["--url", server.url(), "a.wst", "b.wst", "c.wst"]);
    run.run().code(2).stdout("").stderr(
        "wstalk: error: b.wst:1:1: unknown word `conect`\n  conect {{base}}\nhint: did you mean `connect`?\n\
         wstalk: error: c.wst:2:3: the variable `sid` is not set\n  < {{sid}}\nhint: `--variable sid=VALUE` or `--secret sid` sets it, or `let sid = $.…` under a line above; `{{!sid}}` is the text\n",
    );
    server.finish();
}

#[test]
fn a_file_that_is_not_there_is_told_before_anything_runs() {
    let server = Server::untouched();
    let run = check(&[("a.wst", GOOD)]).args(["--url", server.url(), "a.wst", "b.wst"]);
    run.run()
        .code(26)
        .stderr("wstalk: error: cannot read b.wst: no such file or directory\n");
    server.finish();
}

#[test]
fn stdin_is_a_file_too() {
    let server = Server::accept(echo);
    let run = check(&[]).args(["--url", server.url(), "-"]).stdin(BAD);
    let output = run.run().code(1);
    assert!(timeless(output.stderr_seen()).starts_with("FAIL stdin\nstdin:3:1: "));
    server.finish();
}

#[test]
fn several_files_at_a_time_are_told_in_their_order() {
    let slow = Gate::default();
    let opened = slow.clone();
    let server = Server::accept_many(2, move |conn| {
        let head = conn.upgrade();
        if head.request_line().contains("slow") {
            opened.pass("the fast one");
        } else {
            opened.open();
        }
        super::echo_on(conn);
    });
    let files = [
        ("a.wst", "connect {{base}}/slow\n> a\n< a\n"),
        ("b.wst", "connect {{base}}/fast\n> a\n< b\n"),
    ];
    let run = check(&files).args(["--url", server.url(), "--jobs", "2", "a.wst", "b.wst"]);
    let output = run.run().code(1);
    let told = timeless(output.stderr_seen());
    assert!(told.starts_with("ok   a.wst\nFAIL b.wst\n"), "{told}");
    server.finish();
}

#[test]
fn details_of_several_files_at_a_time_have_their_names() {
    let server = Server::accept_many(4, echo);
    let run = |jobs| {
        let run = check(&[("a.wst", GOOD), ("b.wst", GOOD)]).args(["-v", "--url", server.url()]);
        run.args(["--jobs", jobs, "a.wst", "b.wst"]).run().code(0)
    };
    let output = run("2");
    let told = output.stderr_seen();
    for name in ["a.wst", "b.wst"] {
        for detail in [
            "* reached 127.0.0.1:",
            "> GET / HTTP/1.1\n",
            "* closed: 1000",
        ] {
            assert!(told.contains(&format!("{name}: {detail}")), "{told}");
        }
    }
    let is_told = |line: &str| {
        let begins = ["a.wst: ", "b.wst: ", "ok   ", "2 files: "];
        begins.iter().any(|begin| line.starts_with(begin))
    };
    assert!(told.lines().all(is_told), "{told}");
    let output = run("1");
    let told = output.stderr_seen();
    assert!(!told.contains("a.wst: "), "{told}");
    server.finish();
}

#[test]
fn ctrl_c_closes_and_tells_of_what_ran() {
    let begun = Gate::default();
    let is_begun = begun.clone();
    let server = Server::accept_many(2, move |conn| {
        if conn.number() == 1 {
            return echo(conn);
        }
        conn.upgrade();
        conn.expect_text("a");
        is_begun.open();
        assert_eq!(conn.expect_close().0, Some(1001));
        conn.close(1001, "").finish();
    });
    let files = [
        ("a.wst", GOOD),
        ("b.wst", "connect {{base}}\n> a\n< b\n  within 1m\n"),
        ("c.wst", GOOD),
    ];
    let run = check(&files).args([
        "--url",
        server.url(),
        "--report-json",
        "out/r.json",
        "a.wst",
        "b.wst",
        "c.wst",
    ]);
    let mut running = run.start();
    running.wait_stderr_contains("ok   a.wst");
    begun.pass("the second file's message");
    running.signal(Signal::INT);
    let output = running.finish().code(130);
    let told = timeless(output.stderr_seen());
    assert_eq!(
        told,
        "ok   a.wst\n--   b.wst (not run: interrupted)\n--   c.wst (not run: interrupted)\n3 files: 1 passed, 0 failed, 2 not run\n"
    );
    let report = fs::read_to_string(output.home().join("out/r.json")).expect("a report");
    assert!(report.contains("\"not_run\":2"), "{report}");
    server.finish();
}

#[test]
fn the_limit_of_the_run_ends_it_with_28() {
    let server = Server::repeat(echo);
    let files = [
        ("a.wst", "connect {{base}}\n< a\n  within 1m\n"),
        ("b.wst", GOOD),
    ];
    let run = check(&files).args(["-m", "300ms", "--url", server.url(), "a.wst", "b.wst"]);
    let output = run.run().code(28);
    let told = timeless(output.stderr_seen());
    assert!(
        told.contains("--   a.wst (not run: the time limit passed)\n"),
        "{told}"
    );
    assert!(
        told.ends_with(
            "wstalk: error: the whole run took longer than 0.3 s\nhint: --max-time sets the limit\n"
        ),
        "{told}"
    );
    server.finish();
}

#[test]
fn a_server_that_cannot_be_reached_is_the_code_of_that() {
    let server = Server::untouched();
    let url = server.url().to_owned();
    server.finish();
    let output = check(&[("a.wst", GOOD)])
        .args(["--url", &url, "a.wst"])
        .run()
        .code(7);
    let told = timeless(output.stderr_seen());
    assert!(
        told.starts_with("FAIL a.wst\na.wst:1:1: cannot connect to 127.0.0.1:"),
        "{told}"
    );
}

#[test]
fn an_expectation_that_fails_outranks_a_server_that_is_not_there() {
    let server = Server::accept(echo);
    let files = [("a.wst", "connect ws://127.0.0.1:1/\n"), ("b.wst", BAD)];
    let run = check(&files).args(["--url", server.url(), "a.wst", "b.wst"]);
    run.run().code(1);
    server.finish();
}

#[test]
fn reports_are_written_all_at_once_and_stdout_can_be_one() {
    let server = Server::accept_many(2, echo);
    let run = check(&[("a.wst", GOOD), ("b.wst", BAD)]).args([
        "--url",
        server.url(),
        "--report-junit",
        "junit.xml",
        "--report-tap",
        "-",
        "--report-json",
        "r.json",
        "a.wst",
        "b.wst",
    ]);
    let output = run.run().code(1);
    let tap = String::from_utf8(output.stdout_seen().to_vec()).expect("text");
    assert!(
        tap.starts_with("TAP version 14\n1..2\nok 1 - a.wst\n"),
        "{tap}"
    );
    assert!(tap.contains("not ok 2 - b.wst\n"), "{tap}");
    let junit = fs::read_to_string(output.home().join("junit.xml")).expect("a report");
    assert!(junit.contains("<failure "), "{junit}");
    let json = fs::read_to_string(output.home().join("r.json")).expect("a report");
    assert!(json.contains("\"outcome\":\"failed\""), "{json}");
    server.finish();
}

#[test]
fn at_a_terminal_it_says_how_far_it_is() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::accept_many(2, move |conn| {
        if conn.number() == 2 {
            held.pass("a look at the screen");
        }
        echo(conn);
    });
    let run =
        check(&[("a.wst", GOOD), ("b.wst", GOOD)]).args(["--url", server.url(), "a.wst", "b.wst"]);
    let mut terminal = run.in_terminal(10, 80);
    terminal.wait_for_text("running 2 of 2: b.wst (1 passed, 0 failed)");
    gate.open();
    terminal.wait_for_text("2 files: 2 passed, 0 failed");
    let finished = terminal.finish();
    assert!(!finished.screen.contains("running"), "{}", finished.screen);
    server.finish();
}

#[test]
fn pings_are_no_noise_however_many_come() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let burst = [&[0x89, 100][..], &[b'p'; 100]].concat().repeat(20);
        while conn.try_raw(&burst).is_ok() && !conn.is_closed() {}
    });
    let text = "connect {{base}}\n< /silence 300ms\n";
    let run = check(&[("a.wst", text)]).args([
        "--url",
        server.url(),
        "--close-timeout",
        "100ms",
        "a.wst",
    ]);
    run.within(Duration::from_secs(10)).run().code(0);
    server.finish();
}

#[test]
fn silence_after_a_flood_that_may_come_is_waited_for() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let burst = [&[0x81, 1][..], b"x"].concat().repeat(50_000);
        conn.raw(&burst);
        super::echo_on(conn);
    });
    let text = "connect {{base}}\n< ...\n< /silence 300ms\n> a\n< a\n";
    let run = check(&[("a.wst", text)]).args(["--url", server.url(), "a.wst"]);
    run.run().code(0);
    server.finish();
}
