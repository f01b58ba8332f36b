//! What a line expects, held against what comes.

use std::time::Instant;

use super::pending::{Asked, FactMiss, Near, Pending, Wants};
use super::seat::{Item, State, What};
use super::{Course, Pass, Passed};
use crate::engine::Moment;
use crate::message::{Message, MessageRef};
use crate::report::Failure;
use crate::transcript::{
    Act, Expectation, Expected, Fact, Matter, Miss, Order, Problem, Step, Variables,
};

/// What became of a message that was held against lines.
enum Held {
    Taken,
    /// None wants it; this is the nearest to it.
    Refused(Near),
    Problem(Problem),
}

/// A line that waits, and the moment at which somebody looks.
#[derive(Clone, Copy)]
struct Waiting<'a> {
    step: &'a Step,
    order: Order,
    /// Everything that had come by then was delivered.
    quiet: Instant,
    now: Instant,
}

impl Waiting<'_> {
    /// What may come or not is passed over where another line would fail.
    fn perhaps(self, failure: impl FnOnce(Instant) -> Box<Failure>) -> Passed {
        match self.order {
            Order::Perhaps => Ok(Pass::Done(self.now)),
            Order::Next | Order::Among => Err(failure(self.now)),
        }
    }
}

impl Course {
    /// A client's line that expects something.
    pub(super) fn expect(
        &mut self,
        step: &Step,
        expectation: &Expectation,
        moment: &Moment,
    ) -> Passed {
        match expectation.what {
            Expected::Anything => {
                self.seats[step.client].skips = true;
                Ok(Pass::Done(self.reached))
            }
            Expected::Silence(time) => self.silence(step, time, moment),
            _ => {
                if self.pending.is_none() {
                    let pending = self.pending(step, expectation);
                    let pending =
                        pending.map_err(|problem| self.problem(step, problem, moment.now))?;
                    self.pending = Some(pending);
                }
                self.wait(step, expectation.order, moment)
            }
        }
    }

    /// The line at hand, with those that follow it if they may be met in any order.
    fn pending(&self, step: &Step, expectation: &Expectation) -> Result<Pending, Problem> {
        let steps = &self.transcript.steps;
        let mut asked = vec![self.asked(self.at, step, expectation)?];
        if expectation.order == Order::Among {
            for (index, next) in steps.iter().enumerate().skip(self.at + 1) {
                match &next.act {
                    Act::Expect(also)
                        if also.order == Order::Among && next.client == step.client =>
                    {
                        asked.push(self.asked(index, next, also)?);
                    }
                    _ => break,
                }
            }
        }
        Ok(Pending {
            asked,
            nearest: None,
            skipped: 0,
        })
    }

    /// What a line asks for, its variables replaced: by now all of them are known.
    fn asked(
        &self,
        index: usize,
        step: &Step,
        expectation: &Expectation,
    ) -> Result<Asked, Problem> {
        let wants = match &expectation.what {
            Expected::Message(written) => Wants::Message(written.pattern(&self.variables)?),
            Expected::Close(written) => Wants::Close(written.closing(&self.variables)?),
            Expected::Lost | Expected::Anything | Expected::Silence(_) => Wants::Lost,
        };
        let usual = self.seats[step.client].timeout;
        Ok(Asked {
            step: index,
            wants,
            left: expectation.times,
            times: expectation.times,
            limit: expectation.within.unwrap_or(usual),
        })
    }

    /// Takes what came until every line has what it wants.
    pub(super) fn wait(&mut self, step: &Step, order: Order, moment: &Moment) -> Passed {
        let waiting = Waiting {
            step,
            order,
            quiet: self.quiet(moment),
            now: moment.now,
        };
        let Some(mut pending) = self.pending.take() else {
            return Ok(Pass::Done(self.reached));
        };
        let passed = self.wait_for(&mut pending, waiting);
        self.pending = Some(pending);
        passed
    }

    /// Looks at what came, one after the other, until the line passes, fails or has to wait.
    fn wait_for(&mut self, pending: &mut Pending, waiting: Waiting<'_>) -> Passed {
        loop {
            let Some(item) = self.seats[waiting.step.client].front() else {
                return self.wait_on(pending, waiting);
            };
            let at = item.at;
            let passed = match pending.concerned(&item.what).cloned() {
                Some(message) => self.offer(pending, &message, at, waiting)?,
                None => self.look_past(pending, waiting)?,
            };
            if let Some(pass) = passed {
                return Ok(pass);
            }
        }
    }

    /// Nothing has come that was not looked at.
    fn wait_on(&self, pending: &Pending, waiting: Waiting<'_>) -> Passed {
        let client = waiting.step.client;
        if let State::Over | State::Refused = self.seats[client].state {
            return waiting.perhaps(|now| self.gone(pending, client, now));
        }
        match pending.first_late(self.reached, waiting.quiet) {
            None => Ok(Pass::Waits(pending.deadline(self.reached))),
            Some(asked) => waiting.perhaps(|now| self.too_late(pending, asked, client, now)),
        }
    }

