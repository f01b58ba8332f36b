//! The frame: read the surroundings, parse, run.

use std::process::ExitCode;

use clap::Parser;
use wstalk::app;
use wstalk::cli::Cli;
use wstalk::context::Context;

fn main() -> ExitCode {
    let context = Context::read();
    let cli = Cli::parse();
    ExitCode::from(app::run(&cli, &context))
}
