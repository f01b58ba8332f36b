//! Whether a transcript says all that a server has to know that stands in for the real
//! one: what to send where a pattern leaves it open.

use super::Problem;
use super::fact::{Fact, Matter, Miss};
use super::steps::{Act, Answer, Expectation, Expected, Order, Step, Transcript};
use super::template::Variables;
use super::written::Written;
use crate::message::MessageRef;

const EXAMPLE: &str = "`example LINE` under it says what the server sends";

impl Transcript {
    /// Sees that a server can play it.
    ///
    /// # Errors
    /// The first line that leaves open what to send, or of which that is not what its
    /// facts say.
    pub fn check_playable(&self, given: &Variables) -> Result<(), Problem> {
        for step in &self.steps {
            match &step.act {
                Act::Open(answer) => check_answer(answer, given)?,
                Act::Expect(expectation) => check_expectation(step, expectation, given)?,
                Act::Connect(_) | Act::Send(_) => {}
            }
        }
        Ok(())
    }
}

fn check_expectation(
    step: &Step,
    expectation: &Expectation,
    given: &Variables,
) -> Result<(), Problem> {
    let written = match &expectation.what {
        Expected::Message(written) => written,
        Expected::Close(written) => return check_close(written, &expectation.facts, given),
        Expected::Anything | Expected::Lost | Expected::Silence(_) => return Ok(()),
    };
    if expectation.example.is_some() || expectation.order == Order::Perhaps {
        return Ok(());
    }
    if !written.is_literal() {
        return Err(Problem::new(
            step.place,
            "a server cannot know what to send here",
            EXAMPLE,
        ));
    }
    let Ok(Some(message)) = expectation.literal(given) else {
        // What is captured is known when it is reached.
        return Ok(());
    };
    let matter = Matter::Message(MessageRef::from(&message));
    check_facts(&expectation.facts, matter, given, EXAMPLE)
}

/// A Close frame says no more than its line.
fn check_close(written: &Written, facts: &[Fact], given: &Variables) -> Result<(), Problem> {
    let Ok(closing) = written.closing(given) else {
        return Ok(());
    };
    let payload = closing.example();
    let matter = Matter::Message(MessageRef::Close(&payload));
    let hint = "`/close CODE REASON` says the whole of it";
    check_facts(facts, matter, given, hint)
}

fn check_answer(answer: &Answer, given: &Variables) -> Result<(), Problem> {
    let Ok(mut greeting) = answer.greeting(given) else {
        return Ok(());
    };
    greeting.body.get_or_insert_with(String::new);
    check_facts(
        &answer.facts,
        Matter::Opening(&greeting),
        given,
        "`example NAME: VALUE` under `open` says what the server answers",
    )
}

fn check_facts(
    facts: &[Fact],
    matter: Matter<'_>,
    given: &Variables,
    hint: &str,
) -> Result<(), Problem> {
    if facts.is_empty() {
        return Ok(());
    }
    let mut variables = given.clone();
    for fact in facts {
        if let Err(Miss::Otherwise(what)) = fact.check(matter, &mut variables) {
            let message = format!("what a server would send is not so: {what}");
            return Err(Problem::new(fact.place, message, hint));
        }
    }
    Ok(())
}
