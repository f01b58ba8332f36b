//! `wstalk listen` as a process that listens.

use std::fs;

use rustix::process::Signal;

use super::{Command, Running, wstalk};

/// A server that is ours, and where it listens.
pub struct Listening {
    running: Running,
    url: String,
}

impl Listening {
    /// Starts `listen` with everything that it takes.
    #[track_caller]
    pub fn start(command: Command) -> Self {
        let mut running = command.start();
        running.wait_stderr("listening on ");
        running.wait_stderr_contains("\n");
        let told = running.stderr_so_far();
        let line = told.lines().next().expect("a line");
        let url = line.trim_start_matches("listening on ").to_owned();
        Self { running, url }
    }

    /// One that plays this text as `a.wst`.
    #[track_caller]
    pub fn playing(text: &str, options: &[&str]) -> Self {
        let command = wstalk().args(["listen", "--script", "a.wst"]).args(options);
        fs::write(command.home().join("a.wst"), text).expect("a file");
        Self::start(command)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// HOST:PORT
    pub fn address(&self) -> &str {
        let (_, address) = self.url.split_once("://").expect("a scheme");
        address
    }

    /// Waits until it has told this.
    #[track_caller]
    pub fn wait_told(&mut self, text: &str) {
        self.running.wait_stderr_contains(text);
    }

    /// Stops it, which must end with this code; what it told beside the first line.
    #[track_caller]
    pub fn stop(self, code: i32) -> String {
        self.end(Signal::TERM, code)
    }

    /// The same as a person does it.
    #[track_caller]
    pub fn interrupt(self, code: i32) -> String {
        self.end(Signal::INT, code)
    }

    #[track_caller]
    fn end(mut self, signal: Signal, code: i32) -> String {
        self.running.signal(signal);
        let output = self.running.finish().code(code);
        let told = output.stderr_seen();
        told.split_once('\n').expect("a line").1.to_owned()
    }
}
