//! How to reach and greet the server.

use std::time::Duration;

use super::secrets::Ask;
use super::{greeting, reach, tls};
use crate::cli::TalkArgs;
use crate::context::Context;
use crate::error::Error;
use crate::open::{Plan, RetryPolicy};
use crate::target::Target;

/// The limit of the whole opening handshake unless told otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// How many redirects are followed unless told otherwise.
const MAX_REDIRECTS: u32 = 10;

/// Makes the plan for `url`; `ask` is for passwords that the options leave out.
///
/// # Errors
/// `Usage` and `Target`; `Io` when a file that an option names cannot be read, and
/// `Authorities` and `Identity` when it cannot be used.
pub(super) fn plan(
    args: &TalkArgs,
    url: &str,
    context: &Context,
    ask: Ask<'_>,
) -> Result<Plan, Error> {
    let target = Target::parse(url)?;
    let limit = args.reach.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
    let mut plan = Plan::new(target, limit);
    plan.tls = tls::settings(&args.tls, ask)?;
    let redirects = args.handshake.max_redirects.unwrap_or(MAX_REDIRECTS);
    plan.redirects = args.handshake.location.then_some(redirects);
    plan.retry = RetryPolicy {
        limit: args.reach.retry,
        pause: args.reach.retry_delay,
    };
    greeting::fill(&mut plan, &args.handshake, ask)?;
    plan.road = reach::road(&args.reach, &plan.target, context, ask)?;
    Ok(plan)
}
