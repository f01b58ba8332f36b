//! What the request of the opening handshake says.

use std::path::Path;

use super::secrets::{self, Ask};
use super::usage;
use crate::cli::HandshakeArgs;
use crate::error::Error;
use crate::http::is_token;
use crate::open::{HeaderEdit, Plan, UnfitHeader};
use crate::secret::Secret;
use crate::target::Userinfo;

/// Sets what the options say of the request.
pub(super) fn fill(plan: &mut Plan, args: &HandshakeArgs, ask: Ask<'_>) -> Result<(), Error> {
    plan.headers = headers(&args.header)?;
    plan.host = field("--host", args.host.as_deref())?;
    plan.origin = field("--origin", args.origin.as_deref())?;
    plan.subprotocols = subprotocols(&args.subprotocol)?;
    if let Some(agent) = field("--user-agent", args.user_agent.as_deref())? {
        plan.user_agent = agent;
    }
    plan.compression = !args.no_compression;
    let from_url = plan.target.userinfo().map(Userinfo::basic);
    plan.authorization = authorization(args, ask)?.or(from_url);
    plan.cookie = secret("--cookie", args.cookie.as_deref())?;
    Ok(())
}

fn headers(texts: &[String]) -> Result<Vec<HeaderEdit>, Error> {
    let texts = written_out(texts)?;
    texts.iter().map(|text| edit("--header", text)).collect()
}

/// What `--header` was given, with the lines of a file where it is named. No such
/// line begins with `@`, so that nothing is read twice.
///
/// # Errors
/// `Io` when a file cannot be read; `Usage` when it is no text, is too long or has a
/// line that is no header.
pub(super) fn written_out(texts: &[String]) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    for text in texts {
        match text.strip_prefix('@') {
            None => all.push(text.clone()),
            Some(file) => all.append(&mut lines_of(file)?),
        }
    }
    Ok(all)
}

/// The headers in a file, one on a line; empty lines are left out.
fn lines_of(file: &str) -> Result<Vec<String>, Error> {
    let text = secrets::read_text("--header", Path::new(file))?;
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let place = format!("--header @{file}: line {}", number + 1);
            edit(&place, line).map(|_| line.to_owned())
        })
        .collect()
}

fn edit(place: &str, text: &str) -> Result<HeaderEdit, Error> {
    HeaderEdit::parse(text).map_err(|error| unfit(place, &error))
}

fn unfit(place: &str, error: &UnfitHeader) -> Error {
    usage(
        &format!("{place}: {error}"),
        "write 'NAME: VALUE', and 'NAME:' to send none",
    )
}

/// A secret that stands in a header.
fn secret(option: &str, text: Option<&str>) -> Result<Option<Secret>, Error> {
    let Some(text) = text else { return Ok(None) };
    let secret = secrets::given(option, text)?;
    field(option, Some(secret.reveal()))?;
    Ok(Some(secret))
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

pub(super) fn subprotocols(names: &[String]) -> Result<Vec<String>, Error> {
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

/// `--user` or `--bearer`.
fn authorization(args: &HandshakeArgs, ask: Ask<'_>) -> Result<Option<Secret>, Error> {
    if let Some(token) = secret("--bearer", args.bearer.as_deref())? {
        return Ok(Some(Secret::new(format!("Bearer {}", token.reveal()))));
    }
    let userinfo = credentials("--user", args.user.as_deref(), ask)?;
    Ok(userinfo.as_ref().map(Userinfo::basic))
}

/// `USER:PASSWORD`, or `@FILE` with the same; a missing password is asked for.
pub(super) fn credentials(
    option: &str,
    text: Option<&str>,
    ask: Ask<'_>,
) -> Result<Option<Userinfo>, Error> {
    let Some(text) = text else { return Ok(None) };
    let text = secrets::given(option, text)?;
    let (user, password) = match text.reveal().split_once(':') {
        Some((user, password)) => (user, Secret::new(password)),
        None => {
            let user = text.reveal();
            (user, ask(&format!("password for {user} ({option})"))?)
        }
    };
    let userinfo = Userinfo::new(user, Some(password)).map_err(|error| Error::Usage {
        message: format!("{option}: {error}"),
        hint: error.hint().into(),
    })?;
    Ok(Some(userinfo))
}
