//! The tables of README.md that name what the program has: its messages, each of which is
//! provoked here, its environment and its commands.

use std::fs;

use openssl::ssl::SslVersion;
use wstalk::cli::{Cli, Extent};
use wstalk::context::ENVIRONMENT;

use super::super::support::{
    Authority, Command, Conn, Identity, Proxy, Server, Tls, abreast, deaf_port, wstalk,
};
use super::pages;
use super::run::in_shell;
use super::site::{Around, Site};

const PAGE: &str = "README.md";

/// The first cell of a row, and what stderr says of each of its cases.
type Row = (&'static str, fn() -> Vec<String>);

/// The table of troubleshooting.
const MESSAGES: [Row; 13] = [
    ("`the upgrade was refused: HTTP 404`", || {
        vec![refused("404 Not Found")]
    }),
    ("`the upgrade was refused: HTTP 302`", || {
        vec![refused("302 Found\r\nLocation: /new")]
    }),
    ("`the upgrade was refused: HTTP 401`, `403`", || {
        let unauthorized = refused("401 Unauthorized");
        vec![unauthorized, refused("403 Forbidden")]
    }),
    ("`nothing listens on port …`", || {
        let (_kept, port) = deaf_port();
        vec![told(wstalk().arg(format!(":{port}")), 7)]
    }),
    ("`what came back is not TLS`", || {
        let plain = |conn: &mut Conn<'_>| _ = conn.raw("HTTP/1.1 400 Bad Request\r\n\r\n");
        let server = Server::accept(plain);
        let url = format!("wss://localhost:{}", server.port());
        vec![told(wstalk().arg(url), 35)]
    }),
    ("`what came back is TLS`", || {
        let server = Server::accept(|conn| _ = conn.reply("\u{15}\u{3}\u{1}\0\u{2}\u{2}F"));
        vec![told(wstalk().arg(server.url()), 8)]
    }),
    ("`self-signed certificate`", || {
        let server = Server::distrusted(&Identity::self_signed());
        vec![told(wstalk().arg(server.url()), 60)]
    }),
    ("`the server requires a client certificate`", || {
        let authority = Authority::new();
        let tls = Tls::from(&authority.localhost());
        vec![distrusted(
            tls.demanding_client_certificate(&authority),
            &authority,
        )]
    }),
    (
        "`cannot use …: its key is in the old form …`",
        key_of_the_old_form,
    ),
    ("`the server takes none of the versions`", || {
        let authority = Authority::new();
        let tls = Tls::from(&authority.localhost()).at_least(SslVersion::TLS1);
        vec![distrusted(tls.at_most(SslVersion::TLS1_1), &authority)]
    }),
    ("`the proxy … refused the tunnel …: HTTP 407`", || {
        let proxy = Proxy::http().wanting("me", "sesame").start();
        let place = proxy.place();
        let command = wstalk().args(["--proxy", &place, "ws://example.com"]);
        vec![told(command, 97)]
    }),
    ("`cannot connect to the proxy …`", || {
        let (_kept, port) = deaf_port();
        let place = format!("127.0.0.1:{port}");
        let command = wstalk().args(["--proxy", &place, "ws://example.com"]);
        vec![told(command, 7)]
    }),
    ("`no reply within 5 s of the last message`", || {
        let server = Server::upgraded(|conn| {
            conn.expect_text("hello");
            conn.answer_close();
        });
        vec![told(wstalk().arg(server.url()).stdin("hello\n"), 0)]
    }),
];

/// What it says on stderr, ending with this code.
#[track_caller]
fn told(command: Command, code: i32) -> String {
    let output = command.run().code(code);
    output.stderr_seen().to_owned()
}

fn refused(status: &'static str) -> String {
    let server = Server::accept(move |conn| {
        conn.reply(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
    });
    told(wstalk().arg(server.url()), 22)
}

/// A server with which there is no TLS handshake, though its certificate is trusted.
fn distrusted(tls: Tls, authority: &Authority) -> String {
    let server = Server::distrusted(tls);
    let command = wstalk().arg(server.url()).arg("--cacert");
    told(command.arg(authority.certificate_path()), 35)
}

fn key_of_the_old_form() -> Vec<String> {
    let client = Authority::new().client();
    let old = client.key().ec_key().expect("a key of that kind");
    let command = wstalk().args(["--key", "old.key", "wss://localhost:1", "--cert"]);
    let old = old.private_key_to_pem().expect("PEM");
    fs::write(command.home().join("old.key"), old).expect("a file");
    vec![told(command.arg(client.certificate_path()), 58)]
}

/// The cells of the rows below this heading, without the first two lines of the table.
fn cells(heading: &str) -> Vec<Vec<String>> {
    let page = pages::read(PAGE);
    let (_, rest) = page.split_once(heading).expect("the heading");
    let rows = rest.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let row = row.trim_start_matches("| ").trim_end_matches(" |");
        row.split(" | ").map(str::to_owned).collect()
    })
    .collect()
}

