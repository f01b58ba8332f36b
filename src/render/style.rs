//! Colours, decided per stream.
//!
//! The library decides for stdout only, so it is told to colour always, and
//! the decision is made here.

use std::fmt::Write;

use colored::{ColoredString, Colorize, control};

/// What a part of a message is. Colours say it again, and nothing that its letters do
/// not say; all are of the first eight, which every scheme makes readable on its
/// ground, and none is black, white, yellow or blue, which many do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tint {
    /// The name of a member.
    Key,
    String,
    Number,
    /// `true`, `false`, `null`.
    Word,
    /// What is not of the message.
    Aside,
    Plain,
}

/// How a stream wants its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    coloured: bool,
}

impl Style {
    pub fn plain() -> Self {
        Style { coloured: false }
    }

    pub fn coloured() -> Self {
        control::set_override(true);
        Style { coloured: true }
    }

    /// The mark before what the other end sent.
    pub fn received(&self, text: &str) -> String {
        self.paint(text.cyan())
    }

    /// The mark before what we sent.
    pub fn sent(&self, text: &str) -> String {
        self.paint(text.green())
    }

    /// Notices.
    pub fn notice(&self, text: &str) -> String {
        self.paint(text.dimmed())
    }

    /// The word that begins an error.
    pub fn error(&self, text: &str) -> String {
        self.paint(text.red().bold())
    }

    /// The word that begins a hint.
    pub fn hint(&self, text: &str) -> String {
        self.paint(text.green())
    }

    /// What stands beside a message and is not of it.
    pub(super) fn aside(&self, text: &str) -> String {
        self.paint(text.dimmed())
    }

    /// Appends a part of a message, which must be one row.
    pub(super) fn tint(&self, tint: Tint, text: &str, out: &mut String) {
        let painted = match tint {
            _ if !self.coloured => return out.push_str(text),
            Tint::Plain => return out.push_str(text),
            Tint::Key => text.bold(),
            Tint::String => text.green(),
            Tint::Number => text.magenta(),
            Tint::Word => text.cyan(),
            Tint::Aside => text.dimmed(),
        };
        // Writing into a string cannot fail.
        let _ = write!(out, "{painted}");
    }

    fn paint(&self, text: ColoredString) -> String {
        match self.coloured {
            true => text.to_string(),
            false => text.input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_escapes() {
        assert_eq!(Style::plain().error("error:"), "error:");
        assert!(Style::coloured().error("error:").starts_with("\x1b["));
    }
}
