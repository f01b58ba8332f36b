//! Arguments of commands: codes, files, settings, patterns, addresses.

use super::{Candidate, Sources, followed, member};
use crate::message::{KNOWN_CODES, is_allowed_on_wire, meaning};
use crate::prompt::request::SETTINGS;

const SWITCHES: [&str; 2] = ["on", "off"];
/// What a pattern may begin with, and whether something has to follow.
const PATTERNS: [(&str, &str); 12] = [
    ("off", ""),
    ("/any", ""),
    ("/any-text", ""),
    ("/any-binary", ""),
    ("/match", "REGEX"),
    ("/text", "TEXT"),
    ("/string", "TEXT"),
    ("/json", "VALUE"),
    ("/binary", "HEX"),
    ("/base64", "BASE64"),
    ("/ping", "DATA"),
    ("/pong", "DATA"),
];
/// What the data of a ping or pong may be.
const DATA: [(&str, &str); 3] = [
    ("/string", "TEXT"),
    ("/binary", "HEX"),
    ("/base64", "BASE64"),
];

/// Offers for `argument`, which ends where the cursor is, at `end`.
pub(super) fn complete(
    name: &str,
    argument: &str,
    end: usize,
    sources: &impl Sources,
) -> (usize, Vec<Candidate>) {
    let word = argument.trim_start_matches([' ', '\t']);
    let start = end - word.len();
    let of = |words: Vec<(String, &str)>| (start, beginning_with(word, words));
    match name {
        "/help" => of(help(word, sources)),
        "/close" => (start, codes(word)),
        "/file" => file(word, start, sources),
        "/save" => (start, paths(word, sources)),
        "/set" => set(word, start),
        "/filter" => of(PATTERNS.map(|(word, next)| (word.into(), next)).into()),
        "/ping" | "/pong" if !word.is_empty() => {
            of(DATA.map(|(word, next)| (word.into(), next)).into())
        }
        "/connect" => of(sources.urls().into_iter().map(|url| (url, "")).collect()),
        "/json" => member::complete(word, start, sources),
        _ => (start, Vec::new()),
    }
}

fn beginning_with(beginning: &str, words: Vec<(String, &str)>) -> Vec<Candidate> {
    let words = words
        .into_iter()
        .filter(|(word, _)| word.starts_with(beginning));
    let candidate = |(word, next): (String, &str)| Candidate {
        inserted: followed(&word, next),
        shown: word,
    };
    words.map(candidate).collect()
}

/// With or without their slash, as the word begins.
fn help(word: &str, sources: &impl Sources) -> Vec<(String, &'static str)> {
    let bare = !word.starts_with('/');
    let all = sources.commands().into_iter();
    let names = all.map(|command| match bare {
        true => command.name.trim_start_matches('/'),
        false => command.name,
    });
    names.map(|name| (name.to_owned(), "")).collect()
}

fn codes(word: &str) -> Vec<Candidate> {
    let codes = KNOWN_CODES
        .iter()
        .filter(|code| code.to_string().starts_with(word));
    let candidate = |code: &u16| Candidate {
        shown: format!("{code}  {}", meaning(*code)),
        inserted: code.to_string(),
    };
    codes.map(candidate).collect()
}

/// What the code behind `/close ` means, or what may follow it.
pub(super) fn explain_close(argument: &str) -> Option<String> {
    let argument = argument.trim_start();
    let (word, reason) = argument.split_once(' ').unwrap_or((argument, ""));
    let code: u16 = word.parse().ok().filter(|code| *code >= 1000)?;
    match word.len() == argument.len() {
        true if is_allowed_on_wire(code) => Some(format!("  {}", meaning(code))),
        true => Some("  not allowed on the wire".into()),
        false => Some("[REASON]".into()).filter(|_| reason.is_empty()),
    }
}

fn file(word: &str, start: usize, sources: &impl Sources) -> (usize, Vec<Candidate>) {
    let option = word.split_once([' ', '\t']);
    if let Some(("--text", path)) = option {
        let path = path.trim_start_matches([' ', '\t']);
        let start = start + word.len() - path.len();
        return (start, paths(path, sources));
    }
    if word.starts_with('-') {
        let option = vec![("--text".to_owned(), "PATH")];
        return (start, beginning_with(word, option));
    }
    (start, paths(word, sources))
}

/// Names in the folder that a path leads to. All of the rest of the line is the path:
/// blanks are part of it, and nothing is quoted.
fn paths(path: &str, sources: &impl Sources) -> Vec<Candidate> {
    let (folder, beginning) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    let entries = sources.entries(folder).into_iter().filter(|entry| {
        let asked = !entry.name.starts_with('.') || beginning.starts_with('.');
        // At the beginning of a path that would be an option.
        let option = folder.is_empty() && entry.name.starts_with("--");
        asked && !option && entry.name.starts_with(beginning)
    });
    let candidate = |entry: super::Entry| {
        let slash = if entry.is_folder { "/" } else { "" };
        let shown = entry.name + slash;
        Candidate {
            inserted: format!("{folder}{shown}"),
            shown,
        }
    };
    entries.map(candidate).collect()
}

fn set(word: &str, start: usize) -> (usize, Vec<Candidate>) {
    let words = |words: &[&str], next| {
        words
            .iter()
            .map(|word| ((*word).to_owned(), next))
            .collect()
    };
    let names = SETTINGS.map(|(name, _)| name);
    let Some((name, switch)) = word.split_once([' ', '\t']) else {
        return (start, beginning_with(word, words(&names, "on|off")));
    };
    let switch = switch.trim_start_matches([' ', '\t']);
    let start = start + word.len() - switch.len();
    let known = names.contains(&name);
    let offered = beginning_with(switch, words(&SWITCHES, ""));
    (start, if known { offered } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Known, ROOM, completed};
    use super::super::{Sources, complete};

    #[test]
    fn arguments_are_completed_as_their_command_reads_them() {
        let nothing: &[&str] = &[];
        for (typed, lines) in [
            ("/help cl", &["/help close"][..]),
            ("/help /cl", &["/help /close"]),
            ("/close 300", &["/close 3000", "/close 3003", "/close 3008"]),
            ("/close 1000 ", nothing),
            ("/file a", &["/file a file.txt", "/file archive/"]),
            ("/file a f", &["/file a file.txt"]),
            ("/file --text a ", &["/file --text a file.txt"]),
            ("/file --", &["/file --text "]),
            ("/file archive/", &["/file archive/old"]),
            ("/file .", &["/file .hidden"]),
            ("/save ar", &["/save archive/"]),
            ("/set p", &["/set ping-pong ", "/set pretty "]),
            ("/set pretty o", &["/set pretty off", "/set pretty on"]),
            ("/set odd o", nothing),
            (
                "/filter /any-",
                &["/filter /any-binary", "/filter /any-text"],
            ),
            ("/filter o", &["/filter off"]),
            ("/filter /ma", &["/filter /match "]),
            ("/connect ws:", &["/connect ws://one/"]),
            ("/ping /b", &["/ping /base64 ", "/ping /binary "]),
            ("/ping ", nothing),
            ("/show ", nothing),
            ("/text a", nothing),
            ("/json {\"i", &["/json {\"id\": "]),
        ] {
            assert_eq!(completed(typed), lines, "{typed:?}");
        }
    }

    #[test]
    fn codes_are_listed_with_their_meanings() {
        let (_, codes) = complete("/close 1000", 11, ROOM, &Known);
        assert_eq!(codes[0].shown, "1000  normal closure");
        assert!(Known.commands().len() > 10);
    }
}
