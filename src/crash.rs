//! What becomes of a panic, on whichever thread: the terminal is given back, stderr says
//! what broke and how to report it, and the program ends with [`INTERNAL`].
//!
//! A thread that is gone leaves others waiting for it, so that nothing else can be done
//! well: what has been received and not written by then is lost, and a recording keeps
//! its lines up to the last turn. Beside the panic's own message nothing is shown, no
//! payload and no option.

use std::panic::{self, PanicHookInfo};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::engine::write_stderr;
use crate::error::INTERNAL;
use crate::render::escape;
use crate::terminal::Found;

/// How long a terminal or pipe that nobody reads is waited for.
const LIMIT: Duration = Duration::from_secs(2);
/// The longest message of a panic, in characters.
const LONGEST: usize = 2000;
/// No more marks around pastes, a cursor that shows, no colour, a line of our own.
const AS_FOUND: &[u8] = b"\x1b[?2004l\x1b[?25h\x1b[0m\r\n";

/// Looks how the terminal is, and from then on ends the program when something panics:
/// to be called first of all, once.
pub fn guard() {
    let found = Found::now();
    let broken = AtomicBool::new(false);
    panic::set_hook(Box::new(move |panic| {
        // Of several, one tells; the others wait for its end.
        while broken.swap(true, Ordering::AcqRel) {
            thread::park();
        }
        break_off(found.as_ref(), panic);
    }));
}

#[allow(
    clippy::exit,
    reason = "no other thread can be told, and none may be waited for"
)]
fn break_off(found: Option<&Found>, panic: &PanicHookInfo<'_>) -> ! {
    if let Some(found) = found.filter(|found| found.is_changed()) {
        found.restore();
        draw_as_found(found);
    }
    let place = panic.location().map(ToString::to_string);
    let told = report(message(panic), place.as_deref(), thread::current().name());
    write_stderr(told.as_bytes(), LIMIT);
    if let Some(found) = found {
        // The editor may have begun another line.
        found.restore();
    }
    process::exit(INTERNAL.into())
}

#[cfg(unix)]
fn draw_as_found(found: &Found) {
    crate::engine::write_within(found.device(), AS_FOUND, LIMIT);
}

#[cfg(windows)]
fn draw_as_found(_: &Found) {
    write_stderr(AS_FOUND, LIMIT);
}

fn message<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = panic.payload();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(owned).unwrap_or("no message")
}

/// The lines that tell of it.
fn report(message: &str, place: Option<&str>, thread: Option<&str>) -> String {
    let cut: String = message.chars().take(LONGEST).collect();
    let place = place.unwrap_or("at an unknown place");
    let thread = thread.map_or(String::new(), |name| format!(", thread {name}"));
    let (version, system, machine) = (
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    let to = match env!("CARGO_PKG_REPOSITORY") {
        "" => String::new(),
        url => format!(" at {url}"),
    };
    format!(
        "wstalk: error: internal: {} ({}{})\n\
         hint: please report this{to} with the command line, its secrets left out, and the line above: \
         wstalk {version}, {system} {machine}\n",
        escape(&cut),
        escape(place),
        escape(&thread)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_and_where_on_two_lines_that_drive_nothing() {
        let told = report("a\n\x1b[2Jb", Some("src/x.rs:1:2"), Some("main"));
        let first = "wstalk: error: internal: a\\n\\u001b[2Jb (src/x.rs:1:2, thread main)";
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], first);
        assert!(lines[1].starts_with("hint: please report this"));
        assert!(lines[1].contains(concat!("wstalk ", env!("CARGO_PKG_VERSION"))));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_long_message_is_cut_and_a_missing_place_is_said() {
        let told = report(&"é".repeat(100_000), None, None);
        assert!(told.chars().count() < LONGEST + 400);
        assert!(told.contains("(at an unknown place)"));
    }
}
