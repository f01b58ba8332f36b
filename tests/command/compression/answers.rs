//! Which answers to the offer are taken, and what is said of all others.

use std::fmt::Write as _;

use super::super::support::{Frame, Server, beside_the_opening, frame::opcode};
use super::codec::{Came, Inflater};
use super::{EXTENSIONS, HELLO, HELLO_AGAIN, RSV1, abreast, assert_ended, noise, talk};

/// What holds for one side: 0 for a window that is not named.
type Side = (u8, bool);

/// Answers of a server, header line by header line, and what they agree on.
struct Answer {
    lines: Vec<String>,
    client: Side,
    server: Side,
}

impl Answer {
    fn new(line: &str, client: Side, server: Side) -> Self {
        Self {
            lines: vec![line.to_owned()],
            client,
            server,
        }
    }

    /// As the program says it.
    fn said(&self) -> String {
        let mut said = "permessage-deflate".to_owned();
        for (name, (bits, takeover)) in [("server", self.server), ("client", self.client)] {
            if !takeover {
                write!(said, "; {name}_no_context_takeover").expect("a string");
            }
            if bits > 0 {
                write!(said, "; {name}_max_window_bits={bits}").expect("a string");
            }
        }
        said
    }

    /// The answer must be taken, as `-v` says, and hold for both sides.
    #[track_caller]
    fn holds(&self) {
        let case = format!("{:?}", self.lines);
        let lines: Vec<(&str, String)> = self
            .lines
            .iter()
            .map(|line| (EXTENSIONS, line.clone()))
            .collect();
        let (client, server_alone) = (self.client, !self.server.1);
        let texts = [noise(700, 3), noise(700, 3), b"small".to_vec()];
        let stdin = texts.join(&b'\n');
        let server = Server::accept(move |conn| {
            let lines: Vec<(&str, &str)> = lines.iter().map(|(n, v)| (*n, v.as_str())).collect();
            conn.upgrade_with(&lines);
            let bits = if client.0 > 8 { client.0 } else { 15 };
            let mut inflater = Inflater::new(bits, client.1);
            for text in &texts {
                let came = Came::read(conn);
                let compresses = client.0 != 8 && text.len() > 256;
                assert_eq!((came.opcode, came.compressed), (opcode::TEXT, compresses));
                assert_eq!(&came.plain(&mut inflater), text);
            }
            let again = if server_alone { HELLO } else { HELLO_AGAIN };
            conn.send(&Frame::text(HELLO).rsv(RSV1));
            conn.send(&Frame::text(again).rsv(RSV1));
            conn.close(1000, "").expect_close();
            conn.finish();
        });
        let command = talk(&server).args(["-v", "--linger", "-1"]).stdin(stdin);
        let output = command.run();
        let connected = format!(
            "* connected to {}/ (HTTP 101, {}, ",
            server.url(),
            self.said()
        );
        let closed = "* closed by the server: 1000 (normal closure)";
        let seen = beside_the_opening(output.stderr_seen());
        assert_eq!(
            (seen.len(), seen[1..].first()),
            (2, Some(&closed)),
            "{case}"
        );
        assert!(seen[0].starts_with(&connected), "{case}: {}", seen[0]);
        output.stdout("Hello\nHello\n").code(0);
        server.finish();
    }
}

/// Every set of parameters, with windows as given.
fn combination(flags: u8, client_bits: u8, server_bits: u8) -> Answer {
    let mut line = "permessage-deflate".to_owned();
    let (mut client, mut server) = ((0, true), (0, true));
    if flags & 1 != 0 {
        line.push_str("; client_no_context_takeover");
        client.1 = false;
    }
    if flags & 2 != 0 {
        write!(line, "; server_max_window_bits={server_bits}").expect("a string");
        server.0 = server_bits;
    }
    if flags & 4 != 0 {
        line.push_str("; server_no_context_takeover");
        server.1 = false;
    }
    if flags & 8 != 0 {
        write!(line, "; client_max_window_bits={client_bits}").expect("a string");
        client.0 = client_bits;
    }
    Answer::new(&line, client, server)
}

#[test]
fn every_set_of_parameters_is_taken() {
    let sets: Vec<Answer> = (0..16).map(|flags| combination(flags, 12, 13)).collect();
    abreast(&sets, Answer::holds);
}

#[test]
fn every_window_is_taken_both_ways() {
    let windows: Vec<Answer> = (8..=15)
        .flat_map(|bits| {
            [
                combination(8, bits, 0),
                combination(2, 0, bits),
                combination(10, bits, 23 - bits),
            ]
        })
        .collect();
    abreast(&windows, Answer::holds);
}

#[test]
fn any_way_to_write_an_answer_is_taken() {
    let (both, plain) = ((0, true), (0, true));
    let mut cases: Vec<Answer> = [
        "permessage-deflate",
        "PERMESSAGE-DEFLATE",
        "Permessage-Deflate",
        "  permessage-deflate\t ",
        ",permessage-deflate",
        "permessage-deflate,",
        " , ,permessage-deflate , ,",
    ]
    .iter()
    .map(|line| Answer::new(line, both, plain))
    .collect();
    for line in [
        "permessage-deflate;server_max_window_bits=10;client_max_window_bits=9",
        "permessage-deflate ; client_max_window_bits = 9 ; server_max_window_bits = 10",
        "permessage-deflate;\tSERVER_MAX_WINDOW_BITS=10; Client_Max_Window_Bits=9",
        "permessage-deflate; server_max_window_bits=\"10\"; client_max_window_bits=\"9\"",
        "permessage-deflate; server_max_window_bits=\"1\\0\"; client_max_window_bits=\"\\9\"",
    ] {
        cases.push(Answer::new(line, (9, true), (10, true)));
    }
    let shouted = "permessage-deflate; SERVER_NO_CONTEXT_TAKEOVER; client_NO_context_TAKEOVER";
    cases.push(Answer::new(shouted, (0, false), (0, false)));
    for lines in [
        &["", "permessage-deflate"][..],
        &["permessage-deflate", ""],
        &[",", " permessage-deflate", ",,"],
    ] {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        cases.push(Answer {
            lines,
            client: both,
            server: plain,
        });
    }
    abreast(&cases, Answer::holds);
}

