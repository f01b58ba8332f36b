//! User name and password, from a URL or from elsewhere, for Basic
//! authentication (RFC 7617).
//!
//! Owns the rule of what that can carry, and the header value it sends. It never
//! shows a password: errors name the part at fault and quote nothing.

use std::borrow::Cow;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use thiserror::Error;

use super::{TargetError, malformed};
use crate::secret::Secret;

/// User name and password, decoded, fit for Basic authentication (RFC 7617
/// section 2): no control characters, and no colon in the user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Userinfo {
    user: String,
    password: Option<Secret>,
}

impl Userinfo {
    /// Takes both as they are, nothing percent-encoded.
    ///
    /// # Errors
    /// What Basic authentication cannot carry.
    pub fn new(user: &str, password: Option<Secret>) -> Result<Self, UserinfoError> {
        let in_password = |password: &Secret| password.reveal().contains(char::is_control);
        if password.as_ref().is_some_and(in_password) {
            return Err(UserinfoError::ControlInPassword);
        }
        if user.contains(char::is_control) {
            return Err(UserinfoError::ControlInUser);
        }
        if user.contains(':') {
            return Err(UserinfoError::ColonInUser);
        }
        let user = user.to_owned();
        Ok(Self { user, password })
    }

    /// The user name; may be empty.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// `None` without a colon; `user:@` has an empty password.
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// The value of the `Authorization` header, in UTF-8; no password is sent as
    /// an empty one.
    pub fn basic(&self) -> Secret {
        let password = self.password().map_or("", Secret::reveal);
        let pair = format!("{}:{password}", self.user);
        Secret::new(format!("Basic {}", BASE64.encode(pair.as_bytes())))
    }
}

/// Why Basic authentication cannot carry a user name or password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UserinfoError {
    #[error("the user name holds a colon, which Basic authentication cannot carry")]
    ColonInUser,
    #[error("the user name holds a control character")]
    ControlInUser,
    #[error("the password holds a control character")]
    ControlInPassword,
}

impl UserinfoError {
    /// What to write instead.
    pub fn hint(self) -> &'static str {
        match self {
            Self::ColonInUser => "write `:` only between user name and password",
            Self::ControlInUser | Self::ControlInPassword => {
                "leave it out: Basic authentication cannot carry it (RFC 7617 section 2)"
            }
        }
    }
}

/// The part of a URL before its `@`; `None` where nothing stands there.
pub(super) fn parse(text: &str) -> Result<Option<Userinfo>, TargetError> {
    if text.is_empty() {
        return Ok(None);
    }
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password, "password")?)),
        None => (text, None),
    };
    let user = decoded(user, "user name")?;
    Userinfo::new(&user, password.map(Secret::new))
        .map(Some)
        .map_err(refused)
}

fn decoded<'a>(text: &'a str, name: &str) -> Result<Cow<'a, str>, TargetError> {
    percent_decode_str(text).decode_utf8().map_err(|_| {
        let message = format!("the {name} is not UTF-8 when percent-decoded");
        malformed(message, "percent-encode the bytes of its UTF-8")
    })
}

/// Plain colons and control characters are dealt with before: only encoded ones
/// come here.
fn refused(error: UserinfoError) -> TargetError {
    let hint = error.hint();
    match error {
        UserinfoError::ColonInUser => malformed(
            error.to_string(),
            format!("{hint}; here %3A stands before it"),
        ),
        UserinfoError::ControlInUser | UserinfoError::ControlInPassword => {
            malformed(format!("{error} when percent-decoded"), hint)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::target::tests::{complaint, parsed};

    fn credentials(text: &str) -> Option<(String, Option<String>)> {
        let target = parsed(text);
        let userinfo = target.userinfo()?;
        let password = userinfo.password().map(|p| p.reveal().to_owned());
        Some((userinfo.user().to_owned(), password))
    }

    #[test]
    fn userinfo_is_percent_decoded() {
        let pair = |user: &str, password: Option<&str>| {
            Some((user.to_owned(), password.map(str::to_owned)))
        };
        for (text, want) in [
            ("ws://h", None),
            ("ws://@h", None),
            ("ws://me@h", pair("me", None)),
            ("ws://me:@h", pair("me", Some(""))),
            ("ws://:pw@h", pair("", Some("pw"))),
            ("ws://me:p:w@h", pair("me", Some("p:w"))),
            ("ws://me:p@w@h", pair("me", Some("p@w"))),
            ("ws://m%40e:p%2Fw%3a@h", pair("m@e", Some("p/w:"))),
            ("ws://m%C3%A9:p\u{e9} w%@h", pair("mé", Some("pé w%"))),
            ("a:b@localhost:80", pair("a", Some("b"))),
            (":pw@localhost", pair("", Some("pw"))),
            ("a:b@:8080", pair("a", Some("b"))),
            ("me@127.0.0.1", pair("me", None)),
        ] {
            assert_eq!(credentials(text), want, "{text}");
        }
    }

    #[test]
    fn userinfo_that_basic_authentication_cannot_carry_is_malformed() {
        for (text, message) in [
            (
                "ws://a%3Ab:pw@h",
                "the user name holds a colon, which Basic authentication cannot carry",
            ),
            (
                "ws://a:%ff@h",
                "the password is not UTF-8 when percent-decoded",
            ),
            (
                "ws://%ff@h",
                "the user name is not UTF-8 when percent-decoded",
            ),
            (
                "ws://a:b%0d%0aX@h",
                "the password holds a control character when percent-decoded",
            ),
        ] {
            let (code, got, _) = complaint(text);
            assert_eq!((code, got.as_str()), (3, message), "{text}");
        }
    }

    #[test]
    fn credentials_from_elsewhere_are_taken_as_they_are_or_refused() {
        use UserinfoError::{ColonInUser, ControlInPassword, ControlInUser};
        for (user, password, refused) in [
            ("me", None, None),
            ("", Some(""), None),
            ("m%3Aé @/", Some("p:w%0a é"), None),
            ("a:b", None, Some(ColonInUser)),
            ("a\nb", Some("pw"), Some(ControlInUser)),
            ("a\u{9b}", None, Some(ControlInUser)),
            ("a", Some("p\rw"), Some(ControlInPassword)),
            ("a", Some("\u{7f}"), Some(ControlInPassword)),
        ] {
            let password = password.map(Secret::new);
            let made = Userinfo::new(user, password.clone());
            let shown = made.map(|made| (made.user().to_owned(), made.password().cloned()));
            let want = refused.map_or(Ok((user.to_owned(), password)), Err);
            assert_eq!(shown, want, "{user:?}");
        }
    }

    #[test]
    fn the_header_value_is_the_pair_in_base64() {
        for (user, password, value) in [
            (
                "Aladdin",
                Some("open sesame"),
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            ("test", Some("123\u{a3}"), "Basic dGVzdDoxMjPCow=="),
            ("me", Some(""), "Basic bWU6"),
            ("me", None, "Basic bWU6"),
            ("", None, "Basic Og=="),
        ] {
            let userinfo = Userinfo::new(user, password.map(Secret::new)).unwrap();
            assert_eq!(userinfo.basic().reveal(), value, "{user}");
        }
    }
}
