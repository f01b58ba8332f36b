//! What is said beside the conversation to those who ask: `-v` of opening and
//! closing, `-vv` of each frame, `--stats` of what passed.
//!
//! Ages, keys and times differ from run to run: [`told`] puts a word in their
//! place, once it has seen that they are what they should be.

mod closings;
mod compressed;
mod frames;
mod incoming;
mod oddities;
mod opening;
mod prompt;
mod reading;
mod stats;

use super::support::{Command, Conn, Output, Server, beside_the_opening, wstalk};

const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// A conversation with this server that does not end by the end of stdin.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url()).stdin_stays_open()
}

/// A server that upgrades and follows the script.
fn upgraded(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
    Server::upgraded(script)
}

/// Closes with 1000 and ends as it should.
#[track_caller]
fn close(conn: &mut Conn<'_>) {
    conn.close(1000, "").expect_close();
    conn.finish();
}

/// stderr line by line behind the opening, with `URL`, `AGE`, `KEY` and `TIME` for what differs.
#[track_caller]
fn told(output: &Output, server: &Server) -> Vec<String> {
    let url = format!("{}/", server.url());
    let lines = beside_the_opening(output.stderr_seen());
    lines
        .into_iter()
        .map(|line| plain(&line.replace(&url, "URL")))
        .collect()
}

/// A line without what differs.
#[track_caller]
fn plain(line: &str) -> String {
    if let Some((before, time)) = line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once(", "))
        && line.starts_with("* connected to ")
    {
        assert_time(time);
        return format!("{before}, TIME)");
    }
    let Some(frame) = line.strip_prefix("* frame ") else {
        return line.to_owned();
    };
    let (way, rest) = frame.split_once(' ').expect("a way");
    let (age, rest) = rest.split_once(" ms: ").expect("an age");
    let (whole, tenth) = age.split_once('.').expect("a tenth of a millisecond");
    assert!(
        is_number(whole) && is_number(tenth) && tenth.len() == 1,
        "{line}"
    );
    let mut rest = rest.to_owned();
    if let Some(at) = rest.find(", mask ") {
        let key = at + 7..at + 15;
        assert!(
            rest[key.clone()]
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit()),
            "{line}"
        );
        rest.replace_range(key, "KEY");
    }
    format!("* frame {way} AGE: {rest}")
}

/// `34 ms`, `3.4 ms`, `0.34 ms`
#[track_caller]
fn assert_time(time: &str) {
    let number = time.strip_suffix(" ms").expect("milliseconds");
    let parts: Vec<&str> = number.split('.').collect();
    let good = parts.iter().all(|part| is_number(part)) && parts.len() <= 2;
    assert!(good, "{time:?} is no time");
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// These lines, and no others.
#[track_caller]
fn assert_told(case: &str, output: &Output, server: &Server, lines: &[&str]) {
    assert_eq!(told(output, server), lines, "{case}");
}

const CONNECTED: &str = "* connected to URL (HTTP 101, TIME)";
const CLOSED: &str = "* closed by the server: 1000 (normal closure)";

#[test]
fn quiet_and_verbose_contradict_each_other() {
    for options in [
        &["-q", "-v"][..],
        &["-vv", "--quiet"],
        &["-qv"],
        &["--verbose", "-q"],
    ] {
        let server = Server::untouched();
        let output = wstalk().args([server.url()]).args(options).run();
        let first = "wstalk: error: the argument '--quiet' cannot be used with '--verbose...'";
        let said = output
            .stderr_seen()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        let turned = "wstalk: error: the argument '--verbose...' cannot be used with '--quiet'";
        assert!(
            [first, turned].contains(&said.as_str()),
            "{options:?}: {said}"
        );
        output.stdout("").code(2);
        server.finish();
    }
}
