//! JSON with every part of it, indented.

use super::super::style::Tint;
use super::row::{BESIDE, Row, fitting, inline_width, is_narrow, token_width};
use super::{Nested, Sheet, tinted};
use crate::json::{Token, Tokens};

/// Appends a value, of which the first row stands where `out` ends.
pub(in super::super) fn whole(text: &str, sheet: &Sheet, out: &mut String) {
    let mut row = Row {
        sheet,
        out,
        cut: false,
    };
    let mut tokens = Tokens::new(text);
    let mut depth = 0_usize;
    // Columns of the row that are taken by a name.
    let mut taken = 0;
    loop {
        let here = tokens.clone();
        let Some(token) = tokens.next() else {
            break;
        };
        let (tint, shown) = tinted(token, &tokens);
        match token {
            Token::Open(_) if tokens.rest().starts_with([']', '}']) => {
                row.inline(&mut { here });
                tokens.next();
            }
            Token::Open(_) if depth > 0 && fits(&here, sheet, depth, taken) => {
                tokens = here;
                row.inline(&mut tokens);
            }
            Token::Open(_) => match scalars(&here, sheet) {
                Some(count) => {
                    tokens = here;
                    row.filled(&mut tokens, count, depth, usize::MAX);
                }
                None => {
                    row.tint(tint, shown);
                    depth += 1;
                    sheet.new_row(depth, row.out);
                }
            },
            Token::Close(_) => {
                depth = depth.saturating_sub(1);
                sheet.new_row(depth, row.out);
                row.tint(tint, shown);
            }
            Token::Comma => {
                row.out.push(',');
                sheet.new_row(depth, row.out);
            }
            Token::Colon => row.out.push_str(": "),
            _ => row.tint(tint, shown),
        }
        taken = match (tint, token) {
            (Tint::Key, _) => fitting(shown, sheet.columns).unwrap_or(sheet.columns) + 2,
            (_, Token::Colon) => taken,
            _ => 0,
        };
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
