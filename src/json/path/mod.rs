//! JSONPath (RFC 9535): which nodes of a JSON text a path selects, as they are
//! written there.
//!
//! A path is understood whole, with the types of its functions, before anything is
//! searched. The text has to be checked; it is walked in place, so that numbers
//! stay decimals and any depth takes no stack. Of a member that an object has
//! twice, the last counts. Whatever the text says, a search ends: after
//! [`MAX_NODES`] nodes, and after a number of bytes in proportion to that and to the
//! length of the text.
//!
//! Regular expressions are those of I-Regexp (RFC 9485), without `\p`, and with
//! whatever else `/match` takes; `^` and `$` stand for the ends, as people expect.

mod condition;
mod parse;
mod regexp;
mod search;
mod work;

use std::fmt;

pub(super) use work::Work;
pub use work::{MAX_NODES, TooMany};

use condition::Condition;

/// A query of RFC 9535.
#[derive(Debug, Clone)]
pub struct Path {
    source: String,
    query: Query,
    /// How many queries inside of filters begin at the root.
    roots: usize,
}

/// Why a text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct PathError {
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// From where to select, and what.
#[derive(Debug, Clone)]
struct Query {
    start: Start,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// `@`.
    Current,
    /// `$`, with the query's number among those of the path, because its result is
    /// the same for each node that a filter holds.
    Root(usize),
}

/// RFC 9535 section 2.5.
#[derive(Debug, Clone)]
struct Segment {
    reach: Reach,
    selectors: Vec<Selector>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Children,
    Descendants,
}

/// RFC 9535 section 2.3.
#[derive(Debug, Clone)]
enum Selector {
    Name(String),
    Wildcard,
    Index(i64),
    Slice(Slice),
    Filter(Condition),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slice {
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
}

impl Path {
    /// Understands a path that is all of the text.
    ///
    /// # Errors
    /// Whatever RFC 9535 does not allow, functions that it does not have, filters
    /// that are nested too deep, and regular expressions that we cannot search for.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        parse::whole(text)
    }

    /// Understands the path that a text begins with: as much as can be one. The rest
    /// is given back as it stands, with blanks before it.
    ///
    /// # Errors
    /// As [`Path::parse`].
    pub fn split(text: &str) -> Result<(Path, &str), PathError> {
        parse::beginning(text)
    }

    /// The source of each node that is selected, in the order of RFC 9535 (members
    /// in that of the text); a node that is selected twice is there twice. The text
    /// has to be JSON, else nobody can say what is found.
    ///
    /// # Errors
    /// When the search would take too long.
    pub fn select<'t>(&self, checked_text: &'t str) -> Result<Vec<&'t str>, TooMany> {
        search::run(self, checked_text)
    }

    /// Whether it can select one node at most: it has names and indexes alone.
    pub fn is_singular(&self) -> bool {
        self.query.is_singular()
    }
}

impl fmt::Display for Path {
    /// The path as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Query {
    fn is_singular(&self) -> bool {
        let is_one = |segment: &Segment| {
            segment.reach == Reach::Children
                && matches!(
                    segment.selectors[..],
                    [Selector::Name(_) | Selector::Index(_)]
                )
        };
        self.segments.iter().all(is_one)
    }
}

impl PathError {
    fn with_hint(mut self, hint: impl Into<String>) -> PathError {
        self.hint = Some(hint.into());
        self
    }
}
