//! `connect` and `open`, and whom a line speaks of.

use super::super::steps::{Act, Answer, Connect, Step, TIMEOUT};
use super::super::{Place, Problem, shorten, variable};
use super::lines::Line;
use super::{Mark, Parser};
use crate::nearest::nearest;

/// Clients of a transcript, at most: each is a connection.
pub(super) const MAX_CLIENTS: usize = 1_000;

impl<'a> Parser<'a> {
    /// `connect [NAME] URL`
    pub(super) fn connect(&mut self, line: &Line<'a>, rest: Line<'a>) -> Result<(), Problem> {
        let (name, url) = name_and_url(&rest)?;
        self.may_connect(name, &rest)?;
        self.transcript.clients.push(name.to_owned());
        let client = self.transcript.clients.len() - 1;
        self.latest = Some(client);
        let url = url.template();
        self.know(&url)?;
        let connect = Connect {
            url,
            settings: Vec::new(),
            timeout: TIMEOUT,
            ignored: Vec::new(),
        };
        self.push(line, client, Act::Connect(connect));
        Ok(())
    }

    /// Whether there may be one more client, of this name.
    fn may_connect(&self, name: &str, rest: &Line<'_>) -> Result<(), Problem> {
        let clients = &self.transcript.clients;
        if clients.iter().any(|known| known == name) {
            return Err(twice(name, rest));
        }
        if clients.iter().any(String::is_empty) {
            return Err(rest.problem(
                "the client above has no name",
                "where there are several clients each needs one: `connect alice URL`",
            ));
        }
        if clients.len() == MAX_CLIENTS {
            return Err(rest.problem(
                &format!("more than {MAX_CLIENTS} clients"),
                "several files can run at a time: --jobs",
            ));
        }
        Ok(())
    }

    /// `open [NAME]`
    pub(super) fn open(&mut self, line: &Line<'a>, rest: Line<'a>) -> Result<(), Problem> {
        let named = self.transcript.clients.iter();
        let client = match (rest.text, self.latest) {
            (_, None) => {
                return Err(line.problem("no client is connected", "`connect URL` comes first"));
            }
            ("", Some(client)) => client,
            (name, _) => match named.clone().position(|known| known == name) {
                Some(client) => client,
                None => return Err(self.no_client(name, rest.place)),
            },
        };
        let is_open = |step: &&Step| step.client == client && !matches!(step.act, Act::Connect(_));
        if let Some(before) = self.transcript.steps.iter().find(is_open) {
            let message = match before.act {
                Act::Open(_) => "`open` stands there twice for this client",
                _ => "`open` comes before what is said on the connection",
            };
            return Err(line.problem(
                message,
                "put its facts under the `open` that follows `connect`",
            ));
        }
        self.push(line, client, Act::Open(Answer::default()));
        Ok(())
    }

    /// The client of a line: the only one needs no name.
    pub(super) fn client(&self, mark: &Mark<'_>, place: Place) -> Result<usize, Problem> {
        let clients = &self.transcript.clients;
        if clients.is_empty() {
            return Err(Problem::new(
                place,
                "no client is connected",
                "`connect URL` comes first",
            ));
        }
        if let Some(client) = clients.iter().position(|known| known == mark.name) {
            return Ok(client);
        }
        match (mark.name, clients.len()) {
            ("", 1) => Ok(0),
            ("", _) => Err(Problem::new(
                place,
                "several clients are connected, and this line is for one",
                format!("`{}{} …` names it", clients[0], mark.sign),
            )),
            (name, _) => Err(self.no_client(name, place)),
        }
    }

    fn no_client(&self, name: &str, place: Place) -> Problem {
        let known = self.transcript.clients.iter().map(String::as_str);
        let hint = match nearest(name, known.filter(|name| !name.is_empty())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`connect {name} URL` comes first"),
        };
        Problem::new(
            place,
            format!("no client `{}` is connected", shorten(name)),
            hint,
        )
    }
}

/// What stands behind `connect`; a client that is alone has the empty name.
fn name_and_url<'a>(rest: &Line<'a>) -> Result<(&'a str, Line<'a>), Problem> {
    let (first, behind) = rest.split();
    let (name, url) = match variable::is_name(first) && !behind.text.is_empty() {
        true => (first, behind),
        false => ("", *rest),
    };
    if url.text.is_empty() {
        return Err(url.problem(
            "the URL is missing",
            "`connect URL`, or with a name for the client `connect NAME URL`",
        ));
    }
    match url.text.find([' ', '\t']) {
        Some(at) => Err(url.part(at).problem(
            "more than a URL stands here",
            "options stand on lines of their own, indented; a client's name is letters, digits, `_` and `-`",
        )),
        None => Ok((name, url)),
    }
}

fn twice(name: &str, rest: &Line<'_>) -> Problem {
    match name {
        "" => rest.problem(
            "a client without a name has connected before",
            "several clients need names: `connect alice URL`, then `alice> hello`",
        ),
        name => rest.problem(
            &format!("the client `{name}` has connected before"),
            &format!("another name for the second one, such as `connect {name}2 URL`"),
        ),
    }
}
