//! One connection after another: how each begins and ends, and what comes then.

use std::time::Instant;

use super::session::Mark;
use super::{Phase, Prompt, mark_of};
use crate::engine::{End, Ended, PeerId, Peers};
use crate::error::Error;
use crate::hint::hint;
use crate::open::{Handshake, Plan};
use crate::reconnect;
use crate::reconnect::Again;
use crate::render;
use crate::script::{Script, Step};
use crate::target::Target;
use crate::ws::{Assembler, Unsent};

impl Prompt {
    /// A connection is open.
    pub(super) fn begin(&mut self, peer: PeerId, handshake: &Handshake) {
        self.phase = Phase::Open(peer);
        self.outcome.told.clear();
        self.desk.seen.learn_url(&handshake.url);
        let opening = Box::new(self.plan.opening(handshake));
        self.desk
            .session
            .mark(Instant::now(), Mark::Opened(opening));
        self.desk.show_lines();
        self.desk
            .notice(&render::connected(handshake, self.desk.console.exposure()));
        self.desk.detail(&render::phases(handshake));
        for oddity in &handshake.oddities {
            self.desk.detail(&render::escape(oddity));
        }
        let again = self.again.as_mut();
        if let Some(gap) = again.and_then(|again| again.opened(Instant::now())) {
            self.desk.loss(&gap.told(&self.losses, self.waiting()));
        }
        self.desk.begin();
    }

    /// A connection is over, or was not opened.
    pub(super) fn over(&mut self, end: End, peers: &mut Peers, now: Instant) {
        if let End::Over(ended) = &end {
            self.desk.session.mark(now, mark_of(ended));
        }
        self.outcome.told.clear();
        if self.leaving || matches!(self.phase, Phase::Gone | Phase::Connecting) {
            return self.conclude(end);
        }
        if let Some(plan) = self.next.take() {
            self.desk.notice(&what_ended(&end));
            self.forget(end);
            return self.open(plan, peers);
        }
        let was_open = matches!(self.phase, Phase::Open(_) | Phase::Closing(_));
        let again = self.again.as_mut();
        let again = again.filter(|again| was_open || again.tries() > 0);
        match (end, again) {
            (end, Some(again)) if reconnect::may_be_mended(&end) => match again.next(now) {
                Some(wait) => {
                    let wait_text = format!("connecting again in {:.1} s", wait.as_secs_f64());
                    let why = self.exposed(&what_ended(&end));
                    self.desk.loss(&format!("{why}; {wait_text}"));
                    let error = self.keep_for_the_next(end);
                    self.outcome.told.extend(error);
                    self.phase = Phase::Apart(now + wait);
                }
                None => self.conclude(end),
            },
            (End::NotOpened(error), None) => self.wait_for_the_user(error),
            (end, _) => self.conclude(end),
        }
    }

    /// There is no connection and will be none: how it went is how the run went.
    fn conclude(&mut self, end: End) {
        match end {
            // What was left while it was being opened was told of then.
            End::NotOpened(_) if self.phase == Phase::Gone => {}
            End::NotOpened(error) => {
                self.fail(error);
                self.tell_of_loss(Unsent::default(), self.waiting());
            }
            End::Over(ended) => {
                self.farewell = Some(render::closed(&ended));
                self.postscript = render::after_close(&ended);
                self.outcome.errors.extend(ended.error());
                let first = self.opening.unsent();
                self.tell_of_loss(ended.unsent, first + self.waiting());
            }
        }
        if self.phase != Phase::Gone {
            self.phase = Phase::Closed;
        }
    }

    /// What was to be sent and was not is a failure of the run.
    fn tell_of_loss(&mut self, unsent: Unsent, not_given: u64) {
        let lost = self.losses.lost(unsent, not_given);
        self.outcome.errors.extend(lost.map(Error::Unsent));
    }

    /// Typed messages that the writer has not been given.
    fn waiting(&self) -> u64 {
        let kept = self.again.as_ref().map_or(0, Again::waiting);
        kept + self.script.unsent()
    }

    /// A connection that the user left for another: what it did not send is told.
    fn forget(&mut self, end: End) {
        self.assembler = Assembler::default();
        self.wanted.interrupted();
        let unsent = match end {
            End::Over(ended) => ended.unsent,
            End::NotOpened(_) => Unsent::default(),
        };
        self.settle_losses(unsent);
        self.given = 0;
    }

    /// What was typed for a server that the user leaves for another one is not for that.
    fn leave_behind(&mut self) {
        self.left_behind += self.waiting();
        self.script = Script::default();
        self.again = None;
        if !matches!(self.phase, Phase::Open(_) | Phase::Closing(_)) {
            self.settle_losses(Unsent::default());
        }
    }

    fn settle_losses(&mut self, unsent: Unsent) {
        let losses = std::mem::take(&mut self.losses);
        if let Some(lost) = losses.lost(unsent, std::mem::take(&mut self.left_behind)) {
            let error = Error::Unsent(lost);
            self.desk.loss(&error.to_string());
            self.lost.get_or_insert(error);
        }
    }

