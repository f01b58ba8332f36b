//! A server that plays a transcript: from its options to its driver on an engine.

use std::net::TcpListener;

use super::{report, system};
use crate::cli::ListenArgs;
use crate::config;
use crate::console::Console;
use crate::context::Context;
use crate::engine::{Engine, by_name};
use crate::error::Error;
use crate::mock::Mock;
use crate::open::Accept;

/// Plays `script` for every client until a signal comes.
pub(super) fn mock(
    args: &ListenArgs,
    script: &str,
    context: &Context,
    console: Console,
    mut engine: Engine,
    (listener, url, accept): (TcpListener, &str, Accept),
) -> Result<u8, Error> {
    let play = config::play(script, url, &args.variables, &args.display, context)?;
    let mut mock = Mock::new(play, console, engine.waker());
    let policy = mock.policy(accept);
    engine.peers().listen(listener, policy).map_err(system)?;
    engine.heed_signals().map_err(system)?;
    console.announce(&format!("listening on {url}"));
    engine.run(&mut by_name(&mut mock)).map_err(system)?;
    let unmet: Vec<Error> = mock.finish().into_iter().collect();
    Ok(report(&unmet, None, &console))
}
