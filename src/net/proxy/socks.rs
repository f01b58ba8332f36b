//! A connection through a SOCKS5 proxy (RFC 1928), with a password if it wants one
//! (RFC 1929).
//!
//! Knows only `Read + Write`. Reads no byte behind the proxy's answer: what follows
//! it belongs to the connection.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use thiserror::Error;

use super::Destination;
use crate::http::Spoken;
use crate::io_error::has_gone;
use crate::secret::Secret;
use crate::target::{Host, Userinfo};

const VERSION: u8 = 5;
const LOGIN_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const NONE_ACCEPTABLE: u8 = 0xff;

/// A way to log in, as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Nothing = 0,
    Password = 2,
}

/// A step of the conversation with the proxy. `Display` says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocksStep {
    Offered(Vec<Method>),
    Chosen(Method),
    LoggedIn,
    Asked(Destination),
    Connected,
}

/// Why the proxy made no connection.
#[derive(Debug, Error)]
pub enum SocksError {
    #[error("it accepts none of the ways to log in that were offered ({})", Methods(.0))]
    NoMethod(Vec<Method>),
    #[error("it does not accept user name and password")]
    WrongPassword,
    #[error("{}", reply(*.0))]
    Refused(u8),
    /// What came is no answer of SOCKS5.
    #[error("{text}")]
    Broken { spoken: Spoken, text: String },
    #[error("the connection ended before anything was received")]
    Nothing,
    #[error("the connection ended inside the answer")]
    Cut,
    #[error("{0}")]
    TooLong(&'static str),
    #[error(transparent)]
    Io(io::Error),
}

/// Has the proxy connect to the destination; `tell` hears of each step.
///
/// # Errors
/// See [`SocksError`].
pub fn socks(
    stream: &mut (impl Read + Write),
    destination: &Destination,
    userinfo: Option<&Userinfo>,
    tell: &mut dyn FnMut(SocksStep),
) -> Result<(), SocksError> {
    let mut proxy = Conversation { stream, tell };
    if proxy.greet(userinfo.is_some())? == Method::Password
        && let Some(userinfo) = userinfo
    {
        proxy.log_in(userinfo)?;
    }
    proxy.ask(destination)
}

struct Conversation<'a, S> {
    stream: &'a mut S,
    tell: &'a mut dyn FnMut(SocksStep),
}

