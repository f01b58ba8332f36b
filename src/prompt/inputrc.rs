//! What `inputrc` says of a line editor, as GNU readline reads it: settings, key
//! bindings, and parts that count on conditions. What is not known is passed over.
//!
//! Reads no files: a closure does, for `$include`.

/// Longer texts are cut, in bytes.
pub(super) const MAX_TEXT: usize = 256 * 1024;
const MAX_INCLUDED: usize = 16;
const MAX_BINDINGS: usize = 1000;
/// What a file calls this program.
const APPLICATION: &str = "wstalk";

/// See the module's head. `None` where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputrc {
    pub(super) editing: Option<Editing>,
    pub(super) audible_bell: Option<bool>,
    pub(super) lists_at_once: Option<bool>,
    /// In milliseconds; none or less: for ever.
    pub(super) sequence_timeout: Option<i64>,
    pub(super) bracketed_paste: Option<bool>,
    /// In their order; later ones replace earlier ones.
    pub(super) bindings: Vec<Binding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Editing {
    Emacs,
    Vi,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) keymap: Keymap,
    /// As a terminal sends the keys.
    pub(super) keys: String,
    pub(super) action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keymap {
    Emacs,
    ViInsert,
    ViCommand,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// One of readline's, in lower case.
    Function(String),
    /// Text is typed.
    Text(String),
}

/// Reads a text; `term` is the terminal's name.
pub(super) fn parse(text: &str, term: &str, read: &dyn Fn(&str) -> Option<String>) -> Inputrc {
    let mut parser = Parser {
        found: Inputrc::default(),
        keymap: None,
        term,
        read,
        included: 0,
    };
    parser.text(text, true);
    parser.found
}

struct Parser<'a> {
    found: Inputrc,
    /// That which was chosen, if not the one of the editing mode.
    keymap: Option<Keymap>,
    term: &'a str,
    read: &'a dyn Fn(&str) -> Option<String>,
    included: usize,
}

impl Parser<'_> {
    fn text(&mut self, text: &str, may_include: bool) {
        // Whether each `$if` around the line holds.
        let mut holds: Vec<bool> = Vec::new();
        for line in text.lines() {
            let line = line.trim();
            let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            let rest = rest.trim();
            match word {
                "$if" => holds.push(self.is_so(rest)),
                "$else" => {
                    if let Some(last) = holds.last_mut() {
                        *last = !*last;
                    }
                }
                "$endif" => _ = holds.pop(),
                _ if holds.contains(&false) || line.starts_with('#') => {}
                "$include" if may_include => self.include(rest),
                "set" | "Set" | "SET" => self.set(rest),
                _ if line.starts_with('$') => {}
                _ => self.bind(line),
            }
        }
    }

    fn is_so(&self, condition: &str) -> bool {
        match condition.split_once('=') {
            Some(("mode", mode)) => match self.editing() {
                Editing::Emacs => mode == "emacs",
                Editing::Vi => mode == "vi",
            },
            Some(("term", term)) => term == self.term || self.term.split('-').next() == Some(term),
            Some(_) => false,
            None => condition.eq_ignore_ascii_case(APPLICATION),
        }
    }

    /// A file that includes others is included without them: none is read for ever.
    fn include(&mut self, path: &str) {
        self.included += 1;
        if self.included <= MAX_INCLUDED
            && let Some(text) = (self.read)(path)
        {
            self.text(&text, false);
        }
    }

    fn set(&mut self, rest: &str) {
        let (name, value) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let value = value.split_whitespace().next().unwrap_or_default();
        let on = value.is_empty() || value == "1" || value.eq_ignore_ascii_case("on");
        match name.to_ascii_lowercase().as_str() {
            "editing-mode" => {
                self.keymap = None;
                self.found.editing = match value.to_ascii_lowercase().as_str() {
                    "vi" => Some(Editing::Vi),
                    "emacs" => Some(Editing::Emacs),
                    _ => self.found.editing,
                };
            }
            "keymap" => self.keymap = keymap(value).or(self.keymap),
            // A visible one is none here: the screen must not flash into messages.
            "bell-style" => self.found.audible_bell = Some(value == "audible" || value == "on"),
            "show-all-if-ambiguous" => self.found.lists_at_once = Some(on),
            "keyseq-timeout" => self.found.sequence_timeout = value.parse().ok(),
            "enable-bracketed-paste" => self.found.bracketed_paste = Some(on),
            _ => {}
        }
    }

    fn editing(&self) -> Editing {
        self.found.editing.unwrap_or(Editing::Emacs)
    }

    fn bind(&mut self, line: &str) {
        let bound = match line.strip_prefix('"') {
            Some(rest) => quoted(rest, '"'),
            None => line
                .split_once(':')
                .and_then(|(name, rest)| Some((key(name.trim())?, rest))),
        };
        let Some((keys, rest)) = bound else { return };
        let rest = rest.trim_start().trim_start_matches(':').trim_start();
        let Some(action) = action(rest) else { return };
        let keymap = self.keymap.unwrap_or(match self.editing() {
            Editing::Emacs => Keymap::Emacs,
            Editing::Vi => Keymap::ViInsert,
        });
        if !keys.is_empty() && self.found.bindings.len() < MAX_BINDINGS {
            self.found.bindings.push(Binding {
                keymap,
                keys,
                action,
            });
        }
    }
}

