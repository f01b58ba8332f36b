//! Where reports go. Each is written whole or not at all: beside its place, under a name
//! that nobody can know before, and put there at the end.
//!
//! That file is created before anything runs, so that a folder that cannot be written
//! is told of at once; folders that are missing are made. What stands at the place is
//! replaced, because checks run again and again; a link is replaced, too, and never
//! followed. Only what is no file is written to as it stands: a device, a pipe, and what
//! `/dev` and `/proc` have links to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Run, json, junit, tap};
use crate::error::{Action, Error};
use crate::same_file::is_same_file;

/// What a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Junit,
    Tap,
    Json,
}

/// Reports that are to be written. Whoever drops them instead leaves nothing behind.
#[derive(Debug)]
pub struct Reports(Vec<Report>);

#[derive(Debug)]
struct Report {
    format: Format,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Stdout,
    /// What is written to as it stands.
    Direct(File, PathBuf),
    New(NewFile),
}

/// A file that is not at its place yet.
#[derive(Debug)]
struct NewFile {
    file: File,
    path: PathBuf,
    /// Where it is until then.
    beside: PathBuf,
    is_kept: bool,
}

impl Reports {
    /// Makes ready for these reports; `-` is stdout.
    ///
    /// # Errors
    /// `Usage` where two have the same place, `Io` where one cannot be written.
    pub fn open(wanted: &[(Format, PathBuf)]) -> Result<Self, Error> {
        for (number, (_, path)) in wanted.iter().enumerate() {
            let before = wanted[..number].iter();
            if before.clone().any(|(_, other)| is_same(other, path)) {
                return Err(twice(path));
            }
        }
        let opened = wanted.iter().map(|(format, path)| {
            let place = Place::open(path).map_err(|cause| not_written(path, cause))?;
            let format = *format;
            Ok(Report { format, place })
        });
        opened.collect::<Result<_, _>>().map(Reports)
    }

    /// Sees that no report would replace what is read for the run.
    ///
    /// # Errors
    /// `Usage` where one would.
    pub fn spare(wanted: &[(Format, PathBuf)], names: &[String]) -> Result<(), Error> {
        let is_read = |path: &Path| {
            let mut names = names.iter().map(Path::new).filter(|name| !is_stdout(name));
            names.any(|name| is_same(name, path) || fs::canonicalize(name).ok() == place(path))
        };
        match wanted.iter().find(|(_, path)| is_read(path)) {
            Some((_, path)) => Err(Error::Usage {
                message: format!("a report would replace the transcript {}", path.display()),
                hint: "give the report a file of its own".into(),
            }),
            None => Ok(()),
        }
    }

    /// Writes all of them, as far as they can be written. That nobody reads stdout any
    /// more is no error.
    pub fn write(self, run: &Run) -> Vec<Error> {
        let written = self.0.into_iter().map(|report| {
            let text = match report.format {
                Format::Junit => junit::report(run),
                Format::Tap => tap::report(run),
                Format::Json => json::report(run),
            };
            report.place.write(text.as_bytes())
        });
        written.filter_map(Result::err).collect()
    }
}

impl Place {
    /// What is there decides how it is written, and is not touched yet.
    fn open(path: &Path) -> io::Result<Self> {
        if is_stdout(path) {
            return Ok(Place::Stdout);
        }
        let found = fs::symlink_metadata(path);
        let is_named = path.starts_with("/dev") || path.starts_with("/proc");
        let is_file = match &found {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_symlink() => !is_named,
            Ok(found) => found.is_file(),
            Err(_) => true,
        };
        match is_file {
            true => NewFile::create(path).map(Place::New),
            false => {
                let file = OpenOptions::new().append(true).open(path)?;
                // Meanwhile somebody may have put a link to a file there.
                let opened = file.metadata()?;
                match found.is_ok_and(|found| is_named || is_same_file(&found, &opened)) {
                    true => Ok(Place::Direct(file, path.to_owned())),
                    false => Err(ErrorKind::ResourceBusy.into()),
                }
            }
        }
    }

