//! What a run tells of a failure, in the form in which the table has it.

use super::healthy::Scene;

/// A block without its file, its line of the transcript and the last messages:
///
///     15:1: another message came than the expected one
///       expected     {"type":"welcome","id":1}
///       received     {"type":"welcome","id":2}
///       differences  $.id: expected 1, came 2
///     hint: what to do
///
/// Times that were measured are `N`. Panics if it is no block, or does not show the line
/// that it names with a mark under the column.
pub fn read(block: &[&str], scene: &Scene) -> String {
    let text = block.join("\n");
    let &[head, source, mark, ref rest @ ..] = block else {
        panic!("this is not how a failure is told:\n{text}");
    };
    let head = head.strip_prefix(scene.name).unwrap_or_default();
    let head = head.strip_prefix(':').unwrap_or_default();
    let mut parts = head.splitn(3, ':');
    let (line, column) = (parts.next(), parts.next());
    check_source(scene, (line, column), (source, mark));
    let is_last = |line: &&str| is_last(line);
    let begin = rest.iter().position(is_last).unwrap_or(rest.len());
    let (rows, behind) = rest.split_at(begin);
    let hint = behind.iter().filter(|line| !line.starts_with("  "));
    let mut told = vec![without_times(head)];
    told.extend(rows.iter().chain(hint).map(|line| (*line).to_owned()));
    told.join("\n")
}

fn is_last(line: &str) -> bool {
    line.starts_with("  the last ") || line == "  nothing was said before"
}

/// The line as it stands in the transcript, and the mark beneath it.
#[track_caller]
fn check_source(scene: &Scene, place: (Option<&str>, Option<&str>), found: (&str, &str)) {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok());
    let (line, column) = (number(place.0), number(place.1));
    let line = line.expect("the number of a line");
    let column = column.expect("the number of a column");
    let written = scene.text.lines().nth(line - 1).unwrap_or_default();
    assert_eq!(found.0, format!("{line:>4} | {written}"));
    assert_eq!(found.1, format!("     | {:>column$}", "^"));
}

/// With `N` for a time that was measured, in `after 51 ms` and `is 1.2 s`.
fn without_times(message: &str) -> String {
    let mut words: Vec<&str> = message.split(' ').collect();
    for at in 1..words.len().saturating_sub(1) {
        let (before, behind) = (words[at - 1], words[at + 1].trim_end_matches(','));
        let is_time = words[at].parse::<f64>().is_ok() && ["ms", "s"].contains(&behind);
        if is_time && ["after", "is"].contains(&before) {
            words[at] = "N";
        }
    }
    words.join(" ")
}
