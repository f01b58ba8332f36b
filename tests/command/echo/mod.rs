//! Of echoes: `--echo` as a client, `listen --echo` as a server, and `demo`,
//! which is both.

mod client;
mod demo;
mod listen;
