//! The DURATION of options and of `/wait`: `5`, `0.5` (seconds), `800ms`, `2m`.
//!
//! Pure, and exact: decimals are never passed through floating point. What it
//! returns can be added to any moment of the clock without overflow.

use std::time::Duration;

/// The longest duration there is: 2^32 - 1 seconds, about 136 years.
pub const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// Why a word is not a DURATION. The text names the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    #[error("a duration is missing: write seconds (5, 0.5), 800ms or 2m")]
    Missing,
    #[error("a duration cannot be negative")]
    Negative,
    #[error("`{0}` is not a duration: write seconds (5, 0.5), 800ms or 2m")]
    Malformed(String),
    #[error("the duration is too long: the longest is {} s", LONGEST.as_secs())]
    TooLong,
}

/// Reads digits, perhaps a point and more digits, perhaps a unit: `ms`, `s`
/// (meant when there is none) or `m`. What is finer than a nanosecond is cut.
///
/// # Errors
/// Anything else, blanks included, and what is longer than [`LONGEST`].
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    if text.is_empty() {
        return Err(DurationError::Missing);
    }
    if text.starts_with('-') {
        return Err(DurationError::Negative);
    }
    let malformed = || DurationError::Malformed(text.chars().take(32).collect());
    let (number, unit) = split_unit(text);
    let (whole, fraction) = split_number(number).ok_or_else(malformed)?;
    let nanoseconds = whole
        .parse::<u128>()
        .ok()
        .and_then(|whole| whole.checked_mul(unit))
        .and_then(|nanoseconds| nanoseconds.checked_add(share(fraction, unit)))
        .ok_or(DurationError::TooLong)?;
    if nanoseconds > LONGEST.as_nanos() {
        return Err(DurationError::TooLong);
    }
    // Both fit: LONGEST is 2^32 seconds, less than 2^62 nanoseconds.
    u64::try_from(nanoseconds)
        .map(Duration::from_nanos)
        .map_err(|_| DurationError::TooLong)
}

/// The number, and its unit in nanoseconds.
fn split_unit(text: &str) -> (&str, u128) {
    const UNITS: [(&str, u128); 3] = [
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
    ];
    UNITS
        .iter()
        .find_map(|&(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))
        .unwrap_or((text, 1_000_000_000))
}

/// The digits before and after the point; both sides need some if it is there.
fn split_number(number: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then_some((whole, fraction))
}

/// The nanoseconds in the digits after the point, rounded down.
fn share(fraction: &str, unit: u128) -> u128 {
    // 18 digits are finer than a nanosecond of any unit, and cannot overflow.
    let (value, scale) = fraction
        .bytes()
        .take(18)
        .fold((0, 1), |(value, scale), digit| {
            (value * 10 + u128::from(digit - b'0'), scale * 10)
        });
    value * unit / scale
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_meant_where_no_unit_is_given() {
        let table = [
            ("0", 0),
            ("5", 5_000),
            ("0.5", 500),
            ("5s", 5_000),
            ("800ms", 800),
            ("2m", 120_000),
            ("0.5m", 30_000),
            ("1.25s", 1_250),
            ("007", 7_000),
        ];
        for (text, milliseconds) in table {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn decimals_are_exact_down_to_the_nanosecond() {
        assert_eq!(parse("0.1"), Ok(Duration::from_nanos(100_000_000)));
        assert_eq!(parse("0.000000001"), Ok(Duration::from_nanos(1)));
        assert_eq!(parse("0.0000000019"), Ok(Duration::from_nanos(1)));
        assert_eq!(parse("0.5ms"), Ok(Duration::from_nanos(500_000)));
        assert_eq!(
            parse("1.99999999999999999999999999999999999999999999"),
            Ok(Duration::from_nanos(1_999_999_999))
        );
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_forms_that_are() {
        for text in [
            "abc", "NaN", "inf", "1e3", "+5", " 5", "5 ", "5 s", ".5", "5.", ".", "5h", "5msec",
            "ms", "m", "1.2.3", "1,5", "٥",
        ] {
            assert_eq!(
                parse(text),
                Err(DurationError::Malformed(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!(
            parse("abc").unwrap_err().to_string(),
            "`abc` is not a duration: write seconds (5, 0.5), 800ms or 2m"
        );
        assert_eq!(parse(""), Err(DurationError::Missing));
        assert_eq!(parse("-1"), Err(DurationError::Negative));
    }

    #[test]
    fn a_duration_can_always_be_added_to_the_clock() {
        assert_eq!(parse("4294967295"), Ok(LONGEST));
        for text in [
            "4294967296",
            "4294967295.1",
            "71582789m",
            "99999999999999999999999999999999999999999999",
        ] {
            assert_eq!(parse(text), Err(DurationError::TooLong), "{text}");
        }
        assert!(std::time::Instant::now().checked_add(LONGEST).is_some());
    }
}
