//! What the system tells of a child that has not been reaped: while it is ours,
//! its id is its own. All but the exit is Linux's `/proc`.

use std::fs::{self, OpenOptions};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::OFlags;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::wait::{Deadline, Ready, wait};

/// Tells the end of the child without reaping it.
pub fn notice_exit(child: &Child) -> Receiver<()> {
    let (sender, receiver) = channel();
    let pid = Pid::from_child(child);
    std::thread::spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
        // Nobody listens once the test has ended it itself.
        let _ = sender.send(());
    });
    receiver
}

/// The most memory that was resident so far, in bytes, less what is read of the program's
/// own file: an unoptimised build has 10 MiB of it, and a user's 4. None once it has ended.
pub fn peak_memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let peak = number(&status, "VmHWM:")?;
    Some(peak.saturating_sub(number(&status, "RssFile:")?) * 1024)
}

/// How often its threads were switched away from, waiting or not; None once it
/// has ended.
pub fn context_switches(child: &Child) -> Option<u64> {
    let tasks = fs::read_dir(format!("/proc/{}/task", child.id())).ok()?;
    let statuses =
        tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok());
    let switches = |status: String| {
        let waited = number(&status, "voluntary_ctxt_switches:")?;
        Some(waited + number(&status, "nonvoluntary_ctxt_switches:")?)
    };
    Some(statuses.filter_map(switches).sum())
}

/// The processor time that it has taken, in steps of 10 ms; None once it has
/// ended.
pub fn processor_time(id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // What stands before may have blanks: it is the name of the program.
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = times.filter_map(|time| time.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// Waits until the pipe that is its stdout has no reader left; false if there
/// still was one at the deadline. Other tests fork while a reader is closed,
/// and their children hold a copy until they have been loaded. Where the
/// system does not show the pipe, nothing is waited for.
pub fn wait_unread(child: &Child, deadline: Deadline) -> bool {
    let stdout = OpenOptions::new()
        .write(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(format!("/proc/{}/fd/1", child.id()));
    let Ok(stdout) = stdout else {
        return true;
    };
    // An error, which is reported unasked, is what the last reader leaves.
    let ready = wait(stdout.as_fd(), PollFlags::empty(), None, Some(deadline));
    ready != Ready::TimedOut
}

fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
