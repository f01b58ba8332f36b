//! Of HTTP proxies: a tunnel for every conversation, over TLS too.

use openssl::ssl::{NameType, SslVersion};

use super::super::support::{Authority, Proxy, Server, Tls, echo_server, echo_server_tls, wstalk};
use super::{ends, greet, greeted, greeting_server, talk};

#[test]
fn everything_passes_through_a_tunnel() {
    let authority = Authority::new();
    for secure in [false, true] {
        let server = match secure {
            false => echo_server(),
            true => echo_server_tls(&authority.localhost()),
        };
        let proxy = Proxy::http().start();
        let place = server.url().split_once("://").expect("a URL").1.to_owned();
        let command = wstalk()
            .arg(server.url())
            .args(["--proxy", &proxy.place(), "--cacert"])
            .arg(authority.certificate_path());
        super::echoes(&place, server, command);
        assert_eq!(proxy.destinations(), [place]);
        proxy.finish();
    }
}

#[test]
fn everything_passes_through_a_tunnel_over_tls() {
    let authority = Authority::new();
    for secure in [false, true] {
        let server = match secure {
            false => echo_server(),
            true => echo_server_tls(&authority.localhost()),
        };
        let proxy = Proxy::http().over(&authority.localhost()).start();
        let command = wstalk()
            .arg(server.url())
            .args(["--proxy", &format!("https://{}", proxy.place()), "--cacert"])
            .arg(authority.certificate_path());
        super::echoes("https", server, command);
        proxy.finish();
    }
}

#[test]
fn a_flood_passes_both_ways_through_two_layers_of_tls() {
    const COUNT: usize = 50_000;
    let authority = Authority::new();
    let server = echo_server_tls(&authority.localhost());
    let proxy = Proxy::http().over(&authority.localhost()).start();
    let lines: String = (0..COUNT).map(|n| format!("{n:064}\n")).collect();
    let output = wstalk()
        .arg(server.url())
        .args(["--proxy", &format!("https://{}", proxy.place()), "--cacert"])
        .arg(authority.certificate_path())
        .args(["-N", &COUNT.to_string()])
        .stdin(&lines)
        .run();
    assert!(output.stdout_seen() == lines.as_bytes(), "another stdout");
    output.stderr("").code(0);
    server.finish();
    proxy.finish();
}

#[test]
fn the_request_for_a_tunnel_names_the_server_and_us_and_nothing_else() {
    let server = Server::accept(|conn| {
        let head = conn.upgrade();
        let text = head.text().to_ascii_lowercase();
        assert!(!text.contains("proxy"), "{text}");
        assert!(text.contains("authorization: basic dtpw"), "{text}");
        conn.text("hello").close(1000, "").expect_close();
        conn.finish();
    });
    let proxy = Proxy::http()
        .leading_to(&server)
        .wanting("me", "pw")
        .start();
    let command = talk("ws://u:p@nowhere.invalid/x?y")
        .args(["--proxy", &format!("me:pw@{}", proxy.place())])
        .args(["-A", "agent/1", "-H", "X-Key: 1", "--cookie", "a=b"]);
    greeted("plain", command);
    let heads = proxy.heads();
    assert_eq!(
        heads[0].text(),
        "CONNECT nowhere.invalid:80 HTTP/1.1\r\nHost: nowhere.invalid:80\r\n\
         User-Agent: agent/1\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n"
    );
    server.finish();
    proxy.finish();
}

#[test]
fn credentials_come_from_the_url_an_option_or_a_file() {
    let cases: [(&str, &str, &[&str]); 5] = [
        ("the URL", "m%40e:p%3Aw%2F@", &[]),
        ("an option", "", &["--proxy-user", "m@e:p:w/"]),
        ("both", "wrong:wrong@", &["--proxy-user", "m@e:p:w/"]),
        ("a file", "", &["--proxy-user", "@login"]),
        ("SOCKS", "m%40e:p%3Aw%2F@", &["--socks"]),
    ];
    for (case, userinfo, options) in cases {
        let server = greeting_server();
        let (plan, scheme, options) = match options {
            ["--socks"] => (Proxy::socks(), "socks5h", &[][..]),
            options => (Proxy::http(), "http", options),
        };
        let proxy = plan.wanting("m@e", "p:w/").start();
        let url = format!("{scheme}://{userinfo}{}", proxy.place());
        let command = talk(server.url()).args(["--proxy", &url]).args(options);
        std::fs::write(command.home().join("login"), "m@e:p:w/\n").expect("a file");
        greeted(case, command);
        server.finish();
        proxy.finish();
    }
}

