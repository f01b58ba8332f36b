//! A transcript played against its server: one more driver of the engine.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::approach::Approach;
use super::client::Client;
use super::halt::{Halt, Why};
use crate::console::Console;
use crate::course::{Course, Files, Side};
use crate::display::Display;
use crate::engine::{Driver, End, Engine, Limits, Moment, PeerId, Peers, Turn, Wants, by_name};
use crate::error::{Error, Signal};
use crate::masker::Masker;
use crate::message::close_payload;
use crate::open::Handshake;
use crate::pipe::{Delivery, Format};
use crate::report::{Failure, Outcome, Verdict};
use crate::stats::Stats;
use crate::transcript::{Transcript, Variables};
use crate::view::{FrameView, Lines, OpeningView, Switch};
use crate::ws::{Fault, Received, Writer};

/// A file that is to be run.
#[derive(Debug)]
pub struct Job {
    /// As it was given; stdin is `-`.
    pub name: String,
    pub transcript: Arc<Transcript>,
    pub files: Files,
    pub approach: Approach,
    pub masker: Arc<Masker>,
}

/// What concerns every file.
#[derive(Debug)]
pub struct Rules {
    pub variables: Variables,
    pub limits: Limits,
    pub console: Console,
    /// Show each frame.
    pub frames: bool,
    /// Keep recordings of what fails there.
    pub recordings: Option<PathBuf>,
    /// It is one conversation of a command line, and what is received goes to stdout.
    pub conversation: Option<Conversation>,
}

/// What else a conversation does that is checked.
#[derive(Debug)]
pub struct Conversation {
    pub format: Format,
    pub display: Display,
    /// Write every event there.
    pub record: Option<PathBuf>,
    /// Say at the end what passed.
    pub stats: bool,
}

/// What became of a file.
pub(super) struct Played {
    pub(super) verdict: Verdict,
    /// What went wrong with stdout or a recording, and of a conversation why it was not
    /// opened.
    pub(super) errors: Vec<Error>,
}

/// How long stdout may take for what is left.
const OUTPUT_TIME: Duration = Duration::from_secs(5);

/// Plays a transcript to its end; `say` gets lines for stderr as they come.
///
/// # Errors
/// When the system has no descriptors left, or cannot poll; when a recording that was
/// asked for cannot be created.
pub(super) fn play(
    job: &Job,
    rules: &Rules,
    halt: &Halt,
    say: &dyn Fn(String),
) -> Result<Played, Error> {
    let (began, start) = (SystemTime::now(), Instant::now());
    let mut engine = Engine::new().map_err(Error::of_system)?;
    halt.attend(engine.waker());
    let stats: Rc<RefCell<Stats>> = Rc::default();
    let mut check = Check::new(job, rules, halt, say, start, &mut engine)?;
    check.watch(&mut engine, &stats);
    let ran = engine
        .run(&mut by_name(&mut check))
        .map_err(Error::of_system);
    check.show();
    ran?;
    let met = check.course.met();
    let (outcome, errors) = check.finish();
    if rules.conversation.as_ref().is_some_and(|talk| talk.stats) {
        say(rules.console.summary_lines(&stats.borrow()));
    }
    let verdict = Verdict {
        file: job.name.clone(),
        outcome,
        duration: start.elapsed(),
        began,
        met,
    };
    let verdict = verdict.masked(&job.masker);
    Ok(Played { verdict, errors })
}

struct Check<'a> {
    course: Course,
    client: Client<'a>,
    halt: &'a Halt,
    phase: Phase,
    lines: Lines,
    say: &'a dyn Fn(String),
    console: Console,
    /// Where what is received goes, if anywhere.
    delivery: Option<Delivery>,
    errors: Vec<Error>,
}

enum Phase {
    Running,
    /// It has come to this, and the connections are being closed.
    Over(Outcome),
}

impl<'a> Check<'a> {
    /// A file before its first line; `start` is when it began.
    fn new(
        job: &'a Job,
        rules: &'a Rules,
        halt: &'a Halt,
        say: &'a dyn Fn(String),
        start: Instant,
        engine: &mut Engine,
    ) -> Result<Self, Error> {
        let course = Course::new(
            job.transcript.clone(),
            Side::Client,
            rules.variables.clone(),
            job.files.clone(),
            job.masker.clone(),
        );
        let mut client = Client::new(job, rules, start);
        let delivery = match &rules.conversation {
            Some(talk) => Some(delivery(talk, &mut client, engine)?),
            None => None,
        };
        Ok(Check {
            course,
            client,
            halt,
            phase: Phase::Running,
            lines: Lines::bounded(),
            say,
            console: rules.console,
            delivery,
            errors: Vec::new(),
        })
    }

    /// Lets those look on that are asked for.
    fn watch(&self, engine: &mut Engine, stats: &Rc<RefCell<Stats>>) {
        let view = OpeningView::new(self.console, self.lines.clone());
        engine.peers().observe_opening(Box::new(view));
        if self.client.rules.frames {
            let view = FrameView::new(self.console, self.lines.clone(), Switch::new(true));
            engine.peers().observe(Rc::new(RefCell::new(view)));
        }
        if self.client.rules.conversation.is_some() {
            engine.peers().observe(stats.clone());
        }
    }

