//! Of servers that do not let go: no Close after ours, and no end after theirs.

use std::time::{Duration, Instant};

use super::super::support::{Conn, Frame, frame::opcode};
use super::{
    AT_ONCE, BOTH, Case, ERROR, Site, Way, abreast, assert_bounded, assert_harmless, forever, hold,
};

const LIMIT: Duration = Duration::from_millis(500);

/// Our Close is sent at once, and answered within half a second or not at all.
const CLOSING: [&str; 3] = ["-E", "--close-timeout", "0.5"];

/// Hears our Close and does anything but answer it.
fn after_ours(name: &str, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Case {
    Case::upgraded(name, move |conn| {
        assert_eq!(conn.expect_close().0, Some(1000));
        script(conn);
    })
    .options(&CLOSING)
    .stdin("")
    .takes(LIMIT, AT_ONCE)
}

#[test]
fn a_server_that_never_closes_after_our_close_is_left() {
    let cut = "* message 1 was cut short after 3 bytes";
    let says = |name: &str, bytes: &'static [u8]| {
        after_ours(name, move |conn| {
            conn.raw(bytes);
            conn.swallow();
        })
    };
    hold(&[
        says("silent", b""),
        says("half a Close", b"\x88\x02\x03"),
        says("half a ping", b"\x89\x05p"),
        says("a message", b"\x81\x02me").prints("me\n"),
        says("half a message", b"\x81\x05par")
            .prints("par")
            .ends(0, cut),
        after_ours("not even reading", |conn| conn.stall(AT_ONCE)),
    ]);
}

#[test]
fn a_server_that_resets_after_our_close_has_closed() {
    let quick = |name: &str, script: fn(&mut Conn<'_>)| {
        after_ours(name, script).takes(Duration::ZERO, AT_ONCE)
    };
    hold(&[
        quick("FIN", |conn| conn.finish()),
        quick("FIN alone", |conn| conn.hang_up()),
        quick("RST", |conn| conn.reset()),
        quick("a message, then FIN", |conn| conn.text("me").finish()).prints("me\n"),
    ]);
}

/// Runs against a server that says this for ever after our Close; returns
/// stdout and the first line of stderr.
fn talks_on(site: &Site, way: Way, beginning: &Frame, more: &[u8]) -> (Vec<u8>, String) {
    let (beginning, more) = (beginning.bytes(), more.repeat(1 + 16 * 1024 / more.len()));
    let server = site.upgraded(way, move |conn| {
        conn.expect_close();
        let _ = conn.try_raw(&beginning);
        forever(conn, &more);
    });
    let (command, watch) = site.talk(&server);
    let began = Instant::now();
    let output = command.args(CLOSING).stdin("").within(AT_ONCE).run();
    let took = began.elapsed();
    let stderr = output.stderr_seen();
    let first = stderr.lines().next().unwrap_or_default().to_owned();
    assert_eq!(output.exit_code(), Some(0), "{way:?}: {stderr}");
    assert!(LIMIT <= took, "{way:?}: {took:?}");
    assert_bounded(&format!("talks on, {way:?}"), watch.peak());
    let stdout = output.stdout_seen().to_vec();
    server.finish();
    (stdout, first)
}

#[test]
fn a_server_that_talks_on_after_our_close_is_left() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let message = Frame::text("on and on");
        let (stdout, _) = talks_on(&site, way, &message, &message.bytes());
        let text = String::from_utf8(stdout).expect("text");
        let whole = text.lines().filter(|line| *line == "on and on").count();
        assert!(whole > 0, "{way:?}: nothing was delivered");
        // The last one may be cut short.
        assert!(
            text.lines().count() <= whole + 1,
            "{way:?}: another message"
        );
    });
}

#[test]
fn a_server_that_pings_for_ever_after_our_close_is_left() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let ping = Frame::new(opcode::PING, "on and on");
        let (stdout, first) = talks_on(&site, way, &ping, &ping.bytes());
        assert_eq!((stdout, first), (Vec::new(), String::new()), "{way:?}");
    });
}

#[test]
fn a_message_without_end_after_our_close_is_left() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let frame = Frame::binary("").claiming(1 << 62);
        let (stdout, first) = talks_on(&site, way, &frame, b"x");
        let count = stdout.len();
        assert!(count > 0, "{way:?}: nothing was delivered");
        let cut = format!("* message 1 was cut short after {count} bytes");
        assert_eq!(first, cut, "{way:?}");
    });
}

