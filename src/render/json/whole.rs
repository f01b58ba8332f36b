//! JSON with every part of it, indented.

use super::super::style::Tint;
use super::row::{BESIDE, Row, fitting, inline_width, is_narrow, token_width};
use super::{Nested, Sheet, tinted};
use crate::json::{Token, Tokens};

/// Appends a value, of which the first row stands where `out` ends: of its text about as
/// much as `limit` bytes. Gives whether something was left out.
pub(in super::super) fn whole(text: &str, sheet: &Sheet, limit: usize, out: &mut String) -> bool {
    let mut walk = Walk {
        row: Row {
            sheet,
            out,
            is_cut: false,
        },
        tokens: Tokens::new(text),
        depth: 0,
        taken: 0,
    };
    loop {
        let here = text.len() - walk.tokens.rest().len();
        let left = limit.saturating_sub(here);
        let over = left == 0 && !walk.tokens.rest().is_empty();
        if over || walk.row.is_cut {
            let end = walk.row.out.trim_end().len();
            walk.row.out.truncate(end);
            return true;
        }
        if walk.step(left).is_none() {
            return false;
        }
    }
}

/// A text that is drawn token by token.
struct Walk<'a, 's> {
    row: Row<'s>,
    tokens: Tokens<'a>,
    depth: usize,
    /// Columns of the row that are taken by a name.
    taken: usize,
}

impl<'a> Walk<'a, '_> {
    /// Draws what comes next, if something does: of what has no parts, and of an array of
    /// scalars, as much as `left` bytes.
    fn step(&mut self, left: usize) -> Option<()> {
        let here = self.tokens.clone();
        let token = self.tokens.next()?;
        let (tint, shown) = tinted(token, &self.tokens);
        match token {
            Token::Open(_) => self.open(here, shown, left),
            Token::Close(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.row.sheet.new_row(self.depth, self.row.out);
                self.row.tint(tint, shown);
            }
            Token::Comma => {
                self.row.out.push(',');
                self.row.sheet.new_row(self.depth, self.row.out);
            }
            Token::Colon => self.row.out.push_str(": "),
            _ if shown.len() > left => self.row.cut(tint, shown, left),
            _ => self.row.tint(tint, shown),
        }
        let columns = self.row.sheet.columns;
        self.taken = match (tint, token) {
            (Tint::Key, _) => fitting(shown, columns).unwrap_or(columns) + 2,
            (_, Token::Colon) => self.taken,
            _ => 0,
        };
        Some(())
    }

    /// Draws the container that begins `here`, or its bracket.
    fn open(&mut self, here: Tokens<'a>, bracket: &str, left: usize) {
        let sheet = self.row.sheet;
        if self.tokens.rest().starts_with([']', '}']) {
            self.row.inline(&mut { here });
            self.tokens.next();
        } else if self.depth > 0 && fits(&here, sheet, self.depth, self.taken) {
            self.tokens = here;
            self.row.inline(&mut self.tokens);
        } else if let Some(count) = scalars(&here, sheet) {
            self.tokens = here;
            let rows = 1 + left / sheet.columns;
            self.row.filled(&mut self.tokens, count, self.depth, rows);
        } else {
            self.row.tint(Tint::Plain, bracket);
            self.depth += 1;
            sheet.new_row(self.depth, self.row.out);
        }
    }
}

/// Whether the next value fits beside a name of so many columns, with its comma.
fn fits(tokens: &Tokens<'_>, sheet: &Sheet, depth: usize, taken: usize) -> bool {
    let Some(room) = sheet.room(depth).checked_sub(taken + 1) else {
        return false;
    };
    // Far down there may be brackets only, and each would look ahead as far.
    let far = depth > sheet.deepest();
    let room = if far { room.min(BESIDE) } else { room };
    sheet.nested == Nested::Beside && inline_width(tokens, room).is_some()
}

/// How many scalars an array has whose rows are filled with them. No container in it is
/// looked into, so that nothing is looked at more than twice.
fn scalars(tokens: &Tokens<'_>, sheet: &Sheet) -> Option<usize> {
    let mut tokens = tokens.clone();
    if sheet.nested == Nested::Below || tokens.next() != Some(Token::Open("[")) {
        return None;
    }
    let mut count = 0;
    let most = sheet.columns;
    for token in tokens {
        match token {
            Token::Close(_) => break,
            Token::Open(_) => return None,
            Token::Comma | Token::Colon => {}
            _ if is_narrow(token_width(token, most).unwrap_or(most), sheet) => count += 1,
            _ => return None,
        }
    }
    Some(count)
}
