//! Strings and numbers of a path (RFC 9535 sections 2.3.1 and 2.3.5.1).

use super::{PathError, Reader};

impl Reader<'_> {
    /// What a string in quotes of either kind stands for.
    pub(super) fn string(&mut self) -> Result<String, PathError> {
        let begin = self.at;
        let quote = match self.take("'") {
            true => '\'',
            false => '"',
        };
        self.at = begin + 1;
        let mut string = String::new();
        loop {
            let Some(next) = self.peek() else {
                return Err(self.error_at(begin, "the string has no end"));
            };
            if next < ' ' {
                let error = self.error("a control character in a string has to be escaped");
                return Err(error.with_hint("`\\n`, `\\t`, `\\u001b`"));
            }
            let at = self.at;
            self.at += next.len_utf8();
            match next {
                '\\' => string.push(self.escaped(at, quote)?),
                next if next == quote => return Ok(string),
                next => string.push(next),
            }
        }
    }

    /// What stands behind a backslash, which is at this byte.
    fn escaped(&mut self, backslash: usize, quote: char) -> Result<char, PathError> {
        let letter = self.peek();
        self.at += letter.map_or(0, char::len_utf8);
        match letter {
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some(c @ ('/' | '\\')) => Ok(c),
            Some(c) if c == quote => Ok(c),
            Some('u') => self.code(backslash),
            _ => {
                let error = self.error_at(backslash, "this is no escape of a string");
                Err(error.with_hint("a backslash is written `\\\\`, also in a regular expression"))
            }
        }
    }

    /// The character of a `\u`, which may be one of a pair.
    fn code(&mut self, backslash: usize) -> Result<char, PathError> {
        let first = self.hex(backslash)?;
        if !matches!(first, 0xd800..=0xdbff) {
            let c = char::from_u32(first);
            return c.ok_or_else(|| self.half_pair(backslash));
        }
        if !self.take("\\u") {
            return Err(self.half_pair(backslash));
        }
        match self.hex(backslash)? {
            second @ 0xdc00..=0xdfff => {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(code).ok_or_else(|| self.half_pair(backslash))
            }
            _ => Err(self.half_pair(backslash)),
        }
    }

    /// Four hex digits.
    fn hex(&mut self, backslash: usize) -> Result<u32, PathError> {
        let digits = self.rest().get(..4).unwrap_or_default();
        let is_hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(code) if is_hex => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.error_at(backslash, "`\\u` takes four hex digits")),
        }
    }

    fn half_pair(&self, backslash: usize) -> PathError {
        self.error_at(backslash, "half of a surrogate pair is no character")
    }

    /// A number as JSON writes it.
    pub(super) fn number(&mut self) -> Result<String, PathError> {
        let begin = self.at;
        self.take("-");
        let whole = self.digits()?;
        if whole.starts_with('0') && whole.len() > 1 {
            return Err(self.error_at(begin, "a number has no zero before it"));
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            let _ = self.take("+") || self.take("-");
            self.digits()?;
        }
        Ok(self.text[begin..self.at].to_owned())
    }

    /// One digit at least.
    fn digits(&mut self) -> Result<&str, PathError> {
        match self.take_while(|c| c.is_ascii_digit()) {
            "" => Err(self.unexpected("a digit")),
            digits => Ok(digits),
        }
    }
}
