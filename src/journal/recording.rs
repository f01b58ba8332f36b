//! A recording, read back.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::error::{Action, Error};
use crate::secret;
use crate::transcript::{Opening, Recording, RecordingError};

/// More than an event has beside a message, in bytes.
const MARGIN: u64 = 1024 * 1024;
/// The largest recording that is read back, in bytes: what it says is held in memory,
/// and so is the transcript.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What a recording says of a session, for a transcript of it. Messages of up to
/// `max_message` bytes are taken. A recording knows no options: for each URL the last of
/// these openings counts that leads there.
///
/// # Errors
/// `Io` when it cannot be read; `Input` when it is larger than 256 MiB or no recording,
/// with the line.
pub fn read_recording(
    path: &Path,
    max_message: u64,
    openings: &[&Opening],
) -> Result<Recording, Error> {
    let name = path.display().to_string();
    let not_read = |medium: String, cause| Error::Io {
        action: Action::Read,
        medium,
        cause,
    };
    let file = File::open(path).map_err(|cause| not_read(name.clone(), cause))?;
    let size = file.metadata().map_or(0, |facts| facts.len());
    if size > LARGEST {
        return Err(Error::Input {
            place: name,
            message: "a recording of more than 256 MiB is too large for a transcript".into(),
            hint: String::new(),
        });
    }
    // A byte takes up to six in JSON, beside what else an event says.
    let limit = max_message.saturating_mul(6).saturating_add(MARGIN);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let recording = Recording::read(BufReader::new(file.take(LARGEST)), limit, &mut |url| {
        let known = openings.iter();
        let known = known.rev().find(|known| secret::text(&known.url) == url);
        known.map(|known| (*known).clone())
    });
    recording.map_err(|error| match error {
        RecordingError::Io(cause) => not_read(name, cause),
        RecordingError::Line { line, message } => Error::Input {
            place: format!("{name}: line {line}"),
            message,
            hint: String::new(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Happening;
    use std::fs;
    use tempfile::tempdir;

    #[test]
    fn a_recording_is_read_back_with_the_openings_that_are_known() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let lines = "{\"v\":1,\"ms\":1,\"event\":\"open\",\"url\":\"ws://h/?token=***\",\"subprotocol\":null}\n";
        fs::write(&path, lines).unwrap();
        let known = Opening::of_url("ws://h/?token=abcd");
        let recording = read_recording(&path, 10, &[&known]).unwrap();
        let happenings = recording.happenings();
        let [(_, Happening::Connected(opening))] = &happenings[..] else {
            panic!("one opening");
        };
        assert_eq!(opening.url, "ws://h/?token=abcd");
        fs::write(&path, "\nhello\n").unwrap();
        let error = read_recording(&path, 10, &[]).unwrap_err();
        let expected = format!("{}: line 2: column 1: expected value", path.display());
        assert_eq!((error.to_string(), error.exit_code()), (expected, 65));
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(LARGEST + 1).unwrap();
        let error = read_recording(&path, 10, &[]).unwrap_err().to_string();
        assert!(error.contains("more than 256 MiB"), "{error}");
        fs::remove_file(&path).unwrap();
        assert_eq!(read_recording(&path, 10, &[]).unwrap_err().exit_code(), 26);
    }
}
