//! Files of certificates and keys that cannot be used: each says what is wrong with
//! it, and the command that makes it right.

use std::fs;

use openssl::pkey::{PKey, Private};
use openssl::symm::Cipher;

use super::super::support::{Authority, Command, Identity, Server};
use super::{fails, talk};

/// A command in whose home stand `client.pem` and what is given.
fn with_files(server: &Server, client: &Identity, files: &[(&str, &[u8])]) -> Command {
    let command = talk(&server.url().replace("ws://", "wss://"));
    let certificate = fs::read(client.certificate_path()).expect("a certificate");
    let own = [("client.pem", &certificate[..])];
    for (name, content) in own.iter().chain(files) {
        fs::write(command.home().join(name), content).expect("a file");
    }
    command
}

/// The key must be refused so, without a call to the server.
#[track_caller]
fn key_fails(client: &Identity, name: &str, content: &[u8], problem: &str, hint: &str) {
    let server = Server::untouched();
    let command = with_files(&server, client, &[(name, content)]);
    let command = command.args(["--cert", "client.pem", "--key", name]);
    let hint = match hint {
        "" => String::new(),
        hint => format!("hint: {hint}\n"),
    };
    let stderr = format!("wstalk: error: cannot use {name}: {problem}\n{hint}");
    fails(name, command, &stderr, 58);
    server.finish();
}

fn rsa() -> PKey<Private> {
    let rsa = openssl::rsa::Rsa::generate(1024).expect("a new key");
    PKey::from_rsa(rsa).expect("a key")
}

#[test]
fn keys_of_other_forms_are_answered_with_the_command_that_converts_them() {
    let client = Authority::new().client();
    let ec = client.key().ec_key().expect("an EC key");
    let rsa = rsa().rsa().expect("an RSA key");
    let pkcs8 = client.key().private_key_to_pkcs8().expect("DER");
    let aes = Cipher::aes_128_cbc();
    let encrypted = client.key().private_key_to_pkcs8_passphrase(aes, b"x");
    let open_ssh = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n";
    for (name, content, problem, hint) in [
        (
            "rsa.key",
            rsa.private_key_to_pem().expect("PEM"),
            "its key is in the old form of RSA keys (PKCS#1), not in PKCS#8",
            "convert it: openssl pkcs8 -topk8 -nocrypt -in rsa.key -out rsa.pkcs8.pem, then --key rsa.pkcs8.pem",
        ),
        (
            "locked rsa.key",
            rsa.private_key_to_pem_passphrase(aes, b"x").expect("PEM"),
            "its key is in the old form of RSA keys (PKCS#1), not in PKCS#8",
            "convert it: openssl pkcs8 -topk8 -in 'locked rsa.key' -out 'locked rsa.pkcs8.pem', then --key 'locked rsa.pkcs8.pem'",
        ),
        (
            "ec.pem",
            ec.private_key_to_pem().expect("PEM"),
            "its key is in the old form of EC keys (SEC1), not in PKCS#8",
            "convert it: openssl pkcs8 -topk8 -nocrypt -in ec.pem -out ec.pkcs8.pem, then --key ec.pkcs8.pem",
        ),
        (
            "id_ecdsa",
            open_ssh.to_vec(),
            "its key is in the form of OpenSSH, not in PKCS#8",
            "convert a copy: cp id_ecdsa id_ecdsa.pkcs8.pem && ssh-keygen -p -N '' -m PKCS8 -f id_ecdsa.pkcs8.pem, then --key id_ecdsa.pkcs8.pem",
        ),
        (
            "a.der",
            pkcs8,
            "its key is DER, not PEM",
            "convert it: openssl pkey -inform DER -in a.der -out a.pkcs8.pem, then --key a.pkcs8.pem",
        ),
        (
            "b.der",
            encrypted.expect("DER"),
            "its key is DER and encrypted, not PEM",
            "convert it: openssl pkcs8 -inform DER -in b.der -out b.pkcs8.pem, then --key b.pkcs8.pem",
        ),
    ] {
        key_fails(&client, name, &content, problem, hint);
    }
}

