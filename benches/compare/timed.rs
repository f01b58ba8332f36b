//! Runs a program and writes down what it took: a process of its own for each,
//! because the kernel adds children up.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// What a program took, from its start to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
    /// Largest resident memory, in KiB.
    pub resident: u64,
    /// Exit code; 128 and the signal if that ended it.
    pub code: u64,
}

impl Took {
    fn words(self) -> String {
        let Self {
            wall,
            cpu,
            resident,
            code,
        } = self;
        format!("{} {} {resident} {code}\n", wall.as_nanos(), cpu.as_nanos())
    }

    /// Reads what `run` has written; none until the program has ended.
    pub fn read(report: &Path) -> Option<Self> {
        let text = fs::read_to_string(report).ok()?;
        let mut words = text.lines().nth(1)?.split(' ').map(str::parse::<u64>);
        let mut next = || words.next()?.ok();
        Some(Self {
            wall: Duration::from_nanos(next()?),
            cpu: Duration::from_nanos(next()?),
            resident: next()?,
            code: next()?,
        })
    }
}

/// The process group of the program, if it has begun.
pub fn group(report: &Path) -> Option<i32> {
    let text = fs::read_to_string(report).ok()?;
    text.lines().next()?.parse().ok()
}

/// Runs `words` with this process's stdin, stdout and stderr; writes the
/// process group to `report` at once and what it took at the end.
pub fn run(report: &Path, words: &[String]) -> io::Result<()> {
    let [program, arguments @ ..] = words else {
        return Err(io::Error::other("no program"));
    };
    let mut file = fs::File::create(report)?;
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .process_group(0)
        .spawn()?;
    writeln!(file, "{}", child.id())?;
    let status = child.wait()?;
    let wall = began.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    let took = Took {
        wall,
        cpu: Duration::from_micros(micros.unsigned_abs()),
        resident: usage.max_rss().unsigned_abs(),
        code: code.unwrap_or(-1).unsigned_abs().into(),
    };
    file.write_all(took.words().as_bytes())
}
