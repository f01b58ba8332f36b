//! What `inputrc` asks for, as this editor can do it: its keys, and readline's
//! functions by name. What it has nothing like is left out.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rustyline::config::{BellStyle, Builder};
use rustyline::{
    Anchor, At, Cmd, ConditionalEventHandler, EditMode, Event, EventContext, EventHandler,
    InputMode, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount, Word,
};

use super::LineEditor;
use super::keys::ENTER;
use crate::prompt::inputrc::{Action, Binding, Editing, Inputrc, Keymap, MAX_TEXT, parse};
use crate::prompt::settings::InputrcFiles;

/// How long the rest of a sequence of keys may take unless told, in milliseconds, and at
/// most. Meanwhile nothing is drawn.
const SEQUENCE_TIMEOUT: u16 = 500;
const MAX_SEQUENCE_TIMEOUT: u16 = 5000;

/// Reads the first of the files that can be read.
pub(super) fn load(files: &InputrcFiles) -> Inputrc {
    let text = files.paths.iter().find_map(|path| text_of(path));
    let include = |path: &str| {
        let home = path.strip_prefix("~/").zip(files.home.as_ref());
        let path = home.map_or_else(|| PathBuf::from(path), |(rest, home)| home.join(rest));
        text_of(&path)
    };
    parse(&text.unwrap_or_default(), &files.term, &include)
}

