//! Text that must not be shown: passwords, tokens, passphrases.
//!
//! Owns the one rule on what is a secret by its name, in URLs and headers, for
//! whatever shows or records them: a head, an event, an error.
//!
//! A `Secret` cannot be printed by accident: it has no `Display`, and its
//! `Debug` is a mask of fixed width, so that derived `Debug` on what holds one
//! is safe too. Reading the text takes a call of [`Secret::reveal`], which is
//! easy to search for. This is best effort: memory is not wiped, and whoever
//! reveals the text answers for where it goes.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

/// What stands for a secret.
pub const MASK: &str = "***";

/// Names of parameters and headers whose values are secrets, as [`words`] has them.
/// `code` is none: too many rooms, countries and errors have one.
const NAMES: [&str; 14] = [
    "auth",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "jwt",
    "key",
    "pass",
    "pwd",
    "session",
    "session_id",
    "sid",
    "sig",
    "ticket",
];

/// A name is a secret's, too, if it ends like this: `access_token`, `clientsecret`,
/// `X-Amz-Signature`.
const ENDINGS: [&str; 18] = [
    "_auth",
    "_cookie",
    "_credential",
    "_key",
    "_pass",
    "_pwd",
    "_session",
    "_session_id",
    "accesskey",
    "apikey",
    "authorization",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "sessionid",
    "signature",
    "token",
];

/// Ways to authenticate that are no secrets themselves.
const SCHEMES: [&str; 7] = [
    "Basic",
    "Bearer",
    "Digest",
    "Negotiate",
    "NTLM",
    "Token",
    "AWS4-HMAC-SHA256",
];

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    Masked,
    /// The user asked for it (`--show-secrets`).
    Shown,
}

impl Exposure {
    /// A URL, or a text in which URLs stand, as it may be shown.
    pub fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Exposure::Masked => self::text(text),
            Exposure::Shown => text.into(),
        }
    }
}

/// A text that `Debug` shows as `***`, whatever its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the wire. Never for the screen, a record or an error.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A header's value as it may be shown: `***` for that of a secret, behind the
/// name of the scheme in `Authorization`; other values are masked as [`text`] is.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let name = name.trim();
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if is("authorization") || is("proxy-authorization") || carries_token(name, value) {
        return credentials(value).into();
    }
    match is_secret_header(name) {
        true => MASK.into(),
        false if is("location") => location(value),
        false => text(value),
    }
}

/// Some servers have a header of their own for what others expect in `Authorization`.
fn carries_token(name: &str, value: &str) -> bool {
    let asks = name.to_ascii_lowercase().ends_with("-authenticate");
    let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
    !asks && scheme.eq_ignore_ascii_case("bearer")
}

/// `***`, behind the scheme if there is one.
fn credentials(value: &str) -> String {
    let scheme = value.split(' ').next().unwrap_or_default();
    let known = SCHEMES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(scheme));
    match known.filter(|_| scheme.len() < value.len()) {
        Some(_) => format!("{scheme} {MASK}"),
        None => MASK.into(),
    }
}

/// Where a redirect leads, as it may be shown: it may be the beginning of a URL, or
/// written in ways that only lenient readers take for one.
pub fn location(value: &str) -> Cow<'_, str> {
    let scheme = value.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
    let scheme = scheme.filter(|end| value[*end..].starts_with(':'));
    let rest = scheme.map_or(value, |end| &value[end + 1..]);
    let authority = rest.trim_start_matches(['/', '\\']);
    let slashes = rest.len() - authority.len();
    let end = authority.find(['/', '\\', '?', '#']);
    let at = authority[..end.unwrap_or(authority.len())].rfind('@');
    match at.filter(|at| *at > 0 && (scheme.is_some() || slashes > 1)) {
        Some(at) => {
            let (before, behind) = (value.len() - authority.len(), &authority[at..]);
            format!("{}{MASK}{}", &value[..before], text(behind)).into()
        }
        None => text(value),
    }
}

/// Whether a header of this name holds a secret.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.trim();
    match name.to_ascii_lowercase().as_str() {
        // This one is public, and part of what is to be seen.
        "sec-websocket-key" => false,
        "set-cookie2" | "cookie2" | "authentication-info" | "proxy-authentication-info" => true,
        _ => is_secret(name),
    }
}

