//! Of certificates: which are taken, and why the others are not.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use openssl::ssl::{NameType, SslVersion};

use super::super::support::{Authority, Command, Conn, Identity, Server, Tls};
use super::{fails, talk, trusting};

/// A whole conversation of the server's side.
fn greet(conn: &mut Conn<'_>) {
    conn.upgrade();
    conn.text("hello").close(1000, "").expect_close();
    conn.finish();
}

/// The conversation must take place.
#[track_caller]
fn greeted(case: &str, server: Server, command: Command) {
    let output = command.run();
    let seen = (
        output.exit_code(),
        output.stdout_seen(),
        output.stderr_seen(),
    );
    assert_eq!(seen, (Some(0), &b"hello\n"[..], ""), "{case}");
    server.finish();
}

#[test]
fn a_certificate_of_a_given_authority_is_trusted() {
    let authority = Authority::new();
    for (version, name) in [
        (SslVersion::TLS1_2, "TLSv1.2"),
        (SslVersion::TLS1_3, "TLSv1.3"),
    ] {
        let tls = Tls::from(&authority.localhost()).at_most(version);
        let server = Server::accept_tls(tls, move |conn| {
            assert_eq!(conn.tls().expect("TLS").version_str(), name);
            greet(conn);
        });
        let command = trusting(server.url(), &authority);
        greeted(name, server, command);
    }
}

#[test]
fn one_of_several_authorities_in_a_file_is_enough() {
    let authorities = [Authority::new(), Authority::new()];
    let pem: Vec<String> = authorities
        .iter()
        .map(|authority| fs::read_to_string(authority.certificate_path()).expect("a certificate"))
        .collect();
    for authority in &authorities {
        let server = Server::accept_tls(&authority.localhost(), greet);
        let command = talk(server.url());
        let file = command.home().join("authorities.pem");
        fs::write(&file, format!("# two of them\n{}", pem.concat())).expect("a file");
        let command = command.arg("--ca").arg(file);
        greeted("several", server, command);
    }
}

#[test]
fn a_self_signed_certificate_can_be_trusted_by_itself() {
    let identity = Identity::self_signed();
    let server = Server::accept_tls(&identity, greet);
    let command = talk(server.url())
        .arg("--cacert")
        .arg(identity.certificate_path());
    greeted("self-signed", server, command);
}

#[test]
fn insecure_takes_any_certificate() {
    let authority = Authority::new();
    for (case, identity) in [
        ("unknown authority", authority.localhost()),
        ("expired", authority.expired()),
        ("not yet valid", authority.not_yet_valid()),
        ("wrong host", authority.wrong_host()),
        ("self-signed", Identity::self_signed()),
    ] {
        for option in ["-k", "--insecure", "--no-check"] {
            let server = Server::accept_tls(&identity, greet);
            let command = talk(server.url()).arg(option);
            greeted(&format!("{case}, {option}"), server, command);
        }
    }
}

#[test]
fn a_certificate_that_is_not_trusted_says_why_and_what_to_do() {
    let authority = Authority::new();
    let insecure = "--insecure connects all the same";
    for (case, identity, cause, hint) in [
        (
            "expired",
            authority.expired(),
            "certificate has expired",
            format!("the certificate has to be renewed; {insecure}"),
        ),
        (
            "not yet valid",
            authority.not_yet_valid(),
            "certificate is not yet valid",
            format!("check the clock here and on the server; {insecure}"),
        ),
        (
            "wrong host",
            authority.wrong_host(),
            "hostname mismatch",
            format!("connect with a name that the certificate has; {insecure}"),
        ),
        (
            "self-signed",
            Identity::self_signed(),
            "self-signed certificate",
            "trust it with --cacert FILE; --insecure connects to anyone".to_owned(),
        ),
        (
            "another authority",
            Authority::new().localhost(),
            "unable to get local issuer certificate",
            "trust its authority with --cacert FILE; --insecure connects to anyone".to_owned(),
        ),
    ] {
        let server = Server::distrusted(&identity);
        let port = server.port();
        let stderr = format!(
            "wstalk: error: the TLS handshake with localhost:{port} failed: {cause}\nhint: {hint}\n"
        );
        fails(case, trusting(server.url(), &authority), &stderr, 60);
        server.finish();
    }
}

