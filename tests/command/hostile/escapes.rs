//! Of texts that a server chooses and that would drive a terminal: wherever
//! they stand, they are shown and never obeyed, in a pipe and at a terminal.

use std::net::{Ipv4Addr, TcpListener};

use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use super::super::support::{Authority, Command, Conn, Frame, Server, program, wstalk};
use super::{AT_ONCE, BOTH, Case, ERROR, Site, Way, abreast, assert_harmless, hold};

/// A title, a sequence of ESC, one of C1 and a change of direction.
const EVIL: &str = "\u{1b}]0;evil\u{7}\u{1b}[2;evil\u{9b}2;evil\u{202e}evil";
const SHOWN: &str = "\\u001b]0;evil\\u0007\\u001b[2;evil\\u009b2;evil\\u202eevil";

/// The part of it that HTTP lets stand in a header's value.
const HIGH: &str = "\u{9b}2;evil\u{202e}evil";
const HIGH_SHOWN: &str = "\\u009b2;evil\\u202eevil";

/// What must never go to a terminal; what the program itself draws with is
/// not among it.
const RAW: [&str; 5] = [
    "\u{1b}]0;evil",
    "evil\u{7}",
    "\u{1b}[2;evil",
    "\u{9b}",
    "\u{202e}",
];

#[track_caller]
fn assert_not_obeyed(name: &str, printed: &[u8]) {
    for sequence in RAW {
        let found = memchr::memmem::find(printed, sequence.as_bytes());
        assert!(found.is_none(), "{name}: {sequence:?} went to the terminal");
    }
}

/// Answers the upgrade so; `(KEY)` is the accept key.
fn replies(name: &str, reply: impl Into<String>) -> Case {
    let reply = reply.into();
    Case::new(name, move |conn| {
        let head = conn.read_head();
        conn.raw(reply.replace("(KEY)", &head.accept_key()));
        conn.finish();
    })
}

/// A good 101 but for these headers.
fn switches(name: &str, headers: &str) -> Case {
    replies(
        name,
        format!(
            "HTTP/1.1 101 {HIGH}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{headers}\r\n\r\n"
        ),
    )
}

fn refuses(name: &str, headers: &str, body: &str) -> Case {
    replies(
        name,
        format!("HTTP/1.1 403 Forbidden\r\n{headers}\r\n{body}"),
    )
    .fails(22, FORBIDDEN)
}

const FORBIDDEN: &str = "the upgrade was refused: HTTP 403 Forbidden";

fn refusals() -> Vec<Case> {
    vec![
        replies("the status line", format!("HTTP/1.1 403 {EVIL}\r\n\r\n"))
            .fails(22, &format!("the upgrade was refused: HTTP 403 {SHOWN}")),
        refuses("a header's name", &format!("X{EVIL}: y\r\n"), ""),
        refuses("a header's value", &format!("X: {EVIL}\r\n"), ""),
        refuses("a value that is allowed", &format!("X: {HIGH}\r\n"), ""),
        refuses("a folded value", &format!("X: a\r\n {EVIL}\r\n"), ""),
        refuses("a body", "", EVIL),
        refuses(
            "chunks",
            "Transfer-Encoding: chunked\r\n",
            &format!("40\r\n{EVIL}"),
        ),
    ]
}

/// What stands in a 101 and is quoted.
fn quoted() -> Vec<Case> {
    let key = "Sec-WebSocket-Accept: (KEY)\r\n";
    let wrong = |why: String| format!("the reply is not a valid opening handshake: {why}");
    let protocol = format!("it names the subprotocol \"{HIGH_SHOWN}\", which was not offered");
    let extensions =
        format!("its Sec-WebSocket-Extensions \"{HIGH_SHOWN}\" is not a list of extensions");
    let accept = format!("Sec-WebSocket-Accept is \"{HIGH_SHOWN}\", which does not answer our key");
    let begins = "what came back is not HTTP: it begins with \"\\x1b]0;evil\\x07\\x1b[2;evi\"";
    vec![
        switches(
            "a subprotocol",
            &format!("{key}Sec-WebSocket-Protocol: {HIGH}"),
        )
        .fails(8, &wrong(protocol)),
        switches(
            "an extension",
            &format!("{key}Sec-WebSocket-Extensions: {HIGH}"),
        )
        .fails(8, &wrong(extensions)),
        switches("an accept key", &format!("Sec-WebSocket-Accept: {HIGH}"))
            .fails(8, &wrong(accept)),
        replies("no HTTP", EVIL).fails(8, &wrong(begins.to_owned())),
    ]
}

