//! The SIZE of options: `64`, `64k`, `1M`, `1G`, in powers of 1,024.
//!
//! Pure. The letter may be written in either case; there are no fractions.

/// Why a word is not a SIZE. The text names the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    #[error("a size is missing: write bytes (64), 64k, 1M or 1G")]
    Missing,
    #[error("`{0}` is not a size: write bytes (64), 64k, 1M or 1G")]
    Malformed(String),
    #[error("the size is too large: it has to be below 17179869184G")]
    TooLarge,
}

/// Reads digits and perhaps one letter, `k`, `M` or `G`; the result is in bytes.
///
/// # Errors
/// Anything else, blanks and signs included, and what does not fit in 64 bits.
pub fn parse(text: &str) -> Result<u64, SizeError> {
    if text.is_empty() {
        return Err(SizeError::Missing);
    }
    let (digits, unit) = split_unit(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SizeError::Malformed(text.chars().take(32).collect()));
    }
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or(SizeError::TooLarge)
}

/// The digits, and the bytes that one of them counts.
fn split_unit(text: &str) -> (&str, u64) {
    const UNITS: [(&[char], u64); 3] = [
        (&['k', 'K'], 1 << 10),
        (&['m', 'M'], 1 << 20),
        (&['g', 'G'], 1 << 30),
    ];
    UNITS
        .iter()
        .find_map(|&(letters, unit)| Some((text.strip_suffix(letters)?, unit)))
        .unwrap_or((text, 1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn letters_are_powers_of_1024() {
        let table = [
            ("0", 0),
            ("64", 64),
            ("64k", 65_536),
            ("64K", 65_536),
            ("1M", 1_048_576),
            ("1m", 1_048_576),
            ("1G", 1_073_741_824),
            ("18446744073709551615", u64::MAX),
        ];
        for (text, bytes) in table {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_forms_that_are() {
        for text in [
            "k", "-1", "+1", "1.5M", "1kB", "1 k", " 1", "1T", "1kk", "0x10", "٥",
        ] {
            assert_eq!(
                parse(text),
                Err(SizeError::Malformed(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!(parse(""), Err(SizeError::Missing));
        assert_eq!(
            parse("1T").unwrap_err().to_string(),
            "`1T` is not a size: write bytes (64), 64k, 1M or 1G"
        );
    }

    #[test]
    fn a_size_beyond_64_bits_is_too_large() {
        for text in [
            "18446744073709551616",
            "17179869184G",
            "99999999999999999999999k",
        ] {
            assert_eq!(parse(text), Err(SizeError::TooLarge), "{text}");
        }
    }
}
