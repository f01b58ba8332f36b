//! Each command line of the pages: what it is run against, and what has to come of it.

use super::run::{How, Ping, Printed};
use super::site::Around;

/// A line, and how it is held.
pub(super) struct Row {
    pub(super) line: &'static str,
    pub(super) around: Around,
    pub(super) how: How,
    pub(super) printed: Printed,
    /// Header lines that a server was sent.
    pub(super) asked: &'static [&'static str],
    /// A file that is left in the folder, and a part of it.
    pub(super) left: Option<(&'static str, &'static str)>,
}

/// A command that builds, which is not run here.
pub(super) struct Built {
    pub(super) line: &'static str,
    /// The file that runs it, or the nearest to it.
    pub(super) place: &'static str,
    /// What that file has.
    pub(super) there: &'static str,
}

pub(super) const BUILT: [Built; 4] = [
    Built {
        line: "cargo run --release -- demo",
        place: ".github/workflows/ci.yml",
        there: "cargo run --locked --quiet -- demo",
    },
    Built {
        line: "cargo test",
        place: ".ci/run",
        there: "\ncargo test --locked\n",
    },
    Built {
        line: "cargo install --path .",
        place: ".ci/package",
        there: "\ncargo install --path . ",
    },
    Built {
        line: "cargo build --release",
        place: ".github/workflows/release.yml",
        there: "cargo build --locked --release",
    },
];

/// Succeeds, is silent, and prints nothing: whatever is not said to be otherwise.
const fn row(line: &'static str, around: Around) -> Row {
    Row {
        line,
        around,
        how: How::Piped,
        printed: Printed::Exactly(""),
        asked: &[],
        left: None,
    }
}

impl Row {
    const fn prints(mut self, text: &'static str) -> Self {
        self.printed = Printed::Exactly(text);
        self
    }

    /// What it prints where there is a real jq.
    const fn prints_by_jq(mut self, text: &'static str, part: &'static str) -> Self {
        self.printed = Printed::ByJq(text, part);
        self
    }

    const fn asks(mut self, headers: &'static [&'static str]) -> Self {
        self.asked = headers;
        self
    }

    const fn leaves(mut self, file: &'static str, part: &'static str) -> Self {
        self.left = Some((file, part));
        self
    }

    /// It asks for a password, which is typed.
    const fn types(mut self, password: &'static str) -> Self {
        self.how = How::Asked(password);
        self
    }

    /// It is a server, which this client speaks with, and which SIGINT ends.
    const fn serves(mut self, client: &'static [&'static str], heard: &'static str) -> Self {
        self.how = How::Serves(Ping {
            client,
            heard,
            ends_itself: false,
        });
        self
    }

    /// The same, where the server ends when it has said everything.
    const fn serves_once(mut self, client: &'static [&'static str], heard: &'static str) -> Self {
        self.how = How::Serves(Ping {
            client,
            heard,
            ends_itself: true,
        });
        self
    }
}

/// Every line that is run.
pub(super) fn rows() -> Vec<Row> {
    let groups = [
        talking(),
        opening(),
        reaching(),
        scripts(),
        checks(),
        servers(),
    ];
    groups.into_iter().flatten().collect()
}

fn talking() -> Vec<Row> {
    vec![
        row("wstalk wss://example.com/chat", Around::Secure),
        row("wstalk localhost:8080/chat", Around::Plain),
        row("wstalk :8080", Around::Plain),
        row(
            r#"echo '{"op":"ping"}' | wstalk -1 wss://example.com/chat"#,
            Around::Secure,
        )
        .prints("{\"op\":\"pong\"}\n"),
        row("wstalk :8080 < lines.txt > replies.txt", Around::Plain)
            .leaves("replies.txt", "one\ntwo\n"),
        row(
            r#"wstalk :8080 -x '{"login":"me"}' -x '/wait 200ms' -x '{"subscribe":"news"}'"#,
            Around::Plain,
        )
        .prints("{\"hello\":\"me\"}\n{\"news\":1}\n"),
        row(
            "wstalk wss://example.com -H 'X-Key: 1' -s chat.v2,chat.v1 -o https://example.com -u me",
            Around::Secure,
        )
        .types("sesame")
        .asks(&[
            "X-Key: 1",
            "Sec-WebSocket-Protocol: chat.v2, chat.v1",
            "Origin: https://example.com",
            "Authorization: Basic bWU6c2VzYW1l",
        ]),
        row(
            "wstalk wss://example.com --bearer @token.txt --cookie 'session=1' -H @headers.txt",
            Around::Secure,
        )
        .asks(&["Authorization: Bearer t0k3n", "Cookie: session=1", "X-File: yes"]),
    ]
}

fn opening() -> Vec<Row> {
    vec![
        row("wstalk -L wss://example.com/old", Around::Secure),
        row(
            "wstalk :8080 --retry 30 --retry-delay 1 -x ready -1 < /dev/null",
            Around::Starting,
        )
        .prints("ready\n"),
        row(
            "wstalk curl -- curl 'wss://example.com/chat' -H 'Origin: https://example.com' -b 'session=0a1b'",
            Around::Secure,
        )
        .asks(&["Origin: https://example.com", "Cookie: session=0a1b"]),
        row(
            r#"wstalk curl -1 -x '{"op":"ping"}' -- curl 'wss://example.com/chat' -H 'Upgrade: websocket'"#,
            Around::Secure,
        )
        .prints("{\"op\":\"pong\"}\n"),
    ]
}

