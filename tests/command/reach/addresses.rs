//! Of the addresses of a name: which are used, in which order, and what is said
//! when none answers.

use std::net::Ipv6Addr;
#[cfg(target_os = "linux")]
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use rustix::net::{AddressFamily, SocketType, bind, socket};

use super::super::support::{Authority, Server, deaf_port};
use super::{ends, fails, greet, greeted, greeting_server, talk};

#[test]
fn a_given_address_takes_the_place_of_a_look_up() {
    for (host, given) in [
        ("nowhere.invalid", "nowhere.invalid:PORT:127.0.0.1"),
        ("NOWHERE.invalid", "nowhere.INVALID:PORT:127.0.0.1"),
        ("any.invalid", "*:PORT:127.0.0.1"),
        ("[2001:db8::1]", "[2001:db8::1]:PORT:127.0.0.1"),
    ] {
        let server = Server::accept(move |conn| {
            let head = conn.upgrade();
            let named = head.header("Host").expect("a host").to_ascii_lowercase();
            assert!(named.starts_with(&host.to_ascii_lowercase()), "{named}");
            conn.text("hello").close(1000, "").expect_close();
            conn.finish();
        });
        let port = server.port().to_string();
        let given = given.replace("PORT", &port);
        let command = talk(format!("ws://{host}:{port}")).args(["--resolve", &given]);
        greeted(host, command);
        server.finish();
    }
}

#[test]
fn the_certificate_is_that_of_the_name_not_of_the_given_address() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.wrong_host(), |conn| {
        let name = conn
            .tls()
            .expect("TLS")
            .servername(openssl::ssl::NameType::HOST_NAME);
        assert_eq!(name, Some("other.example"));
        greet(conn);
    });
    let port = server.port();
    let command = talk(format!("wss://other.example:{port}"))
        .args(["--resolve", &format!("other.example:{port}:127.0.0.1")])
        .arg("--cacert")
        .arg(authority.certificate_path());
    greeted("TLS", command);
    server.finish();
}

#[test]
fn an_address_that_refuses_is_followed_by_the_next_at_once() {
    let server = greeting_server();
    let port = server.port();
    // Nobody listens there on the other addresses of the loopback.
    let given = format!("h.invalid:{port}:127.0.0.2,::1,127.0.0.3,127.0.0.1");
    let began = Instant::now();
    let command = talk(format!("ws://h.invalid:{port}")).args(["--resolve", &given]);
    greeted("the last", command);
    assert!(began.elapsed() < Duration::from_secs(5));
    server.finish();
}

/// Only Linux is known to let calls wait at a full door.
#[cfg(target_os = "linux")]
#[test]
fn an_address_that_keeps_silent_is_overtaken_by_the_next() {
    use rustix::net::listen;
    use std::net::TcpStream;

    let server = greeting_server();
    let port = server.port();
    let door = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    let silent = SocketAddr::from(([127, 0, 0, 2], port));
    bind(&door, &silent).expect("the same port elsewhere");
    listen(&door, 0).expect("a door that takes one");
    let mut waiting = Vec::new();
    while let Ok(call) = TcpStream::connect_timeout(&silent, Duration::from_millis(200)) {
        assert!(waiting.len() < 100, "the door does not fill");
        waiting.push(call);
    }
    let given = format!("h.invalid:{port}:127.0.0.2,127.0.0.1");
    let output = talk(format!("ws://h.invalid:{port}"))
        .args(["--resolve", &given, "-v"])
        .run();
    let stderr = output.stderr_seen().to_owned();
    let place = |text: &str| {
        stderr
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {stderr}"))
    };
    let first = place(&format!("* trying 127.0.0.2:{port}\n"));
    let second = place(&format!("* trying 127.0.0.1:{port}\n"));
    let reached = place(&format!("* reached 127.0.0.1:{port} ("));
    assert!(first < second && second < reached, "{stderr}");
    output.stdout("hello\n").code(0);
    server.finish();
}

