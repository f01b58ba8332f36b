//! Values of a payload, short enough for a line and harmless.

use crate::json::{self, Kind, Step};
use crate::visible::{Sight, is_visible, push_escape, width};

/// Columns that a value may take before it is cut.
const MAX_WIDTH: usize = 60;

/// Bytes beyond which a text is cut in any case.
const MAX_BYTES: usize = 8 * MAX_WIDTH;

/// Columns that a path may take before its beginning is left out.
const MAX_PATH: usize = 100;

/// A text as a literal.
pub(super) fn text(text: &str) -> String {
    let mut literal = Cut::new();
    literal.push("\"");
    let mut sight = Sight::new();
    let mut piece = String::new();
    for c in text.chars() {
        piece.clear();
        push_inside(c, &mut sight, &mut piece);
        if !literal.push(&piece) {
            return literal.cut("\"");
        }
    }
    literal.out.push('"');
    literal.out
}

/// A text without quotes around it, as somebody has written it.
pub(super) fn plain(text: &str) -> String {
    let mut out = Cut::new();
    let mut sight = Sight::new();
    for c in text.chars() {
        let mut piece = String::new();
        match sight.hides(c) {
            true => push_escape(c, &mut piece),
            false => piece.push(c),
        }
        if !out.push(&piece) {
            return out.cut("");
        }
    }
    out.out
}

/// Whether a text is shown whole.
pub(super) fn fits(whole: &str) -> bool {
    whole.len() <= MAX_BYTES && !text(whole).ends_with('…')
}

/// A JSON value as it is written, without blanks.
pub(super) fn value(raw: &str) -> String {
    let mut out = Cut::new();
    let mut sight = Sight::new();
    let mut nesting = json::Nesting::default();
    let mut pieces = raw.chars();
    while let Some(c) = pieces.next() {
        let mut piece = String::new();
        let was_in_string = nesting.in_string();
        match c {
            ' ' | '\t' | '\n' | '\r' if !was_in_string => continue,
            // An escape is never cut.
            '\\' => {
                piece.push(c);
                let letter = pieces.next();
                piece.extend(letter);
                if letter == Some('u') {
                    piece.extend(pieces.by_ref().take(4));
                }
                piece.chars().for_each(|c| _ = sight.hides(c));
            }
            c if sight.hides(c) => push_escape(c, &mut piece),
            c => piece.push(c),
        }
        if !out.push(&piece) {
            return out.cut(if was_in_string { "\"" } else { "" });
        }
        nesting.feed(&piece);
    }
    out.out
}

/// A JSON value with its kind, where another kind was expected.
pub(super) fn kind_and_value(raw: &str) -> String {
    match json::kind(raw) {
        Kind::Null | Kind::Boolean => value(raw),
        Kind::Number => format!("the number {}", value(raw)),
        Kind::String => format!("the string {}", value(raw)),
        Kind::Array => format!("the array {}", value(raw)),
        Kind::Object => format!("the object {}", value(raw)),
    }
}

/// A place in a JSON text, as a path that selects it if nothing is left out.
pub(super) fn path(steps: &[Step<'_>]) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut columns = 0;
    for step in steps.iter().rev() {
        let step = match step {
            Step::Element(index) => format!("[{index}]"),
            Step::Member(literal) => name(&json::text_of(literal)),
        };
        columns += width(&step);
        if columns > MAX_PATH && !shown.is_empty() {
            shown.push("…".to_owned());
            break;
        }
        shown.push(step);
    }
    shown.push("$".to_owned());
    shown.reverse();
    shown.concat()
}

/// A step to a member, as RFC 9535 section 2.3.1 writes it in short or in brackets.
fn name(name: &str) -> String {
    let is_first = |c: char| c.is_alphabetic() || c == '_';
    let is_short = name.starts_with(is_first)
        && name.chars().all(|c| is_first(c) || c.is_ascii_digit())
        && is_visible(name)
        && width(name) <= MAX_WIDTH;
    if is_short {
        return format!(".{name}");
    }
    let mut out = Cut::new();
    out.push("['");
    let mut sight = Sight::new();
    for c in name.chars() {
        let mut piece = String::new();
        match c {
            '\'' | '\\' => {
                sight.hides(c);
                piece.extend(['\\', c]);
            }
            c if sight.hides(c) => push_escape(c, &mut piece),
            c => piece.push(c),
        }
        if !out.push(&piece) {
            return out.cut("'") + "]";
        }
    }
    out.out.push_str("']");
    out.out
}

/// Appends a character as it stands between the quotes of a literal.
pub(super) fn push_inside(c: char, sight: &mut Sight, out: &mut String) {
    match (c, sight.hides(c)) {
        ('"' | '\\', _) => out.extend(['\\', c]),
        (c, true) => push_escape(c, out),
        (c, false) => out.push(c),
    }
}

/// What is written until it is too wide.
struct Cut {
    out: String,
    columns: usize,
}

impl Cut {
    fn new() -> Cut {
        Cut {
            out: String::new(),
            columns: 0,
        }
    }

    /// Appends a piece, if there is room for it.
    fn push(&mut self, piece: &str) -> bool {
        let columns = self.columns + width(piece);
        if columns > MAX_WIDTH {
            return false;
        }
        self.columns = columns;
        self.out.push_str(piece);
        true
    }

    /// What there was room for, with the quote that has to follow.
    fn cut(self, quote: &str) -> String {
        format!("{}{quote}…", self.out)
    }
}
