//! Transcripts as people and sessions write them: the page that teaches them, sessions
//! that are saved as ones, and what they cannot do.

mod hostile;
mod page;
mod saved;

use rustix::process::Signal;

use super::support::{Command, Running, wstalk};

/// `wstalk listen --script`, listening.
struct Mock {
    running: Running,
    url: String,
}

impl Mock {
    /// Starts `listen` with everything that it takes.
    #[track_caller]
    fn start(command: Command) -> Self {
        let mut running = command.start();
        running.wait_stderr("listening on ");
        running.wait_stderr_contains("\n");
        let told = running.stderr_so_far();
        let line = told.lines().next().expect("a line");
        let url = line.trim_start_matches("listening on ").to_owned();
        Self { running, url }
    }

    /// One that plays this text.
    #[track_caller]
    fn of(text: &str, options: &[&str]) -> Self {
        let command = wstalk().args(["listen", "--script", "a.wst"]).args(options);
        std::fs::write(command.home().join("a.wst"), text).expect("a file");
        Self::start(command)
    }

    /// Stops it, which must end with this code.
    #[track_caller]
    fn stop(mut self, code: i32) {
        self.running.signal(Signal::INT);
        self.running.finish().code(code);
    }
}
