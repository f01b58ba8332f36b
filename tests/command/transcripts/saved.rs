//! Sessions that are saved: they pass against the same server as they are, given their
//! secrets, and a server that plays them satisfies them.

use std::fs;

use super::super::support::{Conn, Frame, Key, Listening, Server, Terminal, wstalk};

/// More than a session keeps.
const MANY: usize = 10_500;

/// A session: lines that are typed, and what is to be seen before the next.
type Lines<'a> = [(&'a str, &'a str)];

/// Talks to a server and saves that; `options` are the command line's.
fn saved(server: &Server, path: &str, options: &[&str], lines: &Lines<'_>) -> String {
    let command = wstalk().arg(format!("{}{path}", server.url()));
    let mut terminal = command.args(options).in_terminal(40, 200);
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    for (line, answer) in lines {
        terminal.type_(line).key(Key::Enter);
        terminal.wait_for(
            |screen| screen.contains(answer) && screen.ends_with("\n>"),
            answer,
        );
    }
    save(terminal)
}

fn save(mut terminal: Terminal) -> String {
    terminal.type_("/save s.wst").key(Key::Enter);
    terminal.wait_for_text("* saved as s.wst (");
    let path = terminal.home().join("s.wst");
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal.key(Key::CtrlD);
    let text = fs::read_to_string(path).expect("a transcript");
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    text
}

/// Checks a transcript; what stderr told.
#[track_caller]
fn check(text: &str, options: &[&str], code: i32) -> String {
    let command = wstalk().args(["check", "s.wst"]).args(options);
    fs::write(command.home().join("s.wst"), text).expect("a file");
    let output = command.run();
    let told = output.stderr_seen().to_owned();
    assert_eq!(output.exit_code(), Some(code), "{told}\n{text}");
    told
}

/// Plays the server's side of what was said with this one.
#[track_caller]
fn plays(text: &str, server: &Server, options: &[&str]) {
    let text = text.replace(server.url(), "{{base}}");
    let mock = Listening::playing(&text, options);
    check(&text, &[options, &["--url", mock.url()]].concat(), 0);
    mock.interrupt(0);
}

/// Sends everything back until the client closes; `answer` says otherwise of texts.
fn talk(conn: &mut Conn<'_>, answer: impl Fn(usize, &str) -> Vec<String>) {
    while let Some(frame) = conn.read_frame_or_end() {
        match frame.opcode {
            1 => {
                let texts = answer(conn.number(), frame.text());
                let texts = texts.into_iter();
                texts.for_each(|text| _ = conn.text(text));
            }
            8 => {
                conn.frame(8, &frame.payload).finish();
                return;
            }
            9 => _ = conn.pong(&frame.payload),
            10 => {}
            opcode => _ = conn.frame(opcode, &frame.payload),
        }
    }
}

fn echo(_: usize, text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// Options of a session with everything in it.
const OPTIONS: &[&str] = &[
    "--bearer",
    "s3cr3t\"tokén",
    "-H",
    "X-Api-Key: k3yk3yk3y",
    "-H",
    "X-Braces: {{x}} {{!y}}",
    "-H",
    "Accept-Language:",
    "--cookie",
    "sid=0123456789abcdef; theme=dark",
    "-o",
    "https://example.com",
    "-s",
    "a.v1,b.v1",
    "-A",
    "me/1 {{agent}}",
    "-L",
    "--no-compression",
    "--connect-timeout",
    "7",
];

const LINES: &Lines<'_> = &[
    ("plain", "< plain"),
    ("{\"key\":\"k3yk3yk3y\",\"n\":1.50}", "< {\"key\""),
    (
        "my token is s3cr3t\"tokén {{token}} {{!token}}",
        "< my token",
    ),
    (
        "/string \"two\\n> lines\\u001b[31m # {{x}}\"",
        "< /string \"two",
    ),
    ("# no comment", "< # no comment"),
    ("//silence 1s", "< //silence 1s"),
    ("...", "\n< ..."),
    ("/text [info] p4r4m3t3r", "[info] p4r4m3t3r"),
    ("/binary 01 02 ff", "< /binary 01 02 ff"),
    ("/ping k {{x}}", "* pong k {{x}} ("),
    ("/text", "\n< /text\n"),
];

/// What the variables of that session stand for.
const SECRETS: &[&str] = &[
    "--secret",
    "token=p4r4m3t3r",
    "--secret",
    "token_2=s3cr3t\"tokén",
    "--secret",
    "x_api_key=k3yk3yk3y",
    "--secret",
    "cookie=sid=0123456789abcdef; theme=dark",
];

#[test]
fn a_session_passes_again_with_its_secrets_as_variables_and_is_played() {
    let server = Server::repeat(|conn| {
        let head = conn.upgrade_with(&[("Sec-WebSocket-Protocol", "b.v1")]);
        assert_eq!(head.header("Authorization"), Some("Bearer s3cr3t\"tokén"));
        assert_eq!(head.header("X-Api-Key"), Some("k3yk3yk3y"));
        assert_eq!(head.header("X-Braces"), Some("{{x}} {{!y}}"));
        assert_eq!(
            head.header("Cookie"),
            Some("sid=0123456789abcdef; theme=dark")
        );
        assert_eq!(head.header("Origin"), Some("https://example.com"));
        assert!(head.request_line().contains("token=p4r4m3t3r"));
        talk(conn, echo);
    });
    let text = saved(&server, "/a?token=p4r4m3t3r&q={{z}}", OPTIONS, LINES);
    for secret in ["s3cr3t", "k3yk3yk3y", "0123456789abcdef", "p4r4m3t3r"] {
        assert!(!text.contains(secret), "{text}");
    }
    let told = check(&text, SECRETS, 0);
    assert!(told.starts_with("ok   s.wst"), "{told}");
    plays(&text, &server, SECRETS);
    server.finish();
}

