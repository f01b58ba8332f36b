//! How a client of a transcript reaches its server: what the command line says, and where
//! that says nothing, the lines under `connect`.

use std::time::Duration;

use crate::duration;
use crate::http::is_token;
use crate::net::Trust;
use crate::open::{HeaderEdit, MAX_REDIRECTS, Plan};
use crate::secret::Secret;
use crate::size;
use crate::target::{Target, Userinfo};
use crate::transcript::{
    Connect, ConnectOption, Context, Filled, Place, Problem, Setting, Variables,
};

/// See the module's head.
#[derive(Clone, Debug)]
pub struct Approach {
    /// What the command line says of every connection; its target counts for nothing.
    pub plan: Plan,
    pub given: Given,
    /// The certificates that `cacert` names, by the places of these lines.
    pub trusts: Vec<(Place, Trust)>,
    /// The largest message unless a transcript sets another limit, in bytes.
    pub max_message: u64,
}

/// More names are offered by nobody, and no server reads so long a request.
const MAX_SUBPROTOCOLS: usize = 1_000;

/// What the command line has the last word on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    pub subprotocols: bool,
    pub trust: bool,
    pub connect_timeout: bool,
    pub max_message: bool,
    pub user_agent: bool,
}

/// A connection as it is to be made.
pub(super) struct Greeted {
    pub(super) plan: Plan,
    /// In bytes.
    pub(super) max_message: u64,
}

impl Approach {
    /// What `connect` and the lines under it come to.
    ///
    /// # Errors
    /// When the URL is none, or an option's value is none.
    pub(super) fn greet(
        &self,
        connect: &Connect,
        variables: &Variables,
    ) -> Result<Greeted, Problem> {
        let url = connect.url.fill(Context::Text, variables)?;
        let target = Target::parse(url.text.trim())
            .map_err(|error| url.wrong(error.to_string(), error.hint()))?;
        let mut greeted = Greeted {
            plan: self.plan.clone(),
            max_message: self.max_message,
        };
        greeted.plan.target = target;
        for setting in &connect.settings {
            self.apply(setting, variables, &mut greeted)?;
        }
        let plan = &mut greeted.plan;
        if plan.authorization.is_none() {
            plan.authorization = plan.target.userinfo().map(Userinfo::basic);
        }
        let way = plan.road.way(&plan.target);
        way.map_err(|error| url.wrong(error.to_string(), ""))?;
        Ok(greeted)
    }

    /// Takes over an option of a transcript, unless the command line has said it.
    fn apply(
        &self,
        setting: &Setting,
        variables: &Variables,
        greeted: &mut Greeted,
    ) -> Result<(), Problem> {
        let value = setting.value.fill(Context::Text, variables)?;
        let plan = &mut greeted.plan;
        let (base, given) = (&self.plan, &self.given);
        match setting.option {
            ConnectOption::Header => plan.headers.extend(header(&base.headers, &value, setting)?),
            ConnectOption::Origin if base.origin.is_none() => plan.origin = Some(field(&value)?),
            ConnectOption::Host if base.host.is_none() => plan.host = Some(field(&value)?),
            ConnectOption::UserAgent if !given.user_agent => plan.user_agent = field(&value)?,
            ConnectOption::Cookie if base.cookie.is_none() => {
                plan.cookie = Some(Secret::new(field(&value)?));
            }
            ConnectOption::Subprotocol if !given.subprotocols => subprotocols(plan, &value)?,
            ConnectOption::User if base.authorization.is_none() => {
                plan.authorization = Some(user(&value)?);
            }
            ConnectOption::Bearer if base.authorization.is_none() => {
                plan.authorization = Some(Secret::new(format!("Bearer {}", field(&value)?)));
            }
            ConnectOption::Location if base.redirects.is_none() => {
                plan.redirects = Some(MAX_REDIRECTS);
            }
            ConnectOption::NoCompression => plan.compression = false,
            ConnectOption::Cacert if !given.trust => {
                let known = self
                    .trusts
                    .iter()
                    .find(|(place, _)| *place == setting.place);
                plan.tls.trust = known.map_or(Trust::System, |(_, trust)| trust.clone());
            }
            ConnectOption::ConnectTimeout if !given.connect_timeout => {
                plan.connect_timeout = time(&value)?;
            }
            ConnectOption::MaxMessageSize if !given.max_message => {
                greeted.max_message = size::parse(value.text.trim())
                    .map_err(|error| value.wrong(error.to_string(), ""))?;
            }
            // The command line has said it.
            _ => {}
        }
        Ok(())
    }
}

/// What stands in a header, which has one line.
fn field(value: &Filled) -> Result<String, Problem> {
    match value.text.chars().any(|c| c.is_control() && c != '\t') {
        true => Err(value.wrong(
            "the value has a control character",
            "a line break would begin a header of its own",
        )),
        false => Ok(value.text.trim().to_owned()),
    }
}

/// A header; `given` are those of the command line, which are not sent twice.
fn header(
    given: &[HeaderEdit],
    value: &Filled,
    setting: &Setting,
) -> Result<Option<HeaderEdit>, Problem> {
    let edit = HeaderEdit::parse(&value.text).map_err(|error| Problem {
        place: setting.value.place(),
        message: error.to_string(),
        hint: Some("`header NAME: VALUE`; `header NAME:` leaves one out".into()),
    })?;
    let is_given = |known: &HeaderEdit| known.name().eq_ignore_ascii_case(edit.name());
    Ok(match given.iter().any(is_given) {
        true => None,
        false => Some(edit),
    })
}

/// Names that are offered, each once: RFC 6455 section 4.1 wants them to differ.
fn subprotocols(plan: &mut Plan, value: &Filled) -> Result<(), Problem> {
    for name in value.text.split(',').map(str::trim) {
        if !is_token(name) {
            return Err(value.wrong(
                format!("`{name}` is not a name that can be offered"),
                "names are letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 section 4.1)",
            ));
        }
        if plan.subprotocols.iter().any(|known| known == name) {
            continue;
        }
        if plan.subprotocols.len() == MAX_SUBPROTOCOLS {
            return Err(value.wrong(format!("more than {MAX_SUBPROTOCOLS} subprotocols"), ""));
        }
        plan.subprotocols.push(name.to_owned());
    }
    Ok(())
}

fn user(value: &Filled) -> Result<Secret, Problem> {
    let text = field(value)?;
    let (user, password) = text.split_once(':').unwrap_or((&text, ""));
    let userinfo = Userinfo::new(user, Some(Secret::new(password)));
    let userinfo = userinfo.map_err(|error| value.wrong(error.to_string(), error.hint()))?;
    Ok(userinfo.basic())
}

fn time(value: &Filled) -> Result<Duration, Problem> {
    duration::parse(value.text.trim()).map_err(|error| value.wrong(error.to_string(), ""))
}
