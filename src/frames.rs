//! The view of frames (`-vv`): an observer that writes a line for each.
//!
//! Lines are gathered and taken once a turn by whoever owns the screen.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::console::Console;
use crate::engine::{End, Observer, Output, PeerId, Waker};
use crate::message::Kind;
use crate::open::Handshake;
use crate::render::{self, Fragment};
use crate::ws::{Direction, FrameSeen, Stage, Watch, opcode};

/// How long stderr may take for frames before something else is said there.
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// The lines of a view, for whoever owns the screen; none without a view.
#[derive(Clone, Default)]
pub struct FrameLines(Option<Rc<RefCell<FrameView>>>);

impl FrameLines {
    pub fn of(view: &Rc<RefCell<FrameView>>) -> Self {
        FrameLines(Some(Rc::clone(view)))
    }

    /// Whether there are lines to be taken.
    pub fn is_waiting(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|view| !view.borrow().lines.is_empty())
    }

    /// The lines since it was last asked.
    pub fn take(&self) -> String {
        self.0
            .as_ref()
            .map(|view| std::mem::take(&mut view.borrow_mut().lines))
            .unwrap_or_default()
    }
}

/// Frames on stderr, beside a pipe. A thread writes them, because stderr may be
/// read slowly; whoever is asked to wait holds the network back.
pub struct FramePrinter {
    lines: FrameLines,
    output: Option<Output>,
}

impl FramePrinter {
    pub fn new(lines: FrameLines, waker: &Waker) -> Self {
        let output = || Output::through(waker.clone(), Console::writer());
        FramePrinter {
            output: lines.0.is_some().then(output),
            lines,
        }
    }

    /// Whether to wait with more.
    pub fn is_full(&self) -> bool {
        self.output.as_ref().is_some_and(Output::is_full)
    }

    /// Whether there are lines that have not been handed over.
    pub fn is_waiting(&self) -> bool {
        self.lines.is_waiting()
    }

    /// Hands over the frames since the last time.
    pub fn show(&mut self) {
        if let Some(output) = &mut self.output {
            output.push(self.lines.take().as_bytes());
            // There is nowhere to complain when stderr is gone.
            let _ = output.hand_over();
        }
    }

    /// The same, and waits until they are written, before something else is
    /// said there.
    pub fn settle(&mut self) {
        self.show();
        if let Some(output) = &mut self.output {
            output.settle(Instant::now() + SETTLE_TIME);
        }
    }
}

/// See the module's head.
pub struct FrameView {
    console: Console,
    opened: Option<Instant>,
    received: Option<Fragment>,
    sent: Option<Fragment>,
    lines: String,
}

impl FrameView {
    /// Writes as `console` does.
    pub fn new(console: Console) -> Self {
        FrameView {
            console,
            opened: None,
            received: None,
            sent: None,
            lines: String::new(),
        }
    }

    /// Where a data frame stands in its message.
    fn fragment(&mut self, frame: &FrameSeen<'_>) -> Option<Fragment> {
        let open = match frame.direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        };
        let first = |kind| Fragment { kind, number: 1 };
        let here = match frame.opcode {
            opcode::TEXT => first(Kind::Text),
            opcode::BINARY => first(Kind::Binary),
            opcode::CONTINUATION => Fragment {
                number: open.as_ref()?.number + 1,
                ..open.as_ref().copied()?
            },
            _ => return None,
        };
        if frame.stage == Stage::Whole {
            *open = (!frame.fin).then_some(here);
        }
        Some(here)
    }
}

impl Watch for FrameView {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        let fragment = self.fragment(frame);
        let age = self.opened.map_or(Duration::ZERO, |at| at.elapsed());
        let line = render::frame(frame, age, fragment);
        self.lines.push_str(&self.console.detail_line(&line));
    }
}

impl Observer for FrameView {
    fn opened(&mut self, _: PeerId, at: Instant, _: &Handshake) {
        self.opened = Some(at);
    }

    fn ended(&mut self, _: PeerId, _: &End) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Level;
    use crate::render::Style;

    fn seen(opcode: u8, fin: bool) -> FrameSeen<'static> {
        FrameSeen {
            direction: Direction::Sent,
            stage: Stage::Whole,
            fin,
            rsv: 0,
            opcode,
            mask: None,
            header: 2,
            length: 1,
            plain: 1,
            payload: b"x",
        }
    }

    #[test]
    fn fragments_are_numbered_within_their_message_and_direction() {
        let mut view = FrameView::new(Console::new(Style::plain(), Level::Verbose));
        let received = |frame: FrameSeen<'static>| FrameSeen {
            direction: Direction::Received,
            ..frame
        };
        view.frame(&seen(opcode::BINARY, false));
        view.frame(&received(seen(opcode::TEXT, true)));
        view.frame(&seen(opcode::PING, true));
        view.frame(&seen(opcode::CONTINUATION, false));
        view.frame(&received(seen(opcode::TEXT, false)));
        view.frame(&seen(opcode::CONTINUATION, true));
        view.frame(&received(seen(opcode::CONTINUATION, true)));
        let shown = FrameLines::of(&Rc::new(RefCell::new(view)));
        assert!(shown.is_waiting());
        let lines: Vec<String> = shown.take().lines().map(str::to_owned).collect();
        let expected = [
            "* frame > 0.0 ms: binary, 1 byte, fragment 1, 78",
            "* frame < 0.0 ms: text, FIN, 1 byte, \"x\"",
            "* frame > 0.0 ms: ping, FIN, 1 byte, \"x\"",
            "* frame > 0.0 ms: continuation, 1 byte, fragment 2, 78",
            "* frame < 0.0 ms: text, 1 byte, fragment 1, \"x\"",
            "* frame > 0.0 ms: continuation, FIN, 1 byte, fragment 3, 78",
            "* frame < 0.0 ms: continuation, FIN, 1 byte, fragment 2, \"x\"",
        ];
        assert_eq!(lines, expected);
        assert!(!shown.is_waiting());
        assert_eq!(FrameLines::default().take(), "");
    }
}
