//! Whether a fact holds of what came.

use std::borrow::Cow;

use super::super::template::{Context, Value, Variables, literal_of};
use super::{Claim, Fact, Matter, Miss, Relation, Subject, path, regex, time, value, whole_number};
use crate::json::{self, Path};
use crate::message::{MessageRef, close_reason};

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
            nodes => {
                let count = nodes.len();
                Err(self.otherwise(&match self.subject {
                    Subject::Header(_) => format!("came {count} times, and `{what}` needs one"),
                    _ => format!("selects {count} nodes, and `{what}` needs exactly one"),
                }))
            }
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

impl Relation {
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

fn counted(count: usize) -> String {
    match count {
        0 => "no node".into(),
        1 => "1 node".into(),
        count => format!("{count} nodes"),
    }
}
