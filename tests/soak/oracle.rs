//! Judges a round: whether something was lost, doubled or reordered that the
//! program did not report.
//!
//! Whatever happened, what came out of one end is a beginning of what went into
//! the other, byte for byte. What is missing must be told, by an exit code that
//! fits and by stderr, in numbers that agree with what both ends saw.

use std::collections::BTreeSet;
use std::time::Duration;

use super::message::{Content, Message};
use super::peer::Ended;
use super::plan::{Disturbance, End, Leave, Plan, Source};
use super::round::{Facts, expected};
use super::told::Told;

/// The longest that a plan can take is 1.5 s until its end, 5 s for a last
/// reply, 5 s for a Close and 5 s for stdout; more is a hang.
const LONGEST: Duration = Duration::from_secs(17);

/// Every rule; an error says which were broken.
pub fn judge(plan: &Plan, facts: &Facts) -> Result<(), String> {
    let told = Told::read(&facts.stderr)?;
    let case = Case {
        plan,
        facts,
        told: &told,
        expected: expected(plan, &facts.server),
    };
    let broken: Vec<String> = [
        case.the_run_ended_in_time(),
        case.the_server_got_frames_by_the_rules(),
        case.the_exit_code_fits(),
        case.stdout_is_a_beginning(),
        case.what_is_missing_on_stdout_is_told(),
        case.a_message_cut_short_is_told(),
        case.the_server_got_a_beginning(),
        case.what_the_server_did_not_get_is_told(),
        case.pongs_follow_pings(),
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect();
    ensure(broken.is_empty(), || broken.join("; and "))
}

struct Case<'a> {
    plan: &'a Plan,
    facts: &'a Facts,
    told: &'a Told,
    /// What the server sent, as it stands on stdout.
    expected: Content,
}

fn ensure(holds: bool, broken: impl FnOnce() -> String) -> Result<(), String> {
    match holds {
        true => Ok(()),
        false => Err(broken()),
    }
}

