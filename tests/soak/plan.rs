//! What one round does, drawn from the seed: the program's options, what both
//! ends say and how fast, and how it ends.
//!
//! Promises that every round has an end: where the program would wait for
//! ever, the server ends it, or a limit or a signal does.

use std::time::Duration;

use super::chance::Chance;
use super::message::{Alphabet, Delimiter, Kind, Message, messages};

/// Payload bytes that one end may be given in a round, about.
const BUDGETS: [usize; 5] = [100_000, 300_000, 1_000_000, 2_000_000, 8_000_000];

/// How the server ends the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Not by itself: it answers the program's Close.
    Answer,
    /// A Close frame with this code, or with none.
    Close(Option<u16>),
    Fin(Notify),
    /// At once, whatever is queued.
    Rst,
    /// The process is gone: FIN, or RST if something was unread.
    HangUp,
    /// In the middle of a frame, then so.
    Torn(Leave),
    Fault(Fault),
    /// It neither reads nor writes any more.
    Silence,
}

/// Whether TLS says that it ends before TCP does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notify {
    Yes,
    No,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leave {
    Fin,
    Rst,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    Opcode,
    Reserved,
    Masked,
    Continuation,
    Utf8,
    CloseCode,
    /// A new message inside a fragmented one.
    Inside,
}

/// When the server reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// Always, at most so many bytes at once.
    Chunks(usize),
    /// Not before its own end has begun.
    Late,
}

#[derive(Clone, Debug)]
pub struct Script {
    pub feed: Vec<Message>,
    pub echoes: bool,
    pub reading: Reading,
    /// The most bytes of one write.
    pub writes: usize,
    /// Of a hundred turns, those after which it rests.
    pub rests: usize,
    /// The most fragments of a message.
    pub fragments: usize,
    /// Of a hundred frames, those before which it sends a ping.
    pub pings: usize,
    pub end: End,
    /// The end begins after this time, or this many messages.
    pub after: Duration,
    pub after_messages: usize,
    pub chance: Chance,
}

/// What the program is given on stdin.
#[derive(Clone, Debug)]
pub struct Stdin {
    pub messages: Vec<Message>,
    pub delimiter: Delimiter,
    /// The last line has no end.
    pub open_line: bool,
    pub ends: bool,
    pub writes: usize,
    pub rests: usize,
    pub chance: Chance,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disturbance {
    Interrupt,
    Terminate,
    StdoutCloses,
}

/// Who sends what the program sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    Lines,
    /// `--echo`.
    Echo,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub round: u64,
    pub tls: bool,
    pub options: Vec<String>,
    pub source: Source,
    /// What follows a message on stdout; None when nothing is printed.
    pub output: Option<Delimiter>,
    pub count: Option<usize>,
    pub max_time: Option<Duration>,
    /// The reader of stdout takes its time.
    pub slow_reader: bool,
    pub disturbance: Option<(Duration, Disturbance)>,
    pub stdin: Stdin,
    pub script: Script,
    pub chance: Chance,
}

impl Plan {
    pub fn draw(seed: u64, round: u64) -> Self {
        let mut chance = Chance::of_round(seed, round);
        let source = match chance.percent(15) {
            true => Source::Echo,
            false => Source::Lines,
        };
        let stdin = draw_stdin(source, &mut chance);
        let script = draw_script(source, &mut chance);
        let mut plan = Self {
            seed,
            round,
            tls: chance.percent(35),
            options: Vec::new(),
            source,
            output: Some(Delimiter::LineFeed),
            count: None,
            max_time: None,
            slow_reader: chance.percent(15),
            disturbance: draw_disturbance(&mut chance),
            stdin,
            script,
            chance: chance.fork(),
        };
        plan.draw_options(&mut chance);
        plan.make_it_end(&mut chance);
        plan
    }

    /// Whether the program may close the connection for a reason of its own
    /// that is no failure.
    pub fn may_close_itself(&self) -> bool {
        self.count.is_some() || self.stdin.ends && self.source == Source::Lines
    }

    fn option(&mut self, words: &[&str]) {
        self.options
            .extend(words.iter().map(|word| (*word).to_owned()));
    }

    fn draw_options(&mut self, chance: &mut Chance) {
        match self.source {
            Source::Echo => {
                self.option(&["--echo"]);
                self.output = None;
            }
            Source::Lines if self.stdin.messages.iter().any(|m| m.kind == Kind::Binary) => {
                self.option(&["-b"]);
            }
            Source::Lines => {}
        }
        match chance.between(1, 10) {
            1..=2 => {
                self.option(&["--output", "raw"]);
                self.output = Some(Delimiter::Nothing);
            }
            3 => {
                self.option(&["--output", "lines"]);
                self.output = Some(Delimiter::LineFeed);
            }
            _ => {}
        }
        if self.source == Source::Lines {
            self.draw_ending(chance);
        }
        if chance.percent(5) {
            self.limit(chance.milliseconds(100, 1000));
        }
    }

    fn draw_ending(&mut self, chance: &mut Chance) {
        if chance.percent(20) {
            let count = match chance.percent(50) {
                true => chance.between(1, 5),
                false => chance.between(1, 1000),
            };
            self.count = Some(count);
            self.option(&["-N", &count.to_string()]);
            return;
        }
        match chance.between(1, 10) {
            1..=3 => self.option(&["-E"]),
            4..=9 => {
                let linger = chance.between(1, 200);
                self.option(&["--linger", &format!("{linger}ms")]);
            }
            // The default: at most five seconds.
            _ => {}
        }
    }

