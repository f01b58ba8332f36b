//! The parts of `wstalk`. Public for the program, its tests, benches and fuzz
//! targets only: this is no library with promises of its own.
//!
//! A module imports only from those listed behind it (a test holds this).

pub mod app;

pub mod config;

pub mod generate;

pub mod cli;
pub mod context;

pub mod check;
pub mod course;
pub mod listen;
pub mod mock;
pub mod pipe;
pub mod prompt;

pub mod console;
pub mod crash;
pub mod display;
pub mod goal;
pub mod journal;
pub mod losses;
pub mod new_file;
pub mod password;
pub mod reconnect;
pub mod report;
pub mod run_limit;
pub mod script;
pub mod view;

pub mod render;

pub mod stats;

pub mod engine;

pub mod hint;
pub mod open;

pub mod error;

pub mod http;
pub mod net;
pub mod ws;

pub mod diff;
pub mod duration;
pub mod event_input;
pub mod io_error;
pub mod json;
pub mod masker;
pub mod message;
pub mod nearest;
pub mod notation;
pub mod pattern;
pub mod same_file;
pub mod secret;
pub mod size;
pub mod target;
pub mod terminal;
pub mod time_of_day;
pub mod transcript;
pub mod visible;
