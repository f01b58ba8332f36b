//! Whether a fact holds of what came.

use std::borrow::Cow;

use super::super::template::{Context, Value, Variables};
use super::{
    Claim, Fact, Greeting, Matter, Miss, Relation, Subject, path, regex, time, value, whole_number,
};
use crate::json::{self, Path};
use crate::message::{MessageRef, close_reason};
use crate::notation::literal;

impl Fact {
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
            Claim::Exists => self.unless(!nodes.is_empty(), || "is absent".into()),
            Claim::Absent => self.unless(nodes.is_empty(), || is(&nodes[0])),
            Claim::Counts(relation, right) => {
                let expected = whole_number(&right.fill(Context::Text, variables)?)?;
                let holds = relation.holds(Some(nodes.len().cmp(&expected)));
                self.unless(holds, || format!("selects {}", counted(nodes.len())))
            }
            Claim::Measures(relation, right) => {
                let expected = whole_number(&right.fill(Context::Text, variables)?)?;
                self.check_size(self.one(&nodes, "length")?, *relation, expected)
            }
            Claim::Type(expected) => {
                let node = self.one(&nodes, "type")?;
                let kind = json::kind(node).to_string();
                self.unless(kind == *expected, || format!("is of type {kind}: {node}"))
            }
            Claim::Compares(relation, right) => {
                let right = value(&right.fill(Context::Json, variables)?)?;
                let node = self.one(&nodes, relation.sign())?;
                self.unless(relation.compares(node, &right)?, || is(node))
            }
            Claim::Contains(right) => {
                let right = value(&right.fill(Context::Json, variables)?)?;
                let node = self.one(&nodes, "contains")?;
                self.unless(contains(node, &right), || is(node))
            }
            Claim::Matches(wanted, right) => {
                let pattern = regex(&right.fill(Context::Regex, variables)?)?;
                let node = self.one(&nodes, "~")?;
                let text = json::text_of(node);
                let is_found = pattern.matches(MessageRef::Text(&text));
                self.unless(is_found == *wanted, || is(node))
            }
        }
    }

    /// How many members, elements or characters there are.
    fn check_size(&self, node: &str, relation: Relation, expected: usize) -> Result<(), Miss> {
        let Some(size) = json::size(node) else {
            let kind = json::kind(node);
            return Err(self.otherwise(&format!("is {kind}, which has no length")));
        };
        let holds = relation.holds(Some(size.cmp(&expected)));
        self.unless(holds, || format!("has the length {size}"))
    }

    /// The time of the opening handshake, which is no JSON.
    fn check_time(&self, matter: Matter<'_>, variables: &Variables) -> Result<(), Miss> {
        let (Claim::Compares(relation, right), Matter::Opening(greeting)) = (&self.claim, matter)
        else {
            return Ok(());
        };
        let limit = time(&right.fill(Context::Text, variables)?)?;
        let holds = relation.holds(Some(greeting.time.cmp(&limit)));
        let milliseconds = greeting.time.as_secs_f64() * 1000.0;
        self.unless(holds, || format!("is {milliseconds:.1} ms"))
    }

    /// The nodes that it is about, as the sources of JSON values.
    fn nodes<'a>(
        &self,
        matter: Matter<'a>,
        variables: &Variables,
    ) -> Result<Vec<Cow<'a, str>>, Miss> {
        match &self.subject {
            Subject::Path(template) => {
                let path = path(&template.fill(Context::Json, variables)?)?;
                self.select(&path, body(matter))
            }
            Subject::Text => match body(matter) {
                Some(body) => Ok(vec![Cow::Owned(literal(&body))]),
                None => Err(self.otherwise("is absent: what came is not text")),
            },
            Subject::Length => Ok(vec![Cow::Owned(length(matter).to_string())]),
            subject => Ok(match matter {
                Matter::Message(_) => Vec::new(),
                Matter::Opening(greeting) => of_opening(subject, greeting),
            }),
        }
    }

    /// What a path selects in the text that came.
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

    /// The only node: which of several is meant nobody can say.
    fn one<'a>(&self, nodes: &'a [Cow<'_, str>], what: &str) -> Result<&'a str, Miss> {
        match nodes {
            [node] => Ok(node),
            [] => Err(self.otherwise("is absent")),
            nodes => {
                let count = nodes.len();
                Err(self.otherwise(&match self.subject {
                    Subject::Header(_) => format!("came {count} times, and `{what}` needs one"),
                    _ => format!("selects {count} nodes, and `{what}` needs exactly one"),
                }))
            }
        }
    }

    /// What is otherwise, unless the fact holds.
    fn unless(&self, holds: bool, what: impl FnOnce() -> String) -> Result<(), Miss> {
        match holds {
            true => Ok(()),
            false => Err(self.otherwise(&what())),
        }
    }

    fn otherwise(&self, what: &str) -> Miss {
        Miss::Otherwise(format!("{} {what}", self.subject))
    }
}

impl Relation {
    /// Equality is that of JSON values; an order have only two numbers or two strings.
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

/// Bytes of the payload, or of the body of a refusal.
fn length(matter: Matter<'_>) -> usize {
    match matter {
        Matter::Message(MessageRef::Text(text)) => text.len(),
        Matter::Message(MessageRef::Close(payload)) => close_reason(payload).len(),
        Matter::Message(
            MessageRef::Binary(bytes) | MessageRef::Ping(bytes) | MessageRef::Pong(bytes),
        ) => bytes.len(),
        Matter::Opening(greeting) => greeting.body.as_deref().map_or(0, str::len),
    }
}

/// What only an opening handshake can say.
fn of_opening(subject: &Subject, greeting: &Greeting) -> Vec<Cow<'static, str>> {
    match subject {
        Subject::Status => vec![Cow::Owned(greeting.status.to_string())],
        Subject::Subprotocol => {
            let name = greeting.subprotocol.iter();
            name.map(|name| Cow::Owned(literal(name))).collect()
        }
        Subject::Header(name) => {
            let headers = greeting.headers.iter();
            let named = headers.filter(|(known, _)| known.eq_ignore_ascii_case(name));
            named.map(|(_, value)| Cow::Owned(literal(value))).collect()
        }
        // The time is no value of JSON: see `check_time`.
        Subject::Path(_) | Subject::Text | Subject::Length | Subject::Time => Vec::new(),
    }
}

fn is(node: &str) -> String {
    format!("is {node}")
}

fn counted(count: usize) -> String {
    match count {
        0 => "no node".into(),
        1 => "1 node".into(),
        count => format!("{count} nodes"),
    }
}
