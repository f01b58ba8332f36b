//! Of time limits on the way through a proxy: each stage by name, one deadline for
//! all. And of proxies that cannot be reached.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

use super::super::support::{Authority, Command, Conn, Proxy, Server};
use super::{fails, talk};

const LIMIT: Duration = Duration::from_millis(400);

/// How long a run with that limit may take, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

#[track_caller]
fn times_out(case: &str, command: Command, stage: &str) {
    let began = Instant::now();
    let error = format!("{stage} took longer than 0.4 s");
    let command = command.args(["--connect-timeout", "400ms"]);
    fails(
        case,
        command,
        &error,
        "--connect-timeout sets the limit",
        28,
    );
    let took = began.elapsed();
    assert!(LIMIT <= took && took < SOON, "{case}: {took:?}");
}

#[test]
fn each_stage_of_the_way_through_a_proxy_has_its_name() {
    let silent = Server::repeat(|conn| _ = conn.swallow());
    let place = silent.address().to_string();
    let via =
        |scheme: &str| talk("ws://1.2.3.4").args(["--proxy", &format!("{scheme}://{place}"), "-k"]);
    times_out("TLS", via("https"), "the TLS handshake with the proxy");
    times_out("CONNECT", via("http"), "the proxy's answer");
    times_out("SOCKS", via("socks5"), "the proxy's answer");
    silent.finish();
}

#[test]
fn behind_the_proxy_the_stages_are_the_servers() {
    let silent = Server::repeat(|conn| _ = conn.swallow());
    for (plan, scheme) in [(Proxy::http(), "http"), (Proxy::socks(), "socks5h")] {
        let proxy = plan.start();
        let url = format!("{scheme}://{}", proxy.place());
        let via = |target: &str| {
            let target = format!("{target}://127.0.0.1:{}", silent.port());
            talk(target).args(["--proxy", &url, "-k"])
        };
        times_out("TLS", via("wss"), "the TLS handshake");
        times_out("upgrade", via("ws"), "the server's answer to the upgrade");
        proxy.finish();
    }
    silent.finish();
}

#[test]
fn one_deadline_is_for_the_proxy_and_the_server_together() {
    let authority = Authority::new();
    let proxy = Server::accept_tls(&authority.localhost(), |conn: &mut Conn<'_>| {
        conn.read_head();
        // Half of the limit is gone by then.
        let answer = "HTTP/1.1 200 OK\r\n\r\n";
        conn.drip(answer, LIMIT / 2 / 19);
        conn.swallow();
    });
    let url = proxy.url().replace("wss:", "https:");
    let command = talk("ws://1.2.3.4").args(["--proxy", &url, "-k"]);
    let began = Instant::now();
    times_out("together", command, "the server's answer to the upgrade");
    assert!(began.elapsed() < SOON);
    proxy.finish();
}

/// Only Linux is known to let calls wait at a full door.
#[cfg(target_os = "linux")]
#[test]
fn a_proxy_that_takes_no_call_ends_at_the_limit() {
    let (_door, address) = full_door();
    let command = talk("ws://1.2.3.4").args(["--proxy", &address.to_string()]);
    times_out("a full door", command, "connecting to the proxy");
}

/// One address refuses, the other keeps silent.
#[cfg(target_os = "linux")]
#[test]
fn at_the_limit_the_addresses_that_failed_before_are_named() {
    let (_door, silent) = full_door();
    let port = silent.port();
    let (_taken, deaf) = taken(SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 2), port));
    let given = format!("h.invalid:{port}:127.0.0.2,127.0.0.1");
    let refused = format!("no connection to {deaf}: connection refused");
    let place = format!("h.invalid:{port}");
    for (command, stage) in [
        (talk(format!("ws://{place}")), "connecting"),
        (
            talk("ws://1.2.3.4").args(["--proxy", &place]),
            "connecting to the proxy",
        ),
    ] {
        let command = command.args(["--resolve", &given, "--connect-timeout=400ms"]);
        let error = format!("{stage} took longer than 0.4 s; {refused}");
        let hint = "--connect-timeout sets the limit";
        fails(stage, command, &error, hint, 28);
    }
}

/// A port that takes no more calls, and lets them wait.
#[cfg(target_os = "linux")]
fn full_door() -> (Vec<OwnedFd>, SocketAddr) {
    use rustix::net::listen;
    use std::net::TcpStream;

    let (door, address) = taken_port();
    listen(&door, 0).expect("a door that takes one");
    let mut held = vec![door];
    while let Ok(call) = TcpStream::connect_timeout(&address, LIMIT) {
        assert!(held.len() < 100, "the door does not fill");
        held.push(call.into());
    }
    (held, address)
}

/// A port that is taken, so that nobody else gets it, and refuses.
fn taken_port() -> (OwnedFd, SocketAddr) {
    taken(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))
}

/// The same at this address, with port 0 any port.
fn taken(at: SocketAddrV4) -> (OwnedFd, SocketAddr) {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&socket, &at).expect("a free port");
    let address = getsockname(&socket).expect("an address");
    let address = SocketAddr::try_from(address).expect("an IPv4 address");
    (socket, address)
}

#[test]
fn a_proxy_that_refuses_connections_is_told_as_the_proxy() {
    let (_taken, address) = taken_port();
    for (scheme, target) in [("http", "ws://h.invalid"), ("socks5h", "wss://h.invalid")] {
        let command = talk(target).args(["--proxy", &format!("{scheme}://{address}")]);
        let error = format!("cannot connect to the proxy {address}: connection refused");
        let hint = "nothing listens there: is the proxy running? it is from --proxy; \
                    --noproxy '*' goes without a proxy";
        fails(scheme, command, &error, hint, 7);
    }
    let command = talk("ws://h.invalid").env("http_proxy", address.to_string());
    let output = command.run();
    output.stderr_contains("it is from http_proxy; ").code(7);
}

#[test]
fn a_proxys_name_that_nobody_has_is_told_as_the_proxys() {
    let output = talk("ws://1.2.3.4")
        .args(["--proxy", "me:hunter2@nowhere.invalid:81"])
        .run();
    let stderr = output.stderr_seen();
    let first = "wstalk: error: cannot resolve the proxy http://nowhere.invalid:81: ";
    assert!(stderr.starts_with(first), "{stderr}");
    assert!(!stderr.contains("hunter2"), "{stderr}");
    let hint = "hint: check the spelling of the proxy in --proxy; --noproxy '*' goes without";
    assert!(stderr.contains(hint), "{stderr}");
    output.stdout("").code(5);
}

#[test]
fn the_family_counts_for_the_proxy() {
    let command = talk("ws://[::1]:81").args(["-6", "--proxy", "127.0.0.1:81"]);
    fails(
        "IPv6",
        command,
        "cannot resolve the proxy http://127.0.0.1:81: this is no IPv6 address",
        "leave --ipv6 (-6) out: this is an IPv4 address",
        5,
    );
    let server = Server::untouched();
    let port = server.port();
    let output = talk("ws://1.2.3.4")
        .args(["-4", "--proxy", &format!("p.invalid:{port}")])
        .args(["--resolve", &format!("p.invalid:{port}:::1")])
        .run();
    output
        .stderr_contains("p.invalid:")
        .stderr_contains("the name has no IPv4 address")
        .code(5);
    server.finish();
}