    fn limit(&mut self, time: Duration) {
        self.max_time = Some(time);
        self.option(&["-m", &format!("{}ms", time.as_millis())]);
    }

    fn make_it_end(&mut self, chance: &mut Chance) {
        let closes_itself = self.stdin.ends && self.count.is_none() && self.source == Source::Lines;
        if self.script.end == End::Answer && !closes_itself {
            self.script.end = End::Close(Some(1000));
        }
        if self.script.end == End::Answer && self.script.reading == Reading::Late {
            self.script.reading = Reading::Chunks(65_536);
        }
        if self.script.end == End::Silence {
            let (low, high) = (300, 1200);
            self.option(&["--close-timeout", "200ms"]);
            match chance.percent(50) {
                true if self.max_time.is_none() => self.limit(chance.milliseconds(low, high)),
                _ => {
                    let signal = chance.pick(&[Disturbance::Interrupt, Disturbance::Terminate]);
                    self.disturbance = Some((chance.milliseconds(low, high), signal));
                }
            }
        }
    }
}

fn draw_count(chance: &mut Chance) -> usize {
    match chance.between(1, 10) {
        1 => 0,
        2..=5 => chance.between(1, 30),
        6..=8 => chance.between(30, 600),
        _ => chance.between(600, 6000),
    }
}

fn draw_stdin(source: Source, chance: &mut Chance) -> Stdin {
    let kind = match chance.percent(25) {
        true => Kind::Binary,
        false => Kind::Text,
    };
    let count = match source {
        Source::Lines => draw_count(chance),
        Source::Echo => 0,
    };
    let budget = chance.pick(&BUDGETS);
    let messages = messages(count, budget, &[kind], Alphabet::Line, chance);
    let delimiter = match kind == Kind::Text && chance.percent(20) {
        true => Delimiter::CarriageReturnLineFeed,
        false => Delimiter::LineFeed,
    };
    let last_says_something = messages.last().is_some_and(|last| !last.payload.is_empty());
    Stdin {
        open_line: last_says_something && chance.percent(20),
        messages,
        delimiter,
        ends: chance.percent(60),
        writes: chance.pick(&[64, 4096, 65_536, 1_000_000]),
        rests: chance.pick(&[0, 0, 1, 10]),
        chance: chance.fork(),
    }
}

fn draw_script(source: Source, chance: &mut Chance) -> Script {
    let feeds = source == Source::Echo || chance.percent(50);
    let count = match feeds {
        true => draw_count(chance),
        false => 0,
    };
    let kinds = [Kind::Text, Kind::Binary];
    let budget = chance.pick(&BUDGETS);
    let reading = match chance.between(1, 10) {
        1..=2 => Reading::Late,
        3..=4 => Reading::Chunks(chance.between(1, 1000)),
        _ => Reading::Chunks(65_536),
    };
    let slowly = chance.percent(10);
    Script {
        feed: messages(count, budget, &kinds, Alphabet::Free, chance),
        echoes: source == Source::Lines && chance.percent(60),
        reading,
        writes: chance.pick(&[100, 1500, 16_384, 300_000]),
        rests: chance.pick(&[0, 0, 1, 5]),
        fragments: chance.pick(&[1, 1, 2, 10]),
        pings: chance.pick(&[0, 0, 5, 30]),
        end: draw_end(chance),
        after: match slowly {
            true => chance.milliseconds(400, 1500),
            false => chance.milliseconds(0, 300),
        },
        after_messages: chance.pick(&[1, 20, 500, usize::MAX, usize::MAX, usize::MAX]),
        chance: chance.fork(),
    }
}

fn draw_end(chance: &mut Chance) -> End {
    const FAULTS: [Fault; 7] = [
        Fault::Opcode,
        Fault::Reserved,
        Fault::Masked,
        Fault::Continuation,
        Fault::Utf8,
        Fault::CloseCode,
        Fault::Inside,
    ];
    const CODES: [u16; 8] = [1002, 1003, 1007, 1008, 1011, 1013, 3000, 4999];
    match chance.between(1, 100) {
        1..=25 => End::Answer,
        26..=40 => End::Close(chance.pick(&[Some(1000), Some(1001), None])),
        41..=50 => End::Close(Some(chance.pick(&CODES))),
        51..=62 => End::Fin(chance.pick(&[Notify::Yes, Notify::No])),
        63..=70 => End::Rst,
        71..=76 => End::HangUp,
        77..=86 => End::Torn(chance.pick(&[Leave::Fin, Leave::Rst])),
        87..=95 => End::Fault(chance.pick(&FAULTS)),
        _ => End::Silence,
    }
}

fn draw_disturbance(chance: &mut Chance) -> Option<(Duration, Disturbance)> {
    let what = match chance.between(1, 100) {
        1..=5 => Disturbance::Interrupt,
        6..=10 => Disturbance::Terminate,
        11..=16 => Disturbance::StdoutCloses,
        _ => return None,
    };
    Some((chance.milliseconds(0, 300), what))
}
