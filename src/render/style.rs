//! Colours, decided per stream.
//!
//! The library decides for stdout only, so it is told to colour always, and
//! the decision is made here.

use colored::{ColoredString, Colorize, control};

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
