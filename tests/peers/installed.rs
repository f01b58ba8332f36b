//! Where the other implementations are, and how their programs are started.
//!
//! Promises to fail, naming `tests/peers/setup`, where they are not there, or
//! libraries not in the versions that the tests were written for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Command, program};

/// As `setup` reads it, and leaves a copy of it when it is done.
const VERSIONS: &str = include_str!("versions");

/// A library with a language of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// `ws` of node.
    Node,
    /// `websockets` of Python.
    Python,
}

impl Library {
    /// One of the programs in `servers`, by its name without an ending.
    ///
    /// # Panics
    /// When the library is not installed.
    pub fn program(self, name: &str) -> Command {
        let home = home();
        let script = |ending| servers().join(name).with_extension(ending);
        match self {
            Library::Node => program("node")
                .arg(script("js"))
                .env("NODE_PATH", home.join("node/node_modules")),
            Library::Python => program("python3")
                .arg(script("py"))
                .env("PYTHONPATH", home.join("python"))
                .env("PYTHONDONTWRITEBYTECODE", "1"),
        }
    }
}

/// A program of the system. Daemons are in folders that are not on everybody's
/// path.
///
/// # Panics
/// When it is not installed.
#[track_caller]
pub fn daemon(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let mut files = folders.map(|folder| folder.join(name));
    match files.find(|file| file.is_file()) {
        Some(file) => file,
        None => panic!("{name} is not installed: run tests/peers/setup"),
    }
}

/// What others run in these tests, and how they are configured.
pub fn servers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/servers")
}

/// The folder that `setup` fills.
fn home() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let home = target.expect("a target directory").join("peers");
    let found = fs::read_to_string(home.join("versions")).unwrap_or_default();
    assert!(
        found == VERSIONS,
        "the peers are not installed in {}, or not in the versions due: run tests/peers/setup",
        home.display()
    );
    home
}
