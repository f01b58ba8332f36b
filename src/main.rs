//! The frame: read the surroundings, parse, run.

use std::process::ExitCode;

use wstalk::app;
use wstalk::cli::Cli;
use wstalk::context::Context;
use wstalk::net::forget_system_roots;

fn main() -> ExitCode {
    let context = Context::read();
    let code = match Cli::read() {
        Ok(cli) => {
            if cli.needs_no_roots() {
                forget_system_roots();
            }
            app::run(&cli, &context)
        }
        Err(code) => code,
    };
    ExitCode::from(code)
}
