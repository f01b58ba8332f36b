//! What Tab offers, and what is explained behind the cursor: a line and a position
//! to candidates, without input or output.

mod argument;
mod member;

use crate::notation::Command;
use crate::terminal::Window;
use crate::visible::width;

/// Of a longer name only the beginning is listed, in characters.
const MAX_SHOWN: usize = 60;
/// Columns that the editor leaves between two names.
const GAP: usize = 2;
/// Longer lines are no commands that need an explanation, in bytes.
const MAX_EXPLAINED: usize = 256;

/// Something that can stand where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// As it is listed.
    pub(super) shown: String,
    /// As it stands in the line.
    pub(super) inserted: String,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
}

/// Where candidates come from.
pub(super) trait Sources {
    /// Every command of the prompt.
    fn commands(&self) -> Vec<&'static Command>;

    /// What is in this folder; the working directory is the empty one.
    fn entries(&self, folder: &str) -> Vec<Entry>;

    /// Member names of this session's JSON.
    fn names(&self) -> Vec<String>;

    /// Addresses of this session.
    fn urls(&self) -> Vec<String>;
}

/// What can be completed: where it begins, in bytes, and with what, as far as there is
/// room to list it. The editor would ask about more, or page through it, and heed
/// nothing else meanwhile.
pub(super) fn complete(
    line: &str,
    position: usize,
    window: Window,
    sources: &impl Sources,
) -> (usize, Vec<Candidate>) {
    let typed = line.get(..position).unwrap_or(line);
    let (start, candidates) = candidates(typed, sources);
    (start, limited(candidates, window))
}

/// Offers for what is before the cursor; those that do not begin like it are left out.
fn candidates(typed: &str, sources: &impl Sources) -> (usize, Vec<Candidate>) {
    if typed.starts_with(['{', '[']) {
        return member::complete(typed, 0, sources);
    }
    if !typed.starts_with('/') || typed.starts_with("//") {
        return (typed.len(), Vec::new());
    }
    let Some((name, argument)) = typed.split_once([' ', '\t']) else {
        let all = sources.commands();
        let named = all
            .into_iter()
            .filter(|command| command.name.starts_with(typed));
        let candidate = |command: &Command| Candidate {
            shown: command.name.to_owned(),
            inserted: followed(command.name, command.arguments),
        };
        return (0, named.map(candidate).collect());
    };
    argument::complete(name, argument, typed.len(), sources)
}

/// A blank behind what something has to follow.
fn followed(word: &str, arguments: &str) -> String {
    let blank = if arguments.is_empty() { "" } else { " " };
    format!("{word}{blank}")
}

/// In order, each once, and not more than there is room for.
fn limited(mut candidates: Vec<Candidate>, window: Window) -> Vec<Candidate> {
    candidates.sort_by(|one, other| one.inserted.cmp(&other.inserted));
    candidates.dedup();
    for candidate in &mut candidates {
        if candidate.shown.chars().count() > MAX_SHOWN {
            candidate.shown = candidate.shown.chars().take(MAX_SHOWN - 1).collect();
            candidate.shown.push('…');
        }
    }
    let most = most(&candidates, window);
    if candidates.len() > most.max(1) {
        let inserted = common_beginning(&candidates);
        let more = candidates.len() - most.saturating_sub(1);
        candidates.truncate(most.saturating_sub(1));
        candidates.push(Candidate {
            shown: format!("… {more} more"),
            inserted,
        });
    }
    candidates
}

/// How many of these names the editor can list without a pause.
fn most(candidates: &[Candidate], window: Window) -> usize {
    let widths = candidates.iter().map(|candidate| width(&candidate.shown));
    let widest = widths.max().unwrap_or_default();
    let columns = window.columns / (widest.max("… 1000000 more".len()) + GAP);
    window.rows.saturating_sub(1) * columns.max(1)
}

fn common_beginning(candidates: &[Candidate]) -> String {
    let mut common = candidates
        .first()
        .map_or("", |candidate| &candidate.inserted);
    for candidate in candidates {
        let same = common
            .char_indices()
            .zip(candidate.inserted.chars())
            .find(|((_, one), other)| one != other)
            .map(|((at, _), _)| at);
        let shorter = common.len().min(candidate.inserted.len());
        common = &common[..same.unwrap_or(shorter)];
    }
    common.to_owned()
}

