//! What the soak tells: progress, a summary, and the account of a violation.
//!
//! An account holds everything that is known of the round, and the words that
//! play it again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use super::message::Message;
use super::options::Options;
use super::plan::Plan;
use super::round::{Facts, expected};
use super::support::output::shown;

/// Says a line on stderr.
pub fn say(line: &str) {
    // There is nowhere left to complain when stderr is gone.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// What a good round moved.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    messages: usize,
    bytes: usize,
    code: Option<i32>,
}

impl Tally {
    pub fn of(facts: &Facts) -> Self {
        let came = &facts.server.incoming.whole;
        let bytes: usize = came.iter().map(|message| message.payload.len()).sum();
        Self {
            messages: came.len() + facts.server.sent.len(),
            bytes: bytes + facts.stdout.len(),
            code: facts.code,
        }
    }
}

/// The sum of all rounds.
#[derive(Debug)]
pub struct Report {
    seed: u64,
    began: Instant,
    rounds: u64,
    messages: usize,
    bytes: usize,
    codes: BTreeMap<Option<i32>, u64>,
    violations: u64,
}

impl Report {
    pub fn new(options: &Options) -> Self {
        say(&format!(
            "soak: seed {}, {:.1} minutes, {} jobs",
            options.seed,
            options.time.as_secs_f64() / 60.0,
            options.jobs
        ));
        Self {
            seed: options.seed,
            began: Instant::now(),
            rounds: 0,
            messages: 0,
            bytes: 0,
            codes: BTreeMap::new(),
            violations: 0,
        }
    }

    /// Adds a round; an error is the account of a violation, and is told.
    pub fn add(&mut self, result: Result<Tally, String>) {
        self.rounds += 1;
        match result {
            Ok(tally) => {
                self.messages += tally.messages;
                self.bytes += tally.bytes;
                *self.codes.entry(tally.code).or_default() += 1;
            }
            Err(account) => {
                self.violations += 1;
                say(&account);
            }
        }
    }

    pub fn is_over(&self, options: &Options) -> bool {
        self.began.elapsed() >= options.time || self.violations > 0 && !options.keep_going
    }

    pub fn progress(&self) {
        say(&format!(
            "soak: {:.0} s: {} rounds, {} messages, {} MiB, {} violations",
            self.began.elapsed().as_secs_f64(),
            self.rounds,
            self.messages,
            self.bytes >> 20,
            self.violations
        ));
    }

    /// Says how it went; the count of violations.
    pub fn summary(&self) -> u64 {
        self.progress();
        let codes = self.codes.iter();
        let codes: Vec<String> = codes
            .map(|(code, count)| match code {
                Some(code) => format!("{code}: {count}"),
                None => format!("none: {count}"),
            })
            .collect();
        let codes = codes.join(", ");
        say(&format!("soak: seed {}; exit codes {codes}", self.seed));
        self.violations
    }
}

/// Everything that there is to know of a violation.
pub fn account(plan: &Plan, problem: &str, facts: Option<&Facts>) -> String {
    let (seed, round) = (plan.seed, plan.round);
    let mut text = format!("VIOLATION in round {round} of seed {seed}: {problem}\n");
    let mut line = |words: String| writeln!(text, "  {words}").expect("a string takes everything");
    line(format!(
        "again: cargo test --release --test soak -- --seed {seed} --round {round}"
    ));
    line(format!(
        "options {:?}, TLS {}, slow reader {}, disturbance {:?}",
        plan.options, plan.tls, plan.slow_reader, plan.disturbance
    ));
    let stdin = &plan.stdin;
    line(format!(
        "stdin: {}, delimiter {:?}, open line {}, ends {}, writes {}, rests {}",
        sizes(&stdin.messages),
        stdin.delimiter,
        stdin.open_line,
        stdin.ends,
        stdin.writes,
        stdin.rests
    ));
    let script = &plan.script;
    line(format!(
        "server: feeds {}, echoes {}, reading {:?}, writes {}, rests {}, fragments {}, pings {}, end {:?} after {:?} or {} messages",
        sizes(&script.feed),
        script.echoes,
        script.reading,
        script.writes,
        script.rests,
        script.fragments,
        script.pings,
        script.end,
        script.after,
        script.after_messages
    ));
    if let Some(facts) = facts {
        seen(&mut text, plan, facts);
    }
    text
}

fn seen(text: &mut String, plan: &Plan, facts: &Facts) {
    let mut line = |words: String| writeln!(text, "  {words}").expect("a string takes everything");
    let server = &facts.server;
    line(format!(
        "sent by the server: {}, torn {:?}, {} pings; its end {:?}, written {}; the stream ended {:?}",
        sizes(&server.sent),
        server.torn.as_ref().map(|torn| torn.payload.len()),
        server.pings,
        server.end,
        server.end_written,
        server.ended
    ));
    let incoming = &server.incoming;
    line(format!(
        "came from the program: {}, part {:?}, Close {:?}, {} pongs",
        sizes(&incoming.whole),
        incoming.part.as_ref().map(|part| part.payload.len()),
        incoming.close,
        incoming.pongs.len()
    ));
    line(format!(
        "read from stdin: {} of {} bytes, {} messages; on stdout: {} of {} bytes",
        facts.read,
        facts.given.bytes.len(),
        facts.given.whole(facts.read),
        facts.stdout.len(),
        expected(plan, server).bytes.len()
    ));
    line(format!("exit code {:?} after {:?}", facts.code, facts.took));
    text.push_str("stderr:\n");
    text.push_str(&shown(facts.stderr.as_bytes()));
    text.push_str("stdout's end:\n");
    let tail = facts.stdout.len().saturating_sub(300);
    text.push_str(&shown(&facts.stdout[tail..]));
}

fn sizes(messages: &[Message]) -> String {
    let bytes: usize = messages.iter().map(|message| message.payload.len()).sum();
    let largest = messages.iter().map(|message| message.payload.len()).max();
    format!(
        "{} messages of {bytes} bytes, the largest {}",
        messages.len(),
        largest.unwrap_or(0)
    )
}
