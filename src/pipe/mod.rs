//! The driver for streams: stdin to messages, messages to stdout.
//!
//! What is read is sent, what is received is written, in order; or an error
//! says what was not. Neither end is read faster than the other one takes it.

mod ending;
mod lines;
mod settings;

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

pub use ending::Linger;
pub use settings::{Format, Settings, Source};

use crate::account::{Account, Forgiven};
use crate::console::Console;
use crate::engine::{
    Driver, End, Ended, How, Input, Moment, Output, PeerId, Peers, Turn, Waker, Wants,
};
use crate::error::{Action, Error, Signal};
use crate::frames::{FrameLines, FramePrinter};
use crate::message::{Kind, close_payload};
use crate::open::Handshake;
use crate::render;
use crate::script::Script;
use crate::ws::{Assembler, Piece, Received, Writer};
use ending::{Ending, Over};
use lines::{Lines, NotText, Rest};

/// How long stdout may take for what is left when everything else is over.
const OUTPUT_TIME: Duration = Duration::from_secs(5);
/// The same after a signal.
const HURRIED_OUTPUT_TIME: Duration = Duration::from_millis(500);

/// See the module's head.
pub struct Pipe {
    settings: Settings,
    console: Console,
    frames: FramePrinter,
    input: Option<Input>,
    lines: Lines,
    output: Output,
    assembler: Assembler,
    script: Script,
    ending: Ending,
    phase: Phase,
    /// The writer had no room for all that was read.
    stalled: bool,
    account: Account,
    /// Bytes of the message that is arriving.
    arriving: Option<u64>,
    received: u64,
    /// The reader of stdout has gone: what comes is of no interest.
    unheard: bool,
    /// A signal came: nobody is waited for without end.
    hurried: bool,
    errors: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Open(PeerId),
    /// Our Close is queued, or the connection breaks.
    Closing,
    /// The connection is over.
    Over,
    /// Do not even wait for output.
    Gone,
}

impl Pipe {
    pub fn new(mut settings: Settings, console: Console, waker: Waker, frames: FrameLines) -> Self {
        Pipe {
            frames: FramePrinter::new(frames, &waker),
            account: Account::new(settings.source == Source::Echo),
            lines: Lines::new(match settings.source {
                Source::Lines(kind) => kind,
                Source::Echo => Kind::Binary,
            }),
            input: matches!(settings.source, Source::Lines(_)).then(Input::stdin),
            ending: Ending::new(settings.linger, settings.count),
            script: Script::new(std::mem::take(&mut settings.script)),
            settings,
            console,
            output: Output::stdout(waker),
            assembler: Assembler::default(),
            phase: Phase::Opening,
            stalled: false,
            arriving: None,
            received: 0,
            unheard: false,
            hurried: false,
            errors: Vec::new(),
        }
    }

    /// Writes what is left, and says how it went.
    pub fn finish(mut self) -> Vec<Error> {
        self.frames.settle();
        if !self.unheard {
            let time = match self.phase {
                Phase::Gone => Duration::ZERO,
                _ if self.hurried => HURRIED_OUTPUT_TIME,
                _ => OUTPUT_TIME,
            };
            let finished = self.output.finish(Instant::now() + time);
            self.output_result(finished);
        }
        if let (Some((got, wanted)), true) = (
            self.ending.missing(),
            self.errors.is_empty() && !self.unheard,
        ) {
            self.errors.push(Error::missing(got, wanted));
        }
        self.errors
    }

    fn hand_over(&mut self, moment: &Moment) {
        let result = self.output.hand_over();
        self.output_result(result);
        if moment.output && self.output.reader_has_gone() {
            self.output_result(Err(ErrorKind::BrokenPipe.into()));
        }
    }

    fn output_result(&mut self, result: io::Result<()>) {
        match result {
            Ok(()) => return,
            // Whoever read has seen enough: no error of anybody.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(_) if self.unheard => {}
            Err(cause) => self.errors.push(Error::Io {
                action: Action::Write,
                medium: "stdout".into(),
                cause,
            }),
        }
        self.unheard = true;
    }