impl<S: Read + Write> Conversation<'_, S> {
    /// RFC 1928 section 3.
    fn greet(&mut self, with_password: bool) -> Result<Method, SocksError> {
        let mut offered = vec![Method::Nothing];
        offered.extend(with_password.then_some(Method::Password));
        let mut greeting = vec![VERSION, offered.len() as u8];
        greeting.extend(offered.iter().map(|method| *method as u8));
        self.send(&greeting)?;
        (self.tell)(SocksStep::Offered(offered.clone()));
        let answer = self.first_answer()?;
        if answer[1] == NONE_ACCEPTABLE {
            return Err(SocksError::NoMethod(offered));
        }
        let chosen = offered.iter().find(|method| **method as u8 == answer[1]);
        let chosen = *chosen.ok_or_else(|| {
            let method = answer[1];
            broken(format!(
                "it chose the way to log in {method}, which was not offered"
            ))
        })?;
        (self.tell)(SocksStep::Chosen(chosen));
        Ok(chosen)
    }

    /// RFC 1929. The version of the answer is not looked at: proxies differ.
    fn log_in(&mut self, userinfo: &Userinfo) -> Result<(), SocksError> {
        let password = userinfo.password().map_or("", Secret::reveal);
        let mut request = vec![LOGIN_VERSION];
        counted(&mut request, userinfo.user(), "the user name is too long")?;
        counted(&mut request, password, "the password is too long")?;
        self.send(&request)?;
        let mut answer = [0; 2];
        self.receive(&mut answer)?;
        if answer[1] != 0 {
            return Err(SocksError::WrongPassword);
        }
        (self.tell)(SocksStep::LoggedIn);
        Ok(())
    }

    /// RFC 1928 sections 4 to 6.
    fn ask(&mut self, destination: &Destination) -> Result<(), SocksError> {
        let mut request = vec![VERSION, CONNECT, 0];
        match &destination.host {
            Host::V4(address) => {
                request.push(1);
                request.extend(address.octets());
            }
            Host::V6(address) => {
                request.push(4);
                request.extend(address.octets());
            }
            Host::Name(name) => {
                request.push(3);
                counted(&mut request, name, "the host's name is too long")?;
            }
        }
        request.extend(destination.port.to_be_bytes());
        self.send(&request)?;
        (self.tell)(SocksStep::Asked(destination.clone()));
        // Some proxies say no more than this when they refuse.
        let mut answer = [0; 2];
        self.receive(&mut answer)?;
        check_version(answer)?;
        if answer[1] != 0 {
            return Err(SocksError::Refused(answer[1]));
        }
        self.skip_bound_address()?;
        (self.tell)(SocksStep::Connected);
        Ok(())
    }

    /// From where the proxy connects: nobody needs it, but it has to be read.
    fn skip_bound_address(&mut self) -> Result<(), SocksError> {
        let mut kind = [0; 2];
        self.receive(&mut kind)?;
        let length = match kind[1] {
            1 => 4,
            4 => 16,
            3 => {
                let mut length = [0];
                self.receive(&mut length)?;
                usize::from(length[0])
            }
            kind => {
                let text = format!("it names an address of the unknown kind {kind}");
                return Err(broken(text));
            }
        };
        let mut rest = [0; 255 + 2];
        self.receive(&mut rest[..length + 2])
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), SocksError> {
        self.stream.write_all(bytes).map_err(ended)
    }

    /// What comes first may be of no SOCKS proxy at all: that is told at once.
    fn first_answer(&mut self) -> Result<[u8; 2], SocksError> {
        let mut answer = [0; 2];
        let read = loop {
            match self.stream.read(&mut answer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = match read.map_err(ended) {
            Ok(count) => count,
            Err(SocksError::Cut) => 0,
            Err(error) => return Err(error),
        };
        match &answer[..count] {
            [] => Err(SocksError::Nothing),
            [VERSION] => self.receive(&mut answer[1..]).map(|()| answer),
            [VERSION, _] => Ok(answer),
            came => Err(not_socks(came)),
        }
    }

    fn receive(&mut self, into: &mut [u8]) -> Result<(), SocksError> {
        self.stream.read_exact(into).map_err(ended)
    }
}

/// A text behind its length.
fn counted(request: &mut Vec<u8>, text: &str, too_long: &'static str) -> Result<(), SocksError> {
    let length = u8::try_from(text.len()).map_err(|_| SocksError::TooLong(too_long))?;
    request.push(length);
    request.extend_from_slice(text.as_bytes());
    Ok(())
}

fn ended(error: io::Error) -> SocksError {
    match error.kind() {
        ErrorKind::UnexpectedEof => SocksError::Cut,
        _ if has_gone(&error) => SocksError::Cut,
        _ => SocksError::Io(error),
    }
}

fn check_version(answer: [u8; 2]) -> Result<(), SocksError> {
    match answer[0] {
        VERSION => Ok(()),
        _ => Err(not_socks(&answer)),
    }
}

fn not_socks(came: &[u8]) -> SocksError {
    let spoken = Spoken::of(came);
    let text = match spoken {
        Spoken::Http => "what came back is HTTP".into(),
        Spoken::Tls => "what came back is TLS".into(),
        _ => format!(
            "what came back is not SOCKS5: it begins with \"{}\"",
            came.escape_ascii()
        ),
    };
    SocksError::Broken { spoken, text }
}

/// It is SOCKS5, and breaks its rules.
fn broken(text: String) -> SocksError {
    SocksError::Broken {
        spoken: Spoken::Socks,
        text,
    }
}

/// RFC 1928 section 6.
fn reply(code: u8) -> String {
    let words = match code {
        1 => "general failure",
        2 => "its rules do not allow it",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "the TTL expired",
        7 => "it does not know the command",
        8 => "it does not know this kind of address",
        _ => return format!("the unknown reply {code}"),
    };
    words.into()
}

struct Methods<'a>(&'a [Method]);

impl fmt::Display for Methods<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.contains(&Method::Password) {
            true => "nothing, password",
            false => "nothing",
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Method::Nothing => "nothing",
            Method::Password => "password",
        })
    }
}