fn text_of(path: &Path) -> Option<String> {
    // Opening anything else could wait.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(MAX_TEXT as u64).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Sets what the file sets.
pub(super) fn configure(builder: Builder, inputrc: &Inputrc) -> Builder {
    let longest = i64::from(MAX_SEQUENCE_TIMEOUT);
    let timeout = match inputrc.sequence_timeout {
        // For ever would be for ever without messages, too.
        Some(timeout) if timeout <= 0 => MAX_SEQUENCE_TIMEOUT,
        Some(timeout) => u16::try_from(timeout.min(longest)).unwrap_or(MAX_SEQUENCE_TIMEOUT),
        None => SEQUENCE_TIMEOUT,
    };
    let bell = match inputrc.audible_bell {
        Some(false) => BellStyle::None,
        _ => BellStyle::Audible,
    };
    let mode = match inputrc.editing {
        Some(Editing::Vi) => EditMode::Vi,
        _ => EditMode::Emacs,
    };
    builder
        .edit_mode(mode)
        .bell_style(bell)
        .keyseq_timeout(Some(timeout))
        .completion_show_all_if_ambiguous(inputrc.lists_at_once.unwrap_or(true))
        .bracketed_paste(inputrc.bracketed_paste.unwrap_or(true))
}

/// Binds the keys that the file binds.
pub(super) fn bind(editor: &mut LineEditor, inputrc: &Inputrc) {
    let mut bound: HashMap<Event, Vec<Binding>> = HashMap::new();
    for binding in &inputrc.bindings {
        if let Some(keys) = keys(&binding.keys).filter(|_| is_known(&binding.action)) {
            let bindings = bound.entry(Event::KeySeq(keys)).or_default();
            bindings.push(binding.clone());
        }
    }
    for (keys, bindings) in bound {
        let handler = EventHandler::Conditional(Box::new(Bound(bindings)));
        editor.bind_sequence(keys, handler);
    }
}

/// What one key does in each keymap, the last binding first.
struct Bound(Vec<Binding>);

impl ConditionalEventHandler for Bound {
    fn handle(
        &self,
        event: &Event,
        n: RepeatCount,
        positive: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let keymap = match (context.mode(), context.input_mode()) {
            (EditMode::Vi, InputMode::Command) => Keymap::ViCommand,
            (EditMode::Vi, _) => Keymap::ViInsert,
            _ => Keymap::Emacs,
        };
        let mut bindings = self.0.iter().rev();
        let binding = bindings.find(|binding| binding.keymap == keymap)?;
        if keymap == Keymap::ViCommand && binding.action.is_search() {
            // What is searched for would be read as commands.
            return None;
        }
        match &binding.action {
            Action::Text(text) => Some(Cmd::Insert(1, text.clone())),
            Action::Function(name) if name == "self-insert" => match event.get(0) {
                Some(KeyEvent(KeyCode::Char(letter), Modifiers::NONE)) => {
                    Some(Cmd::SelfInsert(n.max(1), *letter))
                }
                _ => None,
            },
            Action::Function(name) => function(name, n.max(1), positive),
        }
    }
}

impl Action {
    fn is_search(&self) -> bool {
        matches!(self, Action::Function(name) if name.ends_with("-search-history"))
    }
}

fn is_known(action: &Action) -> bool {
    match action {
        Action::Function(name) => name == "self-insert" || function(name, 1, true).is_some(),
        // Keys in a text would have to be read as keys.
        Action::Text(text) => !text.contains(char::is_control),
    }
}

/// A function of readline, `n` times, forwards unless `positive` is false.
fn function(name: &str, n: RepeatCount, positive: bool) -> Option<Cmd> {
    use Movement::{BackwardChar, BackwardWord, BeginningOfLine, EndOfLine, ForwardChar};
    let word = |word| Movement::ForwardWord(n, At::AfterEnd, word);
    let turned = |forward: Movement, backward: Movement, is_forward: bool| {
        if is_forward == positive {
            forward
        } else {
            backward
        }
    };
    let chars = |forward| turned(ForwardChar(n), BackwardChar(n), forward);
    let words = |forward| turned(word(Word::Emacs), BackwardWord(n, Word::Emacs), forward);
    Some(match name {
        "abort" => Cmd::Abort,
        "accept-line" => ENTER,
        "backward-char" => Cmd::Move(chars(false)),
        "forward-char" => Cmd::Move(chars(true)),
        "backward-word" | "shell-backward-word" => Cmd::Move(words(false)),
        "forward-word" | "shell-forward-word" => Cmd::Move(words(true)),
        "beginning-of-line" => Cmd::Move(BeginningOfLine),
        "end-of-line" => Cmd::Move(EndOfLine),
        "clear-screen" | "clear-display" => Cmd::ClearScreen,
        "redraw-current-line" => Cmd::Repaint,
        "previous-history" => Cmd::PreviousHistory,
        "next-history" => Cmd::NextHistory,
        "beginning-of-history" => Cmd::BeginningOfHistory,
        "end-of-history" => Cmd::EndOfHistory,
        "reverse-search-history" => Cmd::ReverseSearchHistory,
        "forward-search-history" => Cmd::ForwardSearchHistory,
        "history-search-backward" => Cmd::HistorySearchBackward,
        "history-search-forward" => Cmd::HistorySearchForward,
        "delete-char" => Cmd::Kill(chars(true)),
        "backward-delete-char" => Cmd::Kill(chars(false)),
        "quoted-insert" => Cmd::QuotedInsert,
        "transpose-chars" => Cmd::TransposeChars,
        "transpose-words" => Cmd::TransposeWords(n),
        "upcase-word" => Cmd::UpcaseWord,
        "downcase-word" => Cmd::DowncaseWord,
        "capitalize-word" => Cmd::CapitalizeWord,
        "kill-line" => Cmd::Kill(turned(EndOfLine, BeginningOfLine, true)),
        "backward-kill-line" => Cmd::Kill(turned(EndOfLine, BeginningOfLine, false)),
        "unix-line-discard" => Cmd::Kill(BeginningOfLine),
        "kill-whole-line" => Cmd::Kill(Movement::WholeBuffer),
        "kill-word" | "shell-kill-word" => Cmd::Kill(words(true)),
        "backward-kill-word" | "shell-backward-kill-word" => Cmd::Kill(words(false)),
        "unix-word-rubout" => Cmd::Kill(BackwardWord(n, Word::Big)),
        "yank" => Cmd::Yank(n, Anchor::Before),
        "yank-pop" => Cmd::YankPop,
        "undo" => Cmd::Undo(n),
        "revert-line" => Cmd::Undo(RepeatCount::MAX),
        "complete" | "possible-completions" | "menu-complete" => Cmd::Complete,
        _ => return None,
    })
}

/// The keys that a terminal sends as this text, if it is known to.
fn keys(sent: &str) -> Option<Vec<KeyEvent>> {
    let mut keys = Vec::new();
    let mut rest = sent;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if letter != '\x1b' || rest.is_empty() {
            keys.push(KeyEvent::from(letter));
            continue;
        }
        let (key, behind) = escaped(rest)?;
        keys.push(key);
        rest = behind;
    }
    Some(keys)
}

/// A key behind an escape.
fn escaped(rest: &str) -> Option<(KeyEvent, &str)> {
    if let Some(sequence) = rest.strip_prefix("\x1b[") {
        let (KeyEvent(code, held), behind) = special(sequence)?;
        return Some((KeyEvent(code, held | Modifiers::ALT), behind));
    }
    let sequence = rest.strip_prefix(['[', 'O']).filter(|_| rest.len() > 1);
    if let Some(sequence) = sequence {
        return special(sequence);
    }
    let letter = rest.chars().next()?;
    Some((KeyEvent::alt(letter), &rest[letter.len_utf8()..]))
}

