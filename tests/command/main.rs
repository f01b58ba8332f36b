//! The program as its users meet it: a process with arguments, streams, an exit
//! code, and real servers and terminals around it.
//!
//! `support` holds what the tests are written with, `selftest` proves that it
//! would notice a failure. The modules after them each test one promise.

#![cfg(unix)]

pub mod support;

mod selftest;

mod alive;
mod check;
mod ci;
mod closing;
mod compression;
mod curl;
mod echo;
mod ending;
mod formats;
mod handshake;
mod help;
mod hostile;
mod listen;
mod picture;
mod pipe;
mod prompt;
mod reach;
mod readme;
mod security;
mod signals;
mod tls;
mod transcripts;
mod views;
