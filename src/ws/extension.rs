//! The negotiation of permessage-deflate (RFC 7692 section 7.1), both sides.
//!
//! Pure: from the text of `Sec-WebSocket-Extensions` headers to what holds for
//! the connection. The one extension that is spoken here is this one.

use std::fmt;

use thiserror::Error;

use super::Role;
use crate::http::is_token;

/// What a client offers unless told otherwise, as browsers do.
pub const OFFER: &str = "permessage-deflate; client_max_window_bits";

const NAME: &str = "permessage-deflate";
const SERVER_NO_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_BITS: &str = "server_max_window_bits";
const CLIENT_BITS: &str = "client_max_window_bits";

/// The largest LZ77 window, which is also the one that holds if none is named.
const MAX_BITS: u8 = 15;
const MIN_BITS: u8 = 8;

/// Compression as it was agreed on: what each side does when it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deflate {
    pub client: DeflateSide,
    pub server: DeflateSide,
}

/// How one side compresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateSide {
    /// The size of the LZ77 window as a power of two, 8 to 15; 15 if it was
    /// not named.
    pub window_bits: Option<u8>,
    /// A message may refer to those before it.
    pub takeover: bool,
}

/// Why a server's answer cannot be taken: the connection has to be failed
/// (RFC 6455 section 9.1, RFC 7692 section 7.1).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WrongAnswer {
    #[error("it names the extension \"{0}\", which was not offered")]
    NotOffered(String),
    #[error("it names the extension \"{0}\", which is not spoken here")]
    NotSpoken(String),
    #[error("its Sec-WebSocket-Extensions \"{0}\" is not a list of extensions")]
    NoList(String),
    #[error("it names the extension {NAME} twice")]
    Twice,
    #[error("it agrees to {NAME} with {0}")]
    Parameter(String),
}

impl Deflate {
    /// What a server's answer to our offer agrees on; nothing if it agrees on
    /// no extension. Both are header values, several joined by commas.
    ///
    /// # Errors
    /// When the answer is none to this offer.
    pub fn agreed(offer: &str, answer: &str) -> Result<Option<Self>, WrongAnswer> {
        let answered = elements(answer).ok_or_else(|| WrongAnswer::NoList(answer.into()))?;
        let offers = elements(offer).unwrap_or_default();
        let mut agreed = None;
        for element in &answered {
            if !offers.iter().any(|offer| offer.is(element.name)) {
                return Err(WrongAnswer::NotOffered(element.name.into()));
            }
            if !element.is(NAME) {
                return Err(WrongAnswer::NotSpoken(element.name.into()));
            }
            if agreed.is_some() {
                return Err(WrongAnswer::Twice);
            }
            agreed = Some(element.answers(&offers)?);
        }
        Ok(agreed)
    }

    /// What a server agrees to of what a client offers: the first offer that
    /// can be met, with all that it asks for.
    pub fn accept(offer: &str) -> Option<Self> {
        let offers = elements(offer)?;
        let mut known = offers.iter().filter(|offer| offer.is(NAME));
        known.find_map(|offer| Some(offer.parameters(Sender::Client).ok()?.as_offered()))
    }

    /// What the end with this role does when it sends.
    pub(super) fn of(&self, role: Role) -> DeflateSide {
        match role {
            Role::Client => self.client,
            Role::Server => self.server,
        }
    }
}

impl DeflateSide {
    fn new(window_bits: Option<u8>, no_takeover: bool) -> Self {
        DeflateSide {
            window_bits,
            takeover: !no_takeover,
        }
    }

    /// The window that holds, as a power of two.
    pub(super) fn bits(&self) -> u8 {
        self.window_bits.unwrap_or(MAX_BITS)
    }
}

/// As an answer says it.
impl fmt::Display for Deflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        for (side, no_takeover, bits) in [
            (self.server, SERVER_NO_TAKEOVER, SERVER_BITS),
            (self.client, CLIENT_NO_TAKEOVER, CLIENT_BITS),
        ] {
            if !side.takeover {
                write!(f, "; {no_takeover}")?;
            }
            if let Some(most) = side.window_bits {
                write!(f, "; {bits}={most}")?;
            }
        }
        Ok(())
    }
}

/// One extension of a list, with its parameters.
struct Element<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, Option<String>)>,
}

