//! Of a connection that ends at any byte: of the answer to the upgrade, and of
//! a short conversation with a fragmented message and a ping.

use super::super::support::{Conn, Frame, Head, Output, frame::opcode, wstalk};
use super::{AT_ONCE, ERROR, Site, Way, abreast};

/// How the server goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    /// FIN, in TLS after its close_notify.
    Fin,
    /// FIN alone, where TLS would have its own end.
    BareFin,
    Rst,
}

const ENDS: [(Way, End); 5] = [
    (Way::Ws, End::Fin),
    (Way::Ws, End::Rst),
    (Way::Wss, End::Fin),
    (Way::Wss, End::BareFin),
    (Way::Wss, End::Rst),
];

impl End {
    fn go(self, conn: &mut Conn<'_>) {
        match self {
            End::Fin => conn.finish(),
            End::BareFin => conn.hang_up(),
            End::Rst => conn.reset(),
        }
    }

    /// What is said of a connection that is lost so.
    fn lost(self) -> String {
        let how = match self {
            End::Fin | End::BareFin => "the server ended it without a close frame",
            End::Rst => "connection reset by peer",
        };
        format!("{ERROR}the connection was lost: {how} (1006)")
    }

    /// After so many bytes of `all`: where the program may have stood. What
    /// came before a reset may go down with it.
    fn reached(self, count: usize) -> std::ops::RangeInclusive<usize> {
        match self {
            End::Fin | End::BareFin => count..=count,
            End::Rst => 0..=count,
        }
    }
}

/// What a run left: exit code, first line of stderr, stdout.
type Seen = (i32, String, String);

#[track_caller]
fn assert_one_of(name: &str, output: &Output, possible: &[Seen]) {
    let stderr = output.stderr_seen();
    let seen = (
        output.exit_code().unwrap_or(-1),
        stderr.lines().next().unwrap_or_default().to_owned(),
        String::from_utf8_lossy(output.stdout_seen()).into_owned(),
    );
    let last = possible.last().expect("something that is possible");
    assert!(
        possible.contains(&seen),
        "{name}: {seen:?}, not {last:?}\n{stderr}"
    );
}

/// Every end at every one of `length + 1` places.
fn everywhere(length: usize) -> Vec<(Way, End, usize)> {
    (0..=length)
        .flat_map(|count| ENDS.map(|(way, end)| (way, end, count)))
        .collect()
}

/// Runs against a server that follows the script.
#[track_caller]
fn run(site: &Site, way: Way, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Output {
    let server = site.server(way, script);
    let output = site
        .reaching(wstalk(), &server)
        .stdin_stays_open()
        .within(AT_ONCE)
        .run();
    server.finish();
    output
}

/// How long a good reply is: as long as every other.
fn reply_length() -> usize {
    let request = b"GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    Head::new(request.to_vec()).switching(&[]).len()
}

/// What the program says of an answer of which so much came.
fn answer_of(count: usize, end: End) -> Seen {
    let nothing = "the server closed the connection before it answered";
    let (code, first) = match count {
        0 => (52, format!("{ERROR}{nothing}")),
        count if count == reply_length() => (56, end.lost()),
        count => {
            let cut = format!("the connection ended inside the head, after {count} bytes");
            let wrong = "the reply is not a valid opening handshake";
            (8, format!("{ERROR}{wrong}: {cut}"))
        }
    };
    (code, first, String::new())
}

#[test]
fn an_answer_that_ends_at_any_byte_is_told_apart() {
    let site = Site::new();
    abreast(&everywhere(reply_length()), |&(way, end, count)| {
        let output = run(&site, way, move |conn| {
            let head = conn.read_head();
            conn.raw(&head.switching(&[]).as_bytes()[..count]);
            end.go(conn);
        });
        let possible: Vec<Seen> = end
            .reached(count)
            .map(|count| answer_of(count, end))
            .collect();
        let name = format!("{count} bytes, {way:?}, {end:?}");
        assert_one_of(&name, &output, &possible);
    });
}

/// `he`, a ping, `llo`, a Close.
fn conversation() -> [Frame; 4] {
    [
        Frame::text("he").unfinished(),
        Frame::new(opcode::PING, "p"),
        Frame::continuation("llo"),
        Frame::close(1000, ""),
    ]
}

/// Where the ping, the message and the Close have ended.
const PING: usize = 7;
const MESSAGE: usize = 12;
const CLOSE: usize = 16;

/// What the program makes of a conversation of which so much came.
fn conversation_of(count: usize, end: End) -> Seen {
    let came = match count {
        0..=2 => 0,
        3 => 1,
        4..=9 => 2,
        _ => (count - 7).min(5),
    };
    let cut = format!("* message 1 was cut short after {came} bytes");
    let stdout = "hello"[..came].to_owned();
    match count {
        0 => (56, end.lost(), stdout),
        1..MESSAGE => (56, cut, stdout),
        MESSAGE..CLOSE => (56, end.lost(), stdout + "\n"),
        _ => (0, String::new(), stdout + "\n"),
    }
}

/// Waits for what the client must say by then, so that nothing is unread when
/// the connection ends and nothing is on its way.
fn hear_the_client(conn: &mut Conn<'_>, count: usize) {
    if count >= PING {
        conn.expect_pong("p");
    }
    if count >= CLOSE {
        assert_eq!(conn.expect_close().0, Some(1000));
    }
}

#[test]
fn a_conversation_that_ends_at_any_byte_is_delivered_so_far() {
    let bytes: Vec<u8> = conversation().iter().flat_map(Frame::bytes).collect();
    assert_eq!(bytes.len(), CLOSE);
    let site = Site::new();
    abreast(&everywhere(CLOSE), |&(way, end, count)| {
        let part = bytes[..count].to_vec();
        let output = run(&site, way, move |conn| {
            conn.upgrade();
            conn.raw(&part);
            hear_the_client(conn, count);
            end.go(conn);
        });
        let possible: Vec<Seen> = end
            .reached(count)
            .map(|count| conversation_of(count, end))
            .collect();
        let name = format!("{count} bytes, {way:?}, {end:?}");
        assert_one_of(&name, &output, &possible);
    });
}
