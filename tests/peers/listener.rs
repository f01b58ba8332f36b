//! `wstalk listen --echo`, for others to talk with, or to stand in front of.

use rustix::process::Signal;

use super::support::{Running, wstalk};

/// Ends its process when it is dropped.
#[must_use = "a listener that is dropped has ended"]
pub struct Listener {
    running: Running,
    first: String,
}

impl Listener {
    /// Starts it with these options, and waits for its address.
    #[track_caller]
    pub fn start(options: &[&str]) -> Self {
        let mut running = wstalk().args(["listen", "--echo"]).args(options).start();
        running.wait_stderr("listening on ");
        running.wait_stderr_contains("\n");
        let first = running.stderr_so_far();
        Self { running, first }
    }

    /// `ws://HOST:PORT`.
    pub fn url(&self) -> &str {
        self.first.trim_start_matches("listening on ").trim_end()
    }

    pub fn port(&self) -> u16 {
        let port = self.url().rsplit(':').next();
        port.and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Ends it as its user does. It must not have said anything more.
    #[track_caller]
    pub fn finish(mut self) {
        self.running.signal(Signal::INT);
        self.running.finish().stdout("").stderr(&self.first).code(0);
    }
}
