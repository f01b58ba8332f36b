//! The environment and the terminals, read once and passed in.

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

/// What the program was started in.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    /// `TERM=dumb`: no editor.
    pub dumb: bool,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0`.
    pub force_color: bool,
    /// `SSLKEYLOGFILE` is set: somebody wants the keys of TLS connections.
    pub key_log: bool,
    /// Where state is kept: `XDG_STATE_HOME`, or `.local/state` at home.
    pub state_home: Option<PathBuf>,
}

impl Context {
    /// Reads it from the process.
    pub fn read() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let path = |name: &str| {
            set(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        Context {
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            dumb: set("TERM").is_none_or(|term| term == "dumb"),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            key_log: set("SSLKEYLOGFILE").is_some(),
            state_home: path("XDG_STATE_HOME")
                .or_else(|| path("HOME").map(|home| home.join(".local/state"))),
        }
    }
}
