//! JSON on a screen: coloured, indented, folded to a window.
//!
//! The text is walked over and never built anew, so that members stay double and
//! numbers keep their digits; only white space between tokens is set anew, and what
//! may not be shown as it is stands as an escape that means the same. What is left
//! out is said outside of quotes, where nothing that was sent can stand, and begins
//! with `…`: text from right to left in a string cannot reorder it.
//!
//! The time is linear in the text, whatever its depth. What is folded takes memory
//! for the rows that are drawn, and a small multiple of them.

mod fold;
mod plan;
mod row;
mod whole;

use super::Style;
use super::style::Tint;
use crate::json::{self, Token, Tokens};

pub(super) use fold::folded;
pub(super) use whole::whole;

/// What rows of JSON are made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) style: Style,
    /// Twenty at least.
    pub(super) columns: usize,
    pub(super) nested: Nested,
}

/// Objects and arrays inside of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nested {
    /// Stand on one row where they fit.
    Beside,
    /// Are indented, each part on its row.
    Below,
}

impl Sheet {
    /// Blanks before what stands so deep; far down all stand below each other.
    fn indent(&self, depth: usize) -> usize {
        let most = self.columns / 6;
        2 + 2 * depth.min(most)
    }

    fn new_row(&self, depth: usize, out: &mut String) {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', self.indent(depth)));
    }
}

/// Whether a text is an object or an array.
pub(super) fn is_container(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let closes = match text.as_bytes().first() {
        Some(b'{') => text.ends_with('}'),
        Some(b'[') => text.ends_with(']'),
        _ => false,
    };
    closes && json::check(text).is_ok()
}

/// Appends JSON in colours, otherwise as it stands.
pub(super) fn coloured(text: &str, style: Style, out: &mut String) {
    let mut tokens = Tokens::new(text);
    let mut done = 0;
    loop {
        let begin = text.len() - tokens.rest().len();
        let Some(token) = tokens.next() else {
            break;
        };
        out.push_str(&text[done..begin]);
        let (tint, shown) = tinted(token, &tokens);
        style.tint(tint, shown, out);
        done = begin + shown.len();
    }
    out.push_str(&text[done..]);
}

/// A token's colour and text; `next` is at the token behind it.
fn tinted<'a>(token: Token<'a>, next: &Tokens<'_>) -> (Tint, &'a str) {
    match token {
        Token::Open(text) | Token::Close(text) => (Tint::Plain, text),
        Token::Comma => (Tint::Plain, ","),
        Token::Colon => (Tint::Plain, ":"),
        Token::String(text) if next.rest().starts_with(':') => (Tint::Key, text),
        Token::String(text) => (Tint::String, text),
        Token::Number(text) => (Tint::Number, text),
        Token::Word(text) => (Tint::Word, text),
    }
}
