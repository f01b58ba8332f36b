//! The clients: where each is found, and the words that let it do its best.
//!
//! Found by the variable `WSTALK_BENCH_NAME` (as `WSTALK_BENCH_WSCAT`), below
//! `target/bench-tools` where `benches/compare/install` puts them, or on PATH.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::roles::CLOSE;
use crate::work::{Kind, Way, Work};

/// Larger than any message of the benchmark, for clients that hold one whole.
const ROOM: &str = "300000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    Wstalk,
    Raw,
    Minimal,
    Websocat1,
    Websocat4,
    Wscat,
    Websockets,
    Wsdump,
    Curl,
}

/// In the order of the tables.
pub const ALL: [Client; 9] = [
    Client::Wstalk,
    Client::Raw,
    Client::Minimal,
    Client::Websocat1,
    Client::Websocat4,
    Client::Wscat,
    Client::Websockets,
    Client::Wsdump,
    Client::Curl,
];

/// What a client is asked to do.
#[derive(Clone, Copy, Debug)]
pub enum Task<'a> {
    Move(&'a Work),
    /// One line there, one back, and the end.
    Once {
        tls: bool,
    },
    /// Lines there and back until it is ended.
    Talk,
}

impl Task<'_> {
    pub fn tls(self) -> bool {
        match self {
            Self::Move(work) => work.tls,
            Self::Once { tls } => tls,
            Self::Talk => false,
        }
    }
}

/// Where a job waits.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub port: u16,
    pub job: u64,
    /// The certificate that clients trust.
    pub ca: &'a Path,
}

