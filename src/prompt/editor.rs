//! The line editor: rustyline on a thread of its own.
//!
//! Lines go to the engine through a bounded channel; the printer, which puts
//! text above the line that is being typed, goes to the screen's thread.
//! Whoever drops the [`Editor`] gets the terminal back as it was found.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, ConditionalEventHandler, Config, Context, Event, EventContext, EventHandler,
    ExternalPrinter, Helper, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::gate::Gate;
use crate::engine::{Nudge, Waker};
use crate::json::{Scan, scan};
use crate::terminal::{Aside, Held};

/// Lines that were typed and not yet taken.
const TYPED: usize = 16;
const HISTORY: usize = 10_000;
/// Up a line, and everything from there on cleared.
const REMOVE_LINE: &[u8] = b"\x1b[A\x1b[J";
/// How long the editor may take to give the terminal back.
const END_TIME: Duration = Duration::from_secs(2);

type LineEditor = rustyline::Editor<Multiline, FileHistory>;

/// What came from the keyboard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Line(String),
    /// Ctrl-C or Ctrl-D on an empty line.
    Leave,
    /// SIGINT, which the editor catches while it waits.
    Interrupted,
    /// The terminal has gone.
    Failed(String),
}

/// The editor's thread, and the way from it.
pub(super) struct Editor {
    typed: Receiver<Typed>,
    ending: Arc<AtomicBool>,
    blank: Arc<AtomicBool>,
    nudge: Nudge,
    thread: JoinHandle<()>,
    /// What ends the prompt has been taken.
    said_last: bool,
    /// Between two lines, too: a key that is typed then waits for the next one.
    _terminal: Option<Held>,
}

/// An editor that has not begun to read.
pub(super) struct Prepared {
    editor: LineEditor,
    /// While there is a printer the editor waits for more than keys: only so
    /// can it be woken.
    _printer: Box<dyn ExternalPrinter + Send>,
    leave: Leave,
    typed: Receiver<Typed>,
    /// An empty line is drawn, and waits for keys.
    blank: Arc<AtomicBool>,
    gate: Gate,
    history: Option<PathBuf>,
}

impl Prepared {
    /// Takes hold of the terminal, and loads the history.
    pub(super) fn new(history: Option<&Path>, waker: Waker) -> rustyline::Result<Self> {
        let config = Config::builder()
            .max_history_size(HISTORY)?
            .history_ignore_dups(true)?
            .history_ignore_space(true)
            .auto_add_history(true)
            .build();
        let mut editor = LineEditor::with_config(config)?;
        let blank = Arc::new(AtomicBool::new(false));
        let gate = Gate::default();
        editor.set_helper(Some(Multiline {
            blank: Arc::clone(&blank),
            gate: gate.clone(),
        }));
        let (sender, typed) = sync_channel(TYPED);
        let leave = Leave { sender, waker };
        bind(
            &mut editor,
            'C',
            &leave,
            Some(Cmd::Kill(Movement::WholeBuffer)),
        );
        bind(&mut editor, 'D', &leave, None);
        if let Some(file) = history {
            // The first time there is none.
            let _ = editor.load_history(file);
        }
        let printer = editor.create_external_printer()?;
        Ok(Prepared {
            editor,
            _printer: Box::new(printer),
            leave,
            typed,
            blank,
            gate,
            history: history.map(Path::to_owned),
        })
    }

    /// What prints above the line that is being typed.
    pub(super) fn printer(&mut self) -> rustyline::Result<Box<dyn ExternalPrinter + Send>> {
        Ok(Box::new(self.editor.create_external_printer()?))
    }

    /// Keeps the printer out while the editor is between two lines.
    pub(super) fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// Begins to read lines; each wakes the engine. `nudge` is what ends it.
    pub(super) fn start(self, nudge: Nudge) -> Editor {
        let Prepared {
            editor,
            _printer,
            leave,
            typed,
            blank,
            gate,
            history,
        } = self;
        // The editor finds the terminal like this, and leaves it so after each line.
        let terminal = Held::begin(rustix::stdio::stdin(), &Aside::Lines).ok();
        let ending = Arc::new(AtomicBool::new(false));
        let mut reading = Reading {
            editor,
            _printer,
            leave,
            blank: Arc::clone(&blank),
            gate,
            history,
            ending: Arc::clone(&ending),
        };
        let thread = thread::spawn(move || reading.lines());
        Editor {
            typed,
            ending,
            blank,
            nudge,
            thread,
            said_last: false,
            _terminal: terminal,
        }
    }
}

/// The editor on its thread.
struct Reading {
    editor: LineEditor,
    _printer: Box<dyn ExternalPrinter + Send>,
    leave: Leave,
    blank: Arc<AtomicBool>,
    gate: Gate,
    history: Option<PathBuf>,
    ending: Arc<AtomicBool>,
}

