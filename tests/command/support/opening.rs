//! What `-v` says of opening a connection, told apart from everything else.

/// The lines without those that lead to the connection, and without its times: a
/// test of what comes after looks at the rest.
pub fn beside_the_opening(told: &str) -> Vec<&str> {
    let connected = told
        .lines()
        .position(|line| line.starts_with("* connected to "));
    let numbered = told.lines().enumerate();
    numbered
        .filter(|(at, line)| Some(*at) >= connected || !is_a_step(line))
        .filter(|(_, line)| !is_of_times(line))
        .map(|(_, line)| line)
        .collect()
}

fn is_a_step(line: &str) -> bool {
    let marks = [
        "> ",
        "< ",
        "* name ",
        "* trying ",
        "* reached ",
        "* TLS ",
        "* certificate ",
    ];
    matches!(line, ">" | "<") || marks.iter().any(|mark| line.starts_with(mark))
}

/// `* name 0.20 ms, TCP 0.10 ms, upgrade 0.50 ms`
fn is_of_times(line: &str) -> bool {
    line.starts_with("* name ") && line.contains(", upgrade ")
}
