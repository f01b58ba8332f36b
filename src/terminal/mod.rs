//! A terminal: its window; its keys, which are all left to us for a while; and how it was
//! found, for the case that nobody gives it back. The same for each system.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{Found, Held, drop_paste, is_dumb, open_own, stop_group, window};
#[cfg(windows)]
pub use windows::{Found, Held, drop_paste, is_dumb, stop_group, window};

/// What a terminal does with keys by itself.
#[derive(Clone, Copy)]
pub enum Aside {
    /// It shows them, and gathers lines.
    Lines,
    /// It makes signals of some, too.
    LinesAndSignals,
}

/// Characters that a terminal makes signals of; `None` for what is switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalKeys {
    pub interrupt: Option<char>,
    pub suspend: Option<char>,
}

/// The size of a terminal's window, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub rows: usize,
    pub columns: usize,
}

impl Default for Window {
    /// The size of the terminals that all others are modelled on.
    fn default() -> Self {
        Window {
            rows: 24,
            columns: 80,
        }
    }
}

impl Window {
    /// Of what the system says: 0 where it does not know.
    fn of(rows: u16, columns: u16) -> Self {
        let known = |given: u16, default| match given {
            0 => default,
            given => usize::from(given),
        };
        let default = Window::default();
        Window {
            rows: known(rows, default.rows),
            columns: known(columns, default.columns),
        }
    }
}
