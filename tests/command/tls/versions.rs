//! Which versions of TLS are offered, and whether the server is told its name.

use openssl::ssl::{NameType, SslVersion};

use super::super::support::{Authority, Conn, Server, Tls};
use super::{fails, greet, greeted, talk, trusting};

/// Which version a server finds that it agrees to.
fn agreeing(version: &'static str) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    move |conn| {
        assert_eq!(conn.tls().expect("TLS").version_str(), version);
        greet(conn);
    }
}

#[test]
fn what_is_offered_can_be_limited_both_ways() {
    let authority = Authority::new();
    for (options, version) in [
        (&["--tls-max", "1.2"][..], "TLSv1.2"),
        (&["--tls-min", "1.3"], "TLSv1.3"),
        (&["--tls-min", "1.2", "--tls-max=1.2"], "TLSv1.2"),
        (&["--tls-min", "1.0"], "TLSv1.3"),
    ] {
        let server = Server::accept_tls(&authority.localhost(), agreeing(version));
        let command = trusting(server.url(), &authority).args(options);
        greeted(version, server, command);
    }
}

/// A server that speaks nothing newer.
fn old(authority: &Authority, newest: SslVersion) -> Tls {
    let tls = Tls::from(&authority.localhost());
    tls.at_least(SslVersion::TLS1).at_most(newest)
}

#[test]
fn versions_that_are_no_longer_safe_are_spoken_where_they_are_asked_for() {
    let authority = Authority::new();
    for (options, newest, version) in [
        (&["--tls-min", "1.0"][..], SslVersion::TLS1_1, "TLSv1.1"),
        (&["--tls-min", "1.1"], SslVersion::TLS1_1, "TLSv1.1"),
        (&["--tls-max", "1.1"], SslVersion::TLS1_2, "TLSv1.1"),
        (&["--tls-max", "1.0"], SslVersion::TLS1_2, "TLSv1"),
    ] {
        let server = Server::accept_tls(old(&authority, newest), agreeing(version));
        let command = trusting(server.url(), &authority).args(options);
        greeted(version, server, command);
    }
}

#[test]
fn versions_without_overlap_are_named_with_the_option_that_widens_them() {
    let authority = Authority::new();
    let older = "--tls-min 1.0 offers older versions too, which are no longer safe";
    let newer = "--tls-max 1.3 offers newer versions too";
    let both = "--tls-min 1.0 and --tls-max 1.3 offer older and newer versions too";
    let new = || Tls::from(&authority.localhost()).at_least(SslVersion::TLS1_3);
    for (options, tls, offered, hint) in [
        (
            &[][..],
            old(&authority, SslVersion::TLS1_1),
            "TLS 1.2 and 1.3",
            older,
        ),
        (
            &["--tls-min", "1.3"],
            Tls::from(&authority.localhost()).at_most(SslVersion::TLS1_2),
            "TLS 1.3",
            "--tls-min 1.2 offers TLS 1.2 too",
        ),
        (&["--tls-max", "1.2"], new(), "TLS 1.2", both),
        (
            &["--tls-min", "1.0", "--tls-max", "1.2"],
            new(),
            "TLS 1.0 to 1.2",
            newer,
        ),
    ] {
        let server = Server::distrusted(tls);
        let stderr = format!(
            "wstalk: error: the TLS handshake with localhost:{} failed: \
             the server takes none of the versions, and we offer {offered}\nhint: {hint}\n",
            server.port()
        );
        let command = trusting(server.url(), &authority).args(options);
        fails(offered, command, &stderr, 35);
        server.finish();
    }
}

/// A server that does not mind what it is offered.
#[test]
fn a_server_that_answers_with_another_version_is_told_with_it() {
    // A ServerHello of TLS 1.1.
    let hello = [
        &b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"[..],
        &[7; 32],
        b"\x00\xc0\x0a\x00",
    ];
    let hello = hello.concat();
    let server = Server::accept(move |conn| {
        conn.raw(&hello);
        conn.swallow();
    });
    let port = server.port();
    let stderr = format!(
        "wstalk: error: the TLS handshake with localhost:{port} failed: \
         the server wants TLS 1.1, and we offer TLS 1.2 and 1.3\n\
         hint: --tls-min 1.0 offers older versions too, which are no longer safe\n"
    );
    let url = format!("wss://localhost:{port}");
    fails("1.1", talk(&url), &stderr, 35);
    server.finish();
}

#[test]
fn a_configuration_of_the_user_that_forbids_a_version_is_named() {
    let authority = Authority::new();
    let server = Server::distrusted(old(&authority, SslVersion::TLS1_1));
    let stderr = format!(
        "wstalk: error: the TLS handshake with localhost:{} failed: \
         the TLS library here offers no TLS 1.1\n\
         hint: the library's configuration forbids it: its file, which OPENSSL_CONF names, \
         may allow it with CipherString = DEFAULT@SECLEVEL=0\n",
        server.port()
    );
    let command = trusting(server.url(), &authority).args(["--tls-max", "1.1"]);
    let command = command.env("OPENSSL_CONF", "/dev/null");
    fails("forbidden", command, &stderr, 35);
    server.finish();
}

#[test]
fn limits_that_leave_nothing_or_are_none_are_usage_errors() {
    let server = Server::untouched();
    let url = server.url().replace("ws://", "wss://");
    let stderr = "wstalk: error: --tls-min 1.3 is above --tls-max 1.2\n\
                  hint: no version of TLS is both\n";
    let command = talk(&url).args(["--tls-min", "1.3", "--tls-max", "1.2"]);
    fails("crossed", command, stderr, 2);
    let output = talk(&url).args(["--tls-min", "1.4"]).run();
    output
        .stdout("")
        .stderr_contains("1.0, 1.1, 1.2, 1.3")
        .code(2);
    server.finish();
}

#[test]
fn without_sni_the_server_hears_no_name_and_is_checked_all_the_same() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        let name = conn.tls().expect("TLS").servername(NameType::HOST_NAME);
        assert_eq!(name, None);
        greet(conn);
    });
    let command = trusting(server.url(), &authority).arg("--no-sni");
    greeted("--no-sni", server, command);

    let server = Server::distrusted(&authority.wrong_host());
    let stderr = format!(
        "wstalk: error: the TLS handshake with localhost:{} failed: hostname mismatch\n\
         hint: connect with a name that the certificate has; --insecure connects all the same\n",
        server.port()
    );
    let command = trusting(server.url(), &authority).arg("--no-sni");
    fails("another name", command, &stderr, 60);
    server.finish();
}