/// Nothing comes of them, so nobody but the clock can end it.
#[test]
fn empty_fragments_without_end_after_our_close_are_left() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let begun = Frame::text("a").unfinished();
        let empty = Frame::continuation("").unfinished().bytes();
        let (stdout, first) = talks_on(&site, way, &begun, &empty);
        let cut = "* message 1 was cut short after 1 bytes";
        assert_eq!((&*stdout, &*first), (&b"a"[..], cut), "{way:?}");
    });
}

/// A message, a Close and these bytes; nothing but our Close may come back.
fn after_theirs(name: &str, code: u16, bytes: Vec<u8>) -> Case {
    Case::upgraded(name, move |conn| {
        conn.text("before").close(code, "").raw(&bytes);
        assert_eq!(conn.expect_close().0, Some(code));
        conn.shutdown_write().expect_eof();
    })
    .prints("before\n")
}

#[test]
fn what_comes_after_the_servers_close_is_ignored() {
    let frames: [(&str, Vec<u8>); 8] = [
        ("a message", Frame::text("after").bytes()),
        ("a ping", Frame::new(opcode::PING, "after").bytes()),
        ("a reserved opcode", Frame::new(3, "after").bytes()),
        (
            "a masked frame",
            Frame::text("after").masked([1; 4]).bytes(),
        ),
        (
            "a huge claim",
            Frame::binary("after").claiming(1 << 62).bytes(),
        ),
        ("bytes", vec![0xff; 100_000]),
        ("the same Close", Frame::close(1000, "").bytes()),
        ("another Close", Frame::close(1011, "after").bytes()),
    ];
    hold(&frames.map(|(name, bytes)| after_theirs(name, 1000, bytes)));
    let first = format!("{ERROR}the server closed the connection with 1011");
    let better = Frame::close(1000, "").bytes();
    hold(&[after_theirs("a better Close", 1011, better).ends(69, first)]);
}

#[test]
fn a_server_that_never_ends_tcp_after_its_close_is_left() {
    let stays = |name: &str, script: fn(&mut Conn<'_>)| {
        Case::upgraded(name, move |conn| {
            conn.close(1000, "");
            script(conn);
        })
    };
    hold(&[
        stays("silent", |conn| {
            conn.expect_close();
            conn.swallow();
        }),
        stays("not even reading", |conn| conn.stall(AT_ONCE)),
        stays("messages", |conn| {
            forever(conn, Frame::text("x").bytes().repeat(9999));
        }),
        stays("pings", |conn| {
            forever(conn, Frame::new(opcode::PING, "x").bytes().repeat(9999));
        }),
        stays("Close frames", |conn| {
            forever(conn, Frame::close(1011, "x").bytes().repeat(9999));
        }),
        stays("bytes", |conn| forever(conn, [0xff; 64 * 1024])),
    ]);
}

#[test]
fn a_server_that_goes_on_after_its_fault_is_left() {
    let first =
        format!("{ERROR}the server broke the protocol: a frame has the reserved opcode 0x3");
    let stays = |name: &str, script: fn(&mut Conn<'_>)| {
        Case::upgraded(name, move |conn| {
            conn.send(&Frame::new(3, ""));
            script(conn);
        })
        .ends(76, first.clone())
    };
    hold(&[
        stays("silent", |conn| {
            assert_eq!(conn.expect_close().0, Some(1002));
            conn.swallow();
        }),
        stays("not even reading", |conn| conn.stall(AT_ONCE)),
        stays("messages", |conn| {
            forever(conn, Frame::text("x").bytes().repeat(9999));
        }),
        stays("bytes", |conn| forever(conn, [0xff; 64 * 1024])),
    ]);
}

/// Our Close cannot go out, because nothing before it does.
#[test]
fn a_fault_of_a_server_that_does_not_read_ends_in_time() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let server = site.upgraded(way, |conn| {
            // The first line has come, so that the flood is under way.
            assert!(!conn.read_frame().payload.is_empty());
            conn.send(&Frame::new(3, ""));
            conn.stall(AT_ONCE);
        });
        let (command, watch) = site.talk(&server);
        let line = format!("{}\n", "x".repeat(1023));
        let output = command
            .args(["--close-timeout", "0.5"])
            .stdin(line.repeat(64 * 1024))
            .within(AT_ONCE)
            .run();
        let stderr = output.stderr_seen();
        let broke = "the server broke the protocol: a frame has the reserved opcode 0x3";
        assert!(stderr.contains(broke), "{way:?}: {stderr}");
        assert_harmless("not read", stderr);
        assert_bounded(&format!("a fault unread, {way:?}"), watch.peak());
        output.code(76);
        server.finish();
    });
}
