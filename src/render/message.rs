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
/// JSON takes so many rows, at least and at most.
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
    out.push_str(&match direction {
        Direction::Received => layout.style.received("< "),
        Direction::Sent => layout.style.sent("> "),
    });
    let mut page = Page {
        layout,
        extent,
        used: used + 2,
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
            Pretty::Auto if self.extent != Extent::Whole && self.fits(text) => {
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
            return json::whole(text, &sheet, self.out);
        };
        // The prompt, what is said of the rest, and one more to see what was before.
        let rows = self.layout.window.rows.saturating_sub(3);
        let rows = rows.clamp(ROWS.0, ROWS.1);
        if json::folded(text, &sheet, rows, self.out)
            && let Some(number) = show
        {
            self.aside(&[
                format!("… /show {number} shows it whole"),
                format!("… /show {number}"),
            ]);
        }
    }

    /// Text as the notation writes it, in the colours of JSON if it is that.
    fn line(&mut self, text: &str) {
        if self.extent != Extent::Whole && text.len() > MAX_TEXT {
            return self.beginning(text);
        }
        match text.len() <= MAX_TEXT && is_plain(text) && json::is_container(text) {
            true => json::coloured(text, self.layout.style, self.out),
            false => notation::write(MessageRef::Text(text), self.out),
        }
    }

    fn beginning(&mut self, text: &str) {
        let mut end = MAX_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
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
            Extent::Folded { .. } => &bytes[..bytes.len().min(MAX_DUMP)],
            Extent::Whole => bytes,
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
