//! `wstalk listen --script`: the server's side of a transcript.

use rustix::process::Signal;

use super::super::support::{Running, wstalk};
use super::{check, write};

const CHAT: &str = "connect {{base}}/chat
  subprotocol chat.v2
  header X-Key: {{key}}
open
  status == 101
  subprotocol == \"chat.v2\"
  header Server ~ ^nginx
  example Server: nginx/1.22

> {\"type\":\"hello\",\"id\":1}
< {\"type\":\"welcome\"}
  $.session ~ ^[0-9a-f]{8}$
  let sid = $.session
  example {\"type\":\"welcome\",\"session\":\"0123abcd\"}
> {\"type\":\"subscribe\",\"sid\":\"{{sid}}\"}
< ...
<& {\"type\":\"tick\"}
<& /match ^tock \\d+$
  example tock 12
<? perhaps
< /binary ff ??
  example /binary ff 02
  times 3
> /ping k
< /pong k
< /silence 50ms
> /close 1000 bye
< /close 1000
";

/// A server that plays a transcript.
struct Mock {
    running: Running,
    url: String,
}

impl Mock {
    fn of(text: &str) -> Self {
        let command = wstalk().args(["listen", "--script", "a.wst", "--variable", "key=k1"]);
        write(command.home(), "a.wst", text);
        let mut running = command.start();
        running.wait_stderr("listening on ");
        running.wait_stderr_contains("\n");
        let told = running.stderr_so_far();
        let line = told.lines().next().expect("a line");
        let url = line.trim_start_matches("listening on ").to_owned();
        Self { running, url }
    }

    /// Stops it; what it told beside the first line.
    fn stop(mut self, code: i32) -> String {
        self.running.signal(Signal::TERM);
        let output = self.running.finish().code(code);
        let told = output.stderr_seen();
        told.split_once('\n').expect("a line").1.to_owned()
    }
}

#[test]
fn a_transcript_passes_against_its_own_mock_by_several_clients_at_once() {
    let mock = Mock::of(CHAT);
    let files: Vec<(String, &str)> = (0..6).map(|n| (format!("{n}.wst"), CHAT)).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let names = files.iter().map(|(name, _)| *name);
    let run = check(&files).args(["--url", &mock.url, "--variable", "key=k1", "--jobs", "3"]);
    run.args(names).run().code(0);
    let told = mock.stop(0);
    assert_eq!(
        told.lines()
            .filter(|line| line.ends_with(" of a.wst was met"))
            .count(),
        6,
        "{told}"
    );
}

#[test]
fn a_client_that_does_something_else_is_told_where() {
    let mock = Mock::of(CHAT);
    let run = wstalk().args([
        &format!("{}/chat", mock.url),
        "-s",
        "chat.v2",
        "-H",
        "X-Key: k1",
    ]);
    let output = run
        .args(["-x", "{\"type\":\"hallo\",\"id\":1}", "--expect", "/any"])
        .run();
    assert_eq!(output.exit_code(), Some(1));
    let told = mock.stop(1);
    assert!(
        told.starts_with("a.wst:10:1: another message came than the expected one\n"),
        "{told}"
    );
    assert!(
        told.contains("  differences  $.type: expected \"hello\", came \"hallo\"\n"),
        "{told}"
    );
    assert!(
        told.ends_with("wstalk: error: 1 of 1 rounds of a.wst were not met\n"),
        "{told}"
    );
}

#[test]
fn an_opening_handshake_is_held_against_connect() {
    for (path, options, place) in [
        (
            "/other",
            &["-s", "chat.v2", "-H", "X-Key: k1"][..],
            "a.wst:1:9: the client asked for /other, expected /chat",
        ),
        (
            "/chat",
            &["-H", "X-Key: k1"],
            "a.wst:2:3: the client did not offer the subprotocol chat.v2",
        ),
        (
            "/chat",
            &["-s", "chat.v2", "-H", "X-Key: k2"],
            "a.wst:3:3: the client did not send the header X-Key: k1",
        ),
    ] {
        let mock = Mock::of(CHAT);
        let run = wstalk()
            .arg(format!("{}{path}", mock.url))
            .args(options)
            .args(["-w", "-1"]);
        run.run().code(69);
        let told = mock.stop(1);
        assert!(told.starts_with(place), "{told}");
    }
}

#[test]
fn clients_take_the_names_of_the_file_in_their_order() {
    let text = "connect alice {{base}}/a\nconnect bob {{base}}/b\nalice> hi bob\nbob< hi bob\nbob> /close\nbob< /close\n";
    let mock = Mock::of(text);
    for _ in 0..2 {
        check(&[("a.wst", text)])
            .args(["--url", &mock.url, "a.wst"])
            .run()
            .code(0);
    }
    let told = mock.stop(0);
    assert_eq!(
        told,
        "* round 1 of a.wst was met\n* round 2 of a.wst was met\n"
    );
}

#[test]
fn a_refusal_is_played_too() {
    let text = "connect {{base}}\nopen\n  status == 401\n  header WWW-Authenticate == \"Bearer\"\n  text == \"no\"\n";
    let mock = Mock::of(text);
    check(&[("a.wst", text)])
        .args(["--url", &mock.url, "a.wst"])
        .run()
        .code(0);
    mock.stop(0);
}

#[test]
fn ends_of_every_kind_are_played() {
    for text in [
        "connect {{base}}\n> go\n< /close 1008 quota\n",
        "connect {{base}}\n> go\n< /lost\n",
        "connect {{base}}\n> go\n< /close\n",
    ] {
        let mock = Mock::of(text);
        check(&[("a.wst", text)])
            .args(["--url", &mock.url, "a.wst"])
            .run()
            .code(0);
        mock.stop(0);
    }
}

#[test]
fn who_plays_nothing_or_breaks_off_has_not_met_it() {
    let told = Mock::of(CHAT).stop(1);
    assert_eq!(told, "wstalk: error: no client came\n");
    let mock = Mock::of("connect {{base}}\n> a\n< b\n> c\n");
    wstalk()
        .args([&mock.url, "-x", "a", "-1"])
        .run()
        .code(0)
        .stdout("b\n");
    let told = mock.stop(1);
    assert!(told.starts_with("a.wst:4:1: the client closed with 1000 (normal closure), before the expected message came\n"), "{told}");
}

#[test]
fn what_leaves_open_what_to_send_is_refused_with_the_line() {
    for (line, place) in [
        (
            "< /match a\n",
            "a.wst:2:1: a server cannot know what to send here",
        ),
        (
            "< {}\n  $.a == 1\n",
            "a.wst:3:3: what a server would send is not so: $.a is absent",
        ),
        ("<& /any\n", "a.wst:2:1: "),
        ("< /binary ...\n", "a.wst:2:1: "),
    ] {
        let command = wstalk().args(["listen", "--script", "a.wst"]);
        write(
            command.home(),
            "a.wst",
            &format!("connect {{{{base}}}}\n{line}"),
        );
        let output = command.run().code(2);
        let told = output.stderr_seen();
        assert!(
            told.starts_with(&format!("wstalk: error: {place}")),
            "{told}"
        );
    }
}
