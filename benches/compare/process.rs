//! What the kernel tells of a process while it lives (Linux's /proc).

use std::fs;
use std::time::Duration;

/// The largest resident memory so far, in KiB.
pub fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    number(&status, "VmHWM:")
}

/// How often its threads have given up the processor, in all.
pub fn switches(pid: u32) -> u64 {
    let all = threads(pid, "status");
    let of = |text: &String| {
        number(text, "voluntary_ctxt_switches:") + number(text, "nonvoluntary_ctxt_switches:")
    };
    all.iter().map(of).sum()
}

/// The time that its living threads have run.
pub fn cpu(pid: u32) -> Duration {
    let all = threads(pid, "schedstat");
    let of = |text: &String| text.split(' ').next()?.trim().parse::<u64>().ok();
    Duration::from_nanos(all.iter().filter_map(of).sum())
}

fn threads(pid: u32, file: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let paths = folder.flatten().map(|entry| entry.path().join(file));
    paths
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect()
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|rest| rest.split_ascii_whitespace().next());
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}