impl fmt::Display for SocksStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SocksStep::Offered(methods) => {
                write!(f, "offered ways to log in: {}", Methods(methods))
            }
            SocksStep::Chosen(method) => write!(f, "the proxy chose: {method}"),
            SocksStep::LoggedIn => f.write_str("the proxy accepts user name and password"),
            SocksStep::Asked(destination) => write!(f, "asked for {destination}"),
            SocksStep::Connected => f.write_str("the proxy is connected"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::proxy::tests::Wire;
    use proptest::prelude::*;

    const OPEN: &[u8] = b"\x05\0\x05\0\0\x01\x7f\0\0\x01\0\x50";

    fn me() -> Userinfo {
        Userinfo::new("me", Some(Secret::new("pw"))).unwrap()
    }

    /// What was sent, what became of it, and what was not read.
    fn asked(host: &str, userinfo: Option<&Userinfo>, answer: &[u8]) -> (Vec<u8>, String, Vec<u8>) {
        let destination = Destination::new(Host::parse(host).unwrap(), 0x1234);
        let mut wire = Wire::new(answer);
        let result = match socks(&mut wire, &destination, userinfo, &mut |_| ()) {
            Ok(()) => "open".to_owned(),
            Err(error) => error.to_string(),
        };
        let rest = wire.rest().to_vec();
        (wire.sent().to_vec(), result, rest)
    }

    fn answered(answer: &[u8]) -> String {
        asked("h", None, answer).1
    }

    fn logging_in(answer: &[u8]) -> String {
        asked("h", Some(&me()), answer).1
    }

    #[test]
    fn names_and_addresses_are_asked_for_as_they_are() {
        for (host, address) in [
            ("h.example", &b"\x03\x09h.example"[..]),
            ("1.2.3.4", b"\x01\x01\x02\x03\x04"),
            ("::1", b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"),
        ] {
            let (sent, result, _) = asked(host, None, OPEN);
            let expected = [b"\x05\x01\0\x05\x01\0", address, b"\x12\x34"].concat();
            assert_eq!(sent, expected, "{host}");
            assert_eq!(result, "open");
        }
    }

    #[test]
    fn a_password_is_told_only_if_the_proxy_wants_it() {
        let greeting = b"\x05\x02\0\x02";
        let request = b"\x05\x01\0\x03\x01h\x12\x34";
        let (sent, result, _) = asked("h", Some(&me()), OPEN);
        assert_eq!(sent, [&greeting[..], request].concat());
        assert_eq!(result, "open");
        let answer = [b"\x05\x02\x01\0", &OPEN[2..]].concat();
        let (sent, result, _) = asked("h", Some(&me()), &answer);
        let login = b"\x01\x02me\x02pw";
        assert_eq!(sent, [&greeting[..], login, request].concat());
        assert_eq!(result, "open");
    }

    #[test]
    fn what_follows_the_answer_is_left_to_the_connection() {
        for bound in [
            &b"\x01abcdef"[..],
            b"\x04abcdefghijklmnop12",
            b"\x03\0ab",
            b"\x03\x05abcde12",
        ] {
            let answer = [b"\x05\0\x05\0\0", bound, b"rest"].concat();
            let (_, result, rest) = asked("h", None, &answer);
            assert_eq!((&*result, &*rest), ("open", &b"rest"[..]), "{bound:?}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_words() {
        for (code, words) in [
            (1, "general failure"),
            (2, "its rules do not allow it"),
            (3, "network unreachable"),
            (4, "host unreachable"),
            (5, "connection refused"),
            (6, "the TTL expired"),
            (7, "it does not know the command"),
            (8, "it does not know this kind of address"),
            (9, "the unknown reply 9"),
            (255, "the unknown reply 255"),
        ] {
            assert_eq!(answered(&[5, 0, 5, code]), words);
            assert_eq!(answered(&[5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0]), words);
        }
        assert_eq!(
            answered(b"\x05\xff"),
            "it accepts none of the ways to log in that were offered (nothing)"
        );
        assert_eq!(
            logging_in(b"\x05\xff"),
            "it accepts none of the ways to log in that were offered (nothing, password)"
        );
        let wrong = "it does not accept user name and password";
        assert_eq!(logging_in(b"\x05\x02\x01\x01"), wrong);
        assert_eq!(logging_in(b"\x05\x02\x05\xff"), wrong);
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let nothing = "the connection ended before anything was received";
        let cut = "the connection ended inside the answer";
        for (answer, why) in [
            (&b""[..], nothing),
            (b"\x05", cut),
            (b"\x05\0", cut),
            (b"\x05\0\x05", cut),
            (b"\x05\0\x05\0", cut),
            (b"\x05\0\x05\0\0\x01abc", cut),
            (b"\x05\0\x05\0\0\x03", cut),
            (
                b"\x05\x02",
                "it chose the way to log in 2, which was not offered",
            ),
            (
                b"\x05\x01",
                "it chose the way to log in 1, which was not offered",
            ),
            (
                b"\x05\0\x04\x5a",
                "what came back is not SOCKS5: it begins with \"\\x04Z\"",
            ),
            (
                b"\x04",
                "what came back is not SOCKS5: it begins with \"\\x04\"",
            ),
            (b"HTTP/1.1 400 Bad Request", "what came back is HTTP"),
            (b"\x15\x03\x01", "what came back is TLS"),
            (
                b"\x05\0\x05\0\0\x02",
                "it names an address of the unknown kind 2",
            ),
        ] {
            assert_eq!(answered(answer), why, "{}", answer.escape_ascii());
        }
        assert_eq!(logging_in(b"\x05\x02\x01"), cut);
    }

    #[test]
    fn what_socks_cannot_carry_is_not_sent_in_part() {
        let long = "x".repeat(256);
        let user = Userinfo::new(&long, None).unwrap();
        let (sent, result, _) = asked("h", Some(&user), b"\x05\x02");
        assert_eq!((sent.len(), &*result), (4, "the user name is too long"));
        let (sent, result, _) = asked(&long, None, b"\x05\0");
        assert_eq!((sent.len(), &*result), (3, "the host's name is too long"));
    }

    #[test]
    fn no_step_tells_a_password() {
        let mut steps = String::new();
        let answer = [b"\x05\x02\x01\0", &OPEN[2..]].concat();
        let destination = Destination::new(Host::parse("h").unwrap(), 80);
        socks(
            &mut Wire::new(&answer),
            &destination,
            Some(&me()),
            &mut |step| steps.push_str(&format!("{step}\n{step:?}\n")),
        )
        .unwrap();
        assert!(!steps.contains("pw"), "{steps}");
        assert!(steps.contains("asked for h:80\n"), "{steps}");
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused_without_a_panic(answer in any::<Vec<u8>>()) {
            answered(&answer);
            logging_in(&[b"\x05\x02", &*answer].concat());
        }
    }
}
