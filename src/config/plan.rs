//! How to reach and greet the server.

use std::fs;
use std::path::Path;

use crate::cli::TalkArgs;
use crate::error::{Action, Error};
use crate::http::is_token;
use crate::net::{TlsSettings, Trust};
use crate::open::{HeaderEdit, Plan};
use crate::secret::Secret;
use crate::target::{Target, Userinfo};

/// Makes the plan for `url`.
///
/// # Errors
/// `Usage` and `Target`; `Io` when the file of `--cacert` cannot be read.
pub(super) fn plan(args: &TalkArgs, url: &str) -> Result<Plan, Error> {
    let target = Target::parse(url)?;
    let mut plan = Plan::new(target, args.reach.connect_timeout);
    plan.tls = TlsSettings {
        trust: trust(args)?,
    };
    plan.headers = headers(&args.handshake.header)?;
    plan.host = field("--host", args.handshake.host.as_deref())?;
    plan.origin = field("--origin", args.handshake.origin.as_deref())?;
    plan.subprotocols = subprotocols(&args.handshake.subprotocol)?;
    if let Some(agent) = field("--user-agent", args.handshake.user_agent.as_deref())? {
        plan.user_agent = agent;
    }
    plan.compression = !args.handshake.no_compression;
    plan.authorization = authorization(args, &plan.target)?;
    Ok(plan)
}

fn headers(texts: &[String]) -> Result<Vec<HeaderEdit>, Error> {
    texts.iter().map(|text| HeaderEdit::parse(text)).collect()
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

/// The value of a header of its own option.
fn field(option: &str, value: Option<&str>) -> Result<Option<String>, Error> {
    match value {
        Some(value) if value.chars().any(char::is_control) => Err(Error::Usage {
            message: format!("{option}: the value has a control character"),
            hint: "a line break would begin a header of its own".into(),
        }),
        value => Ok(value.map(str::to_owned)),
    }
}

fn subprotocols(names: &[String]) -> Result<Vec<String>, Error> {
    let mut offered: Vec<String> = Vec::new();
    for name in names {
        let name = name.trim();
        if !is_token(name) {
            return Err(Error::Usage {
                message: format!("--subprotocol: `{name}` is not a name that can be offered"),
                hint: "names are letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 section 4.1)".into(),
            });
        }
        if offered.iter().any(|known| known == name) {
            return Err(Error::Usage {
                message: format!("--subprotocol: `{name}` is offered twice"),
                hint: "each name may be offered once (RFC 6455 section 4.1)".into(),
            });
        }
        offered.push(name.to_owned());
    }
    Ok(offered)
}

/// `--user` wins over the URL's own credentials.
fn authorization(args: &TalkArgs, target: &Target) -> Result<Option<Secret>, Error> {
    let Some(text) = &args.handshake.user else {
        return Ok(target.userinfo().map(Userinfo::basic));
    };
    let Some((user, password)) = text.split_once(':') else {
        return Err(Error::Usage {
            message: "--user: the password is missing".into(),
            hint: "write --user USER:PASSWORD, with `USER:` for an empty one".into(),
        });
    };
    let userinfo = Userinfo::new(user, Some(Secret::new(password)));
    let userinfo = userinfo.map_err(|error| Error::Usage {
        message: format!("--user: {error}"),
        hint: error.hint().into(),
    })?;
    Ok(Some(userinfo.basic()))
}