    /// All of it, or an error; nothing is tried again.
    fn write(self, text: &[u8]) -> Result<(), Error> {
        match self {
            Place::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(text).and_then(|()| stdout.flush());
                unless_closed(written).map_err(|cause| not_written(Path::new("stdout"), cause))
            }
            Place::Direct(mut file, path) => {
                unless_closed(file.write_all(text)).map_err(|cause| not_written(&path, cause))
            }
            Place::New(mut file) => file
                .write(text)
                .map_err(|cause| not_written(&file.path, cause)),
        }
    }
}

impl NewFile {
    /// A file beside the place, and the folders that lead there.
    fn create(path: &Path) -> io::Result<Self> {
        // Without a name it is a folder, there or not.
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(ErrorKind::IsADirectory.into());
        }
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|cause| match cause.kind() {
                // What exists there is no folder.
                ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
                _ => cause,
            })?;
        }
        let beside = path.with_file_name(format!(".wstalk-{:016x}.tmp", rand::random::<u64>()));
        let mut options = OpenOptions::new();
        // Together these are O_CREAT and O_EXCL, which follows no link. A report is
        // there to be read: the mode is that of any file.
        let file = options.write(true).create_new(true);
        Ok(NewFile {
            file: file.open(&beside)?,
            path: path.to_owned(),
            beside,
            is_kept: false,
        })
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.file.write_all(text)?;
        self.file.sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

fn is_stdout(path: &Path) -> bool {
    let names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    names.iter().any(|name| path.as_os_str() == *name)
}