    /// What it came to, when everything has been written.
    fn finish(mut self) -> (Outcome, Vec<Error>) {
        let mut outcome = match self.phase {
            Phase::Over(outcome) => outcome,
            Phase::Running => Outcome::NotRun(Why::Interrupted.to_string()),
        };
        let drained = self
            .delivery
            .as_mut()
            .and_then(|delivery| delivery.drain(OUTPUT_TIME));
        self.errors.extend(drained);
        let of_opening = self.course.into_error().filter(|_| self.delivery.is_some());
        self.errors.extend(of_opening);
        let unmet = match &outcome {
            Outcome::Failed(failure) if failure.is_expectation() => Some(Error::Expectation {
                message: failure.message.clone(),
                hint: None,
            }),
            _ => None,
        };
        let told: Vec<&Error> = self.errors.iter().chain(&unmet).collect();
        let recording = self.client.conclude(&outcome, &told);
        self.errors.extend(
            self.delivery
                .as_mut()
                .and_then(|delivery| delivery.finish(OUTPUT_TIME)),
        );
        if let Outcome::Failed(failure) = &mut outcome {
            failure.recording = recording;
        }
        (outcome, self.errors)
    }

    /// Ends with this: every connection gets a proper Close, and nobody waits for one that
    /// is being opened.
    fn end(&mut self, outcome: Outcome, code: u16, peers: &mut Peers) {
        if let Some(peer) = self.client.opening.take() {
            peers.give_up(peer);
        }
        peers.close_all(&close_payload(Some(code), ""));
        self.phase = Phase::Over(outcome);
    }

    fn show(&self) {
        let text = self.lines.take();
        if !text.is_empty() {
            (self.say)(self.client.job.masker.text(&text).into_owned());
        }
    }

    fn detail(&self, text: &str) {
        self.lines.offer(&self.console.detail_line(text));
    }
}

impl Driver for Check<'_> {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, writer: &mut Writer) {
        self.client.opening = None;
        let exposure = self.console.exposure();
        self.detail(&crate::render::connected(handshake, exposure));
        match (&self.phase, self.course.client_of(peer)) {
            (Phase::Running, Some(client)) => self.course.opened(client, peer, handshake),
            _ => writer.close(&close_payload(Some(1001), "")),
        }
    }

    fn takes(&self, peer: PeerId, _: &Writer) -> bool {
        let room = self
            .delivery
            .as_ref()
            .is_none_or(|delivery| !delivery.is_full());
        room && (matches!(self.phase, Phase::Over(_)) || self.course.takes(peer))
    }

    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        if let (Some(delivery), Received::Data(piece)) = (&mut self.delivery, received) {
            delivery.data(piece, at);
        }
        if let (Phase::Running, Some(client)) = (&self.phase, self.course.client_of(peer)) {
            self.course.received(client, at, received);
        }
    }

    fn broken(&mut self, peer: PeerId, at: Instant, fault: &Fault) {
        if let (Phase::Running, Some(client)) = (&self.phase, self.course.client_of(peer)) {
            self.course.broken(client, at, fault);
        }
    }

    fn ended(&mut self, peer: PeerId, end: End) {
        let Some(client) = self.course.client_of(peer) else {
            return;
        };
        match end {
            End::NotOpened(error) => {
                self.client.opening = None;
                self.course.not_opened(client, error);
            }
            End::Over(ended) => {
                self.detail(&crate::render::closed(&ended));
                self.course.ended(client, Instant::now(), &ended);
            }
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        self.client.settle();
        self.show();
        if let Some(delivery) = &mut self.delivery {
            self.errors.extend(delivery.hand_over(moment));
        }
        if let (Phase::Running, Some(why)) = (&self.phase, self.halt.asked()) {
            self.end(Outcome::NotRun(why.to_string()), 1001, peers);
        }
        if self.halt.is_urgent() {
            peers.cut_all();
        }
        if let Phase::Running = self.phase
            && let Some(result) = self.course.turn(peers, &mut self.client, moment)
        {
            let outcome = match result {
                Ok(()) => Outcome::Passed,
                Err(failure) => Outcome::Failed(failure),
            };
            self.end(outcome, 1000, peers);
        }
        match (&self.phase, peers.is_empty()) {
            (Phase::Over(_), true) => Turn::Done,
            _ => Turn::Going,
        }
    }

    fn wants(&self, _: &Peers) -> Wants<'_> {
        let delivery = self.delivery.as_ref();
        let (deadline, hurries) = match self.phase {
            Phase::Running => (self.course.deadline(), self.course.hurries()),
            Phase::Over(_) => (None, false),
        };
        Wants {
            deadline,
            output: delivery.and_then(Delivery::wants),
            reader: delivery.and_then(Delivery::reader),
            again: hurries || delivery.is_some_and(Delivery::is_waiting),
            ..Wants::default()
        }
    }

    /// Signals come to who has started this.
    fn stopped(&mut self, _: &mut Peers, _: Signal) {}
}

/// Where what a conversation receives goes.
fn delivery(
    talk: &Conversation,
    client: &mut Client<'_>,
    engine: &mut Engine,
) -> Result<Delivery, Error> {
    let journal = client.journal(talk, engine.peers())?;
    let waker = engine.waker();
    Ok(Delivery::new(talk.format, &talk.display, journal, waker))
}

/// A verdict for a file that was not played to its end.
pub(super) fn not_run(job: &Job, why: &str) -> Verdict {
    Verdict {
        file: job.name.clone(),
        outcome: Outcome::NotRun(why.to_owned()),
        duration: Duration::ZERO,
        began: SystemTime::now(),
        met: 0,
    }
}

/// A verdict for a file that the system did not let be played.
pub(super) fn broken(job: &Job, error: Error) -> Played {
    let verdict = Verdict {
        outcome: Outcome::Failed(Box::new(Failure::of_error(&error))),
        ..not_run(job, "")
    };
    Played {
        verdict,
        errors: vec![error],
    }
}