/// A URL as it may be shown, or a text in which URLs stand: passwords before
/// the host, and the values of parameters that are named like secrets, are `***`.
pub fn text(text: &str) -> Cow<'_, str> {
    let secrets = places(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in secrets {
        shown.push_str(&text[from..start]);
        shown.push_str(MASK);
        from = end;
    }
    shown.push_str(&text[from..]);
    Cow::Owned(shown)
}

/// Where such secrets begin and end in a text, in order.
pub fn places(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, mark) in text.char_indices() {
        let rest = &text[at..];
        let secret = match mark {
            ':' => userinfo(rest),
            '?' | '&' | ';' | '#' => parameter(&rest[1..]).map(|(start, end)| (start + 1, end + 1)),
            _ => None,
        };
        let free = found.last().is_none_or(|&(_, end)| end <= at);
        found.extend(
            secret
                .filter(|_| free)
                .map(|(start, end)| (at + start, at + end)),
        );
    }
    found
}

/// Behind `://`, what stands before an `@`.
fn userinfo(rest: &str) -> Option<(usize, usize)> {
    // `[SCHEME://][USER:PASSWORD@]HOST` is how such a text is described.
    let authority = rest.strip_prefix("://")?;
    let authority = Some(authority).filter(|text| !text.starts_with(']'))?;
    let end = authority.find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c));
    let at = authority[..end.unwrap_or(authority.len())].rfind('@')?;
    Some((3, 3 + at)).filter(|_| at > 0)
}

/// The value of `name=value`, if the name is a secret's.
fn parameter(rest: &str) -> Option<(usize, usize)> {
    let ends = |c: char| c.is_whitespace() || "&;#?\"'<>".contains(c);
    let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let (name, value) = rest.split_once('=')?;
    let known = is_secret(name) && !value.is_empty();
    known.then_some((name.len() + 1, rest.len()))
}

fn is_secret(name: &str) -> bool {
    let words = words(name);
    let bare = words.strip_prefix("x_").unwrap_or(&words);
    NAMES.contains(&bare) || ENDINGS.iter().any(|ending| bare.ends_with(ending))
}

