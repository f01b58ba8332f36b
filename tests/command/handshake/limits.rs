//! Of servers that keep silent: `--connect-timeout` ends each stage by name.

use std::time::{Duration, Instant};

use super::super::support::{Authority, Command, Conn, Server, wstalk};
use super::{assert_ended, at_once, talk};

const LIMIT: Duration = Duration::from_millis(300);

/// How long a run with that limit may take, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

const UPGRADE: &str = "the server's answer to the upgrade";
const TLS: &str = "the TLS handshake";

/// Must end with exit code 28 for this stage, not before its limit.
#[track_caller]
fn times_out(case: &str, command: Command, stage: &str) {
    let began = Instant::now();
    let output = command.args(["--connect-timeout", "300ms"]).run();
    let took = began.elapsed();
    let stderr = format!(
        "wstalk: error: {stage} took longer than 0.3 s\nhint: --connect-timeout sets the limit\n"
    );
    assert_ended(case, &output, "", &stderr, 28);
    assert!(LIMIT <= took && took < SOON, "{case}: {took:?}");
}

type Script = fn(&mut Conn<'_>);

#[test]
fn silence_after_tcp_ends_at_the_limit() {
    let scripts: [(&str, Script); 6] = [
        ("no answer", |conn| {
            conn.read_head();
            conn.swallow();
        }),
        ("nothing read either", |conn| conn.stall(SOON)),
        ("half a head", |conn| {
            conn.reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso");
            conn.swallow();
        }),
        ("one byte", |conn| {
            conn.reply("H");
            conn.swallow();
        }),
        ("an interim response", |conn| {
            conn.reply("HTTP/1.1 100 Continue\r\n\r\n");
            conn.swallow();
        }),
        ("a head that drips", |conn| {
            conn.reply("HTTP/1.1 101 Switching Protocols\r\nX: ");
            let sent = conn.drip([b'x'; 10_000], Duration::from_millis(10));
            assert!(sent < 1_000, "{sent} bytes were taken");
        }),
    ];
    at_once(&scripts, |&(case, script)| {
        let server = Server::accept(script);
        times_out(case, talk(&server), UPGRADE);
        server.finish();
    });
}

#[test]
fn endless_empty_lines_end_at_the_limit() {
    let server = Server::accept(|conn| {
        conn.read_head();
        let began = Instant::now();
        while began.elapsed() < SOON && conn.try_raw("\r\n".repeat(32 * 1024)).is_ok() {}
        assert!(began.elapsed() < SOON, "the client did not leave");
    });
    times_out("empty lines", talk(&server), UPGRADE);
    server.finish();
}

#[test]
fn silence_in_the_tls_handshake_ends_at_the_limit() {
    let scripts: [(&str, Script); 3] = [
        ("no answer", |conn| {
            conn.swallow();
        }),
        ("a record's header", |conn| {
            conn.raw(b"\x16\x03\x03\x00\x40");
            conn.swallow();
        }),
        ("half a record", |conn| {
            conn.raw(b"\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03");
            conn.swallow();
        }),
    ];
    at_once(&scripts, |&(case, script)| {
        let server = Server::accept(script);
        let url = format!("wss://localhost:{}", server.port());
        times_out(case, wstalk().arg(url), TLS);
        server.finish();
    });
}

#[test]
fn silence_after_the_tls_handshake_is_the_upgrades() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        conn.read_head();
        conn.swallow();
    });
    let output = talk(&server)
        .args(["--connect-timeout", "1.5", "--cacert"])
        .arg(authority.certificate_path())
        .run();
    let stderr = format!(
        "wstalk: error: {UPGRADE} took longer than 1.5 s\nhint: --connect-timeout sets the limit\n"
    );
    assert_ended("TLS", &output, "", &stderr, 28);
    server.finish();
}

/// Only Linux is known to let calls wait at a full door.
#[cfg(target_os = "linux")]
#[test]
fn silence_of_tcp_ends_at_the_limit() {
    use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
    use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};

    let door = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&door, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listen(&door, 0).expect("a door that takes one");
    let address = getsockname(&door).expect("an address");
    let address = SocketAddr::try_from(address).expect("an IPv4 address");
    let mut waiting = Vec::new();
    while let Ok(call) = TcpStream::connect_timeout(&address, LIMIT) {
        assert!(waiting.len() < 100, "the door does not fill");
        waiting.push(call);
    }
    times_out(
        "a full door",
        wstalk().arg(format!("ws://{address}")),
        "connecting",
    );
}

#[test]
fn an_open_connection_is_not_limited() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.stall(3 * LIMIT);
        conn.text("late");
        super::close(conn);
    });
    let output = talk(&server).args(["--connect-timeout", "300ms"]).run();
    assert_ended("open", &output, "late\n", "", 0);
    server.finish();
}

#[test]
fn a_limit_of_nothing_is_a_usage_error() {
    let server = Server::untouched();
    for limit in ["0", "-1", "x", ""] {
        let output = talk(&server)
            .arg(format!("--connect-timeout={limit}"))
            .run();
        assert_eq!(output.exit_code(), Some(2), "{limit:?}");
    }
    server.finish();
}
