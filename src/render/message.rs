//! A message as the screen shows it: in the notation where one line holds it, JSON
//! indented where its line is too narrow, long binary data as a dump.
//!
//! Rows behind the first begin with two blanks, so that none of them looks like a
//! message or a notice of its own.

use crate::message::MessageRef;
use crate::notation;
use crate::visible::{is_visible, width};
use crate::ws::Direction;

use super::json::{self, Nested, Sheet};
use super::{Extent, Layout, Pretty, Stamp, hex};

/// Binary messages up to this size are shown as the notation writes them, in bytes.
const SHORT_BINARY: usize = 32;
/// Of longer ones this much is shown, in bytes.
const MAX_DUMP: usize = 256;
/// Of texts this much is shown, in bytes: escaped they may be six times as long.
const MAX_TEXT: usize = 16 * 1024;
/// Of a message that is asked for whole this much is shown, in bytes: drawn it takes several
/// times that, and nothing else is drawn meanwhile.
const MAX_WHOLE: usize = 1024 * 1024;
/// JSON and dumps take so many rows, at least and at most.
const ROWS: (usize, usize) = (4, 100);

/// A message, data or control, behind its mark; ends with a line break.
pub fn message(
    direction: Direction,
    message: MessageRef<'_>,
    stamp: &Stamp,
    layout: &Layout,
    extent: Extent,
) -> String {
    let mut out = String::new();
    let used = stamp.write(layout, &mut out);
    let client = stamp.client();
    out.push_str(&match direction {
        Direction::Received => layout.style.received(&format!("{client}< ")),
        Direction::Sent => layout.style.sent(&format!("{client}> ")),
    });
    let mut page = Page {
        layout,
        extent,
        used: used + client.len() + 2,
        out: &mut out,
    };
    match message {
        MessageRef::Text(text) => page.text(text),
        MessageRef::Binary(bytes) if bytes.len() > SHORT_BINARY => page.dump(bytes),
        other => notation::write(other, page.out),
    }
    out.push('\n');
    out
}

/// Where a message is written.
struct Page<'a> {
    layout: &'a Layout,
    extent: Extent,
    /// Columns of the first row that are taken.
    used: usize,
    out: &'a mut String,
}