#[test]
fn a_proxy_that_wants_other_credentials_is_shown_as_it_answered() {
    let server = Server::untouched();
    for (case, url) in [
        ("none", "http://PLACE"),
        ("wrong", "http://me:hunter2@PLACE"),
    ] {
        let proxy = Proxy::http().wanting("me", "pw").start();
        let url = url.replace("PLACE", &proxy.place());
        let output = talk(server.url()).args(["--proxy", &url]).run();
        let stderr = format!(
            "wstalk: error: the proxy http://{} refused the tunnel to 127.0.0.1:{}: \
             HTTP 407 Proxy Authentication Required\n\
             \x20 HTTP/1.1 407 Proxy Authentication Required\n\
             \x20 Proxy-Authenticate: Basic realm=\"door\"\n\
             \x20 Content-Length: 9\n\n\
             \x20 who calls\n\
             hint: --proxy-user USER:PASSWORD logs in\n",
            proxy.place(),
            server.port()
        );
        ends(case, &output, "", &stderr, 97);
        proxy.finish();
    }
    server.finish();
}

#[test]
fn a_proxy_over_tls_is_trusted_by_the_same_rules_as_a_server() {
    let authority = Authority::new();
    let other = Authority::new();
    let server = Server::untouched();
    for (case, identity, trusted, cause, hint) in [
        (
            "unknown",
            authority.localhost(),
            &other,
            "unable to get local issuer certificate",
            "trust its authority with --cacert FILE; --insecure connects to anyone",
        ),
        (
            "another name",
            authority.wrong_host(),
            &authority,
            "hostname mismatch",
            "connect with a name that the certificate has; --insecure connects all the same",
        ),
    ] {
        let proxy = Server::distrusted(&identity);
        let url = proxy.url().replace("wss:", "https:");
        let output = talk(server.url())
            .args(["--proxy", &url, "--cacert"])
            .arg(trusted.certificate_path())
            .run();
        let stderr = format!(
            "wstalk: error: the TLS handshake with the proxy {url} failed: {cause}\nhint: {hint}\n"
        );
        ends(case, &output, "", &stderr, 60);
        proxy.finish();
    }
    server.finish();

    let server = Server::accept_tls(&authority.wrong_host(), greet);
    let proxy = Proxy::http().over(&other.expired()).start();
    let command = talk(server.url())
        .args(["--proxy", &format!("https://{}", proxy.place())])
        .arg("-k");
    greeted("insecure", command);
    server.finish();
    proxy.finish();
}

#[test]
fn the_final_dot_of_a_proxys_name_is_no_part_of_it_in_tls() {
    let authority = Authority::new();
    let server = greeting_server();
    let proxy = Proxy::http().over(&authority.localhost()).start();
    let place = format!("localhost.:{}", proxy.port());
    let command = talk(server.url())
        .args(["--proxy", &format!("https://{place}")])
        .args(["--resolve", &format!("{place}:127.0.0.1"), "--cacert"])
        .arg(authority.certificate_path());
    greeted("a dot", command);
    server.finish();
    proxy.finish();
}

#[test]
fn what_limits_tls_limits_it_with_a_proxy_too() {
    let authority = Authority::new();
    let server = Server::untouched();
    let old = Tls::from(&authority.localhost()).at_most(SslVersion::TLS1_2);
    let proxy = Server::distrusted(old);
    let url = proxy.url().replace("wss:", "https:");
    let output = talk(server.url())
        .args(["--tls-min=1.3", "--proxy", &url, "--cacert"])
        .arg(authority.certificate_path())
        .run();
    let first = format!(
        "wstalk: error: the TLS handshake with the proxy {url} failed: \
         the server takes none of the versions, and we offer TLS 1.3"
    );
    let hint = "hint: --tls-min 1.2 offers TLS 1.2 too\n";
    let output = output.stdout("").stderr_first_line(&first);
    output.stderr_contains(hint).code(35);
    proxy.finish();
    server.finish();
}