/// What is explained behind the end of a line: a command's arguments, or what one of
/// them means. Nothing of it is part of the line.
pub(super) fn explain(line: &str, commands: &[&'static Command]) -> Option<String> {
    let is_command = line.starts_with('/') && !line.starts_with("//");
    if !is_command || line.len() > MAX_EXPLAINED || line.contains('\n') {
        return None;
    }
    let (name, argument) = line.split_once(' ').unwrap_or((line, ""));
    let command = commands.iter().find(|command| command.name == name)?;
    if name == "/close" && !argument.trim().is_empty() {
        return argument::explain_close(argument);
    }
    let shown = match (name.len() == line.len(), argument.is_empty()) {
        (true, _) => format!(" {}", command.arguments),
        (false, true) => command.arguments.to_owned(),
        (false, false) => return None,
    };
    Some(shown).filter(|_| !command.arguments.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) struct Known;

    impl Sources for Known {
        fn commands(&self) -> Vec<&'static Command> {
            let own = crate::prompt::commands::OF_CLIENT;
            crate::notation::COMMANDS.iter().chain(own).collect()
        }

        fn entries(&self, folder: &str) -> Vec<Entry> {
            let entry = |name: &str, is_folder| Entry {
                name: name.into(),
                is_folder,
            };
            match folder {
                "" => vec![
                    entry("a file.txt", false),
                    entry("archive", true),
                    entry(".hidden", false),
                    entry("--text", false),
                ],
                "archive/" => vec![entry("old", false)],
                "many/" => (0..1000).map(|n| entry(&format!("f{n}"), false)).collect(),
                _ => Vec::new(),
            }
        }

        fn names(&self) -> Vec<String> {
            ["id", "name", "names", "größe"].map(String::from).into()
        }

        fn urls(&self) -> Vec<String> {
            ["ws://one/", "wss://two/"].map(String::from).into()
        }
    }

    pub(super) const ROOM: Window = Window {
        rows: 24,
        columns: 80,
    };

    /// The line with each candidate in its place.
    pub(super) fn completed(typed: &str) -> Vec<String> {
        let (start, candidates) = complete(typed, typed.len(), ROOM, &Known);
        let line = |candidate: Candidate| typed[..start].to_owned() + &candidate.inserted;
        candidates.into_iter().map(line).collect()
    }

    #[test]
    fn commands_are_completed_with_a_blank_where_something_follows() {
        assert_eq!(completed("/cl"), ["/close "]);
        assert_eq!(completed("/q"), ["/quit"]);
        assert_eq!(completed("/b"), ["/base64 ", "/binary "]);
        let nothing: [&str; 0] = [];
        for typed in ["", "close", "//cl", "/zz", " /cl", "hello /cl"] {
            assert_eq!(completed(typed), nothing, "{typed:?}");
        }
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        for (rows, columns, length, last) in [
            (24, 80, 92, "… 909 more"),
            (24, 8, 23, "… 978 more"),
            (3, 80, 8, "… 993 more"),
            (1, 80, 1, "… 1000 more"),
        ] {
            let room = Window { rows, columns };
            let (_, candidates) = complete("/file many/", 11, room, &Known);
            assert_eq!(candidates.len(), length, "{room:?}");
            assert_eq!(candidates[length - 1].shown, last);
            assert_eq!(candidates[length - 1].inserted, "many/f");
        }
    }

    #[test]
    fn arguments_are_explained_behind_a_command() {
        let all = Known.commands();
        for (line, shown) in [
            ("/close", Some(" [CODE [REASON]]")),
            ("/close ", Some("[CODE [REASON]]")),
            ("/close 10", None),
            ("/close 1008", Some("  policy violation")),
            ("/close 1008 ", Some("[REASON]")),
            ("/close 1008 quota", None),
            ("/close 1005", Some("  not allowed on the wire")),
            ("/file", Some(" [--text] PATH")),
            ("/quit", None),
            ("/clos", None),
            ("//close", None),
            ("hello", None),
            ("{", None),
            ("", None),
            ("/close\n", None),
        ] {
            assert_eq!(explain(line, &all).as_deref(), shown, "{line:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_is_offered_begins_like_what_stands_there(
            line in r#"(/[a-z]{0,6} ?|\{"|\[)?[a-z0-9 /"\\:,{}ö\n-]{0,20}"#
        ) {
            for (position, _) in line.char_indices().chain([(line.len(), ' ')]) {
                let (start, candidates) = complete(&line, position, ROOM, &Known);
                prop_assert!(start <= position && line.is_char_boundary(start));
                for candidate in candidates {
                    prop_assert!(
                        candidate.inserted.starts_with(&line[start..position]),
                        "{:?} at {}: {:?}", line, position, candidate
                    );
                }
            }
            let _ = explain(&line, &Known.commands());
        }
    }
}