#[test]
fn keys_that_are_none_or_belong_to_another_certificate_are_told() {
    let client = Authority::new().client();
    let other = fs::read(Authority::new().client().key_path()).expect("a key");
    let another_kind = rsa().private_key_to_pem_pkcs8().expect("PEM");
    let mine =
        "the first certificate in the file of --cert has to be the one that was made for this key";
    let certificate = fs::read(client.certificate_path()).expect("a certificate");
    let no_key = "there is no private key in it";
    let name_it = "--key FILE takes the private key, in PEM (PKCS#8)";
    let pem =
        |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    for (name, content, problem, hint) in [
        (
            "other.pem",
            &other[..],
            "its key does not belong to the certificate",
            mine,
        ),
        (
            "rsa.pem",
            &another_kind,
            "its key does not belong to the certificate",
            mine,
        ),
        ("none.pem", &certificate, no_key, name_it),
        ("words.txt", b"just words\n", no_key, name_it),
        ("empty.pem", b"", no_key, name_it),
        (
            "broken.pem",
            pem("AAAA").as_bytes(),
            "its private key is broken",
            "",
        ),
        (
            "bad.pem",
            pem("not base64").as_bytes(),
            "its private key is broken",
            "",
        ),
        (
            "cut.pem",
            b"\n-----BEGIN PRIVATE KEY-----\nAAAA\n",
            "what begins on line 2 has no end",
            "",
        ),
    ] {
        key_fails(&client, name, content, problem, hint);
    }
}

/// What is given as a certificate must be refused so.
#[track_caller]
fn certificate_fails(client: &Identity, name: &str, content: &[u8], problem: &str, hint: &str) {
    let server = Server::untouched();
    let command = with_files(&server, client, &[(name, content)]);
    let command = command
        .args(["--cert", name, "--key"])
        .arg(client.key_path());
    let hint = match hint {
        "" => String::new(),
        hint => format!("hint: {hint}\n"),
    };
    let stderr = format!("wstalk: error: cannot use {name}: {problem}\n{hint}");
    fails(name, command, &stderr, 58);
    server.finish();
}

#[test]
fn certificates_that_are_none_are_told() {
    let client = Authority::new().client();
    let key = fs::read(client.key_path()).expect("a key");
    let der = client.chain()[0].to_der().expect("DER");
    let pem = fs::read_to_string(client.certificate_path()).expect("a certificate");
    let broken = format!("{pem}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let line = pem.lines().count() + 2;
    let takes = "--cert takes PEM with the certificate and what stands between it and its authority, or PKCS#12";
    let none = "there is no certificate in it";
    for (name, content, problem, hint) in [
        ("key.pem", &key[..], none, takes),
        ("words.txt", b"just words\n", none, takes),
        ("empty.pem", b"", none, takes),
        (
            "cert.der",
            &der,
            "its certificate is DER, not PEM",
            "convert it: openssl x509 -inform DER -in cert.der -out cert.x509.pem, then --cert cert.x509.pem",
        ),
        (
            "two.pem",
            broken.as_bytes(),
            &format!("certificate 2 in it, which begins on line {line}, is broken"),
            "",
        ),
        (
            "chain.p7b",
            b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
            "its certificates are in PKCS#7",
            "convert it: openssl pkcs7 -print_certs -in chain.p7b -out chain.x509.pem, then --cert chain.x509.pem",
        ),
    ] {
        certificate_fails(&client, name, content, problem, hint);
    }
}

#[test]
fn a_certificate_without_a_key_says_where_the_key_is_looked_for() {
    let client = Authority::new().client();
    let server = Server::untouched();
    let command = with_files(&server, &client, &[]).args(["--cert", "client.pem"]);
    let stderr = "wstalk: error: cannot use client.pem: there is no private key in it\n\
                  hint: --key FILE takes the private key, in PEM (PKCS#8)\n";
    fails("no key", command, stderr, 58);
    server.finish();
}

#[test]
fn files_that_cannot_be_read_are_told_as_such() {
    let client = Authority::new().client();
    for options in [["--cert", "missing.pem"], ["--key", "missing.pem"]] {
        let server = Server::untouched();
        let mut command = with_files(&server, &client, &[]).args(options);
        if options[0] == "--key" {
            command = command.args(["--cert", "client.pem"]);
        }
        let stderr = "wstalk: error: cannot read missing.pem: no such file or directory\n";
        fails(options[0], command, stderr, 26);
        server.finish();
    }
}

#[test]
fn a_bad_file_is_an_error_without_tls_too() {
    let client = Authority::new().client();
    let server = Server::untouched();
    let command = with_files(&server, &client, &[]).args(["--cert", "client.pem"]);
    let output = command.run();
    output
        .stdout("")
        .stderr_contains("cannot use client.pem")
        .code(58);
    let command = talk(server.url()).args(["--cert", "/dev/null"]);
    command
        .run()
        .stdout("")
        .stderr_contains("cannot use /dev/null")
        .code(58);
    server.finish();
}

#[test]
fn a_key_or_a_passphrase_without_a_certificate_is_a_usage_error() {
    for option in ["--key=a.pem", "--passphrase=x", "--passphrase"] {
        let output = talk("wss://localhost:1").arg(option).run();
        output.stdout("").stderr_contains("--cert <FILE>").code(2);
    }
}
