//! Facts: what an indented line says of what came, or takes from it (`let`).
//!
//! Pure. A fact is about nodes: those that a JSONPath selects, or the one that a word
//! names. All but those that count need exactly one.

mod parse;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use super::template::{Context, Filled, Template, Value, Variables, literal_of};
use super::{Place, Problem, shorten};
use crate::duration;
use crate::json::{self, Path};
use crate::message::{MessageRef, close_reason};
use crate::pattern::Pattern;

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
    pub(super) fn is_of_opening(&self) -> Option<&'static str> {
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
    pub fn literal(&self, variables: &Variables) -> Option<(Named<'_>, String)> {
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

    /// Whether it holds; a `let` sets its variable if so.
    ///
    /// # Errors
    /// What is otherwise.
    pub fn check(&self, matter: Matter<'_>, variables: &mut Variables) -> Result<(), Miss> {
        if let Subject::Time = self.subject {
            return self.check_time(matter, variables);
        }
        let nodes = self.nodes(matter, variables)?;
        match &self.claim {
            Claim::Let(name) => {
                let node = self.one(&nodes, "let")?;
                variables.set(name, Value::captured(node));
                Ok(())
            }
            Claim::Exists if nodes.is_empty() => Err(self.otherwise("is absent")),
            Claim::Absent if !nodes.is_empty() => Err(self.is(&nodes[0])),
            Claim::Exists | Claim::Absent => Ok(()),
            Claim::Counts(relation, right) => {
                let expected = whole_number(&right.fill(Context::Text, variables)?)?;
                match relation.holds(Some(nodes.len().cmp(&expected))) {
                    true => Ok(()),
                    false => Err(self.otherwise(&format!("selects {}", counted(nodes.len())))),
                }
            }
            Claim::Measures(relation, right) => {
                let expected = whole_number(&right.fill(Context::Text, variables)?)?;
                let node = self.one(&nodes, "length")?;
                let Some(size) = json::size(node) else {
                    return Err(
                        self.otherwise(&format!("is {}, which has no length", json::kind(node)))
                    );
                };
                match relation.holds(Some(size.cmp(&expected))) {
                    true => Ok(()),
                    false => Err(self.otherwise(&format!("has the length {size}"))),
                }
            }
            Claim::Type(expected) => {
                let node = self.one(&nodes, "type")?;
                match json::kind(node).to_string() == *expected {
                    true => Ok(()),
                    false => {
                        Err(self.otherwise(&format!("is of type {}: {node}", json::kind(node),)))
                    }
                }
            }
            Claim::Compares(relation, right) => {
                let right = value(&right.fill(Context::Json, variables)?)?;
                let node = self.one(&nodes, relation.sign())?;
                self.holds(relation.compares(node, &right)?, node)
            }
            Claim::Contains(right) => {
                let right = value(&right.fill(Context::Json, variables)?)?;
                let node = self.one(&nodes, "contains")?;
                self.holds(contains(node, &right), node)
            }
            Claim::Matches(wanted, right) => {
                let pattern = regex(&right.fill(Context::Regex, variables)?)?;
                let node = self.one(&nodes, "~")?;
                let text = json::text_of(node);
                self.holds(pattern.matches(MessageRef::Text(&text)) == *wanted, node)
            }
        }
    }

    /// Looks whether it can be understood, whatever its variables are.
    fn check_form(&self) -> Result<(), Problem> {
        if let Subject::Path(path) = &self.subject {
            super::written::try_samples(path, Context::Json, |filled| {
                self::path(&filled).map(drop)
            })?;
        }
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

    fn check_time(&self, matter: Matter<'_>, variables: &Variables) -> Result<(), Miss> {
        let (Claim::Compares(relation, right), Matter::Opening(greeting)) = (&self.claim, matter)
        else {
            return Ok(());
        };
        let limit = time(&right.fill(Context::Text, variables)?)?;
        match relation.holds(Some(greeting.time.cmp(&limit))) {
            true => Ok(()),
            false => Err(self.otherwise(&format!(
                "is {:.1} ms",
                greeting.time.as_secs_f64() * 1000.0
            ))),
        }
    }

    /// The nodes that it is about, as the sources of JSON values.
    fn nodes<'a>(
        &self,
        matter: Matter<'a>,
        variables: &Variables,
    ) -> Result<Vec<Cow<'a, str>>, Miss> {
        let text = |text: &str| Ok(vec![Cow::Owned(literal_of(text))]);
        match (&self.subject, matter) {
            (Subject::Path(template), matter) => {
                let path = path(&template.fill(Context::Json, variables)?)?;
                self.select(&path, body(matter))
            }
            (Subject::Text, matter) => match body(matter) {
                Some(body) => text(&body),
                None => Err(self.otherwise("is absent: what came is not text")),
            },
            (Subject::Length, Matter::Message(message)) => {
                Ok(vec![Cow::Owned(payload(message).len().to_string())])
            }
            (Subject::Length, Matter::Opening(greeting)) => {
                let length = greeting.body.as_deref().map_or(0, str::len);
                Ok(vec![Cow::Owned(length.to_string())])
            }
            (_, Matter::Message(_)) => Ok(Vec::new()),
            (Subject::Status, Matter::Opening(greeting)) => {
                Ok(vec![Cow::Owned(greeting.status.to_string())])
            }
            (Subject::Subprotocol, Matter::Opening(greeting)) => Ok(greeting
                .subprotocol
                .iter()
                .map(|name| Cow::Owned(literal_of(name)))
                .collect()),
            (Subject::Header(name), Matter::Opening(greeting)) => {
                let named = greeting.headers.iter();
                let named = named.filter(|(known, _)| known.eq_ignore_ascii_case(name));
                Ok(named
                    .map(|(_, value)| Cow::Owned(literal_of(value)))
                    .collect())
            }
            (Subject::Time, Matter::Opening(_)) => Ok(Vec::new()),
        }
    }

    fn select<'a>(
        &self,
        path: &Path,
        body: Option<Cow<'a, str>>,
    ) -> Result<Vec<Cow<'a, str>>, Miss> {
        let Some(body) = body else {
            return Err(self.otherwise("selects nothing: what came is not text"));
        };
        if json::check(&body).is_err() {
            return Err(self.otherwise("selects nothing: what came is not JSON"));
        }
        let selected = match &body {
            Cow::Borrowed(text) => path
                .select(text)
                .map(|nodes| nodes.into_iter().map(Cow::Borrowed).collect()),
            Cow::Owned(text) => path.select(text).map(|nodes| {
                nodes
                    .into_iter()
                    .map(|node| Cow::Owned(node.to_owned()))
                    .collect()
            }),
        };
        selected.map_err(|error| Miss::Otherwise(format!("{}: {error}", self.subject)))
    }

    fn one<'a>(&self, nodes: &'a [Cow<'_, str>], what: &str) -> Result<&'a str, Miss> {
        match nodes {
            [node] => Ok(node),
            [] => Err(self.otherwise("is absent")),
            nodes => Err(self.otherwise(&format!(
                "selects {} nodes, and `{what}` needs exactly one",
                nodes.len()
            ))),
        }
    }

    fn holds(&self, holds: bool, node: &str) -> Result<(), Miss> {
        match holds {
            true => Ok(()),
            false => Err(self.is(node)),
        }
    }

    fn is(&self, node: &str) -> Miss {
        self.otherwise(&format!("is {node}"))
    }

    fn otherwise(&self, what: &str) -> Miss {
        Miss::Otherwise(format!("{} {what}", self.subject))
    }
}

