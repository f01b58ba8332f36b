//! The line editor: rustyline on a thread of its own.
//!
//! Lines go to the engine through a bounded channel; the printer, which puts
//! text above the line that is being typed, goes to the screen's thread.
//! Whoever drops the [`Editor`] gets the terminal back as it was found.

mod bindings;
mod helper;
mod keys;
mod reading;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustyline::{CompletionType, Config, ExternalPrinter, GraphemeClusterMode};

use super::gate::Gate;
use super::history::{History, Trouble};
use super::seen::Seen;
use super::settings::InputrcFiles;
use crate::engine::{Nudge, Waker};
use crate::notation::Command;
use crate::render::Style;
use crate::secret::Secret;
use crate::terminal::{Aside, Held, SignalKeys, window};
use helper::Multiline;
pub(super) use helper::is_open;
use keys::Leave;
use reading::Reading;

/// Lines that were typed and not yet taken.
const TYPED: usize = 16;
/// Up a line, and everything from there on cleared.
const REMOVE_LINE: &[u8] = b"\x1b[A\x1b[J";
/// The same for a line that the editor has not left.
const REMOVE_THIS_LINE: &[u8] = b"\r\x1b[J";
/// How long the editor may take to give the terminal back.
const END_TIME: Duration = Duration::from_secs(2);
/// How long it may take to draw what it was given last, where it waits on.
const DRAW_TIME: Duration = Duration::from_millis(50);
/// After how many nudges the editor's thread is signalled itself: it waits for a key
/// of a sequence, or of a search, and looks at nothing else meanwhile.
const NUDGES: u32 = 20;

type LineEditor = rustyline::Editor<Multiline, History>;

/// What an editor is asked to do.
pub(super) struct EditorSettings {
    /// Where lines are kept.
    pub(super) history: Option<PathBuf>,
    /// What no kept line may hold: the secrets of this run.
    pub(super) secrets: Vec<Secret>,
    /// What the session has shown; the driver adds to it.
    pub(super) seen: Seen,
    /// What is said of keys.
    pub(super) inputrc: InputrcFiles,
    /// The colours of explanations.
    pub(super) style: Style,
    /// What can be typed beside messages.
    pub(super) commands: &'static [Command],
}

/// What came from the keyboard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(String),
    /// Ctrl-C or Ctrl-D on an empty line.
    Leave,
    /// SIGINT, which the editor catches while it waits.
    Interrupted,
    /// The terminal has gone.
    Failed(String),
    /// Something about the editor that is worth a notice; it goes on.
    Notice(String),
}

/// The editor's thread, and the way from it.
pub(super) struct Editor {
    typed: Receiver<Typed>,
    wishes: Arc<Wishes>,
    gate: Gate,
    nudge: Nudge,
    thread: JoinHandle<()>,
    /// What ends the prompt has been taken.
    said_last: bool,
    /// It was asked to leave twice.
    asked_again: bool,
    terminal: Terminal,
}

/// The terminal, held between two lines, too: a key that is typed then waits for the
/// next one.
type Terminal = Arc<Mutex<Option<Held>>>;

/// What the keys, the engine and the editor's thread let each other know.
#[derive(Default)]
struct Wishes {
    /// The prompt is to end.
    ending: AtomicBool,
    /// An empty line is drawn, and waits for keys.
    blank: AtomicBool,
    /// A paste has begun, and is not in the line.
    pasting: AtomicBool,
    /// The line is to be thrown away, and another to begin.
    clear: AtomicBool,
    /// The key that stops the program was typed.
    suspend: AtomicBool,
    /// The program is being stopped by that key.
    suspending: AtomicBool,
    /// It goes on.
    resumed: AtomicBool,
}

/// An editor that has not begun to read.
pub(super) struct Prepared {
    editor: LineEditor,
    /// While there is a printer the editor waits for more than keys: only so
    /// can it be woken.
    _printer: Box<dyn ExternalPrinter + Send>,
    leave: Leave,
    typed: Receiver<Typed>,
    wishes: Arc<Wishes>,
    gate: Gate,
    trouble: Option<Trouble>,
}

