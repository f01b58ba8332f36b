//! A text as it is meant, beside the text as it is spelled: escapes taken off, and for
//! each byte the place where it stands.
//!
//! Pure, and total: what is no escape stands for itself, and no text makes this panic.

use std::borrow::Cow;

/// A text that is read one way. Places are those of the text that it was made of first.
pub(crate) struct View<'a> {
    bytes: Cow<'a, [u8]>,
    /// For each byte, where what it was made of begins; and the end. None where every
    /// byte stands for itself.
    places: Option<Vec<usize>>,
}

/// What an escape comes to.
struct Read {
    bytes: [u8; 4],
    /// Of those, how many count.
    meant: usize,
    /// Bytes that spell it.
    spelled: usize,
}

impl<'a> View<'a> {
    /// A text that stands for itself.
    pub(crate) fn plain(text: &'a str) -> Self {
        View {
            bytes: Cow::Borrowed(text.as_bytes()),
            places: None,
        }
    }

    /// The inside of a string literal of JSON.
    pub(crate) fn literal(inner: &'a str) -> Self {
        let plain = View::plain(inner);
        plain.unescaped().unwrap_or(plain)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the byte with this number begins, in the text itself; the end for the one
    /// behind the last.
    pub(crate) fn place(&self, number: usize) -> usize {
        match &self.places {
            Some(places) => places.get(number).copied().unwrap_or_default(),
            None => number,
        }
    }

    /// Where the first byte begins, in the text itself, that is no nearer to its beginning
    /// than this and begins a character or an escape; or the end.
    pub(crate) fn boundary(&self, least: usize) -> usize {
        let begins = |number: &usize| {
            let place = self.place(*number);
            let byte = self.bytes.get(*number);
            place >= least && byte.is_some_and(|byte| !matches!(byte, 0x80..=0xbf))
        };
        let count = self.bytes.len();
        self.place((0..count).find(begins).unwrap_or(count))
    }

    /// Without the escapes of JSON's strings, wherever they stand; nothing if there are
    /// none. Half of a surrogate pair means U+FFFD.
    pub(crate) fn unescaped(&self) -> Option<View<'static>> {
        self.without(b'\\', escape)
    }

    /// Without the escapes of URLs (RFC 3986 section 2.1); nothing if there are none.
    pub(crate) fn decoded(&self) -> Option<View<'static>> {
        self.without(b'%', percent)
    }

    /// Without escapes that begin with this mark; nothing if there are none.
    fn without(&self, mark: u8, read: impl Fn(&[u8]) -> Option<Read>) -> Option<View<'static>> {
        let first = memchr::memchr(mark, &self.bytes)?;
        let mut bytes = self.bytes[..first].to_vec();
        let mut places: Vec<usize> = (0..first).map(|number| self.place(number)).collect();
        let mut at = first;
        let mut is_other = false;
        while let Some(byte) = self.bytes.get(at) {
            let plain = Read::one(*byte, 1);
            let escape = Some(*byte).filter(|byte| *byte == mark);
            let escape = escape.and_then(|_| read(&self.bytes[at..]));
            is_other |= escape.is_some();
            let read = escape.unwrap_or(plain);
            bytes.extend_from_slice(&read.bytes[..read.meant]);
            places.resize(bytes.len(), self.place(at));
            at += read.spelled;
        }
        places.push(self.place(self.bytes.len()));
        is_other.then_some(View {
            bytes: Cow::Owned(bytes),
            places: Some(places),
        })
    }
}

impl Read {
    fn one(byte: u8, spelled: usize) -> Self {
        Read {
            bytes: [byte, 0, 0, 0],
            meant: 1,
            spelled,
        }
    }

    /// A character, as the bytes of its UTF-8.
    fn letter(c: char, spelled: usize) -> Self {
        let mut bytes = [0; 4];
        let meant = c.encode_utf8(&mut bytes).len();
        Read {
            bytes,
            meant,
            spelled,
        }
    }
}

/// What a backslash begins; nothing at the end of the text.
fn escape(text: &[u8]) -> Option<Read> {
    let Some(first) = unit(text) else {
        let meant = match *text.get(1)? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            byte => byte,
        };
        return Some(Read::one(meant, 2));
    };
    let is_high = (0xd800..0xdc00).contains(&first);
    let low = text.get(6..).and_then(unit);
    match low.filter(|low| is_high && (0xdc00..0xe000).contains(low)) {
        Some(low) => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            Some(Read::letter(char::from_u32(code).unwrap_or('\u{fffd}'), 12))
        }
        None => Some(Read::letter(char::from_u32(first).unwrap_or('\u{fffd}'), 6)),
    }
}

