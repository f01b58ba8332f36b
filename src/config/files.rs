//! Files that options name, read whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Action, Error};

/// A file of at most `limit` bytes, a multiple of 1,024.
///
/// # Errors
/// `Io` when it cannot be read, or is longer.
pub(super) fn read(file: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    File::open(file)
        .and_then(|opened| bounded(opened, limit))
        .map_err(|cause| failed(file, cause))
}

/// The same, where `-` is stdin.
///
/// # Errors
/// Those of [`read`].
pub(super) fn read_or_stdin(file: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    match file == Path::new("-") {
        true => bounded(io::stdin(), limit).map_err(|cause| failed(file, cause)),
        false => read(file, limit),
    }
}

/// Reads one byte more than is allowed at most: a device may have no end.
fn bounded(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let count = source.take(limit + 1).read_to_end(&mut bytes)?;
    match count as u64 > limit {
        true => Err(io::Error::other(format!(
            "it is longer than {}",
            size(limit)
        ))),
        false => Ok(bytes),
    }
}

/// In the largest unit that divides it.
fn size(bytes: u64) -> String {
    match bytes >> 10 {
        kib if kib % 1024 == 0 => format!("{} MiB", kib >> 10),
        kib => format!("{kib} KiB"),
    }
}

fn failed(file: &Path, cause: io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: file.display().to_string(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("file");
        for (length, good) in [(0, true), (2048, true), (2049, false)] {
            std::fs::write(&file, vec![b'x'; length]).unwrap();
            let found = read(&file, 2048);
            let text = found.map(|bytes| bytes.len()).map_err(|e| e.to_string());
            let long = format!("cannot read {}: it is longer than 2 KiB", file.display());
            let expected = if good { Ok(length) } else { Err(long) };
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_device_without_an_end_has_one() {
        let error = read(Path::new("/dev/zero"), 1 << 20).unwrap_err();
        let text = "cannot read /dev/zero: it is longer than 1 MiB";
        assert_eq!((&*error.to_string(), error.exit_code()), (text, 26));
    }
}
