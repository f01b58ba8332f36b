//! What a line was meant to be that is none of the language: habits of other languages,
//! words without their mark, lines at the wrong margin. Each becomes an error that shows
//! what to write.

use super::super::fact::Fact;
use super::super::steps::ConnectOption;
use super::super::variable::is_name;
use super::super::written::Written;
use super::super::{Problem, first_word, shorten};
use super::lines::Line;
use crate::nearest::nearest;

/// What a line at the margin is, in a sentence.
const LINES_ARE: &str = "a line is `connect URL`, `open`, `> MESSAGE`, `< PATTERN`, `# comment`, or indented under one of these";

/// What is said of a mark that is indented.
const AT_MARGIN: &str = "lines that send or expect stand at the margin, without blanks before them";

/// Options of `connect` that concern the run and not the handshake.
const OTHERS: [&str; 2] = ["timeout", "ignore"];

/// What may stand under an expectation beside facts.
const MANNERS: [&str; 3] = ["within", "times", "example"];

/// Words of other languages for what a line does, and the line that does it here.
const ACTS: [(&[&str], &str); 5] = [
    (&["wait", "sleep", "pause", "delay"], "`> /wait 1s` waits"),
    (
        &["close", "disconnect", "quit"],
        "`> /close 1000` closes the connection",
    ),
    (&["ping"], "`> /ping` sends a ping"),
    (&["send", "say", "write"], "`> MESSAGE` sends"),
    (
        &["expect", "receive", "recv", "assert", "read"],
        "`< PATTERN` expects",
    ),
];

/// Commands that have another name in a transcript.
const COMMANDS: [(&[&str], &str); 6] = [
    (&["/regex", "/regexp", "/re", "/matches"], "/match"),
    (&["/anything", "/*", "/all"], "/any"),
    (&["/closed", "/disconnect"], "/close"),
    (
        &["/nothing", "/none", "/quiet", "/no-message"],
        "/silence 500ms",
    ),
    (&["/sleep", "/delay", "/pause"], "/wait"),
    (&["/send"], "/text"),
];

/// Short options of the command line, as `connect` has them.
const SHORT: [(&str, &str); 6] = [
    ("-H", "header"),
    ("-A", "user-agent"),
    ("-L", "location"),
    ("-o", "origin"),
    ("-s", "subprotocol"),
    ("-u", "user"),
];

/// A line at the margin.
pub(super) fn at_margin(line: &Line<'_>, clients: &[String]) -> Problem {
    if let Some(problem) = crooked_mark(line, clients) {
        return problem;
    }
    let (word, rest) = line.split();
    let unknown = |hint: String| line.problem(&format!("unknown word `{}`", shorten(word)), &hint);
    if ["//", "--", ";", "/*", "%"]
        .iter()
        .any(|mark| word.starts_with(mark))
    {
        return unknown("`#` begins a comment".into());
    }
    if word.contains("://") {
        return unknown(format!("`connect {}` connects there", shorten(word)));
    }
    if word.starts_with('/') || word.starts_with(['{', '[', '"']) {
        return unknown("`> ` before it sends it, `< ` expects it".into());
    }
    let bare = word.trim_end_matches([':', '=']).to_ascii_lowercase();
    if let Some((_, hint)) = ACTS.iter().find(|(words, _)| words.contains(&&*bare)) {
        return unknown((*hint).to_owned());
    }
    if is_option(&bare) && !rest.text.starts_with(['=', '<', '>', '~']) {
        return unknown(format!("`{bare}` stands under `connect`, indented"));
    }
    if word.starts_with('$') || Fact::begins(&bare) || MANNERS.contains(&&*bare) {
        return unknown("it is indented under the line of which it speaks".into());
    }
    match nearest(word, ["connect", "open"]) {
        Some(near) => unknown(format!("did you mean `{near}`?")),
        None => unknown(LINES_ARE.into()),
    }
}

/// A mark with a blank too few or too many.
fn crooked_mark(line: &Line<'_>, clients: &[String]) -> Option<Problem> {
    let at = line.text.find(['>', '<'])?;
    let (before, behind) = line.text.split_at(at);
    let (sign, message) = behind.split_at(1);
    let name = before.trim_end_matches([' ', '\t']);
    let is_known = name.is_empty() || clients.iter().any(|known| known == name);
    if !is_known && (name != before || !is_name(name)) {
        return None;
    }
    let hint = format!("write `{name}{sign} {}`", shorten(message.trim_start()));
    Some(match name == before {
        true => line.part(at).problem(
            &format!("a blank is missing after `{name}{sign}`"),
            hint.trim_end(),
        ),
        false => line.part(name.len()).problem(
            &format!("a blank stands between `{name}` and `{sign}`"),
            hint.trim_end(),
        ),
    })
}

