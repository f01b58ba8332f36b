//! A certificate of ours: that the server gets it, and what is said when it wants
//! one, or another.

use std::fs;

use openssl::ssl::SslVersion;

use super::super::support::{Authority, Command, Conn, Identity, Server, Tls};
use super::{fails, greet, greeted, talk, trusting};

const VERSIONS: [SslVersion; 2] = [SslVersion::TLS1_2, SslVersion::TLS1_3];

/// With a certificate of ours and its key.
fn showing(command: Command, identity: &Identity) -> Command {
    let (certificate, key) = (identity.certificate_path(), identity.key_path());
    command.arg("--cert").arg(certificate).arg("--key").arg(key)
}

/// Greets a client that has shown a certificate.
fn greet_client(conn: &mut Conn<'_>) {
    let shown = conn.tls().expect("TLS").peer_certificate();
    let subject = format!("{:?}", shown.expect("a certificate").subject_name());
    assert!(subject.contains("wstalk test client"), "{subject}");
    greet(conn);
}

#[test]
fn a_server_that_asks_gets_the_certificate() {
    let authority = Authority::new();
    let client = authority.client();
    for version in VERSIONS {
        let tls = Tls::from(&authority.localhost())
            .demanding_client_certificate(&authority)
            .at_most(version);
        let server = Server::accept_tls(tls, greet_client);
        let command = showing(trusting(server.url(), &authority), &client);
        greeted("asked", server, command);
    }
}

#[test]
fn a_server_that_does_not_ask_gets_none() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        assert!(conn.tls().expect("TLS").peer_certificate().is_none());
        greet(conn);
    });
    let client = authority.client();
    let command = showing(trusting(server.url(), &authority), &client);
    greeted("not asked", server, command);
}

#[test]
fn one_file_may_hold_the_certificate_its_chain_and_its_key() {
    let authority = Authority::new();
    let client = authority.below().client();
    let tls = Tls::from(&authority.localhost()).demanding_client_certificate(&authority);
    let chain: Vec<String> = client
        .chain()
        .iter()
        .map(|one| String::from_utf8(one.to_pem().expect("PEM")).expect("text"))
        .collect();
    assert_eq!(chain.len(), 2);
    let key = fs::read_to_string(client.key_path()).expect("a key");
    let (own, above) = (&chain[0], &chain[1]);
    for (case, content) in [
        (
            "the key last",
            format!("# us\n{own}\nBag Attributes: x\n{above}{key}"),
        ),
        ("the key first", format!("{key}{own}{above}")),
        (
            "lines as on Windows",
            format!("{own}{above}{key}").replace('\n', "\r\n"),
        ),
    ] {
        let server = Server::accept_tls(tls.clone(), greet_client);
        let command = trusting(server.url(), &authority);
        let file = command.home().join("all.pem");
        fs::write(&file, content).expect("a file");
        greeted(case, server, command.arg("--cert").arg(file));
    }
}

#[test]
fn a_server_that_demands_a_certificate_is_told_as_such() {
    let authority = Authority::new();
    for version in VERSIONS {
        let tls = Tls::from(&authority.localhost())
            .demanding_client_certificate(&authority)
            .at_most(version);
        let server = Server::distrusted(tls);
        let stderr = format!(
            "wstalk: error: the TLS handshake with localhost:{} failed: \
             the server requires a client certificate\n\
             hint: show one with --cert FILE and --key FILE, or a PKCS#12 file with --cert\n",
            server.port()
        );
        fails("none", trusting(server.url(), &authority), &stderr, 35);
        server.finish();
    }
}

#[test]
fn a_certificate_that_the_server_refuses_is_told_with_the_reason() {
    let authority = Authority::new();
    let renewed = "the certificate of --cert is no longer valid: it has to be renewed";
    let unknown = "the server does not know the authority that signed the certificate of --cert; \
                   certificates between them belong into the same file";
    let below = authority.below().client();
    for (case, client, alert, hint) in [
        (
            "another authority",
            Authority::new().client(),
            "unknown CA (48)",
            unknown,
        ),
        ("without what is between", below, "unknown CA (48)", unknown),
        (
            "expired",
            authority.expired_client(),
            "certificate expired (45)",
            renewed,
        ),
        (
            "for servers",
            authority.localhost(),
            "unsupported certificate (43)",
            "the server wants another certificate than that of --cert; its log says why",
        ),
    ] {
        for version in VERSIONS {
            let tls = Tls::from(&authority.localhost())
                .demanding_client_certificate(&authority)
                .at_most(version);
            let server = Server::distrusted(tls);
            let stderr = format!(
                "wstalk: error: the TLS handshake with localhost:{} failed: \
                 the server does not accept our certificate: {alert}\nhint: {hint}\n",
                server.port()
            );
            let command = showing(trusting(server.url(), &authority), &client);
            fails(case, command, &stderr, 35);
            server.finish();
        }
    }
}

#[test]
fn a_server_that_asks_for_a_certificate_in_http_is_understood() {
    let page = |title: &str| {
        let body = format!("<html><head><title>400 {title}</title></head></html>\n");
        format!(
            "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for (answer, hint) in [
        (
            page("No required SSL certificate was sent"),
            "hint: show one with --cert FILE and --key FILE, or a PKCS#12 file with --cert\n",
        ),
        (
            page("The SSL certificate error"),
            "hint: the server wants another certificate than that of --cert; its log says why\n",
        ),
        (
            "HTTP/1.1 496 x\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "hint: show one with --cert",
        ),
        (
            page("Request Header Or Cookie Too Large"),
            "hint: the server did not take this for an opening handshake",
        ),
    ] {
        let authority = Authority::new();
        let server = Server::accept_tls(&authority.localhost(), move |conn| {
            conn.reply(&answer);
            conn.finish();
        });
        let output = trusting(server.url(), &authority).run();
        output.stdout("").stderr_contains(hint).code(22);
        server.finish();
    }
}

#[test]
fn a_certificate_of_ours_does_not_go_to_another_origin() {
    let authority = Authority::new();
    let elsewhere = Tls::from(&authority.localhost()).demanding_client_certificate(&authority);
    let elsewhere = Server::distrusted(elsewhere);
    let location = format!("Location: {}/\r\n", elsewhere.url());
    let tls = Tls::from(&authority.localhost()).demanding_client_certificate(&authority);
    let server = Server::accept_tls(tls, move |conn| {
        conn.reply(format!(
            "HTTP/1.1 302 Found\r\n{location}Content-Length: 0\r\n\r\n"
        ));
        conn.finish();
    });
    let client = authority.client();
    let command = showing(trusting(server.url(), &authority), &client);
    let output = command.args(["-L", "-v"]).run();
    output
        .stdout("")
        .stderr_contains("* not sent there, for it is another origin: the client certificate\n")
        .stderr_contains("the server requires a client certificate; a redirect led to ")
        .code(35);
    server.finish();
    elsewhere.finish();
}

#[test]
fn without_tls_a_certificate_is_read_and_not_used() {
    let client = Authority::new().client();
    let server = Server::accept(greet);
    let command = showing(talk(server.url()), &client);
    greeted("ws", server, command);
}
