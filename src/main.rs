//! The frame: read the surroundings, parse, run.

use std::process::ExitCode;

use wstalk::app;
use wstalk::cli::Cli;
use wstalk::context::Context;
use wstalk::crash;
use wstalk::net::{allow_old_versions, forget_system_roots, look_up_system_roots};

fn main() -> ExitCode {
    crash::guard();
    let context = Context::read();
    let code = match Cli::read() {
        Ok(cli) => {
            prepare_tls(&cli);
            app::run(&cli, &context)
        }
        Err(code) => code,
    };
    ExitCode::from(code)
}

/// While there is one thread.
fn prepare_tls(cli: &Cli) {
    if cli.needs_no_roots() {
        forget_system_roots();
    } else if cli.needs_tls() {
        look_up_system_roots();
    }
    if cli.allows_old_tls() {
        allow_old_versions();
    }
}
