//! Of certificates, and of servers that show them.

use std::io::{Read, Write};
use std::net::TcpStream;

use openssl::ssl::{SslConnector, SslFiletype, SslMethod, SslStream, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use tungstenite::Message;

use super::super::support::{Authority, Identity, Server, Tls, echo_server_tls};
use super::failure;

/// Shakes hands as a client that trusts this authority and no other.
fn connect(
    server: &Server,
    trusted: &Authority,
    shown: Option<&Identity>,
) -> Result<SslStream<TcpStream>, &'static str> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).expect("a connector");
    let store = X509StoreBuilder::new().expect("a store");
    builder.set_cert_store(store.build());
    builder
        .set_ca_file(trusted.certificate_path())
        .expect("a CA file");
    if let Some(identity) = shown {
        let (certificate, key) = (identity.certificate_path(), identity.key_path());
        builder
            .set_certificate_chain_file(certificate)
            .expect("a certificate");
        builder
            .set_private_key_file(key, SslFiletype::PEM)
            .expect("a key");
    }
    let tcp = TcpStream::connect(server.address()).expect("a server");
    match builder.build().connect("localhost", tcp) {
        Ok(stream) => Ok(stream),
        Err(openssl::ssl::HandshakeError::Failure(middle)) => {
            Err(middle.ssl().verify_result().error_string())
        }
        Err(error) => panic!("no handshake: {error}"),
    }
}

#[test]
fn a_good_certificate_is_trusted_over_tls_1_3() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        assert_eq!(conn.tls().expect("TLS").version_str(), "TLSv1.3");
        assert_eq!(conn.read_exactly(5), b"hello");
        conn.raw("you").finish();
    });
    assert!(
        server.url().starts_with("wss://localhost:"),
        "{}",
        server.url()
    );
    let mut client = connect(&server, &authority, None).expect("trust");
    client.write_all(b"hello").expect("written");
    let mut answer = String::new();
    client
        .read_to_string(&mut answer)
        .expect("an answer and close_notify");
    assert_eq!(answer, "you");
    drop(client);
    server.finish();
}

#[test]
fn each_bad_certificate_is_refused_for_its_own_reason() {
    let authority = Authority::new();
    let cases = [
        (authority.expired(), "certificate has expired"),
        (authority.not_yet_valid(), "certificate is not yet valid"),
        (authority.wrong_host(), "hostname mismatch"),
        (Identity::self_signed(), "self-signed certificate"),
        (
            Authority::new().localhost(),
            "unable to get local issuer certificate",
        ),
    ];
    for (identity, reason) in cases {
        let server = Server::distrusted(&identity);
        let refused = connect(&server, &authority, None).expect_err("no trust");
        assert!(refused.starts_with(reason), "{refused}");
        server.finish();
    }
}

#[test]
fn a_handshake_that_fails_unexpectedly_is_a_failure() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.expired(), |_| {});
    connect(&server, &authority, None).expect_err("no trust");
    let failure = failure(|| server.finish());
    assert!(failure.starts_with("the TLS handshake failed"), "{failure}");
}

#[test]
fn a_distrusted_server_that_is_spoken_to_is_a_failure() {
    let authority = Authority::new();
    let server = Server::distrusted(&authority.localhost());
    let mut client = connect(&server, &authority, None).expect("trust");
    client.write_all(b"x").expect("written");
    drop(client);
    let failure = failure(|| server.finish());
    assert!(failure.contains("trusts this server"), "{failure}");
}

#[test]
fn a_client_certificate_can_be_demanded() {
    let authority = Authority::new();
    let tls = Tls::from(&authority.localhost())
        .demanding_client_certificate(&authority)
        .at_most(SslVersion::TLS1_2);
    let server = Server::accept_tls(tls.clone(), |conn| {
        let shown = conn.tls().and_then(|tls| tls.peer_certificate());
        assert!(shown.expect("a certificate").subject_alt_names().is_none());
        assert_eq!(conn.tls().expect("TLS").version_str(), "TLSv1.2");
    });
    let identity = authority.client();
    drop(connect(&server, &authority, Some(&identity)).expect("trust"));
    server.finish();

    let server = Server::distrusted(tls);
    connect(&server, &authority, None).expect_err("no certificate, no handshake");
    server.finish();
}

#[test]
fn an_echo_works_over_tls() {
    let authority = Authority::new();
    let server = echo_server_tls(&authority.named("a\nb"));
    let stream = connect(&server, &authority, None).expect("trust");
    let (mut socket, _) = tungstenite::client(server.url(), stream).expect("an upgrade");
    for size in [0, 1, 16_384, 100_000] {
        let message = Message::binary(vec![3; size]);
        socket.send(message.clone()).expect("sent");
        assert_eq!(socket.read().expect("an echo"), message);
    }
}

#[test]
fn files_are_pem_that_common_tools_read() {
    let identity = Identity::self_signed();
    for (path, first) in [
        (identity.certificate_path(), "-----BEGIN CERTIFICATE-----"),
        (identity.key_path(), "-----BEGIN PRIVATE KEY-----"),
    ] {
        let text = std::fs::read_to_string(path).expect("a file");
        assert_eq!(text.lines().next(), Some(first));
    }
}
