//! Of a command that runs to its end.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::super::support::{program, wstalk};
use super::{failure, sh};

#[test]
fn the_program_under_test_exists() {
    assert!(Path::new(env!("CARGO_BIN_EXE_wstalk")).is_file());
    drop(wstalk());
}

#[test]
fn a_run_tells_stdout_stderr_and_code_exactly() {
    sh(r"printf 'out\n'; printf 'err\nmore\n' >&2; exit 3")
        .run()
        .stdout("out\n")
        .stdout_bytes(b"out\n")
        .stderr("err\nmore\n")
        .stderr_contains("rr\nm")
        .stderr_first_line("err")
        .code(3);
}

#[test]
fn accessors_show_what_assertions_saw() {
    let output = sh(r"printf '\377'; printf e >&2").run();
    assert_eq!(output.stdout_seen(), b"\xff");
    assert_eq!(output.stderr_seen(), "e");
    assert_eq!(output.exit_code(), Some(0));
}

#[test]
fn every_assertion_that_does_not_hold_fails_and_shows_everything() {
    let ran = || sh("echo out; echo err >&2; exit 3").run();
    let failures = [
        failure(|| ran().stdout("oat\n").code(3)),
        failure(|| ran().stdout("out").code(3)),
        failure(|| ran().stderr("").code(3)),
        failure(|| ran().stderr_contains("nothing").code(3)),
        failure(|| ran().stderr_first_line("er").code(3)),
        failure(|| ran().code(0)),
    ];
    for failure in failures {
        for part in [
            "command: /bin/sh -c \"echo out; echo err >&2; exit 3\"\n",
            "ended: exit status: 3\n",
            "stdout:\n  | out\\n\n",
            "stderr:\n  | err\\n\n",
        ] {
            assert!(failure.contains(part), "no {part:?} in:\n{failure}");
        }
    }
}

#[test]
fn a_code_that_nobody_checked_is_a_failure() {
    let failure = failure(|| drop(sh("exit 0").run().stdout("")));
    assert!(
        failure.starts_with("nobody checked the exit code"),
        "{failure}"
    );
}

#[test]
fn death_by_a_signal_is_no_exit_code() {
    let output = sh("kill -KILL $$").run();
    assert_eq!(output.exit_code(), None);
    let failure = failure(|| sh("kill -KILL $$").run().code(137));
    assert!(failure.contains("ended: signal: 9 (SIGKILL)"), "{failure}");
}

#[test]
fn the_environment_holds_only_what_a_test_gave() {
    let output = program("/usr/bin/env").env("EXTRA", "1").run();
    let home = output.home().display().to_string();
    let text = String::from_utf8(output.stdout_seen().to_vec()).expect("UTF-8");
    let mut lines: Vec<&str> = text.lines().filter(|l| !l.starts_with("PATH=")).collect();
    lines.sort_unstable();
    let expected = [
        "EXTRA=1".to_owned(),
        format!("HOME={home}"),
        "LANG=C.UTF-8".to_owned(),
        "TERM=xterm-256color".to_owned(),
    ];
    assert_eq!(lines, expected);
    output.code(0);
}

#[test]
fn the_home_is_fresh_writable_and_the_working_directory() {
    let command = sh(r#"test "$(pwd -P)" = "$(cd "$HOME" && pwd -P)" && cat given && ls"#);
    std::fs::write(command.home().join("given"), "x\n").expect("a file in the home");
    command.run().stdout("x\ngiven\n").stderr("").code(0);
}

#[test]
fn stdin_can_be_bytes_empty_or_really_closed() {
    sh("cat").stdin("a\nb").run().stdout("a\nb").code(0);
    sh("cat").run().stdout("").code(0);
    sh("cat").stdin_empty().run().stdout("").code(0);
    sh("test -e /dev/fd/0").stdin_empty().run().code(0);
    sh("test -e /dev/fd/0").stdin_closed().run().code(1);
    sh("printf '%s|' \"$@\"")
        .args(["name", "a b", "", "$HOME"])
        .stdin_closed()
        .run()
        .stdout("a b||$HOME|")
        .code(0);
}

#[test]
fn stdin_that_stays_open_ends_with_the_limit() {
    let limit = Duration::from_millis(200);
    let failure = failure(|| {
        sh("printf 'so far'; exec cat")
            .stdin_stays_open()
            .within(limit)
            .run()
            .code(0)
    });
    assert!(
        failure.starts_with("the program did not end within 200ms"),
        "{failure}"
    );
    assert!(failure.contains("ended: killed by the test"), "{failure}");
    assert!(failure.contains("  | so far\n"), "{failure}");
}

#[test]
fn more_than_a_pipe_holds_goes_through_both_ways() {
    let bytes = vec![b'x'; 4 * 1024 * 1024];
    program("/bin/cat")
        .stdin(&bytes)
        .run()
        .stdout_bytes(&bytes)
        .code(0);
}

#[test]
fn stdin_that_is_not_read_is_no_failure() {
    sh("exit 0").stdin(vec![b'x'; 1024 * 1024]).run().code(0);
}

#[test]
fn streams_can_be_files() {
    let command = sh("cat; echo more");
    let path = command.home().join("file");
    std::fs::write(&path, "from a file\n").expect("a file");
    let to = File::create(command.home().join("to")).expect("a file");
    let from = File::open(&path).expect("a file");
    let output = command.stdin_from(from).stdout_to(to).run().stdout("");
    let written = std::fs::read_to_string(output.home().join("to")).expect("a file");
    assert_eq!(written, "from a file\nmore\n");
    output.code(0);
}

#[test]
fn what_is_shown_of_a_long_stream_is_cut_and_escaped() {
    let failure = failure(|| {
        let long = "head -c 100000 /dev/zero | tr '\\0' x; printf '\\033\\377\"'";
        sh(long).run().stdout("").code(0)
    });
    assert!(failure.contains("... 91811 bytes ..."), "{failure}");
    assert!(failure.contains("\\u{1b}\\xff\"\n"), "{failure}");
    assert!(failure.len() < 10_000, "{} bytes", failure.len());
}
