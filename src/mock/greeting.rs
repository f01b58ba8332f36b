//! The opening handshake of a play: how a client is answered, and whether it asked for
//! what the transcript says.

use super::Play;
use crate::open::{Accept, Answer, Handshake};
use crate::secret::Secret;
use crate::target::{Target, Userinfo};
use crate::transcript::{Act, Connect, ConnectOption, Context, Greeting, Place, Setting, Template};

/// Headers that the handshake has of its own: they are not sent twice.
const OWN: [&str; 6] = [
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Content-Length",
];

/// How the client of this number is answered.
pub(super) fn answer(play: &Play, client: usize, accept: &Accept) -> Accept {
    let mut accept = accept.clone();
    // Who may come is said by the transcript, too.
    accept.origins.extend(origin(play, client));
    let Some(greeting) = greeting(play, client) else {
        return accept;
    };
    let Greeting {
        status,
        headers,
        subprotocol,
        body,
        ..
    } = greeting;
    let is_own = |name: &str| OWN.iter().any(|own| own.eq_ignore_ascii_case(name));
    let headers: Vec<(String, String)> = headers
        .into_iter()
        .filter(|(name, value)| !is_own(name) && !value.chars().any(char::is_control))
        .collect();
    accept.subprotocols.splice(0..0, subprotocol);
    accept.answer = match status {
        101 => Answer::Upgrade { headers },
        status => Answer::Refuse {
            status,
            headers,
            body: body.unwrap_or_default(),
        },
    };
    accept
}

/// What the transcript says of the answer to a client, if anything.
fn greeting(play: &Play, client: usize) -> Option<Greeting> {
    let mut steps = play.transcript.steps.iter();
    steps.find_map(|step| match &step.act {
        Act::Open(answer) if step.client == client => answer.greeting(&play.variables).ok(),
        _ => None,
    })
}

/// Whether it makes no difference which client is answered.
pub(super) fn is_uniform(play: &Play) -> bool {
    let mut steps = play.transcript.steps.iter();
    let is_particular = |act: &Act| match act {
        Act::Open(_) => true,
        Act::Connect(connect) => {
            let mut settings = connect.settings.iter();
            settings.any(|setting| setting.option == ConnectOption::Origin)
        }
        _ => false,
    };
    play.transcript.clients.len() < 2 || !steps.any(|step| is_particular(&step.act))
}

/// What of the opening handshake is not as the lines under `connect` say, with their
/// place.
pub(super) fn wrong(play: &Play, client: usize, handshake: &Handshake) -> Option<(Place, String)> {
    let connect = connect(play, client)?;
    wrong_path(play, connect, handshake).or_else(|| {
        let settings = connect.settings.iter();
        settings
            .filter_map(|setting| Some((setting.place, wrong_setting(play, setting, handshake)?)))
            .next()
    })
}

fn connect(play: &Play, client: usize) -> Option<&Connect> {
    let mut steps = play.transcript.steps.iter();
    steps.find_map(|step| match &step.act {
        Act::Connect(connect) if step.client == client => Some(connect),
        _ => None,
    })
}

/// The origin that a client is to send.
fn origin(play: &Play, client: usize) -> Option<String> {
    let mut settings = connect(play, client)?.settings.iter();
    let setting = settings.find(|setting| setting.option == ConnectOption::Origin)?;
    Some(filled(play, &setting.value)?.trim().to_owned())
}

/// Only path and query are compared: where the mock listens is its own affair.
fn wrong_path(play: &Play, connect: &Connect, handshake: &Handshake) -> Option<(Place, String)> {
    let target = Target::parse(&filled(play, &connect.url)?).ok()?;
    let (expected, found) = (target.resource(), &handshake.url);
    (*expected != **found).then(|| {
        let text = format!("the client asked for {found}, expected {expected}");
        (connect.url.place(), text)
    })
}

/// What of an option the request does not have; nothing if it has all.
fn wrong_setting(play: &Play, setting: &Setting, handshake: &Handshake) -> Option<String> {
    let value = filled(play, &setting.value)?;
    let value = value.trim();
    if let ConnectOption::Subprotocol = setting.option {
        let missing = missing_subprotocol(value, handshake)?;
        return Some(format!(
            "the client did not offer the subprotocol {missing}"
        ));
    }
    let (name, expected) = header(setting.option, value)?;
    let mut values = all(handshake, &name);
    match expected.is_empty() {
        // It asks for none.
        true => values
            .next()
            .map(|_| format!("the client sent the header {name}")),
        false if values.any(|found| found == expected) => None,
        false => Some(format!(
            "the client did not send the header {name}: {expected}"
        )),
    }
}

/// The header that an option is sent as; an empty value asks for none. Nothing for what
/// shows nowhere in a request, or depends on where the server is.
fn header(option: ConnectOption, value: &str) -> Option<(String, String)> {
    let (name, value) = match option {
        ConnectOption::Header => {
            let (name, value) = value.split_once(':')?;
            return Some((name.trim().to_owned(), value.trim().to_owned()));
        }
        ConnectOption::Origin => ("Origin", value.to_owned()),
        ConnectOption::Cookie => ("Cookie", value.to_owned()),
        ConnectOption::UserAgent => ("User-Agent", value.to_owned()),
        ConnectOption::Bearer => ("Authorization", format!("Bearer {value}")),
        ConnectOption::User => {
            let (user, password) = value.split_once(':')?;
            let userinfo = Userinfo::new(user, Some(Secret::new(password))).ok()?;
            ("Authorization", userinfo.basic().reveal().to_owned())
        }
        ConnectOption::Subprotocol
        | ConnectOption::Host
        | ConnectOption::Location
        | ConnectOption::NoCompression
        | ConnectOption::Cacert
        | ConnectOption::ConnectTimeout
        | ConnectOption::MaxMessageSize => return None,
    };
    Some((name.to_owned(), value))
}

/// The first of these that the client did not offer.
fn missing_subprotocol<'a>(wanted: &'a str, handshake: &Handshake) -> Option<&'a str> {
    let offered: Vec<String> = all(handshake, "Sec-WebSocket-Protocol").collect();
    let offers = |name: &str| {
        let lists = offered.iter();
        let mut names = lists.flat_map(|list| list.split(',').map(str::trim));
        names.any(|offered| offered == name)
    };
    wanted.split(',').map(str::trim).find(|name| !offers(name))
}

fn all<'a>(handshake: &'a Handshake, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let named = handshake
        .headers
        .iter()
        .filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| String::from_utf8_lossy(&header.value).into_owned())
}

fn filled(play: &Play, template: &Template) -> Option<String> {
    Some(template.fill(Context::Text, &play.variables).ok()?.text)
}