    /// Sends what there is to send, as far as the writer has room.
    fn feed(&mut self, peers: &mut Peers, peer: PeerId, moment: &Moment) {
        let Some(writer) = peers.writer(peer) else {
            return;
        };
        let sent = self.script.run(writer, moment.now);
        self.count_sent(sent);
        if self.script.has_closed() {
            // stdin is not asked for.
            self.account.forgive(Forgiven::Input);
            self.begin_closing();
        }
        if writer.is_closing() || !self.script.is_over() {
            return;
        }
        let Some(mut input) = self.input.take() else {
            return;
        };
        let result = self.take_input(&mut input, writer, moment);
        self.input = Some(input);
        if let Err(error) = result {
            writer.abandon();
            writer.close(&self.settings.close);
            self.errors.push(error);
            self.account.forgive(Forgiven::Input);
            self.begin_closing();
        }
    }

    fn take_input(
        &mut self,
        input: &mut Input,
        writer: &mut Writer,
        moment: &Moment,
    ) -> Result<(), Error> {
        if moment.input && !input.is_ended() && !input.is_full() {
            input.read().map_err(|cause| Error::Io {
                action: Action::Read,
                medium: "stdin".into(),
                cause,
            })?;
        }
        let rest = match (input.is_ended(), input.is_full()) {
            (true, _) => Rest::Ended,
            (false, true) => Rest::Full,
            (false, false) => Rest::MayFollow,
        };
        let taken = self
            .lines
            .take(input.bytes(), rest, writer)
            .map_err(|error| not_text(&error))?;
        input.consume(taken.bytes);
        self.stalled = !writer.has_room();
        self.count_sent(taken.messages);
        Ok(())
    }

    fn count_sent(&mut self, messages: u64) {
        self.account.given(messages);
        if messages > 0 {
            self.ending.sent();
        }
    }

    /// Whether there is nothing left to do but to wait for the other end.
    fn is_idle(&self, writer: &Writer) -> bool {
        self.is_all_queued() && writer.pending() == 0 && self.output.is_empty()
    }

    /// Whether everything that there was to send has been given to the writer.
    fn is_all_queued(&self) -> bool {
        let input_over = |input: &Input| input.is_ended() && input.bytes().is_empty();
        self.script.is_over() && self.input.as_ref().is_none_or(input_over)
    }

    /// Closes when it is time to.
    fn look_at_the_clock(&mut self, peers: &mut Peers, peer: PeerId, moment: &Moment) {
        let Some(writer) = peers.writer(peer) else {
            return;
        };
        let idle = self.is_idle(writer);
        self.ending.idle(idle, moment.now);
        match self.ending.verdict(moment.quiet) {
            None => return,
            Some(Over::NoReply(time)) => self.console.notice(&format!(
                "no reply within {} s of the last message (--linger, -1)",
                time.as_secs()
            )),
            Some(Over::Counted) => self.account.forgive(Forgiven::Everything),
            Some(Over::Quiet) => {}
        }
        writer.close(&self.settings.close);
        self.begin_closing();
    }

    fn begin_closing(&mut self) {
        if let Phase::Open(_) = self.phase {
            self.phase = Phase::Closing;
        }
    }

    /// Ends early, for a reason of our own.
    fn leave(&mut self, peers: &mut Peers, code: u16) {
        peers.close_all(&close_payload(Some(code), ""));
        self.phase = match self.phase {
            Phase::Opening => Phase::Gone,
            Phase::Open(_) => Phase::Closing,
            other => other,
        };
    }

    fn show(&mut self, piece: &Piece<'_>) {
        match self.settings.format {
            Format::Lines => {
                self.output.push(piece.bytes);
                if piece.last {
                    self.output.push(b"\n");
                }
            }
            Format::Raw => self.output.push(piece.bytes),
            Format::Nothing => {}
            Format::Shown => {
                if let Some((kind, bytes)) = self.assembler.push(piece) {
                    let line = render::received(kind, bytes, &self.settings.style);
                    self.output.push(line.as_bytes());
                }
            }
        }
    }

    fn over(&mut self, ended: &Ended) {
        self.frames.settle();
        self.console.detail(&render::closed(ended));
        if let Some(text) = render::after_close(ended) {
            self.console.detail(&text);
        }
        self.errors.extend(ended.error().filter(|_| !self.unheard));
        // What broke the protocol tells of itself, if nothing of it was shown.
        let cut = match ended.how {
            How::Fault(_) => self.arriving.is_some(),
            _ => ended.inside_message,
        };
        if cut && !self.unheard && !self.ending.is_counted() {
            self.console.loss(&format!(
                "message {} was cut short after {} bytes",
                self.received + 1,
                self.arriving.unwrap_or(0)
            ));
        }
        let lost = self.account.lost(ended.unsent, self.not_given());
        self.errors.extend(lost.map(Error::Unsent));
    }

