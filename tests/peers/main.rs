//! The program against other implementations of the protocol, as their users
//! configure them: real libraries in processes of their own.
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

pub mod installed;
pub mod peer;

pub mod deflate;
