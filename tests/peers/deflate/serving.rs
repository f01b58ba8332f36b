//! The program as a client of a library's server, twice in each configuration:
//! as a pipe whose lines, a large one among them, the server sends back, and as
//! an echo whose work the server compares.

use std::time::Duration;

use super::super::installed::Library;
use super::super::peer::Peer;
use super::super::support::{Command, Output, wstalk};
use super::case::{Case, Side};
use super::messages::{Large, lines, messages};
use super::{Files, each, sorted};

/// Long enough for a busy machine: who takes this long has failed.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
enum Role {
    /// The server sends back what the program sends.
    Echo,
    /// The server sends, and compares what comes back.
    Compare,
}

/// Every configuration must agree as it says, and keep every byte.
#[track_caller]
pub fn serve(library: Library, cases: &[Case]) {
    let messages = messages(Large::LeftOut);
    let files = Files::new(cases, &messages);
    let (settings, records) = (files.settings(), files.messages());
    let arguments = [settings, records].map(|path| path.display().to_string());
    let peer = Peer::serve(
        library,
        "deflate-server",
        &arguments.each_ref().map(String::as_str),
    );
    let ports = peer.ports();
    assert_eq!(ports.len(), cases.len(), "a port for each");
    let (lines, count) = lines(&self::messages(Large::Included));
    let numbered = || cases.iter().enumerate();
    let jobs = numbered().flat_map(|job| [(job, Role::Echo), (job, Role::Compare)]);
    each(jobs, |((number, case), role)| {
        let port = ports[number];
        match role {
            Role::Echo => pipe(port, case, &lines, count),
            Role::Compare => echo(port, case),
        }
    });
    let total = messages.len();
    let expected = numbered().flat_map(|(number, case)| {
        [("echo", count), ("compare", total)]
            .map(|(role, count)| case.report(&format!("{role} {number}"), Side::Client, count))
    });
    assert_eq!(sorted(peer.finish()), sorted(expected), "{library:?}");
}

fn run(url: &str, case: &Case) -> Command {
    wstalk()
        .args(["-v", "--stats", url])
        .args(&case.options)
        .within(LIMIT)
}

/// Lines in, the same lines out.
fn pipe(port: u16, case: &Case, lines: &[u8], count: usize) {
    let url = format!("ws://127.0.0.1:{port}/echo");
    let output = run(&url, case)
        .args(["-N", &count.to_string()])
        .stdin(lines)
        .run();
    let seen = output.stdout_seen();
    let same = seen.iter().zip(lines).take_while(|(seen, due)| seen == due);
    assert!(
        seen == lines,
        "{case:?}: stdout differs after {} of {} bytes\n{}",
        same.count(),
        lines.len(),
        output.stderr_seen()
    );
    told(&output, &url, case, "closed: 1000 (normal closure)");
    output.code(0);
}

fn echo(port: u16, case: &Case) {
    let url = format!("ws://127.0.0.1:{port}/compare");
    let output = run(&url, case).arg("--echo").run().stdout("");
    told(
        &output,
        &url,
        case,
        "closed by the server: 1000 (normal closure)",
    );
    output.code(0);
}

/// stderr must tell of this agreement, this end, of compression where there is
/// some, and of nothing else.
#[track_caller]
fn told(output: &Output, url: &str, case: &Case, end: &str) {
    let stderr = output.stderr_seen();
    let extension = case.extension().map(|extension| format!(", {extension}"));
    let opened = format!(
        "* connected to {url} (HTTP 101{}, ",
        extension.unwrap_or_default()
    );
    // What is tried and the heads stand before.
    let told = stderr
        .lines()
        .skip_while(|line| !line.starts_with("* connected to "));
    let told: Vec<&str> = told.collect();
    let time = told.first().and_then(|line| line.strip_prefix(&opened));
    let time = time.and_then(|rest| rest.strip_suffix(" ms)"));
    let timed = time.is_some_and(|time| time.parse::<f64>().is_ok());
    assert!(timed, "{case:?}: not {opened}…\n{stderr}");
    assert_eq!(
        told.get(2),
        Some(&format!("* {end}").as_str()),
        "{case:?}\n{stderr}"
    );
    assert_eq!(
        told.len(),
        9,
        "more than the rows of --stats: {case:?}\n{stderr}"
    );
    let shrunk = compression(stderr).map(|halves| halves.map(shrank));
    let due = [case.program_shrinks(Side::Client), case.library_shrinks()];
    let due = case.extension().map(|_| due);
    assert_eq!(shrunk, due, "sent, received: {case:?}\n{stderr}");
}

/// Payload and wire bytes, sent and received, of a row that says
/// `sent 1,000 as 250 bytes (25 %), received 9 as 8 bytes (89 %)`.
fn compression(stderr: &str) -> Option<[(u64, u64); 2]> {
    let row = stderr
        .lines()
        .find_map(|line| line.strip_prefix("* compression"))?;
    let after = |word: &str| {
        let rest = row.split_once(word)?.1;
        let (payload, rest) = rest.split_once(" as ")?;
        let (wire, _) = rest.split_once(" bytes")?;
        let number = |text: &str| text.replace(',', "").parse().ok();
        Some((number(payload)?, number(wire)?))
    };
    Some([after("sent ")?, after("received ")?])
}

/// A tenth is what headers and messages that do not shrink may make up.
fn shrank((payload, wire): (u64, u64)) -> bool {
    wire < payload / 10 * 9
}
