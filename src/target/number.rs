//! Numbers in what users write: decimal digits, and nothing else.

use std::str::FromStr;

/// A number; a sign before it makes it none, though Rust would read it.
pub fn digits<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// A port: a number from 1 to 65535.
pub fn port(text: &str) -> Option<u16> {
    digits(text).filter(|port| *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_written_in_digits_alone() {
        for (text, number) in [
            ("1", Some(1)),
            ("0080", Some(80)),
            ("65535", Some(65535)),
            ("65536", None),
            ("0", None),
            ("+80", None),
            ("-1", None),
            ("8x", None),
            (" 80", None),
            ("", None),
        ] {
            assert_eq!(port(text), number, "{text:?}");
        }
    }
}
