//! The frame: read the surroundings, parse, run.

use std::process::ExitCode;

use wstalk::app;
use wstalk::cli::Cli;
use wstalk::context::Context;

fn main() -> ExitCode {
    let context = Context::read();
    let code = match Cli::read() {
        Ok(cli) => app::run(&cli, &context),
        Err(code) => code,
    };
    ExitCode::from(code)
}
