//! The tokens of a JSON text, as they are written, one after the other.
//!
//! The text must have been checked: of other text some parts are given, but nobody
//! can say which. Nothing is built, no depth is too deep, and no text makes this
//! panic or go on for ever.

use super::walk::{scalar_length, string_length};

/// A part of a text that white space may stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{` or `[`.
    Open(&'a str),
    /// `}` or `]`.
    Close(&'a str),
    Comma,
    Colon,
    /// The literal, with its quotes and escapes.
    String(&'a str),
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
}

/// Goes through a text, token by token.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        Tokens {
            rest: text.trim_start_matches(BLANKS),
        }
    }

    /// What has not been gone through, from the next token on.
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// The next token, which stays the next.
    pub fn peek(&self) -> Option<Token<'a>> {
        self.clone().next()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.rest.as_bytes();
        let length = match bytes.first()? {
            b'"' => string_length(bytes),
            b'{' | b'[' | b'}' | b']' | b',' | b':' => 1,
            _ => scalar_length(bytes),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest.trim_start_matches(BLANKS);
        Some(match bytes[0] {
            b'{' | b'[' => Token::Open(token),
            b'}' | b']' => Token::Close(token),
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => Token::String(token),
            b'-' | b'0'..=b'9' => Token::Number(token),
            _ => Token::Word(token),
        })
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// How many characters a string literal stands for.
pub fn characters(literal: &str) -> usize {
    let content = literal.strip_prefix('"').unwrap_or(literal);
    let content = content.strip_suffix('"').unwrap_or(content).as_bytes();
    let mut count = 0;
    let mut at = 0;
    while let Some(byte) = content.get(at) {
        at += match (byte, content.get(at + 1)) {
            (b'\\', Some(b'u')) if is_second_half(&content[at..]) => {
                at += 6;
                continue;
            }
            (b'\\', Some(b'u')) => 6,
            (b'\\', _) => 2,
            _ => 1,
        };
        count += usize::from(byte & 0xc0 != 0x80);
    }
    count
}

/// Whether an escape ends a pair that the one before it began; by itself it stands for
/// something that is no character, and counts as one with what it follows.
fn is_second_half(escape: &[u8]) -> bool {
    let digit = |at: usize| escape.get(at).map(u8::to_ascii_lowercase);
    digit(2) == Some(b'd') && matches!(digit(3), Some(b'c'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tokens_are_given_as_they_are_written() {
        let text = " {\"a\\\"\" : [-1.5e3,true\n,{}]}\t";
        let found: Vec<_> = Tokens::new(text).collect();
        let expected = [
            Token::Open("{"),
            Token::String("\"a\\\"\""),
            Token::Colon,
            Token::Open("["),
            Token::Number("-1.5e3"),
            Token::Comma,
            Token::Word("true"),
            Token::Comma,
            Token::Open("{"),
            Token::Close("}"),
            Token::Close("]"),
            Token::Close("}"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn characters_are_those_that_a_literal_stands_for() {
        for (literal, count) in [
            ("\"\"", 0),
            ("\"é😀\"", 2),
            (r#""\n\"\\""#, 3),
            (r#""\u00e9\ud83d\ude00a""#, 3),
            (r#""\\u0041""#, 6),
        ] {
            assert_eq!(characters(literal), count, "{literal}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_go_on_for_ever(text in "[{}\\[\\],:\"\\\\a1 é😀\n]{0,16}") {
            let count = Tokens::new(&text).count();
            prop_assert!(count <= text.len());
            prop_assert!(characters(&text) <= text.len());
        }
    }
}
