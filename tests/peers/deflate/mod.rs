//! permessage-deflate with other implementations, in every configuration that
//! they offer: what is agreed on, and some hundred messages there and back.

pub mod calling;
pub mod case;
pub mod messages;
pub mod node;
pub mod python;
pub mod serving;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

use case::Case;
use messages::Message;

/// How many programs run at a time.
const AT_ONCE: usize = 3;

/// What a peer's program reads.
pub struct Files {
    folder: TempDir,
}

impl Files {
    fn new(cases: &[Case], messages: &[Message]) -> Self {
        let folder = TempDir::new().expect("a folder for the peer");
        let files = Self { folder };
        let settings = cases.iter().map(|case| case.settings.clone()).collect();
        let settings = Value::Array(settings).to_string();
        std::fs::write(files.settings(), settings).expect("room for the settings");
        std::fs::write(files.messages(), messages::records(messages))
            .expect("room for the messages");
        files
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings.json")
    }

    fn messages(&self) -> PathBuf {
        self.folder.path().join("messages")
    }
}

/// Does all of it, a few at a time, and panics if one did.
fn each<T: Send>(jobs: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let jobs: Mutex<VecDeque<T>> = Mutex::new(jobs.into_iter().collect());
    let next = || {
        let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.pop_front()
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(job) = next() {
                    work(job);
                }
            });
        }
    });
}

/// The lines in an order that does not depend on who was first.
fn sorted(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(|line| case::ordered(&line)).collect();
    lines.sort_unstable();
    lines
}
