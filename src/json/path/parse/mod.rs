//! From a text to a path: the grammar of RFC 9535 appendix A, one function for each
//! of its rules that is more than a list of characters.

mod filter;
mod function;
mod literal;

use super::{Path, PathError, Query, Reach, Segment, Selector, Slice, Start};

/// How deep brackets and filters may be nested.
const MAX_NESTING: usize = 64;

/// Whole numbers go as far as all implementations can tell them apart (RFC 9535
/// section 2.1).
const MAX_WHOLE: i64 = (1 << 53) - 1;

const QUOTED: &str = "a name with other characters than letters, digits and `_`, or with a digit first, is written `['…']`";

/// A path that is all of the text.
pub(super) fn whole(text: &str) -> Result<Path, PathError> {
    let (path, rest) = beginning(text)?;
    let Some(next) = rest.chars().next() else {
        return Ok(path);
    };
    let reader = Reader {
        at: text.len() - rest.len(),
        ..Reader::new(text)
    };
    let error = reader.error(format!("`{next}` cannot follow the path"));
    Err(match next {
        ' ' | '\t' | '\n' | '\r' => reader.error("a path has no blanks at its end"),
        '(' => error.with_hint(
            "functions stand in filters: `$[?length(@.name) > 1]`; `count` and `length` are operators of facts",
        ),
        '.' | '[' => error,
        _ => error.with_hint(QUOTED),
    })
}

/// The path that a text begins with, and the rest.
pub(super) fn beginning(text: &str) -> Result<(Path, &str), PathError> {
    let mut reader = Reader::new(text);
    if !reader.take("$") {
        let error = reader.error("a path begins with `$`");
        return Err(error.with_hint("for example `$.items[0].name`"));
    }
    let query = Query {
        start: Start::Current,
        segments: reader.segments()?,
    };
    let (source, rest) = text.split_at(reader.at);
    let path = Path {
        source: source.to_owned(),
        query,
        roots: reader.roots,
    };
    Ok((path, rest))
}

