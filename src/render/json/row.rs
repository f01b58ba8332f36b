//! One row of JSON, and what is cut to stay on it.

use super::super::escape;
use super::super::style::Tint;
use super::{Sheet, tinted};
use crate::json::{Token, Tokens, characters};
use crate::visible::{Sight, columns, push_escape, runs_leftward, width};

/// More bytes than a column takes: a letter with as many marks as are shown.
const BYTES: usize = 40;

/// Columns that a long string takes beside others, and a container far down.
pub(super) const BESIDE: usize = 24;

/// The end of a text, drawn token by token.
pub(super) struct Row<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) out: &'a mut String,
    /// Something was left out.
    pub(super) is_cut: bool,
}

impl Row<'_> {
    pub(super) fn tint(&mut self, tint: Tint, text: &str) {
        self.sheet.style.tint(tint, &escape(text), self.out);
    }

    fn note(&mut self, text: &str) {
        self.is_cut = true;
        self.sheet.style.tint(Tint::Aside, text, self.out);
    }

    /// A member's name and what follows it; gives the columns that it took of `room`.
    pub(super) fn key(&mut self, key: &str, room: usize) -> usize {
        let most = (room / 2).saturating_sub(2);
        let took = match fitting(key, most) {
            Some(took) => {
                self.tint(Tint::Key, key);
                took
            }
            None => self.cut_string(Tint::Key, key, most),
        };
        self.out.push_str(": ");
        took + 2
    }

    /// The value that comes next, on this row whatever its width.
    pub(super) fn inline(&mut self, tokens: &mut Tokens<'_>) {
        let mut depth = 0_usize;
        while let Some(token) = tokens.next() {
            let (tint, text) = tinted(token, tokens);
            self.tint(tint, text);
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                Token::Comma | Token::Colon => self.out.push(' '),
                _ => {}
            }
            let is_key = tint == Tint::Key || token == Token::Colon || token == Token::Comma;
            if depth == 0 && !is_key {
                return;
            }
        }
    }

    /// A string, number or word, cut to fit into `room`.
    pub(super) fn scalar(&mut self, token: Token<'_>, room: usize) {
        let (tint, text) = match token {
            Token::Number(text) => (Tint::Number, text),
            Token::Word(text) => (Tint::Word, text),
            Token::String(text) => (Tint::String, text),
            Token::Open(_) | Token::Close(_) | Token::Comma | Token::Colon => return,
        };
        if fitting(text, room).is_some() {
            return self.tint(tint, text);
        }
        self.cut(tint, text, room);
    }

    /// The beginning of what does not fit into `room`, and its length.
    pub(super) fn cut(&mut self, tint: Tint, text: &str, room: usize) {
        if matches!(tint, Tint::String | Tint::Key) {
            self.cut_string(tint, text, room);
            return;
        }
        let note = cut_note(text.len(), room);
        let shown = beginning(text, room.saturating_sub(width(&note)));
        self.tint(tint, shown);
        self.note(&note);
    }

    /// The beginning of a string, what of it fits, and its length; gives the columns.
    fn cut_string(&mut self, tint: Tint, literal: &str, room: usize) -> usize {
        let note = cut_note(characters(literal), room);
        let room = room.saturating_sub(width(&note) + 1);
        let shown = match beginning(literal, room) {
            "" => "\"",
            shown => shown,
        };
        self.tint(tint, &format!("{shown}\""));
        self.note(&note);
        fitting(shown, room).unwrap_or(1) + 1 + width(&note)
    }

    /// The container of so many parts that comes next, as many of them as fit into
    /// `room`, and the number of the others.
    pub(super) fn brief(&mut self, tokens: &mut Tokens<'_>, count: usize, room: usize) {
        let Some(Token::Open(open)) = tokens.next() else {
            return;
        };
        self.out.push_str(open);
        let mut left = room.saturating_sub(more_width(count) + 4);
        let mut shown = 0;
        while shown < count {
            let separator = if shown == 0 { "" } else { ", " };
            let Some(took) = self.part(tokens, separator, left) else {
                break;
            };
            left -= took;
            shown += 1;
        }
        if shown < count {
            self.out.push_str(if shown == 0 { "" } else { ", " });
            self.more(count - shown, room.saturating_sub(2));
        }
        self.out.push(if open == "{" { '}' } else { ']' });
    }

    /// The next part of a container behind `separator`, if it fits into `room`; gives
    /// the columns that it took.
    fn part(&mut self, tokens: &mut Tokens<'_>, separator: &str, room: usize) -> Option<usize> {
        let mut ahead = tokens.clone();
        let key = key(&mut ahead);
        let before = match key {
            Some(key) => separator.len() + fitting(key, room)? + 2,
            None => separator.len(),
        };
        let shape = Shape::of(&ahead, room.checked_sub(before)?)?;
        self.out.push_str(separator);
        if let Some(key) = key {
            self.tint(Tint::Key, key);
            self.out.push_str(": ");
        }
        let value = match shape {
            Shape::Inline(columns) => {
                self.inline(&mut ahead);
                columns
            }
            Shape::Stub(count, columns) => {
                self.stub(&mut ahead, count);
                columns
            }
            Shape::Cut(columns) => {
                let token = ahead.next()?;
                self.scalar(token, columns);
                columns
            }
        };
        if ahead.rest().starts_with(',') {
            ahead.next();
        }
        *tokens = ahead;
        Some(before + value)
    }

    /// The array of so many scalars that comes next, as many on a row as fit, on at most
    /// so many rows.
    pub(super) fn filled(
        &mut self,
        tokens: &mut Tokens<'_>,
        count: usize,
        depth: usize,
        rows: usize,
    ) {
        let room = self.sheet.room(depth + 1);
        let most = room - 1;
        let note = more_width(count);
        let (mut row, mut column, mut shown) = (0, room, 0);
        tokens.next();
        self.out.push('[');
        while shown < count {
            let Some(token) = tokens.next() else {
                break;
            };
            let took = token_width(token, most).unwrap_or(most);
            let begins = !fill(&mut column, took, room);
            if row == rows && (begins || column + note > room) {
                break;
            }
            if begins {
                row += 1;
                column = 0;
                fill(&mut column, took, room);
                self.sheet.new_row(depth + 1, self.out);
            } else {
                self.out.push(' ');
            }
            self.scalar(token, most);
            shown += 1;
            if shown < count {
                self.out.push(',');
                tokens.next();
            }
        }
        // The bracket, where there is nothing before it.
        tokens.next();
        if shown < count {
            self.out.push(' ');
            self.more(count - shown, room);
        }
        self.sheet.new_row(depth, self.out);
        self.out.push(']');
    }

    /// A container of which nothing is shown but how much it holds.
    fn stub(&mut self, tokens: &mut Tokens<'_>, count: usize) {
        let object = tokens.rest().starts_with('{');
        self.out.push(if object { '{' } else { '[' });
        self.more(count, usize::MAX);
        self.out.push(if object { '}' } else { ']' });
        pass(tokens);
    }

    /// Says that so many parts are left out, in no more than `room`. Digits behind
    /// letters that run from right to left would join them.
    pub(super) fn more(&mut self, count: usize, room: usize) {
        let row = self.out.rsplit('\n').next().unwrap_or_default();
        let note = match row.contains(runs_leftward) {
            true => format!("… more: {count}"),
            false => format!("… {count} more"),
        };
        match width(&note) <= room {
            true => self.note(&note),
            false => self.note("…"),
        }
    }
}

