//! Of what is typed, and what comes back.

use super::super::support::{Gate, Key, Server, echo_server, frame::opcode, wstalk};
use super::{
    below_notice, closes_normally, enter, leave, prompt, prompt_with, submit, wait_for_line,
};

#[test]
fn a_connection_is_announced_with_what_was_agreed_on() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[("Sec-WebSocket-Protocol", "chat.v2")]);
        conn.answer_close();
    });
    let terminal = prompt_with(&server, &["-s", "chat.v2"]);
    let screen = terminal.screen();
    let notice = screen.lines().next().unwrap_or_default().to_owned();
    let expected = format!(
        "* connected to {}/ (HTTP 101, subprotocol chat.v2, ",
        server.url()
    );
    assert!(notice.starts_with(&expected), "{notice}");
    let time = notice[expected.len()..].strip_suffix(" ms)");
    let time = time.and_then(|time| time.parse::<f64>().ok());
    assert!(time.is_some_and(|time| time < 20_000.0), "{notice}");
    leave(terminal, server);
}

#[test]
fn text_goes_out_and_comes_back_behind_its_marks() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    for text in ["hello", "two words", "héllo 🎉"] {
        enter(&mut terminal, text);
        terminal.wait_for_text(&format!("> {text}\n< {text}\n>"));
    }
    let screen = terminal.screen();
    assert_eq!(
        below_notice(&screen),
        [
            "> hello",
            "< hello",
            "> two words",
            "< two words",
            "> héllo 🎉",
            "< héllo 🎉",
            ">"
        ]
    );
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn every_form_of_the_notation_can_be_typed() {
    let cases: [(&str, u8, &[u8]); 10] = [
        ("//ping", opcode::TEXT, b"/ping"),
        ("/text", opcode::TEXT, b""),
        ("/string \"a\\nb\"", opcode::TEXT, b"a\nb"),
        ("/json { \"a\" : 1 }", opcode::TEXT, b"{\"a\":1}"),
        ("{ \"a\" : 1 }", opcode::TEXT, b"{ \"a\" : 1 }"),
        ("/binary 01 02 ff", opcode::BINARY, &[1, 2, 255]),
        ("/base64 AQL/", opcode::BINARY, &[1, 2, 255]),
        ("/file bytes", opcode::BINARY, b"\xff\n"),
        ("/ping some data", opcode::PING, b"some data"),
        ("/pong", opcode::PONG, b""),
    ];
    let server = Server::accept(closes_normally(move |conn| {
        for (line, kind, payload) in cases {
            let frame = conn.read_frame();
            let found = (frame.opcode, frame.payload.as_slice());
            assert_eq!(found, (kind, payload), "{line:?}");
        }
    }));
    let command = wstalk().arg(server.url());
    std::fs::write(command.home().join("bytes"), b"\xff\n").expect("a file in the home");
    let mut terminal = command.in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    for (line, _, _) in cases {
        enter(&mut terminal, line);
        wait_for_line(&mut terminal, "");
    }
    leave(terminal, server);
}

