//! What a pipe sends: the lines of its script, what a lost connection left, then stdin.

use super::Pipe;
use super::intake::Intake;
use crate::engine::{Moment, PeerId, Peers};
use crate::losses::Forgiven;
use crate::reconnect::Again;

impl Pipe {
    /// Sends what there is to send, as far as the writer has room.
    pub(super) fn feed(&mut self, peers: &mut Peers, peer: PeerId, moment: &Moment) {
        let Some(writer) = peers.writer(peer) else {
            return;
        };
        let mut sent = self.script.run(writer, moment.now);
        let mut result = Ok(());
        if self.script.is_over() && !writer.is_closing() {
            let again = self.again.as_mut();
            let mut fed = again.map_or(0, |again| again.send(writer, &mut |_, _| {}));
            if let Some(intake) = &mut self.intake {
                let taken = intake.take(moment.input, writer, moment.now);
                result = taken.map(|messages| fed += messages);
            }
            self.fed += fed;
            sent += fed;
        }
        if sent > 0 {
            self.ending.sent();
        }
        let has_closed = |intake: &Intake| intake.has_closed();
        if self.script.has_closed() || self.intake.as_ref().is_some_and(has_closed) {
            // What follows is not asked for.
            self.losses.forgive(Forgiven::Input);
            self.begin_closing();
        }
        if let Err(error) = result {
            writer.abandon();
            self.errors.push(error);
            self.losses.forgive(Forgiven::Input);
            self.close(peers);
        }
    }

    /// Whether everything that there was to send has been given to the writer.
    pub(super) fn is_all_queued(&self) -> bool {
        let kept = self.again.as_ref().map_or(0, Again::waiting);
        self.script.is_over() && kept == 0 && self.intake.as_ref().is_none_or(Intake::is_over)
    }

    /// Messages that were read, and that the writer has not been given.
    pub(super) fn waiting(&self) -> u64 {
        let kept = self.again.as_ref().map_or(0, Again::waiting);
        kept + self.intake.as_ref().map_or(0, Intake::not_given)
    }

    /// Messages that were read, or are to be sent by themselves, and that the
    /// writer has not been given.
    pub(super) fn not_given(&self) -> u64 {
        self.script.unsent() + self.waiting()
    }
}