/// How a value stands beside others, in so many columns.
enum Shape {
    Inline(usize),
    /// A container, by the number of its parts.
    Stub(usize, usize),
    /// A scalar, in part.
    Cut(usize),
}

impl Shape {
    /// The next value's, if it has one that fits into `room`.
    fn of(tokens: &Tokens<'_>, room: usize) -> Option<Self> {
        if let Some(columns) = inline_width(tokens, room) {
            return Some(Shape::Inline(columns));
        }
        if !tokens.rest().starts_with(['{', '[']) {
            return (room >= BESIDE).then_some(Shape::Cut(BESIDE));
        }
        let count = pass(&mut tokens.clone());
        let columns = more_width(count) + 2;
        (columns <= room).then_some(Shape::Stub(count, columns))
    }
}

/// Puts what is so wide behind the `column` that is reached, with its comma and a blank,
/// if that leaves it within `room`.
pub(super) fn fill(column: &mut usize, width: usize, room: usize) -> bool {
    let fits = *column + width < room;
    if fits {
        *column += width + 2;
    }
    fits
}

/// Whether scalars so wide may stand beside each other: wider ones are read better
/// below each other.
pub(super) fn is_narrow(width: usize, sheet: &Sheet) -> bool {
    width <= sheet.columns / 4
}