    /// Offers what came next to the lines; nothing if they want more.
    fn offer(
        &mut self,
        pending: &mut Pending,
        message: &Message,
        at: Instant,
        waiting: Waiting<'_>,
    ) -> Result<Option<Pass>, Box<Failure>> {
        let Waiting { step, now, .. } = waiting;
        match self.hold(pending, message) {
            Held::Taken => {
                self.took(step.client, message);
                if !pending.is_met() {
                    return Ok(None);
                }
                self.at += pending.asked.len() - 1;
                self.met += pending.asked.len() as u64;
                Ok(Some(Pass::Done(at)))
            }
            Held::Problem(problem) => Err(self.problem(step, problem, now)),
            Held::Refused(near) if self.passes_over(step.client, message) => {
                self.seats[step.client].take();
                pending.passed_over(near);
                Ok(None)
            }
            Held::Refused(near) => {
                let passed = waiting.perhaps(|now| self.mismatch(pending, &near, now));
                passed.map(Some)
            }
        }
    }

    /// What came next is none of the messages that are waited for: pings and pongs that
    /// nobody asked for pass, and an end may be what is wanted.
    fn look_past(
        &mut self,
        pending: &Pending,
        waiting: Waiting<'_>,
    ) -> Result<Option<Pass>, Box<Failure>> {
        let client = waiting.step.client;
        let seat = &mut self.seats[client];
        let Some(Item { at, what }) = seat.front() else {
            return Ok(None);
        };
        match what {
            What::Message(message) if !is_close(message) => {
                seat.take();
                Ok(None)
            }
            What::Lost(_) if pending.wants_lost() => {
                let at = *at;
                seat.take();
                self.met += 1;
                Ok(Some(Pass::Done(at)))
            }
            What::Message(_) | What::Lost(_) | What::Broken(..) => {
                let passed = waiting.perhaps(|now| self.gone(pending, client, now));
                passed.map(Some)
            }
        }
    }

    /// Whether a message that no line takes is none that has to be taken.
    fn passes_over(&self, client: usize, message: &Message) -> bool {
        match message {
            // It may be the answer to something else.
            Message::Ping(_) | Message::Pong(_) => true,
            Message::Close(_) => false,
            Message::Text(_) | Message::Binary(_) => self.seats[client].skips,
        }
    }

    /// A message was taken from the queue by its line.
    fn took(&mut self, client: usize, message: &Message) {
        let seat = &mut self.seats[client];
        seat.take();
        seat.skips = false;
        if let Message::Ping(data) = message {
            seat.pinged = Some(data.clone());
        }
    }

    /// Holds a message against each line that still wants one.
    fn hold(&mut self, pending: &mut Pending, message: &Message) -> Held {
        let mut nearest: Option<Near> = None;
        for (index, asked) in pending.waiting_mut() {
            if !asked.wants.is(message.into()) {
                continue;
            }
            let facts = self.transcript.steps[asked.step].expectation();
            let facts = facts.map_or(&[][..], |expectation| &expectation.facts);
            match check(facts, message.into(), &mut self.variables) {
                Ok(None) => {
                    asked.left -= 1;
                    return Held::Taken;
                }
                Ok(Some(miss)) if nearest.is_none() => {
                    nearest = Some(Near {
                        message: message.clone(),
                        asked: index,
                        miss: Some(miss),
                        distance: 0,
                    });
                }
                Ok(Some(_)) => {}
                Err(problem) => return Held::Problem(problem),
            }
        }
        // How far it is from the others is worth knowing only now.
        let nearest = nearest.or_else(|| pending.nearest_to(message));
        nearest.map_or(Held::Taken, Held::Refused)
    }
}

fn is_close(message: &Message) -> bool {
    matches!(message, Message::Close(_))
}

/// Takes from what our own side says what a client captures of it. What is not there is
/// told where it is used.
pub(super) fn capture(facts: &[Fact], matter: Matter<'_>, variables: &mut Variables) {
    for fact in facts.iter().filter(|fact| fact.sets().is_some()) {
        let _ = fact.check(matter, variables);
    }
}

/// The first fact that does not hold; variables are set only if all hold.
fn check(
    facts: &[Fact],
    message: MessageRef<'_>,
    variables: &mut Variables,
) -> Result<Option<FactMiss>, Problem> {
    let mut before = Vec::new();
    for fact in facts {
        if let Some(name) = fact.sets() {
            before.push((name, variables.get(name).cloned()));
        }
        let Err(miss) = fact.check(Matter::Message(message), variables) else {
            continue;
        };
        for (name, value) in before.into_iter().rev() {
            variables.put_back(name, value);
        }
        return match miss {
            Miss::Problem(problem) => Err(problem),
            Miss::Otherwise(what) => Ok(Some(FactMiss {
                place: fact.place,
                source: fact.source.clone(),
                what: format!("`{}` does not hold: {what}", fact.source),
            })),
        };
    }
    Ok(None)
}