#[test]
fn an_answer_without_compression_is_taken_too() {
    for answer in ["", ",", " , ,"] {
        let server = Server::accept(move |conn| {
            conn.upgrade_with(&[(EXTENSIONS, answer)]);
            conn.expect_text(&"x".repeat(5000));
            super::close(conn);
        });
        let command = talk(&server).args(["--linger", "-1"]);
        let output = command.stdin("x".repeat(5000)).run();
        assert_ended(answer, &output, "", "", 0);
        server.finish();
    }
}

const ENDPOINT: &str = "is this the path of a WebSocket endpoint?";
const UNCOMPRESSED: &str = "the server agrees wrongly to compression: --no-compression offers none";

/// The lines of an answer, why it is wrong, and the hint.
type Refused = (Vec<String>, String, &'static str);

#[track_caller]
fn is_refused((lines, why, hint): &Refused) {
    let given = lines.clone();
    let server = Server::accept(move |conn| {
        let lines: Vec<_> = given
            .iter()
            .map(|line| (EXTENSIONS, line.as_str()))
            .collect();
        conn.upgrade_with(&lines);
        assert_eq!(conn.swallow(), 0, "something was said after the answer");
    });
    let output = talk(&server).run();
    let wrong = "wstalk: error: the reply is not a valid opening handshake:";
    let stderr = format!("{wrong} {why}\nhint: {hint}\n");
    assert_ended(&format!("{lines:?}"), &output, "", &stderr, 8);
    server.finish();
}

fn one(line: &str, why: &str, hint: &'static str) -> Refused {
    (vec![line.to_owned()], why.to_owned(), hint)
}

#[test]
fn a_parameter_that_is_unknown_or_badly_valued_is_wrong() {
    let with = |parameter: &str, what: &str| {
        let line = format!("permessage-deflate; {parameter}");
        let why = format!("it agrees to permessage-deflate with {what}");
        one(&line, &why, UNCOMPRESSED)
    };
    let mut cases = vec![
        with("surprise", "the unknown parameter \"surprise\""),
        with("window_bits=9", "the unknown parameter \"window_bits\""),
        with(
            "client_max_window_bits",
            "client_max_window_bits without a value",
        ),
        with(
            "server_max_window_bits",
            "server_max_window_bits without a value",
        ),
    ];
    for name in ["server_no_context_takeover", "client_no_context_takeover"] {
        for value in ["1", "true", "8"] {
            let what = format!("{name}={value}, which takes no value");
            cases.push(with(&format!("{name}={value}"), &what));
        }
        cases.push(with(&format!("{name}; {name}"), &format!("{name} twice")));
    }
    for name in ["server_max_window_bits", "client_max_window_bits"] {
        for value in [
            "7", "16", "0", "08", "015", "+9", "-9", "9.0", "0x9", "many",
        ] {
            let what = format!("{name}={value}, which is not from 8 to 15");
            cases.push(with(&format!("{name}={value}"), &what));
        }
        let twice = format!("{name}=9; {name}=9");
        cases.push(with(&twice, &format!("{name} twice")));
    }
    abreast(&cases, is_refused);
}

#[test]
fn what_was_not_offered_or_stands_twice_is_wrong() {
    let stranger = |name: &str| format!("it names the extension \"{name}\", which was not offered");
    let twice = "it names the extension permessage-deflate twice";
    let mut cases: Vec<Refused> = ["x-own", "permessage-bzip2", "x-webkit-deflate-frame"]
        .iter()
        .map(|name| one(name, &stranger(name), ENDPOINT))
        .collect();
    cases.push(one(
        "permessage-deflate, x-own; a=1",
        &stranger("x-own"),
        ENDPOINT,
    ));
    cases.push(one(
        "permessage-deflate, permessage-deflate; server_no_context_takeover",
        twice,
        UNCOMPRESSED,
    ));
    let lines = vec!["permessage-deflate".to_owned(); 2];
    cases.push((lines, twice.to_owned(), UNCOMPRESSED));
    abreast(&cases, is_refused);
}

#[test]
fn what_is_no_list_of_extensions_is_wrong() {
    let cases: Vec<Refused> = [
        "permessage-deflate;",
        "; permessage-deflate",
        "permessage deflate",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=\"10",
        "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate; server_max_window_bits=1 0",
        "permessage-deflate; =10",
        "permessage-deflate;; server_no_context_takeover",
        "\"permessage-deflate\"",
    ]
    .iter()
    .map(|line| {
        let why = format!("its {EXTENSIONS} \"{line}\" is not a list of extensions");
        one(line, &why, UNCOMPRESSED)
    })
    .collect();
    abreast(&cases, is_refused);
}

#[test]
fn nothing_of_a_wrong_answer_can_drive_a_terminal() {
    let case = one(
        "permessage-deflate\u{9b}31m\u{202e}",
        "its Sec-WebSocket-Extensions \"permessage-deflate\\u009b31m\\u202e\" is not a list of extensions",
        UNCOMPRESSED,
    );
    is_refused(&case);
}
