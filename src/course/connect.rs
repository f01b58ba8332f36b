//! `connect` and `open`: how a client comes to its connection, and what the answer to its
//! opening handshake has to be.

use super::expect::capture;
use super::seat::State;
use super::{Course, Host, Pass, Passed};
use crate::engine::{Moment, PeerId, Peers};
use crate::error::{Error, Refusal};
use crate::http::Header;
use crate::open::Handshake;
use crate::transcript::{Act, Answer, Connect, Greeting, Matter, Miss, Problem, Step};

impl Course {
    /// Opens the client's connection, and waits for what comes of it.
    pub(super) fn connect(
        &mut self,
        step: &Step,
        connect: &Connect,
        peers: &mut Peers,
        host: &mut dyn Host,
        moment: &Moment,
    ) -> Passed {
        if let State::Absent = self.seats[step.client].state {
            let found = self.greet(step, connect, peers, host);
            let opening = found.map_err(|problem| self.problem(step, problem, moment.now))?;
            match opening {
                Some(peer) => self.seats[step.client].state = State::Opening(peer),
                None => return Ok(Pass::Waits(None)),
            }
        }
        match &self.seats[step.client].state {
            State::Absent | State::Opening(_) => Ok(Pass::Waits(None)),
            State::Failed(error) if !self.refusal_is_expected(step, error) => {
                let hint = host.hint(error);
                Err(self.not_connected(step, error, hint, moment.now))
            }
            State::Failed(error) => {
                let hint = host.hint(error);
                self.seats[step.client].refused(hint);
                Ok(Pass::Done(moment.now))
            }
            State::Open(_) | State::Refused | State::Over => Ok(Pass::Done(moment.now)),
        }
    }

    /// Begins to open it; nothing where clients come by themselves.
    fn greet(
        &mut self,
        step: &Step,
        connect: &Connect,
        peers: &mut Peers,
        host: &mut dyn Host,
    ) -> Result<Option<PeerId>, Problem> {
        let ignored = connect.ignored.iter();
        let ignored: Result<Vec<_>, Problem> = ignored
            .map(|written| written.pattern(&self.variables))
            .collect();
        let seat = &mut self.seats[step.client];
        seat.ignored = ignored?;
        seat.timeout = connect.timeout;
        host.connect(connect, &self.variables, peers)
    }

    /// Whether the lines that follow speak of a refusal.
    fn refusal_is_expected(&self, step: &Step, error: &Error) -> bool {
        let next = self.transcript.steps[self.at + 1..].iter();
        let mut next = next.filter(|next| next.client == step.client);
        let facts = match next.next().map(|next| &next.act) {
            Some(Act::Open(answer)) => &answer.facts,
            _ => return false,
        };
        matches!(error.bare(), Error::Refused(_)) && facts.iter().any(|fact| fact.is_of_refusal())
    }

    /// Holds the facts under `open` against the answer.
    pub(super) fn open(&mut self, step: &Step, answer: &Answer, moment: &Moment) -> Passed {
        for fact in &answer.facts {
            let matter = Matter::Opening(&self.seats[step.client].greeting);
            match fact.check(matter, &mut self.variables) {
                Ok(()) => {}
                Err(Miss::Problem(problem)) => return Err(self.problem(step, problem, moment.now)),
                Err(Miss::Otherwise(what)) => {
                    return Err(self.opening_is_otherwise(step, fact, &what, moment.now));
                }
            }
        }
        self.met += 1;
        Ok(Pass::Done(moment.now))
    }

    /// What a server says in its answer, a client keeps.
    pub(super) fn opened_by_us(&mut self, step: &Step, answer: &Answer, moment: &Moment) -> Passed {
        let greeting = answer.greeting(&self.variables);
        let greeting = greeting.map_err(|problem| self.problem(step, problem, moment.now))?;
        let matter = Matter::Opening(&greeting);
        capture(&answer.facts, matter, &mut self.variables);
        Ok(Pass::Done(moment.now))
    }
}

/// What an answer says that accepts the upgrade.
pub(super) fn accepted(handshake: &Handshake) -> Greeting {
    Greeting {
        status: 101,
        headers: texts(&handshake.headers),
        subprotocol: handshake.subprotocol.clone(),
        time: handshake.times.total(),
        body: None,
    }
}

/// What an answer says that refuses it.
pub(super) fn refused(refusal: &Refusal) -> Greeting {
    Greeting {
        status: refusal.response.status,
        headers: texts(&refusal.response.head.headers),
        body: Some(String::from_utf8_lossy(&refusal.body.bytes).into_owned()),
        ..Greeting::default()
    }
}

fn texts(headers: &[Header]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = headers.iter();
    headers
        .map(|header| (header.name.clone(), text(&header.value)))
        .collect()
}