impl Reading {
    fn lines(&mut self) {
        while !self.is_ending() {
            self.blank.store(false, Ordering::Release);
            self.gate.begin();
            let typed = match self.editor.readline("> ") {
                Ok(line) => Typed::Line(line),
                Err(_) if self.is_ending() => break,
                Err(ReadlineError::Eof) => Typed::Leave,
                Err(ReadlineError::Interrupted) => Typed::Interrupted,
                Err(error) => Typed::Failed(error.to_string()),
            };
            let last = !matches!(typed, Typed::Line(_));
            if self.leave.sender.send(typed).is_err() {
                break;
            }
            self.leave.waker.wake();
            if last {
                break;
            }
        }
        self.gate.remove();
        self.save_history();
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire)
    }

    /// History is a convenience: that it cannot be kept is no failure.
    fn save_history(&mut self) {
        let Some(file) = &self.history else { return };
        if let Some(folder) = file.parent() {
            let _ = fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder);
        }
        let _ = self.editor.append_history(file);
    }
}

impl Editor {
    /// A line that was typed meanwhile.
    pub(super) fn take(&mut self) -> Option<Typed> {
        match self.typed.try_recv() {
            _ if self.said_last => None,
            Err(TryRecvError::Empty) => None,
            Ok(typed) => {
                self.said_last = !matches!(typed, Typed::Line(_));
                Some(typed)
            }
            Err(TryRecvError::Disconnected) => {
                self.said_last = true;
                Some(Typed::Failed("the editor stopped".into()))
            }
        }
    }

    /// Whether it reads no more, and the terminal is as it was found.
    fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends reading, from the outside.
    ///
    /// The editor waits for keys and for its own handler of SIGINT, so that is
    /// how it is woken; again and again, because it may be between two lines.
    pub(super) fn end(&mut self) {
        if self.is_over() {
            return;
        }
        self.ending.store(true, Ordering::Release);
        let deadline = Instant::now() + END_TIME;
        while !self.is_over() && Instant::now() < deadline {
            // Lines that nobody takes any more must not block the thread.
            while self.typed.try_recv().is_ok() {}
            self.nudge.raise();
            thread::sleep(Duration::from_millis(1));
        }
        if self.blank.load(Ordering::Acquire) {
            // Nothing was typed: the mark that waited for it goes again.
            let mut stdout = io::stdout();
            let _ = stdout.write_all(REMOVE_LINE).and_then(|()| stdout.flush());
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ctrl and this letter ask to leave on an empty line.
fn bind(editor: &mut LineEditor, letter: char, leave: &Leave, otherwise: Option<Cmd>) {
    let leave = leave.clone();
    let handler = Box::new(LeaveKey { leave, otherwise });
    let key = KeyEvent(KeyCode::Char(letter), Modifiers::CTRL);
    editor.bind_sequence(key, EventHandler::Conditional(handler));
}

/// A key that asks to leave on an empty line.
struct LeaveKey {
    leave: Leave,
    /// What it does elsewhere, if not what it always does.
    otherwise: Option<Cmd>,
}

impl ConditionalEventHandler for LeaveKey {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        match context.line() {
            "" => self.leave.ask(),
            _ => self.otherwise.clone(),
        }
    }
}

/// Asks the engine to end the prompt. The line stays until then, so that what
/// was handed to the printer before is drawn.
#[derive(Clone)]
struct Leave {
    sender: SyncSender<Typed>,
    waker: Waker,
}

impl Leave {
    fn ask(&self) -> Option<Cmd> {
        // A full channel has the engine's attention already.
        let _ = self.sender.try_send(Typed::Leave);
        self.waker.wake();
        Some(Cmd::Noop)
    }
}

/// Lets JSON that is not complete go on in the next line.
struct Multiline {
    blank: Arc<AtomicBool>,
    gate: Gate,
}

impl Validator for Multiline {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let input = context.input();
        let blank_end = input
            .rsplit('\n')
            .next()
            .is_none_or(|line| line.trim().is_empty());
        match is_open(input) && !blank_end {
            true => Ok(ValidationResult::Incomplete),
            false => {
                self.gate.close();
                Ok(ValidationResult::Valid(None))
            }
        }
    }
}

/// Whether a line begins a JSON value and does not end it.
pub(super) fn is_open(input: &str) -> bool {
    input.starts_with(['{', '[']) && matches!(scan(input), Scan::Incomplete)
}

impl Completer for Multiline {
    type Candidate = String;
}

impl Hinter for Multiline {
    type Hint = String;

    /// Asked whenever the line is about to be drawn, which is what it is for.
    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.blank.store(line.is_empty(), Ordering::Release);
        self.gate.open();
        None
    }
}

impl Highlighter for Multiline {}

impl Helper for Multiline {}
