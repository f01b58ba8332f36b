//! Of the body: as much as is worth showing, and no longer than it takes.

use std::time::{Duration, Instant};

use super::super::super::support::Server;
use super::super::talk;
use super::{AT_ONCE, FORBIDDEN, answer, answer_and_close, body_in, refused_by};

#[test]
fn a_body_is_read_by_its_length_or_its_chunks_without_waiting() {
    for (case, framing, shown) in [
        (
            "by length",
            "Content-Length: 5\r\n\r\na\nb\nc",
            "  a\n  b\n  c\n",
        ),
        (
            "by length, more follows",
            "Content-Length: 3\r\n\r\nabcdef",
            "  abc\n",
        ),
        (
            "by chunks",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "  abcde\n",
        ),
        (
            "by chunks, in capitals",
            "TRANSFER-ENCODING: Chunked\r\n\r\n00A\r\n0123456789\r\n0\r\n\r\n",
            "  0123456789\n",
        ),
        (
            "chunks go before a length",
            "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            "  a\n",
        ),
    ] {
        let stderr = refused_by(case, answer(format!("{FORBIDDEN}{framing}")));
        assert_eq!(body_in(case, &stderr), shown, "{case}");
    }
}

#[test]
fn a_body_without_length_goes_to_the_end() {
    let stderr = refused_by(
        "to the end",
        answer_and_close(format!("{FORBIDDEN}\r\nto\nthe end")),
    );
    assert_eq!(body_in("to the end", &stderr), "  to\n  the end\n");
    let stderr = refused_by("empty", answer_and_close(format!("{FORBIDDEN}\r\n")));
    assert!(!stderr.contains("\n\n"), "{stderr}");
}

#[test]
fn a_body_of_length_0_is_none() {
    let reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    let stderr = refused_by("0", answer(reply));
    assert!(
        !stderr.contains("cut off") && !stderr.contains("\n\n"),
        "{stderr}"
    );
}

/// RFC 9112 section 6.3.
#[test]
fn a_reply_that_can_have_no_body_is_not_waited_for() {
    for (case, reply) in [
        ("204", "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n"),
        (
            "304",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        ),
    ] {
        let stderr = refused_by(case, answer(reply));
        assert!(
            !stderr.contains("cut off") && !stderr.contains("\n\n"),
            "{case}: {stderr}"
        );
    }
}

/// What is shown of a body of which this came.
const PART: &str = "  part\n  (the body is cut off here)\n";

#[test]
fn a_body_that_ends_too_early_is_shown_as_far_as_it_came() {
    for (case, framing) in [
        ("by length", "Content-Length: 50\r\n\r\npart"),
        (
            "after a chunk",
            "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        ),
        (
            "no chunk",
            "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\nnonsense\r\n",
        ),
    ] {
        let stderr = refused_by(case, answer_and_close(format!("{FORBIDDEN}{framing}")));
        assert_eq!(body_in(case, &stderr), PART, "{case}");
    }
}

#[test]
fn a_chunk_that_ends_too_early_is_shown_as_far_as_it_came() {
    for (case, chunks) in [
        ("the first", "10\r\npart"),
        ("the second", "2\r\npa\r\n10\r\nrt"),
    ] {
        let framing = "Transfer-Encoding: chunked\r\n\r\n";
        let stderr = refused_by(
            case,
            answer_and_close(format!("{FORBIDDEN}{framing}{chunks}")),
        );
        assert_eq!(body_in(case, &stderr), PART, "{case}");
    }
}

#[test]
fn a_body_that_stalls_is_waited_for_within_the_limit() {
    for (case, framing) in [
        ("by length", "Content-Length: 50\r\n\r\npart"),
        (
            "by chunks",
            "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        ),
        ("to the end", "\r\npart"),
    ] {
        let reply = format!("{FORBIDDEN}{framing}");
        let server = Server::accept(move |conn| {
            conn.reply(&reply);
            conn.swallow();
        });
        let output = talk(&server).args(["--connect-timeout", "1"]).run();
        assert_eq!(body_in(case, output.stderr_seen()), PART, "{case}");
        assert_eq!(output.exit_code(), Some(22), "{case}");
        server.finish();
    }
}

#[test]
fn a_body_that_drips_for_ever_ends_in_time() {
    let server = Server::accept(|conn| {
        conn.reply(format!("{FORBIDDEN}\r\n"));
        let sent = conn.drip(vec![b'x'; 100_000], Duration::from_millis(10));
        assert!(sent < 2_000, "{sent} bytes were taken");
    });
    let output = talk(&server).args(["--connect-timeout", "1"]).run();
    let stderr = output.stderr_seen();
    assert!(
        body_in("drip", stderr).ends_with("x\n  (the body is cut off here)\n"),
        "{stderr}"
    );
    output.code(22);
    server.finish();
}

#[test]
fn an_endless_body_is_cut() {
    const MIB: usize = 1024 * 1024;
    for (case, framing) in [
        ("to the end", "\r\n".to_owned()),
        ("by length", format!("Content-Length: {}\r\n\r\n", 10 * MIB)),
        (
            "by a length beyond numbers",
            "Content-Length: 99999999999999999999\r\n\r\n".to_owned(),
        ),
        (
            "in one chunk",
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", 10 * MIB),
        ),
    ] {
        let began = Instant::now();
        let stderr = refused_by(case, move |conn| {
            conn.reply(format!("{FORBIDDEN}{framing}"));
            let line = format!("{}\n", "x".repeat(1023));
            // The client leaves as soon as it has enough.
            let _ = conn.try_raw(line.repeat(10 * 1024));
        });
        assert!(began.elapsed() < AT_ONCE, "{case}: {:?}", began.elapsed());
        let body = body_in(case, &stderr);
        assert!(body.ends_with("\n  (the body is cut off here)\n"), "{case}");
        assert!(
            (16 * 1024..MIB).contains(&body.len()),
            "{case}: {} bytes",
            body.len()
        );
    }
}
