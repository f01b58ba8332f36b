//! Of echoes: `--echo` as a client, and `demo`, which is both ends.

mod client;
mod demo;