fn keymap(name: &str) -> Option<Keymap> {
    match name {
        "emacs" | "emacs-standard" => Some(Keymap::Emacs),
        "vi-insert" => Some(Keymap::ViInsert),
        "vi" | "vi-command" | "vi-move" => Some(Keymap::ViCommand),
        _ => None,
    }
}

fn action(text: &str) -> Option<Action> {
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            return quoted(rest, quote).map(|(text, _)| Action::Text(text));
        }
    }
    let name = text.split_whitespace().next()?;
    Some(Action::Function(name.to_ascii_lowercase()))
}

/// A key by its name, such as `Control-a`, `Meta-Rubout` or `TAB`.
fn key(name: &str) -> Option<String> {
    let mut rest = name;
    let (mut control, mut meta) = (false, false);
    loop {
        let lower = rest.to_ascii_lowercase();
        let prefix = ["control-", "c-", "meta-", "m-"];
        let Some(prefix) = prefix.into_iter().find(|prefix| lower.starts_with(prefix)) else {
            break;
        };
        match prefix.starts_with('c') {
            true => control = true,
            false => meta = true,
        }
        rest = rest.get(prefix.len()..)?;
    }
    let letter = match rest.to_ascii_lowercase().as_str() {
        "del" | "rubout" => '\x7f',
        "esc" | "escape" => '\x1b',
        "lfd" | "newline" => '\n',
        "ret" | "return" => '\r',
        "spc" | "space" => ' ',
        "tab" => '\t',
        _ => rest.chars().next()?,
    };
    Some(with(letter, control, meta))
}

fn with(letter: char, control: bool, meta: bool) -> String {
    let letter = match letter {
        '?' if control => '\x7f',
        letter if control => controlled(letter),
        letter => letter,
    };
    let meta = if meta { "\x1b" } else { "" };
    format!("{meta}{letter}")
}

fn controlled(letter: char) -> char {
    match u8::try_from(letter.to_ascii_uppercase()) {
        Ok(byte @ 0x40..=0x5f) => char::from(byte - 0x40),
        _ => letter,
    }
}

/// A text up to this quote, without its escapes, and what is behind.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut read = String::new();
    let mut rest = text;
    loop {
        let letter = rest.chars().next()?;
        rest = &rest[letter.len_utf8()..];
        match letter {
            letter if letter == quote => return Some((read, rest)),
            '\\' => rest = escaped(rest, &mut read)?,
            letter => read.push(letter),
        }
    }
}

/// Reads what is behind a backslash; what is left.
fn escaped<'a>(text: &'a str, read: &mut String) -> Option<&'a str> {
    let (mut control, mut meta) = (false, false);
    let mut rest = text;
    loop {
        if let Some(behind) = rest.strip_prefix("C-").or(rest.strip_prefix("\\C-")) {
            control = true;
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("M-").or(rest.strip_prefix("\\M-")) {
            meta = true;
            rest = behind;
        } else {
            break;
        }
    }
    if control || meta {
        let (letter, behind) = match rest.strip_prefix('\\') {
            Some(rest) => escape(rest)?,
            None => first(rest)?,
        };
        read.push_str(&with(letter, control, meta));
        return Some(behind);
    }
    let (letter, rest) = escape(rest)?;
    read.push(letter);
    Some(rest)
}

fn first(text: &str) -> Option<(char, &str)> {
    let letter = text.chars().next()?;
    Some((letter, &text[letter.len_utf8()..]))
}

fn escape(text: &str) -> Option<(char, &str)> {
    let (letter, rest) = first(text)?;
    let plain = match letter {
        'e' => '\x1b',
        'a' => '\x07',
        'b' => '\x08',
        'd' => '\x7f',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return number(rest, 16, 2).or(Some((letter, rest))),
        '0'..='7' => return number(text, 8, 3),
        other => other,
    };
    Some((plain, rest))
}

