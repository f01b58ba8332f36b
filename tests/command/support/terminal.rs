//! The program in a terminal, seen as a person sees it: keys in, a screen out.
//!
//! A shell leads the session, as in a person's terminal, and outlives the
//! program: the system resets a terminal whose session leader has gone, and
//! then nobody could tell how the program left it. Promises that every wait is
//! for new output, under the command's limit, and fails showing the screen;
//! and that whatever was started is killed by its own process group and reaped.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use super::collector::{Allowance, Collector, Waited};
use super::keys::Key;
use super::output::shown;
use super::process;
use super::wait::{Deadline, set_non_blocking, write_until};

/// Tells the program's process id and exit code on the shell's stderr, which
/// is ours; the program's own goes to the terminal. Caught signals have their
/// default action again in the program. The shell stops at the end, and so
/// holds the terminal until it is killed.
const LEADER: &str = r#"
trap : HUP INT QUIT TERM
/bin/sh -c 'echo "id $$" >&2; exec "$0" "$@" 2>&1' "$0" "$@"
echo "code $?" >&2
kill -STOP $$
"#;

#[must_use = "a terminal ends with .finish()"]
pub struct Terminal {
    words: Vec<PathBuf>,
    home: TempDir,
    limit: Duration,
    leader: Child,
    /// What the shell tells.
    told: Collector,
    /// What the program printed.
    printed: Collector,
    master: Pty,
    slave: OwnedFd,
    found: Modes,
    view: RefCell<View>,
}

impl Terminal {
    /// Starts the program; size is rows and columns.
    #[track_caller]
    pub fn start(
        words: Vec<PathBuf>,
        environment: BTreeMap<OsString, OsString>,
        home: TempDir,
        limit: Duration,
        (rows, columns): (u16, u16),
    ) -> Self {
        let (master, pts) = pty_process::blocking::open().expect("a new terminal");
        master.resize(Size::new(rows, columns)).expect("a size");
        let slave = pts.as_fd().try_clone_to_owned().expect("the inner end");
        let found = Modes::of(&slave);
        let mut leader = Command::new("/bin/sh")
            .args(["-c", LEADER])
            .args(&words)
            .env_clear()
            .envs(environment)
            .current_dir(home.path())
            .stderr(Stdio::piped())
            .spawn(pts)
            .expect("a shell in the terminal");
        let told = leader.stderr.take().expect("the shell's stderr");
        let outer = master.as_fd().try_clone_to_owned().expect("the outer end");
        set_non_blocking(&master);
        let terminal = Self {
            words,
            home,
            limit,
            leader,
            told: Collector::start(told.into(), Allowance::Everything),
            printed: Collector::start(outer, Allowance::Everything),
            master,
            slave,
            found,
            view: RefCell::new(View::new(rows, columns)),
        };
        terminal.told_number("id");
        terminal
    }

    #[track_caller]
    pub fn type_(&mut self, text: impl AsRef<[u8]>) -> &mut Self {
        let bytes = text.as_ref();
        let deadline = Deadline::after(self.limit);
        match write_until(&mut self.master, bytes, deadline) {
            Ok(taken) if taken == bytes.len() => self,
            Ok(taken) => self.fail(&format!("{taken} of {} bytes typed", bytes.len())),
            Err(error) => self.fail(&format!("cannot type: {error}")),
        }
    }

    #[track_caller]
    pub fn key(&mut self, key: Key) -> &mut Self {
        self.type_(key.bytes())
    }

    /// Pastes as a terminal does: between marks if the program asked for them.
    #[track_caller]
    pub fn paste(&mut self, text: &str) -> &mut Self {
        if self.inspect(vt100::Screen::bracketed_paste) {
            self.type_(format!("\x1b[200~{text}\x1b[201~"))
        } else {
            self.type_(text.replace('\n', "\r"))
        }
    }

    /// Waits until the screen is as `wanted`; `what` names it in a failure.
    #[track_caller]
    pub fn wait_for(&mut self, wanted: impl Fn(&str) -> bool, what: &str) -> &mut Self {
        let deadline = Deadline::after(self.limit);
        let waited = self.printed.wait_until(deadline, |bytes| {
            let mut view = self.view.borrow_mut();
            view.follow(bytes);
            wanted(&view.text())
        });
        if waited != Waited::Fulfilled {
            self.fail(&format!("waiting for {what}: it did not appear"));
        }
        self
    }

    /// Waits until this stands on the screen, within one row unless it has
    /// line breaks of its own.
    #[track_caller]
    pub fn wait_for_text(&mut self, text: &str) -> &mut Self {
        self.wait_for(|screen| screen.contains(text), &format!("{text:?}"))
    }

    /// The screen now: a line a row, without blanks at the ends of rows and
    /// without empty rows at the end.
    pub fn screen(&self) -> String {
        self.followed().borrow().text()
    }

