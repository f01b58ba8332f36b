//! The programs inside this program: it calls itself with a hidden first word,
//! so that the benchmark is a single target.
//!
//!     timed REPORT PROGRAM...        runs a program and measures it
//!     raw WAY PORT JOB [CA]          raw TCP, or raw TLS with CA
//!     minimal WAY KIND PORT JOB [CA] the minimal WebSocket program
//!     once PORT JOB [CA]             the same for one message

use std::io;
use std::path::{Path, PathBuf};

use crate::wire::Wire;
use crate::work::{Kind, Way};
use crate::{minimal, raw, timed};

/// Where a helper dials, and what for.
#[derive(Debug)]
pub struct Target {
    port: u16,
    pub job: u64,
    ca: Option<PathBuf>,
}

impl Target {
    pub fn dial(&self) -> io::Result<Wire> {
        Wire::dial(self.port, self.ca.as_deref())
    }

    fn read(words: &[String]) -> Option<Self> {
        Some(Self {
            port: words.first()?.parse().ok()?,
            job: words.get(1)?.parse().ok()?,
            ca: words.get(2).map(PathBuf::from),
        })
    }
}

/// Plays a helper if the first word names one.
pub fn play(words: &[String]) -> Option<io::Result<()>> {
    let (name, rest) = words.split_first()?;
    match name.as_str() {
        "timed" => Some(timed::run(Path::new(rest.first()?), &rest[1..])),
        "raw" => Some(raw::run(way(rest.first()?), &Target::read(&rest[1..])?)),
        "minimal" => {
            let kind = if rest.get(1)? == "binary" {
                Kind::Binary
            } else {
                Kind::Line
            };
            let target = Target::read(&rest[2..])?;
            Some(minimal::run(way(&rest[0]), kind, &target))
        }
        "once" => Some(minimal::once(&Target::read(rest)?)),
        _ => None,
    }
}

fn way(word: &str) -> Way {
    match word {
        "up" => Way::Up,
        "down" => Way::Down,
        _ => Way::Echo,
    }
}
