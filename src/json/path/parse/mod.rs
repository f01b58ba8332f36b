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

    /// `segment`, without the blanks before it.
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

    /// `selector`.
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

    /// `index-selector` or `slice-selector`: a colon tells them apart.
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

    /// `int`, if one comes.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// What is no path, and what is said of it.
    const REFUSED: &[(&str, &str)] = &[
        ("", "column 1: a path begins with `$`"),
        (" $", "column 1: a path begins with `$`"),
        ("a.b", "column 1: a path begins with `$`"),
        ("$ ", "column 2: a path has no blanks at its end"),
        (
            "$.",
            "column 3: the path ends where a name or `*` is expected",
        ),
        ("$.é.1", "column 5: expected a name or `*`, not `1`"),
        ("$. a", "column 3: expected a name or `*`, not ` `"),
        ("$...a", "column 4: expected a name or `*`, not `.`"),
        ("$.[0]", "column 3: expected a name or `*`, not `[`"),
        ("$.a-b", "column 4: `-` cannot follow the path"),
        ("$.a.length()", "column 11: `(` cannot follow the path"),
        (
            "$[",
            "column 3: the path ends where a name in quotes, a number, `*` or a filter is expected",
        ),
        (
            "$[a]",
            "column 3: expected a name in quotes, a number, `*` or a filter, not `a`",
        ),
        (
            "$[0",
            "column 4: the path ends where `,` or `]` is expected",
        ),
        ("$[0 1]", "column 5: expected `,` or `]`, not `1`"),
        (
            "$[01]",
            "column 3: a whole number has no zero before it, and 0 no sign",
        ),
        (
            "$[-0]",
            "column 3: a whole number has no zero before it, and 0 no sign",
        ),
        ("$[-]", "column 4: expected a digit, not `]`"),
        ("$[1.0]", "column 4: expected `,` or `]`, not `.`"),
        (
            "$[9007199254740992]",
            "column 3: the number is too large for an index",
        ),
        (
            "$[:99999999999999999999]",
            "column 4: the number is too large for an index",
        ),
        ("$['a", "column 3: the string has no end"),
        ("$['a\\\"']", "column 5: this is no escape of a string"),
        (r#"$["\'"]"#, "column 4: this is no escape of a string"),
        (
            "$['\t']",
            "column 4: a control character in a string has to be escaped",
        ),
        (r"$['\u12']", "column 4: `\\u` takes four hex digits"),
        (
            r"$['\ud800']",
            "column 4: half of a surrogate pair is no character",
        ),
        (
            r"$['\ude00']",
            "column 4: half of a surrogate pair is no character",
        ),
        (
            r"$['\ud800\u0041']",
            "column 4: half of a surrogate pair is no character",
        ),
    ];

    /// The same in filters.
    const REFUSED_FILTERS: &[(&str, &str)] = &[
        (
            "$[?]",
            "column 4: expected `@`, `$`, a literal or a function, not `]`",
        ),
        ("$[?@.a=1]", "column 7: expected a comparison, not `=`"),
        (
            "$[?@.a && ]",
            "column 11: expected `@`, `$`, a literal or a function, not `]`",
        ),
        ("$[?(@.a]", "column 8: expected `)`, `&&` or `||`, not `]`"),
        ("$[?'a']", "column 4: a literal by itself is no condition"),
        ("$[?!true]", "column 5: a literal by itself is no condition"),
        (
            "$[?!@.a == 1]",
            "column 4: `!` negates a test or brackets alone",
        ),
        (
            "$[?@.* == 1]",
            "column 4: a comparison takes one value, and this can select several",
        ),
        (
            "$[?1 == @..a]",
            "column 9: a comparison takes one value, and this can select several",
        ),
        (
            "$[?length(@)]",
            "column 4: what the function gives has to be compared",
        ),
        (
            "$[?length(@.*) == 1]",
            "column 11: `length` takes one value, and this can select several",
        ),
        (
            "$[?length(@, 1) == 1]",
            "column 4: `length` takes one argument",
        ),
        ("$[?count() == 1]", "column 4: `count` takes one argument"),
        (
            "$[?count(1) == 1]",
            "column 10: `count` takes a query: `@…` or `$…`",
        ),
        (
            "$[?value('a') == 1]",
            "column 10: `value` takes a query: `@…` or `$…`",
        ),
        (
            "$[?match(@) == 1]",
            "column 4: `match` takes two arguments: a text and an expression",
        ),
        (
            "$[?match(@, 'a') == true]",
            "column 4: a comparison takes a value, and this holds or does not",
        ),
        (
            "$[?match(@, '(')]",
            "column 13: not a regular expression: found open group without closing ')'",
        ),
        (
            r"$[?search(@, '\\p{L}')]",
            "column 14: not a regular expression: Unicode character classes are not supported",
        ),
        (
            "$[?lenght(@) == 1]",
            "column 4: there is no function `lenght`",
        ),
        (
            "$[?length (@) == 1]",
            "column 10: nothing stands between a function and its `(`",
        ),
        ("$[?@ == True]", "column 9: `True` is no literal"),
        ("$[?@.a == yes]", "column 11: `yes` is no literal"),
        ("$[?@ == 01]", "column 9: a number has no zero before it"),
        ("$[?@ == 1.]", "column 11: expected a digit, not `]`"),
        ("$[?@ == -]", "column 10: expected a digit, not `]`"),
    ];

    #[test]
    fn what_is_no_path_is_refused_where_it_goes_wrong() {
        for (path, error) in REFUSED.iter().chain(REFUSED_FILTERS) {
            assert_eq!(Path::parse(path).unwrap_err().to_string(), *error, "{path}");
        }
    }

    #[test]
    fn a_hint_says_what_to_write_instead() {
        for (path, hint) in [
            ("items", "for example `$.items[0].name`"),
            ("$.a-b", QUOTED),
            ("$.[0]", "there is no single dot before `[`"),
            (
                "$[(@.length-1)]",
                "`[-1]` is the last element, `[?…]` a filter",
            ),
            ("$[@.a]", "a filter begins with `?`"),
            ("$[a]", "a name in brackets stands in quotes: `['name']`"),
            ("$[?@.a = 1]", "`==` compares"),
            (
                "$[?(@.a =~ 'x')]",
                "`search(@.name, 'REGEX')` is the way here",
            ),
            ("$[?(@.a & @.b)]", "`&&` and `||` join conditions"),
            (
                "$[?@ == True]",
                "did you mean `true`? text stands in quotes",
            ),
            ("$[?@ == tru]", "did you mean `true`? text stands in quotes"),
            (
                "$[?@ == yes]",
                "text stands in quotes: `'yes'`; a member is `@.yes`",
            ),
            ("$[?lenght(@) == 1]", "did you mean `length`?"),
            (
                "$[?keys(@) == 1]",
                "there are `length`, `count`, `match`, `search`, `value`",
            ),
        ] {
            let found = Path::parse(path).unwrap_err().hint.unwrap_or_default();
            assert_eq!(found, hint, "{path}");
        }
    }

    #[test]
    fn a_path_is_nested_so_deep_and_no_deeper() {
        let brackets = |levels: usize| format!("$[?{}@{}]", "(".repeat(levels), ")".repeat(levels));
        let filters = |levels: usize| format!("${}", "[?@".repeat(levels) + &"]".repeat(levels));
        let functions = |levels: usize| {
            let nested = "length(".repeat(levels) + "@" + &")".repeat(levels);
            format!("$[?{nested} == 1]")
        };
        for nested in [brackets, filters, functions] {
            assert!(Path::parse(&nested(60)).is_ok());
            let error = Path::parse(&nested(100_000)).unwrap_err();
            assert_eq!(error.message, "nested deeper than 64 levels");
        }
        let path = Path::parse(&filters(60)).unwrap();
        assert_eq!(path.select("[[]]"), Ok(Vec::new()));
    }

    #[test]
    fn a_path_is_told_from_what_follows_it() {
        for (text, path, rest) in [
            ("$.items length >= 1", "$.items", " length >= 1"),
            ("$['a b'] == 1", "$['a b']", " == 1"),
            ("$.a [0] .b count 2", "$.a [0] .b", " count 2"),
            ("$[?@.x == 1].y ~ ^[0-9]", "$[?@.x == 1].y", " ~ ^[0-9]"),
            ("$", "$", ""),
            ("$==1", "$", "==1"),
        ] {
            let (found, found_rest) = Path::split(text).unwrap();
            assert_eq!(
                (found.to_string().as_str(), found_rest),
                (path, rest),
                "{text}"
            );
        }
    }

    #[test]
    fn a_singular_path_has_names_and_indexes_alone() {
        for path in ["$", "$.a", "$['a'][0][-1]"] {
            assert!(Path::parse(path).unwrap().is_singular(), "{path}");
        }
        for path in ["$.*", "$..a", "$[0,1]", "$[0:1]", "$[?@]"] {
            assert!(!Path::parse(path).unwrap().is_singular(), "{path}");
        }
    }
}
