//! Keys and PKCS#12 files that a passphrase opens, and how it is given.

use std::fs;

use data_encoding::BASE64;
use openssl::pkcs12::Pkcs12;
use openssl::symm::Cipher;

use super::super::support::{Authority, Command, Conn, Identity, Key, Server, Terminal, Tls};
use super::{fails, greet, greeted, wstalk};

/// A server that demands a certificate of ours, and files that hold one.
struct Site {
    authority: Authority,
    client: Identity,
}

/// How the files are locked.
const SECRET: &str = "p\u{e4}ss phrase";

impl Site {
    fn new() -> Self {
        let authority = Authority::new();
        let client = authority.below().client();
        Self { authority, client }
    }

    fn server(&self) -> Server {
        let tls = Tls::from(&self.authority.localhost());
        let tls = tls.demanding_client_certificate(&self.authority);
        Server::accept_tls(tls, |conn: &mut Conn<'_>| greet(conn))
    }

    /// With `locked.pem`, `locked.p12` and `open.p12` in its home.
    fn command(&self, url: &str) -> Command {
        let command = wstalk().arg(url).stdin_stays_open();
        let command = command
            .arg("--cacert")
            .arg(self.authority.certificate_path());
        let home = command.home();
        let key = self.client.key();
        let cipher = Cipher::aes_256_cbc();
        let key = key.private_key_to_pem_pkcs8_passphrase(cipher, SECRET.as_bytes());
        let chain: Vec<u8> = self
            .client
            .chain()
            .iter()
            .flat_map(|one| one.to_pem().expect("PEM"))
            .collect();
        let pem = [key.expect("PEM"), chain].concat();
        fs::write(home.join("locked.pem"), pem).expect("a file");
        fs::write(home.join("locked.p12"), self.pkcs12(SECRET)).expect("a file");
        fs::write(home.join("open.p12"), self.pkcs12("")).expect("a file");
        fs::write(home.join("secret"), format!("{SECRET}\n")).expect("a file");
        command
    }

    fn pkcs12(&self, passphrase: &str) -> Vec<u8> {
        let mut above = openssl::stack::Stack::new().expect("a stack");
        for one in &self.client.chain()[1..] {
            above.push(one.clone()).expect("room");
        }
        let mut builder = Pkcs12::builder();
        builder
            .pkey(self.client.key())
            .cert(&self.client.chain()[0])
            .ca(above);
        let made = builder.build2(passphrase).expect("PKCS#12");
        made.to_der().expect("DER")
    }

    /// The options must open the connection.
    #[track_caller]
    fn greets(&self, options: &[&str]) {
        let server = self.server();
        let command = self.command(server.url()).args(options);
        greeted(&format!("{options:?}"), server, command);
    }

    /// They must fail so, without a call.
    #[track_caller]
    fn fails(&self, options: &[&str], stderr: &str, code: i32) {
        let server = Server::untouched();
        let command = self.command(server.url()).args(options);
        fails(&format!("{options:?}"), command, stderr, code);
        server.finish();
    }
}

#[test]
fn an_encrypted_key_is_opened_by_its_passphrase() {
    let site = Site::new();
    let given = format!("--passphrase={SECRET}");
    site.greets(&["--cert", "locked.pem", &given]);
    site.greets(&["--cert", "locked.pem", "--passphrase=@secret"]);
}

#[test]
fn a_pkcs12_file_holds_everything_whatever_its_name() {
    let site = Site::new();
    let given = format!("--passphrase={SECRET}");
    site.greets(&["--cert", "locked.p12", &given]);
    site.greets(&["--cert", "open.p12"]);
    site.greets(&["--cert", "open.p12", "--passphrase="]);

    let server = site.server();
    let command = site.command(server.url());
    let home = command.home();
    fs::rename(home.join("open.p12"), home.join("identity.pem")).expect("a new name");
    greeted("renamed", server, command.args(["--cert", "identity.pem"]));
}

#[test]
fn a_wrong_passphrase_is_told_as_such() {
    let site = Site::new();
    for file in ["locked.pem", "locked.p12"] {
        let stderr = format!(
            "wstalk: error: cannot use {file}: the passphrase does not open it\n\
             hint: --passphrase asks for it, --passphrase=@FILE reads it from a file\n"
        );
        for given in ["--passphrase=wrong", "--passphrase="] {
            site.fails(&["--cert", file, given], &stderr, 58);
        }
    }
}

#[test]
fn without_a_terminal_a_passphrase_cannot_be_asked_for() {
    let site = Site::new();
    for file in ["locked.pem", "locked.p12"] {
        for options in [&["--cert", file][..], &["--cert", file, "--passphrase"]] {
            let stderr = format!(
                "wstalk: error: passphrase for {file} (--passphrase): there is no terminal to ask on\n\
                 hint: --passphrase=@FILE reads it from a file\n"
            );
            site.fails(options, &stderr, 2);
        }
    }
}

/// At a terminal, at the question for the passphrase of a file.
fn asked(site: &Site, server: &Server, file: &str) -> Terminal {
    let mut terminal = site
        .command(server.url())
        .args(["--cert", file])
        .in_terminal(24, 80);
    let question = format!("passphrase for {file} (--passphrase):");
    terminal.wait_for(|screen| screen.ends_with(&question), "the question");
    terminal
}

#[test]
fn at_a_terminal_a_passphrase_that_is_needed_is_asked_for() {
    let site = Site::new();
    for file in ["locked.pem", "locked.p12"] {
        let server = site.server();
        let mut terminal = asked(&site, &server, file);
        terminal.type_(SECRET).key(Key::Enter);
        terminal.wait_for_text("* closed by the server: 1000");
        let finished = terminal.finish();
        assert!(!finished.screen.contains(SECRET), "{}", finished.screen);
        assert_eq!(finished.code, 0, "{file}");
        server.finish();
    }
}

#[test]
fn a_wrong_passphrase_is_asked_for_once() {
    let site = Site::new();
    let server = Server::untouched();
    let mut terminal = asked(&site, &server, "locked.pem");
    terminal.type_("wrong").key(Key::Enter);
    let finished = terminal.finish();
    let told = "cannot use locked.pem: the passphrase does not open it";
    assert!(finished.screen.contains(told), "{}", finished.screen);
    assert_eq!(finished.code, 58);
    server.finish();
}

#[test]
fn pkcs12_with_a_key_beside_it_is_told() {
    let site = Site::new();
    let hint = "hint: --cert FILE takes it, without --key\n";
    for options in [
        ["--cert", "open.p12", "--key", "locked.pem"],
        ["--cert", "locked.pem", "--key", "open.p12"],
    ] {
        let stderr = format!(
            "wstalk: error: cannot use open.p12: it is PKCS#12, which holds a certificate with its key\n{hint}"
        );
        site.fails(&options, &stderr, 58);
    }
}

#[test]
fn pkcs12_that_is_broken_or_of_an_old_kind_is_told() {
    let site = Site::new();
    let server = Server::untouched();
    let command = site.command(server.url());
    let old = BASE64
        .decode(OLD.replace('\n', "").as_bytes())
        .expect("base64");
    fs::write(command.home().join("old.p12"), old).expect("a file");
    let stderr = "wstalk: error: cannot use old.p12: it is PKCS#12, encrypted in an old way that the TLS library no longer knows\n\
                  hint: convert it: openssl pkcs12 -legacy -in old.p12 -out old.new.pem, then --cert old.new.pem\n";
    let command = command.args(["--cert", "old.p12", "--passphrase=secret"]);
    fails("old", command, stderr, 58);

    let command = site.command(server.url());
    fs::write(command.home().join("cut.p12"), &site.pkcs12("")[..200]).expect("a file");
    let output = command.args(["--cert", "cut.p12"]).run();
    output
        .stdout("")
        .stderr_contains("cannot use cut.p12: it is PKCS#12, which cannot be read: ")
        .code(58);
    server.finish();
}

#[test]
fn a_key_that_is_encrypted_in_an_old_way_is_told() {
    let site = Site::new();
    let server = Server::untouched();
    let command = site.command(server.url());
    fs::write(command.home().join("old.key"), OLD_KEY).expect("a file");
    let stderr = "wstalk: error: cannot use old.key: its key is encrypted in an old way that the TLS library no longer knows\n\
                  hint: convert it: openssl pkcs8 -provider legacy -provider default -in old.key -out old.pkcs8.pem, then --key old.pkcs8.pem\n";
    let options = [
        "--cert",
        "locked.pem",
        "--key",
        "old.key",
        "--passphrase=pp",
    ];
    fails("old", command.args(options), stderr, 58);
    server.finish();
}

/// Made by `openssl pkcs8 -topk8 -v1 PBE-MD5-DES`.
const OLD_KEY: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGwMBsGCSqGSIb3DQEFAzAOBAhyBl/1SxWt/wICCAAEgZBLSWt53qmHDf884PC1
b1OwmDnckdMUBrijxsL5lH7P+mng4j4pCwXkwyNAhfaZzVHlDvbprQjGjjmfWIvZ
25iJfl5aFg4aJxBZxvn/nlDx3CtwPMwZCURXx+cl02tCdi+5N8oWaMsmj8NR24G6
q3pbRzzkLqi4QkkCMU1JZSrwTWq7Xgcor/HAflbc3pdKP+Y=
-----END ENCRYPTED PRIVATE KEY-----
";

/// Made by `openssl pkcs12 -export -legacy -keypbe PBE-SHA1-RC2-40 -certpbe
/// PBE-SHA1-RC2-40`; the passphrase is `secret`.
const OLD: &str = "\
MIIDggIBAzCCA0gGCSqGSIb3DQEHAaCCAzkEggM1MIIDMTCCAicGCSqGSIb3DQEHBqCCAhgwggIUAgEAMIICDQYJ
KoZIhvcNAQcBMBwGCiqGSIb3DQEMAQYwDgQIQYUAf7hFalQCAggAgIIB4MMmmRb1MbnlXcbIcr90XOcEIuOHNsPN
vOoVn9JiYCe5VLEQCRH+JyC3tTc9ddXXjP091yPKPiEfQMm/E0eU80Y3GRgfJqQjhjpRf//YyLQBY71f9PT9iKOp
0+hRXcZtkUKZfqtaeB5ma5SUlLwpmyMQNqBYweeowEAEzFbUxlno6SYjRxxcPf0PTycmg+ks+I/3RRRgPAXiBmiQ
DsGu5k2vC6N36zym3LKirW0d183Y5D9xzJOUMKSks+3ssL/rxTnSDS3e3qhQbW8QEo6s06hUBKD0+zaRnVSKAlaX
yP/2sDD7lKJKLi2Ya8xym84B7SaWGcTfM4DCqJTZPbJslPpt5fzC2/LOi/Hob/KTNvtUt24Fe5GcLuLZeRjT1MMj
n4FLXiM/gSFqrfUg3AsvRAAmlJHoIhYar60C8OeS1egrJJYs5ks8q84+K8QtKZ71S+7mUTdMeXpYlBIc+e9SZrBD
MZJ+VXcgSw9C/ThEBk238FCtVvLbZMVyQbaH0Q3WJvvUKZ/kukWbUGuMZHOF4yBIJYeo8+ly8qMhUzvgN5PrlZ8J
KtVf0LxKHFrk8AP28S6CPT4mr7SZKbFqO791R2iwbHMPg0noGnoh+GI35dY/x7ovwVzni8MW3hbT8Y9UJTCCAQIG
CSqGSIb3DQEHAaCB9ASB8TCB7jCB6wYLKoZIhvcNAQwKAQKggbQwgbEwHAYKKoZIhvcNAQwBBjAOBAivW1iK7mzM
GAICCAAEgZBvkngIbYPB0zEF3v6HGWfUs2ZazNrZ/yY4Vyo+szVGEET+FtjEFQ0SAD9ipn2r2ZqoiR4o+8YNuMeW
G2E5Z1MvcK/MZz2E3QIWZHMUdGuyz1CiSdJADi3Sw5ODhso9vPYlCTJ8KubH5xrSIbngkn7Mil49Gc6FyD3c5+R5
EaSUUci3zZix2I3PCuQ+RWA0LToxJTAjBgkqhkiG9w0BCRUxFgQUzDfV4gvec5R3wdEQ4k2PN3+uMEkwMTAhMAkG
BSsOAwIaBQAEFL8amWlnDK42cSkKtE6yjrsni4jwBAjKGR2Qg7jczwICCAA=";
