//! Of what is told of the way: notices, `-v`, `--stats`, events; and never a
//! password.

use super::super::support::{Door, Proxy, Server};
use super::{greet, talk};

#[test]
fn the_notice_names_the_proxy_without_its_credentials() {
    for (plan, scheme) in [(Proxy::http(), "http"), (Proxy::socks(), "socks5h")] {
        let server = super::greeting_server();
        let proxy = plan.wanting("me", "hunter2").start();
        let url = format!("{scheme}://me:hunter2@{}", proxy.place());
        let output = talk(server.url())
            .args(["-v", "--stats", "--record", "talk.jsonl", "--proxy", &url])
            .run();
        let stderr = output.stderr_seen();
        let through = format!(", through {scheme}://{}, ", proxy.place());
        let notice = stderr
            .lines()
            .find(|line| line.starts_with("* connected to "));
        let notice = notice.unwrap_or_else(|| panic!("no notice: {stderr}"));
        assert!(notice.contains(&through), "{notice}");
        let times = stderr.lines().find(|line| line.starts_with("* times "));
        assert!(
            times.is_some_and(|line| line.contains(", proxy ")),
            "{stderr}"
        );
        assert!(
            !stderr.contains("hunter2") && !stderr.contains("bWU6"),
            "{stderr}"
        );
        let record = output.home().join("talk.jsonl");
        let record = std::fs::read_to_string(record).expect("a recording");
        assert!(!record.contains("hunter2"), "{record}");
        let member = format!("\"proxy\":\"{scheme}://{}\"", proxy.place());
        assert!(record.contains(&member), "{record}");
        let timing = record.split("\"timing\":").nth(1).expect("a timing");
        assert!(timing.contains("\"proxy\":"), "{record}");
        assert_eq!(output.exit_code(), Some(0));
        server.finish();
        proxy.finish();
    }
}

#[test]
fn without_a_proxy_nothing_speaks_of_one() {
    let server = super::greeting_server();
    let output = talk(server.url())
        .args(["-v", "--stats", "--record", "talk.jsonl"])
        .run();
    assert!(!output.stderr_seen().contains("proxy"));
    let record = output.home().join("talk.jsonl");
    let record = std::fs::read_to_string(record).expect("a recording");
    assert!(!record.contains("proxy"), "{record}");
    assert_eq!(output.exit_code(), Some(0));
    server.finish();
}

/// The lines of `-v` before those of the server's handshake.
fn way(stderr: &str) -> Vec<&str> {
    let lines = stderr.lines();
    lines
        .take_while(|line| !line.starts_with("> GET "))
        .collect()
}

/// A line without the time in brackets at its end.
fn timeless(line: &str) -> &str {
    match line.rsplit_once(" (") {
        Some((text, time)) if time.ends_with("ms)") => text,
        _ => line,
    }
}

#[test]
fn every_step_through_an_http_proxy_is_shown() {
    let server = super::greeting_server();
    let proxy = Proxy::http()
        .leading_to(&server)
        .wanting("me", "pw")
        .start();
    let place = proxy.place();
    let output = talk("ws://h.invalid")
        .args(["-v", "--proxy", &format!("me:pw@{place}"), "-A", "a"])
        .run();
    let lines: Vec<&str> = way(output.stderr_seen())
        .into_iter()
        .map(timeless)
        .collect();
    let expected = format!(
        "* through the proxy http://{place} (--proxy)\n\
         * trying {place}\n\
         * reached {place}\n\
         > CONNECT h.invalid:80 HTTP/1.1\n\
         > Host: h.invalid:80\n\
         > User-Agent: a\n\
         > Proxy-Authorization: Basic ***\n\
         >\n\
         < HTTP/1.1 200 Connection established\n\
         < X-Proxy: a\n\
         <\n\
         * the proxy has connected us to h.invalid:80"
    );
    assert_eq!(lines.join("\n"), expected);
    assert_eq!(output.exit_code(), Some(0));
    server.finish();
    proxy.finish();
}

#[test]
fn every_step_through_a_socks_proxy_is_shown() {
    let server = super::greeting_server();
    let proxy = Proxy::socks()
        .leading_to(&server)
        .wanting("me", "pw")
        .start();
    let place = proxy.place();
    let output = talk("ws://h.invalid")
        .args(["-v", "--proxy", &format!("socks5h://me:pw@{place}")])
        .run();
    let lines: Vec<&str> = way(output.stderr_seen())
        .into_iter()
        .map(timeless)
        .collect();
    let expected = format!(
        "* through the proxy socks5h://{place} (--proxy)\n\
         * trying {place}\n\
         * reached {place}\n\
         * SOCKS5: offered ways to log in: nothing, password\n\
         * SOCKS5: the proxy chose: password\n\
         * SOCKS5: the proxy accepts user name and password\n\
         * SOCKS5: asked for h.invalid:80\n\
         * SOCKS5: the proxy is connected\n\
         * the proxy has connected us to h.invalid:80"
    );
    assert_eq!(lines.join("\n"), expected);
    assert_eq!(output.exit_code(), Some(0));
    server.finish();
    proxy.finish();
}

#[test]
fn a_proxy_that_is_left_aside_is_named_with_the_reason() {
    let server = Server::repeat(greet);
    let port = server.port();
    for (variables, reason) in [
        (&[][..], "it is this machine"),
        (&[("NO_PROXY", "127.0.0.1")], "NO_PROXY"),
    ] {
        let mut command = talk(format!("ws://127.0.0.1:{port}"))
            .env("http_proxy", "me:hunter2@p:1")
            .arg("-v");
        for (name, value) in variables {
            command = command.env(name, value);
        }
        let output = command.run();
        let line = format!("* past the proxy http://p:1 ({reason})\n");
        assert!(
            output.stderr_seen().starts_with(&line),
            "{}",
            output.stderr_seen()
        );
        assert_eq!(output.exit_code(), Some(0));
    }
    server.finish();
}

#[test]
fn a_unix_socket_is_told_as_the_address() {
    let server = super::greeting_server();
    let door = Door::to(&server);
    let path = door.path();
    let path = path.display();
    let output = talk(format!("ws+unix:{path}"))
        .args(["-v", "--record", "talk.jsonl"])
        .run();
    let stderr = output.stderr_seen();
    let steps = format!("* trying {path}\n* reached {path} (");
    assert!(stderr.starts_with(&steps), "{stderr}");
    assert!(
        stderr.contains(&format!("* connected to ws+unix:{path}:/ (HTTP 101")),
        "{stderr}"
    );
    let record = output.home().join("talk.jsonl");
    let record = std::fs::read_to_string(record).expect("a recording");
    assert!(
        record.contains(&format!("\"address\":\"{path}\"")),
        "{record}"
    );
    assert_eq!(output.exit_code(), Some(0));
    server.finish();
}
