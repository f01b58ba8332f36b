//! Secrets whose texts are known, taken out of what is shown or written down.
//!
//! A secret is found wherever its text stands: as it is, spelled with the escapes of
//! JSON or of a URL, in hex, in base64, and in one within the other, such as JSON in a
//! string of JSON. Names that tell of a secret are the business of [`crate::secret`].
//!
//! Texts must be masked before they are cut: of a secret that was cut in two neither
//! half is found. [`Masker::head`] does both in this order. A secret that is broken up
//! otherwise (over two messages, by line breaks in base64, in reverse) is not found.
//!
//! Pure; time is linear in the text, memory beside what is given back bounded, and
//! nothing is spent where there are no secrets.

mod find;
mod strings;
mod view;

use std::borrow::Cow;
use std::fmt;

use data_encoding::{BASE64, HEXLOWER};

use crate::secret::{MASK, Secret};
pub(crate) use find::{Place, find};
pub(crate) use strings::{Part, parts};
pub(crate) use view::View;

/// The shortest text that is taken for a secret, in bytes: shorter ones would be found
/// where they are not meant.
pub const SHORTEST: usize = 4;
/// Readings of a text that are looked at: all up to three layers of escapes.
const VIEWS: usize = 16;
/// How much of a text is read at once, in bytes: a reading takes ten times as much.
const PART: usize = 64 * 1024;
/// What a byte of a secret may take at most where it is found, about: `\\\\u0041`.
const SPELLED: usize = 12;

/// Finds secrets and puts `***` in their places.
#[derive(Clone, Default)]
pub struct Masker {
    secrets: Vec<String>,
    base64: Vec<Digits>,
    /// In lower case.
    hex: Vec<String>,
    /// Bytes of the longest secret.
    longest: usize,
}

/// The digits of base64 that a secret has whatever stands beside it.
#[derive(Clone, PartialEq, Eq)]
struct Digits {
    text: String,
    /// The digit before tells of it, too.
    begins_before: bool,
    /// The digit behind tells of it, too.
    ends_behind: bool,
}