impl Client {
    pub fn name(self) -> &'static str {
        match self {
            Self::Wstalk => "wstalk",
            Self::Raw => "raw",
            Self::Minimal => "minimal",
            Self::Websocat1 => "websocat 1.14.1",
            Self::Websocat4 => "websocat 4.0.0-alpha3",
            Self::Wscat => "wscat 6.1.0",
            Self::Websockets => "Python websockets",
            Self::Wsdump => "websocket-client",
            Self::Curl => "curl",
        }
    }

    /// Not one of ours.
    pub fn is_other(self) -> bool {
        !matches!(self, Self::Wstalk | Self::Raw | Self::Minimal)
    }

    /// Whether this exit code of a program that ended by itself is a failure.
    /// Others have their own ideas of exit codes: only a panic or a signal.
    pub fn has_crashed(self, code: u64) -> bool {
        match self.is_other() {
            true => code == 101 || code >= 128,
            false => code != 0,
        }
    }

    /// Loses the lines that it reads before the connection is open.
    pub fn reads_too_early(self) -> bool {
        self == Self::Wscat
    }

    /// Sends the line feed as a part of the message.
    pub fn keeps_line_feed(self) -> bool {
        self == Self::Websocat1
    }

    /// The Close frame that a server ends with: with code 1000, but without a
    /// code for the client that writes it to stdout as if it were payload.
    pub fn close(self) -> &'static [u8] {
        match self {
            Self::Websocat4 => &[0x88, 0],
            _ => &CLOSE,
        }
    }

    /// Prints prompts or escapes around each message, in pipes too.
    pub fn decorates(self) -> bool {
        matches!(self, Self::Wscat | Self::Websockets)
    }

    /// Writes a line feed behind each message of this kind.
    pub fn delimits(self, kind: Kind) -> bool {
        match self {
            Self::Curl => false,
            Self::Wsdump | Self::Wscat => true,
            _ => kind == Kind::Line,
        }
    }

    /// The program's file, if it is installed.
    pub fn find(self) -> Option<PathBuf> {
        match self {
            Self::Wstalk => {
                let other = env::var_os("WSTALK_BENCH_WSTALK");
                Some(other.map_or(env!("CARGO_BIN_EXE_wstalk").into(), PathBuf::from))
            }
            Self::Raw | Self::Minimal => env::current_exe().ok(),
            Self::Websocat1 => tool("WEBSOCAT1", "websocat1/bin/websocat", None),
            Self::Websocat4 => tool("WEBSOCAT4", "websocat4/bin/websocat", None),
            Self::Wscat => tool("WSCAT", "node/node_modules/.bin/wscat", Some("wscat")),
            Self::Websockets => tool("WEBSOCKETS", "python/bin/websockets", Some("websockets")),
            Self::Wsdump => tool("WSDUMP", "python/bin/wsdump", Some("wsdump")),
            Self::Curl => {
                tool("CURL", "curl/bin/curl", Some("curl")).filter(|curl| speaks_ws(curl))
            }
        }
    }

    /// The reason why this client cannot do this, if there is one.
    pub fn cannot(self, task: Task<'_>) -> Option<&'static str> {
        let work = match task {
            Task::Move(work) => Some(work),
            _ => None,
        };
        let binary = work.is_some_and(|work| work.kind == Kind::Binary);
        match self {
            Self::Websockets | Self::Wsdump if binary => Some("prints binary as hex or repr"),
            Self::Wscat if binary => Some("prints binary with line feeds added"),
            Self::Curl if work.is_none_or(|work| work.way != Way::Down) => Some("only receives"),
            Self::Raw if matches!(task, Task::Once { .. }) => Some("the floor is minimal"),
            Self::Minimal if matches!(task, Task::Talk) => Some("measured as raw"),
            _ => None,
        }
    }

    /// The words of the command line, without the program.
    pub fn arguments(self, task: Task<'_>, place: &Place<'_>) -> Vec<String> {
        let tls = task.tls();
        let host = if tls {
            "wss://localhost"
        } else {
            "ws://127.0.0.1"
        };
        let url = format!("{host}:{}/job/{}", place.port, place.job);
        let mut words = match self {
            Self::Wstalk => wstalk(task, place),
            Self::Raw | Self::Minimal => return helper(self, task, place),
            Self::Websocat1 => websocat1(task),
            Self::Websocat4 => websocat4(task),
            Self::Wscat if tls => vec!["--ca".into(), shown(place.ca), "-c".into()],
            Self::Wscat => vec!["-c".into()],
            Self::Websockets => Vec::new(),
            Self::Wsdump if tls => vec!["--raw".into(), "-n".into()],
            Self::Wsdump => vec!["--raw".into()],
            Self::Curl => vec!["-sN".into(), "--cacert".into(), shown(place.ca)],
        };
        words.push(url);
        words
    }

    /// The variable that lets a client trust the certificate, if it has one.
    ///
    /// The minimal program has its own list: the system's need not be read.
    pub fn trust(self, ca: &Path) -> Option<(&'static str, &Path)> {
        match self {
            Self::Minimal | Self::Raw => Some(("SSL_CERT_FILE", Path::new("/dev/null"))),
            Self::Websocat1 | Self::Websocat4 | Self::Websockets => Some(("SSL_CERT_FILE", ca)),
            _ => None,
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn words(line: &str) -> Vec<String> {
    line.split_ascii_whitespace().map(str::to_owned).collect()
}

fn wstalk(task: Task<'_>, place: &Place<'_>) -> Vec<String> {
    let mut all = match task {
        Task::Move(work) => match (work.way, work.kind) {
            (Way::Up, _) => words("-E"),
            (_, Kind::Line) => words(&format!("-N {}", work.count)),
            (_, Kind::Binary) => words(&format!("--output raw -N {}", work.count)),
        },
        Task::Once { .. } => words("-1"),
        Task::Talk => Vec::new(),
    };
    if task.tls() {
        all.extend(["--cacert".into(), shown(place.ca)]);
    }
    all
}

fn helper(client: Client, task: Task<'_>, place: &Place<'_>) -> Vec<String> {
    let mut all = match (client, task) {
        (_, Task::Once { .. }) => words("once"),
        (Client::Raw, Task::Talk) => words("raw echo"),
        (_, Task::Talk) => words("minimal echo line"),
        (client, Task::Move(work)) => {
            let way = match work.way {
                Way::Echo => "echo",
                Way::Up => "up",
                Way::Down => "down",
            };
            let kind = if work.kind == Kind::Binary {
                "binary"
            } else {
                "line"
            };
            match client {
                Client::Raw => words(&format!("raw {way}")),
                _ => words(&format!("minimal {way} {kind}")),
            }
        }
    };
    all.extend([place.port.to_string(), place.job.to_string()]);
    if task.tls() {
        all.push(shown(place.ca));
    }
    all
}

fn websocat1(task: Task<'_>) -> Vec<String> {
    match task {
        Task::Move(work) => {
            let large = work.size >= 65_536;
            // It makes a buffer of this size for each message.
            let room = (2 * work.size).max(4096);
            let room = format!("-B {room}");
            let limits = if large {
                format!(" --max-ws-frame-length {ROOM} --max-ws-message-length {ROOM}")
            } else {
                String::new()
            };
            let kind = if work.kind == Kind::Binary {
                "-b"
            } else {
                "-t"
            };
            let way = match work.way {
                Way::Echo => "",
                Way::Up => " -u",
                Way::Down => " -U",
            };
            words(&format!("{kind} {room}{limits}{way}"))
        }
        Task::Once { .. } => words("-t -E"),
        Task::Talk => words("-t"),
    }
}

fn websocat4(task: Task<'_>) -> Vec<String> {
    match task {
        Task::Move(work) => {
            let kind = if work.kind == Kind::Binary {
                "-b"
            } else {
                "-t"
            };
            let room = if work.size >= 65_536 {
                "1048576"
            } else {
                "65536"
            };
            let way = match work.way {
                Way::Echo => "",
                Way::Up => " -U",
                Way::Down => " -u",
            };
            words(&format!("{kind} -B {room}{way}"))
        }
        Task::Once { .. } => words("-t"),
        Task::Talk => words("-t"),
    }
}

/// The variable, the place of the install script, or PATH.
fn tool(variable: &str, below: &str, name: Option<&str>) -> Option<PathBuf> {
    if let Some(path) = env::var_os(format!("WSTALK_BENCH_{variable}")) {
        return Some(path.into());
    }
    let installed = tools().join(below);
    if installed.exists() {
        return Some(installed);
    }
    let (path, name) = (env::var_os("PATH")?, name?);
    let mut files = env::split_paths(&path).map(|folder| folder.join(name));
    files.find(|file| file.exists())
}

/// `target/bench-tools`, beside the folder of this program's profile.
pub fn tools() -> PathBuf {
    let exe = Path::new(env!("CARGO_BIN_EXE_wstalk"));
    let target = exe.parent().and_then(Path::parent);
    target.unwrap_or(Path::new("target")).join("bench-tools")
}

fn speaks_ws(curl: &Path) -> bool {
    let output = Command::new(curl).arg("--version").output();
    output.is_ok_and(|output| {
        let text = String::from_utf8_lossy(&output.stdout);
        let protocols = text.lines().find(|line| line.starts_with("Protocols:"));
        protocols.is_some_and(|line| line.split(' ').any(|word| word == "ws"))
    })
}

/// A file name for a listing.
pub fn base(path: &Path) -> String {
    path.file_name()
        .unwrap_or(OsStr::new(""))
        .display()
        .to_string()
}
