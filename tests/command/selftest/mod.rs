//! The support code proves itself: that it sees what it should, and that it
//! fails where it must. Nothing here but a shell is run, so that these tests
//! say nothing about the product.

mod certificates;
mod command;
mod conn;
mod events;
mod frame;
mod running;
mod server;
mod terminal;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::support::{Command, program};

/// A shell that runs this.
fn sh(script: &str) -> Command {
    program("/bin/sh").arg("-c").arg(script)
}

/// The message of the panic that this must end in.
#[track_caller]
fn failure<T>(of: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(of)) else {
        panic!("this should have failed");
    };
    text(panic.as_ref())
}

fn text(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_owned(),
        _ => String::new(),
    }
}