impl Masker {
    /// Looks for these, but for those below [`SHORTEST`] and the mask itself.
    pub fn new<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let mut masker = Masker::default();
        for secret in secrets.map(Secret::reveal) {
            masker.add(secret);
        }
        masker
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// The text with `***` wherever a secret stands.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        masked(text, &self.places(text, View::plain))
    }

    /// The beginning of a text, masked: of the text itself so many bytes at most, and a
    /// secret that begins there is masked although it may end behind.
    pub fn head(&self, text: &str, bytes: usize) -> String {
        let reach = bytes.saturating_add(self.longest * SPELLED);
        let seen = &text[..floor(text, reach)];
        let end = floor(seen, bytes);
        let places = match self.is_empty() {
            true => Vec::new(),
            false => self.places(seen, View::plain),
        };
        let mut shown = String::with_capacity(end);
        let mut from = 0;
        for (start, behind) in places.into_iter().filter(|(start, _)| *start < end) {
            shown.push_str(&seen[from..start]);
            shown.push_str(MASK);
            from = behind;
        }
        shown.push_str(seen.get(from..end).unwrap_or_default());
        shown
    }

    /// Bytes with `*` for each of a secret: their number stays.
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let places = find(bytes, self.secrets.iter().map(|secret| ((), &**secret)));
        if places.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut masked = bytes.to_vec();
        for place in places {
            masked[place.start..place.end].fill(b'*');
        }
        Cow::Owned(masked)
    }

    /// A line of events (docs/events.md), which stays one: names, numbers and the words
    /// of the events themselves are left alone, and bytes in base64 keep their number.
    pub fn event<'a>(&self, line: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(line);
        }
        let mut shown = String::with_capacity(line.len());
        let mut name = "";
        let mut parts = parts(line).peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Between(text) => shown.push_str(text),
                Part::Inner(inner) => {
                    let is_name = matches!(parts.peek(), Some(Part::Between(text)) if text.starts_with("\":"));
                    if is_name {
                        name = inner;
                        shown.push_str(inner);
                    } else {
                        shown.push_str(&self.member(name, inner));
                    }
                }
            }
        }
        match shown == line {
            true => Cow::Borrowed(line),
            false => Cow::Owned(shown),
        }
    }

    /// The inside of a string that is the value of a member of an event.
    fn member<'a>(&self, name: &str, inner: &'a str) -> Cow<'a, str> {
        if matches!(name, "event" | "direction" | "type" | "kind" | "time") {
            return Cow::Borrowed(inner);
        }
        if name.ends_with("base64")
            && let Ok(bytes) = BASE64.decode(inner.as_bytes())
        {
            return match self.bytes(&bytes) {
                Cow::Borrowed(_) => Cow::Borrowed(inner),
                Cow::Owned(masked) => Cow::Owned(BASE64.encode(&masked)),
            };
        }
        masked(inner, &self.places(inner, View::literal))
    }

    /// Looks for one more secret, and for what hex, base64 and forms make of it.
    fn add(&mut self, secret: &str) {
        let is_known = self.secrets.iter().any(|known| known == secret);
        if secret.len() < SHORTEST || secret == MASK || is_known {
            return;
        }
        self.longest = self.longest.max(secret.len());
        self.secrets.push(secret.to_owned());
        if secret.contains(' ') {
            // So do forms spell it.
            self.secrets.push(secret.replace(' ', "+"));
        }
        self.hex.push(HEXLOWER.encode(secret.as_bytes()));
        for shift in 0..3 {
            let digits = Digits::of(secret.as_bytes(), shift);
            let text = digits.text.replace('+', "-").replace('/', "_");
            let for_urls = Digits {
                text,
                ..digits.clone()
            };
            if for_urls != digits {
                self.base64.push(for_urls);
            }
            self.base64.push(digits);
        }
    }

    /// Where secrets stand in a text that is read like this first, in order and apart.
    fn places<'t>(&self, text: &'t str, read: fn(&'t str) -> View<'t>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut from = 0;
        loop {
            // What begins in a part may end behind it.
            let end = floor(text, from + PART + self.longest * SPELLED);
            let part = read(&text[from..end]);
            let next = part.boundary(PART);
            let before = found.len();
            self.look_into(part, &mut found);
            for place in &mut found[before..] {
                *place = (place.0 + from, place.1 + from);
            }
            if end == text.len() {
                return joined(text, found);
            }
            from += next;
        }
    }

    /// Looks for secrets in a part of a text, read in all ways.
    fn look_into(&self, part: View<'_>, found: &mut Vec<(usize, usize)>) {
        let mut views = vec![part];
        let mut at = 0;
        while let Some(view) = views.get(at).filter(|_| at < VIEWS) {
            self.look(view, found);
            let inner = [view.unescaped(), view.decoded()];
            let is_new = |inner: &View<'_>| views.iter().all(|view| view.bytes() != inner.bytes());
            let inner: Vec<View<'_>> = inner.into_iter().flatten().filter(is_new).collect();
            views.extend(inner);
            at += 1;
        }
    }

    /// Looks for secrets in one reading of a text.
    fn look(&self, view: &View<'_>, found: &mut Vec<(usize, usize)>) {
        let bytes = view.bytes();
        let mut add = |start: usize, end: usize| found.push((view.place(start), view.place(end)));
        for place in find(bytes, self.secrets.iter().map(|secret| ((), &**secret))) {
            add(place.start, place.end);
        }
        for digits in &self.base64 {
            for start in memchr::memmem::find_iter(bytes, digits.text.as_bytes()) {
                let (start, end) = digits.with_those_beside(bytes, start);
                add(start, end);
            }
        }
        let (digits, numbers) = hex_digits(bytes);
        for place in find(&digits, self.hex.iter().map(|hex| ((), &**hex))) {
            if let (Some(start), Some(last)) =
                (numbers.get(place.start), numbers.get(place.end - 1))
            {
                add(*start, last + 1);
            }
        }
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Digits {
    /// Those of a secret that begins so many bytes behind a group of three.
    fn of(secret: &[u8], shift: usize) -> Self {
        let bytes = [&[0; 2][..shift], secret].concat();
        let bits = bytes.len() * 8;
        // Digits before it that have no bit or not only bits of it, and those behind.
        let (first, last) = ((shift * 8).div_ceil(6), bits / 6);
        Digits {
            text: BASE64.encode(&bytes)[first..last].to_owned(),
            begins_before: shift > 0,
            ends_behind: bits % 6 > 0,
        }
    }

    /// Digits beside it that hold bits of the secret and of its neighbour.
    fn with_those_beside(&self, bytes: &[u8], start: usize) -> (usize, usize) {
        let end = start + self.text.len();
        let is_digit = |at: usize| {
            let byte = bytes.get(at);
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte))
        };
        let before = usize::from(self.begins_before && start > 0 && is_digit(start - 1));
        let behind = usize::from(self.ends_behind && is_digit(end));
        (start - before, end + behind)
    }
}

