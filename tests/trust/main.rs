//! Can a verdict be trusted? A server that does all that its transcripts expect, and a
//! table of defects, each of which must be found: with the right exit code, at the right
//! line and column, in the right words. What is odd and legal must not be found at all.
//!
//! `server` plays conversations that are plain data, `healthy` holds those that are as
//! they should be, `defects` what is wrong in each case and what must be told of it.
//! `the_table` runs them all; what was told, as a table:
//!
//!     WSTALK_SHOW_TABLE=1 cargo test --test trust -- --nocapture the_table
//!
//! `stopped` proves that limits are judged by when something came, not by when somebody
//! looked; `load` plays the healthy server a thousand times on a machine without rest.

#![cfg(unix)]

#[path = "../command/support/mod.rs"]
pub mod support;

pub mod case;
pub mod defects;
pub mod healthy;
pub mod load;
pub mod server;
pub mod stopped;
pub mod table;
pub mod told;