#[test]
fn the_system_does_not_trust_authorities_of_tests() {
    for identity in [Authority::new().localhost(), Identity::self_signed()] {
        let server = Server::distrusted(&identity);
        let output = talk(server.url()).run();
        output
            .stdout("")
            .stderr_contains("\nhint: trust it")
            .code(60);
        server.finish();
    }
}

#[test]
fn an_address_is_checked_as_a_name_is() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        let name = conn.tls().expect("TLS").servername(NameType::HOST_NAME);
        assert_eq!(
            name, None,
            "an address is no server name (RFC 6066 section 3)"
        );
        greet(conn);
    });
    let url = format!("wss://127.0.0.1:{}", server.port());
    greeted("127.0.0.1", server, trusting(&url, &authority));

    let server = Server::distrusted(&authority.wrong_host());
    let port = server.port();
    let stderr = format!(
        "wstalk: error: the TLS handshake with 127.0.0.1:{port} failed: IP address mismatch\n\
         hint: connect with a name that the certificate has; --insecure connects all the same\n"
    );
    let url = format!("wss://127.0.0.1:{port}");
    fails("another", trusting(&url, &authority), &stderr, 60);
    server.finish();
}

#[test]
fn the_host_is_named_in_the_tls_handshake() {
    let authority = Authority::new();
    for options in [&[][..], &["--host", "other.example"]] {
        let server = Server::accept_tls(&authority.localhost(), |conn| {
            let name = conn.tls().expect("TLS").servername(NameType::HOST_NAME);
            assert_eq!(name, Some("localhost"));
            greet(conn);
        });
        let url = server.url().replace("wss://localhost", "https://LOCALHOST");
        let command = trusting(&url, &authority).args(options);
        greeted("SNI", server, command);
    }
}

#[test]
fn authorities_that_cannot_be_read_are_told_before_anyone_is_called() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.set_nonblocking(true).expect("a listener to ask");
    let port = listener.local_addr().expect("an address").port();
    let identity = Identity::self_signed();
    let key = fs::read_to_string(identity.key_path()).expect("a key");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (case, content) in [
        ("missing", None),
        ("empty", Some("")),
        ("no PEM", Some("just words\n")),
        ("a key only", Some(key.as_str())),
        ("a broken certificate", Some(broken)),
    ] {
        let command = talk(&format!("wss://localhost:{port}"));
        let file = command.home().join("ca.pem");
        if let Some(content) = content {
            fs::write(&file, content).expect("a file");
        }
        cannot_read(case, command.arg("--cacert").arg(&file), &file);
    }
    assert!(listener.accept().is_err(), "the server was called");
}

#[track_caller]
fn cannot_read(case: &str, command: Command, file: &Path) {
    let output = command.run();
    let stderr = output.stderr_seen();
    let first = format!("wstalk: error: cannot read {}: ", file.display());
    assert!(stderr.starts_with(&first), "{case}: {stderr}");
    let missing = "no such file or directory\n";
    let is_missing = stderr[first.len()..].starts_with(missing);
    assert_eq!(is_missing, case == "missing", "{case}: {stderr}");
    assert_eq!(output.stdout_seen(), b"", "{case}");
    assert_eq!(output.exit_code(), Some(26), "{case}");
}

#[test]
fn trusting_one_authority_and_anyone_is_a_usage_error() {
    let output = talk("wss://localhost:1")
        .args(["-k", "--cacert", "x"])
        .run();
    output.stdout("").stderr_contains("--cacert").code(2);
}
