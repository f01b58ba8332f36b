//! What the tests of the program are written with: a command, a server that
//! follows a script, certificates and a terminal.
//!
//! Everything here waits for an event under a deadline, never for a time to
//! pass, ends only what it started itself, and fails loudly: a server that was
//! not called and an exit code that nobody looked at are failures too.

#![allow(
    dead_code,
    reason = "a vocabulary: what no test says today, one may say tomorrow"
)]

pub mod abreast;
pub mod certificates;
pub mod collector;
pub mod command;
pub mod conn;
pub mod conversation;
pub mod deaf;
pub mod door;
pub mod echo;
pub mod events;
pub mod frame;
pub mod gate;
pub mod head;
pub mod keys;
pub mod listening;
pub mod opening;
pub mod output;
pub mod process;
pub mod proxy;
pub mod relay;
pub mod running;
pub mod server;
pub mod standstill;
pub mod stream;
pub mod terminal;
pub mod wait;

pub use abreast::abreast;
pub use certificates::{Authority, Identity};
pub use command::{Command, program, wstalk};
pub use conn::Conn;
pub use deaf::deaf_port;
pub use door::Door;
pub use echo::{echo_server, echo_server_tls};
pub use frame::{Frame, LengthForm, ReceivedFrame};
pub use gate::Gate;
pub use head::Head;
pub use keys::Key;
pub use listening::Listening;
pub use opening::beside_the_opening;
pub use output::Output;
pub use proxy::Proxy;
pub use running::Running;
pub use server::Server;
pub use standstill::standstill;
pub use stream::Tls;
pub use terminal::Terminal;
