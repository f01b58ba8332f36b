//! From the words of a curl command to its options, read as curl reads them
//! (curl(1)): `-sSL`, `-HVALUE`, `-H VALUE`, `--header VALUE`, `--no-SWITCH`, and
//! `--` behind which no word is an option.

use super::options::{self, CurlOption, Meaning, Reason, Takes};
use crate::config::usage;
use crate::error::Error;

/// Of one option, as it was given.
pub(super) struct Given {
    /// `-k` or `--insecure`.
    pub(super) spelled: String,
    pub(super) meaning: Meaning,
    /// Empty when the option takes none.
    pub(super) value: String,
    /// Not switched off with `--no-`.
    pub(super) on: bool,
}

/// Reads all words. A URL among them is given as if with `--url`.
///
/// # Errors
/// `Usage` when an option is not known, lacks its value, or cannot be had.
pub(super) fn read(words: &[String]) -> Result<Vec<Given>, Error> {
    let mut words = words.iter();
    let mut given = Vec::new();
    let mut options_ended = false;
    while let Some(word) = words.next() {
        let mut next = || words.next().map(String::as_str);
        match word.as_str() {
            "--" if !options_ended => options_ended = true,
            word if !options_ended && word.starts_with("--") => given.push(long(word, next)?),
            word if !options_ended && word.starts_with('-') && word.len() > 1 => {
                short(&word[1..], &mut next, &mut given)?;
            }
            url => given.push(Given {
                spelled: "--url".into(),
                meaning: Meaning::Url,
                value: url.into(),
                on: true,
            }),
        }
    }
    Ok(given)
}

fn long<'a>(word: &str, mut next: impl FnMut() -> Option<&'a str>) -> Result<Given, Error> {
    let name = &word[2..];
    if let Some(option) = options::long(name) {
        let value = match option.takes {
            Takes::Nothing | Takes::Switch => None,
            Takes::Value => Some(next().ok_or_else(|| lacks_value(word))?),
        };
        return make(option, word.into(), value, true);
    }
    match name.strip_prefix("no-").and_then(options::long) {
        Some(option) if option.takes == Takes::Switch => make(option, word.into(), None, false),
        Some(_) => Err(cannot_be_off(word)),
        None => Err(unknown(word, options::like(name))),
    }
}

/// Several in a word, of which the last may have its value in the same.
fn short<'a>(
    letters: &str,
    next: &mut impl FnMut() -> Option<&'a str>,
    given: &mut Vec<Given>,
) -> Result<(), Error> {
    for (at, letter) in letters.char_indices() {
        let spelled = format!("-{letter}");
        let option = options::short(letter).ok_or_else(|| unknown(&spelled, None))?;
        if option.takes != Takes::Value {
            given.push(make(option, spelled, None, true)?);
            continue;
        }
        let rest = &letters[at + letter.len_utf8()..];
        let value = match rest {
            "" => next().ok_or_else(|| lacks_value(&spelled))?,
            rest => rest,
        };
        given.push(make(option, spelled, Some(value), true)?);
        break;
    }
    Ok(())
}

fn make(
    option: &CurlOption,
    spelled: String,
    value: Option<&str>,
    on: bool,
) -> Result<Given, Error> {
    match option.meaning {
        Meaning::Impossible(reason) if on => Err(impossible(&spelled, reason)),
        meaning => Ok(Given {
            spelled,
            meaning,
            value: value.unwrap_or_default().into(),
            on,
        }),
    }
}

/// The error of an option that cannot be had.
pub(super) fn impossible(spelled: &str, reason: Reason) -> Error {
    usage(&format!("curl's {spelled}: {}", reason.why), reason.hint)
}

fn unknown(spelled: &str, like: Option<&str>) -> Error {
    let hint = match like {
        Some(name) => format!("did you mean --{name}?"),
        None => "leave it out; what wstalk is to do itself stands before `--`".into(),
    };
    // What stands behind may be a secret.
    let name = spelled.split('=').next().unwrap_or_default();
    usage(
        &format!("curl's {name} is not known here, or is no option of curl"),
        &hint,
    )
}

fn cannot_be_off(spelled: &str) -> Error {
    usage(
        &format!("curl's {spelled}: `--no-` is for switches, and this is none"),
        "leave it out: curl does not take it either",
    )
}

fn lacks_value(spelled: &str) -> Error {
    usage(
        &format!("curl's {spelled}: its value is missing"),
        "was the whole command pasted, with its quotes?",
    )
}
