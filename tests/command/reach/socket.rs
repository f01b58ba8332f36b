//! Of servers behind Unix sockets.

use std::os::unix::net::UnixListener;

use super::super::support::{Authority, Door, Server, echo_server, echo_server_tls};
use super::{ends, fails, greet, greeted, greeting_server, talk};

#[test]
fn a_url_of_a_unix_socket_leads_there_and_names_the_host_localhost() {
    let server = Server::repeat(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Host"), Some("localhost"));
        conn.text(head.request_line())
            .close(1000, "")
            .expect_close();
        conn.finish();
    });
    let door = Door::to(&server);
    let path = door.path();
    let path = path.to_str().expect("UTF-8");
    for (url, line) in [
        (format!("ws+unix:{path}"), "GET / HTTP/1.1\n"),
        (
            format!("ws+unix:{path}:/chat?a=b"),
            "GET /chat?a=b HTTP/1.1\n",
        ),
        (format!("ws+unix://{path}:/x"), "GET /x HTTP/1.1\n"),
        (
            format!("ws+unix:{}:/x", path.replace('.', "%2E")),
            "GET /x HTTP/1.1\n",
        ),
    ] {
        ends(&url, &talk(&url).run(), line, "", 0);
    }
    server.finish();
}

#[test]
fn a_unix_socket_takes_the_place_of_host_and_port() {
    let server = Server::accept(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Host"), Some("nowhere.invalid:81"));
        conn.text("hello").close(1000, "").expect_close();
        conn.finish();
    });
    let door = Door::to(&server);
    let command = talk("ws://nowhere.invalid:81")
        .arg("--unix-socket")
        .arg(door.path());
    greeted("ws", command);
    server.finish();
}

#[test]
fn tls_over_a_unix_socket_is_held_against_the_urls_name() {
    let authority = Authority::new();
    for (url, code) in [("wss://localhost", 0), ("wss://other.example", 60)] {
        let server = match code {
            0 => Server::accept_tls(&authority.localhost(), greet),
            _ => Server::distrusted(&authority.localhost()),
        };
        let door = Door::to(&server);
        let output = talk(url)
            .arg("--unix-socket")
            .arg(door.path())
            .arg("--cacert")
            .arg(authority.certificate_path())
            .run();
        assert_eq!(output.exit_code(), Some(code), "{}", output.stderr_seen());
        server.finish();
    }
}

#[test]
fn everything_passes_through_a_unix_socket() {
    let server = echo_server();
    let door = Door::to(&server);
    let url = format!("ws+unix:{}", door.path().display());
    super::echoes("ws", server, talk(url));
    let authority = Authority::new();
    let server = echo_server_tls(&authority.localhost());
    let door = Door::to(&server);
    let command = talk("wss://localhost")
        .arg("--unix-socket")
        .arg(door.path())
        .arg("--cacert")
        .arg(authority.certificate_path());
    super::echoes("wss", server, command);
}

#[test]
fn no_proxy_stands_before_a_unix_socket() {
    let (server, proxy) = (greeting_server(), Server::untouched());
    let door = Door::to(&server);
    let command = talk("ws://example.invalid")
        .arg("--unix-socket")
        .arg(door.path())
        .env("http_proxy", proxy.url().replace("ws:", "http:"));
    greeted("a variable", command);
    server.finish();
    proxy.finish();
}

#[test]
fn a_unix_socket_that_does_not_answer_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    drop(UnixListener::bind(path("left")).expect("a socket"));
    std::fs::write(path("file"), "").expect("a file");
    let long = path(&"x".repeat(200));
    let (missing, left, file) = (path("missing"), path("left"), path("file"));
    let deaf = "nothing listens on this socket: is the server running?";
    for (case, path, cause, hint) in [
        (
            "missing",
            &missing,
            "no such file or directory",
            "there is no such file: is the server running, is the path right?",
        ),
        ("left behind", &left, "connection refused", deaf),
        ("a file", &file, "connection refused", deaf),
        (
            "long",
            &long,
            "the path is too long for a socket, which takes about 100 bytes",
            "a relative path, or a symbolic link to its folder, is shorter",
        ),
    ] {
        let error = format!("cannot connect to {path}: {cause}");
        fails(case, talk(format!("ws+unix:{path}")), &error, hint, 7);
        let command = talk("ws://h").args(["--unix-socket", path]);
        fails(case, command, &error, hint, 7);
    }
}

#[test]
fn a_relative_path_is_one() {
    let server = greeting_server();
    let door = Door::to(&server);
    let command = talk("ws+unix:door.sock");
    std::os::unix::fs::symlink(door.path(), command.home().join("door.sock")).expect("a link");
    greeted("relative", command);
    server.finish();
}

#[test]
fn a_redirect_stays_behind_the_socket_and_leads_to_no_other() {
    let server = Server::accept_many(2, |conn| match conn.number() {
        1 => _ = conn.reply("HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n"),
        _ => {
            let head = conn.upgrade();
            assert_eq!(head.request_line(), "GET /there HTTP/1.1");
            conn.text("hello").close(1000, "").expect_close();
            conn.finish();
        }
    });
    let door = Door::to(&server);
    greeted(
        "within",
        talk(format!("ws+unix:{}", door.path().display())).arg("-L"),
    );
    server.finish();

    let hidden = Server::untouched();
    let door = Door::to(&hidden);
    let location = format!("Location: ws+unix:{}:/", door.path().display());
    let server = Server::accept(move |conn| {
        conn.reply(format!(
            "HTTP/1.1 302 Found\r\n{location}\r\nContent-Length: 0\r\n\r\n"
        ));
    });
    let output = talk(server.url()).arg("-L").run();
    assert!(output.stderr_seen().contains("where no WebSocket can be"));
    output.stdout("").code(22);
    server.finish();
    hidden.finish();
}
