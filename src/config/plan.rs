//! How to reach and greet the server.

use std::fs;
use std::path::Path;

use super::greeting;
use super::secrets::Ask;
use crate::cli::TalkArgs;
use crate::error::{Action, Error};
use crate::net::{TlsSettings, Trust};
use crate::open::{Plan, RetryPolicy};
use crate::target::Target;

/// Makes the plan for `url`; `ask` is for passwords that the options leave out.
///
/// # Errors
/// `Usage` and `Target`; `Io` when a file that an option names cannot be read.
pub(super) fn plan(args: &TalkArgs, url: &str, ask: Ask<'_>) -> Result<Plan, Error> {
    let target = Target::parse(url)?;
    let mut plan = Plan::new(target, args.reach.connect_timeout);
    plan.tls = TlsSettings {
        trust: trust(args)?,
    };
    plan.redirects = args
        .handshake
        .location
        .then_some(args.handshake.max_redirects);
    plan.retry = RetryPolicy {
        limit: args.reach.retry,
        pause: args.reach.retry_delay,
    };
    greeting::fill(&mut plan, &args.handshake, ask)?;
    Ok(plan)
}

fn trust(args: &TalkArgs) -> Result<Trust, Error> {
    match &args.tls.cacert {
        _ if args.tls.insecure => Ok(Trust::Anyone),
        None => Ok(Trust::System),
        Some(file) => {
            let pem = read(file)?;
            Trust::only(pem).map_err(|why| Error::Io {
                action: Action::Read,
                medium: file.display().to_string(),
                cause: std::io::Error::other(why),
            })
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|cause| Error::Io {
        action: Action::Read,
        medium: file.display().to_string(),
        cause,
    })
}
