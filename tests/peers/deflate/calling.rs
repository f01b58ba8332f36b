//! `listen --echo` as the server of a library's client, which compares what
//! comes back.

use std::time::Duration;

use super::super::installed::Library;
use super::super::listener::Listener;
use super::case::{Case, Side};
use super::messages::{Large, messages};
use super::{Files, sorted};

/// For all of a table. An unoptimized program on a busy machine takes minutes
/// over large messages in small windows.
const LIMIT: Duration = Duration::from_secs(300);

/// Every configuration must agree as it says, and keep every byte. `options`
/// are those of the listener.
#[track_caller]
pub fn call(library: Library, options: &[&str], cases: &[Case]) {
    let messages = messages(Large::Included);
    let files = Files::new(cases, &messages);
    let listener = Listener::start(options);
    let output = library
        .program("deflate-client")
        .arg(listener.url())
        .args([files.settings(), files.messages()])
        .within(LIMIT)
        .run()
        .stderr("");
    let said = String::from_utf8(output.stdout_seen().to_vec()).expect("a report in UTF-8");
    let numbered = cases.iter().enumerate();
    let expected = numbered.map(|(number, case)| {
        let name = format!("call {number}");
        case.report(&name, Side::Server, messages.len())
    });
    let said = said.lines().map(str::to_owned);
    assert_eq!(sorted(said), sorted(expected), "{library:?}");
    output.code(0);
    listener.finish();
}