/// A part of an opening handshake that a fact names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
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

    fn compares(self, node: &str, right: &str) -> Result<bool, Miss> {
        let equal = || {
            json::Value::parse(right)
                .map(|value| value.equals(node))
                .map_err(|error| Miss::Otherwise(error.to_string()))
        };
        match self {
            Relation::Equal => equal(),
            Relation::Unequal => Ok(!equal()?),
            relation => Ok(relation.holds(json::compare(node, right))),
        }
    }
}

/// Whether a string has this text in it, an array this element, an object this member.
fn contains(node: &str, right: &str) -> bool {
    match json::kind(node) {
        json::Kind::String => {
            json::kind(right) == json::Kind::String
                && json::text_of(node).contains(&*json::text_of(right))
        }
        json::Kind::Array => json::Value::parse(right).is_ok_and(|value| {
            let elements = json::elements(node).unwrap_or_default();
            elements.iter().any(|element| value.equals(element))
        }),
        json::Kind::Object => {
            let members = json::members(node).unwrap_or_default();
            let name = json::text_of(right);
            members
                .iter()
                .any(|member| json::text_of(member.name) == name)
        }
        _ => false,
    }
}

/// The text that came.
fn body(matter: Matter<'_>) -> Option<Cow<'_, str>> {
    match matter {
        Matter::Message(MessageRef::Text(text)) => Some(text.into()),
        Matter::Message(MessageRef::Close(payload)) => {
            Some(String::from_utf8_lossy(close_reason(payload)))
        }
        Matter::Message(MessageRef::Ping(data) | MessageRef::Pong(data)) => {
            str::from_utf8(data).ok().map(Cow::Borrowed)
        }
        Matter::Message(MessageRef::Binary(_)) => None,
        Matter::Opening(greeting) => greeting.body.as_deref().map(Cow::Borrowed),
    }
}

fn payload(message: MessageRef<'_>) -> &[u8] {
    match message {
        MessageRef::Text(text) => text.as_bytes(),
        MessageRef::Close(payload) => close_reason(payload),
        MessageRef::Binary(bytes) | MessageRef::Ping(bytes) | MessageRef::Pong(bytes) => bytes,
    }
}

fn path(filled: &Filled) -> Result<Path, Problem> {
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

fn whole_number(filled: &Filled) -> Result<usize, Problem> {
    let text = filled.text.trim();
    text.parse().map_err(|_| {
        filled.wrong(
            format!("`{}` is not a whole number", shorten(text)),
            "for example `count >= 1`",
        )
    })
}

fn counted(count: usize) -> String {
    match count {
        0 => "no node".into(),
        1 => "1 node".into(),
        count => format!("{count} nodes"),
    }
}
