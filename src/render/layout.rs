//! How messages stand on a screen, as the user wants it.

use std::time::Duration;

use super::Style;
use crate::terminal::Window;
use crate::time_of_day::TimeOfDay;
use crate::visible::width;

/// What is the same for all messages on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub style: Style,
    pub pretty: Pretty,
    pub window: Window,
}

/// Which JSON objects and arrays are indented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pretty {
    /// Those that do not fit on a row as they came.
    #[default]
    Auto,
    /// All of them.
    Always,
    /// None: messages stand as they came.
    Never,
}

/// How much of a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// About as much as the window holds; `show` is the number by which `/show` has
    /// the rest, where there is such a command.
    Folded { show: Option<u64> },
    /// All of it up to a mebibyte, JSON indented; `rest` is the command that has what is
    /// longer, where there is one.
    Whole { rest: Option<&'static str> },
}

/// What stands before the mark of a message; by default nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The message's number, counted from 1.
    pub number: Option<u64>,
    pub time: Option<TimeOfDay>,
    /// The time since the message before.
    pub gap: Option<Duration>,
    /// The number of the client that it came from or is for, where there may be several.
    pub client: Option<u64>,
}

/// Windows narrower than this have the stamp on a row of its own.
const NARROW: usize = 60;

impl Layout {
    /// Columns that rows are made for: no row is made for less than twenty.
    pub(super) fn columns(&self) -> usize {
        self.window.columns.max(20)
    }
}

impl Stamp {
    /// What stands right before the mark: `2` of `2< hello`.
    pub(super) fn client(&self) -> String {
        self.client
            .map_or(String::new(), |client| client.to_string())
    }

    /// Appends the stamp; gives the columns that it takes of the mark's row.
    pub(super) fn write(&self, layout: &Layout, out: &mut String) -> usize {
        if (self.number, self.time, self.gap) == (None, None, None) {
            return 0;
        }
        let columns = layout.columns();
        if columns < NARROW {
            out.push_str(&layout.style.aside(&self.short(columns)));
            out.push('\n');
            return 0;
        }
        let text = self.aligned();
        out.push_str(&layout.style.aside(&text));
        out.push(' ');
        width(&text) + 1
    }

    /// In columns of their own, so that marks stand below each other.
    fn aligned(&self) -> String {
        let number = self.number.map(|number| format!("{number:>3}"));
        let time = self.time.map(|time| time.to_string());
        // Control frames have no number, the first message no gap, and both their room.
        let number = number.or(time.as_ref().map(|_| "   ".into()));
        let gap = self.gap.map(gap).or(time.as_ref().map(|_| String::new()));
        let gap = gap.map(|gap| format!("{gap:>6}"));
        let parts: Vec<String> = [number, time, gap].into_iter().flatten().collect();
        parts.join(" ")
    }

    /// What of it fits.
    fn short(&self, columns: usize) -> String {
        let number = self.number.map(|number| number.to_string());
        let time = self.time.map(|time| time.to_string());
        let parts = [number, time, self.gap.map(gap)];
        let mut text = String::new();
        for part in parts.into_iter().flatten() {
            if text.len() + 1 + part.len() > columns {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&part);
        }
        text
    }
}

/// A pause in at most six columns: `+0.3ms`, `+12ms`, `+1.2s`, `+3m05s`, `+26h`.
fn gap(gap: Duration) -> String {
    let seconds = gap.as_secs();
    match gap.as_micros() {
        0..10_000 => format!("+{:.1}ms", gap.as_secs_f64() * 1000.0),
        10_000..1_000_000 => format!("+{}ms", gap.as_millis()),
        1_000_000..100_000_000 => format!("+{}.{}s", seconds, gap.subsec_millis() / 100),
        _ if seconds < 600 => format!("+{}m{:02}s", seconds / 60, seconds % 60),
        _ if seconds < 6000 => format!("+{}m", seconds / 60),
        _ if seconds < 360_000 => format!("+{}h", seconds / 3600),
        _ => format!("+{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time_of_day::Zone;
    use std::time::UNIX_EPOCH;

    fn written(stamp: &Stamp, columns: usize) -> String {
        let layout = Layout {
            style: Style::plain(),
            pretty: Pretty::Auto,
            window: Window { rows: 24, columns },
        };
        let mut out = String::new();
        let used = stamp.write(&layout, &mut out);
        assert_eq!(
            used,
            out.lines()
                .last()
                .filter(|_| !out.ends_with('\n'))
                .map_or(0, width)
        );
        out
    }

    #[test]
    fn a_stamp_stands_in_columns_of_its_own() {
        let time = UNIX_EPOCH + Duration::from_millis(36_245_678);
        let stamp = Stamp {
            number: Some(12),
            time: Some(Zone::read(Some("UTC0")).time_of_day(time)),
            gap: Some(Duration::from_millis(1234)),
            client: Some(2),
        };
        assert_eq!(written(&stamp, 80), " 12 10:04:05.678  +1.2s ");
        assert_eq!(written(&stamp, 40), "12 10:04:05.678 +1.2s\n");
        assert_eq!(written(&stamp, 20), "12 10:04:05.678\n");
        let first = Stamp { gap: None, ..stamp };
        assert_eq!(written(&first, 80), " 12 10:04:05.678        ");
        let number = Stamp {
            time: None,
            ..first
        };
        assert_eq!(written(&number, 80), " 12 ");
        let ping = Stamp {
            number: None,
            ..stamp
        };
        assert_eq!(written(&ping, 80), "    10:04:05.678  +1.2s ");
        assert_eq!(written(&Stamp::default(), 80), "");
    }

    #[test]
    fn a_gap_takes_six_columns_at_most() {
        for (milliseconds, expected) in [
            (0, "+0.0ms"),
            (3, "+3.0ms"),
            (12, "+12ms"),
            (999, "+999ms"),
            (1_000, "+1.0s"),
            (99_999, "+99.9s"),
            (185_000, "+3m05s"),
            (3_600_000, "+60m"),
            (7_200_000, "+2h"),
            (36_000_000_000, "+416d"),
        ] {
            let text = gap(Duration::from_millis(milliseconds));
            assert_eq!(text, expected);
            assert!(text.len() <= 6, "{text}");
        }
        assert_eq!(gap(Duration::from_micros(9_999)), "+10.0ms");
    }
}