/// A key behind `ESC [` or `ESC O`: numbers, and how they end.
fn special(sequence: &str) -> Option<(KeyEvent, &str)> {
    let end = sequence.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    let (number, modifiers) = sequence[..end]
        .split_once(';')
        .unwrap_or((&sequence[..end], ""));
    let last = sequence[end..].chars().next()?;
    let (number, modifiers) = match (last, number, modifiers) {
        ('~', _, _) => (number, modifiers),
        (_, "" | "1", _) => ("", modifiers),
        // Some terminals leave the first number out.
        (_, held, "") => ("", held),
        _ => return None,
    };
    let code = match (last, number) {
        ('A', _) => KeyCode::Up,
        ('B', _) => KeyCode::Down,
        ('C', _) => KeyCode::Right,
        ('D', _) => KeyCode::Left,
        ('F', _) | ('~', "4" | "8") => KeyCode::End,
        ('H', _) | ('~', "1" | "7") => KeyCode::Home,
        ('Z', _) => KeyCode::BackTab,
        ('P', _) | ('~', "11") => KeyCode::F(1),
        ('Q', _) | ('~', "12") => KeyCode::F(2),
        ('R', _) | ('~', "13") => KeyCode::F(3),
        ('S', _) | ('~', "14") => KeyCode::F(4),
        ('~', "2") => KeyCode::Insert,
        ('~', "3") => KeyCode::Delete,
        ('~', "5") => KeyCode::PageUp,
        ('~', "6") => KeyCode::PageDown,
        ('~', number) => function_key(number.parse().ok()?)?,
        _ => return None,
    };
    let behind = &sequence[end + last.len_utf8()..];
    Some((KeyEvent(code, held(modifiers)), behind))
}

fn function_key(number: u8) -> Option<KeyCode> {
    Some(KeyCode::F(match number {
        15 => 5,
        17..=21 => number - 11,
        23 | 24 => number - 12,
        _ => return None,
    }))
}

/// Keys that were held: one more than the sum of their bits.
fn held(number: &str) -> Modifiers {
    let bits = number.parse::<u8>().unwrap_or(1).saturating_sub(1);
    let mut held = Modifiers::NONE;
    for (bit, key) in [
        (1, Modifiers::SHIFT),
        (2, Modifiers::ALT),
        (4, Modifiers::CTRL),
    ] {
        held.set(key, bits & bit != 0);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_send_is_known_as_keys() {
        let key = |code, modifiers| KeyEvent(code, modifiers);
        for (sent, expected) in [
            ("\x1b[A", vec![key(KeyCode::Up, Modifiers::NONE)]),
            ("\x1bOH", vec![key(KeyCode::Home, Modifiers::NONE)]),
            ("\x1b[1;5C", vec![key(KeyCode::Right, Modifiers::CTRL)]),
            ("\x1b[5D", vec![key(KeyCode::Left, Modifiers::CTRL)]),
            ("\x1b\x1b[D", vec![key(KeyCode::Left, Modifiers::ALT)]),
            ("\x1b[3~", vec![key(KeyCode::Delete, Modifiers::NONE)]),
            ("\x1b[24~", vec![key(KeyCode::F(12), Modifiers::NONE)]),
            ("\x1bx", vec![KeyEvent::alt('x')]),
            ("\x1b", vec![key(KeyCode::Esc, Modifiers::NONE)]),
            ("\x1b[", vec![KeyEvent::alt('[')]),
            ("\x18\x12", vec![KeyEvent::ctrl('X'), KeyEvent::ctrl('R')]),
            ("ö", vec![KeyEvent::from('ö')]),
        ] {
            assert_eq!(keys(sent), Some(expected), "{sent:?}");
        }
        for unknown in ["\x1b[99~", "\x1b[5x", "\x1b[1;5"] {
            assert_eq!(keys(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn functions_turn_round_with_a_negative_argument() {
        let moved = |name, positive| function(name, 3, positive);
        assert_eq!(
            moved("forward-char", false),
            Some(Cmd::Move(Movement::BackwardChar(3)))
        );
        assert_eq!(
            moved("backward-char", true),
            Some(Cmd::Move(Movement::BackwardChar(3)))
        );
        assert_eq!(
            moved("kill-line", false),
            Some(Cmd::Kill(Movement::BeginningOfLine))
        );
        assert_eq!(moved("no-such-function", true), None);
    }
}
