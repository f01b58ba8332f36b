//! What a value looks like: a time, or drawn by lot; and a regular expression that all
//! such values match.
//!
//! Pure, and a guess. What stands in sentences has to be passed over, so words of letters
//! alone, dates and numbers of versions look like nothing.

use crate::json;

/// See the module's head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) kind: Kind,
    /// Anchored at the beginning, and at the end unless more may follow.
    pub(super) regex: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Random,
    Time,
}

impl Kind {
    /// `$.id looks random`
    pub(super) fn looks(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::Time => "like a time",
        }
    }

    /// `this has a time in it`
    pub(super) fn a(self) -> &'static str {
        match self {
            Kind::Random => "something random",
            Kind::Time => "a time",
        }
    }
}

impl Look {
    fn new(kind: Kind, regex: impl Into<String>) -> Option<Self> {
        let regex = regex.into();
        Some(Look { kind, regex })
    }
}

/// What a value of JSON looks like; a number that is a time has no look.
pub(super) fn look_at(raw: &str, now: u64) -> Option<Option<Look>> {
    if !raw.starts_with('"') {
        return is_near(raw.split('.').next()?, now).then_some(None);
    }
    let text = json::string(raw).ok()?;
    look_of(&text, now).map(Some)
}

/// What a text looks like, `now` being in seconds since 1970.
pub(super) fn look_of(text: &str, now: u64) -> Option<Look> {
    let bytes = text.as_bytes();
    if is_uuid(bytes) {
        let digits = "[0-9a-fA-F]";
        let regex = format!("^{digits}{{8}}(-{digits}{{4}}){{3}}-{digits}{{12}}$");
        return Look::new(Kind::Random, regex);
    }
    if is_like(bytes, b"0000-00-00T00:00") || is_like(bytes, b"0000-00-00 00:00") {
        return Look::new(Kind::Time, r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d");
    }
    if is_near(text, now) {
        return Look::new(Kind::Time, r"^\d+$");
    }
    // A JSON Web Token (RFC 7519): its header begins with `{"`.
    if text.starts_with("eyJ") && text.matches('.').count() == 2 && text.len() > 40 {
        return Look::new(Kind::Random, r"^eyJ[\w-]+\.[\w-]+\.[\w-]*$");
    }
    drawn(bytes)
}

/// What letters and digits look like that follow no rule but that of their alphabet.
fn drawn(text: &[u8]) -> Option<Look> {
    let count = text.len();
    let all = |test: &dyn Fn(&u8) -> bool| text.iter().all(test);
    let [upper, lower, digit] = [
        text.iter().any(u8::is_ascii_uppercase),
        text.iter().any(u8::is_ascii_lowercase),
        text.iter().any(u8::is_ascii_digit),
    ];
    if count >= 8 && digit && upper != lower && all(&u8::is_ascii_hexdigit) {
        let class = if lower { "[0-9a-f]" } else { "[0-9A-F]" };
        return Look::new(Kind::Random, format!("^{class}{{{count}}}$"));
    }
    // A ULID: 26 digits of base 32 without I, L, O and U, the first of three bits.
    let is_ulid = |c: &u8| c.is_ascii_digit() || c.is_ascii_uppercase() && !b"ILOU".contains(c);
    if count == 26 && digit && text[0] <= b'7' && all(&is_ulid) {
        return Look::new(Kind::Random, "^[0-9A-HJKMNP-TV-Z]{26}$");
    }
    let in_base64 = |c: &u8| c.is_ascii_alphanumeric() || b"+/=_-".contains(c);
    if count >= 16 && upper && lower && digit && all(&in_base64) && changes(text) * 3 >= count {
        return Look::new(Kind::Random, format!("^[\\w+/=-]{{{count}}}$"));
    }
    None
}

/// How often small letters, capitals and digits follow one another: in words, seldom.
fn changes(text: &[u8]) -> usize {
    let class = |byte: &u8| (byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let changed = |pair: &&[u8]| class(&pair[0]) != class(&pair[1]);
    text.windows(2).filter(changed).count()
}

fn is_uuid(text: &[u8]) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, &u8)| match dash(at) {
        true => *byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(fits)
}

/// Whether a text begins like this one, where any digit stands for 0.
fn is_like(text: &[u8], model: &[u8]) -> bool {
    let fits = |(byte, model): (&u8, &u8)| match model {
        b'0' => byte.is_ascii_digit(),
        model => byte == model,
    };
    text.len() >= model.len() && text.iter().zip(model).all(fits)
}

/// Whether digits are a time within a year, in seconds since 1970 or in a thousandth, a
/// millionth or a billionth of them.
fn is_near(digits: &str, now: u64) -> bool {
    const YEAR: u64 = 366 * 24 * 60 * 60;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let unit = match digits.len() {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return false,
    };
    let time = digits.parse::<u64>().map(|time| time / unit);
    time.is_ok_and(|time| time.abs_diff(now) < YEAR)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::message::MessageRef;
    use crate::pattern::Pattern;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn times_and_what_is_drawn_by_lot_are_told_from_words() {
        for (text, kind) in [
            ("2026-01-02T03:04:05Z", Kind::Time),
            ("2026-01-02 03:04", Kind::Time),
            ("1800000123", Kind::Time),
            ("1799999999999", Kind::Time),
            ("0a1b2c3d", Kind::Random),
            ("DEADBEEF01", Kind::Random),
            ("123e4567-e89b-12d3-a456-426614174000", Kind::Random),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Kind::Random),
            ("dGhlIHNhbXBsZSBub25jZQ==", Kind::Random),
            ("V1StGXR8_Z5jdHi6B-myT", Kind::Random),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
                Kind::Random,
            ),
        ] {
            let look = look_of(text, NOW).unwrap();
            assert_eq!(look.kind, kind, "{text}");
            let pattern = Pattern::parse(&format!("/match {}", look.regex)).unwrap();
            assert!(pattern.matches(MessageRef::Text(text)), "{text}");
        }
        for word in [
            "",
            "welcome",
            "deadbeef",
            "20260102",
            "1234567890",
            "a1b2",
            "2026-01-02",
            "chat.v2",
            "HelloWorldHelloWorld",
            "userProfileVersion2",
            "échange0échange0",
        ] {
            assert_eq!(look_of(word, NOW), None, "{word}");
        }
    }
}