/// The text without what may stand between digits of hex, in lower case, and the number
/// that each of its bytes had. Letters that are no digits stay: they keep digits apart.
fn hex_digits(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let kept = bytes.iter().enumerate();
    let kept = kept.filter(|(_, byte)| !b" \t\r\n:-".contains(byte));
    kept.map(|(number, byte)| (byte.to_ascii_lowercase(), number))
        .unzip()
}

/// Ranges of a text in order, those that overlap or touch made one; none begins or ends
/// within a character.
fn joined(text: &str, mut places: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    places.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for (start, end) in places {
        let start = floor(text, start);
        let end = (end..text.len()).find(|at| text.is_char_boundary(*at));
        let end = end.unwrap_or(text.len());
        match joined.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// The last place up to this one where a character begins, or the end.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let places = (0..=at.min(text.len())).rev();
    let mut places = places.filter(|at| text.is_char_boundary(*at));
    places.next().unwrap_or_default()
}

/// The text with the mask in these places, which are in order and apart.
fn masked<'a>(text: &'a str, places: &[(usize, usize)]) -> Cow<'a, str> {
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in places {
        shown.push_str(&text[from..*start]);
        shown.push_str(MASK);
        from = *end;
    }
    shown.push_str(&text[from..]);
    Cow::Owned(shown)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::json;
    use crate::message::MessageRef;
    use crate::notation::{self, write_inside};
    use data_encoding::{BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
    use proptest::prelude::*;

    fn masker(secrets: &[&str]) -> Masker {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
        Masker::new(secrets.iter())
    }

    #[test]
    fn a_secret_is_masked_as_it_stands_and_as_json_and_urls_spell_it() {
        let masker = masker(&["hunter2", "a/b\"c", "über all"]);
        for (text, shown) in [
            ("", ""),
            ("nothing here", "nothing here"),
            ("say hunter2!", "say ***!"),
            ("hunter2hunter2", "***"),
            (r#"{"p":"hu\u006eter2"}"#, r#"{"p":"***"}"#),
            (r#"{"p":"a\/b\"c"}"#, r#"{"p":"***"}"#),
            (r#""{\"p\":\"a/b\\\"c\"}""#, r#""{\"p\":\"***\"}""#),
            (r#""{\"p\":\"hu\\u006eter2\"}""#, r#""{\"p\":\"***\"}""#),
            ("ws://h/?p=%68unter2&q=a%2Fb%22c", "ws://h/?p=***&q=***"),
            ("q=%C3%BCber%20all&r=%C3%BCber+all", "q=***&r=***"),
            ("%2568unter2", "***"),
            ("Über all über all", "Über all ***"),
        ] {
            assert_eq!(masker.text(text), shown, "{text}");
        }
    }

    #[test]
    fn a_secret_is_masked_in_hex_however_it_is_written() {
        let masker = masker(&["hunter2"]);
        for (text, shown) in [
            ("/binary 00 68 75 6e 74 65 72 32 ff", "/binary 00 *** ff"),
            ("/binary 0068756E74657232ff", "/binary 00***ff"),
            ("68:75:6E:74:65:72:32", "***"),
            (
                "< /pong /binary 68 75 6e 74 65 72 32",
                "< /pong /binary ***",
            ),
            ("68 75 6e 74 65 72", "68 75 6e 74 65 72"),
        ] {
            assert_eq!(masker.text(text), shown, "{text}");
        }
    }

    #[test]
    fn a_secret_is_masked_in_base64_wherever_it_stands_among_other_bytes() {
        let secret = "hûnter2?>~";
        let masker = masker(&[secret]);
        for before in ["", "a", "ab", "abc", "abcd"] {
            for behind in ["", "z", "yz", "xyz"] {
                let bytes = [before, secret, behind].concat();
                for encoding in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
                    let text = encoding.encode(bytes.as_bytes());
                    let shown = masker.text(&text).into_owned();
                    let (head, tail) = shown.split_once("***").unwrap();
                    assert_eq!(head, &text[..before.len() * 8 / 6]);
                    assert!(tail.len() <= behind.len() * 8 / 6 + 3, "{text} {shown}");
                }
            }
        }
        let basic = BASE64.encode(format!("me:{secret}").as_bytes());
        let quoted = basic.replace('/', "\\/").replace('+', "%2B");
        assert_eq!(
            masker.text(&format!("Authorization: Basic {quoted}")),
            "Authorization: Basic bWU6***="
        );
    }

    #[test]
    fn of_secrets_that_overlap_nothing_is_left() {
        let masker = masker(&["abcd", "cdef", "abcdef"]);
        assert_eq!(masker.text("abcdef abcde"), "*** ***e");
    }

    #[test]
    fn what_is_short_and_the_mask_itself_are_no_secrets() {
        let short = masker(&["abc", "", "***"]);
        assert!(short.is_empty());
        assert_eq!(short.text("abc"), "abc");
        assert_eq!(format!("{:?}", masker(&["hunter2"])), "***");
    }

    #[test]
    fn a_text_is_masked_before_it_is_cut() {
        let masker = masker(&["hunter2"]);
        for (bytes, shown) in [
            (0, ""),
            (3, "is "),
            (4, "is ***"),
            (9, "is ***"),
            (10, "is ***"),
            (11, "is ***,"),
            (100, "is ***, é"),
        ] {
            assert_eq!(masker.head("is hunter2, é", bytes), shown, "{bytes}");
        }
        let spelled = "\\\\u0068\\\\u0075\\\\u006e\\\\u0074\\\\u0065\\\\u0072\\\\u0032";
        assert_eq!(masker.head(spelled, 5), "***");
        assert_eq!(Masker::default().head("aé", 2), "a");
    }

    #[test]
    fn bytes_keep_their_number() {
        let masker = masker(&["hunter2"]);
        assert_eq!(*masker.bytes(b"\0hunter2\xff"), *b"\0*******\xff");
        assert!(matches!(masker.bytes(b"\0"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_of_events_stays_one() {
        let masker = masker(&["hunter2", "data", "message", "1234", "text"]);
        for (line, shown) in [
            (
                r#"{"v":1,"ms":1234.5,"event":"message","direction":"sent","n":1,"type":"text","bytes":20,"data":"{\"p\":\"hu\\u006eter2\",\"n\":1234}"}"#,
                r#"{"v":1,"ms":1234.5,"event":"message","direction":"sent","n":1,"type":"text","bytes":20,"data":"{\"p\":\"***\",\"n\":***}"}"#,
            ),
            (
                r#"{"event":"message","type":"binary","bytes":8,"base64":"/2h1bnRlcjI="}"#,
                r#"{"event":"message","type":"binary","bytes":8,"base64":"/yoqKioqKio="}"#,
            ),
            (
                r#"{"event":"open","url":"ws://h/%68unter2","headers":[["X-A","hunter2"],["data","\nhunter2\n"]]}"#,
                r#"{"event":"open","url":"ws://h/***","headers":[["X-A","***"],["***","\n***\n"]]}"#,
            ),
            (
                r#"{"event":"message","data":"\\nhunter2 \"aHVudGVyMg==\""}"#,
                r#"{"event":"message","data":"\\n*** \"***==\""}"#,
            ),
        ] {
            let found = masker.event(line);
            assert_eq!(found, shown);
            json::check(&found).unwrap();
        }
        let clean = r#"{"event":"ping","data":"k"}"#;
        assert!(matches!(masker.event(clean), Cow::Borrowed(_)));
    }

    #[test]
    fn an_escape_beside_a_secret_is_not_torn() {
        let masker = masker(&["nabcd"]);
        let line = r#"{"data":"\nabcd \nnabcd"}"#;
        assert_eq!(masker.event(line), r#"{"data":"\nabcd \n***"}"#);
    }

    #[test]
    fn a_secret_is_found_wherever_a_long_text_is_parted() {
        let masker = masker(&["hunter2"]);
        for spelled in ["hunter2", "hunt\\u0065r2", "68 75 6e 74 65 72 32"] {
            for before in PART - 20..PART + 2 {
                for fill in ["x", "é", "\\n"] {
                    let fill = fill.repeat(before / fill.len());
                    let line = format!("{{\"data\":\"{fill}{spelled}!\"}}");
                    let shown = masker.event(&line);
                    let expected = format!("{{\"data\":\"{fill}***!\"}}");
                    assert!(shown == expected, "{spelled} {before}");
                }
            }
        }
    }

    /// How a text may be spelled, and spelled again.
    fn spelled(text: &str, way: u8) -> String {
        match way {
            0 => text.to_owned(),
            1 => {
                let mut literal = String::new();
                write_inside(text, &mut literal);
                literal
            }
            2 => {
                let units = text.encode_utf16();
                units.map(|unit| format!("\\u{unit:04X}")).collect()
            }
            3 => text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
            4 => HEXLOWER.encode(text.as_bytes()),
            5 => BASE64.encode(text.as_bytes()),
            _ => BASE64URL_NOPAD.encode(text.as_bytes()),
        }
    }

    proptest! {
        #[test]
        fn no_secret_comes_through_however_it_is_spelled(
            secret in "[a-zA-Z0-9 é\"/?&😀]{4,20}",
            before in "[a-z é]{0,5}",
            behind in "[a-z é]{0,5}",
            once in 0u8..7,
            again in 0u8..4,
        ) {
            let masker = masker(&[&secret]);
            let whole = format!("{before}{secret}{behind}");
            let text = spelled(&spelled(&whole, once), again);
            let shown = masker.text(&text).into_owned();
            prop_assert!(shown.contains(MASK), "{} {}", text, shown);
            let bare = spelled(&spelled(&secret, once), again);
            prop_assert!(!shown.contains(&bare), "{}", shown);
            for limit in 0..text.len() {
                let head = masker.head(&text, limit);
                prop_assert!(!head.contains(&bare));
            }
        }

        #[test]
        fn nothing_makes_the_masking_panic(text in "([\"\\\\u0-9a-f%{}:é😀]|\\\\ud83d|abcd|YWJjZA|61 62 63 64){0,20}", limit in 0usize..50) {
            let masker = masker(&["abcd", "\\u00", "é\"%6"]);
            masker.text(&text);
            masker.event(&text);
            prop_assert!(masker.head(&text, limit).len() <= limit + MASK.len() * limit);
        }

        #[test]
        fn a_masked_event_is_still_json(data in any::<String>(), secret in "[a-z\\\\\"é0-9]{4}") {
            let masker = masker(&[&secret]);
            let mut literal = String::new();
            write_inside(&format!("{data}{secret}{data}"), &mut literal);
            let line = format!("{{\"v\":1,\"data\":\"{literal}\"}}");
            let shown = masker.event(&line).into_owned();
            prop_assert!(json::check(&shown).is_ok(), "{}", shown);
            let members = json::members(&shown).unwrap();
            let value = json::string(members[1].value).unwrap();
            prop_assert!(!value.contains(&secret));
        }

        #[test]
        fn a_message_in_the_notation_hides_them_too(data in prop::collection::vec(any::<u8>(), 0..20)) {
            let masker = masker(&["hunter2"]);
            let bytes = [&data[..], b"hunter2", &data[..]].concat();
            for message in [MessageRef::Binary(&bytes), MessageRef::Ping(&bytes), MessageRef::Close(&bytes)] {
                let mut line = String::new();
                notation::write(message, &mut line);
                prop_assert!(masker.text(&line).contains(MASK), "{}", line);
            }
        }
    }
}
