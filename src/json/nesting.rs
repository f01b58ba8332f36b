//! Where in a text its end stands: how deep in brackets, and whether in a string.

/// How deep in brackets, and whether in a string, the end of a text is. Fed piece
/// by piece it tells cheaply when a value cannot be complete yet; only where the
/// text is JSON does it mean anything.
#[derive(Debug, Clone, Default)]
pub struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Goes on with the next piece of the text.
    pub fn feed(&mut self, text: &str) {
        text.chars().for_each(|c| self.step(c));
    }

    /// Whether every bracket and string that was opened has been closed.
    pub fn is_closed(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Whether the next character belongs to a string.
    pub fn in_string(&self) -> bool {
        self.in_string
    }

    /// Goes on by a character.
    pub(super) fn step(&mut self, c: char) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        match c {
            '"' => self.in_string = !self.in_string,
            '\\' => self.escaped = self.in_string,
            '{' | '[' if !self.in_string => self.depth += 1,
            '}' | ']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}