/// As far as names tell.
fn is_same(one: &Path, other: &Path) -> bool {
    // Whatever is written there goes nowhere.
    let is_lost = one == Path::new("/dev/null");
    let is_one_file = || match (place(one), place(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    !is_lost && (one == other || is_stdout(one) && is_stdout(other) || is_one_file())
}

/// The path without detours; nothing where the folder is not there yet. Its last part is
/// not followed: what is written there takes a link's place.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
}

fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Two reports at one place.
fn twice(path: &Path) -> Error {
    let message = match is_stdout(path) {
        true => "only one report can go to stdout".into(),
        false => format!("two reports would be written to {}", path.display()),
    };
    Error::Usage {
        message,
        hint: "give each report a file of its own".into(),
    }
}

fn not_written(path: &Path, cause: io::Error) -> Error {
    Error::Io {
        action: Action::Write,
        medium: path.display().to_string(),
        cause,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::mixed;
    use super::*;
    use std::io::{Read, pipe};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::{TempDir, tempdir};

    fn open(wanted: &[(Format, &Path)]) -> Result<Reports, Error> {
        let wanted = wanted
            .iter()
            .map(|(format, path)| (*format, path.to_path_buf()));
        Reports::open(&wanted.collect::<Vec<_>>())
    }

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn reports_stand_at_their_places_once_they_are_whole() {
        let folder = tempdir().unwrap();
        let [xml, tap, json] = ["r.xml", "r.tap", "r.json"].map(|name| folder.path().join(name));
        fs::write(&tap, "of the run before").unwrap();
        let wanted = [
            (Format::Junit, &*xml),
            (Format::Tap, &tap),
            (Format::Json, &json),
        ];
        let reports = open(&wanted).unwrap();
        assert!(!xml.exists());
        assert_eq!(names(&folder).len(), 4);
        assert_eq!(fs::read(&tap).unwrap(), b"of the run before");
        assert!(reports.write(&mixed()).is_empty());
        assert_eq!(names(&folder), ["r.json", "r.tap", "r.xml"]);
        let read = |path| fs::read_to_string(path).unwrap();
        assert_eq!(read(&xml), junit::report(&mixed()));
        assert_eq!(read(&tap), tap::report(&mixed()));
        assert_eq!(read(&json), json::report(&mixed()));
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&xml), mode(&plain));
    }

    #[test]
    fn a_run_that_ends_otherwise_leaves_nothing_behind() {
        let folder = tempdir().unwrap();
        let (xml, dir) = (folder.path().join("r.xml"), folder.path().join("dir"));
        fs::create_dir(&dir).unwrap();
        drop(open(&[(Format::Junit, &xml)]).unwrap());
        assert_eq!(names(&folder), ["dir"]);
        let error = open(&[(Format::Junit, &xml), (Format::Tap, &dir)]).unwrap_err();
        let expected = format!("cannot write {}: is a directory", dir.display());
        assert_eq!((error.to_string(), error.exit_code()), (expected, 23));
        assert_eq!(names(&folder), ["dir"]);
        assert!(Reports::open(&[]).unwrap().0.is_empty());
    }

    #[test]
    fn folders_that_are_missing_are_made_and_what_cannot_be_is_told_of_at_once() {
        let folder = tempdir().unwrap();
        let deep = folder.path().join("build/reports/r.xml");
        let reports = open(&[(Format::Junit, &deep)]).unwrap();
        assert!(reports.write(&mixed()).is_empty());
        assert!(deep.is_file());
        let below = deep.join("r.xml");
        let error = open(&[(Format::Junit, &below)]).unwrap_err();
        assert_eq!(error.exit_code(), 23);
        let expected = format!("cannot write {}: not a directory", below.display());
        assert_eq!(error.to_string(), expected);
        for name in ["new/", "..", "/"] {
            let error = open(&[(Format::Tap, &folder.path().join(name))]).unwrap_err();
            assert!(error.to_string().ends_with(": is a directory"), "{error}");
        }
        assert_eq!(names(&folder), ["build"]);
    }

    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let folder = tempdir().unwrap();
        let (link, other) = (folder.path().join("link"), folder.path().join("other"));
        for target in [&other, &PathBuf::from("/dev/null")] {
            symlink(target, &link).unwrap();
            let reports = open(&[(Format::Json, &link)]).unwrap();
            assert!(reports.write(&mixed()).is_empty());
            assert!(fs::symlink_metadata(&link).unwrap().is_file());
            assert_eq!(names(&folder), ["link"]);
            fs::remove_file(&link).unwrap();
        }
    }

    #[test]
    fn what_is_no_file_is_written_to_as_it_stands() {
        let null = Path::new("/dev/null");
        let twice = open(&[(Format::Tap, null), (Format::Json, null)]).unwrap();
        assert!(twice.write(&mixed()).is_empty());
        assert!(!fs::symlink_metadata(null).unwrap().is_file());
        let (mut reader, writer) = pipe().unwrap();
        let path = PathBuf::from(format!("/proc/self/fd/{}", writer.as_raw_fd()));
        let reports = open(&[(Format::Tap, &path)]).unwrap();
        drop(writer);
        assert!(reports.write(&mixed()).is_empty());
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, tap::report(&mixed()));
        let (reader, writer) = pipe().unwrap();
        let path = PathBuf::from(format!("/proc/self/fd/{}", writer.as_raw_fd()));
        let unread = open(&[(Format::Tap, &path)]).unwrap();
        drop(reader);
        assert!(unread.write(&mixed()).is_empty());
        let full = open(&[(Format::Tap, Path::new("/dev/full"))]).unwrap();
        let errors = full.write(&mixed());
        assert_eq!(
            errors[0].to_string(),
            "cannot write /dev/full: no space left on device"
        );
    }

    #[test]
    fn one_that_cannot_be_written_keeps_no_other_back() {
        let folder = tempdir().unwrap();
        let (xml, json) = (folder.path().join("r.xml"), folder.path().join("r.json"));
        let reports = open(&[(Format::Junit, &xml), (Format::Json, &json)]).unwrap();
        fs::create_dir(&xml).unwrap();
        let errors = reports.write(&mixed());
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].exit_code(), 23);
        assert!(json.is_file());
        assert_eq!(names(&folder), ["r.json", "r.xml"]);
    }

    #[test]
    fn two_reports_never_go_to_the_same_place() {
        let of = |one: &str, other: &str| {
            let wanted = [
                (Format::Tap, Path::new(one)),
                (Format::Json, Path::new(other)),
            ];
            open(&wanted).map(|_| ())
        };
        for other in ["-", "/dev/stdout"] {
            let error = of("-", other).unwrap_err();
            assert_eq!(error.to_string(), "only one report can go to stdout");
            assert_eq!(error.exit_code(), 2);
        }
        let error = of("a/r", "a//r").unwrap_err();
        assert_eq!(error.to_string(), "two reports would be written to a//r");
        assert!(!Path::new("a").exists());
    }
}
