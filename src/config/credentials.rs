//! Credentials that stand in a transcript itself, which are not shown either.

use crate::secret::{self, Secret, is_secret_header};
use crate::target::Target;
use crate::transcript::{ConnectOption, Context, Transcript, Variables};

/// Those of every client: in URLs, and in the options under `connect`.
pub(super) fn own(transcript: &Transcript, variables: &Variables) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for connect in transcript.connects() {
        if let Ok(url) = connect.url.fill(Context::Text, variables) {
            secrets.extend(of_url(&url.text));
        }
    }
    for setting in transcript.connects().flat_map(|connect| &connect.settings) {
        let Ok(value) = setting.value.fill(Context::Text, variables) else {
            continue;
        };
        let text = value.text.trim();
        let secret = match (setting.option, text.split_once(':')) {
            (ConnectOption::Bearer | ConnectOption::Cookie, _) => text,
            (ConnectOption::User, Some((_, password))) => password,
            (ConnectOption::Header, Some((header, value))) if is_secret_header(header.trim()) => {
                let value = value.trim();
                value.split_once(' ').map_or(value, |(_, rest)| rest)
            }
            _ => continue,
        };
        secrets.push(Secret::new(secret.trim()));
    }
    secrets
}

/// The password in a URL, and its parameters that are named like secrets.
fn of_url(url: &str) -> Vec<Secret> {
    let places = secret::places(url).into_iter();
    let values = places.map(|(start, end)| {
        let value = &url[start..end];
        // What stands before an `@` is a user's name, too.
        let password = value
            .split_once(':')
            .filter(|_| url[..start].ends_with("//"));
        Secret::new(password.map_or(value, |(_, password)| password))
    });
    let target = Target::parse(url.trim()).ok();
    let password = target
        .as_ref()
        .and_then(|target| target.userinfo()?.password());
    values.chain(password.cloned()).collect()
}
