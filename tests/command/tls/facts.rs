//! What TLS came to, as it is told: in events, in the notice, with `-v`.

use std::sync::{Arc, Mutex};

use openssl::ssl::SslVersion;
use serde_json::Value;

use super::super::support::events::events;
use super::super::support::{Authority, Command, Conn, Server, Tls};
use super::{greet, trusting};

/// The name of the cipher, as the server has it.
type Cipher = Arc<Mutex<String>>;

/// A server that greets, and notes what was agreed on.
fn server(tls: Tls, version: &'static str) -> (Server, Cipher) {
    let cipher = Cipher::default();
    let noted = cipher.clone();
    let server = Server::accept_tls(tls, move |conn| {
        let agreed = conn.tls().expect("TLS");
        assert_eq!(agreed.version_str(), version);
        let name = agreed.current_cipher().and_then(|one| one.standard_name());
        *noted.lock().expect("a sound lock") = name.expect("a name").to_owned();
        greet(conn);
    });
    (server, cipher)
}

/// The first event of a run, which must go well.
#[track_caller]
fn opened(command: Command) -> Value {
    let output = command.args(["--output", "json"]).run();
    assert_eq!(output.exit_code(), Some(0), "{}", output.stderr_seen());
    events(output.stdout_seen()).swap_remove(0)
}

#[test]
fn the_event_of_an_opening_has_version_cipher_and_certificate() {
    let authority = Authority::new();
    let identity = authority.named("a \u{1b}[31mname, Inc");
    for (case, tls, version, number) in [
        ("1.3", Tls::from(&identity), "TLSv1.3", "1.3"),
        (
            "1.2",
            Tls::from(&identity).at_most(SslVersion::TLS1_2),
            "TLSv1.2",
            "1.2",
        ),
        (
            "a second hello",
            Tls::from(&identity).groups("secp521r1"),
            "TLSv1.3",
            "1.3",
        ),
    ] {
        let (server, cipher) = server(tls, version);
        let open = opened(trusting(server.url(), &authority));
        server.finish();
        let tls = &open["tls"];
        assert_eq!(tls["version"], number, "{case}");
        let cipher = cipher.lock().expect("a sound lock");
        assert_eq!(tls["cipher"], *cipher, "{case}");
        assert_eq!(tls["subject"], "CN=a \u{1b}[31mname\\, Inc", "{case}");
        assert_eq!(tls["issuer"], "CN=wstalk test authority", "{case}");
        assert!(tls["expires"].is_string(), "{case}: {tls}");
    }
}

#[test]
fn verbose_tells_of_tls_and_of_the_certificate() {
    let authority = Authority::new();
    let tls = Tls::from(&authority.named("\u{1b}[31mname"));
    let (server, cipher) = server(tls, "TLSv1.3");
    let output = trusting(server.url(), &authority).arg("-v").run();
    server.finish();
    let stderr = output.stderr_seen();
    let starts = |start: &str| {
        stderr
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    };
    let cipher = cipher.lock().expect("a sound lock");
    assert_eq!(starts(&format!("* TLS 1.3, {cipher} (")), 1, "{stderr}");
    let certificate =
        "* certificate of CN=\\u001b[31mname, issued by CN=wstalk test authority, valid until 2";
    assert_eq!(starts(certificate), 1, "{stderr}");
    let connected = stderr
        .lines()
        .find(|line| line.starts_with("* connected to "));
    let connected = connected.unwrap_or_else(|| panic!("{stderr}"));
    assert!(connected.contains(", TLS 1.3, "), "{connected}");
    output.stdout("hello\n").code(0);
}

#[test]
fn the_prompt_tells_the_version_and_the_status_the_cipher() {
    let authority = Authority::new();
    let tls = Tls::from(&authority.localhost()).at_most(SslVersion::TLS1_2);
    let server = Server::accept_tls(tls, |conn: &mut Conn<'_>| {
        conn.upgrade();
        conn.expect_close();
        conn.close(1000, "").finish();
    });
    let file = authority.certificate_path();
    let mut terminal = super::wstalk()
        .arg(server.url())
        .arg("--cacert")
        .arg(file)
        .in_terminal(30, 100);
    terminal.wait_for_text(", TLS 1.2, ");
    terminal
        .type_("/status\r")
        .wait_for_text("TLS 1.2, TLS_ECDHE_");
    terminal.type_("/quit\r");
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}