fn number(text: &str, base: u32, most: usize) -> Option<(char, &str)> {
    let digits = text.chars().take(most).take_while(|c| c.is_digit(base));
    let length = digits.count();
    let code = u32::from_str_radix(text.get(..length)?, base).ok()?;
    Some((char::from(u8::try_from(code & 0xff).ok()?), &text[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Inputrc {
        parse(text, "xterm-256color", &|_| None)
    }

    fn keys(text: &str) -> Vec<String> {
        let bindings = parsed(text).bindings.into_iter();
        bindings.map(|binding| binding.keys).collect()
    }

    #[test]
    fn settings_are_read() {
        let found = parsed(
            "# a comment\nset editing-mode vi\n  Set Bell-Style none\nset show-all-if-ambiguous On\n\
             set keyseq-timeout 50\nset enable-bracketed-paste off\nset unknown thing\nset\n",
        );
        assert_eq!(found.editing, Some(Editing::Vi));
        assert_eq!(found.audible_bell, Some(false));
        assert_eq!(found.lists_at_once, Some(true));
        assert_eq!(found.sequence_timeout, Some(50));
        assert_eq!(found.bracketed_paste, Some(false));
        assert_eq!(parsed(""), Inputrc::default());
    }

    #[test]
    fn keys_are_read_in_both_spellings() {
        for (line, sent) in [
            (r#""\e[A": history-search-backward"#, "\x1b[A"),
            (r#""\C-x\C-r": undo"#, "\x18\x12"),
            (r#""\M-x": undo"#, "\x1bx"),
            (r#""\C-\M-a": undo"#, "\x1b\x01"),
            (r#""\M-\C-a": undo"#, "\x1b\x01"),
            (r#""\C-?": undo"#, "\x7f"),
            (r#""\C-\\": undo"#, "\x1c"),
            (r#""\033[1~" :undo"#, "\x1b[1~"),
            (r#""\x1bOH": undo"#, "\x1bOH"),
            (r#""\"": undo"#, "\""),
            (r#""ö": undo"#, "ö"),
            ("Control-a: undo", "\x01"),
            ("C-Meta-a: undo", "\x1b\x01"),
            ("Meta-Rubout: undo", "\x1b\x7f"),
            ("TAB: undo", "\t"),
            ("ESC: undo", "\x1b"),
        ] {
            assert_eq!(keys(line), [sent], "{line}");
        }
        let none: [&str; 0] = [];
        for line in [
            r#""\e[A"#,
            r#""a""#,
            "Control-",
            "x",
            ":",
            "\"\": undo",
            "\"a\\",
        ] {
            assert_eq!(keys(line), none, "{line}");
        }
    }

    #[test]
    fn keys_do_functions_or_type_text() {
        let found = parsed("\"a\": Kill-Line # all\nControl-b: \"te\\\"xt\"\nC-c: 'x'");
        let actions: Vec<Action> = found.bindings.into_iter().map(|b| b.action).collect();
        assert_eq!(
            actions,
            [
                Action::Function("kill-line".into()),
                Action::Text("te\"xt".into()),
                Action::Text("x".into()),
            ]
        );
    }

    #[test]
    fn bindings_belong_to_the_keymap_that_is_set() {
        let found = parsed(
            "C-a: a\nset keymap vi-command\nC-b: b\nset editing-mode vi\nC-c: c\nset keymap odd\nC-d: d",
        );
        let keymaps: Vec<Keymap> = found.bindings.into_iter().map(|b| b.keymap).collect();
        assert_eq!(
            keymaps,
            [
                Keymap::Emacs,
                Keymap::ViCommand,
                Keymap::ViInsert,
                Keymap::ViInsert
            ]
        );
    }

    #[test]
    fn conditions_hold_for_mode_terminal_and_program() {
        for (condition, holds) in [
            ("mode=emacs", true),
            ("mode=vi", false),
            ("term=xterm", true),
            ("term=xterm-256color", true),
            ("term=rxvt", false),
            ("WsTalk", true),
            ("Bash", false),
            ("version >= 8.0", false),
        ] {
            let text = format!(
                "$if {condition}\nC-a: yes\n$if Bash\nC-b: no\n$else\nC-c: inner\n$endif\n$else\nC-d: not\n$endif\nC-e: after"
            );
            let expected = match holds {
                true => vec!["\x01", "\x03", "\x05"],
                false => vec!["\x04", "\x05"],
            };
            assert_eq!(keys(&text), expected, "{condition}");
        }
        assert_eq!(keys("$endif\n$else\nC-a: undo"), ["\x01"]);
    }

    #[test]
    fn files_are_included_and_never_for_ever() {
        let asked = std::cell::Cell::new(0);
        let read = |path: &str| {
            asked.set(asked.get() + 1);
            Some(format!("$include {path}\nC-a: undo"))
        };
        let text = "$include ~/more\n".repeat(100);
        let found = parse(&text, "", &read);
        assert_eq!(asked.get(), MAX_INCLUDED);
        assert_eq!(found.bindings.len(), MAX_INCLUDED);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_text_is_a_problem(text in r#"([$"'\\:# a-eCMx0-9ö\n-]|set |\$if |\\C-|\\M-|Control-){0,40}"#) {
            let found = parsed(&text);
            prop_assert!(found.bindings.iter().all(|binding| !binding.keys.is_empty()));
        }
    }
}
