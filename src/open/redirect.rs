//! Where a redirect leads, and what goes along (RFC 9110 section 15.4).

use super::{HeaderEdit, Plan};
use crate::error::Refusal;
use crate::http::ResponseHead;
use crate::secret;
use crate::target::{Scheme, Target};

/// A redirect that is followed.
#[derive(Clone, Debug)]
pub struct Hop {
    pub status: u16,
    pub from: Target,
    pub to: Target,
    /// What does not go to another origin: names of headers, and the certificate.
    pub kept_back: Vec<String>,
}

impl Hop {
    /// Whether the way was encrypted before and is not from here on.
    pub fn loses_tls(&self) -> bool {
        self.from.scheme() == Scheme::Wss && self.to.scheme() == Scheme::Ws
    }
}

/// Where an answer leads from `plan`'s target; nothing if it is no redirect, or
/// leads to where no WebSocket can be.
pub(super) fn leads_to(plan: &Plan, response: &ResponseHead) -> Option<Target> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.head.values("Location").next()?;
    let to = plan.target.join(&String::from_utf8_lossy(location)).ok()?;
    // A server cannot make wrong usage of ours.
    plan.road.way(&to).is_ok().then_some(to)
}

/// The hop that a refusal asks for, and the plan for it.
pub(super) fn hop(plan: &Plan, refusal: &Refusal) -> Option<(Hop, Plan)> {
    let to = leads_to(plan, &refusal.response)?;
    let status = refusal.response.status;
    let (next, kept_back) = plan.elsewhere(to.clone());
    let from = plan.target.clone();
    let hop = Hop {
        status,
        from,
        to,
        kept_back,
    };
    Some((hop, next))
}

impl Plan {
    /// The plan for another place, and what does not go along to another origin:
    /// names of headers, and the certificate.
    pub fn elsewhere(&self, to: Target) -> (Plan, Vec<String>) {
        let mut next = self.clone();
        let kept_back = match to.is_same_origin(&self.target) {
            true => Vec::new(),
            false => keep_back(&mut next),
        };
        if let Some(userinfo) = to.userinfo() {
            next.authorization = Some(userinfo.basic());
        }
        next.target = to;
        (next, kept_back)
    }
}

/// Takes out of a plan what only the first origin may see: credentials, cookies,
/// our certificate, every header of which something would be masked; and the name
/// given for its host.
fn keep_back(plan: &mut Plan) -> Vec<String> {
    let mut names = Vec::new();
    names.extend(plan.authorization.take().map(|_| "Authorization".into()));
    names.extend(plan.cookie.take().map(|_| "Cookie".into()));
    names.extend(plan.host.take().map(|_| "Host".into()));
    let identity = plan.tls.identity.take();
    names.extend(identity.map(|_| "the client certificate".into()));
    plan.headers.retain(|edit| match edit {
        HeaderEdit::Set { name, value } if is_for_one_origin(name, value.reveal()) => {
            names.push(name.clone());
            false
        }
        _ => true,
    });
    names
}

fn is_for_one_origin(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("host") || secret::header(name, value) != value
}
