//! wss: `--cert` and `--key`.

use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use openssl::pkcs12::Pkcs12;
use openssl::x509::X509;

use super::super::support::certificates::{Authority, Identity};
use super::super::support::wstalk;
use super::Listener;

fn listener(identity: &Identity, options: &[&str]) -> Listener {
    let command = wstalk()
        .args(["listen", "--echo", "--cert"])
        .arg(identity.certificate_path())
        .arg("--key")
        .arg(identity.key_path());
    Listener::start(command.args(options))
}

/// One message there and back, over TLS; what the client said of it.
#[track_caller]
fn talk(authority: &Authority, url: &str, options: &[&str]) -> String {
    let talk = wstalk()
        .arg(url)
        .arg("--cacert")
        .arg(authority.certificate_path())
        .args(options)
        .args(["-1", "-v"])
        .stdin("hello\n");
    let output = talk.run().stdout("hello\n").code(0);
    output.stderr_seen().to_owned()
}

#[test]
fn clients_come_in_over_tls_of_both_versions() {
    let authority = Authority::new();
    let listener = listener(&authority.localhost(), &[]);
    assert!(listener.url.starts_with("wss://127.0.0.1:"));
    for (options, version) in [(&[][..], "TLS 1.3"), (&["--tls-max", "1.2"], "TLS 1.2")] {
        let told = talk(&authority, &listener.url, options);
        assert!(told.contains(version), "{told}");
    }
    listener.stop();
}

#[test]
fn a_chain_is_shown_whole() {
    let authority = Authority::new();
    let identity = authority.below().localhost();
    let pem = |one: &X509| one.to_pem().expect("PEM");
    let chain: Vec<u8> = identity.chain().iter().flat_map(pem).collect();
    fs::write(identity.certificate_path(), chain).expect("written");
    let listener = listener(&identity, &[]);
    talk(&authority, &listener.url, &[]);
    listener.stop();
}

#[test]
fn large_messages_come_back_over_tls() {
    let authority = Authority::new();
    let listener = listener(&authority.localhost(), &[]);
    let message = format!("{}\n", "x".repeat(3_000_000)).repeat(4);
    let talk = wstalk()
        .arg(&listener.url)
        .args(["-k", "-N", "4"])
        .stdin(&message);
    talk.run().stdout(&message).code(0);
    listener.stop();
}

#[test]
fn pkcs12_and_passphrases_are_taken_as_the_client_takes_them() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let bytes = Pkcs12::builder()
        .pkey(identity.key())
        .cert(&identity.chain()[0])
        .build2("secret")
        .and_then(|built| built.to_der())
        .expect("a file of PKCS#12");
    let command = wstalk();
    let file = command.home().join("identity.p12");
    fs::write(&file, bytes).expect("written");
    fs::write(command.home().join("pass"), "secret\n").expect("written");
    let command = command
        .args(["listen", "--echo", "--cert", "identity.p12"])
        .arg("--passphrase=@pass");
    let listener = Listener::start(command);
    talk(&authority, &listener.url, &[]);
    listener.stop();
}

#[test]
fn who_does_not_speak_tls_is_told_and_others_are_served() {
    let authority = Authority::new();
    let listener = listener(&authority.localhost(), &[]);
    let mut silent = listener.tcp();
    silent.write_all(b"\x16").expect("written");
    let mut plain = listener.tcp();
    plain
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect("written");
    let mut answer = String::new();
    plain.read_to_string(&mut answer).expect("an end");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("wss://"), "{answer}");
    talk(&authority, &listener.url, &[]);
    // Whoever is still at it does not hold up the end.
    let began = Instant::now();
    listener.stop();
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_client_that_does_not_trust_us_harms_nobody() {
    let authority = Authority::new();
    let listener = listener(&authority.localhost(), &[]);
    let other = Authority::new();
    let stranger = wstalk()
        .arg(&listener.url)
        .arg("--cacert")
        .arg(other.certificate_path());
    assert_eq!(stranger.run().exit_code(), Some(60));
    talk(&authority, &listener.url, &[]);
    listener.stop();
}

#[test]
fn a_certificate_without_a_usable_key_is_told_before_anybody_can_come() {
    let authority = Authority::new();
    let (one, other) = (authority.localhost(), authority.localhost());
    let listen = || {
        wstalk()
            .args(["listen", "--echo", "--cert"])
            .arg(one.certificate_path())
    };
    let cases = [
        ("no key", listen(), "there is no private key in it", 58),
        (
            "another's key",
            listen().arg("--key").arg(other.key_path()),
            "its key does not belong to the certificate",
            58,
        ),
        (
            "no file",
            listen().args(["--key", "missing.pem"]),
            "cannot read missing.pem",
            26,
        ),
    ];
    for (case, command, why, code) in cases {
        let output = command.run();
        let told = output.stderr_seen().to_owned();
        assert!(
            told.contains(why) && !told.contains("listening"),
            "{case}: {told}"
        );
        assert_eq!(output.exit_code(), Some(code), "{case}");
    }
    let alone = wstalk().args(["listen", "--echo", "--key", "key.pem"]);
    alone.run().stdout("").stderr_contains("--cert").code(2);
}
