//! Clients that run while something else is measured: round trips, memory
//! behind a slow reader or a deaf server, idling. Ended when the value is
//! dropped.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::clients::{Client, Task};
use crate::run::{World, large_pipe};
use crate::server::{Role, Seen};

/// How long a client may take to connect or to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connected client.
pub struct Live<'a> {
    pub client: Client,
    world: &'a World,
    job: u64,
    child: Child,
    stdin: Option<PipeWriter>,
    stdout: PipeReader,
    heard: Receiver<Seen>,
    held: Vec<u8>,
}

impl<'a> Live<'a> {
    /// Starts the client and waits until it is connected.
    pub fn start(
        world: &'a World,
        client: Client,
        task: Task<'_>,
        role: Role,
    ) -> Result<Self, String> {
        let (seen, heard) = channel();
        let (job, _) = world.server.take(role, seen);
        let words = world.command(client, task, job).ok_or("not installed")?;
        let (input, stdin) = large_pipe().map_err(|error| error.to_string())?;
        let (stdout, output) = large_pipe().map_err(|error| error.to_string())?;
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(input).stdout(output);
        command.stderr(Stdio::null());
        let child = command.spawn().map_err(|error| error.to_string())?;
        drop(command);
        let live = Self {
            client,
            world,
            job,
            child,
            stdin: Some(stdin),
            stdout,
            heard,
            held: Vec::new(),
        };
        match live.heard.recv_timeout(PATIENCE) {
            Ok(Seen::Open) => {}
            _ => return Err("does not connect".to_owned()),
        }
        Ok(live)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The pipe to stdin, to be filled by somebody else.
    pub fn take_stdin(&mut self) -> Option<PipeWriter> {
        self.stdin.take()
    }

    /// Reads some of stdout, if there is any.
    pub fn read_some(&mut self, into: &mut [u8]) -> usize {
        match self.wait(Duration::from_millis(1)) {
            true => self.stdout.read(into).unwrap_or(0),
            false => 0,
        }
    }

    /// Writes a line (with its line feed) and waits until it comes back.
    pub fn trip(&mut self, line: &[u8]) -> Result<Duration, String> {
        let began = Instant::now();
        let stdin = self.stdin.as_mut().ok_or("stdin has gone")?;
        stdin.write_all(line).map_err(|error| error.to_string())?;
        self.held.clear();
        let mut chunk = [0; 4096];
        loop {
            if !self.wait(PATIENCE) {
                return Err("no answer".to_owned());
            }
            let count = self
                .stdout
                .read(&mut chunk)
                .map_err(|error| error.to_string())?;
            if count == 0 {
                return Err("ended".to_owned());
            }
            self.held.extend_from_slice(&chunk[..count]);
            if memchr::memmem::find(&self.held, line).is_some() {
                return Ok(began.elapsed());
            }
        }
    }

    fn wait(&self, time: Duration) -> bool {
        let mut fds = [PollFd::new(&self.stdout, PollFlags::IN)];
        let time = Timespec::try_from(time).unwrap_or(Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        });
        poll(&mut fds, Some(&time)).is_ok_and(|ready| ready > 0)
    }
}

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.world.server.forget(self.job);
        // It may have ended before.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