/// Columns that it takes to say that so many parts are left out.
fn more_width(count: usize) -> usize {
    width(&format!("… more: {count}"))
}

/// What is said of a text of so many characters that is cut: as much as half of
/// `room` takes.
fn cut_note(total: usize, room: usize) -> String {
    let notes = [format!("… of {total} characters"), format!("… of {total}")];
    let mut notes = notes.into_iter();
    let note = notes.find(|note| width(note) <= room / 2);
    note.unwrap_or_else(|| "…".to_owned())
}

/// The name of the member that comes next, with its colon.
pub(super) fn key<'a>(tokens: &mut Tokens<'a>) -> Option<&'a str> {
    let mut ahead = tokens.clone();
    let Some(Token::String(key)) = ahead.next() else {
        return None;
    };
    let Some(Token::Colon) = ahead.next() else {
        return None;
    };
    *tokens = ahead;
    Some(key)
}

/// Passes over the container that comes next, which is not empty, and counts its
/// parts.
fn pass(tokens: &mut Tokens<'_>) -> usize {
    let mut depth = 0_usize;
    let mut commas = 0;
    for token in tokens.by_ref() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            Token::Comma if depth == 1 => commas += 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    commas + 1
}

/// The columns that the next value takes on one row, if that is at most `limit`. No
/// more of the text is looked at than could stand there.
pub(super) fn inline_width(tokens: &Tokens<'_>, limit: usize) -> Option<usize> {
    let end = tokens.rest().floor_char_boundary(limit * BYTES);
    let mut depth = 0_usize;
    let mut width = 0;
    for token in Tokens::new(&tokens.rest()[..end]) {
        width += token_width(token, limit)?;
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if width > limit {
            return None;
        }
        if depth == 0 {
            return Some(width);
        }
    }
    None
}

/// The columns of a token within a row, if that is at most `limit`.
pub(super) fn token_width(token: Token<'_>, limit: usize) -> Option<usize> {
    match token {
        Token::Open(_) | Token::Close(_) => Some(1),
        Token::Comma | Token::Colon => Some(2),
        Token::String(text) | Token::Number(text) | Token::Word(text) => fitting(text, limit),
    }
}

/// The columns of a text, shown so that it is safe, if that is at most `limit`.
pub(super) fn fitting(text: &str, limit: usize) -> Option<usize> {
    let mut sight = Sight::new();
    let mut width = 0;
    for c in text.chars() {
        width += shown_columns(c, &mut sight);
        if width > limit {
            return None;
        }
    }
    Some(width)
}

fn shown_columns(c: char, sight: &mut Sight) -> usize {
    if !sight.hides(c) {
        return columns(c);
    }
    let mut escape = String::new();
    push_escape(c, &mut escape);
    escape.len()
}

/// As much of a text as fits into `room`; no escape of JSON is cut in two.
fn beginning(text: &str, room: usize) -> &str {
    let mut sight = Sight::new();
    let mut width = 0;
    let mut at = 0;
    while at < text.len() {
        let unit = unit(&text[at..]);
        width += unit
            .chars()
            .map(|c| shown_columns(c, &mut sight))
            .sum::<usize>();
        if width > room {
            break;
        }
        at += unit.len();
    }
    &text[..at]
}

/// A character, or an escape of JSON.
fn unit(text: &str) -> &str {
    let letter = text.chars().next().map_or(0, char::len_utf8);
    let length = match text.as_bytes() {
        [b'\\', b'u', ..] => 6,
        [b'\\', ..] => 2,
        _ => letter,
    };
    text.get(..length).unwrap_or(text)
}