#[test]
fn when_no_address_answers_each_is_named_with_its_cause() {
    let (_taken, port) = deaf_port();
    let hint = format!(
        "nothing listens on port {port} there: is the server running, is the port right? --retry waits for one that is starting"
    );
    for (addresses, error) in [
        ("127.0.0.1", format!("127.0.0.1:{port}: connection refused")),
        (
            "127.0.0.1,127.0.0.2",
            format!("127.0.0.1:{port} or 127.0.0.2:{port}: connection refused"),
        ),
        (
            "255.255.255.255,127.0.0.1",
            format!(
                "255.255.255.255:{port}: network is unreachable; to 127.0.0.1:{port}: connection refused"
            ),
        ),
    ] {
        let command = talk(format!("ws://h.invalid:{port}"))
            .args(["--resolve", &format!("h.invalid:{port}:{addresses}")]);
        let output = command.run();
        let stderr = output.stderr_seen().to_owned();
        let expected = format!("wstalk: error: cannot connect to {error}\nhint: {hint}\n");
        // What the system says of the broadcast address depends on it.
        if addresses.starts_with("255") {
            assert!(
                stderr.contains("; to 127.0.0.1:") && stderr.contains(&hint),
                "{stderr}"
            );
        } else {
            assert_eq!(stderr, expected);
        }
        assert_eq!(output.exit_code(), Some(7), "{addresses}");
    }
}

#[test]
fn only_the_family_that_was_asked_for_is_used() {
    let server = greeting_server();
    let port = server.port();
    let url = format!("ws://h.invalid:{port}");
    let given = format!("h.invalid:{port}:[::1],127.0.0.1");
    for option in ["-6", "--ipv6"] {
        let command = talk(&url).args(["--resolve", &given, option]);
        let output = command.run();
        // The server is on IPv4 alone.
        let stderr = output.stderr_seen();
        let first = format!("wstalk: error: cannot connect to [::1]:{port}: ");
        assert!(stderr.starts_with(&first), "{stderr}");
        output.stdout("").code(7);
    }
    let command = talk(&url).args(["--resolve", &given, "-4", "-v"]);
    let output = command.run();
    assert!(!output.stderr_seen().contains("::1"));
    output.stdout("hello\n").code(0);
    server.finish();
}

#[test]
fn a_name_or_an_address_of_the_other_family_is_told() {
    let server = Server::untouched();
    let port = server.port();
    let given = format!("h.invalid:{port}:127.0.0.1");
    for (case, host, option, error, hint) in [
        (
            "a name",
            "h.invalid",
            "-6",
            "cannot resolve h.invalid: the name has no IPv6 address",
            "leave --ipv6 (-6) out to use its other addresses",
        ),
        (
            "IPv4",
            "127.0.0.1",
            "-6",
            "cannot resolve 127.0.0.1: this is no IPv6 address",
            "leave --ipv6 (-6) out: this is an IPv4 address",
        ),
        (
            "IPv6",
            "[::1]",
            "-4",
            "cannot resolve [::1]: this is no IPv4 address",
            "leave --ipv4 (-4) out: this is an IPv6 address",
        ),
    ] {
        let command = talk(format!("ws://{host}:{port}")).args([option, "--resolve", &given]);
        fails(case, command, error, hint, 6);
    }
    server.finish();
}

#[test]
fn a_server_on_ipv6_alone_is_reached_by_its_address_and_by_name() {
    let server = Server::repeat_at(Ipv6Addr::LOCALHOST, None, greet);
    let port = server.port();
    greeted("literal", talk(format!("ws://[::1]:{port}")));
    let given = format!("h.invalid:{port}:127.0.0.1,::1");
    let command = talk(format!("ws://h.invalid:{port}")).args(["--resolve", &given]);
    let output = command.run();
    ends("named", &output, "hello\n", "", 0);
    server.finish();
}