impl Prepared {
    /// Takes hold of the terminal, and loads the history.
    pub(super) fn new(settings: EditorSettings, waker: Waker) -> rustyline::Result<Self> {
        let inputrc = bindings::load(&settings.inputrc);
        let config = Config::builder()
            // Entered by `Reading`, which learns what became of it.
            .auto_add_history(false)
            .completion_type(CompletionType::List)
            // Lists fit in the window: see `complete`.
            .completion_prompt_limit(usize::MAX)
            // The other ways to measure panic at what is wider than 16 bits count.
            .grapheme_cluster_mode(GraphemeClusterMode::WcWidth);
        let config = bindings::configure(config, &inputrc).build();
        let (history, trouble) = History::load(settings.history.as_deref(), settings.secrets);
        let mut editor = LineEditor::with_history(config, history)?;
        let wishes = Arc::new(Wishes::default());
        let gate = Gate::new(window_rows);
        editor.set_helper(Some(Multiline::new(
            &wishes,
            &gate,
            settings.seen,
            settings.style,
            settings.commands,
        )));
        let (sender, typed) = sync_channel(TYPED);
        let leave = Leave { sender, waker };
        bindings::bind(&mut editor, &inputrc);
        keys::bind(
            &mut editor,
            &leave,
            &wishes,
            &gate,
            SignalKeys::of(io::stdin()),
        );
        let printer = editor.create_external_printer()?;
        Ok(Prepared {
            editor,
            _printer: Box::new(printer),
            leave,
            typed,
            wishes,
            gate,
            trouble,
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
        // The editor finds the terminal like this, and leaves it so after each line.
        let held = Held::begin(io::stdin(), Aside::Lines).ok();
        let terminal = Arc::new(Mutex::new(held));
        let reading = Reading {
            editor: self.editor,
            _printer: self._printer,
            leave: self.leave,
            gate: self.gate.clone(),
            wishes: Arc::clone(&self.wishes),
            terminal: Arc::clone(&terminal),
            said: false,
        };
        let trouble = self.trouble;
        let thread = thread::spawn(move || reading.run(trouble));
        Editor {
            typed: self.typed,
            wishes: self.wishes,
            gate: self.gate,
            nudge,
            thread,
            said_last: false,
            asked_again: false,
            terminal,
        }
    }
}

impl Editor {
    /// A line that was typed meanwhile.
    pub(super) fn take(&mut self) -> Option<Typed> {
        match self.typed.try_recv() {
            _ if self.said_last => None,
            Err(TryRecvError::Empty) => None,
            Ok(typed) => {
                self.said_last = !matches!(typed, Typed::Line(_) | Typed::Notice(_));
                Some(typed)
            }
            Err(TryRecvError::Disconnected) => {
                self.said_last = true;
                Some(Typed::Failed("the editor stopped".into()))
            }
        }
    }

    /// Whether the person at the keys has asked to leave once more: at once.
    pub(super) fn is_asked_again(&mut self) -> bool {
        while let Ok(typed) = self.typed.try_recv() {
            self.asked_again |= typed == Typed::Leave;
        }
        self.asked_again
    }

    /// The program was stopped, and goes on: the terminal is taken again, and the line
    /// drawn.
    pub(super) fn resumed(&mut self) {
        self.wishes.resumed.store(true, Ordering::Release);
        if self.wishes.suspending.load(Ordering::Acquire) || self.is_over() {
            // By the key: its thread waits for this, and does the rest.
            return;
        }
        self.gate.hold();
        // A key of a search comes before the nudge does.
        let terminal = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*terminal {
            held.raw();
        }
        drop(terminal);
        self.nudge.raise();
    }

    /// Whether it reads no more, and the terminal is as it was found.
    fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends reading, from the outside, or leaves the line as it stands where nothing ends
    /// it: then the thread waits on, and is not waited for.
    pub(super) fn end(&mut self) {
        let again = self.wishes.ending.swap(true, Ordering::AcqRel);
        if Nudge::WAKES {
            self.wake();
            self.remove_blank(REMOVE_LINE);
        } else if !again {
            // What was printed last is drawn by that thread, which tells nobody when.
            thread::sleep(DRAW_TIME);
            if !self.remove_blank(REMOVE_THIS_LINE) {
                print(b"\r\n");
            }
        }
    }

    /// The editor waits for keys and for its own handler of SIGINT, so that is
    /// how it is woken; again and again, because it may be between two lines.
    fn wake(&mut self) {
        let came_before = self.nudge.counted();
        let deadline = Instant::now() + END_TIME;
        let mut nudges = 0;
        while !self.is_over() && Instant::now() < deadline {
            // Lines that nobody takes any more must not block the thread.
            self.is_asked_again();
            match nudges < NUDGES {
                true => self.nudge.raise(),
                false => self.nudge.raise_in(&self.thread),
            }
            nudges += 1;
            thread::sleep(Duration::from_millis(1));
        }
        if nudges > NUDGES && !came_before {
            self.nudge.forget();
        }
    }

    /// Whether nothing was typed: then the mark that waited for it goes again.
    fn remove_blank(&self, how: &[u8]) -> bool {
        let is_blank = self.wishes.blank.swap(false, Ordering::AcqRel);
        if is_blank {
            print(how);
        }
        is_blank
    }
}

fn print(bytes: &[u8]) {
    let mut stdout = io::stdout();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.end();
        let mut terminal = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        drop(terminal.take());
    }
}

/// Rows of the window; more than any line has, where nobody knows.
fn window_rows() -> usize {
    window(io::stdout()).rows
}
