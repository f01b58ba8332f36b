//! Filters (RFC 9535 section 2.3.5): conditions, comparisons, and which types fit.

use super::super::condition::{Comparison, Condition, Operand, Search};
use super::function::FUNCTIONS;
use super::{PathError, Query, Reader, Start};
use crate::json::literal_of;
use crate::nearest::nearest;

/// The longer first, where one is the beginning of the other.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

const WORDS: [&str; 3] = ["true", "false", "null"];

/// What stands in a filter, before it is known what is asked of it.
#[derive(Debug)]
pub(super) enum Term {
    Literal(String),
    Query(Query),
    /// A function that gives a value.
    Value(Operand),
    /// A function that holds or does not.
    Logical(Box<Search>),
}

impl Reader<'_> {
    /// `logical-expr`.
    pub(super) fn condition(&mut self) -> Result<Condition, PathError> {
        let mut any = vec![self.conjunction()?];
        while self.take_after_blanks("||") {
            self.blanks();
            any.push(self.conjunction()?);
        }
        Ok(one_or(any, Condition::Any))
    }

    /// `logical-and-expr`: it binds more tightly than `||`.
    fn conjunction(&mut self) -> Result<Condition, PathError> {
        let mut all = vec![self.basic()?];
        while self.take_after_blanks("&&") {
            self.blanks();
            all.push(self.basic()?);
        }
        Ok(one_or(all, Condition::All))
    }

    /// `basic-expr`: brackets, a comparison or a test.
    fn basic(&mut self) -> Result<Condition, PathError> {
        if self.peek() == Some('(') {
            return self.in_brackets();
        }
        let begin = self.at;
        let is_negated = self.take("!");
        if is_negated {
            self.blanks();
        }
        let condition = match self.peek() {
            Some('(') => self.in_brackets()?,
            _ => {
                let term_begin = self.at;
                let term = self.term()?;
                match self.comparison()? {
                    Some(_) if is_negated => {
                        let error = self.error_at(begin, "`!` negates a test or brackets alone");
                        return Err(error.with_hint("`!(… == …)`, or `… != …`"));
                    }
                    Some(comparison) => self.compared(term, term_begin, comparison)?,
                    None => self.tested(term, term_begin)?,
                }
            }
        };
        Ok(match is_negated {
            true => Condition::Not(Box::new(condition)),
            false => condition,
        })
    }

    /// `paren-expr`, without a `!` before it.
    fn in_brackets(&mut self) -> Result<Condition, PathError> {
        self.take("(");
        self.blanks();
        let condition = self.nested(Reader::condition)?;
        match self.take_after_blanks(")") {
            true => Ok(condition),
            false => {
                self.blanks();
                Err(self.odd_operator("`)`, `&&` or `||`"))
            }
        }
    }

    /// The operator of a comparison, if one comes, and the blanks around it.
    fn comparison(&mut self) -> Result<Option<Comparison>, PathError> {
        for (token, comparison) in COMPARISONS {
            if self.take_after_blanks(token) {
                self.blanks();
                return Ok(Some(comparison));
            }
        }
        let before = self.at;
        self.blanks();
        if self.peek() == Some('=') {
            return Err(self.odd_operator("a comparison"));
        }
        self.at = before;
        Ok(None)
    }

    /// An error at what may be an operator of another language.
    fn odd_operator(&self, expected: &str) -> PathError {
        let error = self.unexpected(expected);
        let rest = self.rest();
        if rest.starts_with("=~") || rest.starts_with('~') {
            return error.with_hint("`search(@.name, 'REGEX')` is the way here");
        }
        match rest.chars().next() {
            Some('=') => error.with_hint("`==` compares"),
            Some('&' | '|') => error.with_hint("`&&` and `||` join conditions"),
            _ => error,
        }
    }

    /// `comparison-expr`, of which the left side and the operator were read.
    fn compared(
        &mut self,
        left: Term,
        left_begin: usize,
        comparison: Comparison,
    ) -> Result<Condition, PathError> {
        let left = self.operand(left, left_begin, "a comparison")?;
        let begin = self.at;
        let right = self.term()?;
        let right = self.operand(right, begin, "a comparison")?;
        Ok(Condition::Compares(left, comparison, right))
    }

    /// A test without a comparison.
    fn tested(&self, term: Term, begin: usize) -> Result<Condition, PathError> {
        match term {
            Term::Query(query) => Ok(Condition::Exists(query)),
            Term::Logical(search) => Ok(Condition::Matches(search)),
            Term::Literal(_) => Err(self.error_at(begin, "a literal by itself is no condition")),
            Term::Value(_) => {
                Err(self.error_at(begin, "what the function gives has to be compared"))
            }
        }
    }

    /// A term as one value.
    pub(super) fn operand(
        &self,
        term: Term,
        begin: usize,
        taker: &str,
    ) -> Result<Operand, PathError> {
        match term {
            Term::Literal(literal) => Ok(Operand::Literal(literal)),
            Term::Value(operand) => Ok(operand),
            Term::Query(query) if query.is_singular() => Ok(Operand::Node(query)),
            Term::Query(_) => {
                let message = format!("{taker} takes one value, and this can select several");
                let hint = "names and indexes alone select one; `count(…)` gives their number, `value(…)` the one if there is just one";
                Err(self.error_at(begin, message).with_hint(hint))
            }
            Term::Logical(_) => {
                let message = format!("{taker} takes a value, and this holds or does not");
                Err(self
                    .error_at(begin, message)
                    .with_hint("it stands alone: `[?match(…)]`"))
            }
        }
    }

    /// A literal, a query or a function.
    pub(super) fn term(&mut self) -> Result<Term, PathError> {
        match self.peek() {
            Some('\'' | '"') => self.string().map(|text| Term::Literal(literal_of(&text))),
            Some('-' | '0'..='9') => self.number().map(Term::Literal),
            Some('@' | '$') => self.query().map(Term::Query),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            _ => Err(self.unexpected("`@`, `$`, a literal or a function")),
        }
    }

    /// `rel-query` or `jsonpath-query`, the latter with a number of its own.
    fn query(&mut self) -> Result<Query, PathError> {
        let start = match self.take("@") {
            true => Start::Current,
            false => {
                self.take("$");
                self.roots += 1;
                Start::Root(self.roots - 1)
            }
        };
        let segments = self.segments()?;
        Ok(Query { start, segments })
    }

    /// `true`, `false`, `null`, or the name of a function with its arguments.
    fn word(&mut self) -> Result<Term, PathError> {
        let begin = self.at;
        let word = self
            .take_while(|c| c.is_ascii_alphanumeric() || c == '_')
            .to_owned();
        if self.take("(") {
            return self.nested(|reader| reader.function(&word, begin));
        }
        if WORDS.contains(&word.as_str()) {
            return Ok(Term::Literal(word));
        }
        if FUNCTIONS.contains(&word.as_str()) {
            return Err(match self.peek() {
                Some(' ' | '\t' | '\n' | '\r') => {
                    self.error("nothing stands between a function and its `(`")
                }
                _ => self.unexpected("`(`"),
            });
        }
        let error = self.error_at(begin, format!("`{word}` is no literal"));
        Err(match nearest(&word, WORDS) {
            Some(near) => error.with_hint(format!("did you mean `{near}`? text stands in quotes")),
            None => error.with_hint(format!(
                "text stands in quotes: `'{word}'`; a member is `@.{word}`"
            )),
        })
    }
}

/// The only condition, or all of them joined.
fn one_or(
    mut conditions: Vec<Condition>,
    join: impl FnOnce(Vec<Condition>) -> Condition,
) -> Condition {
    match conditions.pop() {
        Some(condition) if conditions.is_empty() => condition,
        last => {
            conditions.extend(last);
            join(conditions)
        }
    }
}
