//! The keys of a terminal that are not characters, as the bytes they send.

/// As xterm sends them, cursor keys in their normal mode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    CtrlA,
    CtrlC,
    CtrlD,
    CtrlE,
    CtrlG,
    CtrlK,
    CtrlL,
    CtrlR,
    CtrlU,
    CtrlW,
    CtrlZ,
    Enter,
    Tab,
    Escape,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
}

impl Key {
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::CtrlA => b"\x01",
            Self::CtrlC => b"\x03",
            Self::CtrlD => b"\x04",
            Self::CtrlE => b"\x05",
            Self::CtrlG => b"\x07",
            Self::CtrlK => b"\x0b",
            Self::CtrlL => b"\x0c",
            Self::CtrlR => b"\x12",
            Self::CtrlU => b"\x15",
            Self::CtrlW => b"\x17",
            Self::CtrlZ => b"\x1a",
            Self::Enter => b"\r",
            Self::Tab => b"\t",
            Self::Escape => b"\x1b",
            Self::Backspace => b"\x7f",
            Self::Delete => b"\x1b[3~",
            Self::Up => b"\x1b[A",
            Self::Down => b"\x1b[B",
            Self::Left => b"\x1b[D",
            Self::Right => b"\x1b[C",
            Self::Home => b"\x1b[H",
            Self::End => b"\x1b[F",
        }
    }
}
