//! Facts: what an indented line says of what came, or takes from it (`let`).
//!
//! Pure. A fact is about nodes: those that a JSONPath selects, or the one that a word
//! names. All but those that count need exactly one.

mod holds;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use super::template::{Context, Filled, Template, Variables};
use super::{Place, Problem, shorten};
use crate::duration;
use crate::json::{self, Path};
use crate::message::MessageRef;
use crate::pattern::Pattern;

/// The longest JSONPath, in bytes: each step of it takes memory many times its length.
const MAX_PATH: usize = 64 * 1024;

/// See the module's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub place: Place,
    /// As it stands in the file, without the blanks around it.
    pub source: String,
    subject: Subject,
    claim: Claim,
}

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    /// Nodes of the JSON that a text is.
    Path(Template),
    /// The text, or the reason of a Close frame.
    Text,
    /// Bytes of the payload.
    Length,
    Status,
    Header(String),
    Subprotocol,
    /// How long the opening handshake took.
    Time,
}

/// What is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Claim {
    Let(String),
    Exists,
    Absent,
    Compares(Relation, Template),
    /// How many nodes there are.
    Counts(Relation, Template),
    /// How many members, elements or characters the one node has.
    Measures(Relation, Template),
    /// A regular expression is found in it, or is not.
    Matches(bool, Template),
    Contains(Template),
    Type(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What facts are about.
#[derive(Clone, Copy, Debug)]
pub enum Matter<'a> {
    Message(MessageRef<'a>),
    Opening(&'a Greeting),
}

/// What came of an opening handshake.
#[derive(Clone, Debug, Default)]
pub struct Greeting {
    pub status: u16,
    /// In their order, values as text.
    pub headers: Vec<(String, String)>,
    pub subprotocol: Option<String>,
    /// From the first look-up to the answer.
    pub time: Duration,
    /// Of a refusal.
    pub body: Option<String>,
}

/// Why a fact does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// What came is otherwise, in one line.
    Otherwise(String),
    /// The line itself cannot be understood with these variables.
    Problem(Problem),
}

impl From<Problem> for Miss {
    fn from(problem: Problem) -> Self {
        Miss::Problem(problem)
    }
}

impl Fact {
    /// The name that it sets.
    pub fn sets(&self) -> Option<&str> {
        match &self.claim {
            Claim::Let(name) => Some(name),
            _ => None,
        }
    }

    /// Whether only the opening handshake can say it.
    pub fn is_of_opening(&self) -> Option<&'static str> {
        match self.subject {
            Subject::Status => Some("status"),
            Subject::Header(_) => Some("header"),
            Subject::Subprotocol => Some("subprotocol"),
            Subject::Time => Some("time"),
            Subject::Path(_) | Subject::Text | Subject::Length => None,
        }
    }

    /// Whether the answer to an opening handshake can say it that refuses it.
    pub fn is_of_refusal(&self) -> bool {
        matches!(
            self.subject,
            Subject::Status | Subject::Text | Subject::Path(_) | Subject::Length
        )
    }

    /// The parts with variables.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        let path = match &self.subject {
            Subject::Path(path) => Some(path),
            _ => None,
        };
        let right = match &self.claim {
            Claim::Compares(_, right)
            | Claim::Counts(_, right)
            | Claim::Measures(_, right)
            | Claim::Matches(_, right)
            | Claim::Contains(right) => Some(right),
            Claim::Let(_) | Claim::Exists | Claim::Absent | Claim::Type(_) => None,
        };
        path.into_iter().chain(right)
    }

    /// What it says literally of a part of an opening handshake: for a header, its
    /// name, and the value that it is to have.
    pub(super) fn literal(&self, variables: &Variables) -> Option<(Named<'_>, String)> {
        let Claim::Compares(Relation::Equal, right) = &self.claim else {
            return None;
        };
        let named = match &self.subject {
            Subject::Status => Named::Status,
            Subject::Header(name) => Named::Header(name),
            Subject::Subprotocol => Named::Subprotocol,
            Subject::Text => Named::Body,
            _ => return None,
        };
        let right = right.fill(Context::Json, variables).ok()?;
        Some((named, json::text_of(&right.text).into_owned()))
    }
}

impl Fact {
    /// Looks whether its right side can be understood, whatever its variables are.
    fn check_form(&self) -> Result<(), Problem> {
        let (right, context) = match &self.claim {
            Claim::Compares(_, right) if self.subject == Subject::Time => (right, Context::Text),
            Claim::Compares(_, right) | Claim::Contains(right) => (right, Context::Json),
            Claim::Counts(_, right) | Claim::Measures(_, right) => (right, Context::Text),
            Claim::Matches(_, right) => (right, Context::Regex),
            Claim::Let(_) | Claim::Exists | Claim::Absent | Claim::Type(_) => return Ok(()),
        };
        super::written::try_samples(right, context, |filled| match &self.claim {
            Claim::Compares(..) if self.subject == Subject::Time => time(&filled).map(drop),
            Claim::Counts(..) | Claim::Measures(..) => whole_number(&filled).map(drop),
            Claim::Matches(..) => regex(&filled).map(drop),
            _ => value(&filled).map(drop),
        })
    }
}

/// A part of an opening handshake that a fact names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    Status,
    Header(&'a str),
    Subprotocol,
    Body,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Path(path) => f.write_str(path.source()),
            Subject::Text => f.write_str("text"),
            Subject::Length => f.write_str("length"),
            Subject::Status => f.write_str("status"),
            Subject::Header(name) => write!(f, "header {name}"),
            Subject::Subprotocol => f.write_str("subprotocol"),
            Subject::Time => f.write_str("time"),
        }
    }
}

impl Relation {
    fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "==",
            Relation::Unequal => "!=",
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::More => ">",
            Relation::AtLeast => ">=",
        }
    }

    /// Nothing stands for what cannot be ordered.
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Relation::Equal => order == Some(Ordering::Equal),
            Relation::Unequal => order != Some(Ordering::Equal),
            Relation::Less => order == Some(Ordering::Less),
            Relation::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Relation::More => order == Some(Ordering::Greater),
            Relation::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// A JSONPath, its place led back to the file.
fn path(filled: &Filled) -> Result<Path, Problem> {
    if filled.text.len() > MAX_PATH {
        return Err(filled.wrong(format!("a JSONPath of more than {MAX_PATH} bytes"), ""));
    }
    Path::parse(&filled.text).map_err(|error| Problem {
        place: filled.place(error.column.saturating_sub(1)),
        message: format!("not a JSONPath: {}", error.message),
        hint: error.hint,
    })
}

fn value(filled: &Filled) -> Result<String, Problem> {
    let hint = "the right side is a JSON value: text stands in double quotes";
    json::Value::parse(&filled.text)
        .map(|_| filled.text.trim().to_owned())
        .map_err(|error| filled.json_problem(&error, hint))
}

fn regex(filled: &Filled) -> Result<Pattern, Problem> {
    let head = "/match ";
    Pattern::parse(&format!("{head}{}", filled.text))
        .map_err(|error| filled.problem(&error, head.len()))
}

fn time(filled: &Filled) -> Result<Duration, Problem> {
    duration::parse(filled.text.trim())
        .map_err(|error| filled.wrong(error.to_string(), "for example `time < 800ms`"))
}

/// What `count` and `length` are compared with.
fn whole_number(filled: &Filled) -> Result<usize, Problem> {
    let text = filled.text.trim();
    text.parse().map_err(|_| {
        filled.wrong(
            format!("`{}` is not a whole number", shorten(text)),
            "for example `count >= 1`",
        )
    })
}
