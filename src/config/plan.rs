//! How to reach and greet the server.

use std::time::Duration;

use super::secrets::Ask;
use super::{greeting, reach, tls};
use crate::cli::{HandshakeArgs, ReachArgs, TalkArgs, TlsArgs};
use crate::context::Context;
use crate::error::Error;
use crate::open::{MAX_REDIRECTS, Plan, RetryPolicy};
use crate::target::Target;

/// The limit of the whole opening handshake unless told otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// The options that concern connecting.
pub(super) struct Connecting<'a> {
    pub(super) handshake: &'a HandshakeArgs,
    pub(super) reach: &'a ReachArgs,
    pub(super) tls: &'a TlsArgs,
}

impl<'a> Connecting<'a> {
    pub(super) fn of(args: &'a TalkArgs) -> Self {
        Connecting {
            handshake: &args.handshake,
            reach: &args.reach,
            tls: &args.tls,
        }
    }
}

/// Makes the plan for `url`; `ask` is for passwords that the options leave out.
///
/// # Errors
/// `Usage` and `Target`; `Io` when a file that an option names cannot be read, and
/// `Authorities` and `Identity` when it cannot be used.
pub(super) fn plan(
    args: &Connecting<'_>,
    url: &str,
    context: &Context,
    ask: Ask<'_>,
) -> Result<Plan, Error> {
    let Connecting {
        handshake,
        reach,
        tls,
    } = args;
    let target = Target::parse(url)?;
    let limit = reach.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
    let mut plan = Plan::new(target, limit);
    plan.tls = tls::settings(tls, ask)?;
    let redirects = handshake.max_redirects.unwrap_or(MAX_REDIRECTS);
    plan.redirects = handshake.location.then_some(redirects);
    plan.retry = RetryPolicy {
        limit: reach.retry,
        pause: reach.retry_delay,
    };
    greeting::fill(&mut plan, handshake, ask)?;
    plan.road = reach::road(reach, &plan.target, context, ask)?;
    Ok(plan)
}