/// The parameters of permessage-deflate.
#[derive(Default)]
struct Parameters {
    server_no_takeover: bool,
    client_no_takeover: bool,
    server_bits: Option<u8>,
    client_bits: Option<Bits>,
}

/// The value of `client_max_window_bits`, which an offer may leave open.
#[derive(Clone, Copy)]
enum Bits {
    Any,
    Most(u8),
}

/// Who wrote the parameters: a client's may leave a value open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender {
    Client,
    Server,
}

impl Element<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Holds an answer against the offers: one of them must be met by it.
    fn answers(&self, offers: &[Element<'_>]) -> Result<Deflate, WrongAnswer> {
        let answer = self.parameters(Sender::Server)?;
        let mut wrong = WrongAnswer::NotOffered(NAME.into());
        let known = offers.iter().filter(|offer| offer.is(NAME));
        for offer in known.filter_map(|offer| offer.parameters(Sender::Client).ok()) {
            match answer.meets(&offer) {
                Ok(agreed) => return Ok(agreed),
                Err(error) => wrong = error,
            }
        }
        Err(wrong)
    }

    /// Sections 7.1.1 and 7.1.2: each parameter at most once, with a value
    /// only where it takes one.
    fn parameters(&self, sender: Sender) -> Result<Parameters, WrongAnswer> {
        let mut found = Parameters::default();
        for (at, (name, value)) in self.parameters.iter().enumerate() {
            let same = |(other, _): &(&str, _)| other.eq_ignore_ascii_case(name);
            if self.parameters[..at].iter().any(same) {
                return Err(WrongAnswer::Parameter(format!("{name} twice")));
            }
            let value = value.as_deref();
            match name.to_ascii_lowercase().as_str() {
                SERVER_NO_TAKEOVER => found.server_no_takeover = bare(name, value)?,
                CLIENT_NO_TAKEOVER => found.client_no_takeover = bare(name, value)?,
                SERVER_BITS => found.server_bits = Some(bits(name, value)?),
                CLIENT_BITS if value.is_none() && sender == Sender::Client => {
                    found.client_bits = Some(Bits::Any);
                }
                CLIENT_BITS => found.client_bits = Some(Bits::Most(bits(name, value)?)),
                _ => {
                    let what = format!("the unknown parameter \"{name}\"");
                    return Err(WrongAnswer::Parameter(what));
                }
            }
        }
        Ok(found)
    }
}

impl Parameters {
    /// A server must do what an offer asks of it, and may ask of the client
    /// only what the offer allows.
    fn meets(&self, offer: &Parameters) -> Result<Deflate, WrongAnswer> {
        let wrong = |what: String| Err(WrongAnswer::Parameter(what));
        if offer.server_no_takeover && !self.server_no_takeover {
            return wrong(format!("no {SERVER_NO_TAKEOVER}, which was asked for"));
        }
        if let Some(most) = offer.server_bits
            && self.server_bits.is_none_or(|bits| bits > most)
        {
            return wrong(format!("no {SERVER_BITS} of at most {most}"));
        }
        let client_bits = match (self.client_bits, offer.client_bits) {
            (Some(_), None) => return wrong(format!("{CLIENT_BITS}, which was not offered")),
            (Some(Bits::Most(bits)), Some(Bits::Most(most))) if bits > most => {
                return wrong(format!("a {CLIENT_BITS} of more than {most}"));
            }
            (Some(Bits::Most(bits)), _) | (_, Some(Bits::Most(bits))) => Some(bits),
            _ => None,
        };
        let client_alone = self.client_no_takeover || offer.client_no_takeover;
        Ok(Deflate {
            client: DeflateSide::new(client_bits, client_alone),
            server: DeflateSide::new(self.server_bits, self.server_no_takeover),
        })
    }

    /// An offer, taken as it is.
    fn as_offered(&self) -> Deflate {
        let client_bits = match self.client_bits {
            Some(Bits::Most(bits)) => Some(bits),
            Some(Bits::Any) | None => None,
        };
        Deflate {
            client: DeflateSide::new(client_bits, self.client_no_takeover),
            server: DeflateSide::new(self.server_bits, self.server_no_takeover),
        }
    }
}

/// A parameter that takes no value.
fn bare(name: &str, value: Option<&str>) -> Result<bool, WrongAnswer> {
    match value {
        None => Ok(true),
        Some(value) => Err(WrongAnswer::Parameter(format!(
            "{name}={value}, which takes no value"
        ))),
    }
}

