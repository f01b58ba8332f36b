//! The view of frames (`-vv`): an observer that writes a line for each.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Lines;
use crate::console::Console;
use crate::engine::{End, Observer, PeerId};
use crate::message::Kind;
use crate::open::Handshake;
use crate::render::{self, Fragment};
use crate::ws::{Direction, FrameSeen, Stage, Watch, opcode};

/// See the module's head.
pub struct FrameView {
    console: Console,
    opened: Option<Instant>,
    received: Option<Fragment>,
    sent: Option<Fragment>,
    lines: Lines,
    switch: Switch,
    /// Whose frames these are, where there may be several.
    client: Option<u64>,
}

/// Whether frames are shown; whoever has a clone can change it.
#[derive(Clone, Default)]
pub struct Switch(Rc<Cell<bool>>);

impl Switch {
    pub fn new(on: bool) -> Self {
        Switch(Rc::new(Cell::new(on)))
    }

    pub fn is_on(&self) -> bool {
        self.0.get()
    }

    pub fn set(&self, on: bool) {
        self.0.set(on);
    }
}

impl FrameView {
    /// Adds to `lines` what `console` would say, while `switch` is on.
    pub fn new(console: Console, lines: Lines, switch: Switch) -> Self {
        FrameView {
            console,
            opened: None,
            received: None,
            sent: None,
            lines,
            switch,
            client: None,
        }
    }

    /// The view of one client among several.
    #[must_use]
    pub fn of_client(self, number: u64) -> Self {
        FrameView {
            client: Some(number),
            ..self
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
        if !self.switch.is_on() {
            return;
        }
        let age = self.opened.map_or(Duration::ZERO, |at| at.elapsed());
        let mut line = render::frame(frame, age, fragment);
        if let Some(number) = self.client {
            line.insert_str(0, &format!("client {number} "));
        }
        self.lines.add(&self.console.loss_line(&line));
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
            fin,
            ..FrameSeen::sample(opcode, b"x")
        }
    }

    #[test]
    fn fragments_are_numbered_within_their_message_and_direction() {
        let shown = Lines::default();
        let console = Console::new(Style::plain(), Level::Verbose);
        let mut view = FrameView::new(console, shown.clone(), Switch::new(true));
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
    }
}
