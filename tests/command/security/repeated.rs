//! Of servers that say back what they were told, as error pages and gateways do.

use std::fs;

use super::super::support::{Command, Conn, Server, wstalk};

/// Nothing of it stands anywhere else.
const SECRET: &str = "Hunter2Zebra";

/// A refusal whose words, headers and body repeat the request.
fn repeat(conn: &mut Conn<'_>) {
    let head = conn.read_head();
    let lines = head.header_lines().into_iter();
    let headers: String = lines.map(|line| format!("X-Your: {line}\r\n")).collect();
    let body = head.text();
    let length = body.len();
    conn.raw(format!(
        "HTTP/1.1 401 bad {SECRET}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ));
    conn.swallow();
}

/// An answer that opens the connection and repeats the request in a header.
fn open(conn: &mut Conn<'_>) {
    let told = format!("you are {SECRET}");
    conn.upgrade_with(&[("X-Echo", &told)]);
    conn.close(1000, "").expect_close();
    conn.finish();
}

/// Ways to give a secret: the URL's beginning and end, and options.
fn ways() -> [(String, String, Vec<String>); 7] {
    let option = |words: &[&str]| {
        let words = words.iter().map(|word| word.replace("SECRET", SECRET));
        (String::new(), String::new(), words.collect())
    };
    [
        (format!("me:{SECRET}@"), String::new(), vec![]),
        (String::new(), format!("/?clientSecret={SECRET}"), vec![]),
        option(&["-u", "me:SECRET"]),
        option(&["--bearer", "SECRET"]),
        option(&["--cookie", "theme=dark; sid=SECRET"]),
        option(&["-H", "X-Api-Key: SECRET"]),
        option(&["-H", "X-Upstream: Bearer SECRET"]),
    ]
}

fn run_all(server: &Server, options: &[&str], code: i32) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for (user, path, words) in ways() {
        let url = server.url().replace("ws://", &format!("ws://{user}")) + &path;
        let run: Command = wstalk().arg(url).args(&words).args(options);
        let output = run
            .args(["-v", "--record", "r", "-w", "-1", "--json"])
            .stdin_stays_open()
            .run()
            .code(code);
        let record = fs::read_to_string(output.home().join("r")).expect("a recording");
        let stdout = String::from_utf8_lossy(output.stdout_seen()).into_owned();
        let told = vec![output.stderr_seen().to_owned(), stdout, record];
        all.push((format!("{user} {path} {words:?}"), told));
    }
    all
}

/// As they stand, and as Basic authentication has them.
fn tells(text: &str) -> bool {
    text.contains(SECRET) || text.contains("SHVudGVyMlplYnJh") || text.contains("bWU6SHVudGVy")
}

#[test]
fn a_refusal_that_repeats_our_secrets_does_not_show_them() {
    let server = Server::repeat(repeat);
    for (case, told) in run_all(&server, &[], 22) {
        for text in told {
            assert!(!tells(&text), "{case}: {text}");
            assert!(text.contains("bad ***"), "{case}: {text}");
        }
    }
    server.finish();
}

#[test]
fn an_answer_that_opens_and_repeats_our_secrets_does_not_show_them() {
    let server = Server::repeat(open);
    for (case, told) in run_all(&server, &[], 0) {
        for text in told {
            assert!(!tells(&text), "{case}: {text}");
            assert!(text.contains("you are ***"), "{case}: {text}");
        }
    }
    server.finish();
}

#[test]
fn what_an_answer_repeats_is_shown_where_secrets_are() {
    let server = Server::repeat(repeat);
    for (case, told) in run_all(&server, &["--show-secrets"], 22) {
        assert!(told[0].contains(&format!("bad {SECRET}")), "{case}");
    }
    server.finish();
}

#[test]
fn a_proxy_that_repeats_our_secrets_does_not_show_them() {
    let proxy = Server::accept(repeat);
    let place = proxy
        .url()
        .replace("ws://", &format!("http://me:{SECRET}@"));
    let output = wstalk()
        .args(["ws://example.invalid", "--proxy", &place, "-v"])
        .stdin_stays_open()
        .run()
        .code(97);
    let told = output.stderr_seen();
    assert!(!tells(told), "{told}");
    assert!(told.contains("bad ***"), "{told}");
    proxy.finish();
}