/// A line under `connect`.
pub(super) fn under_connect(word: &str, line: &Line<'_>) -> Problem {
    let bare = word.trim_start_matches('-').trim_end_matches([':', '=']);
    let short = SHORT.iter().find(|(short, _)| *short == word);
    let names = ConnectOption::ALL.iter().map(|(name, _)| *name);
    let hint = match (short, nearest(bare, names.chain(OTHERS))) {
        (Some((_, name)), _) => format!("`{name}` is its name here"),
        _ if is_marked(word) => AT_MARGIN.into(),
        _ if bare == "within" => "`timeout 3s` limits all lines of this client".into(),
        _ if word.starts_with('$') || Fact::begins(bare) => {
            "facts stand under `open` and under lines with `<`".into()
        }
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) if word.ends_with(':') => {
            format!("`header {} …` sends this header", shorten(word))
        }
        (None, None) => {
            "what weakens trust, writes files or leads elsewhere is for the command line alone"
                .into()
        }
    };
    let message = format!("`connect` has no option `{}`", shorten(word));
    line.problem(&message, &hint)
}

/// A line under an expectation, or under `open`.
pub(super) fn of_expectation(line: &Line<'_>, of_opening: bool) -> Problem {
    let (word, rest) = line.split();
    let manners = match of_opening {
        true => &MANNERS[2..],
        false => &MANNERS[..],
    };
    let bare = word.trim_end_matches(':');
    let near = nearest(bare, Fact::words().chain(manners.iter().copied()));
    let hint = match near {
        _ if is_marked(word) => AT_MARGIN.into(),
        _ if bare == "timeout" => "`within 3s` limits this line, `timeout 3s` under `connect` all".into(),
        _ if ["set", "save", "capture", "var", "const", "store"].contains(&bare) => {
            "`let NAME = $.path` keeps a value as `{{NAME}}`".into()
        }
        _ if is_option(bare) => format!("`{bare}` stands under `connect`"),
        _ if bare == "not" => "`$.path absent`, `$.path != VALUE` and `$.path !~ REGEX` say not".into(),
        _ if Fact::is_operator(bare) => {
            format!("what it speaks of stands first: `$.path {bare} …`")
        }
        Some(near) => format!("did you mean `{near}`?"),
        None if Fact::is_operator(rest.split().0) || rest.text.starts_with('=') => {
            format!("`$.{}` is this member of the JSON", shorten(word.trim_start_matches('.')))
        }
        None if of_opening => "under `open` stand facts: `status == 101`, `header NAME ~ …`, `subprotocol == \"…\"`, `time < 800ms`, `$.path …`, `text …`".into(),
        None => "under an expectation stand facts (`$.path == …`, `text ~ …`, `length > …`), `let NAME = $.path`, `within 3s`, `times N`, `example LINE`".into(),
    };
    line.problem(&format!("unknown word `{}`", shorten(word)), &hint)
}

/// Looks whether a line can be sent, whatever its variables are.
pub(super) fn check_sent(rest: &str, written: &Written) -> Result<(), Problem> {
    let line = written.check_line();
    line.map_err(|problem| of_sent(rest, problem))
}

/// The error of a line that sends, or of one that expects, with a better word for it.
pub(super) fn of_command(rest: &str, problem: Problem) -> Problem {
    let word = first_word(rest);
    let known = COMMANDS.iter().find(|(words, _)| words.contains(&word));
    match known {
        Some((_, name)) => Problem {
            hint: Some(format!("did you mean `{name}`?")),
            ..problem
        },
        None => problem,
    }
}

/// A pattern where something is to be sent.
fn of_sent(rest: &str, problem: Problem) -> Problem {
    const PATTERNS: [&str; 6] = [
        "/match",
        "/any",
        "/any-text",
        "/any-binary",
        "/lost",
        "/silence",
    ];
    let word = first_word(rest);
    match PATTERNS.contains(&word) {
        true => Problem {
            message: format!("`{word}` cannot be sent"),
            hint: Some(format!("`< {word}` expects it")),
            ..problem
        },
        false => of_command(rest, problem),
    }
}

fn is_option(word: &str) -> bool {
    OTHERS.contains(&word) || ConnectOption::ALL.iter().any(|(name, _)| *name == word)
}

/// Whether a word is a line's mark.
fn is_marked(word: &str) -> bool {
    let marks = [">", "<", "<&", "<?"];
    marks.contains(&word) || word.strip_suffix(['>', '<']).is_some_and(is_name)
}