fn closes() -> Case {
    Case::upgraded("a close reason", |conn| {
        conn.close(4000, EVIL);
        assert_eq!(conn.expect_close().0, Some(4000));
        conn.finish();
    })
    .fails(
        69,
        &format!("the server closed the connection with 4000 \"{SHOWN}\""),
    )
}

fn all() -> Vec<Case> {
    [refusals(), quoted(), vec![closes()]].concat()
}

#[test]
fn nothing_that_a_server_says_reaches_stderr_raw() {
    hold(&all());
}

/// The text of the case is on the screen, shown, when the program has ended.
#[track_caller]
fn shows(site: &Site, way: Way, case: &Case) {
    let name = format!("{}, {way:?}", case.name);
    let script = std::sync::Arc::clone(&case.script);
    let server = site.server(way, move |conn| script(conn));
    let command = site.reaching(wstalk(), &server).within(AT_ONCE);
    let mut terminal = command.in_terminal(24, 200);
    // A close reason is the last that is said; all else is followed by a hint.
    terminal.wait_for_text(if case.code == 69 { "evil\"" } else { "hint: " });
    assert_not_obeyed(&name, &terminal.printed());
    let finished = terminal.finish();
    assert_eq!(finished.code, case.code, "{name}: {}", finished.screen);
    let first = case.first.strip_prefix(ERROR).expect("an error");
    let told = finished.screen.contains(first) || case.code == 69;
    assert!(told, "{name}: {}", finished.screen);
    server.finish();
}

#[test]
fn nothing_that_a_server_says_drives_a_terminal() {
    let (site, cases) = (Site::new(), all());
    let runs: Vec<(&Case, Way)> = cases
        .iter()
        .flat_map(|case| BOTH.map(|way| (case, way)))
        .collect();
    abreast(&runs, |(case, way)| shows(&site, *way, case));
}

/// Everything that can hold a payload, then a Close.
fn says_everything(conn: &mut Conn<'_>) {
    conn.upgrade();
    let (begin, end) = EVIL.split_at(2);
    conn.text(EVIL).ping(EVIL).pong(EVIL).binary(EVIL);
    conn.send(&Frame::text(begin).unfinished());
    conn.ping(EVIL).send(&Frame::continuation(end));
    conn.text("over").close(4000, EVIL);
    for _ in 0..2 {
        assert_eq!(conn.read_frame().payload, EVIL.as_bytes());
    }
    assert_eq!(conn.expect_close().0, Some(4000));
    conn.finish();
}

/// Runs it at a terminal against a server that says everything.
#[track_caller]
fn shows_payloads(site: &Site, way: Way, command: Command) -> String {
    let server = site.server(way, says_everything);
    let command = site.reaching(command, &server).within(AT_ONCE);
    let mut terminal = command.in_terminal(24, 200);
    let closed = ["4000 (private", "with 4000 \""];
    let over = |screen: &str| closed.iter().any(|words| screen.contains(words));
    terminal.wait_for(over, "the end");
    assert_not_obeyed(&format!("{way:?}"), &terminal.printed());
    let finished = terminal.finish();
    assert_eq!(finished.code, 69, "{way:?}: {}", finished.screen);
    let shown = format!("/string \"{SHOWN}\"");
    let count = finished.screen.matches(&shown).count();
    assert_eq!(count, 2, "{way:?}: {}", finished.screen);
    server.finish();
    finished.screen
}

#[test]
fn payloads_pings_and_pongs_are_shown_at_the_prompt() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let screen = shows_payloads(&site, way, wstalk());
        let pong = format!("* pong {SHOWN} (not asked for)");
        assert!(screen.contains(&pong), "{way:?}: {screen}");
        let reason = format!("4000 (private to the application) \"{SHOWN}\"");
        assert!(screen.contains(&reason), "{way:?}: {screen}");
    });
}

#[test]
fn payloads_are_shown_at_a_terminal_without_a_prompt() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let command = program("/bin/sh")
            .args(["-c", r#"exec "$0" "$@" < /dev/null"#])
            .arg(env!("CARGO_BIN_EXE_wstalk"));
        shows_payloads(&site, way, command);
    });
}

