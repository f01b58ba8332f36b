//! Keys that do what is the program's and not the line's: leave, stop, paste.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use rustyline::{
    Cmd, ConditionalEventHandler, EditMode, Event, EventContext, EventHandler, InputMode, KeyCode,
    KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::{LineEditor, Typed, Wishes};
use crate::engine::Waker;
use crate::prompt::gate::Gate;
use crate::terminal::SignalKeys;

/// What Enter does.
pub(super) const ENTER: Cmd = Cmd::AcceptOrInsertLine {
    accept_in_the_middle: true,
};

/// Binds them; over whatever was bound to these keys before.
pub(super) fn bind(
    editor: &mut LineEditor,
    leave: &Leave,
    wishes: &Arc<Wishes>,
    gate: &Gate,
    signals: SignalKeys,
) {
    let leaving = |key| LeaveKey {
        leave: leave.clone(),
        key,
        wishes: Arc::clone(wishes),
        gate: gate.clone(),
    };
    for key in ['\x03'].into_iter().chain(signals.interrupt) {
        set(editor, key, || leaving(Leaving::Interrupt));
    }
    set(editor, '\x04', || leaving(Leaving::End));
    if let Some(key) = signals.suspend {
        set(editor, key, || SuspendKey {
            wishes: Arc::clone(wishes),
            gate: gate.clone(),
        });
    }
    let paste = KeyEvent(KeyCode::BracketedPasteStart, Modifiers::NONE);
    let paste_key = Box::new(PasteKey(Arc::clone(wishes)));
    editor.bind_sequence(paste, EventHandler::Conditional(paste_key));
    let enter = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    editor.bind_sequence(enter, EventHandler::Conditional(Box::new(EscapeEnter)));
    // Where a key of the terminal is switched off, the editor takes this for it.
    editor.bind_sequence(KeyEvent::from('\0'), Cmd::Noop);
}

/// Binds a key, behind an escape too: who leaves vi's insert mode does not wait.
fn set<H: ConditionalEventHandler + 'static>(
    editor: &mut LineEditor,
    key: char,
    handler: impl Fn() -> H,
) {
    for modifiers in [Modifiers::NONE, Modifiers::ALT] {
        let handler = EventHandler::Conditional(Box::new(handler()));
        editor.bind_sequence(KeyEvent::new(key, modifiers), handler);
    }
}

/// Which of the two keys that ask to leave on an empty line.
#[derive(Clone, Copy)]
enum Leaving {
    /// Ctrl-C: clears a line that is not empty.
    Interrupt,
    /// Ctrl-D: deletes forward there, or ends the line, as emacs and vi have it.
    End,
}

struct LeaveKey {
    leave: Leave,
    key: Leaving,
    wishes: Arc<Wishes>,
    gate: Gate,
}

impl ConditionalEventHandler for LeaveKey {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        match (context.line(), self.key) {
            ("", _) => self.leave.ask(),
            (_, Leaving::Interrupt) if context.input_mode() == InputMode::Command => {
                // The next line begins in vi's insert mode, and only a new one does.
                self.wishes.clear.store(true, Ordering::Release);
                self.gate.close();
                Some(Cmd::Interrupt)
            }
            (_, Leaving::Interrupt) => Some(Cmd::Kill(Movement::WholeBuffer)),
            (_, Leaving::End) if context.mode() == EditMode::Vi => Some(ENTER),
            (_, Leaving::End) => None,
        }
    }
}

/// Asks the engine to end the prompt. The line stays until then, so that what
/// was handed to the printer before is drawn.
#[derive(Clone)]
pub(super) struct Leave {
    pub(super) sender: SyncSender<Typed>,
    pub(super) waker: Waker,
}

impl Leave {
    fn ask(&self) -> Option<Cmd> {
        // A full channel has the engine's attention already.
        let _ = self.sender.try_send(Typed::Leave);
        self.waker.wake();
        Some(Cmd::Noop)
    }
}

/// Enter right behind an escape, which ends vi's insert mode.
struct EscapeEnter;

impl ConditionalEventHandler for EscapeEnter {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        (context.mode() == EditMode::Vi).then_some(ENTER)
    }
}

/// Notes that a paste begins, whose end may never be found.
struct PasteKey(Arc<Wishes>);

impl ConditionalEventHandler for PasteKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        self.0.pasting.store(true, Ordering::Release);
        None
    }
}

/// Stops the program: the editor leaves its line for that, and comes back to it.
struct SuspendKey {
    wishes: Arc<Wishes>,
    gate: Gate,
}

impl ConditionalEventHandler for SuspendKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        self.wishes.suspend.store(true, Ordering::Release);
        self.gate.close();
        Some(Cmd::Interrupt)
    }
}