    /// A connection was lost: what it did not send is for the next one. What the
    /// failure was, for who gives up before that.
    fn keep_for_the_next(&mut self, end: End) -> Option<Error> {
        self.assembler = Assembler::default();
        self.wanted.interrupted();
        // What comes first comes first again.
        self.opening = Script::new(self.first());
        let ended = match end {
            End::NotOpened(error) => return Some(error),
            End::Over(ended) => ended,
        };
        let error = ended.error();
        let Ended {
            leftover, unsent, ..
        } = ended;
        let given = std::mem::take(&mut self.given);
        // What comes first is sent again whole.
        let typed = given.saturating_sub(leftover.messages.len() as u64);
        self.losses.interrupted(&unsent, leftover.torn.min(typed));
        if let Some(again) = &mut self.again {
            again.keep(leftover, given);
        }
        error
    }

    /// Begins to open the next connection after one that was lost.
    pub(super) fn try_again(&mut self, peers: &mut Peers, now: Instant) {
        let Some(again) = &self.again else { return };
        let peer = peers.open(again.plan.clone());
        self.phase = Phase::Reopening(peer);
        let (attempt, gap) = (again.tries().into(), again.gap(now));
        let unsent = self.waiting();
        self.journal
            .tell(|journal| journal.reconnect(attempt, gap, unsent));
    }

    /// Where the user wanted to go there is nothing: the prompt stays.
    fn wait_for_the_user(&mut self, error: Error) {
        let text = self.exposed(&error.to_string());
        let cure = hint(&error, Some(&self.plan.target));
        let cure = cure.map(|cure| self.exposed(&cure));
        self.desk.complain(&text, cure.as_deref());
        self.desk
            .notice("not connected: /connect tries again, /quit leaves");
        self.outcome.told.push(error);
        self.phase = Phase::Idle;
    }

    /// Leaves the connection at hand for `url`, or for a new one to the same place.
    pub(super) fn connect(&mut self, url: Option<&str>, peers: &mut Peers) {
        let base = &self.next.as_ref().unwrap_or(&self.plan).target;
        let to = match url {
            None => Ok(base.clone()),
            Some(path) if path.starts_with('/') => base.join(path),
            Some(url) => Target::parse(url),
        };
        let to = match to {
            Ok(to) => to,
            Err(error) => return self.desk.complain(&error.to_string(), Some(error.hint())),
        };
        if let Err(error) = self.plan.road.way(&to) {
            return self.desk.complain(&Error::from(error).to_string(), None);
        }
        let elsewhere = !to.is_same_origin(base);
        // What the command line gives for its server goes there whenever it is asked for.
        let (plan, kept_back) = self.home.elsewhere(to);
        if elsewhere {
            self.leave_behind();
        }
        if !kept_back.is_empty() {
            self.desk
                .notice(&format!("not sent there: {}", kept_back.join(", ")));
        }
        match self.phase {
            Phase::Open(peer) => {
                self.next = Some(plan);
                let close = self.settings.close.clone();
                peers.close_all(&close);
                self.desk
                    .session
                    .mark(Instant::now(), Mark::SentClose(close));
                self.phase = Phase::Closing(peer);
            }
            Phase::Closing(_) => self.next = Some(plan),
            Phase::Reopening(peer) => {
                peers.give_up(peer);
                self.open(plan, peers);
            }
            _ => self.open(plan, peers),
        }
    }

    fn open(&mut self, plan: Plan, peers: &mut Peers) {
        let before = self.again.take();
        self.again = self.settings.reconnect.map(|limit| {
            let again = Again::new(plan.clone(), limit, Vec::new());
            again.instead_of(before)
        });
        self.plan = plan.clone();
        self.opening = Script::new(self.first());
        if self.opening.is_over() && !self.settings.script.is_empty() {
            self.desk.notice("not sent there: the --execute lines");
        }
        let peer = peers.open(plan);
        self.phase = Phase::Reopening(peer);
    }

    /// What is sent first on a connection: it may be meant for one server alone.
    fn first(&self) -> Vec<Step> {
        match self.plan.target.is_same_origin(&self.home.target) {
            true => self.settings.script.clone(),
            false => Vec::new(),
        }
    }

    /// Closes, as the user wants to leave, with this payload.
    pub(super) fn close_with(&mut self, payload: &[u8], peers: &mut Peers) {
        self.leaving = true;
        peers.close_all(payload);
        match self.phase {
            Phase::Open(peer) => self.phase = Phase::Closing(peer),
            Phase::Apart(_) | Phase::Idle | Phase::Reopening(_) => {
                self.tell_of_loss(Unsent::default(), self.waiting());
                self.phase = Phase::Gone;
            }
            Phase::Connecting => self.phase = Phase::Gone,
            Phase::Closing(_) | Phase::Closed | Phase::Gone => {}
        }
    }

    /// The same with the payload that was asked for.
    pub(super) fn close(&mut self, peers: &mut Peers) {
        let payload = self.settings.close.clone();
        self.close_with(&payload, peers);
    }

    fn exposed(&self, text: &str) -> String {
        self.desk.console.exposure().of(text).into_owned()
    }
}

/// Why there is no connection any more.
fn what_ended(end: &End) -> String {
    match end {
        End::NotOpened(error) => render::escape(&error.to_string()).into_owned(),
        End::Over(ended) => render::closed(ended),
    }
}
