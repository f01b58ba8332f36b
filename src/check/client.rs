//! A client of a file that is run: how it comes to its connections, and what is written
//! down of them.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use super::run::{Conversation, Job, Rules};
use crate::course::Host;
use crate::engine::{Limits, PeerId, Peers};
use crate::error::Error;
use crate::hint::hint;
use crate::journal::Record;
use crate::journal::{Journal, SharedJournal};
use crate::pipe::Format;
use crate::report::Outcome;
use crate::target::Target;
use crate::transcript::{Connect, Problem, Variables};

/// So many recordings of one name are kept.
const MAX_RECORDINGS: u32 = 10_000;

/// See the module's head.
pub(super) struct Client<'a> {
    pub(super) job: &'a Job,
    pub(super) rules: &'a Rules,
    start: Instant,
    /// With the files of those that are kept of what fails.
    journals: Vec<(SharedJournal, Option<PathBuf>)>,
    /// Where the connection leads that was opened last: hints speak of it.
    target: Option<Target>,
    /// The connection that is being opened.
    pub(super) opening: Option<PeerId>,
}

impl Host for Client<'_> {
    fn connect(
        &mut self,
        connect: &Connect,
        variables: &Variables,
        peers: &mut Peers,
    ) -> Result<Option<PeerId>, Problem> {
        let greeted = self.job.approach.greet(connect, variables)?;
        peers.limit(Limits {
            message: greeted.max_message,
            ..self.rules.limits
        });
        self.record(peers);
        self.target = Some(greeted.plan.target.clone());
        self.opening = Some(peers.open(greeted.plan));
        Ok(self.opening)
    }

    fn hint(&self, error: &Error) -> Option<String> {
        hint(error, self.target.as_ref())
    }
}

impl<'a> Client<'a> {
    /// `start` is when the file began, for the times of events.
    pub(super) fn new(job: &'a Job, rules: &'a Rules, start: Instant) -> Self {
        Client {
            job,
            rules,
            start,
            journals: Vec::new(),
            target: None,
            opening: None,
        }
    }

    /// What a conversation writes of events, for stdout and for its recording.
    pub(super) fn journal(
        &mut self,
        talk: &Conversation,
        peers: &mut Peers,
    ) -> Result<SharedJournal, Error> {
        let prints = talk.format == Format::Events;
        if !prints && talk.record.is_none() {
            return Ok(SharedJournal::default());
        }
        let mut journal = Journal::new(self.start);
        if prints {
            journal = journal.printed();
        }
        if let Some(path) = &talk.record {
            journal = journal.recorded(Record::create(path)?);
        }
        let journal = Rc::new(RefCell::new(journal));
        let shared = SharedJournal::of(&journal);
        self.journals.push((shared.clone(), None));
        peers.observe(journal);
        Ok(shared)
    }

    /// Begins a recording of the next connection, if recordings are kept. One that cannot
    /// be written is told of by its absence: the check goes on.
    fn record(&mut self, peers: &mut Peers) {
        let Some(folder) = &self.rules.recordings else {
            return;
        };
        let recorded = self.journals.iter().filter(|(_, path)| path.is_some());
        // Clients connect in the order of their names.
        let name = self.job.transcript.clients.get(recorded.count());
        let name = name.map_or("", String::as_str);
        let Some((record, path)) = create(folder, &self.job.name, name) else {
            return;
        };
        let record = record.masked(self.job.masker.clone());
        let journal = Rc::new(RefCell::new(Journal::new(self.start).recorded(record)));
        self.journals
            .push((SharedJournal::of(&journal), Some(path)));
        peers.observe_next(journal);
    }

    /// Writes down what has happened.
    pub(super) fn settle(&self) {
        for (journal, ..) in &self.journals {
            // A disk that is full leaves whole lines.
            let _ = journal.settle();
        }
    }

    /// Ends the recordings and keeps those of what failed; the first of them.
    pub(super) fn conclude(&self, outcome: &Outcome, errors: &[&Error]) -> Option<PathBuf> {
        let passed = *outcome == Outcome::Passed;
        for (journal, path) in &self.journals {
            let _ = journal.conclude(errors.iter().copied(), self.target.as_ref());
            if let (true, Some(path)) = (passed, path) {
                let _ = fs::remove_file(path);
            }
        }
        let mut paths = self.journals.iter().filter_map(|(_, path)| path.clone());
        paths.next().filter(|_| !passed)
    }
}

/// A recording under the transcript's name: what is there is not overwritten.
fn create(folder: &Path, job: &str, client: &str) -> Option<(Record, PathBuf)> {
    let stem = match job {
        "-" => "stdin".into(),
        job => Path::new(job).file_stem()?.to_string_lossy().into_owned(),
    };
    let dot = if client.is_empty() { "" } else { "." };
    (1..=MAX_RECORDINGS).find_map(|number| {
        let number = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let path = folder.join(format!("{stem}{dot}{client}{number}.jsonl"));
        match path.symlink_metadata() {
            Ok(_) => None,
            Err(_) => Some((Record::create(&path).ok()?, path)),
        }
    })
}
