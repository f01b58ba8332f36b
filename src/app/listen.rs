//! A server: from its options to its driver on an engine.

use std::net::TcpListener;

use super::system;
use crate::cli::ListenArgs;
use crate::config::{self, Listen};
use crate::context::Context;
use crate::echo::{Echo, Stop};
use crate::engine::Engine;
use crate::error::Error;
use crate::open::Accept;
use crate::password;
use crate::run_limit::RunLimit;

/// Serves clients until a signal comes.
pub(super) fn listen(args: &ListenArgs, context: &Context) -> Result<u8, Error> {
    let console = config::console(&args.display, false, context);
    let mut engine = Engine::new().map_err(system)?;
    let listen = config::listen(args, &mut |question| {
        engine.heed_signals().map_err(system)?;
        password::ask(question, RunLimit::start(None), &mut engine)
    })?;
    let (listener, url) = bind(&listen)?;
    if let Some(script) = &args.script {
        let door = (listener, url.as_str(), listen.accept);
        return super::mock::mock(args, script, context, console, engine, door);
    }
    let_in(&mut engine, listener, listen.accept)?;
    engine.heed_signals().map_err(system)?;
    console.announce(&format!("listening on {url}"));
    let stop = Stop::new(engine.waker());
    engine.run(&mut Echo::new(stop)).map_err(system)?;
    Ok(0)
}

/// The door of a server, and the URL that leads there.
pub(super) fn bind(listen: &Listen) -> Result<(TcpListener, String), Error> {
    let failed = |cause| Error::Listen {
        address: listen.address.to_string(),
        cause,
    };
    let listener = TcpListener::bind(listen.address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let scheme = match listen.accept.tls {
        Some(_) => "wss",
        None => "ws",
    };
    Ok((listener, format!("{scheme}://{address}")))
}

/// Lets clients in from now on, all alike.
pub(super) fn let_in(
    engine: &mut Engine,
    listener: TcpListener,
    accept: Accept,
) -> Result<(), Error> {
    let policy = Box::new(move |_| accept.clone());
    engine.peers().listen(listener, policy).map_err(system)
}
