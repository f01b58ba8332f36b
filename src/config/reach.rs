//! How the server is reached: addresses, a Unix socket, proxies.

use super::greeting::credentials;
use super::secrets::Ask;
use super::{first_given, usage};
use crate::cli::ReachArgs;
use crate::context::{Context, Variable};
use crate::error::Error;
use crate::net::{Bypass, Family, Named, Overrides, Proxies, Road};
use crate::target::Target;

/// The road that options and environment say; `ask` is for the proxy's password.
///
/// # Errors
/// `Usage` for what cannot be understood, cannot work together, or cannot lead to
/// this target.
pub(super) fn road(
    args: &ReachArgs,
    target: &Target,
    context: &Context,
    ask: Ask<'_>,
) -> Result<Road, Error> {
    refuse_beside_socket(args, target)?;
    let road = Road {
        family: match (args.ipv4, args.ipv6) {
            (true, _) => Family::V4,
            (_, true) => Family::V6,
            _ => Family::Any,
        },
        overrides: overrides(&args.resolve)?,
        unix_socket: args.unix_socket.clone(),
        proxies: proxies(args, context, ask)?,
    };
    // A proxy that cannot be used is told before anyone is called.
    road.way(target)?;
    Ok(road)
}

/// A socket leaves these nothing to say, whoever names it: the URL, our own option, or
/// that of a curl command, of which the option parser knows nothing.
fn refuse_beside_socket(args: &ReachArgs, target: &Target) -> Result<(), Error> {
    let by_option = args.unix_socket.is_some();
    let (by, second) = match target.socket() {
        Some(_) => ("a ws+unix: URL, which names a socket", by_option),
        None if by_option => ("--unix-socket", false),
        None => return Ok(()),
    };
    let given = [
        (second, "--unix-socket"),
        (args.ipv4, "--ipv4"),
        (args.ipv6, "--ipv6"),
        (!args.resolve.is_empty(), "--resolve"),
        (args.proxy.is_some(), "--proxy"),
        (args.proxy_user.is_some(), "--proxy-user"),
        (args.noproxy.is_some(), "--noproxy"),
    ];
    match first_given(&given) {
        Some(option) => Err(usage(
            &format!("{option} cannot be used with {by}"),
            "leave one of them out",
        )),
        None => Ok(()),
    }
}

fn overrides(texts: &[String]) -> Result<Overrides, Error> {
    let mut overrides = Overrides::default();
    for text in texts {
        overrides.add(text).map_err(|error| {
            usage(
                &format!("--resolve \"{text}\": {error}"),
                "write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1 or *:443:[::1]",
            )
        })?;
    }
    Ok(overrides)
}

fn proxies(args: &ReachArgs, context: &Context, ask: Ask<'_>) -> Result<Proxies, Error> {
    let named = |variable: &Variable| Named::new(variable.name, variable.value.reveal());
    let variables = &context.proxies;
    let proxies = match args.proxy.as_deref() {
        Some("") => Proxies::default(),
        Some(url) => Proxies::asked_for(Named::new("--proxy", url))?,
        None => Proxies::of_environment(
            variables.ws.as_ref().map(named),
            variables.wss.as_ref().map(named),
        ),
    };
    if args.proxy_user.is_some() && proxies.is_empty() {
        return Err(usage(
            "--proxy-user is for a proxy, and there is none",
            "name one with --proxy, or in a variable such as https_proxy",
        ));
    }
    let proxies = match credentials("--proxy-user", args.proxy_user.as_deref(), ask)? {
        Some(userinfo) => proxies.logged_in_as(&userinfo),
        None => proxies,
    };
    sparing(proxies, args.noproxy.as_deref(), variables.bypass.as_ref())
}

/// `--noproxy` takes the place of the variable, in which what is no item is passed
/// over, as other programs do.
fn sparing(
    proxies: Proxies,
    option: Option<&str>,
    variable: Option<&Variable>,
) -> Result<Proxies, Error> {
    if let Some(list) = option {
        return match Bypass::parse(list) {
            (bypass, strange) if strange.is_empty() => Ok(proxies.sparing("--noproxy", bypass)),
            (_, strange) => Err(usage(
                &format!("--noproxy: \"{}\" is no host and no network", strange[0]),
                "write names, addresses and networks such as 10.0.0.0/8, each with :PORT or without",
            )),
        };
    }
    Ok(match variable {
        Some(variable) => {
            let (bypass, _) = Bypass::parse(variable.value.reveal());
            proxies.sparing(variable.name, bypass)
        }
        None => proxies,
    })
}