impl Page<'_> {
    fn text(&mut self, text: &str) {
        match self.layout.pretty {
            Pretty::Never => self.line(text),
            _ if !json::is_container(text) => self.line(text),
            Pretty::Auto if !self.is_whole() && self.fits(text) => {
                json::coloured(text, self.layout.style, self.out);
            }
            Pretty::Auto => self.indented(text, Nested::Beside),
            Pretty::Always => self.indented(text, Nested::Below),
        }
    }

    /// Whether text that does not start with `/` stands on the first row as it is.
    fn fits(&self, text: &str) -> bool {
        let room = self.layout.columns().saturating_sub(self.used);
        // No letter is so long that its columns hold less.
        text.len() <= 40 * room && is_plain(text) && width(text) <= room
    }

    fn indented(&mut self, text: &str, nested: Nested) {
        let sheet = Sheet {
            style: self.layout.style,
            columns: self.layout.columns(),
            nested,
        };
        let Extent::Folded { show } = self.extent else {
            if json::whole(text, &sheet, MAX_WHOLE, self.out) {
                self.rest(&format!("of {} bytes the rest is not shown", text.len()));
            }
            return;
        };
        if json::folded(text, &sheet, self.rows(), self.out)
            && let Some(number) = show
        {
            self.aside(&[
                format!("… /show {number} shows it whole"),
                format!("… /show {number}"),
            ]);
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self.extent, Extent::Whole { .. })
    }

    /// Rows that a message takes at most, beside what is said of the rest.
    fn rows(&self) -> usize {
        // The prompt has one, the rest one, and one shows what was before.
        let rows = self.layout.window.rows.saturating_sub(3);
        rows.clamp(ROWS.0, ROWS.1)
    }

    /// Text as the notation writes it, in the colours of JSON if it is that.
    fn line(&mut self, text: &str) {
        let most = if self.is_whole() { MAX_WHOLE } else { MAX_TEXT };
        if text.len() > most {
            return self.beginning(text, most);
        }
        match text.len() <= MAX_TEXT && is_plain(text) && json::is_container(text) {
            true => json::coloured(text, self.layout.style, self.out),
            false => notation::write(MessageRef::Text(text), self.out),
        }
    }

    fn beginning(&mut self, text: &str, most: usize) {
        let end = text.floor_char_boundary(most);
        let shown = &text[..end];
        match text.starts_with(['{', '[']) && is_plain(shown) {
            // A beginning of JSON need not say that it is nothing else.
            true => self.out.push_str(shown),
            false => notation::write(MessageRef::Text(shown), self.out),
        }
        self.rest(&format!("the first {end} of {} bytes", text.len()));
    }

    fn dump(&mut self, bytes: &[u8]) {
        let shown = match self.extent {
            Extent::Folded { .. } => {
                // The length stands before it, on up to two rows.
                let room = (self.rows() - 2) * hex::row(self.layout.columns());
                &bytes[..bytes.len().min(MAX_DUMP).min(room)]
            }
            Extent::Whole { .. } => &bytes[..bytes.len().min(MAX_WHOLE)],
        };
        self.out.push_str("/binary");
        let total = format!("({} bytes)", bytes.len());
        match self.used + "/binary ".len() + total.len() <= self.layout.columns() {
            true => self.out.push(' '),
            false => self.out.push_str("\n  "),
        }
        self.out.push_str(&total);
        hex::dump(shown, self.layout.columns(), self.out);
        if shown.len() < bytes.len() {
            self.rest(&format!(
                "the first {} of {} bytes",
                shown.len(),
                bytes.len()
            ));
        }
    }

    /// Says that something is left out, and where it is.
    fn rest(&mut self, what: &str) {
        let show = match self.extent {
            Extent::Folded { show: Some(number) } => format!("; /show {number} shows all"),
            Extent::Whole {
                rest: Some(command),
            } => format!("; {command} has all of it"),
            _ => String::new(),
        };
        self.aside(&[format!("… {what}{show}"), format!("… {what}"), "…".into()]);
    }

    /// Says the first of these that fits, on a row of its own.
    fn aside(&mut self, texts: &[String]) {
        let room = self.layout.columns() - 2;
        let fitting = texts.iter().find(|text| width(text) <= room);
        if let Some(text) = fitting.or(texts.last()) {
            self.out.push_str("\n  ");
            self.out.push_str(&self.layout.style.aside(text));
        }
    }
}