    /// For what text does not tell: colours, the cursor, modes.
    pub fn inspect<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.followed().borrow().parser.screen())
    }

    /// Every byte that was printed so far, rows that left the screen included.
    pub fn printed(&self) -> Vec<u8> {
        self.printed.bytes()
    }

    /// The home directory that the program has.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    #[track_caller]
    pub fn resize(&mut self, rows: u16, columns: u16) -> &mut Self {
        let (height, width) = (nonzero(rows), nonzero(columns));
        self.followed().borrow_mut().parser.set_size(height, width);
        if let Err(error) = self.master.resize(Size::new(rows, columns)) {
            self.fail(&format!("cannot resize: {error}"));
        }
        self
    }

    /// Signals the program alone, not what else is in the terminal.
    #[track_caller]
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        if self.exit_code_now().is_some() {
            self.fail("the program has ended and cannot be signalled");
        }
        let program = Pid::from_raw(self.told_number("id")).expect("a process id");
        if let Err(error) = kill_process(program, signal) {
            self.fail(&format!("cannot signal: {error}"));
        }
        self
    }

    /// The processor time that the program has taken. Linux only.
    #[track_caller]
    pub fn processor_time(&self) -> Duration {
        let id = u32::try_from(self.told_number("id")).expect("a process id");
        match process::processor_time(id) {
            Some(time) => time,
            None => self.fail("no processor time: the program has ended"),
        }
    }

    /// How the terminal is set now.
    pub fn modes_now(&self) -> Modes {
        Modes::of(&self.slave)
    }

    /// How the terminal was set before the program started.
    pub fn modes_found(&self) -> &Modes {
        &self.found
    }

    /// Waits for the program to end, and returns its exit code as a shell sees
    /// it: 128 and the number if a signal ended it. Panics unless the terminal
    /// is as it was found: its modes, the cursor, the screen, the paste mode.
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let code = self.told_number("code");
        // The shell has stopped, so that nobody writes any more.
        self.printed.drain();
        let modes = self.modes_now();
        if modes != self.found {
            let found = &self.found;
            self.fail(&format!("the terminal is left with\n{modes}\nnot\n{found}"));
        }
        if let Some(left) = self.inspect(left_behind) {
            self.fail(&format!("the terminal is left {left}"));
        }
        Finished {
            code,
            screen: self.screen(),
        }
    }

    fn followed(&self) -> &RefCell<View> {
        self.view.borrow_mut().follow(&self.printed.bytes());
        &self.view
    }

    /// Waits until the shell has told this number.
    #[track_caller]
    fn told_number(&self, name: &str) -> i32 {
        let mut number = None;
        let waited = self.told.wait_until(Deadline::after(self.limit), |bytes| {
            number = find_number(bytes, name);
            number.is_some()
        });
        match number {
            Some(number) => number,
            None => self.fail(&format!("no {name} of the program: {waited:?}")),
        }
    }

    fn exit_code_now(&self) -> Option<i32> {
        find_number(&self.told.bytes(), "code")
    }

    #[track_caller]
    fn fail(&self, problem: &str) -> ! {
        let screen = self.screen();
        let cursor = self.inspect(vt100::Screen::cursor_position);
        let code = self.exit_code_now();
        panic!(
            "{problem}\ncommand: {:?}\nexit code: {code:?}\ncursor: {cursor:?}\nscreen:\n{}shell:\n{}",
            self.words,
            shown(screen.as_bytes()),
            shown(&self.told.bytes()),
        );
    }
}

/// The shell is our child and not yet reaped, so that the group is its own. It
/// may be stopped, which only a kill does not mind.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.leader), Signal::KILL);
        let _ = self.leader.wait();
    }
}

/// How a program in a terminal ended.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "the exit code is to be checked"]
pub struct Finished {
    pub code: i32,
    pub screen: String,
}

/// The settings of a terminal, as tcgetattr gives them.
#[derive(Clone, Eq, PartialEq)]
pub struct Modes(String);

impl Modes {
    fn of(terminal: &OwnedFd) -> Self {
        let settings = rustix::termios::tcgetattr(terminal).expect("a terminal's settings");
        Self(format!("{settings:?}"))
    }
}

impl fmt::Display for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The screen, and how much of what was printed it shows.
struct View {
    parser: vt100::Parser,
    shown: usize,
}

impl View {
    fn new(rows: u16, columns: u16) -> Self {
        Self {
            parser: vt100::Parser::new(nonzero(rows), nonzero(columns), 0),
            shown: 0,
        }
    }

    fn follow(&mut self, printed: &[u8]) {
        self.parser.process(&printed[self.shown..]);
        self.shown = printed.len();
    }

    fn text(&self) -> String {
        let screen = self.parser.screen();
        let (_, columns) = screen.size();
        let rows = screen.rows(0, columns.get());
        let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end_matches('\n').to_owned()
    }
}

fn left_behind(screen: &vt100::Screen) -> Option<&'static str> {
    [
        (screen.alternate_screen(), "on the alternate screen"),
        (screen.hide_cursor(), "without a cursor"),
        (screen.bracketed_paste(), "marking pastes"),
        (screen.application_cursor(), "with other cursor keys"),
    ]
    .into_iter()
    .find_map(|(left, what)| left.then_some(what))
}

fn find_number(bytes: &[u8], name: &str) -> Option<i32> {
    let text = String::from_utf8_lossy(bytes);
    let whole = &text[..=text.rfind('\n')?];
    let mut lines = whole.lines().filter_map(|line| line.split_once(' '));
    lines.find_map(|(word, number)| (word == name).then(|| number.parse().ok())?)
}

fn nonzero(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size).expect("a size that is not zero")
}
