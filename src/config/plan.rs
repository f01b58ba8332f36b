//! How to reach and greet the server.

use super::secrets::Ask;
use super::{greeting, reach, tls};
use crate::cli::TalkArgs;
use crate::context::Context;
use crate::error::Error;
use crate::open::{Plan, RetryPolicy};
use crate::target::Target;

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
    let mut plan = Plan::new(target, args.reach.connect_timeout);
    plan.tls = tls::settings(&args.tls, ask)?;
    plan.redirects = args
        .handshake
        .location
        .then_some(args.handshake.max_redirects);
    plan.retry = RetryPolicy {
        limit: args.reach.retry,
        pause: args.reach.retry_delay,
    };
    greeting::fill(&mut plan, &args.handshake, ask)?;
    plan.road = reach::road(&args.reach, &plan.target, context, ask)?;
    Ok(plan)
}