/// A decimal number from 8 to 15 without leading zeros.
fn bits(name: &str, value: Option<&str>) -> Result<u8, WrongAnswer> {
    let Some(value) = value else {
        return Err(WrongAnswer::Parameter(format!("{name} without a value")));
    };
    let number = value.parse().ok();
    let plain = !value.starts_with(['0', '+']);
    match number.filter(|bits| plain && (MIN_BITS..=MAX_BITS).contains(bits)) {
        Some(bits) => Ok(bits),
        None => Err(WrongAnswer::Parameter(format!(
            "{name}={value}, which is not from {MIN_BITS} to {MAX_BITS}"
        ))),
    }
}

/// Reads a list of extensions (RFC 6455 section 9.1); empty elements are
/// passed over.
fn elements(text: &str) -> Option<Vec<Element<'_>>> {
    let elements = text.split(',').map(str::trim);
    let elements = elements.filter(|element| !element.is_empty());
    elements.map(element).collect()
}

/// No token has a comma or semicolon in it, so that a quoted one is no value.
fn element(text: &str) -> Option<Element<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| is_token(name))?;
    let parameters = parts.map(|part| match part.split_once('=') {
        None => Some((part, None)),
        Some((name, value)) => Some((name.trim_end(), Some(unquoted(value.trim_start())?))),
    });
    let parameters: Vec<_> = parameters.collect::<Option<_>>()?;
    let named = parameters.iter().all(|(name, _)| is_token(name));
    named.then_some(Element { name, parameters })
}

