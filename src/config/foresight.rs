//! What a transcript says of its connections and files, looked at before anything begins:
//! whom it trusts, what of it cannot be done, what of it is secret.

use std::path::Path;

use super::tls;
use super::transcript::misunderstood;
use crate::course::Files;
use crate::error::Error;
use crate::net::Trust;
use crate::notation::Line;
use crate::secret::{self, Secret, is_secret_header};
use crate::target::Target;
use crate::transcript::{
    Act, Connect, ConnectOption, Context as Filling, Place, Problem, Transcript, Variables,
};

/// The certificates that a transcript trusts.
pub(super) fn trusts(
    name: &str,
    transcript: &Transcript,
    folder: &Path,
    variables: &Variables,
) -> Result<Vec<(Place, Trust)>, Error> {
    let settings = connects(transcript).flat_map(|connect| &connect.settings);
    let named = settings.filter(|setting| setting.option == ConnectOption::Cacert);
    named
        .map(|setting| {
            let file = setting.value.fill(Filling::Text, variables);
            let file =
                file.map_err(|problem| misunderstood(name, transcript.source.text(), problem))?;
            let path = folder.join(file.text.trim());
            // A pipe would be waited for, and a device may never end.
            if path.metadata().is_ok_and(|found| !found.is_file()) {
                let problem = Problem {
                    place: setting.value.place(),
                    message: "this is no regular file".into(),
                    hint: None,
                };
                return Err(misunderstood(name, transcript.source.text(), problem));
            }
            Ok((setting.place, tls::authorities(&path)?))
        })
        .collect()
}

/// Sees that the files are there that are to be sent, as far as their names are known.
pub(super) fn look_at_files(
    name: &str,
    transcript: &Transcript,
    files: &Files,
    variables: &Variables,
) -> Result<(), Error> {
    for step in &transcript.steps {
        let Act::Send(written) = &step.act else {
            continue;
        };
        let Ok(Line::File { path, .. }) = written.line(variables) else {
            continue;
        };
        files.check(&path).map_err(|error| {
            let (message, hint) = match error {
                Error::Input { message, hint, .. } => (message, Some(hint)),
                error => (error.to_string(), None),
            };
            let problem = Problem {
                place: step.place,
                message,
                hint,
            };
            misunderstood(name, transcript.source.text(), problem)
        })?;
    }
    Ok(())
}

/// Sees that what is known of URLs makes sense: not those that hold what a line captures.
pub(super) fn look_at_urls(
    name: &str,
    transcript: &Transcript,
    variables: &Variables,
) -> Result<(), Error> {
    let facts = transcript.steps.iter().flat_map(|step| match &step.act {
        Act::Open(answer) => &*answer.facts,
        Act::Expect(expectation) => &*expectation.facts,
        _ => &[],
    });
    let captured: Vec<&str> = facts.filter_map(|fact| fact.sets()).collect();
    for Connect { url, .. } in connects(transcript) {
        let names = url.names();
        if names.iter().any(|(name, _)| captured.contains(name)) {
            continue;
        }
        let filled = url.fill(Filling::Text, variables);
        let parsed = filled.and_then(|url| {
            let wrong = Target::parse(url.text.trim());
            wrong.map_err(|error| url.wrong(error.to_string(), error.hint()))
        });
        parsed.map_err(|problem| misunderstood(name, transcript.source.text(), problem))?;
    }
    Ok(())
}

fn connects(transcript: &Transcript) -> impl Iterator<Item = &Connect> {
    transcript.steps.iter().filter_map(|step| match &step.act {
        Act::Connect(connect) => Some(connect),
        _ => None,
    })
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

/// Credentials that stand in the transcript itself: they are not shown either.
pub(super) fn own_secrets(transcript: &Transcript, variables: &Variables) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for connect in connects(transcript) {
        if let Ok(url) = connect.url.fill(Filling::Text, variables) {
            secrets.extend(of_url(&url.text));
        }
    }
    for setting in connects(transcript).flat_map(|connect| &connect.settings) {
        let Ok(value) = setting.value.fill(Filling::Text, variables) else {
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
