//! `--stats`: what passed, in rows at the end, whatever the end was.

use std::time::Duration;

use super::super::support::{Authority, Frame, Output, Server, frame::opcode, wstalk};
use super::{EXTENSIONS, assert_time, close, talk, upgraded};

/// The rows at the end of stderr, and what stands before them.
#[track_caller]
fn rows(output: &Output) -> (Vec<&str>, Vec<&str>) {
    let lines: Vec<&str> = output.stderr_seen().lines().collect();
    let first = lines.iter().position(|line| line.starts_with("* sent  "));
    let (before, rows) = lines.split_at(first.expect("a summary"));
    assert_eq!(rows.len(), 6, "{rows:?}");
    (before.to_vec(), rows.to_vec())
}

/// The phases of `times` with their names, each of which must have a time.
#[track_caller]
fn phases<'a>(row: &'a str) -> Vec<&'a str> {
    let times = row.strip_prefix("* times               ").expect("times");
    let phase = |phase: &'a str| {
        let (name, time) = phase.split_once(' ').expect("a phase");
        assert_time(time);
        name
    };
    times.split(", ").map(phase).collect()
}

const NO_PINGS: &str = "* ping round trips    none";
const NOTHING_WAITS: &str = "* waiting to be sent  0 bytes";
const PLAIN: &str = "* compression         not agreed on";

#[test]
fn messages_and_bytes_are_counted_both_ways() {
    let server = upgraded(|conn| {
        conn.expect_text("hello").expect_binary(b"\x00\xff");
        // Two frames of one message, and a control frame between.
        conn.send(&Frame::text("ab").unfinished()).ping("");
        conn.send(&Frame::continuation("c")).text("x".repeat(1000));
        conn.expect_pong("");
        close(conn);
    });
    let options = ["--stats", "-x", "hello", "-x", "/binary 00 ff"];
    let output = talk(&server).args(options).run();
    let (before, rows) = rows(&output);
    assert!(before.is_empty(), "{before:?}");
    let expected = [
        // 6 + 5, 6 + 2, a pong of 6, a Close of 8.
        "* sent                2 messages, 7 bytes of payload, 33 on the wire",
        // 2 + 2, a ping of 2, 2 + 1, 4 + 1,000, a Close of 4.
        "* received            2 messages, 1,003 bytes of payload, 1,017 on the wire",
        PLAIN,
        NOTHING_WAITS,
    ];
    assert_eq!(rows[..4], expected);
    assert_eq!(phases(rows[4]), ["name", "TCP", "upgrade", "open"]);
    assert_eq!(rows[5], NO_PINGS);
    let stdout = format!("abc\n{}\n", "x".repeat(1000));
    output.stdout(&stdout).code(0);
    server.finish();
}

#[test]
fn thousands_are_grouped_and_one_message_is_one() {
    let server = upgraded(|conn| {
        conn.read_message();
        close(conn);
    });
    let text = "x".repeat(1_234_567);
    let options = ["--stats", "--linger", "-1"];
    let output = talk(&server).args(options).stdin(text).run();
    let (_, rows) = rows(&output);
    // Two fragments with headers of 14 and 14, and a Close of 8.
    let sent = "* sent                1 message, 1,234,567 bytes of payload, 1,234,603 on the wire";
    assert_eq!(rows[0], sent);
    let received = "* received            0 messages, 0 bytes of payload, 4 on the wire";
    assert_eq!(rows[1], received);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn compression_is_told_as_what_it_made_of_the_payload() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[(EXTENSIONS, "permessage-deflate")]);
        let frame = conn.read_frame();
        assert!(frame.payload.len() < 100, "{}", frame.payload.len());
        conn.text(frame.payload.len().to_string());
        conn.send(&Frame::text(b"\xf2\x48\xcd\xc9\xc9\x07\x00").rsv(4));
        close(conn);
    });
    let text = "word".repeat(250);
    let output = talk(&server).args(["--stats", "-x", &text]).run();
    let (_, rows) = rows(&output);
    let stdout = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let packed = stdout
        .strip_suffix("\nHello\n")
        .expect("a length, and Hello");
    let length: usize = packed.parse().expect("a number");
    let ratio = (length as f64 / 10.0).round();
    let (digits, wire) = (packed.len(), length + 6 + 8);
    let sent =
        format!("* sent                1 message, 1,000 bytes of payload, {wire} on the wire");
    assert_eq!(rows[0], sent);
    let (plain, came) = (digits + 5, digits + 7);
    let percent = (came as f64 * 100.0 / plain as f64).round();
    let compression = format!(
        "* compression         sent 1,000 as {length} bytes ({ratio} %), \
         received {plain} as {came} bytes ({percent} %)"
    );
    assert_eq!(rows[2], compression);
    output.stdout(&stdout).code(0);
    server.finish();
}

