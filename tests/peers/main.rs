//! The program against other implementations of the protocol, as their users
//! configure them: real libraries, servers, proxies and brokers in processes of
//! their own, on ports of loopback that nobody had.
//!
//! They have to be installed first, which `tests/peers/setup` does; so these
//! tests run only when asked for:
//!
//!     tests/peers/setup && cargo test --test peers -- --ignored
//!
//! A test that does not find what it needs fails and says so.

#![cfg(unix)]

#[path = "../command/support/mod.rs"]
pub mod support;

pub mod daemon;
pub mod installed;
pub mod listener;
pub mod peer;
pub mod proxied;

pub mod chromium;
pub mod completions;
pub mod deflate;
pub mod graphql_ws;
pub mod inspector;
pub mod libraries;
pub mod microsocks;
pub mod mosquitto;
pub mod nginx;
pub mod tinyproxy;
pub mod transcripts;
