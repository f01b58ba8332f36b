//! What is legal in an answer and yet unusual: accepted, and said under `-v`.

use super::reply::Agreed;
use super::request::Request;
use crate::http::ResponseHead;

/// Each oddity in words; texts of the server stand there as they came.
pub(super) fn oddities(
    response: &ResponseHead,
    interim: &[u16],
    request: &Request,
    agreed: &Agreed,
) -> Vec<String> {
    let head = &response.head;
    let line = head.raw.split(|byte| *byte == b'\n').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default().trim_ascii_end()).into_owned();
    let bare = memchr::memchr_iter(b'\n', &head.raw).any(|at| !head.raw[..at].ends_with(b"\r"));
    let folded = head
        .raw
        .windows(2)
        .any(|pair| matches!(pair, b"\n " | b"\n\t"));
    let mut found = Vec::new();
    let mut note = |odd: bool, text: String| found.extend(odd.then_some(text));
    note(
        !interim.is_empty(),
        format!("the server sent interim responses first: {interim:?}"),
    );
    note(
        head.blank_lines,
        "the server sent empty lines before its answer".into(),
    );
    note(
        line != "HTTP/1.1 101 Switching Protocols",
        format!("the status line is \"{line}\""),
    );
    note(bare, "lines of the answer end with a bare line feed".into());
    note(folded, "a header of the answer is folded over lines".into());
    for name in ["Content-Length", "Transfer-Encoding"] {
        note(
            head.values(name).next().is_some(),
            format!("the answer has the header {name}, which means nothing here"),
        );
    }
    note(
        agreed.subprotocol.is_none() && !request.subprotocols.is_empty(),
        "the server chose none of the subprotocols that were offered".into(),
    );
    found
}
