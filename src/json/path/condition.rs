//! What a filter asks of a node (RFC 9535 section 2.3.5), with types that fit.

use regex_lite::Regex;

use super::Query;
use super::regexp::Extent;

#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// `||`.
    Any(Vec<Condition>),
    /// `&&`.
    All(Vec<Condition>),
    Not(Box<Condition>),
    /// That a query selects something.
    Exists(Query),
    Compares(Operand, Comparison, Operand),
    Matches(Box<Search>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One value, or nothing.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// A scalar, as JSON writes it.
    Literal(String),
    /// A query that selects one node at most.
    Node(Query),
    Length(Box<Operand>),
    Count(Query),
    /// `value(…)`: the node, if there is just one.
    Value(Query),
}

/// `match(…)` and `search(…)`.
#[derive(Debug, Clone)]
pub(super) struct Search {
    pub(super) text: Operand,
    pub(super) expression: Expression,
    pub(super) extent: Extent,
}

#[derive(Debug, Clone)]
pub(super) enum Expression {
    /// One that stands in the path, with what a character costs.
    Known(Regex, usize),
    /// One that is found in the text.
    Found(Operand),
}