#[test]
fn how_the_server_closed_is_expected_and_played() {
    let server = Server::repeat(|conn| {
        conn.upgrade();
        conn.expect_text("hello");
        conn.close(4001, "no # {{room}} for you").finish();
    });
    let command = wstalk().arg(server.url());
    let mut terminal = command.in_terminal(40, 120);
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal.type_("hello").key(Key::Enter);
    terminal.wait_for_text("* closed by the server: 4001");
    // The prompt has ended, and with it the session.
    assert_eq!(terminal.finish().code, 69);
    let text = format!(
        "connect {}\n> hello\n< /close 4001 no # {{{{!room}}}} for you\n",
        server.url()
    );
    check(&text, &[], 0);
    plays(&text, &server, &[]);
    server.finish();
}

#[test]
fn a_session_from_its_recording_passes_again_and_is_played() {
    let all: Vec<u8> = (1..=MANY)
        .flat_map(|n| Frame::text(format!("{{\"n\":{n}}}")).bytes())
        .collect();
    let server = Server::repeat(move |conn| {
        conn.upgrade();
        conn.expect_text("go");
        conn.raw(&all);
        talk(conn, echo);
    });
    let options = ["--record", "r.jsonl", "--bearer", "s3cr3tvalue"];
    let last = format!("< {{\"n\":{MANY}}}");
    let text = saved(&server, "/", &options, &[("go", &last)]);
    assert_eq!(text.matches("\n< {\"n\":").count(), MANY);
    let secret = ["--secret", "token=s3cr3tvalue"];
    check(&text, &secret, 0);
    plays(&text, &server, &secret);
    server.finish();
}

/// What a remark suggests to do with the line above it, done.
fn loosened(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some((_, pattern)) = line.split_once("to expect any:  ") {
            // In place of the line above.
            let above = out.pop().expect("a line");
            out.push(pattern.to_owned());
            out.push(format!("  example {}", above.trim_start_matches("< ")));
        } else if let Some((path, fact)) = line.split_once(" looks ") {
            let name = path.rsplit_once('.').expect("a path").1;
            let fact = fact.split_once(" and write  ").expect("a fact").1;
            let fact = fact.split_once("  here").expect("its end").0;
            let at = out
                .iter()
                .rposition(|line| line.starts_with("< "))
                .expect("a line");
            if !out.iter().any(|line| line.starts_with("  example")) {
                out.push(format!("  example {}", out[at].trim_start_matches("< ")));
            }
            out[at] = without(&out[at], name);
            out.push(format!("  {fact}"));
            out.push(format!("  let {name} = $.{name}"));
        } else if line.starts_with("# this holds what came as ") {
            assert!(
                line.contains("write  let session = $.session  there"),
                "{line}"
            );
        } else {
            out.push(
                line.replace("> use 0a1b2c3d", "> use {{session}}")
                    .replace("< used 0a1b2c3d", "< used {{session}}"),
            );
        }
    }
    out.join("\n")
}

/// JSON without this member, which is not the first.
fn without(line: &str, name: &str) -> String {
    let (before, behind) = line.split_once(&format!(",\"{name}\":")).expect(line);
    let end = behind.find([',', '}']).expect("an end");
    format!("{before}{}", &behind[end..])
}

#[test]
fn values_of_one_session_are_remarked_and_pass_when_loosened_as_the_remarks_say() {
    let server = Server::repeat(|conn| {
        conn.upgrade();
        talk(conn, |number, text| {
            let session = format!("{}a1b2c3d", number - 1);
            match text {
                "hello" => vec![format!(
                    "{{\"type\":\"welcome\",\"session\":\"{session}\",\"at\":\"2026-01-02T03:04:0{number}Z\"}}"
                )],
                "who" => vec![format!("you are {session}, are you?")],
                used => vec![used.replacen("use", "used", 1)],
            }
        });
    });
    let lines = [
        ("hello", "< {\"type\":\"welcome\""),
        ("who", "< you are"),
        ("use 0a1b2c3d", "< used 0a1b2c3d"),
    ];
    let text = saved(&server, "/", &[], &lines);
    let told = check(&text, &[], 1);
    assert!(told.contains("$.session"), "{told}");
    let loosened = loosened(&text);
    assert!(loosened.contains("> use {{session}}"), "{loosened}");
    check(&loosened, &[], 0);
    plays(&loosened, &server, &[]);
    server.finish();
}

#[test]
fn several_connections_of_a_session_are_clients_that_pass_again() {
    let server = Server::repeat(|conn| {
        conn.upgrade();
        talk(conn, echo);
    });
    let lines = [
        ("one", "< one"),
        ("/connect /other", "other"),
        ("two", "< two"),
        ("/binary 00", "< /binary 00"),
    ];
    let text = saved(&server, "/", &[], &lines);
    assert!(
        text.contains("\nconnect c2 ") && text.contains("\nc2> two\n"),
        "{text}"
    );
    check(&text, &[], 0);
    plays(&text, &server, &[]);
    server.finish();
}
