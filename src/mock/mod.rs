//! A server that plays its side of a transcript: what `<` lines expect it sends, what `>`
//! lines send it expects.
//!
//! Clients take the names of the file in the order in which they come; when all names
//! are taken, another round begins. Rounds know nothing of each other, and each is one
//! [`Course`]. What a client does wrong ends its round, and is told with its line; the
//! others go on. The run goes on until a signal comes.

mod greeting;
mod roster;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::console::{Console, Level};
use crate::course::{Course, Files, Host, Side};
use crate::engine::{Driver, End, Moment, PeerId, Peers, Policy, Turn, Waker, Wants};
use crate::error::{Error, Signal};
use crate::masker::Masker;
use crate::message::{MAX_REASON, close_payload};
use crate::open::{Accept, Handshake};
use crate::report::{self, Failure, Outcome, Page, Verdict};
use crate::transcript::{Connect, Problem, Transcript, Variables};
use crate::view::{Lines, Printer};
use crate::ws::{Received, Writer};
use greeting::wrong;
use roster::{Roster, Seat};

/// What a server plays.
#[derive(Clone, Debug)]
pub struct Play {
    /// As it was given.
    pub name: String,
    pub transcript: Arc<Transcript>,
    pub variables: Variables,
    pub files: Files,
    pub masker: Arc<Masker>,
    pub page: Page,
}

/// See the module's head.
pub struct Mock {
    play: Play,
    console: Console,
    lines: Printer,
    roster: Rc<RefCell<Roster>>,
    rounds: BTreeMap<usize, Round>,
    met: u64,
    failed: u64,
    stopping: bool,
    /// Every client is answered alike. Its name is given when it has greeted then, and
    /// earlier otherwise: what opens a connection and says nothing has a place, too,
    /// until it leaves.
    is_uniform: bool,
}

/// The play with one set of clients.
struct Round {
    course: Course,
    began: Instant,
    peers: Vec<PeerId>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Playing,
    /// Every line was played: the clients are to leave.
    Played,
    /// It has failed, or is over.
    Over,
}

/// Clients come by themselves.
struct Door;

impl Host for Door {
    fn connect(
        &mut self,
        _: &Connect,
        _: &Variables,
        _: &mut Peers,
    ) -> Result<Option<PeerId>, Problem> {
        Ok(None)
    }

    fn hint(&self, _: &Error) -> Option<String> {
        None
    }
}

impl Mock {
    /// A server that tells on stderr what clients did.
    pub fn new(play: Play, console: Console, waker: Waker) -> Self {
        let clients = play.transcript.clients.len();
        Mock {
            is_uniform: greeting::is_uniform(&play),
            play,
            console,
            lines: Printer::new(Lines::default(), waker),
            roster: Rc::new(RefCell::new(Roster::new(clients))),
            rounds: BTreeMap::new(),
            met: 0,
            failed: 0,
            stopping: false,
        }
    }

    /// How clients are answered: as the transcript says, beside what `accept` says.
    pub fn policy(&self, accept: Accept) -> Policy {
        let roster = self.roster.clone();
        let play = self.play.clone();
        let is_uniform = self.is_uniform;
        Box::new(move |peer| {
            let client = match is_uniform {
                true => 0,
                false => roster.borrow_mut().admit(peer).client,
            };
            greeting::answer(&play, client, &accept)
        })
    }

    /// What the run came to: whether every client did as it should, and one came.
    pub fn finish(mut self) -> Option<Error> {
        let now = Instant::now();
        let open: Vec<usize> = self
            .rounds
            .iter()
            .filter(|(_, round)| round.phase == Phase::Playing)
            .map(|(number, _)| *number)
            .collect();
        for number in open {
            if let Some(round) = self.rounds.get(&number) {
                let failure = round.course.unfinished(
                    "the client had not come that far when the server was stopped",
                    now,
                );
                self.fail(number, failure);
            }
        }
        self.lines.settle();
        match (self.failed, self.met) {
            (0, 0) => Some(unmet("no client came")),
            (0, _) => None,
            (failed, met) => Some(unmet(&format!(
                "{failed} of {} rounds of {} were not met",
                failed + met,
                self.play.name
            ))),
        }
    }