#[test]
fn compression_that_was_agreed_on_and_not_used_is_told() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[(EXTENSIONS, "permessage-deflate")]);
        close(conn);
    });
    let output = talk(&server).arg("--stats").run();
    let (_, rows) = rows(&output);
    assert_eq!(
        rows[2],
        "* compression         sent 0 as 0 bytes, received 0 as 0 bytes"
    );
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn times_over_tls_have_its_handshake() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        conn.upgrade();
        close(conn);
    });
    let command = talk(&server)
        .arg("--cacert")
        .arg(authority.certificate_path());
    let output = command.arg("--stats").run();
    let (_, rows) = rows(&output);
    assert_eq!(phases(rows[4]), ["name", "TCP", "TLS", "upgrade", "open"]);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn round_trips_of_pings_are_told() {
    let server = upgraded(|conn| {
        for data in ["1", "2", "3"] {
            conn.expect_ping(data).pong("unasked").pong(data);
        }
        close(conn);
    });
    let options = ["--stats", "-x", "/ping 1", "-x", "/ping 2", "-x", "/ping 3"];
    let output = talk(&server).args(options).run();
    let (_, rows) = rows(&output);
    let row = rows[5]
        .strip_prefix("* ping round trips    3, ")
        .expect("three");
    let names: Vec<&str> = row
        .split(", ")
        .map(|part| {
            let (name, time) = part.split_once(' ').expect("a name");
            assert_time(time);
            name
        })
        .collect();
    assert_eq!(names, ["min", "median", "p99"]);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn a_pong_that_takes_its_time_is_seen_in_the_round_trips() {
    let pause = Duration::from_millis(200);
    let server = upgraded(move |conn| {
        conn.expect_ping("slow");
        // How long the pong takes is what is measured.
        std::thread::sleep(pause);
        conn.pong("slow");
        close(conn);
    });
    let output = talk(&server).args(["--stats", "-x", "/ping slow"]).run();
    let (_, rows) = rows(&output);
    let row = rows[5]
        .strip_prefix("* ping round trips    1, min ")
        .expect("one");
    let (time, _) = row.split_once(" ms").expect("milliseconds");
    let time: f64 = time.parse().expect("a number");
    // The ping is timed when the system has taken it, perhaps after it was read.
    assert!((100.0..5000.0).contains(&time), "{time}");
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn a_pong_without_a_ping_is_no_round_trip() {
    let server = upgraded(|conn| {
        conn.pong("").pong("1");
        close(conn);
    });
    let output = talk(&server).arg("--stats").run();
    assert_eq!(rows(&output).1[5], NO_PINGS);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn the_summary_stands_after_the_errors() {
    let lost =
        "wstalk: error: the connection was lost: the server ended it without a close frame (1006)";
    let server = upgraded(|conn| {
        conn.text("xy").finish();
    });
    let output = talk(&server).arg("--stats").run();
    let (before, seen) = rows(&output);
    assert_eq!((before[0], before.len()), (lost, 2));
    assert_eq!(
        seen[1],
        "* received            1 message, 2 bytes of payload, 4 on the wire"
    );
    assert_eq!(phases(seen[4]), ["name", "TCP", "upgrade", "open"]);
    output.stdout("xy\n").code(56);
    server.finish();
    let server = upgraded(|conn| {
        conn.send(&Frame::new(3, "xyz")).expect_close();
        conn.expect_eof();
    });
    let output = talk(&server).arg("--stats").run();
    let (before, seen) = rows(&output);
    let broke = "wstalk: error: the server broke the protocol: a frame has the reserved opcode 0x3";
    assert_eq!(before, [broke]);
    // What broke the protocol is no frame.
    assert_eq!(
        seen[1],
        "* received            0 messages, 0 bytes of payload, 0 on the wire"
    );
    output.stdout("").code(76);
    server.finish();
}

#[test]
fn the_summary_of_what_was_never_open_says_so() {
    let server = Server::accept(|conn| {
        conn.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let output = talk(&server).arg("--stats").run();
    let (before, seen) = rows(&output);
    assert_eq!(
        before[0],
        "wstalk: error: the upgrade was refused: HTTP 404 Not Found"
    );
    let expected = [
        "* sent                0 messages, 0 bytes of payload, 0 on the wire",
        "* received            0 messages, 0 bytes of payload, 0 on the wire",
        PLAIN,
        NOTHING_WAITS,
        "* times               never open",
        NO_PINGS,
    ];
    assert_eq!(seen, expected);
    output.stdout("").code(22);
    server.finish();
}

#[test]
fn bytes_that_a_server_does_not_read_are_told_as_waiting() {
    let server = upgraded(|conn| {
        conn.read_exactly(1);
        conn.stall(Duration::from_secs(10));
    });
    // More than the system takes for a server that does not read.
    let stdin = "w".repeat(1023).to_owned() + "\n";
    let options = ["--stats", "-m", "1.5"];
    let output = talk(&server)
        .args(options)
        .stdin(stdin.repeat(16 * 1024))
        .run();
    let (before, seen) = rows(&output);
    assert!(before[0].starts_with("wstalk: error: "), "{before:?}");
    let row = seen[3]
        .strip_prefix("* waiting to be sent  ")
        .expect("a row");
    let count = row.strip_suffix(" bytes").expect("bytes").replace(',', "");
    let count: usize = count.parse().expect("a number");
    assert!((1..=2 * 1024 * 1024).contains(&count), "{row}");
    let grouped = row.contains(',') || count < 1000;
    output.stdout("").code(28);
    server.finish();
    assert!(grouped, "thousands are grouped in the other rows");
}

#[test]
fn one_byte_is_one_byte() {
    let server = upgraded(|conn| {
        conn.text("x");
        close(conn);
    });
    let output = talk(&server).arg("--stats").run();
    let received = "* received            1 message, 1 byte of payload, 7 on the wire";
    assert_eq!(rows(&output).1[1], received);
    output.stdout("x\n").code(0);
    server.finish();
}

#[test]
fn what_was_never_written_does_not_count_as_sent() {
    let server = upgraded(|conn| {
        conn.read_exactly(1);
        conn.stall(Duration::from_secs(10));
    });
    let line = "w".repeat(1023) + "\n";
    let options = ["--stats", "-m", "1"];
    let output = talk(&server)
        .args(options)
        .stdin(line.repeat(16 * 1024))
        .run();
    let (before, seen) = rows(&output);
    let number = |text: &str| text.replace(',', "").parse::<u64>().expect("a number");
    let told = before
        .iter()
        .find_map(|line| line.split_once("could be sent: "));
    let (_, told) = told.expect("what could not be sent");
    let told = told.split([' ', ',']);
    let counts: Vec<u64> = told.filter_map(|word| word.parse().ok()).collect();
    let whole = counts[0] + counts[1];
    let sent = seen[0]
        .strip_prefix("* sent                ")
        .expect("a row");
    let sent = number(sent.split(' ').next().expect("a count"));
    output.stdout("").code(28);
    server.finish();
    assert_eq!(sent, whole, "both tell of the messages that went out whole");
}

#[test]
fn quiet_keeps_the_summary_that_was_asked_for() {
    let server = upgraded(close);
    let output = talk(&server).args(["--stats", "-q"]).run();
    let (before, _) = rows(&output);
    assert!(before.is_empty(), "{before:?}");
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn what_is_echoed_and_what_the_demo_says_is_counted() {
    let server = upgraded(|conn| {
        conn.text("abc").expect_text("abc");
        conn.frame(opcode::CLOSE, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).args(["--stats", "--echo"]).run();
    let (_, seen) = rows(&output);
    assert_eq!(
        seen[0],
        "* sent                1 message, 3 bytes of payload, 15 on the wire"
    );
    output.stdout("").code(0);
    server.finish();
    let output = wstalk()
        .args(["demo", "--stats", "-1"])
        .stdin("hello\n")
        .run();
    let (_, seen) = rows(&output);
    assert_eq!(
        seen[1],
        "* received            1 message, 5 bytes of payload, 11 on the wire"
    );
    output.stdout("hello\n").code(0);
}
