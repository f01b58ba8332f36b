//! The most memory that a run had resident, though nobody can ask once it has
//! ended: a thread looks on while it runs. Linux only; elsewhere nothing is
//! seen and nothing is held against the program.
//!
//! The system keeps the peak itself, so that only what grows in the last
//! moment before the end is missed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::super::support::{Command, program};

/// The most that may be resident, whatever a server does. The code of a debug
/// build alone takes some MiB more, and with TLS nearly 14 before a byte came.
pub(super) const BOUND: u64 = MIB * if cfg!(debug_assertions) { 20 } else { 16 };

const MIB: u64 = 1024 * 1024;

/// How often one looks.
const EVERY: Duration = Duration::from_millis(5);

/// Leaves the process id in the home directory; the program keeps it.
const SHELL: &str = r#"echo $$ > "$HOME/id"; exec "$0" "$@""#;

/// The program under test, and the one who looks on while it runs.
pub(super) fn watched() -> (Command, Watch) {
    let command = program("/bin/sh")
        .args(["-c", SHELL])
        .arg(env!("CARGO_BIN_EXE_wstalk"));
    let watch = Watch::start(command.home().join("id"));
    (command, watch)
}

pub(super) struct Watch {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl Watch {
    fn start(id: PathBuf) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        Self {
            over,
            thread: Some(std::thread::spawn(move || look_on(&id, &ended))),
        }
    }

    /// The peak in bytes, of a run that has ended.
    pub(super) fn peak(mut self) -> u64 {
        self.over.store(true, Ordering::Release);
        let thread = self.thread.take().expect("a thread that looks on");
        thread.join().expect("a look that did not panic")
    }
}

/// A test that has failed must not leave a thread behind.
impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

fn look_on(path: &Path, over: &AtomicBool) -> u64 {
    let (mut id, mut peak) = (None, 0);
    while !over.load(Ordering::Acquire) {
        id = id.or_else(|| id_in(path));
        let now = id.as_deref().and_then(peak_of);
        peak = now.unwrap_or_default().max(peak);
        std::thread::sleep(EVERY);
    }
    peak
}

/// None while it has not started.
fn id_in(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.strip_suffix('\n').map(str::to_owned)
}

/// None when it has ended.
fn peak_of(id: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_grows_is_seen_to_grow() {
    let (_, own) = watched();
    assert_eq!(own.peak(), 0, "nothing has run");
    let mut memory = vec![0_u8; 8 * 1024 * 1024];
    memory.fill(1);
    let seen = peak_of(&std::process::id().to_string()).expect("a peak of ours");
    assert!(seen > memory.len() as u64, "{seen}");
}
