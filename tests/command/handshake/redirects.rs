//! Of redirects: when they are followed, where they lead, and what does not go
//! along.

use super::super::support::{Authority, Conn, Head, Server, wstalk};
use super::close;

/// Answers with a redirect; the request it got.
fn redirect(conn: &mut Conn<'_>, status: &str, location: &str) -> Head {
    conn.reply(format!(
        "HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 2\r\n\r\nxx"
    ))
}

/// A server that is asked for these resources in turn, and redirects from each to
/// the next location; the last request opens the connection.
fn leading(steps: &'static [(&'static str, &'static str)], last: &'static str) -> Server {
    Server::accept_many(steps.len() + 1, move |conn| {
        let resource = match steps.get(conn.number() - 1) {
            Some((_, location)) => redirect(conn, "307 Temporary Redirect", location),
            None => {
                let head = conn.upgrade();
                close(conn);
                head
            }
        };
        let expected = steps.get(conn.number() - 1).map_or(last, |(from, _)| from);
        assert_eq!(resource.request_line(), format!("GET {expected} HTTP/1.1"));
    })
}

#[test]
fn without_the_option_a_redirect_is_a_refusal_that_names_where_it_leads() {
    for (location, said) in [
        ("/b?x", "it moved to URL/b?x: --location (-L) goes there"),
        (
            "wss://h/b",
            "it moved to wss://h/b: --location (-L) goes there",
        ),
        (
            "HTTP://h:80/b",
            "it moved to ws://h/b: --location (-L) goes there",
        ),
        (
            "ftp://h/",
            "it moved to ftp://h/, where no WebSocket can be",
        ),
    ] {
        let server = Server::accept(move |conn| _ = redirect(conn, "302 Found", location));
        let output = wstalk().arg(server.url()).stdin_stays_open().run();
        let hint = format!("hint: {}\n", said.replace("URL", server.url()));
        let first = "wstalk: error: the upgrade was refused: HTTP 302 Found";
        output
            .stdout("")
            .stderr_contains(&hint)
            .stderr_first_line(first)
            .code(22);
        server.finish();
    }
}

#[test]
fn every_kind_of_redirect_is_followed() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let server = Server::accept_many(2, move |conn| match conn.number() - 1 {
            0 => _ = redirect(conn, status, "/there"),
            _ => {
                assert_eq!(conn.upgrade().request_line(), "GET /there HTTP/1.1");
                close(conn);
            }
        });
        let command = wstalk().args([server.url(), "-L"]).stdin_stays_open();
        command.run().stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn what_is_no_redirect_is_not_followed() {
    for answer in [
        "HTTP/1.1 300 Multiple Choices\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nLocation: /b\r\n\r\n",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ftp://h/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ws://\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 201 Created\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
    ] {
        let server = Server::accept(move |conn| _ = conn.reply(answer));
        let command = wstalk().args([server.url(), "-L"]).stdin_stays_open();
        let output = command.run();
        assert_eq!(output.exit_code(), Some(22), "{answer}");
        server.finish();
    }
}

