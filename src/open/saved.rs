//! An opening as a transcript writes it down.

use std::time::Duration;

use super::{Handshake, HeaderEdit, Plan};
use crate::net::{Family, Road, TlsSettings, TlsVersions, Trust, Way};
use crate::target::Target;
use crate::transcript::{Opening, Request};

/// The limit that nobody has to name.
const USUAL_TIMEOUT: Duration = Duration::from_secs(30);

impl Plan {
    /// What opened a connection, and what came of it.
    pub fn opening(&self, handshake: &Handshake) -> Opening {
        Opening {
            subprotocol: handshake.subprotocol.clone(),
            ..self.asked()
        }
    }

    fn asked(&self) -> Opening {
        let usual = Plan::new(self.target.clone(), USUAL_TIMEOUT);
        let header = |edit: &HeaderEdit| match edit {
            HeaderEdit::Set { name, value } => (name.clone(), Some(value.clone())),
            HeaderEdit::Remove { name } => (name.clone(), None),
        };
        Opening {
            url: self.target.to_string(),
            request: Request {
                headers: self.headers.iter().map(header).collect(),
                subprotocols: self.subprotocols.clone(),
                origin: self.origin.clone(),
                host: self.host.clone(),
                authorization: self.authorization.clone(),
                cookie: self.cookie.clone(),
                user_agent: Some(self.user_agent.clone()).filter(|own| *own != usual.user_agent),
                location: self.redirects.is_some(),
                compression: self.compression,
                connect_timeout: Some(self.connect_timeout).filter(|own| *own != USUAL_TIMEOUT),
            },
            beside: beside(self),
            subprotocol: None,
        }
    }
}

/// The options that lead to a server and say whom to trust: a transcript has none.
fn beside(plan: &Plan) -> Vec<String> {
    let mut options = Vec::new();
    options.extend(of_road(&plan.road, &plan.target));
    options.extend(of_tls(&plan.tls));
    options.into_iter().map(str::to_owned).collect()
}

fn of_road(road: &Road, target: &Target) -> Vec<&'static str> {
    let mut options = Vec::new();
    match road.family {
        Family::Any => {}
        Family::V4 => options.push("--ipv4"),
        Family::V6 => options.push("--ipv6"),
    }
    if road.overrides.find(target.host(), target.port()).is_some() {
        options.push("--resolve …");
    }
    if road.unix_socket.is_some() {
        options.push("--unix-socket …");
    }
    if let Ok(Way::Proxy {
        from: "--proxy", ..
    }) = road.way(target)
    {
        options.push("--proxy …");
    }
    options
}

fn of_tls(tls: &TlsSettings) -> Vec<&'static str> {
    let mut options = Vec::new();
    match &tls.trust {
        Trust::System => {}
        Trust::Only(_) => options.push("--cacert …"),
        Trust::Anyone => options.push("--insecure"),
    }
    if tls.identity.is_some() {
        options.push("--cert …");
    }
    let usual = TlsVersions::default();
    if tls.versions.min != usual.min {
        options.push("--tls-min …");
    }
    if tls.versions.max != usual.max {
        options.push("--tls-max …");
    }
    if !tls.server_name {
        options.push("--no-sni");
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_plan_is_written_down_with_what_is_not_usual() {
        let target = Target::parse("ws://me:pw@h/x").unwrap();
        let mut plan = Plan::new(target, Duration::from_secs(30));
        let plain = plan.asked();
        assert_eq!(plain, Opening::of_url("ws://h/x"));
        plan.connect_timeout = Duration::from_secs(5);
        plan.user_agent = "mine".into();
        plan.tls.trust = Trust::Anyone;
        plan.tls.server_name = false;
        plan.road.family = Family::V4;
        plan.headers = vec![
            HeaderEdit::parse("X: y").unwrap(),
            HeaderEdit::parse("Z:").unwrap(),
        ];
        let opening = plan.asked();
        assert_eq!(opening.beside, ["--ipv4", "--insecure", "--no-sni"]);
        assert_eq!(opening.request.user_agent.as_deref(), Some("mine"));
        assert_eq!(opening.request.connect_timeout, Some(plan.connect_timeout));
        let headers = [("X".into(), Some(Secret::new("y"))), ("Z".into(), None)];
        assert_eq!(opening.request.headers, headers);
    }
}
