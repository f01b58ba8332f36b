//! JSON numbers by value, exactly: as decimals of any length and exponent.

use std::cmp::Ordering;

/// A number as sign, digits and power of ten. No two stand for the same value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    is_negative: bool,
    /// Without zeros at either end: none at all for zero.
    digits: String,
    power: Power,
}

/// The power of ten that the digits, read as a whole number, are multiplied by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Power {
    Exact(i128),
    /// An exponent of 39 digits and more, which equals itself alone, and only
    /// where the digits stand in the same place: `1e…` and `10e…` are never equal.
    Immense {
        is_negative: bool,
        exponent: String,
        shift: i128,
    },
}

impl Number {
    /// Takes the source of a number that has been checked.
    pub(super) fn parse(source: &str) -> Number {
        let (mantissa, exponent) = source.split_once(['e', 'E']).unwrap_or((source, "0"));
        let unsigned = mantissa.trim_start_matches('-');
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let written = [whole, fraction].concat();
        let kept = written.trim_end_matches('0');
        let shift = length(&written) - length(kept) - length(fraction);
        let digits = kept.trim_start_matches('0');
        if digits.is_empty() {
            return Number::zero();
        }
        Number {
            is_negative: unsigned.len() < mantissa.len(),
            digits: digits.to_owned(),
            power: Power::new(exponent, shift),
        }
    }

    fn zero() -> Number {
        Number {
            is_negative: false,
            digits: String::new(),
            power: Power::Exact(0),
        }
    }
}

impl Power {
    /// An exponent that does not fit stays as it is written.
    fn new(exponent: &str, shift: i128) -> Power {
        let parsed = exponent.parse::<i128>().ok();
        match parsed.and_then(|exponent| exponent.checked_add(shift)) {
            Some(power) => Power::Exact(power),
            None => Power::Immense {
                is_negative: exponent.starts_with('-'),
                exponent: exponent.trim_start_matches(['+', '-', '0']).to_owned(),
                shift,
            },
        }
    }
}

impl Ord for Number {
    /// By value; but exponents of 39 digits and more go before the digits' place.
    fn cmp(&self, other: &Number) -> Ordering {
        let by_size = match self.is_negative {
            true => other.cmp_size(self),
            false => self.cmp_size(other),
        };
        self.sign().cmp(&other.sign()).then(by_size)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Number {
    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// The order without the signs, which have to be the same.
    fn cmp_size(&self, other: &Number) -> Ordering {
        let places = |number: &Number| length(&number.digits);
        self.power
            .cmp_above(places(self), &other.power, places(other))
            .then_with(|| self.digits.cmp(&other.digits))
    }
}

impl Power {
    /// The order of two numbers' first digits by their places, where they have so many.
    fn cmp_above(&self, digits: i128, other: &Power, others: i128) -> Ordering {
        match (self, other) {
            (Power::Exact(power), Power::Exact(other)) => {
                // Powers near the end of their range are not moved beyond it.
                let (place, rest) = (power.saturating_add(digits), other.saturating_add(others));
                place.cmp(&rest)
            }
            (
                Power::Immense {
                    is_negative,
                    exponent,
                    shift,
                },
                Power::Immense {
                    is_negative: is_other_negative,
                    exponent: other,
                    shift: other_shift,
                },
            ) if is_negative == is_other_negative => {
                let by_exponent = (exponent.len(), exponent).cmp(&(other.len(), other));
                let by_exponent = match is_negative {
                    true => by_exponent.reverse(),
                    false => by_exponent,
                };
                by_exponent.then((shift + digits).cmp(&(other_shift + others)))
            }
            _ => self.immensity().cmp(&other.immensity()),
        }
    }

    /// Whether it is beyond all that can be counted, up or down.
    fn immensity(&self) -> i8 {
        match self {
            Power::Immense {
                is_negative: true, ..
            } => -1,
            Power::Exact(_) => 0,
            Power::Immense {
                is_negative: false, ..
            } => 1,
        }
    }
}

fn length(text: &str) -> i128 {
    i128::try_from(text.len()).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_equal_by_value_however_they_are_written() {
        let groups: &[&[&str]] = &[
            &[
                "0",
                "-0",
                "0.0",
                "0e5",
                "0.00E-99999999999999999999999999999999999999999999",
            ],
            &[
                "1",
                "1.0",
                "1e0",
                "1E+0",
                "10e-1",
                "0.1e1",
                "0.0001e+004",
                "1.000e-0",
            ],
            &["-1", "-1.0", "-10e-1"],
            &["100", "1e2", "1.00E2", "0.1e3"],
            &[
                "12345678901234567890123",
                "12345678901234567890123.0",
                "1.2345678901234567890123e22",
            ],
            &["12345678901234567890124"],
            &["0.1", "1e-1", "0.10"],
            &["0.1000000000000000055511151231257827"],
            &["1e999999999", "10e999999998", "0.001e1000000002"],
            &["1e-999999999", "0.1e-999999998"],
            &["1e1000000000"],
            &["9007199254740993"],
            &["9007199254740992"],
            &[
                "1e9999999999999999999999999999999999999999999",
                "1.0E+09999999999999999999999999999999999999999999",
            ],
            &["1e9999999999999999999999999999999999999999998"],
            &["101"],
            &["1010", "101e1"],
        ];
        for (at, group) in groups.iter().enumerate() {
            for (other, others) in groups.iter().enumerate() {
                for (a, b) in group
                    .iter()
                    .flat_map(|a| others.iter().map(move |b| (a, b)))
                {
                    let equal = Number::parse(a) == Number::parse(b);
                    assert_eq!(equal, at == other, "{a} and {b}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn moving_the_point_changes_nothing(digits in "[1-9][0-9]{0,30}", point in 0..40_usize, exponent in -60..60_i64) {
            let plain = Number::parse(&format!("{digits}e{exponent}"));
            let padded = format!("{digits:0>41}");
            let (whole, fraction) = padded.split_at(padded.len() - point);
            let moved = i64::try_from(point).unwrap_or_default() + exponent;
            let written = format!("{whole}.{fraction}0e{moved}");
            prop_assert_eq!(Number::parse(&written), plain);
        }
    }
}