fn reaching() -> Vec<Row> {
    vec![
        row(
            "wstalk --cacert ca.pem wss://localhost:8443",
            Around::Secure,
        ),
        row("wstalk --insecure wss://localhost:8443", Around::Secure),
        row(
            "wstalk --cert me.pem --key me.key wss://example.com",
            Around::Demanding,
        ),
        row(
            "wstalk --cert me.p12 --passphrase=@secret.txt wss://example.com",
            Around::Demanding,
        ),
        row("wstalk --tls-min 1.3 wss://example.com", Around::Secure),
        row("wstalk -4 wss://example.com", Around::Secure),
        row(
            "wstalk --resolve example.com:443:127.0.0.1 wss://example.com",
            Around::Elsewhere,
        ),
        row("wstalk ws+unix:/run/app.sock:/chat", Around::Socket),
        row(
            "wstalk --unix-socket /run/app.sock wss://example.com/chat",
            Around::SecureSocket,
        ),
        row(
            "wstalk --proxy proxy.example:3128 wss://example.com",
            Around::HttpProxy,
        ),
        row(
            "wstalk --proxy https://proxy.example --proxy-user me wss://example.com",
            Around::SecureProxy,
        )
        .types("sesame"),
        row(
            "wstalk --proxy socks5h://127.0.0.1:9050 wss://example.com",
            Around::SocksProxy,
        ),
    ]
}

fn scripts() -> Vec<Row> {
    vec![
        row(
            r"printf 'hello\n/binary 01 02 ff\n/wait 1\nbye\n' | wstalk :8080 --input notation",
            Around::Plain,
        )
        .prints("hello\n\u{1}\u{2}\\xff\nbye\n"),
        row(
            r#"echo '{"text":"hello"}' | wstalk :8080 --json -1 | jq -r 'select(.direction=="received").data // empty'"#,
            Around::Plain,
        )
        .prints_by_jq("hello\n", "\"direction\":\"received\""),
        row(
            r#"wstalk :8080 -x '{"run":"job"}' --until '{"status":"done"}' -m 60"#,
            Around::Plain,
        )
        .prints("{\"status\":\"running\"}\n{\"status\":\"done\",\"took\":3}\n"),
        row(
            "wstalk :8080 --until '/match (?i)ready' < /dev/null",
            Around::Booting,
        )
        .prints("booting\nREGION 1 up\nREADY to serve\n"),
        row(
            r#"wstalk wss://example.com/feed -x '{"login":"me"}' -w -1 --reconnect --ping-interval 20 --ping-timeout 10"#,
            Around::Feed,
        )
        .prints("{\"n\":1}\n{\"n\":2}\n"),
        row("wstalk :8080 --record talk.jsonl", Around::Plain)
            .leaves("talk.jsonl", "\"event\":\"end\",\"exit\":0"),
        row(
            "wstalk :8080 --input json --pace < talk.jsonl",
            Around::Plain,
        )
        .prints("{\"op\":\"pong\"}\nbye\n"),
    ]
}

fn checks() -> Vec<Row> {
    vec![
        row(
            "wstalk check --url wss://staging.example.com --secret token chat.wst",
            Around::SecureDouble,
        ),
        row(
            "wstalk check --url ws://localhost:8080 --retry 30 --jobs 4 --report-junit junit.xml tests/*.wst",
            Around::Plain,
        )
        .leaves("junit.xml", "tests=\"2\" failures=\"0\""),
        row(
            r#"wstalk :8080 -x '{"op":"ping"}' --expect '{"op":"pong"}'"#,
            Around::Plain,
        )
        .prints("{\"op\":\"pong\"}\n"),
    ]
}

fn servers() -> Vec<Row> {
    vec![
        row(
            "wstalk listen --script chat.wst --variable token=t0 9000",
            Around::Alone,
        )
        .serves(&["check", "--variable", "token=t0", "chat.wst", "--url"], ""),
        row("wstalk listen --echo 9000", Around::Alone).serves(&["-x", "hi", "-1"], "hi\n"),
        row("wstalk listen 9000", Around::Alone)
            .serves(&["-x", "hi", "-E"], "")
            .prints("hi\n"),
        row(
            "wstalk listen 9000 < greetings.txt > heard.txt",
            Around::Alone,
        )
        .serves(&["-x", "hi", "-1"], "welcome\n")
        .leaves("heard.txt", "hi\n"),
        row(
            r#"printf '{"tick":1}\n{"tick":2}\n' | wstalk listen 9000 -E"#,
            Around::Alone,
        )
        .serves_once(&["-w", "-1"], "{\"tick\":1}\n{\"tick\":2}\n"),
        row(
            r#"wstalk listen -q --json 9000 | jq -r 'select(.event=="message") | "\(.client) \(.data)"'"#,
            Around::Alone,
        )
        .serves(&["-x", "hi", "-E"], "")
        .prints_by_jq("1 hi\n", "\"client\":1"),
    ]
}