    /// The round of this number, which begins with its first client.
    fn round(&mut self, number: usize) -> &mut Round {
        let play = &self.play;
        self.rounds.entry(number).or_insert_with(|| Round {
            course: Course::new(
                play.transcript.clone(),
                Side::Server,
                play.variables.clone(),
                play.files.clone(),
                play.masker.clone(),
            ),
            began: Instant::now(),
            peers: Vec::new(),
            phase: Phase::Playing,
        })
    }

    /// Goes on with each round as far as it can.
    fn play_on(&mut self, peers: &mut Peers, moment: &Moment) {
        let numbers: Vec<usize> = self.rounds.keys().copied().collect();
        for number in numbers {
            let Some(round) = self.rounds.get_mut(&number) else {
                continue;
            };
            let result = match round.phase {
                Phase::Playing => round.course.turn(peers, &mut Door, moment),
                Phase::Played => round.course.leftover(moment.now).err().map(Err),
                Phase::Over => None,
            };
            match result {
                None => {}
                Some(Ok(())) => round.phase = Phase::Played,
                Some(Err(failure)) => self.end(number, failure, peers),
            }
        }
    }

    /// Ends a round that failed, with a Close frame that says why.
    fn end(&mut self, number: usize, failure: Box<Failure>, peers: &mut Peers) {
        let payload = close_payload(Some(1008), &reason(&failure, &self.play.masker));
        if let Some(round) = self.rounds.get_mut(&number) {
            round.phase = Phase::Over;
            for peer in &round.peers {
                if let Some(writer) = peers.writer(*peer).filter(|writer| !writer.is_closing()) {
                    writer.close(&payload);
                }
            }
        }
        self.fail(number, failure);
    }

    /// Tells of a round that failed; to let its clients go is for the caller.
    fn fail(&mut self, number: usize, failure: Box<Failure>) {
        self.failed += 1;
        let Some(round) = self.rounds.get_mut(&number) else {
            return;
        };
        round.phase = Phase::Over;
        let verdict = Verdict {
            file: self.play.name.clone(),
            outcome: Outcome::Failed(failure),
            duration: round.began.elapsed(),
            began: SystemTime::now(),
            met: round.course.met(),
        };
        let verdict = verdict.masked(&self.play.masker);
        self.lines.add(&report::failure(&verdict, &self.play.page));
    }

    /// A client has gone: its round is over with the last of them.
    fn left(&mut self, peer: PeerId, number: usize) {
        let Some(round) = self.rounds.get_mut(&number) else {
            return;
        };
        round.peers.retain(|known| *known != peer);
        if round.peers.is_empty() && round.phase == Phase::Played {
            round.phase = Phase::Over;
            self.met += 1;
            let text = format!("round {} of {} was met", number + 1, self.play.name);
            self.lines.add(&self.console.notice_line(&text));
        }
        if round.peers.is_empty() && round.phase == Phase::Over {
            self.rounds.remove(&number);
        }
    }

    fn seat(&self, peer: PeerId) -> Option<Seat> {
        self.roster.borrow().seat(peer)
    }

    /// Who says no WebSocket at all is none of the clients.
    fn not_let_in(&mut self, error: &Error, seat: Option<Seat>) {
        if let Some(seat) = seat {
            self.roster.borrow_mut().free(seat);
        }
        let text = error.to_string();
        let text = self.console.notice_line(&crate::render::escape(&text));
        self.lines.add(&text);
    }

    /// Gives a place to whoever has greeted, unless it has one already.
    fn admit(&mut self, peer: PeerId) {
        if self.is_uniform {
            self.roster.borrow_mut().admit(peer);
        }
    }
}