/// Goes through the text of a path.
struct Reader<'a> {
    text: &'a str,
    /// What has been gone through, in bytes.
    at: usize,
    /// How deep we are in brackets and filters.
    depth: usize,
    /// How many queries have begun at the root inside of filters.
    roots: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        Reader {
            text,
            at: 0,
            depth: 0,
            roots: 0,
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over this, if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let comes = self.rest().starts_with(token);
        if comes {
            self.at += token.len();
        }
        comes
    }

    /// The same, with blanks before it.
    fn take_after_blanks(&mut self, token: &str) -> bool {
        let before = self.at;
        self.blanks();
        let comes = self.take(token);
        if !comes {
            self.at = before;
        }
        comes
    }

    /// The characters that come next and are such.
    fn take_while(&mut self, is_such: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !is_such(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn blanks(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    /// An error at what comes next.
    fn error(&self, message: impl Into<String>) -> PathError {
        self.error_at(self.at, message)
    }

    /// An error at a byte, which has to be a character's first.
    fn error_at(&self, at: usize, message: impl Into<String>) -> PathError {
        PathError {
            column: self.text[..at].chars().count() + 1,
            message: message.into(),
            hint: None,
        }
    }

    /// An error that names what comes next.
    fn unexpected(&self, expected: &str) -> PathError {
        match self.peek() {
            Some(next) => self.error(format!("expected {expected}, not `{next}`")),
            None => self.error(format!("the path ends where {expected} is expected")),
        }
    }

    /// Reads what is nested in what is being read.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, PathError>,
    ) -> Result<T, PathError> {
        if self.depth == MAX_NESTING {
            return Err(self.error(format!("nested deeper than {MAX_NESTING} levels")));
        }
        self.depth += 1;
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }

    /// As many segments as there are; blanks that no segment follows are not read.
    fn segments(&mut self) -> Result<Vec<Segment>, PathError> {
        let mut segments = Vec::new();
        loop {
            let before = self.at;
            self.blanks();
            match self.segment()? {
                Some(segment) => segments.push(segment),
                None => {
                    self.at = before;
                    return Ok(segments);
                }
            }
        }
    }

    fn segment(&mut self) -> Result<Option<Segment>, PathError> {
        let (reach, selectors) = if self.take("..") {
            let selectors = match self.peek() {
                Some('[') => self.selectors()?,
                _ => vec![self.short()?],
            };
            (Reach::Descendants, selectors)
        } else if self.take(".") {
            (Reach::Children, vec![self.short()?])
        } else if self.peek() == Some('[') {
            (Reach::Children, self.selectors()?)
        } else {
            return Ok(None);
        };
        Ok(Some(Segment { reach, selectors }))
    }

    /// What may follow a dot.
    fn short(&mut self) -> Result<Selector, PathError> {
        if self.take("*") {
            return Ok(Selector::Wildcard);
        }
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        if !self.peek().is_some_and(is_first) {
            let error = self.unexpected("a name or `*`");
            return Err(match self.peek() {
                Some('[') => error.with_hint("there is no single dot before `[`"),
                _ => error.with_hint(QUOTED),
            });
        }
        let name = self.take_while(|c| is_first(c) || c.is_ascii_digit());
        Ok(Selector::Name(name.to_owned()))
    }

    /// What stands in brackets.
    fn selectors(&mut self) -> Result<Vec<Selector>, PathError> {
        self.take("[");
        let mut selectors = Vec::new();
        loop {
            self.blanks();
            selectors.push(self.nested(Reader::selector)?);
            self.blanks();
            if self.take("]") {
                return Ok(selectors);
            }
            if !self.take(",") {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, PathError> {
        match self.peek() {
            Some('\'' | '"') => self.string().map(Selector::Name),
            Some('-' | ':' | '0'..='9') => self.index_or_slice(),
            Some('*') => {
                self.take("*");
                Ok(Selector::Wildcard)
            }
            Some('?') => {
                self.take("?");
                self.blanks();
                self.condition().map(Selector::Filter)
            }
            next => {
                let error = self.unexpected("a name in quotes, a number, `*` or a filter");
                Err(match next {
                    Some('(') => error.with_hint("`[-1]` is the last element, `[?…]` a filter"),
                    Some('@' | '$' | '!') => error.with_hint("a filter begins with `?`"),
                    Some(c) if c.is_alphabetic() || c == '_' => {
                        error.with_hint("a name in brackets stands in quotes: `['name']`")
                    }
                    _ => error,
                })
            }
        }
    }

    fn index_or_slice(&mut self) -> Result<Selector, PathError> {
        let start = self.whole_number()?;
        if !self.take_after_blanks(":") {
            let index = start.ok_or_else(|| self.unexpected("a number"))?;
            return Ok(Selector::Index(index));
        }
        self.blanks();
        let end = self.whole_number()?;
        let step = match self.take_after_blanks(":") {
            true => {
                self.blanks();
                self.whole_number()?
            }
            false => None,
        };
        let step = step.unwrap_or(1);
        Ok(Selector::Slice(Slice { start, end, step }))
    }

    fn whole_number(&mut self) -> Result<Option<i64>, PathError> {
        let begin = self.at;
        let is_negative = self.take("-");
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return match is_negative {
                true => Err(self.unexpected("a digit")),
                false => Ok(None),
            };
        }
        let wrong = |message: &str| Err(self.error_at(begin, message));
        if digits.starts_with('0') && (is_negative || digits.len() > 1) {
            return wrong("a whole number has no zero before it, and 0 no sign");
        }
        match self.text[begin..self.at].parse::<i64>() {
            Ok(number) if number.abs() <= MAX_WHOLE => Ok(Some(number)),
            _ => wrong("the number is too large for an index"),
        }
    }
}