impl Case<'_> {
    fn disturbance(&self) -> Option<Disturbance> {
        self.plan.disturbance.map(|(_, what)| what)
    }

    fn reader_left(&self) -> bool {
        self.disturbance() == Some(Disturbance::StdoutCloses)
    }

    /// The program ended because it was told to, or its reader left.
    fn was_stopped(&self) -> bool {
        let code = self.facts.code;
        matches!(code, Some(130 | 143)) || self.reader_left() && code == Some(0)
    }

    /// All of the messages that `--count` waited for came out.
    fn is_counted(&self) -> bool {
        let whole = self.expected.whole(self.facts.stdout.len());
        self.plan.count.is_some_and(|count| whole >= count)
    }

    /// Nothing that the program sent was destroyed on its way: the server has
    /// read to its Close frame, or to the end. A program that tires of a server's
    /// silence destroys what that has not taken in.
    fn server_got_all(&self) -> bool {
        let silent = self.facts.server.end == Some(End::Silence);
        let to_the_end = self.facts.server.ended == Ended::Fin && !silent;
        self.facts.server.incoming.close.is_some() || to_the_end
    }

    /// Everything that the server sent has gone out, and its end after it.
    fn server_said_all(&self) -> bool {
        let destroys = matches!(
            self.facts.server.end,
            Some(End::Rst | End::HangUp | End::Torn(Leave::Rst) | End::Silence) | None
        );
        self.facts.server.end_written && !destroys
    }

    fn the_run_ended_in_time(&self) -> Result<(), String> {
        let took = self.facts.took;
        ensure(took < LONGEST, || format!("the run took {took:?}"))?;
        let panicked = self.facts.stderr.contains("panicked");
        ensure(!panicked, || "the program panicked".to_owned())
    }

    fn the_server_got_frames_by_the_rules(&self) -> Result<(), String> {
        let incoming = &self.facts.server.incoming;
        if let Some(problem) = &incoming.problem {
            return Err(format!("on the wire: {problem}"));
        }
        match incoming.close.as_deref() {
            None | Some([] | [_, _, ..]) => Ok(()),
            Some(odd) => Err(format!("a Close frame with the payload {odd:?}")),
        }
    }

    fn the_exit_code_fits(&self) -> Result<(), String> {
        let allowed = self.codes();
        let code = self.facts.code;
        ensure(code.is_some_and(|code| allowed.contains(&code)), || {
            format!("the exit code is {code:?}, not one of {allowed:?}")
        })?;
        let errors = &self.told.errors;
        let silent = matches!(code, Some(0 | 130 | 143));
        ensure(silent || !errors.is_empty(), || {
            "the exit code tells of an error, stderr does not".to_owned()
        })?;
        ensure(code != Some(0) || errors.is_empty(), || {
            "stderr tells of an error, the exit code does not".to_owned()
        })?;
        let unsent = self.told.unsent.is_some();
        ensure(code != Some(55) || unsent, || {
            "55 without counts".to_owned()
        })
    }

    /// The codes that may come of what happened.
    fn codes(&self) -> BTreeSet<i32> {
        let mut codes = BTreeSet::new();
        match self.facts.server.end {
            Some(End::Close(Some(code))) if !matches!(code, 1000 | 1001) => {
                codes.insert(69);
            }
            Some(End::Close(_)) => codes.extend([0, 55]),
            Some(End::Fin(_) | End::Rst | End::HangUp | End::Torn(_)) => {
                codes.insert(56);
            }
            Some(End::Fault(_)) => {
                codes.insert(76);
            }
            Some(End::Answer | End::Silence) | None => {}
        }
        if self.plan.count.is_some() && !self.is_counted() && codes.contains(&0) {
            codes.remove(&0);
            codes.insert(1);
        }
        let all_came = self.plan.count.is_none() || self.is_counted();
        if self.plan.may_close_itself() && all_came {
            codes.insert(0);
        }
        if self.plan.max_time.is_some() {
            codes.extend([28, 23]);
        }
        match self.disturbance() {
            // It may have been sent as a SIGTERM.
            Some(Disturbance::Interrupt) => codes.extend([130, 143]),
            Some(Disturbance::Terminate) => codes.extend([143]),
            Some(Disturbance::StdoutCloses) => codes.extend([0]),
            None => {}
        }
        codes
    }

    fn stdout_is_a_beginning(&self) -> Result<(), String> {
        let (out, expected) = (&self.facts.stdout, &self.expected);
        let same = out.iter().zip(&expected.bytes).take_while(|(a, b)| a == b);
        let same = same.count();
        ensure(same == out.len(), || {
            let number = expected.whole(same) + 1;
            let at = same - expected.beginning(number).unwrap_or(0);
            format!(
                "stdout goes wrong at byte {same}, which is byte {at} of message {number}: {} bytes came, {} were sent",
                out.len(),
                expected.bytes.len()
            )
        })?;
        let Some(end) = self
            .plan
            .count
            .and_then(|count| expected.ends.get(count - 1))
        else {
            return Ok(());
        };
        ensure(out.len() <= *end, || {
            "more came out than was asked for with --count".to_owned()
        })
    }

    /// What the server sent and --count did not drop on purpose.
    fn wanted(&self) -> usize {
        let counted = self
            .plan
            .count
            .and_then(|count| self.expected.ends.get(count - 1));
        counted.copied().unwrap_or(self.expected.bytes.len())
    }

    fn what_is_missing_on_stdout_is_told(&self) -> Result<(), String> {
        let (came, wanted) = (self.facts.stdout.len(), self.wanted());
        let cut_off = self.was_stopped() || matches!(self.facts.code, Some(28 | 23));
        if came == wanted || cut_off || self.reader_left() {
            return Ok(());
        }
        ensure(!self.server_said_all(), || {
            format!(
                "stdout has {came} of {wanted} bytes, although the server sent all of them and its end"
            )
        })?;
        // Without an end of the server, only our own Close ends a run well.
        let ours = self.plan.may_close_itself();
        ensure(self.facts.code != Some(0) || ours, || {
            format!("stdout has {came} of {wanted} bytes, and the exit code is 0")
        })
    }

    fn a_message_cut_short_is_told(&self) -> Result<(), String> {
        let came = self.facts.stdout.len();
        if let (Some((number, bytes)), Some(_), false) =
            (self.told.cut, self.plan.output, self.told.output_failed)
        {
            let cut_at = self.expected.beginning(number).map(|at| at + bytes);
            let agrees = cut_at == Some(came) || self.reader_left();
            return ensure(agrees, || {
                format!("cut short at byte {cut_at:?} it says, at {came} it was")
            });
        }
        let told = self.told.output_failed || self.told.cut.is_some() || self.reader_left();
        ensure(told || self.expected.is_boundary(came), || {
            format!("stdout ends inside a message, after {came} bytes, and nothing is said of it")
        })
    }

    /// What the program had to send.
    fn to_send(&self) -> &[Message] {
        match self.plan.source {
            Source::Lines => &self.plan.stdin.messages,
            Source::Echo => &self.facts.server.sent,
        }
    }

    fn the_server_got_a_beginning(&self) -> Result<(), String> {
        let incoming = &self.facts.server.incoming;
        let sent = self.to_send();
        let wrong = incoming.whole.iter().zip(sent).position(|(a, b)| a != b);
        if let Some(index) = wrong {
            let payload = &incoming.whole[index].payload;
            let beginning = payload[..payload.len().min(40)].escape_ascii();
            return Err(format!(
                "message {} from the program differs: {} bytes, \"{beginning}\"",
                index + 1,
                payload.len()
            ));
        }
        let (came, given) = (incoming.whole.len(), sent.len());
        ensure(came <= given, || format!("{came} messages of {given} came"))?;
        let Some(part) = &incoming.part else {
            return Ok(());
        };
        let torn = self.facts.server.torn.as_ref();
        let next = sent
            .get(came)
            .or(torn.filter(|_| self.plan.source == Source::Echo));
        let fits = next
            .is_some_and(|next| next.kind == part.kind && next.payload.starts_with(&part.payload));
        ensure(fits, || {
            format!(
                "the part of message {} differs: {} bytes",
                came + 1,
                part.payload.len()
            )
        })
    }

    /// How many messages the program has surely taken in, and at most.
    fn taken(&self) -> (usize, usize) {
        match self.plan.source {
            Source::Lines => {
                let (given, read) = (&self.facts.given, self.facts.read);
                let whole = given.whole(read);
                let begun = !given.is_boundary(read);
                // Whether the end of an open line was seen is not known.
                let open = self.plan.stdin.open_line && whole == given.ends.len();
                let open = open && self.told.unsent.is_none();
                (whole - usize::from(open), whole + usize::from(begun))
            }
            Source::Echo => {
                let sent = self.facts.server.sent.len();
                let surely = match self.server_said_all() {
                    true => sent,
                    false => 0,
                };
                let torn = self.facts.server.torn.is_some();
                (surely, sent + usize::from(torn))
            }
        }
    }

    fn what_the_server_did_not_get_is_told(&self) -> Result<(), String> {
        let (came, (least, most)) = (self.facts.server.incoming.whole.len(), self.taken());
        ensure(came <= most, || {
            format!("{came} messages came, but at most {most} were read")
        })?;
        if let Some(counts) = self.told.unsent {
            return self.counts_agree(counts, came, least, most);
        }
        let on_purpose = self.was_stopped() || self.reader_left() || self.is_counted();
        if on_purpose || came >= least {
            return Ok(());
        }
        let missing = format!("{} of {least} messages did not come", least - came);
        ensure(!self.server_got_all(), || {
            format!("{missing}, and nothing is said of it")
        })?;
        // They may have been handed over and destroyed by the server's reset.
        let ours = self.plan.may_close_itself();
        ensure(self.facts.code != Some(0) || ours, || {
            format!("{missing}, and the exit code is 0")
        })
    }

    fn counts_agree(
        &self,
        [surely, perhaps, not]: [usize; 3],
        came: usize,
        least: usize,
        most: usize,
    ) -> Result<(), String> {
        let whole = surely + perhaps;
        let all = whole + not;
        let said = format!("{surely} surely, {perhaps} perhaps, {not} surely not it says");
        ensure(not > 0, || said.clone())?;
        ensure(least <= all && all <= most, || {
            format!("{said}; {least} to {most} were read")
        })?;
        let agrees = match self.server_got_all() {
            true => came == whole,
            false => surely <= came && came <= whole,
        };
        ensure(agrees, || format!("{said}; {came} came"))
    }

    /// Each pong answers a ping, in order, and none twice.
    fn pongs_follow_pings(&self) -> Result<(), String> {
        let mut last = 0;
        for pong in &self.facts.server.incoming.pongs {
            let text = String::from_utf8_lossy(pong);
            let number: usize = text.parse().unwrap_or(0);
            let fits = last < number && number <= self.facts.server.pings;
            ensure(fits, || {
                format!("a pong with {text:?} after the one with {last}")
            })?;
            last = number;
        }
        Ok(())
    }
}
