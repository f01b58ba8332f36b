//! The table: what the server does, and what must be told of it.

mod ending;
mod frames;
mod legal;
mod messages;
mod opening;
mod several;
mod time;

use super::case::Case;

pub fn all() -> impl Iterator<Item = Case> {
    [
        messages::CASES,
        several::CASES,
        time::CASES,
        opening::CASES,
        ending::CASES,
        frames::CASES,
        legal::CASES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