impl Driver for Mock {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, writer: &mut Writer) {
        self.admit(peer);
        let Some(seat) = self.seat(peer) else { return };
        if self.stopping {
            return writer.close(&close_payload(Some(1001), ""));
        }
        if self.console.level() >= Level::Verbose {
            let text = format!(
                "client {} of round {} connected",
                seat.client + 1,
                seat.round + 1
            );
            self.lines.add(&self.console.detail_line(&text));
        }
        let otherwise = wrong(&self.play, seat.client, handshake);
        let round = self.round(seat.round);
        round.peers.push(peer);
        round.course.opened(seat.client, peer, handshake);
        if let Some((place, what)) = otherwise {
            let failure = round
                .course
                .greeted_otherwise(seat.client, place, &what, Instant::now());
            writer.close(&close_payload(
                Some(1008),
                &reason(&failure, &self.play.masker),
            ));
            self.fail(seat.round, failure);
        }
    }

    fn takes(&self, peer: PeerId, _: &Writer) -> bool {
        let round = self
            .seat(peer)
            .and_then(|seat| self.rounds.get(&seat.round));
        !self.lines.is_full()
            && round.is_none_or(|round| round.phase == Phase::Over || round.course.takes(peer))
    }

    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        let Some(seat) = self.seat(peer) else { return };
        if let Some(round) = self
            .rounds
            .get_mut(&seat.round)
            .filter(|round| round.phase != Phase::Over)
        {
            round.course.received(seat.client, at, received);
        }
    }

    fn ended(&mut self, peer: PeerId, end: End) {
        if matches!(&end, End::NotOpened(error) if error.is_wanted_refusal()) {
            self.admit(peer);
        }
        let seat = self.roster.borrow_mut().take(peer);
        match (end, seat) {
            (End::NotOpened(error), seat) if !error.is_wanted_refusal() => {
                self.not_let_in(&error, seat);
                return;
            }
            (_, None) => return,
            (End::NotOpened(_), Some(seat)) => {
                let round = self.round(seat.round);
                round.course.turned_away(seat.client);
                round.peers.push(peer);
            }
            (End::Over(ended), Some(seat)) => {
                let round = self.rounds.get_mut(&seat.round);
                if let Some(round) = round.filter(|round| round.phase != Phase::Over) {
                    round.course.ended(seat.client, Instant::now(), &ended);
                }
            }
        }
        let Some(seat) = seat else { return };
        self.roster.borrow_mut().gone(peer, seat);
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        self.play_on(peers, moment);
        let gone = std::mem::take(&mut self.roster.borrow_mut().gone);
        for (peer, seat) in gone {
            self.left(peer, seat.round);
        }
        self.lines.show();
        match self.stopping && peers.is_empty() {
            true => Turn::Done,
            false => Turn::Going,
        }
    }

    fn wants(&self, _: &Peers) -> Wants<'_> {
        let playing = self
            .rounds
            .values()
            .filter(|round| round.phase == Phase::Playing);
        Wants {
            deadline: playing.filter_map(|round| round.course.deadline()).min(),
            again: self.lines.is_waiting(),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, _: Signal) {
        if self.stopping {
            peers.cut_all();
        }
        self.stopping = true;
        peers.stop_listening();
        peers.close_all(&close_payload(Some(1001), ""));
    }
}

/// What a Close frame tells the client that did something wrong.
fn reason(failure: &Failure, masker: &Masker) -> String {
    let place = failure
        .place
        .map_or(String::new(), |place| format!("line {}: ", place.line));
    let text = format!("{place}{}", masker.text(&failure.message));
    let end = text
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= MAX_REASON)
        .last();
    text[..end.unwrap_or(0)].to_owned()
}

fn unmet(message: &str) -> Error {
    Error::Expectation {
        message: message.to_owned(),
        hint: None,
    }
}