#[test]
fn what_arrives_is_shown_in_the_notation() {
    let server = Server::accept(closes_normally(|conn| {
        conn.text("plain")
            .text("")
            .text("/ping")
            .text("a\nb")
            .text("{\"a\":1}");
        conn.text("{\"a\":")
            .text(" x ")
            .binary([1, 2, 255])
            .binary([]);
        conn.expect_text("seen");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("< /binary\n>");
    let screen = terminal.screen();
    assert_eq!(
        below_notice(&screen),
        [
            "< plain",
            "< /text",
            "< //ping",
            "< /string \"a\\nb\"",
            "< {\"a\":1}",
            "< /text {\"a\":",
            "< /string \" x \"",
            "< /binary 01 02 ff",
            "< /binary",
            ">"
        ]
    );
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

#[test]
fn a_long_binary_message_is_dumped_and_cut_with_its_true_length() {
    let server = Server::accept(closes_normally(|conn| {
        conn.binary([b'A'; 20])
            .binary(*b"0123456789abcdefghijklmnopqrstuv\x1b");
        conn.expect_text("seen").binary(vec![0; 1000]);
        conn.expect_text("seen");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("< /binary (33 bytes)");
    terminal.wait_for_text("|.|");
    let screen = terminal.screen();
    let (short, dump) = screen.split_once("< /binary (33 bytes)\n").expect("a dump");
    // The notice above may say 41 ms.
    let short = short.lines().last().expect("a short message");
    assert_eq!(short.matches(" 41").count(), 20, "{screen}");
    let rows: Vec<&str> = dump.lines().collect();
    assert!(
        rows[0].contains("30 31 32 33") && rows[0].contains("|0123456789abcdef|"),
        "{screen}"
    );
    assert!(rows[1].contains("|ghijklmnopqrstuv|"), "{screen}");
    assert!(
        rows[2].contains(" 1b ") && rows[2].contains("|.|"),
        "{screen}"
    );
    enter(&mut terminal, "seen");
    terminal.wait_for_text("< /binary (1000 bytes");
    terminal.wait_for_text("000000f0");
    assert!(
        !terminal.screen().contains("00000100"),
        "{}",
        terminal.screen()
    );
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

#[test]
fn an_empty_line_sends_nothing() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("something");
    }));
    let mut terminal = prompt(&server);
    terminal.key(Key::Enter);
    terminal.wait_for(|screen| screen.ends_with("\n>\n>"), "another prompt");
    terminal.type_("   ").key(Key::Enter);
    terminal.wait_for(|screen| screen.ends_with("\n>\n>\n>"), "a third prompt");
    enter(&mut terminal, "something");
    leave(terminal, server);
}

#[test]
fn json_goes_on_over_lines_until_it_is_complete() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("{\"a\":\n[1,\n2]}")
            .expect_text("[not json")
            .expect_text("after");
    }));
    let mut terminal = prompt(&server);
    terminal
        .type_("{\"a\":")
        .key(Key::Enter)
        .type_("[1,")
        .key(Key::Enter)
        .type_("2]}");
    submit(&mut terminal, "\n2]}");
    enter(&mut terminal, "[not json");
    enter(&mut terminal, "after");
    leave(terminal, server);
}

#[test]
fn an_empty_line_inside_json_is_an_error_and_nothing_is_sent() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("after");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("{\"a\":").key(Key::Enter).key(Key::Enter);
    terminal.wait_for_text("* error: ");
    enter(&mut terminal, "after");
    let screen = leave(terminal, server);
    assert!(screen.contains("{\"a\":"), "{screen}");
}

#[test]
fn lines_of_dash_x_are_sent_first_and_shown() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("one")
            .expect_binary([1])
            .expect_text("typed");
    }));
    let mut terminal = prompt_with(&server, &["-x", "one", "-x", "/binary 01"]);
    terminal.wait_for_text("> one\n> /binary 01\n>");
    enter(&mut terminal, "typed");
    leave(terminal, server);
}

#[test]
fn a_wait_holds_back_what_is_typed_after_it() {
    let server = Server::accept(closes_normally(|conn| {
        let began = std::time::Instant::now();
        conn.text("meanwhile").expect_text("later");
        let waited = began.elapsed();
        assert!(waited.as_millis() >= 700, "{waited:?}");
        conn.text("got it");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("< meanwhile");
    enter(&mut terminal, "/wait 800ms");
    enter(&mut terminal, "later");
    // Whoever leaves now would not have sent it.
    terminal.wait_for_text("< got it");
    leave(terminal, server);
}

#[test]
fn a_file_that_cannot_be_sent_is_told_and_the_prompt_goes_on() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("after");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/file missing");
    terminal.wait_for_text("* error: cannot read missing: no such file or directory");
    enter(&mut terminal, "after");
    leave(terminal, server);
}

#[test]
fn lines_that_come_in_one_burst_are_all_sent() {
    let all = Gate::default();
    let heard = all.clone();
    let server = Server::accept(closes_normally(move |conn| {
        conn.expect_text("one")
            .expect_text("two")
            .expect_text("three");
        heard.open();
    }));
    let mut terminal = prompt(&server);
    // As a paste without marks, or a script, sends them.
    terminal.type_("one\rtwo\rthree\r");
    all.pass("three messages");
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn lines_that_are_typed_ahead_of_the_prompt_are_all_sent() {
    let all = Gate::default();
    let heard = all.clone();
    let server = Server::accept(closes_normally(move |conn| {
        for n in 0..50 {
            conn.expect_text(&format!("line {n}"));
        }
        heard.open();
    }));
    let mut terminal = prompt(&server);
    for n in 0..50 {
        terminal.type_(format!("line {n}")).key(Key::Enter);
    }
    all.pass("fifty messages");
    terminal.wait_for(|screen| screen.ends_with("line 49\n>"), "an empty line");
    leave(terminal, server);
}

#[test]
fn ctrl_d_right_behind_a_line_closes() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("last words");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("last words").key(Key::Enter);
    leave(terminal, server);
}
