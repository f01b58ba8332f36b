//! What a transcript says, line by line.

use std::time::Duration;

use super::fact::{Fact, Greeting, Named};
use super::template::{Context, Template, Variables};
use super::written::Written;
use super::{Place, Problem};
use crate::message::Message;

/// How long an expectation waits unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// A transcript that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// In the order of the file.
    pub steps: Vec<Step>,
    /// As it stands in the file.
    pub source: Source,
    /// The names of its clients, in the order in which they connect; one without a name
    /// is alone.
    pub clients: Vec<String>,
}

/// The text of a transcript, and its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    origin: Origin,
    text: String,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
}

/// Where a transcript is written, which decides what can be said in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    File,
    /// Options of the command line are its lines: nothing can be indented under them.
    Options,
}

/// A line with what is indented under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whom it concerns: the place in [`Transcript::clients`].
    pub client: usize,
    /// Where the line begins.
    pub place: Place,
    pub act: Act,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Connect(Connect),
    /// Says something of the server's answer to the opening handshake.
    Open(Answer),
    Send(Written),
    Expect(Expectation),
}

/// `connect`, and what is indented under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    pub url: Template,
    pub settings: Vec<Setting>,
    /// How long this client's expectations wait.
    pub timeout: Duration,
    /// What is skipped wherever it comes.
    pub ignored: Vec<Written>,
}

/// An option of the opening handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub place: Place,
    pub option: ConnectOption,
    /// Empty for those that take none.
    pub value: Template,
}

/// The options that a transcript may set: no other can, because it may come from anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectOption {
    Header,
    Origin,
    Subprotocol,
    Host,
    User,
    Bearer,
    Cookie,
    UserAgent,
    Location,
    NoCompression,
    Cacert,
    ConnectTimeout,
    MaxMessageSize,
}

/// `open`, and what is indented under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub facts: Vec<Fact>,
    /// Headers that a server in this one's place sends: name and value.
    pub examples: Vec<(String, Template)>,
}

/// What must come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    pub order: Order,
    pub what: Expected,
    /// So often in a row.
    pub times: u32,
    /// How long it may take, if not as long as usual.
    pub within: Option<Duration>,
    pub facts: Vec<Fact>,
    /// What a server in this one's place sends.
    pub example: Option<Written>,
}

/// When it must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Next.
    Next,
    /// With its neighbours, in any order (`<&`).
    Among,
    /// Next, or not at all (`<?`).
    Perhaps,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever comes before the next expectation (`< ...`).
    Anything,
    Message(Written),
    /// A Close frame.
    Close(Written),
    /// The end without a Close frame.
    Lost,
    /// No data message and no Close frame for so long.
    Silence(Duration),
}

impl Transcript {
    /// A line of the file, counted from 1; empty if there is none.
    pub fn line(&self, number: usize) -> &str {
        self.source.line(number).unwrap_or_default()
    }
}

impl Source {
    /// The lines of a text.
    pub(super) fn of_text(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Source {
            origin: Origin::File,
            text: text.to_owned(),
            starts: [0].into_iter().chain(after).collect(),
        }
    }

    /// Those of options, which may have line breaks in them.
    pub(super) fn of_options(lines: &[String]) -> Self {
        let mut source = Source {
            origin: Origin::Options,
            ..Source::default()
        };
        for line in lines {
            source.starts.push(source.text.len());
            source.text.push_str(line);
            source.text.push('\n');
        }
        source
    }

    /// Where it is written.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).copied();
        let line = &self.text[start..end.unwrap_or(self.text.len())];
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

impl ConnectOption {
    pub const ALL: [(&str, ConnectOption); 13] = [
        ("header", ConnectOption::Header),
        ("origin", ConnectOption::Origin),
        ("subprotocol", ConnectOption::Subprotocol),
        ("host", ConnectOption::Host),
        ("user", ConnectOption::User),
        ("bearer", ConnectOption::Bearer),
        ("cookie", ConnectOption::Cookie),
        ("user-agent", ConnectOption::UserAgent),
        ("location", ConnectOption::Location),
        ("no-compression", ConnectOption::NoCompression),
        ("cacert", ConnectOption::Cacert),
        ("connect-timeout", ConnectOption::ConnectTimeout),
        ("max-message-size", ConnectOption::MaxMessageSize),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        let named = ConnectOption::ALL
            .iter()
            .find(|(_, option)| *option == self);
        named.map_or("", |(name, _)| name)
    }

    /// Whether a value follows.
    pub(super) fn takes_value(self) -> bool {
        !matches!(self, ConnectOption::Location | ConnectOption::NoCompression)
    }
}

impl Answer {
    /// What a server answers of which all this is true, as far as it says so literally
    /// or by an example.
    ///
    /// # Errors
    /// For variables that are not set.
    pub fn greeting(&self, variables: &Variables) -> Result<Greeting, Problem> {
        let mut greeting = Greeting {
            status: 101,
            ..Greeting::default()
        };
        for (name, value) in &self.examples {
            let value = value.fill(Context::Text, variables)?.text;
            greeting.headers.push((name.clone(), value));
        }
        for (named, value) in self.facts.iter().filter_map(|fact| fact.literal(variables)) {
            match named {
                Named::Status => greeting.status = value.parse().unwrap_or(101),
                Named::Subprotocol => greeting.subprotocol = Some(value),
                Named::Body => greeting.body = Some(value),
                Named::Header(name) => greeting.headers.push((name.to_owned(), value)),
            }
        }
        Ok(greeting)
    }
}

impl Step {
    /// The expectation, if it is one.
    pub fn expectation(&self) -> Option<&Expectation> {
        match &self.act {
            Act::Expect(expectation) => Some(expectation),
            _ => None,
        }
    }
}

impl Expectation {
    /// Next, once, in the usual time.
    pub(super) fn of(order: Order, what: Expected) -> Self {
        Expectation {
            order,
            what,
            times: 1,
            within: None,
            facts: Vec::new(),
            example: None,
        }
    }

    /// What to send in a server's place, if it says so literally.
    ///
    /// # Errors
    /// For variables that are not set.
    pub fn literal(&self, variables: &Variables) -> Result<Option<Message>, Problem> {
        use crate::notation::Line;
        use crate::pattern::Form;
        if let Some(example) = &self.example {
            return Ok(match example.line(variables)? {
                Line::Message(message) => Some(message),
                Line::File { .. } | Line::Wait(_) => None,
            });
        }
        let Expected::Message(written) = &self.what else {
            return Ok(None);
        };
        let pattern = written.pattern(variables)?;
        Ok(match pattern.form() {
            Form::Exact(message) => Some(message.clone()),
            Form::JsonSubset(_) | Form::JsonEqual(_) => {
                let line = written.line(variables)?;
                match line {
                    Line::Message(message) => Some(message),
                    Line::File { .. } | Line::Wait(_) => None,
                }
            }
            Form::Binary(bytes) => bytes.exact().map(Message::Binary),
            Form::Ping(bytes) => bytes.exact().map(Message::Ping),
            Form::Pong(bytes) => bytes.exact().map(Message::Pong),
            Form::Match(_) | Form::Any(_) => None,
        })
    }
}