/// A name in lower case with `_` between its words, however it is spelled: `api-key`,
/// `apiKey`, `api%4Bey`, `user[api_key]`, `apiKey2`.
fn words(name: &str) -> String {
    let name = percent_decode_str(name).decode_utf8_lossy();
    let mut words = String::with_capacity(name.len());
    let mut before = '_';
    for c in name.chars() {
        let begins = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        words.extend(begins.then_some('_'));
        words.push(match c {
            '-' | '[' | ']' => '_',
            c => c.to_ascii_lowercase(),
        });
        before = c;
    }
    let is_beside = |c: char| c == '_' || c.is_ascii_digit();
    words.trim_matches(is_beside).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Secret, header, text};

    #[test]
    fn debug_shows_neither_the_text_nor_its_length() {
        for text in ["", "a", "a long pass phrase"] {
            assert_eq!(format!("{:?}", Secret::new(text)), "***");
        }
    }

    #[test]
    fn what_holds_a_secret_prints_it_masked_too() {
        let held = Some(("user", Secret::new("hunter2")));
        assert_eq!(format!("{held:?}"), r#"Some(("user", ***))"#);
        assert!(!format!("{held:#?}").contains("hunter2"));
    }

    #[test]
    fn the_text_comes_back_as_it_went_in() {
        let secret = Secret::new(String::from("pä ss"));
        assert_eq!(secret.reveal(), "pä ss");
        assert_eq!(secret, secret.clone());
        assert_ne!(secret, Secret::new("pä ss "));
    }

    #[test]
    fn headers_with_credentials_show_their_scheme_at_most() {
        for (name, value, shown) in [
            ("Authorization", "Bearer abc", "Bearer ***"),
            ("authorization", "basic dTpw", "basic ***"),
            ("Proxy-Authorization", "hunter2", "***"),
            ("Authorization", "hunter2 is my word", "***"),
            ("Authorization", "Bearer", "***"),
            ("Cookie", "a=b; c=d", "***"),
            ("Set-Cookie", "sid=1; Path=/", "***"),
            ("X-API-Key", "k", "***"),
            ("X-Auth-Token", "k", "***"),
            ("X-Session-Id", "k", "***"),
            ("X-Functions-Key", "k", "***"),
            ("Ocp-Apim-Subscription-Key", "k", "***"),
            ("X-Sentry-Auth", "k", "***"),
            ("X-User-Pwd", "k", "***"),
            ("Set-Cookie ", "k", "***"),
            ("Cookie2", "k", "***"),
            ("AccessKey", "k", "***"),
            ("XApiKey", "k", "***"),
            ("X-Forwarded-Authorization", "k", "***"),
            ("X-Upstream", "Bearer k", "Bearer ***"),
            ("X-Upstream", "bearer of news", "bearer ***"),
            ("WWW-Authenticate", "Bearer realm=x", "Bearer realm=x"),
            ("X-Request-Id", "k", "k"),
            ("X-Amz-Security-Token", "k", "***"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZQ=="),
            ("Sec-WebSocket-Accept", "s3pPLMBi", "s3pPLMBi"),
            ("Server", "nginx", "nginx"),
            (
                "Location",
                "https://u:p@h/cb?x=1&token=abc#id_token=def",
                "https://***@h/cb?x=1&token=***#id_token=***",
            ),
        ] {
            assert_eq!(header(name, value), shown, "{name}: {value}");
        }
    }

    #[test]
    fn passwords_in_a_redirect_are_masked_however_it_is_written() {
        for (value, shown) in [
            ("//u:p@h/x", "//***@h/x"),
            ("/\\u:p@h/x", "/\\***@h/x"),
            ("http:\\\\u:p@h/?token=a", "http:\\\\***@h/?token=***"),
            ("ws:/u:p@h/x", "ws:/***@h/x"),
            ("ftp:u:p@h/x", "ftp:***@h/x"),
            ("wss://u:p@x@h/y@z", "wss://***@h/y@z"),
            ("/@me/x", "/@me/x"),
            ("/a@b", "/a@b"),
            ("a@b?jwt=c", "a@b?jwt=***"),
            ("", ""),
            ("ü//@", "ü//@"),
        ] {
            assert_eq!(header("Location", value), shown, "{value}");
        }
    }

    #[test]
    fn parameters_that_are_named_like_secrets_are_masked_wherever_a_url_stands() {
        for (url, shown) in [
            ("ws://h/?token=abc", "ws://h/?token=***"),
            (
                "ws://h/?a=1&ACCESS_TOKEN=abc&b=2",
                "ws://h/?a=1&ACCESS_TOKEN=***&b=2",
            ),
            ("ws://h/?api-key=a=b%20c", "ws://h/?api-key=***"),
            (
                "ws://h/?X-Amz-Signature=ab;sig=c",
                "ws://h/?X-Amz-Signature=***;sig=***",
            ),
            (
                "use ws://h/?jwt=abc, \"wss://h/?key=x\"",
                "use ws://h/?jwt=*** \"wss://h/?key=***\"",
            ),
            ("ws://me:hunter2@h:80/@x", "ws://***@h:80/@x"),
            ("ws://h/?token=http://u:p@x", "ws://h/?token=***"),
            ("ws://h/?token=&x", "ws://h/?token=&x"),
            (
                "ws://h/token=abc?code=5&keyboard=us",
                "ws://h/token=abc?code=5&keyboard=us",
            ),
            (
                "ws://h/?clientSecret=x&accessKey=y",
                "ws://h/?clientSecret=***&accessKey=***",
            ),
            (
                "ws://h/?t%6fken=x&auth%54oken=y",
                "ws://h/?t%6fken=***&auth%54oken=***",
            ),
            (
                "ws://h/?user[password]=x&token[]=y",
                "ws://h/?user[password]=***&token[]=***",
            ),
            (
                "ws://h/?password1=x&ticket=y&sid=z",
                "ws://h/?password1=***&ticket=***&sid=***",
            ),
            ("ws://h/x;jsessionid=y", "ws://h/x;jsessionid=***"),
            (
                "ws://h/?keys=1&monkey=2&tickets=3",
                "ws://h/?keys=1&monkey=2&tickets=3",
            ),
            ("ws://ö/?é&token=ü", "ws://ö/?é&token=***"),
            ("", ""),
        ] {
            assert_eq!(text(url), shown, "{url}");
        }
    }
}
