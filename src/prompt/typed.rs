//! What is typed at a prompt: read, and done.

use std::io;

use super::commands::{self, Request};
use super::editor::{Editor, Typed};
use super::{Phase, Prompt, terminal_error};
use crate::engine::{Driver, Moment, Peers};
use crate::error::{Action, Signal};
use crate::notation::Line;
use crate::render::escape;
use crate::script::{Step, Undoable};

impl Prompt {
    /// Takes what was typed, as far as the writer has room.
    pub(super) fn take_typed(&mut self, peers: &mut Peers, moment: &Moment) {
        while self.has_room(peers) {
            let Some(typed) = self.editor.as_mut().and_then(Editor::take) else {
                self.stalled = false;
                return;
            };
            match typed {
                Typed::Line(line) => {
                    self.line(&line, peers);
                    self.run_script(peers, moment);
                }
                Typed::Notice(text) => self.notice(&escape(&text)),
                Typed::Leave => {
                    self.end_editor();
                    self.close(peers);
                }
                Typed::Interrupted => self.stopped(peers, Signal::Interrupt),
                Typed::Failed(cause) => {
                    let cause = io::Error::other(cause);
                    self.errors.push(terminal_error(Action::Read, cause));
                    self.close(peers);
                }
            }
        }
        self.stalled = true;
    }

    fn line(&mut self, line: &str, peers: &mut Peers) {
        match commands::read(line) {
            Ok(Request::Nothing) => {}
            Ok(Request::Help(topic)) => self.show(&commands::help(topic.as_deref())),
            Ok(Request::Status) => {
                let text = self.status(peers);
                self.show(&text);
            }
            Ok(Request::Quit) => self.close(peers),
            Ok(Request::Line(line)) => self.send_line(line, peers),
            Err(error) => self.complain(&error.to_string(), error.hint.as_deref()),
        }
    }

    fn send_line(&mut self, line: Line, peers: &Peers) {
        let step = match Step::of(line, self.settings.max_message) {
            Ok(step) => step,
            Err(Undoable::File(error)) => {
                let hint = crate::hint::hint(&error, None);
                return self.complain(&error.to_string(), hint.as_deref());
            }
            Err(Undoable::Message(error)) => {
                return self.complain(&error.to_string(), error.hint());
            }
        };
        let open = |peer| peers.look(peer).is_some_and(|writer| !writer.is_closing());
        match (self.phase, &step) {
            (_, Step::Wait(_)) => self.script.push(step),
            (Phase::Open(peer), _) if open(peer) => {
                self.pinged(&step);
                self.script.push(step);
            }
            _ => self.complain("the connection is closing: nothing more can be sent", None),
        }
    }
}
