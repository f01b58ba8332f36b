//! Texts of any length, made as short as they are shown. What was cut ends with `…` and
//! the length of the whole: `… (12,345 bytes)`.

use crate::json::{Scan, scan};
use crate::masker::{Masker, floor};
use crate::message::MessageRef;
use crate::notation;
use crate::render::bytes;
use crate::visible;

/// Longer messages are not written down whole to be cut afterwards, in bytes.
const LARGE: usize = 64 * 1024;
/// Narrower places have no room for a length, in columns.
const NARROW: usize = 40;

/// A text without secrets, of which the first `limit` bytes are left.
pub(super) fn masked(text: &str, limit: usize, masker: &Masker) -> String {
    if text.len() <= limit {
        return masker.text(text).into_owned();
    }
    masker.head(text, limit) + &told(text.len())
}

/// A message in the notation, the same way: it takes `limit` bytes at most, and then
/// the length of its payload is told.
pub(super) fn message(message: MessageRef<'_>, limit: usize, masker: &Masker) -> String {
    let (payload, is_large) = match message {
        MessageRef::Text(text) => (text.len(), text.len() > LARGE),
        MessageRef::Binary(bytes) => (bytes.len(), bytes.len() > LARGE),
        MessageRef::Ping(bytes) | MessageRef::Pong(bytes) | MessageRef::Close(bytes) => {
            (bytes.len(), false)
        }
    };
    let mut line = String::new();
    match message {
        MessageRef::Text(text) if is_large => beginning(text, &mut line),
        MessageRef::Binary(bytes) if is_large => {
            notation::write(MessageRef::Binary(&bytes[..LARGE]), &mut line);
        }
        message => notation::write(message, &mut line),
    }
    match line.len() > limit {
        true => masker.head(&line, limit) + &told(payload),
        false => masker.text(&line).into_owned(),
    }
}

/// The beginning of a text whose end is not shown: it is no unfinished JSON.
fn beginning(text: &str, out: &mut String) {
    let head = &text[..floor(text, LARGE)];
    let is_json = head.starts_with(['{', '[']) && scan(head) == Scan::Incomplete;
    match is_json && notation::is_plain(head) {
        true => out.push_str(head),
        false => notation::write(MessageRef::Text(head), out),
    }
}

/// A text that may be shown as it is, in so many columns; what was cut before stays told.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if visible::width(text) <= columns {
        return text.to_owned();
    }
    let (text, end) = match cut_before(text) {
        Some((head, end)) => (head, end.to_owned()),
        None => (text, told(text.len())),
    };
    let end = match columns < NARROW {
        true => "…".to_owned(),
        false => end,
    };
    let mut left = columns.saturating_sub(visible::width(&end));
    let fits = |c: &char| match left.checked_sub(visible::columns(*c)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    text.chars().take_while(fits).collect::<String>() + &end
}

fn told(length: usize) -> String {
    format!("… ({})", bytes(length as u64))
}

/// A text that ends as [`told`] does, and that end.
fn cut_before(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind("… (").filter(|_| text.ends_with(" bytes)"))?;
    Some(text.split_at(at))
}
