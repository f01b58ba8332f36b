//! Of a command that is talked with.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::program;
use super::{failure, sh};

const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_conversation_goes_line_by_line() {
    let mut cat = sh("echo ready >&2; exec cat").start();
    cat.wait_stderr_contains("read").wait_stderr("ready\n");
    cat.send("one\n").wait_stdout("one\n");
    cat.send("two\n").wait_stdout("two\n").close_stdin();
    cat.finish().stdout("one\ntwo\n").stderr("ready\n").code(0);
}

#[test]
fn a_wait_fails_at_once_on_something_else() {
    let before = Instant::now();
    let failure = failure(|| {
        sh("echo other; exec cat").start().wait_stdout("one\n");
    });
    assert!(failure.contains("something else came"), "{failure}");
    assert!(failure.contains("expected:\n  | one\\n\n"), "{failure}");
    assert!(before.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_wait_fails_at_the_end_of_the_stream() {
    let waits = [
        failure(|| {
            sh("printf on").start().wait_stdout("one\n");
        }),
        failure(|| {
            sh("exit").start().wait_stderr("x");
        }),
        failure(|| {
            sh("exit").start().wait_stdout_contains("x");
        }),
        failure(|| {
            sh("exit").start().wait_stderr_contains("x");
        }),
        failure(|| {
            sh("exit").start().wait_stdout_length(1);
        }),
    ];
    for failure in waits {
        assert!(failure.contains("the stream ended"), "{failure}");
    }
}

#[test]
fn a_wait_fails_at_the_limit() {
    let failure = failure(|| {
        sh("exec cat").within(SHORT).start().wait_stdout("x");
    });
    assert!(failure.contains("the time limit passed"), "{failure}");
}

#[test]
fn input_given_before_the_start_is_sent_and_closed() {
    sh("cat")
        .stdin("given")
        .start()
        .finish()
        .stdout("given")
        .code(0);
}

#[test]
fn a_signal_reaches_the_program() {
    let mut waiting =
        sh("trap 'echo caught; exit 4' USR1; echo set; while :; do read x; done").start();
    waiting.wait_stdout("set\n").signal(Signal::USR1);
    waiting.wait_stdout("caught\n");
    waiting.finish().stdout("set\ncaught\n").code(4);
}

#[test]
fn a_program_that_does_not_read_holds_its_sender_back() {
    let mut stuck = sh("echo started; kill -STOP $$").within(SHORT).start();
    stuck.wait_stdout("started\n");
    let bytes = vec![b'x'; 1024 * 1024];
    let taken = stuck.send_within(SHORT, &bytes);
    assert!(0 < taken && taken < bytes.len(), "{taken}");
    let failure = failure(|| {
        stuck.send("more");
    });
    assert!(failure.starts_with("stdin took 0 of 4 bytes"), "{failure}");
}

#[test]
fn a_reader_reads_what_it_was_told_to_and_no_more() {
    let mut flood = sh("exec cat /dev/zero").stdout_unread().start();
    flood.read_stdout_bytes(10).wait_stdout_length(10);
    flood.read_stdout_bytes(100_000).wait_stdout_length(100_010);
    flood.signal(Signal::TERM);
    let output = flood.finish();
    // What the pipe still held was read at the end.
    assert!(output.stdout_seen().len() > 100_010);
    assert_eq!(output.exit_code(), None);
}

#[test]
fn a_stdout_that_is_not_read_stands_still() {
    let mut unread = sh("echo unread; echo told >&2; exec cat")
        .stdout_unread()
        .start();
    unread.wait_stderr("told\n").close_stdin();
    let failure = failure(|| {
        unread.send("x");
    });
    assert!(failure.contains("stdout:\n  (nothing)\n"), "{failure}");
    unread.finish().stdout("unread\n").code(0);
}

#[test]
fn a_reader_that_leaves_is_noticed() {
    let mut writer = sh("trap '' PIPE; read go; echo x || exit 5").start();
    writer.close_stdout().send("go\n");
    writer.finish().stdout("").code(5);
}

#[test]
fn memory_and_switches_are_measured() {
    let mut cat = program("/bin/cat").start();
    // It answers, so it is no longer being loaded.
    cat.send("x\n").wait_stdout("x\n");
    let memory = cat.peak_memory();
    assert!((100_000..100_000_000).contains(&memory), "{memory}");
    let before = cat.context_switches();
    for _ in 0..20 {
        cat.send("x\n").wait_stdout("x\n");
    }
    assert!(cat.context_switches() >= before + 20);
    cat.close_stdin();
    cat.finish().code(0);
}

#[test]
fn a_conversation_that_is_dropped_leaves_no_process() {
    let mut cat = sh("echo $$; exec cat").start();
    cat.wait_stdout_contains("\n");
    cat.close_stdin();
    let mut endless = sh("echo $$; exec cat").start();
    endless.wait_stdout_contains("\n");
    let output = cat.finish();
    output.code(0);
    let failure = failure(|| {
        endless.wait_stdout("no number\n");
    });
    let id = failure
        .split("stdout:\n  | ")
        .nth(1)
        .and_then(|rest| rest.split('\\').next());
    let process = format!("/proc/{}", id.expect("the process id"));
    assert!(Path::new(&process).exists(), "{process}");
    drop(endless);
    assert!(!Path::new(&process).exists(), "{process}");
}
