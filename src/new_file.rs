//! Files of our own: created, never opened. What exists is not overwritten, no link is
//! followed, and nobody else may read them, but on Windows, where their folder decides.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::error::{Action, Error};

/// Creates a file, for its owner alone.
///
/// # Errors
/// `Io` when it cannot be created, most of all because it exists.
pub fn create(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    // Together these are O_CREAT and O_EXCL, which follows no link.
    options.write(true).create_new(true);
    for_its_owner_alone(&mut options);
    options.open(path).map_err(|cause| not_written(path, cause))
}

/// Creates a file that holds this, or none.
///
/// # Errors
/// `Io`; then the file is not there, unless the disk fails altogether.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|cause| {
        let _ = fs::remove_file(path);
        not_written(path, cause)
    })
}

#[cfg(unix)]
fn for_its_owner_alone(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

/// Who may read a file is its folder's to say.
#[cfg(windows)]
fn for_its_owner_alone(_: &mut OpenOptions) {}

fn not_written(path: &Path, cause: io::Error) -> Error {
    Error::Io {
        action: Action::Write,
        medium: path.display().to_string(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::tempdir;

    #[test]
    fn a_file_is_written_whole_for_its_owner_alone_and_once() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("s.wst");
        write(&path, b"> hi\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"> hi\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let error = write(&path, b"other").unwrap_err();
        let expected = format!("cannot write {}: file exists", path.display());
        assert_eq!((error.to_string(), error.exit_code()), (expected, 23));
        assert_eq!(fs::read(&path).unwrap(), b"> hi\n");
    }

    #[test]
    fn no_link_is_followed() {
        let folder = tempdir().unwrap();
        let (link, other) = (folder.path().join("link"), folder.path().join("other"));
        symlink(&other, &link).unwrap();
        assert!(write(&link, b"x").is_err());
        assert!(!other.exists());
    }
}
