//! The manual, in roff: the options as help has them, with what they mean at length, and
//! the tables of the program.

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use wstalk::cli::{Cli, Extent};
use wstalk::context::ENVIRONMENT;
use wstalk::error::EXIT_CODES;
use wstalk::notation;

const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

const DESCRIPTION: [&str; 3] = [
    "wstalk opens a WebSocket connection (RFC 6455) and holds a conversation on it: a prompt \
     where stdin and stdout are terminals, a pipe otherwise. In a pipe a line is a message, \
     both ways, stdout has payload alone, and everything else goes to stderr.",
    "`check` runs transcripts of conversations as tests of a server, `listen` is a server to \
     test clients with, and can play the server's side of a transcript. `demo` talks to an \
     echo server of its own.",
    "A DURATION is 5, 0.5 (seconds), 800ms or 2m; a SIZE is 64, 64k or 1M (powers of 1,024).",
];

/// The page, whole.
pub(crate) fn made() -> String {
    let command = Cli::dressed(Extent::Whole);
    let man = Man::new(command.clone()).manual("User Commands");
    let mut page = PREAMBLE.to_owned();
    page += &rendered(|out| man.render_title(out));
    page += &rendered(|out| man.render_name_section(out));
    page += &rendered(|out| man.render_synopsis_section(out));
    page += &plain(&description());
    page += &rendered(|out| man.render_options_section(out));
    for below in command.get_subcommands() {
        page += &section_of(below, &command);
    }
    page += &plain(&tables());
    page
}

fn rendered(render: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("a buffer takes everything");
    let text = String::from_utf8(out).expect("the page is text");
    text.replace(PREAMBLE, "")
}

fn plain(roff: &Roff) -> String {
    rendered(|mut out| roff.to_writer(&mut out))
}

fn description() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["DESCRIPTION"]);
    for paragraph in DESCRIPTION {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
    roff
}

/// A command's own section: what it is, and the options that the first section lacks.
fn section_of(command: &Command, whole: &Command) -> String {
    let name = command.get_name();
    let mut head = Roff::new();
    head.control("SH", [format!("WSTALK {}", name.to_uppercase()).as_str()]);
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    head.text([roman(about)]);
    head.control("PP", []);
    let usage = command
        .clone()
        .bin_name(format!("wstalk {name}"))
        .render_usage()
        .to_string();
    head.text([bold(usage.replace("Usage: ", ""))]);
    let same = |one: &Arg, other: &Arg| {
        let [one, other] =
            [one, other].map(|arg| (arg.get_id(), arg.get_help().map(ToString::to_string)));
        one == other
    };
    let own = command.clone().mut_args(|arg| {
        let is_known = whole.get_arguments().any(|known| same(known, &arg));
        arg.hide(is_known)
    });
    let options = rendered(|out| Man::new(own.clone()).render_options_section(out));
    plain(&head) + &options.replace(".SH OPTIONS\n", "").replace(".SH ", ".SS ")
}

fn tables() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["NOTATION"]);
    roff.text([roman("One line is one message: at the prompt, with --execute, on the screen, and in transcripts. A line that begins a JSON object or array goes on in the next ones until the value is complete; any other line that begins with none of these is a text.")]);
    for command in notation::COMMANDS {
        roff.control("TP", []);
        roff.text([bold(command.name), roman(" "), italic(command.arguments)]);
        roff.text([roman(command.about)]);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in ENVIRONMENT {
        roff.control("TP", []);
        roff.text([bold(*name)]);
        roff.text([roman(*meaning)]);
    }
    roff.control("SH", ["FILES"]);
    roff.control("TP", []);
    roff.text([bold("~/.local/state/wstalk/history")]);
    roff.text([roman(
        "what was typed at the prompt, without secrets, for its owner alone to read",
    )]);
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        roff.control("TP", []);
        roff.text([bold(code.to_string())]);
        roff.text([roman(*meaning)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([
        bold("curl"),
        roman("(1), "),
        bold("jq"),
        roman("(1); RFC 6455, RFC 7692"),
    ]);
    roff
}