/// Must end with exit code 60, in a pipe and at a terminal.
#[track_caller]
fn distrusts(name: &str, command: impl Fn() -> Command) {
    let output = command().stdin_stays_open().within(AT_ONCE).run();
    let stderr = output.stderr_seen();
    assert!(
        stderr.starts_with(&format!("{ERROR}the TLS handshake with ")),
        "{name}: {stderr}"
    );
    assert_harmless(name, stderr);
    output.code(60);
    let mut terminal = command().within(AT_ONCE).in_terminal(24, 200);
    terminal.wait_for_text("the TLS handshake with ");
    terminal.wait_for_text("hint: ");
    assert_not_obeyed(name, &terminal.printed());
    let finished = terminal.finish();
    assert_eq!(finished.code, 60, "{name}: {}", finished.screen);
}

#[test]
fn the_name_of_an_untrusted_certificate_is_not_obeyed() {
    let (one, other) = (Authority::new(), Authority::new());
    let identity = one.named(EVIL);
    let trusted = other.certificate_path();
    let servers = [(); 2].map(|()| Server::distrusted(&identity));
    let next = std::cell::Cell::new(0);
    distrusts("a subject", || {
        let server = &servers[next.replace(next.get() + 1)];
        wstalk().arg(server.url()).arg("--cacert").arg(&trusted)
    });
    servers.into_iter().for_each(Server::finish);
}

#[test]
fn the_name_of_a_trusted_certificate_is_not_obeyed() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.named(EVIL), |conn| {
        conn.upgrade();
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let command = wstalk().arg(server.url()).arg("--cacert");
    let command = command.arg(authority.certificate_path()).within(AT_ONCE);
    let mut terminal = command.in_terminal(24, 200);
    terminal.wait_for_text("* closed by the server: 1000");
    assert_not_obeyed("trusted", &terminal.printed());
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

/// A certificate that nobody else signed, all of whose names are evil, in the
/// ways that each field allows.
fn evil_certificate() -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    let key = EcKey::generate(&group).expect("a key");
    let key = PKey::from_ec_key(key).expect("a key");
    let mut name = X509NameBuilder::new().expect("a name");
    for field in [Nid::COMMONNAME, Nid::ORGANIZATIONNAME] {
        name.append_entry_by_nid(field, EVIL).expect("an entry");
    }
    let name = name.build();
    let mut builder = X509Builder::new().expect("a certificate");
    builder.set_version(2).expect("version 3");
    builder.set_subject_name(&name).expect("a subject");
    builder.set_issuer_name(&name).expect("an issuer");
    builder.set_pubkey(&key).expect("a public key");
    let (from, until) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(2));
    builder
        .set_not_before(&from.expect("a time"))
        .expect("a beginning");
    builder
        .set_not_after(&until.expect("a time"))
        .expect("an end");
    let context = builder.x509v3_context(None, None);
    let names = SubjectAlternativeName::new()
        .dns("\u{1b}]0;evil\u{7}.\u{1b}[2;evil")
        .build(&context);
    builder
        .append_extension(names.expect("names"))
        .expect("names");
    builder
        .sign(&key, MessageDigest::sha256())
        .expect("a signature");
    (builder.build(), key)
}

/// Trusting the certificate leaves its names, of which none is the host's.
#[test]
fn the_other_names_of_a_certificate_are_not_obeyed() {
    let (certificate, key) = evil_certificate();
    let home = tempfile::TempDir::new().expect("a directory");
    let file = home.path().join("evil.pem");
    std::fs::write(&file, certificate.to_pem().expect("PEM")).expect("a file");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let mut acceptor =
        SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("an acceptor");
    acceptor.set_private_key(&key).expect("a key");
    acceptor
        .set_certificate(&certificate)
        .expect("a certificate");
    let acceptor = acceptor.build();
    let server = std::thread::spawn(move || {
        for call in listener.incoming().take(4) {
            // Whether it fails here or later is the client's to say.
            drop(acceptor.accept(call.expect("a call")));
        }
    });
    let reaching = || wstalk().arg(format!("wss://localhost:{port}"));
    distrusts("unknown", reaching);
    distrusts("a wrong host", || reaching().arg("--cacert").arg(&file));
    server.join().expect("a server that was called four times");
}