/// Whether text can stand on a line as it is, but for what it starts with.
fn is_plain(text: &str) -> bool {
    text.trim().len() == text.len() && is_visible(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::Style;
    use super::*;
    use crate::message::Message;
    use crate::notation::{Line, parse_line};
    use crate::terminal::Window;
    use proptest::prelude::*;

    const FOLDED: Extent = Extent::Folded { show: None };
    const WHOLE: Extent = Extent::Whole { rest: None };
    const KNOWN: Extent = Extent::Folded { show: Some(12) };

    fn layout(rows: usize, columns: usize) -> Layout {
        Layout {
            style: Style::plain(),
            pretty: Pretty::Auto,
            window: Window { rows, columns },
        }
    }

    fn shown(what: MessageRef<'_>, layout: &Layout, extent: Extent) -> String {
        message(Direction::Received, what, &Stamp::default(), layout, extent)
    }

    fn text(text: &str, columns: usize) -> String {
        shown(MessageRef::Text(text), &layout(24, columns), FOLDED)
    }

    #[test]
    fn messages_are_shown_in_the_notation() {
        assert_eq!(text("hello", 80), "< hello\n");
        assert_eq!(text("/x", 80), "< //x\n");
        assert_eq!(text("a\x1b[2Jb", 80), "< /string \"a\\u001b[2Jb\"\n");
        assert_eq!(text("\u{301}a", 80), "< /string \"\\u0301a\"\n");
        assert_eq!(text("שלום", 80), "< שלום\n");
        let cases = [
            (MessageRef::Binary(&[1, 2, 255]), "> /binary 01 02 ff\n"),
            (MessageRef::Ping(b"k"), "> /ping k\n"),
            (MessageRef::Pong(b""), "> /pong\n"),
            (MessageRef::Close(b"\x03\xe8bye"), "> /close 1000 bye\n"),
        ];
        for (what, line) in cases {
            let stamp = Stamp::default();
            let sent = message(Direction::Sent, what, &stamp, &layout(24, 80), FOLDED);
            assert_eq!(sent, line);
        }
    }

    #[test]
    fn json_stays_on_its_line_as_it_came_where_that_fits() {
        let json = r#"{"a" :  1.0,"a":2}"#;
        assert_eq!(text(json, 80), format!("< {json}\n"));
        assert_eq!(text(json, 20), format!("< {json}\n"));
        let wider = r#"{"a" :  1.0,"a":25}"#;
        assert_eq!(
            text(wider, 20),
            "< {\n    \"a\": 1.0,\n    \"a\": 25\n  }\n"
        );
        assert_eq!(text("{\"a\":1}\n", 80), "< {\n    \"a\": 1\n  }\n");
    }

    #[test]
    fn json_is_indented_always_or_never_when_asked_for() {
        let json = r#"{"a":[1,{}]}"#;
        let with = |pretty, extent| {
            let layout = Layout {
                pretty,
                ..layout(24, 8)
            };
            shown(MessageRef::Text(json), &layout, extent)
        };
        let indented = "< {\n    \"a\": [\n      1,\n      {}\n    ]\n  }\n";
        assert_eq!(with(Pretty::Always, FOLDED), indented);
        assert_eq!(with(Pretty::Always, WHOLE), indented);
        assert_eq!(with(Pretty::Never, FOLDED), format!("< {json}\n"));
        assert_eq!(with(Pretty::Never, WHOLE), format!("< {json}\n"));
        let whole = "< {\n    \"a\": [1, {}]\n  }\n";
        assert_eq!(with(Pretty::Auto, WHOLE), whole);
    }

    #[test]
    fn what_is_folded_names_the_command_that_shows_it() {
        let json = format!("[{}]", vec!["1"; 1000].join(","));
        for (rows, columns, last) in [
            (24, 80, "  … /show 12 shows it whole"),
            (5, 80, "  … /show 12 shows it whole"),
            (24, 40, "  … /show 12 shows it whole"),
            (24, 20, "  … /show 12"),
            (5, 8, "  … /show 12"),
        ] {
            let what = MessageRef::Text(&json);
            let folded = shown(what, &layout(rows, columns), KNOWN);
            assert_eq!(folded.lines().last(), Some(last), "{folded}");
            assert!(folded.lines().count() <= rows.max(5), "{folded}");
            assert!(folded.contains(" more\n"), "{folded}");
            let unknown = shown(what, &layout(rows, columns), FOLDED);
            assert!(!unknown.contains("/show"), "{unknown}");
            assert!(folded.starts_with(unknown.trim_end()));
        }
    }

    #[test]
    fn long_binary_is_dumped_and_cut_with_its_true_length() {
        let dump = |length, columns, extent| {
            let bytes = vec![b'A'; length];
            shown(MessageRef::Binary(&bytes), &layout(24, columns), extent)
        };
        let short = dump(33, 80, KNOWN);
        assert!(
            short.starts_with("< /binary (33 bytes)\n  00000000  41 "),
            "{short}"
        );
        assert_eq!(short.lines().count(), 4);
        let cut = dump(1000, 80, KNOWN);
        let last = "  … the first 256 of 1000 bytes; /show 12 shows all";
        assert_eq!(cut.lines().last(), Some(last));
        assert_eq!(cut.lines().count(), 18);
        let narrow = dump(1000, 20, KNOWN);
        assert!(narrow.starts_with("< /binary\n  (1000 bytes)\n  0000  41 41 41 41\n"));
        assert!(
            narrow.lines().all(|row| row.chars().count() <= 20),
            "{narrow}"
        );
        let told = "  … the first 76 of 1000 bytes";
        assert!(dump(1000, 40, FOLDED).ends_with(&format!("{told}\n")));
        assert_eq!(dump(1000, 80, WHOLE).lines().count(), 64);
    }

    #[test]
    fn long_text_is_cut_with_its_true_length() {
        let long = format!("{}é!", "x".repeat(MAX_TEXT - 1));
        let folded = shown(MessageRef::Text(&long), &layout(24, 80), KNOWN);
        let told = "x\n  … the first 16383 of 16386 bytes; /show 12 shows all\n";
        assert!(folded.ends_with(told), "{}", &folded[MAX_TEXT - 9..]);
        let whole = shown(MessageRef::Text(&long), &layout(24, 80), WHOLE);
        assert_eq!(whole, format!("< {long}\n"));
        let most = "x".repeat(MAX_TEXT);
        assert_eq!(text(&most, 80), format!("< {most}\n"));
        let json = format!("[\"{most}\"]");
        let never = Layout {
            pretty: Pretty::Never,
            ..layout(24, 80)
        };
        let folded = shown(MessageRef::Text(&json), &never, FOLDED);
        assert!(folded.starts_with("< [\"xxx"), "{}", &folded[..20]);
        assert!(folded.ends_with("\n  … the first 16384 of 16388 bytes\n"));
    }

    #[test]
    fn nothing_can_be_mistaken_for_a_message_or_notice_of_ours() {
        let json = r#"{"a":"* closed by the server","b":["< forged","> forged"],"c":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
        for columns in [8, 20, 40, 80] {
            for row in text(json, columns).lines().skip(1) {
                assert!(row.starts_with("  "), "{row}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_message_on_one_line_is_read_back(content in any::<String>()) {
            let line = text(&content, 80);
            let line = line.strip_prefix("< ").unwrap().trim_end_matches('\n');
            prop_assume!(!line.contains('\n'));
            prop_assert_eq!(parse_line(line), Ok(Line::Message(Message::Text(content))));
        }

        #[test]
        fn no_text_drives_the_terminal(content in any::<String>(), columns in 0..100_usize, rows in 0..60_usize) {
            for extent in [KNOWN, WHOLE] {
                let what = MessageRef::Text(&content);
                let folded = shown(what, &layout(rows, columns), extent);
                prop_assert!(!folded.chars().any(|c| c != '\n' && notation::must_escape(c)));
            }
        }

        #[test]
        fn a_dump_fits_into_the_window(bytes in prop::collection::vec(any::<u8>(), 33..400), columns in 20..120_usize) {
            let dump = shown(MessageRef::Binary(&bytes), &layout(24, columns), KNOWN);
            for row in dump.lines() {
                prop_assert!(width(row) <= columns, "{}", dump);
            }
        }
    }

    #[test]
    fn of_what_is_asked_for_whole_a_mebibyte_is_shown_and_where_the_rest_is() {
        let extent = Extent::Whole {
            rest: Some("/save FILE"),
        };
        let large = "x".repeat(2 * MAX_WHOLE);
        let numbers = vec!["1234567"; MAX_WHOLE / 4].join(",");
        let texts = [
            (large.clone(), "the first 1048576 of 2097152 bytes"),
            (
                format!("[{numbers}]"),
                "of 2097153 bytes the rest is not shown",
            ),
            (
                format!("{{\"a\":\"{large}\",\"b\":1}}"),
                "of 2097166 bytes the rest is not shown",
            ),
            (
                format!("{{\"{large}\":1}}"),
                "of 2097158 bytes the rest is not shown",
            ),
            (
                format!("[{}]", vec!["{}"; MAX_WHOLE / 2].join(",")),
                "of 1572865 bytes the rest is not shown",
            ),
        ];
        for (text, told) in texts {
            let shown = shown(MessageRef::Text(&text), &layout(24, 80), extent);
            let last = format!("  … {told}; /save FILE has all of it");
            assert_eq!(shown.lines().last(), Some(&*last));
            assert!(shown.len() < 4 * MAX_WHOLE, "{}", shown.len());
            let is_blank = |row: &str| row.trim().is_empty();
            assert!(!shown.lines().any(is_blank));
        }
        let bytes = vec![7; MAX_WHOLE + 1];
        let dump = shown(MessageRef::Binary(&bytes), &layout(24, 80), WHOLE);
        let last = "  … the first 1048576 of 1048577 bytes";
        assert_eq!(dump.lines().last(), Some(last));
    }
}
