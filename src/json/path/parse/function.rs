//! The functions of RFC 9535 section 2.4, and what they take.

use super::super::condition::{Expression, Operand, Search};
use super::super::regexp::{self, Extent};
use super::filter::Term;
use super::{PathError, Query, Reader};
use crate::json;
use crate::nearest::nearest;

pub(super) const FUNCTIONS: [&str; 5] = ["length", "count", "match", "search", "value"];

/// What is said of an expression that cannot be searched for.
const A_REGEX_IS: &str =
    "a backslash is written `\\\\` in a path's string; there is no `\\p` and no look-around";

/// A term, and where it begins.
type Argument = (Term, usize);

impl Reader<'_> {
    /// The function of a name that began at this byte; its `(` has been read.
    pub(super) fn function(&mut self, name: &str, begin: usize) -> Result<Term, PathError> {
        if !FUNCTIONS.contains(&name) {
            let error = self.error_at(begin, format!("there is no function `{name}`"));
            return Err(error.with_hint(match nearest(name, FUNCTIONS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are `{}`", FUNCTIONS.join("`, `")),
            }));
        }
        let arguments = self.arguments()?;
        let taker = format!("`{name}`");
        match (name, arguments) {
            ("length", Arguments::One(argument)) => {
                let operand = self.operand(argument.0, argument.1, &taker)?;
                Ok(Term::Value(Operand::Length(Box::new(operand))))
            }
            ("count", Arguments::One(argument)) => {
                let query = self.selection(argument, &taker)?;
                Ok(Term::Value(Operand::Count(query)))
            }
            ("value", Arguments::One(argument)) => {
                let query = self.selection(argument, &taker)?;
                Ok(Term::Value(Operand::Value(query)))
            }
            ("match", Arguments::Two(text, regex)) => self.matching(text, regex, Extent::Whole),
            ("search", Arguments::Two(text, regex)) => self.matching(text, regex, Extent::Part),
            ("match" | "search", _) => {
                let message = format!("{taker} takes two arguments: a text and an expression");
                Err(self.error_at(begin, message))
            }
            _ => Err(self.error_at(begin, format!("{taker} takes one argument"))),
        }
    }

    /// What stands between the brackets, of which the first was read.
    fn arguments(&mut self) -> Result<Arguments, PathError> {
        let mut arguments = Vec::new();
        self.blanks();
        if self.take(")") {
            return Ok(Arguments::Other);
        }
        loop {
            self.blanks();
            let begin = self.at;
            arguments.push((self.term()?, begin));
            self.blanks();
            if self.take(")") {
                break;
            }
            if !self.take(",") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        let mut arguments = arguments.into_iter();
        Ok(
            match (arguments.next(), arguments.next(), arguments.next()) {
                (Some(one), None, None) => Arguments::One(one),
                (Some(one), Some(two), None) => Arguments::Two(one, two),
                _ => Arguments::Other,
            },
        )
    }

    /// An argument that selects any number of nodes.
    fn selection(&self, argument: Argument, taker: &str) -> Result<Query, PathError> {
        match argument {
            (Term::Query(query), _) => Ok(query),
            (_, begin) => {
                let message = format!("{taker} takes a query: `@…` or `$…`");
                Err(self.error_at(begin, message))
            }
        }
    }

    /// `match(…)` or `search(…)`; an expression that stands there is compiled now, so that a
    /// wrong one is an error of the path.
    fn matching(
        &self,
        text: Argument,
        (regex, begin): Argument,
        extent: Extent,
    ) -> Result<Term, PathError> {
        let taker = match extent {
            Extent::Whole => "`match`",
            Extent::Part => "`search`",
        };
        let text = self.operand(text.0, text.1, taker)?;
        let expression = match self.operand(regex, begin, taker)? {
            Operand::Literal(literal) if literal.starts_with('"') => {
                self.known(&literal, begin, extent)?
            }
            // What is no string matches nothing, and is no error.
            operand => Expression::Found(operand),
        };
        Ok(Term::Logical(Box::new(Search {
            text,
            expression,
            extent,
        })))
    }

    /// An expression that stands in the path as a literal of JSON.
    fn known(&self, literal: &str, begin: usize, extent: Extent) -> Result<Expression, PathError> {
        let source = json::string(literal)
            .map_err(|_| self.error_at(begin, "a regular expression is a string"))?;
        let regex = regexp::compile(&source, extent, regexp::IN_A_PATH).map_err(|error| {
            let message = format!("not a regular expression: {error}");
            self.error_at(begin, message).with_hint(A_REGEX_IS)
        })?;
        Ok(Expression::Known(regex, regexp::weight_in_a_path(&source)))
    }
}

enum Arguments {
    One(Argument),
    Two(Argument, Argument),
    /// None, or more.
    Other,
}
