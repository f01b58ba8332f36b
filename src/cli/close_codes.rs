//! Close codes as the value of an option: any number that fits is read, since the
//! configuration says what is wrong with one; those with a meaning are offered.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error, value_parser};

use crate::message::{self, KNOWN_CODES};

/// [`KNOWN_CODES`] as words, which clap wants to live as long as the program.
const NAMES: [&str; 15] = [
    "1000", "1001", "1002", "1003", "1007", "1008", "1009", "1010", "1011", "1012", "1013", "1014",
    "3000", "3003", "3008",
];

/// Reads a close code, and names the known ones to shells that complete.
#[derive(Clone)]
pub(super) struct CloseCodes;

impl TypedValueParser for CloseCodes {
    type Value = u16;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<u16, Error> {
        value_parser!(u16).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let known = NAMES.iter().zip(KNOWN_CODES);
        Some(Box::new(known.map(|(name, code)| {
            PossibleValue::new(*name).help(message::meaning(code))
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_code_is_offered_by_its_number() {
        assert_eq!(NAMES.map(|name| name.parse::<u16>().unwrap()), KNOWN_CODES);
    }
}