#[test]
fn locations_are_read_from_where_they_stand() {
    const STEPS: &[(&str, &str)] = &[
        ("/a/b?c", "d"),
        ("/a/d", "../e/./f"),
        ("/e/f", "?g=1"),
        ("/e/f?g=1", "/h i#fragment"),
        ("/h%20i", "//LOCAL/j"),
    ];
    let server = Server::accept_many(STEPS.len() + 1, move |conn| {
        let place = conn.number() - 1;
        match STEPS.get(place) {
            Some((from, location)) => {
                let head = conn.read_head();
                assert_eq!(head.request_line(), format!("GET {from} HTTP/1.1"));
                let host = head.header("Host").expect("a host").to_owned();
                let location = location.replace("LOCAL", &host);
                conn.raw(format!(
                    "HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n"
                ));
            }
            None => {
                assert_eq!(conn.upgrade().request_line(), "GET /j HTTP/1.1");
                close(conn);
            }
        }
    });
    let url = format!("{}/a/b?c", server.url());
    let command = wstalk().args([&url, "-L"]).stdin_stays_open();
    command.run().stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn the_body_of_a_redirect_is_not_waited_for() {
    let server = Server::accept_many(2, |conn| match conn.number() {
        1 => {
            conn.reply(
                "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 1000\r\n\r\nnever whole",
            );
            conn.swallow();
        }
        _ => {
            conn.upgrade();
            close(conn);
        }
    });
    let command = wstalk().args([server.url(), "-L", "--connect-timeout", "4"]);
    let output = command.stdin_stays_open().run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

/// Headers that tell who we are.
const CREDENTIALS: [&str; 5] = [
    "Authorization",
    "Cookie",
    "X-Api-Key",
    "X-Auth-Token",
    "X-Upstream",
];

#[test]
fn credentials_stay_with_their_origin() {
    let there = Server::accept(|conn| {
        let head = conn.upgrade();
        for name in CREDENTIALS {
            assert_eq!(head.header(name), None, "{name}");
        }
        assert_eq!(head.header("X-Plain"), Some("1"));
        assert_eq!(head.header("Origin"), Some("https://o"));
        assert_ne!(head.header("Host"), Some("virtual"));
        close(conn);
    });
    let elsewhere = format!("{}/x", there.url());
    let here = Server::accept_many(2, move |conn| {
        let location = ["/same", &elsewhere][conn.number() - 1];
        let head = redirect(conn, "302 Found", location);
        // The way within the origin changes nothing.
        for (name, value) in [
            ("Authorization", "Bearer abc"),
            ("Cookie", "a=b"),
            ("X-Api-Key", "k"),
            ("X-Auth-Token", "t"),
            ("X-Upstream", "Bearer u"),
            ("X-Plain", "1"),
            ("Host", "virtual"),
        ] {
            assert_eq!(head.header(name), Some(value), "{name}");
        }
    });
    let options = [
        "-L",
        "--bearer",
        "abc",
        "--cookie",
        "a=b",
        "-H",
        "X-Api-Key: k",
        "-H",
        "X-Auth-Token: t",
        "-H",
        "X-Upstream: Bearer u",
        "-H",
        "X-Plain: 1",
        "--host",
        "virtual",
        "-o",
        "https://o",
        "-v",
    ];
    let output = wstalk()
        .arg(here.url())
        .args(options)
        .stdin_stays_open()
        .run();
    let said = "\n* not sent there, for it is another origin: Authorization, Cookie, Host, X-Api-Key, X-Auth-Token, X-Upstream\n";
    output.stdout("").stderr_contains(said).code(0);
    here.finish();
    there.finish();
}

#[test]
fn the_credentials_of_the_first_url_are_not_those_of_the_next() {
    let there = Server::accept(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Authorization"), None);
        assert_eq!(head.header("Cookie"), None);
        close(conn);
    });
    let location = there.url().to_owned();
    let here = Server::accept(move |conn| {
        let head = redirect(conn, "302 Found", &location);
        assert_eq!(head.header("Authorization"), Some("Basic bWU6aHVudGVyMg=="));
    });
    let url = here.url().replace("ws://", "ws://me:hunter2@");
    let options = ["-L", "-H", "Cookie: a=b"];
    let output = wstalk().arg(url).args(options).stdin_stays_open().run();
    output.stdout("").stderr("").code(0);
    here.finish();
    there.finish();
}

#[test]
fn the_loss_of_tls_is_said_even_in_a_quiet_pipe() {
    let authority = Authority::new();
    let plain = Server::accept(|conn| {
        assert_eq!(conn.upgrade().header("Authorization"), None);
        close(conn);
    });
    let location = plain.url().replace("ws://", "http://");
    let encrypted = Server::accept_tls(&authority.localhost(), move |conn| {
        redirect(conn, "301 Moved", &location);
    });
    let options = ["-L", "-q", "--bearer", "abc", "--insecure"];
    let output = wstalk()
        .arg(encrypted.url())
        .args(options)
        .stdin_stays_open()
        .run();
    let said = format!(
        "* redirected to {}/ (HTTP 301)\n* from here on without TLS: everybody on the way can read and change it\n* not sent there, for it is another origin: Authorization\n",
        plain.url()
    );
    output.stdout("").stderr(&said).code(0);
    encrypted.finish();
    plain.finish();
}

#[test]
fn a_loop_is_noticed_at_once() {
    for (loops, connections) in [(&["/"][..], 1), (&["/a", "/b", "/"], 3)] {
        let server = Server::accept_many(connections, move |conn| {
            redirect(conn, "302 Found", loops[conn.number() - 1]);
        });
        let command = wstalk().args([server.url(), "-L"]).stdin_stays_open();
        let said = format!(
            "wstalk: error: the redirects lead round in a loop, to {}/ again",
            server.url()
        );
        let output = command.run().stdout("").stderr_first_line(&said);
        output.stderr_contains("\nhint: ").code(47);
        server.finish();
    }
}

#[test]
fn redirects_have_a_limit() {
    for (options, followed) in [
        (&["-L"][..], 10),
        (&["-L", "--max-redirects", "2"], 2),
        (&["-L", "--max-redirects", "0"], 0),
    ] {
        let server = Server::accept_many(followed + 1, move |conn| {
            redirect(conn, "302 Found", &format!("/{}", conn.number()));
        });
        let command = wstalk().arg(server.url()).args(options).stdin_stays_open();
        let said = format!(
            "wstalk: error: more than {followed} redirects; the next one leads to {}/{}\nhint: --max-redirects sets the limit\n",
            server.url(),
            followed + 1
        );
        command.run().stdout("").stderr(&said).code(47);
        server.finish();
    }
}

#[test]
fn what_goes_wrong_behind_a_redirect_says_where() {
    let gone = Server::accept(|conn| {
        conn.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let location = format!("{}/x?token=abc", gone.url());
    let here = Server::accept(move |conn| _ = redirect(conn, "302 Found", &location));
    let command = wstalk().args([here.url(), "-L"]).stdin_stays_open();
    let said = format!(
        "wstalk: error: the upgrade was refused: HTTP 404 Not Found; a redirect led to {}/x?token=***",
        gone.url()
    );
    let output = command.run().stdout("").stderr_first_line(&said);
    output
        .stderr_contains("\nhint: nothing is at this path")
        .code(22);
    here.finish();
    gone.finish();
}

#[test]
fn a_limit_on_redirects_needs_that_they_are_followed() {
    let server = Server::untouched();
    let command = wstalk().args([server.url(), "--max-redirects", "3"]);
    command
        .run()
        .stdout("")
        .stderr_contains("--location")
        .code(2);
    server.finish();
}

#[test]
fn a_chain_of_redirects_is_followed_to_its_end() {
    const STEPS: &[(&str, &str)] = &[("/", "/a"), ("/a", "/b"), ("/b", "/c")];
    let server = leading(STEPS, "/c");
    let command = wstalk().args([server.url(), "-L"]).stdin_stays_open();
    command.run().stdout("").stderr("").code(0);
    server.finish();
}
