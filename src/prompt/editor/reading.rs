//! The editor on its thread: line after line, and what comes between them.
//!
//! The editor gives a line up for bytes that are no text, when the program is stopped
//! or goes on, and when it fails: then the same line is read on. When the
//! prompt ends from outside, what stood on the line goes into the history.

use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustyline::ExternalPrinter;
use rustyline::error::{self, ReadlineError};

use super::helper::Draft;
use super::keys::Leave;
use super::{LineEditor, REMOVE_LINE, Terminal, Typed, Wishes};
use crate::prompt::gate::Gate;
use crate::prompt::history::Trouble;
use crate::terminal::{drop_paste, stop_group};

const PROMPT: &str = "> ";
/// How often, and after what pause, it is looked whether the program goes on. The
/// pauses do not end while it is stopped.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(10);

/// See the module's head.
pub(super) struct Reading {
    pub(super) editor: LineEditor,
    pub(super) _printer: Box<dyn ExternalPrinter + Send>,
    pub(super) leave: Leave,
    pub(super) gate: Gate,
    pub(super) wishes: Arc<Wishes>,
    pub(super) terminal: Terminal,
    /// A notice of bytes that are no text was given for this line.
    pub(super) said: bool,
}

/// How the editor came back.
enum Read {
    Line(String),
    /// The prompt ends.
    Last(Typed),
    /// The line goes on.
    Again,
}

impl Reading {
    pub(super) fn run(mut self, trouble: Option<Trouble>) {
        // Whatever happens, nobody waits for the editor any more.
        let _gate = Opened(self.gate.clone());
        self.tell(trouble);
        let mut draft = Draft::default();
        while !self.is_ending() {
            self.wishes.blank.store(false, Ordering::Release);
            self.gate.begin();
            let read = self.read(&draft);
            draft = Draft::default();
            match read {
                Read::Line(line) => {
                    self.said = false;
                    self.wishes.resumed.store(false, Ordering::Release);
                    let kept = self.editor.history_mut().enter(&line);
                    self.tell(kept.err());
                    if !self.send(Typed::Line(line)) {
                        return;
                    }
                }
                Read::Again => draft = self.draft(),
                Read::Last(typed) => {
                    self.keep_draft();
                    if !self.is_ending() {
                        self.send(typed);
                    }
                    return;
                }
            }
        }
        self.keep_draft();
    }

    fn read(&mut self, draft: &Draft) -> Read {
        let initial = draft.halves();
        let editor = &mut self.editor;
        // Its arithmetic is not made for every line there is.
        let read = catch_unwind(AssertUnwindSafe(|| {
            editor.readline_with_initial(PROMPT, initial)
        }));
        let Ok(read) = read else {
            return self.failed(draft);
        };
        let wish = |wish: &AtomicBool| wish.swap(false, Ordering::AcqRel);
        match read {
            Ok(line) => Read::Line(line),
            Err(_) if self.is_ending() => Read::Last(Typed::Leave),
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                self.not_text();
                Read::Again
            }
            Err(ReadlineError::Interrupted) if wish(&self.wishes.clear) => {
                self.clear_draft();
                Read::Again
            }
            Err(ReadlineError::Interrupted) if wish(&self.wishes.suspend) => {
                self.suspend();
                Read::Again
            }
            Err(ReadlineError::Signal(error::Signal::Resize)) => Read::Again,
            #[cfg(unix)]
            Err(ReadlineError::Signal(_)) => self.interrupted(),
            Err(ReadlineError::Interrupted) => self.interrupted(),
            Err(ReadlineError::Eof) => Read::Last(Typed::Leave),
            Err(error) => Read::Last(Typed::Failed(error.to_string())),
        }
    }

    /// By a signal, which may be ours.
    fn interrupted(&self) -> Read {
        match self.wishes.resumed.swap(false, Ordering::AcqRel) {
            true => Read::Again,
            false => Read::Last(Typed::Interrupted),
        }
    }

    /// The editor failed. The line goes on, unless it was the line that it failed at.
    fn failed(&mut self, before: &Draft) -> Read {
        if self.draft() == *before {
            self.keep_draft();
            self.clear_draft();
            self.notice("the editor failed at this line, which is dropped");
        }
        Read::Again
    }

    /// Gives the terminal back, stops the process group, and takes the terminal when it
    /// goes on.
    fn suspend(&mut self) {
        self.wishes.resumed.store(false, Ordering::Release);
        self.wishes.suspending.store(true, Ordering::Release);
        let terminal = Arc::clone(&self.terminal);
        let mut terminal = terminal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*terminal {
            held.give_back();
        }
        stop_group();
        for _ in 0..LOOKS {
            thread::sleep(LOOK);
            if self.wishes.resumed.swap(false, Ordering::AcqRel) {
                break;
            }
        }
        if let Some(held) = &mut *terminal {
            held.renew();
        }
        self.wishes.suspending.store(false, Ordering::Release);
    }

    fn not_text(&mut self) {
        let mut what = "bytes that are not UTF-8 were left out";
        if self.wishes.pasting.swap(false, Ordering::AcqRel) {
            drop_paste();
            what = "a paste that is not UTF-8 was left out";
        }
        if self.draft().is_short() {
            // It is drawn again in its place.
            let mut stdout = io::stdout();
            let _ = stdout.write_all(REMOVE_LINE).and_then(|()| stdout.flush());
        }
        if !self.said {
            self.said = true;
            self.notice(what);
        }
    }

    /// Says why lines are not kept.
    fn tell(&mut self, trouble: Option<Trouble>) {
        if let Some(trouble) = trouble {
            self.notice(&format!(
                "history is not kept: {trouble}; --history off says so, --history FILE keeps it elsewhere"
            ));
        }
    }

    fn notice(&mut self, text: &str) {
        self.send(Typed::Notice(text.to_owned()));
    }

    /// Whether somebody takes it.
    fn send(&mut self, typed: Typed) -> bool {
        let sent = self.leave.sender.send(typed).is_ok();
        self.leave.waker.wake();
        sent
    }

    fn draft(&self) -> Draft {
        self.editor
            .helper()
            .map(|helper| helper.draft())
            .unwrap_or_default()
    }

    fn clear_draft(&self) {
        if let Some(helper) = self.editor.helper() {
            helper.clear_draft();
        }
    }

    fn keep_draft(&mut self) {
        let draft = self.draft();
        // Nobody would read a notice now.
        let _ = self.editor.history_mut().enter(draft.line());
    }

    fn is_ending(&self) -> bool {
        self.wishes.ending.load(Ordering::Acquire)
    }
}

/// A gate that is gone when this is.
struct Opened(Gate);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.remove();
    }
}
