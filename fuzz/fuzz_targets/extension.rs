//! The negotiation of permessage-deflate, offers and answers of any text.
//!
//! Proves that neither reading panics; that windows are from 8 to 15; that what
//! a server accepts is, as it says it, a legal answer to that offer which means
//! the same to the client; that what a client understood is itself such an
//! answer; and that case does not matter.
//!
//! The input is the offer and, behind a line break, the answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::ws::{Deflate, DeflateSide, OFFER};

fuzz_target!(|text: &str| {
    let (offer, answer) = text.split_once('\n').unwrap_or((OFFER, text));
    if let Some(accepted) = Deflate::accept(offer) {
        assert_is_legal(&accepted);
        let said = accepted.to_string();
        assert_eq!(Deflate::agreed(offer, &said), Ok(Some(accepted)), "{said}");
    }
    match Deflate::agreed(offer, answer) {
        Ok(Some(agreed)) => assert_holds(offer, answer, &agreed),
        Ok(None) => assert!(answer.chars().all(|c| c == ',' || c.is_whitespace())),
        Err(wrong) => assert!(!wrong.to_string().is_empty()),
    }
});

fn assert_holds(offer: &str, answer: &str, agreed: &Deflate) {
    assert_is_legal(agreed);
    for same in [
        agreed.to_string(),
        answer.to_ascii_uppercase(),
        format!(", {answer} ,"),
    ] {
        assert_eq!(Deflate::agreed(offer, &same), Ok(Some(*agreed)), "{same}");
    }
    assert!(Deflate::agreed("", answer).is_err(), "nothing was offered");
    let twice = format!("{answer}, {answer}");
    assert!(Deflate::agreed(offer, &twice).is_err(), "{twice}");
}

fn assert_is_legal(agreed: &Deflate) {
    let fits = |side: &DeflateSide| side.window_bits.is_none_or(|bits| (8..=15).contains(&bits));
    assert!(fits(&agreed.client) && fits(&agreed.server), "{agreed:?}");
}