/// A token, or a quoted string that is a token without its quotes.
fn unquoted(value: &str) -> Option<String> {
    let plain = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?.replace('\\', ""),
        None => value.to_owned(),
    };
    is_token(&plain).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(answer: &str) -> Result<Option<Deflate>, WrongAnswer> {
        Deflate::agreed(OFFER, answer)
    }

    /// The windows, 0 for one that is not named, and who takes over.
    fn deflate(client: (u8, bool), server: (u8, bool)) -> Deflate {
        let side = |(bits, takeover)| DeflateSide {
            window_bits: Some(bits).filter(|bits| *bits > 0),
            takeover,
        };
        Deflate {
            client: side(client),
            server: side(server),
        }
    }

    #[test]
    fn every_legal_answer_to_our_offer_is_taken() {
        let cases = [
            ("permessage-deflate", (0, true), (0, true)),
            (" permessage-deflate ,, ", (0, true), (0, true)),
            ("Permessage-Deflate", (0, true), (0, true)),
            (
                "permessage-deflate;server_no_context_takeover",
                (0, true),
                (0, false),
            ),
            (
                "permessage-deflate; client_no_context_takeover",
                (0, false),
                (0, true),
            ),
            (
                "permessage-deflate; client_max_window_bits=8",
                (8, true),
                (0, true),
            ),
            // A server may name its own window unasked (section 7.1.2.1).
            (
                "permessage-deflate; server_max_window_bits = 10",
                (0, true),
                (10, true),
            ),
            (
                "permessage-deflate; server_max_window_bits=\"15\"; client_max_window_bits=\"1\\5\"",
                (15, true),
                (15, true),
            ),
            (
                "permessage-deflate; client_max_window_bits=9; server_max_window_bits=8; \
                 client_no_context_takeover; server_no_context_takeover",
                (9, false),
                (8, false),
            ),
        ];
        for (answer, client, server) in cases {
            let expected = deflate(client, server);
            assert_eq!(agreed(answer), Ok(Some(expected)), "{answer}");
        }
        assert_eq!(agreed(""), Ok(None));
        assert_eq!(agreed(" , "), Ok(None));
    }

    #[test]
    fn every_other_answer_fails_and_names_what_is_wrong() {
        let with = |what: &str| WrongAnswer::Parameter(what.into());
        let cases = [
            ("x-unknown", WrongAnswer::NotOffered("x-unknown".into())),
            (
                "permessage-deflate, x-unknown; a=b",
                WrongAnswer::NotOffered("x-unknown".into()),
            ),
            ("permessage-deflate, permessage-deflate", WrongAnswer::Twice),
            (
                "permessage-deflate; surprise",
                with("the unknown parameter \"surprise\""),
            ),
            (
                "permessage-deflate; server_no_context_takeover=1",
                with("server_no_context_takeover=1, which takes no value"),
            ),
            (
                "permessage-deflate; client_max_window_bits",
                with("client_max_window_bits without a value"),
            ),
            (
                "permessage-deflate; server_max_window_bits",
                with("server_max_window_bits without a value"),
            ),
            (
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                with("server_no_context_takeover twice"),
            ),
        ];
        for (answer, wrong) in cases {
            assert_eq!(agreed(answer), Err(wrong), "{answer}");
        }
        for value in ["7", "16", "08", "+9", "-9", "1e1", "x", "256", "12.0"] {
            for name in ["client_max_window_bits", "server_max_window_bits"] {
                let answer = format!("permessage-deflate; {name}={value}");
                let what = format!("{name}={value}, which is not from 8 to 15");
                assert_eq!(agreed(&answer), Err(with(&what)));
            }
        }
        for answer in [
            "permessage-deflate;",
            "; permessage-deflate",
            "permessage deflate",
            "permessage-deflate; server_max_window_bits=",
            "permessage-deflate; server_max_window_bits=\"10",
            "permessage-deflate; server_max_window_bits=\"\"",
            "permessage-deflate; server_max_window_bits=10\"",
            "permessage-deflate; =10",
            "permessage-deflate; a=\"b,c\"",
        ] {
            let wrong = WrongAnswer::NoList(answer.into());
            assert_eq!(agreed(answer), Err(wrong), "{answer}");
        }
    }

    #[test]
    fn an_answer_must_be_one_to_the_offer() {
        let name = "permessage-deflate";
        assert_eq!(
            Deflate::agreed("", name),
            Err(WrongAnswer::NotOffered(name.into()))
        );
        assert_eq!(
            Deflate::agreed("x-mine", "x-mine"),
            Err(WrongAnswer::NotSpoken("x-mine".into()))
        );
        for (offer, answer, good) in [
            ("", "; client_max_window_bits=10", false),
            ("", "; client_no_context_takeover", true),
            ("; server_no_context_takeover", "", false),
            (
                "; server_no_context_takeover",
                "; server_no_context_takeover",
                true,
            ),
            ("; server_max_window_bits=10", "", false),
            (
                "; server_max_window_bits=10",
                "; server_max_window_bits=11",
                false,
            ),
            (
                "; server_max_window_bits=10",
                "; server_max_window_bits=9",
                true,
            ),
            (
                "; client_max_window_bits=10",
                "; client_max_window_bits=11",
                false,
            ),
            (
                "; client_max_window_bits=10",
                "; client_max_window_bits=10",
                true,
            ),
            // The second offer is the one that is answered.
            ("; server_max_window_bits=10, permessage-deflate", "", true),
        ] {
            let (offer, answer) = (format!("{name}{offer}"), format!("{name}{answer}"));
            let result = Deflate::agreed(&offer, &answer);
            assert_eq!(result.is_ok(), good, "{offer} answered by {answer}");
        }
        // What we said that we would not exceed, holds unconfirmed.
        let agreed = Deflate::agreed(
            "permessage-deflate; client_max_window_bits=10; client_no_context_takeover",
            name,
        );
        assert_eq!(agreed, Ok(Some(deflate((10, false), (0, true)))));
    }

    #[test]
    fn a_server_takes_the_first_offer_that_it_can_meet() {
        let cases = [
            ("", None),
            ("x-other", None),
            ("permessage-deflate; unknown", None),
            (OFFER, Some("permessage-deflate")),
            (
                "x, permessage-deflate; mode=x, permessage-deflate; server_max_window_bits=15",
                Some("permessage-deflate; server_max_window_bits=15"),
            ),
            (
                "permessage-deflate; client_no_context_takeover; server_no_context_takeover; \
                 client_max_window_bits=10",
                Some(
                    "permessage-deflate; server_no_context_takeover; \
                     client_no_context_takeover; client_max_window_bits=10",
                ),
            ),
        ];
        for (offer, answer) in cases {
            let accepted = Deflate::accept(offer);
            let said = accepted.as_ref().map(ToString::to_string);
            assert_eq!(said.as_deref(), answer, "{offer}");
            if let Some(said) = said {
                assert_eq!(Deflate::agreed(offer, &said), Ok(accepted));
            }
        }
    }
}
