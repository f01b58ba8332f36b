//! Of certificates: which are taken, and why the others are not.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use openssl::ssl::{NameType, SslVersion};

use super::super::support::{Authority, Identity, Server, Tls};
use super::{fails, greet, greeted, talk, trusting};

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
fn the_final_dot_of_a_host_is_no_part_of_its_name_in_tls() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        let name = conn.tls().expect("TLS").servername(NameType::HOST_NAME);
        assert_eq!(name, Some("localhost"));
        greet(conn);
    });
    let place = format!("localhost.:{}", server.port());
    let command = trusting(&format!("wss://{place}"), &authority);
    let command = command.args(["--resolve", &format!("{place}:127.0.0.1")]);
    greeted("a dot", server, command);
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
    let pem = fs::read_to_string(identity.certificate_path()).expect("a certificate");
    let none = "there is no PEM certificate in it";
    let takes = "--cacert takes certificates in PEM, one after the other";
    let broken = "# two\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let second = format!("{pem}{broken}");
    let line = pem.lines().count() + 2;
    let der = identity.chain()[0].to_der().expect("DER");
    for (case, content, problem, hint) in [
        ("missing", None, "no such file or directory", ""),
        ("empty", Some(&b""[..]), none, takes),
        ("no PEM", Some(b"just words\n"), none, takes),
        ("a key only", Some(key.as_bytes()), none, takes),
        (
            "a broken certificate",
            Some(second.as_bytes()),
            &format!("certificate 2 in it, which begins on line {line}, is broken"),
            "",
        ),
        (
            "a cut certificate",
            Some(&pem.as_bytes()[..100]),
            "what begins on line 1 has no end",
            "",
        ),
        (
            "DER",
            Some(&der),
            "it is DER, not PEM",
            "convert it: openssl x509 -inform DER -in ca.pem -out ca.x509.pem",
        ),
    ] {
        let command = talk(&format!("wss://localhost:{port}"));
        if let Some(content) = content {
            fs::write(command.home().join("ca.pem"), content).expect("a file");
        }
        let hint = match hint {
            "" => String::new(),
            hint => format!("hint: {hint}\n"),
        };
        let stderr = format!("wstalk: error: cannot read ca.pem: {problem}\n{hint}");
        fails(case, command.args(["--cacert", "ca.pem"]), &stderr, 26);
    }
    assert!(listener.accept().is_err(), "the server was called");
}

#[test]
fn trusting_one_authority_and_anyone_is_a_usage_error() {
    let output = talk("wss://localhost:1")
        .args(["-k", "--cacert", "x"])
        .run();
    output.stdout("").stderr_contains("--cacert").code(2);
}