#[test]
fn without_sni_a_proxy_hears_no_name_either() {
    let authority = Authority::new();
    let proxy = Server::accept_tls(&authority.localhost(), |conn| {
        let name = conn.tls().expect("TLS").servername(NameType::HOST_NAME);
        assert_eq!(name, None);
        conn.reply("HTTP/1.1 200 OK\r\n\r\n");
        greet(conn);
    });
    let url = proxy.url().replace("wss:", "https:");
    let command = talk("ws://h.invalid")
        .args(["--no-sni", "--proxy", &url, "--cacert"])
        .arg(authority.certificate_path());
    greeted("--no-sni", command);
    proxy.finish();
}

#[test]
fn a_server_behind_a_proxy_is_trusted_by_its_own_name() {
    let authority = Authority::new();
    let server = Server::distrusted(&authority.wrong_host());
    let proxy = Proxy::http().start();
    let output = talk(server.url())
        .args(["--proxy", &proxy.place(), "--cacert"])
        .arg(authority.certificate_path())
        .run();
    let port = server.port();
    let first =
        format!("wstalk: error: the TLS handshake with localhost:{port} failed: hostname mismatch");
    output.stdout("").stderr_first_line(&first).code(60);
    server.finish();
    proxy.finish();
}

#[test]
fn ipv6_passes_through_proxies_on_ipv6() {
    for (plan, scheme) in [(Proxy::http(), "http"), (Proxy::socks(), "socks5")] {
        let server = Server::repeat_at(std::net::Ipv6Addr::LOCALHOST, None, greet);
        let proxy = plan.v6().start();
        let url = format!("{scheme}://[::1]:{}", proxy.port());
        let place = format!("[::1]:{}", server.port());
        greeted(
            scheme,
            talk(format!("ws://{place}")).args(["--proxy", &url]),
        );
        assert_eq!(proxy.destinations(), [place]);
        server.finish();
        proxy.finish();
    }
}

#[test]
fn what_the_server_says_before_it_is_asked_is_kept() {
    // It comes in the segment of the proxy's answer.
    let proxy = Server::accept(|conn| {
        conn.reply(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n",
        );
        greet(conn);
    });
    let url = proxy.url().replace("ws:", "http:");
    greeted("early", talk("ws://h.invalid").args(["--proxy", &url]));
    proxy.finish();
}

#[test]
fn a_redirect_is_followed_through_the_same_proxy() {
    let to = greeting_server();
    let location = format!("Location: {}/there", to.url());
    let from = Server::accept(move |conn| {
        conn.reply(format!("HTTP/1.1 302 Found\r\n{location}\r\n\r\n"));
    });
    let proxy = Proxy::http().start();
    let command = talk(from.url()).args(["-L", "--proxy", &proxy.place()]);
    greeted("redirected", command);
    let asked = [from.address().to_string(), to.address().to_string()];
    assert_eq!(proxy.destinations(), asked);
    from.finish();
    to.finish();
    proxy.finish();
}

#[test]
fn a_server_that_starts_behind_a_proxy_is_waited_for() {
    for scheme in ["http", "socks5"] {
        let proxy = Server::accept_many(2, move |conn| {
            let socks = scheme == "socks5";
            match (socks, conn.number()) {
                (false, 1) => _ = conn.reply("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"),
                (false, _) => {
                    conn.reply("HTTP/1.1 200 OK\r\n\r\n");
                    greet(conn);
                }
                (true, number) => {
                    conn.read_exactly(3);
                    conn.raw(b"\x05\x00");
                    conn.read_exactly(10);
                    if number == 1 {
                        conn.raw(b"\x05\x05\0\x01\0\0\0\0\0\0");
                    } else {
                        conn.raw(b"\x05\0\0\x01\0\0\0\0\0\0");
                        greet(conn);
                    }
                }
            }
        });
        let url = format!("{scheme}://{}", proxy.address());
        let output = talk("ws://1.2.3.4:81")
            .args(["--proxy", &url, "--retry", "3", "--retry-delay", "10ms"])
            .run();
        output
            .stdout("hello\n")
            .stderr_contains("; trying again in 0.01 s (1 of 3)")
            .code(0);
        proxy.finish();
    }
}
