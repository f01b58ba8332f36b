//! Where the system's authorities are found: in a file, or one by one in a
//! directory in which each has a hash for its name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::super::support::{Authority, Command, Server};
use super::{greet, greeted, talk};

/// A command that is told by the environment where the system's authorities are;
/// they are in its home.
fn among_roots(url: &str, authority: &Authority) -> Command {
    let command = talk(url);
    let directory = command.home().join("certs");
    fs::create_dir(&directory).expect("a directory");
    hashed(&directory, authority);
    let pem = fs::read(authority.certificate_path()).expect("a certificate");
    let other = fs::read(Authority::new().certificate_path()).expect("a certificate");
    fs::write(command.home().join("all.crt"), [other, pem].concat()).expect("a file");
    command
}

fn hashed(directory: &Path, authority: &Authority) {
    let certificate = authority.certificate();
    let hash = certificate.subject_name_hash();
    let file = directory.join("authority.pem");
    fs::write(&file, certificate.to_pem().expect("PEM")).expect("a file");
    symlink(&file, directory.join(format!("{hash:08x}.0"))).expect("a link");
}

#[test]
fn authorities_that_the_environment_names_are_trusted() {
    let authority = Authority::new();
    for variables in [
        &[("SSL_CERT_DIR", "certs")][..],
        &[("SSL_CERT_FILE", "all.crt")],
        &[("SSL_CERT_DIR", "certs"), ("SSL_CERT_FILE", "/dev/null")],
        &[("SSL_CERT_DIR", "/nowhere"), ("SSL_CERT_FILE", "all.crt")],
    ] {
        let server = Server::accept_tls(&authority.localhost(), greet);
        let mut command = among_roots(server.url(), &authority);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        greeted(&format!("{variables:?}"), server, command);
    }
}

#[test]
fn what_the_environment_names_counts_for_nothing_beside_a_given_authority() {
    let authority = Authority::new();
    let server = Server::distrusted(&authority.localhost());
    let command = among_roots(server.url(), &authority);
    let command = command
        .env("SSL_CERT_DIR", "certs")
        .env("SSL_CERT_FILE", "all.crt");
    let other = Authority::new();
    let command = command.arg("--cacert").arg(other.certificate_path());
    let output = command.run();
    output
        .stdout("")
        .stderr_contains("\nhint: trust its authority")
        .code(60);
    server.finish();
}