/// The words between backticks.
fn words(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_message_of_the_troubleshooting_is_one_that_the_program_prints() {
    let rows = cells("\n## Troubleshooting\n");
    let written: Vec<&str> = rows.iter().map(|row| &*row[0]).collect();
    let known = MESSAGES.map(|(message, _)| message);
    assert_eq!(written, known, "a row that is not provoked here");
    abreast(6, MESSAGES, |(cell, provoke)| {
        let said = provoke();
        let named = words(cell);
        assert_eq!(said.len(), named.len(), "{cell}");
        for (said, words) in said.iter().zip(named) {
            let mut rest = &**said;
            for part in words.split('…') {
                let found = rest.find(part);
                let at = found.unwrap_or_else(|| panic!("{cell}: {part:?} is not in: {said}"));
                rest = &rest[at + part.len()..];
            }
        }
    });
}

#[test]
fn the_environment_of_the_readme_is_what_the_program_heeds() {
    let rows = cells("\n## Environment\n");
    let written: Vec<Vec<&str>> = rows.iter().map(|row| words(&row[0])).collect();
    let heeded = ENVIRONMENT.iter().map(|(names, _)| names.split(", "));
    let heeded: Vec<Vec<&str>> = heeded.map(Iterator::collect).collect();
    assert_eq!(written, heeded);
}

#[test]
fn the_commands_of_the_readme_are_those_that_there_are() {
    let rows = cells("\n## Commands\n");
    let named = rows.iter().flat_map(|row| words(&row[0]));
    let seconds = named.filter_map(|words| words.split(' ').nth(1));
    let mut written: Vec<&str> = seconds.filter(|word| !word.starts_with('[')).collect();
    let whole = Cli::dressed(Extent::Whole);
    let visible = whole.get_subcommands().filter(|below| !below.is_hide_set());
    let mut there: Vec<&str> = visible.map(clap::Command::get_name).collect();
    written.sort_unstable();
    there.sort_unstable();
    assert_eq!(written, there);
}

#[test]
fn what_the_table_of_installing_names_runs() {
    let rows = cells("\n## Installing\n");
    let all = rows.iter().flat_map(|row| words(&row[1]));
    let mut lines = Vec::new();
    for word in all {
        match word {
            "bash" | "zsh" | "fish" | "powershell" | "elvish" => {
                lines.push(format!("wstalk completions {word}"));
            }
            script if script.starts_with(".ci/") => {
                pages::read(script);
            }
            line => lines.push(line.replace(r"\|", "|")),
        }
    }
    assert!(lines.len() > 6, "{lines:?}");
    let site = Site::new(Around::Alone);
    for line in &lines {
        let output = in_shell(line, &site).run();
        assert!(!output.stdout_seen().is_empty(), "{line}");
        output.code(0);
    }
}