/// The number in `\u0041` at the beginning.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.get(..6)?.strip_prefix(b"\\u")?;
    hex(digits)
}

/// What `%41` at the beginning stands for.
fn percent(text: &[u8]) -> Option<Read> {
    let code = hex(text.get(1..3)?)?;
    Some(Read::one(u8::try_from(code).ok()?, 3))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    digits
        .iter()
        .try_fold(0, |value, next| Some(value * 16 + digit(next)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is meant, and the spelling of each of its bytes.
    fn read(view: &View<'_>, text: &str) -> Vec<(u8, String)> {
        let spelled = |number| text[view.place(number)..view.place(number + 1)].to_owned();
        let bytes = view.bytes().iter().enumerate();
        bytes
            .map(|(number, byte)| (*byte, spelled(number)))
            .collect()
    }

    fn meant(view: Option<View<'_>>) -> Option<String> {
        view.map(|view| String::from_utf8_lossy(view.bytes()).into_owned())
    }

    #[test]
    fn escapes_of_json_are_taken_off_and_their_places_known() {
        for (spelled, expected) in [
            ("a\\u0062\\n\\/", "ab\n/"),
            ("\\ud83d\\ude00\\ud800x", "😀\u{fffd}x"),
            ("\\\\u0041\\\"\\é", "\\u0041\"é"),
            ("\\u00g1\\", "u00g1\\"),
        ] {
            let view = View::plain(spelled);
            assert_eq!(meant(view.unescaped()).as_deref(), Some(expected));
        }
        let view = View::literal("a\\u0062\\n");
        let expected = [(b'a', "a"), (b'b', "\\u0062"), (b'\n', "\\n")];
        let expected = expected.map(|(byte, spelled)| (byte, spelled.to_owned()));
        assert_eq!(read(&view, "a\\u0062\\n"), expected);
    }

    #[test]
    fn escapes_of_urls_are_taken_off_and_what_is_none_stays() {
        let text = "a%2Fb%zz%4";
        let view = View::plain(text).decoded().unwrap();
        assert_eq!(view.bytes(), b"a/b%zz%4");
        assert_eq!(read(&view, text)[1], (b'/', "%2F".to_owned()));
        for text in ["", "plain", "100%", "%zz\\"] {
            assert!(View::plain(text).decoded().is_none(), "{text}");
        }
        assert!(View::plain("plain").unescaped().is_none());
    }

    #[test]
    fn escapes_within_escapes_keep_the_places_of_the_text_itself() {
        let text = "\\\\u0041%41";
        let once = View::plain(text).unescaped().unwrap();
        let twice = once.unescaped().unwrap();
        assert_eq!(twice.bytes(), b"A%41");
        let thrice = twice.decoded().unwrap();
        let expected = [(b'A', "\\\\u0041"), (b'A', "%41")];
        let expected = expected.map(|(byte, spelled)| (byte, spelled.to_owned()));
        assert_eq!(read(&thrice, text), expected);
    }

    #[test]
    fn a_text_is_parted_where_a_character_or_an_escape_begins() {
        let view = View::literal("aé\\u0062\\u00e9x");
        let found: Vec<usize> = (0..18).map(|least| view.boundary(least)).collect();
        let expected = [0, 1, 3, 3, 9, 9, 9, 9, 9, 9, 15, 15, 15, 15, 15, 15, 16, 16];
        assert_eq!(found, expected);
        assert_eq!(View::plain("").boundary(0), 0);
    }

    proptest! {
        #[test]
        fn places_go_up_to_the_end_whatever_the_text(text in "([\\\\u0-9a-f%é😀]|\\\\ud83d|%41){0,20}") {
            let plain = View::plain(&text);
            let views = [plain.unescaped(), plain.decoded()];
            let inner = views.iter().flatten().flat_map(|view| [view.unescaped(), view.decoded()]);
            let inner: Vec<View<'_>> = inner.flatten().collect();
            for view in views.iter().flatten().chain(&inner) {
                let count = view.bytes().len();
                prop_assert!((0..count).all(|number| view.place(number) <= view.place(number + 1)));
                prop_assert_eq!(view.place(count), text.len());
            }
        }
    }
}
