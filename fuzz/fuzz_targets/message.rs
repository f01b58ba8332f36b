//! Messages on a screen. The first four bytes are rows and columns of the window, when
//! JSON is indented, and whether a stamp stands before; the rest is the message.
//!
//! Proves that no message makes drawing panic or brings a character onto the screen that
//! would drive it; that no row but the first could be one of ours; that what is folded
//! has no more rows than the window, and what is folded JSON no wider ones; and that
//! colours change no letter.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use wstalk::message::MessageRef;
use wstalk::render::{Extent, Layout, Pretty, Stamp, Style, message};
use wstalk::terminal::Window;
use wstalk::visible::{must_escape, width};
use wstalk::ws::Direction;

/// Rows that are drawn in the smallest window, beside what is said of the rest.
const FEWEST: usize = 4;
/// Columns that rows are made for at least.
const NARROWEST: usize = 20;

fuzz_target!(|bytes: &[u8]| {
    let [rows, columns, pretty, stamp, bytes @ ..] = bytes else {
        return;
    };
    let layout = Layout {
        style: Style::plain(),
        pretty: [Pretty::Auto, Pretty::Always, Pretty::Never][usize::from(*pretty) % 3],
        window: Window {
            rows: (*rows).into(),
            columns: (*columns).into(),
        },
    };
    let stamp = Stamp {
        client: (stamp & 4 == 4).then_some(3),
        number: (stamp & 1 == 1).then_some(12),
        gap: (stamp & 2 == 2).then_some(Duration::from_millis(1234)),
        time: None,
    };
    let text = String::from_utf8_lossy(bytes);
    for what in [
        MessageRef::Text(&text),
        MessageRef::Binary(bytes),
        MessageRef::Ping(bytes),
        MessageRef::Close(bytes),
    ] {
        for show in [None, Some(7)] {
            let folded = shown(what, &stamp, &layout, Extent::Folded { show });
            assert_folded(&folded, what, &layout);
        }
        shown(what, &stamp, &layout, Extent::Whole { rest: None });
    }
});

/// What is shown, without colours and with them.
fn shown(what: MessageRef<'_>, stamp: &Stamp, layout: &Layout, extent: Extent) -> String {
    let plain = message(Direction::Received, what, stamp, layout, extent);
    let is_bad = |c: char| must_escape(c) && c != '\n';
    assert!(!plain.contains(is_bad), "{plain:?}");
    let mut rows = plain.lines();
    // A narrow window has the stamp on a row of its own.
    let first = rows.find(|row| row.contains("< "));
    assert!(first.is_some(), "{plain}");
    for row in rows {
        assert!(row.starts_with("  "), "{plain}");
    }
    let style = Style::coloured();
    let layout = Layout { style, ..*layout };
    let coloured = message(Direction::Received, what, stamp, &layout, extent);
    assert_eq!(without_colours(&coloured), plain);
    plain
}

fn assert_folded(folded: &str, what: MessageRef<'_>, layout: &Layout) {
    let rows = folded.lines().count();
    // Beside them the stamp, and what is said of the rest.
    let most = layout.window.rows.saturating_sub(3).max(FEWEST) + 2;
    assert!(rows <= most, "{rows} rows of {most}\n{folded}");
    let is_json = matches!(what, MessageRef::Text(_)) && folded.lines().count() > 2;
    if is_json && layout.pretty != Pretty::Never {
        let columns = layout.window.columns.max(NARROWEST);
        for row in folded.lines() {
            assert!(width(row) <= columns, "{columns} columns\n{folded}");
        }
    }
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, behind)| behind));
    }
    plain
}