    /// Messages that were read, or are to be sent by themselves, and that the
    /// writer has not been given.
    fn not_given(&self) -> u64 {
        let input = self.input.as_ref().map(Input::bytes);
        self.script.unsent() + input.map_or(0, |bytes| self.lines.count(bytes))
    }
}

impl Driver for Pipe {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, _: &mut Writer) {
        self.phase = Phase::Open(peer);
        self.console.detail(&render::connected(handshake));
        for oddity in &handshake.oddities {
            self.console.detail(&render::escape(oddity));
        }
    }

    fn takes(&self, writer: &Writer) -> bool {
        let echoes = self.settings.source == Source::Echo;
        // After our Close nothing goes back any more.
        let room = !echoes || writer.has_room() || writer.is_closing();
        (self.unheard || !self.output.is_full()) && !self.frames.is_full() && room
    }

    fn event(&mut self, _: PeerId, at: Instant, received: &Received<'_>, writer: &mut Writer) {
        let Received::Data(piece) = received else {
            return;
        };
        if self.settings.source == Source::Echo && !writer.is_closing() {
            writer.data(piece);
            self.account.given(u64::from(piece.last));
        }
        if self.unheard || self.ending.is_counted() {
            return;
        }
        self.show(piece);
        if piece.last {
            self.ending.received(at);
            self.received += 1;
            self.arriving = None;
        } else {
            self.ending.arriving(at);
            self.arriving = Some(self.arriving.unwrap_or(0) + piece.bytes.len() as u64);
        }
    }

    fn ended(&mut self, _: PeerId, end: End) {
        match end {
            End::NotOpened(error) => self.errors.push(error),
            End::Over(ended) => self.over(&ended),
        }
        if self.phase != Phase::Gone {
            self.phase = Phase::Over;
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if let Some(error) = self.settings.limit.passed(moment.now)
            && self.phase != Phase::Gone
        {
            self.errors.push(error);
            self.leave(peers, 1001);
            self.phase = Phase::Gone;
            // One more turn, for the Close frame to go out.
            return Turn::Going;
        }
        self.frames.show();
        if self.phase == Phase::Gone {
            // How it stood is told by its end.
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        if !self.unheard {
            self.hand_over(moment);
            if self.unheard {
                self.account.forgive(Forgiven::Everything);
                self.leave(peers, 1001);
            }
        }
        // What is sent is shown as well: a view that is not read holds it back.
        if let (Phase::Open(peer), false) = (self.phase, self.frames.is_full()) {
            self.feed(peers, peer, moment);
        }
        if let Phase::Open(peer) = self.phase {
            self.look_at_the_clock(peers, peer, moment);
        }
        match self.phase {
            Phase::Over if self.unheard || self.hurried || self.output.is_empty() => Turn::Done,
            _ => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let mut wants = Wants {
            output: self.output.wants(),
            reader: self.output.reader().filter(|_| !self.unheard),
            deadline: self.settings.limit.deadline(),
            // Frames that have just been written are to be shown.
            again: self.phase == Phase::Gone || self.frames.is_waiting(),
            ..Wants::default()
        };
        if let Phase::Open(peer) = self.phase {
            let writer = peers.look(peer);
            let room = writer.is_some_and(Writer::has_room) && !self.frames.is_full();
            // The clock begins to run when the last byte has been flushed.
            wants.again |=
                !self.ending.is_running() && writer.is_some_and(|writer| self.is_idle(writer));
            let waiting = self.script.deadline().filter(|_| room);
            let times = [wants.deadline, self.ending.deadline(), waiting];
            wants.deadline = times.into_iter().flatten().min();
            wants.again |= room && self.script.is_due();
            if let Some(input) = self
                .input
                .as_ref()
                .filter(|_| room && self.script.is_over())
            {
                wants.input = input.wants();
                wants.again |= self.stalled;
            }
        }
        wants
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        self.errors.push(Error::Stopped(signal));
        self.hurried = true;
        match self.phase {
            Phase::Open(_) => self.leave(peers, 1001),
            _ => self.phase = Phase::Gone,
        }
    }
}

fn not_text(error: &NotText) -> Error {
    Error::Input {
        place: format!("stdin, line {}", error.line),
        message: format!("not valid UTF-8 at byte {}", error.byte),
        hint: "--binary sends lines as binary messages".into(),
    }
}
