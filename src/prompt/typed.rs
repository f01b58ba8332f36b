//! What is typed at a prompt: read, and done.

use std::fs;
use std::io;

use super::request::{self, Read, Request, Showing};
use super::{Desk, Phase, Prompt, Typed, commands, terminal_error};
use crate::engine::{Driver, Moment, Peers};
use crate::error::{Action, Signal};
use crate::notation::Line;
use crate::render::escape;
use crate::script::{Step, Undoable};

impl Prompt {
    /// Takes what was typed, whether or not it can be sent now: the key that leaves may
    /// stand behind it.
    pub(super) fn take_typed(&mut self, peers: &mut Peers, moment: &Moment) {
        while let Some(typed) = self.desk.take() {
            match typed {
                Typed::Line(line) => {
                    self.line(&line, peers);
                    self.run_script(peers, moment);
                }
                Typed::Notice(text) => self.desk.notice(&escape(&text)),
                Typed::Leave => {
                    let at_once = self.desk.end_editor();
                    self.close(peers);
                    if at_once {
                        self.stopped(peers, Signal::Interrupt);
                    }
                }
                Typed::Interrupted => self.stopped(peers, Signal::Interrupt),
                Typed::Failed(cause) => {
                    let cause = io::Error::other(cause);
                    self.fail(terminal_error(Action::Read, cause));
                    self.close(peers);
                }
            }
        }
    }

    fn line(&mut self, line: &str, peers: &mut Peers) {
        let Some(request) = self.desk.read(line) else {
            return;
        };
        match request {
            Request::Status => self.show_status(peers),
            Request::Headers => self.show_headers(),
            Request::Stats => self.show_stats(peers),
            Request::Resend(number) => self.resend(number, peers),
            Request::Save(path) => self.save(&path),
            Request::Connect(url) => self.connect(url.as_deref(), peers),
            Request::Quit => self.close(peers),
            Request::Line(line) | Request::To(_, line) => self.send_line(line, peers),
        }
    }

    fn send_line(&mut self, line: Line, peers: &Peers) {
        if let Some(step) = self.desk.step(line, self.settings.max_message) {
            self.send(step, peers);
        }
    }

    fn resend(&mut self, number: u64, peers: &Peers) {
        if let Some(message) = self.desk.sent_message(number)
            && self.send(Step::Send(message), peers)
        {
            self.desk.show_sent(number);
        }
    }

    /// Sends when its turn has come; false if it will not be sent.
    fn send(&mut self, step: Step, peers: &Peers) -> bool {
        let open = |peer| peers.look(peer).is_some_and(|writer| !writer.is_closing());
        match self.phase {
            Phase::Open(peer) if open(peer) => {}
            _ if matches!(step, Step::Wait(_)) => {}
            Phase::Apart(_) | Phase::Reopening(_) if !self.leaving => {
                self.desk.notice("waits for the connection");
            }
            Phase::Closing(_) if self.next.is_some() => {
                self.desk.notice("waits for the connection");
            }
            Phase::Idle => {
                self.desk
                    .complain("there is no connection", Some("/connect opens one"));
                return false;
            }
            _ => {
                self.desk
                    .complain("the connection is closing: nothing more can be sent", None);
                return false;
            }
        }
        if self.is_full() {
            let hint = "/status tells how much; the line is in the history";
            self.desk
                .complain("too much waits already: this is not sent", Some(hint));
            return false;
        }
        self.script.push(step);
        true
    }
}

impl Desk {
    /// What a line asks for, with its file read, of at most `limit` bytes; nothing when it
    /// cannot be done, which is said.
    pub(crate) fn step(&mut self, line: Line, limit: u64) -> Option<Step> {
        if let Line::File { path, .. } = &line
            && may_block(path)
        {
            let message = format!("{path} is no regular file: nobody knows when it ends");
            self.complain(&message, None);
            return None;
        }
        match Step::of(line, limit) {
            Ok(step) => return Some(step),
            Err(Undoable::File(error)) => {
                let hint = crate::hint::hint(&error, None);
                self.complain(&error.to_string(), hint.as_deref());
            }
            Err(Undoable::Message(error)) => self.complain(&error.to_string(), error.hint()),
        }
        None
    }

    /// Reads a line, and does what it asks of the screen; gives what it asks for besides.
    /// What is wrong with it is said.
    pub(crate) fn read(&mut self, line: &str) -> Option<Request> {
        match request::read(line, commands::of(self.role)) {
            Ok(Read::Nothing) => None,
            Ok(Read::Showing(showing)) => {
                self.answer(showing);
                None
            }
            Ok(Read::Request(request)) => Some(request),
            Err(error) => {
                self.complain(&error.to_string(), error.hint.as_deref());
                None
            }
        }
    }

    fn answer(&mut self, showing: Showing) {
        match showing {
            Showing::Help(topic) => self.help(topic.as_deref()),
            Showing::Messages(which) => self.show_messages(which),
            Showing::Set(what) => self.set(what),
            Showing::Filter(filter) => self.filter(filter),
            Showing::Pause => self.pause(),
            Showing::Resume => self.resume(),
        }
    }
}

/// Whether to read this may take for ever: a pipe, a terminal. Meanwhile nothing else
/// would be done.
fn may_block(path: &str) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}
