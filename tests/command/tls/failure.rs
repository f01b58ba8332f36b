//! Of TLS that does not come about, and of TLS that ends.

use super::super::support::{Authority, Conn, Frame, Gate, Server};
use super::{fails, talk, trusting};

type Script = fn(&mut Conn<'_>);

#[test]
fn a_server_without_tls_is_told_with_the_url_to_use() {
    let scripts: [(&str, Script); 3] = [
        ("HTTP", |conn| {
            conn.raw("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        }),
        ("an SSH banner", |conn| {
            conn.raw("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
        }),
        ("escapes", |conn| {
            conn.raw("\u{1b}]0;x\u{7}\u{1b}[2J\u{1b}[31m");
        }),
    ];
    for (case, script) in scripts {
        for option in ["--color=never", "-k"] {
            let server = Server::accept(script);
            let port = server.port();
            let stderr = format!(
                "wstalk: error: the TLS handshake with localhost:{port} failed: what came back is not TLS\n\
                 hint: the server does not speak TLS on this port: use ws://localhost:{port}/a?b\n"
            );
            let url = format!("wss://me:hunter2@localhost:{port}/a?b");
            fails(case, talk(&url).arg(option), &stderr, 35);
            server.finish();
        }
    }
}

/// The TLS handshake with a server that does this must fail so.
#[track_caller]
fn handshake_fails(case: &str, script: Script, cause: &str, hint: &str) {
    let server = Server::accept(script);
    let port = server.port();
    let hint = match hint {
        "" => String::new(),
        hint => format!("hint: {hint}\n"),
    };
    let stderr =
        format!("wstalk: error: the TLS handshake with localhost:{port} failed: {cause}\n{hint}");
    let command = talk(&format!("wss://localhost:{port}"));
    fails(case, command, &stderr, 35);
    server.finish();
}

#[test]
fn a_tls_handshake_that_is_cut_has_failed() {
    let ended = "the server ended the connection";
    let scripts: [(&str, Script, &str); 4] = [
        ("FIN at once", |conn| conn.finish(), ended),
        (
            "FIN after the client's hello",
            |conn| {
                conn.read_exactly(5);
                conn.finish();
            },
            ended,
        ),
        (
            "FIN inside the server's hello",
            |conn| {
                conn.raw(b"\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03")
                    .finish();
            },
            ended,
        ),
        (
            "RST",
            |conn| {
                conn.read_exactly(5);
                conn.reset();
            },
            "the server reset the connection",
        ),
    ];
    let hint = "perhaps this port has no TLS, or the server has no certificate for this host";
    for (case, script, cause) in scripts {
        handshake_fails(case, script, cause, hint);
    }
}

#[test]
fn an_alert_is_told_by_its_name() {
    let scripts: [(Script, &str, &str); 3] = [
        (
            |conn| {
                conn.raw(b"\x15\x03\x03\x00\x02\x02\x28").finish();
            },
            "handshake failure (40)",
            "the server takes no cipher, key or version that we offer; perhaps it wants a client certificate (--cert)",
        ),
        (
            |conn| {
                conn.raw(b"\x15\x03\x03\x00\x02\x02\x70").finish();
            },
            "unrecognized name (112)",
            "the server has no host of this name: is it in the URL? --no-sni leaves it out",
        ),
        (
            |conn| {
                conn.raw(b"\x15\x03\x03\x00\x02\x02\xc8").finish();
            },
            "number 200",
            "",
        ),
    ];
    for (script, alert, hint) in scripts {
        let cause = format!("the server ended it with the alert: {alert}");
        handshake_fails(alert, script, &cause, hint);
    }
}

#[test]
fn a_server_that_closes_after_the_tls_handshake_has_not_answered() {
    let authority = Authority::new();
    let scripts: [(&str, Script); 3] = [
        ("close_notify", |conn| {
            conn.read_head();
            conn.finish();
        }),
        ("FIN alone", |conn| {
            conn.read_head();
            conn.hang_up();
        }),
        ("RST", |conn| {
            conn.read_head();
            conn.reset();
        }),
    ];
    for (case, script) in scripts {
        let server = Server::accept_tls(&authority.localhost(), script);
        let output = trusting(server.url(), &authority).run();
        let stderr = output.stderr_seen();
        let first = "wstalk: error: the server closed the connection before it answered\n";
        assert!(stderr.starts_with(first), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(52), "{case}");
        server.finish();
    }
}

#[test]
fn the_end_of_tls_without_a_close_frame_is_a_lost_connection() {
    let authority = Authority::new();
    let scripts: [(&str, Script); 4] = [
        ("close_notify", |conn| conn.finish()),
        ("close_notify inside a message", |conn| {
            conn.send(&Frame::text("par").claiming(8)).finish();
        }),
        ("FIN alone", |conn| conn.hang_up()),
        ("RST", |conn| conn.reset()),
    ];
    for (case, script) in scripts {
        let seen = Gate::default();
        let go = seen.clone();
        let server = Server::accept_tls(&authority.localhost(), move |conn| {
            conn.upgrade();
            conn.text("whole");
            go.pass("the first message on stdout");
            script(conn);
        });
        let mut running = trusting(server.url(), &authority).start();
        running.wait_stdout("whole\n");
        seen.open();
        let output = running.finish();
        let stderr = output.stderr_seen();
        assert!(
            stderr.contains("wstalk: error: the connection was lost: "),
            "{case}: {stderr}"
        );
        assert!(stderr.contains("(1006)\nhint: "), "{case}: {stderr}");
        let part = case.contains("inside");
        let told = "* message 2 was cut short after 3 bytes\n";
        assert_eq!(stderr.starts_with(told), part, "{case}: {stderr}");
        let rest: &[u8] = if part { b"whole\npar" } else { b"whole\n" };
        assert_eq!(output.stdout_seen(), rest, "{case}");
        assert_eq!(output.exit_code(), Some(56), "{case}");
        server.finish();
    }
}
