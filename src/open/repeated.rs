//! Secrets of ours that an answer repeats, as error pages do.
//!
//! They are taken out of it by their text before anybody sees it: of heads, bodies and
//! the words of errors. What the answer means has been decided by then. A plan says
//! whether that is wanted: not where secrets are shown, and not for checks, which
//! compare answers as they came and mask what they tell.

use super::{HeaderEdit, Opened, Plan, Progress, Retry};
use crate::error::{Error, ProxyProblem, Refusal};
use crate::http::Head;
use crate::masker::Masker;
use crate::net::Way;
use crate::notation::base64;
use crate::secret::{self, Exposure, Secret};
use crate::target::Userinfo;

/// Values of cookies below this are settings more often than secrets, in bytes.
const LONG: usize = 12;

/// See the module's head.
pub(super) struct Repeated(Masker);

impl Repeated {
    pub(super) fn of(plan: &Plan) -> Self {
        Repeated(match plan.repeated {
            Exposure::Shown => Masker::default(),
            Exposure::Masked => Masker::new(plan.secrets().iter()),
        })
    }

    pub(super) fn step(&self, step: Progress) -> Progress {
        match step {
            Progress::Received(mut head) => {
                self.mask(&mut head);
                Progress::Received(head)
            }
            Progress::Retrying(retry) => Progress::Retrying(Retry {
                why: self.0.text(&retry.why).into_owned(),
                ..retry
            }),
            step => step,
        }
    }

    pub(super) fn opened(&self, mut opened: Opened) -> Opened {
        let handshake = &mut opened.handshake;
        self.mask(&mut handshake.heads.response);
        for header in &mut handshake.headers {
            self.mask(&mut header.value);
        }
        opened
    }

    pub(super) fn error(&self, mut error: Error) -> Error {
        let mut within = &mut error;
        while let Error::Redirected { error, .. } = within {
            within = error;
        }
        match within {
            Error::Refused(refusal) => self.refusal(refusal),
            Error::Proxy(failure) => {
                if let ProxyProblem::Refused(refusal) = &mut failure.problem {
                    self.refusal(refusal);
                }
            }
            _ => {}
        }
        error
    }

    fn refusal(&self, refusal: &mut Refusal) {
        let response = &mut refusal.response;
        response.reason = self.0.text(&response.reason).into_owned();
        self.head(&mut response.head);
        self.mask(&mut refusal.body.bytes);
    }

    fn head(&self, head: &mut Head) {
        self.mask(&mut head.raw);
        for header in &mut head.headers {
            self.mask(&mut header.value);
        }
    }

    /// Bytes in which there is nothing to mask stay as they are, text or not.
    fn mask(&self, bytes: &mut Vec<u8>) {
        if self.0.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        let shown = self.0.text(&text);
        if *shown != *text {
            *bytes = shown.into_owned().into_bytes();
        }
    }
}

impl Plan {
    /// The secrets that are sent on the way and in the opening handshake: values of
    /// headers, whole and without the name of their scheme, passwords as they are typed,
    /// cookies one by one, and parameters of the URL that are named like secrets.
    pub fn secrets(&self) -> Vec<Secret> {
        let way = self.road.way(&self.target).ok();
        let at_proxy = match way {
            Some(Way::Proxy { proxy, .. }) => proxy.userinfo(),
            _ => None,
        };
        let basic = at_proxy.map(Userinfo::basic);
        let values = self.authorization.iter().chain(&self.cookie);
        let values = values.chain(self.headers.iter().filter_map(secret_value));
        let mut secrets = Vec::new();
        for value in values.chain(&basic) {
            secrets.extend(parts(value.reveal()));
        }
        let url = self.target.to_string();
        let places = secret::places(&url).into_iter();
        secrets.extend(places.map(|(start, end)| Secret::new(&url[start..end])));
        let users = self.target.userinfo().into_iter().chain(at_proxy);
        secrets.extend(users.filter_map(Userinfo::password).cloned());
        secrets
    }
}

fn secret_value(edit: &HeaderEdit) -> Option<&Secret> {
    match edit {
        HeaderEdit::Set { name, value } => {
            Some(value).filter(|value| secret::header(name, value.reveal()) != value.reveal())
        }
        HeaderEdit::Remove { .. } => None,
    }
}

/// A header's value, and what of it is a secret by itself.
fn parts(value: &str) -> Vec<Secret> {
    let mut parts = vec![Secret::new(value)];
    if let Some((_, rest)) = value.split_once(' ') {
        parts.push(Secret::new(rest));
    }
    let pair = value.strip_prefix("Basic ").map(base64);
    let pair = pair.and_then(|pair| String::from_utf8(pair.ok()?).ok());
    match pair.as_deref().and_then(|pair| pair.split_once(':')) {
        // Some servers take a token as the name.
        Some((user, "")) => parts.push(Secret::new(user)),
        Some((_, password)) => parts.push(Secret::new(password)),
        None => {
            let pairs = value.split("; ").filter_map(|pair| pair.split_once('='));
            let long = pairs.filter(|(_, value)| value.len() >= LONG);
            parts.extend(long.map(|(_, value)| Secret::new(value)));
        }
    }
    parts
}
