//! Of an end that is due while stdout is not read: it waits, at rest, and what
//! came is written.

use std::time::Duration;

use super::super::support::Server;
use super::super::support::frame::{Frame, opcode};
use super::{each_at_once, talk};

const MS: Duration = Duration::from_millis(1);
const SIZE: usize = 20_000_000;

/// A run that must rest while stdout is blocked beyond its end, and write all
/// when it is read again.
fn rests(options: &[&str]) {
    let message = Frame::binary(vec![b'x'; SIZE]).bytes();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        // So that its clock runs before stdout is blocked.
        conn.stall(50 * MS);
        // The client may leave inside it.
        drop(conn.try_raw(&message));
        while let Some(frame) = conn.read_frame_or_end() {
            if frame.opcode == opcode::CLOSE {
                drop(conn.try_raw(Frame::close(1000, "").bytes()));
                break;
            }
        }
    });
    let mut running = talk(&server).args(options).stdout_unread().start();
    running.close_stdin();
    running.read_stdout_bytes(1).wait_stdout("x");
    // Beyond every end that is due; what is to be seen is that it rests then.
    std::thread::sleep(900 * MS);
    let before = running.processor_time();
    std::thread::sleep(600 * MS);
    let taken = running.processor_time() - before;
    running.read_stdout().wait_stdout_length(SIZE + 1);
    let output = running.finish();
    let stderr = output.stderr_seen();
    assert_eq!(output.exit_code(), Some(0), "{options:?}: {stderr}");
    assert_eq!(output.stderr_seen(), "", "{options:?}");
    assert_eq!(output.stdout_seen().len(), SIZE + 1, "{options:?}");
    server.finish();
    assert!(taken <= 50 * MS, "{options:?}: {taken:?} of 600 ms");
}

#[test]
fn a_run_whose_end_is_due_rests_until_stdout_is_read() {
    let cases: Vec<&[&str]> = vec![&["--linger", "0.3"], &["-1"], &["--until", "/any"]];
    each_at_once(cases, rests);
}

#[test]
fn a_wait_that_has_passed_rests_until_stdout_is_read() {
    let cases: Vec<&[&str]> = vec![&["-w", "0.3"], &["-w", "0.3", "-x", "hi"]];
    each_at_once(cases, rests);
}
