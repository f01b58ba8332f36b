//! What the system says of a failure, as the end of a sentence.

use std::io;

/// The system's words, without the error number that Rust adds, and the full stop of
/// some systems.
pub fn io_cause(error: &io::Error) -> String {
    lower(without_number(&error.to_string()))
}

/// The same words, not begun with a capital letter.
pub(super) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn without_number(text: &str) -> &str {
    text.split_once(" (os error")
        .map_or(text, |(words, _)| words.strip_suffix('.').unwrap_or(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_read_as_the_end_of_a_sentence() {
        #[cfg(target_os = "linux")]
        let error = io::Error::from_raw_os_error(111);
        #[cfg(target_os = "linux")]
        assert_eq!(io_cause(&error), "connection refused");
        let error = io::Error::other("It was refused. (os error 10061)");
        assert_eq!(io_cause(&error), "it was refused");
        assert_eq!(io_cause(&io::Error::other("Odd")), "odd");
        assert_eq!(io_cause(&io::Error::other("")), "");
    }
}
