//! What characters do on a screen: how wide they are, and which would not be seen,
//! or would sit on what stands before them.
//!
//! Widths are upper bounds: a terminal may draw less wide, so that what is cut to a
//! width never needs more. Letters that run from right to left stay letters, and
//! nothing invisible is put around them: it would be copied along with the text.
//! Whoever writes beside such text begins with a Latin letter or a new row, which
//! keeps it in its place on terminals that reorder.

use unicode_width::UnicodeWidthChar;

/// Characters without a width that may follow each other: the letters of no script
/// bear more, and a pile of them covers the rows above.
const MAX_MARKS: u8 = 8;

/// Zero width non-joiner and joiner: letters of some scripts and emoji need them.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Columns that a character may take on a screen; controls count none.
pub fn columns(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        // Asks for an emoji, which is wider than the letter before was.
        '\u{fe0f}' => 1,
        c => c.width().unwrap_or(0),
    }
}

/// Columns that a text may take, shown as it is.
pub fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.chars().map(columns).sum(),
    }
}

/// Whether a character may only be shown escaped because it would drive a terminal:
/// the controls (C0, DEL, C1), the line and paragraph separators, those that turn
/// the direction of writing, and the byte order mark.
pub fn must_escape(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a letter runs from right to left: what of Unicode is kept for such scripts.
pub fn runs_leftward(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

/// Whether nobody sees a character: formatting that no letter needs, fillers, tags,
/// the variation selectors beyond the first sixteen, and what is no character.
fn is_unseen(c: char) -> bool {
    let code = u32::from(c);
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || matches!(code, 0xfdd0..=0xfdef)
        || code & 0xfffe == 0xfffe
}

/// Tells of each character of a text, in order, whether it may be shown as it is.
/// What may not is shown escaped: what [`must_escape`], what nobody would see, and
/// characters without a width that have nothing of the text to stand on, or too much.
#[derive(Debug, Clone)]
pub struct Sight {
    /// How many without a width have followed; as many as can be where there is
    /// nothing that bears them.
    marks: u8,
    /// The last was ASCII, which nothing needs to be joined to.
    ascii: bool,
}

impl Sight {
    /// At the beginning of a text.
    pub fn new() -> Self {
        Sight {
            marks: MAX_MARKS,
            ascii: true,
        }
    }

    /// Whether the next character has to be escaped.
    pub fn hides(&mut self, c: char) -> bool {
        if matches!(c, ' '..='~') {
            *self = Sight {
                marks: 0,
                ascii: true,
            };
            return false;
        }
        let hidden = must_escape(c) || is_unseen(c) || self.is_misplaced(c);
        if hidden {
            // Its escape is ours, and nothing may sit on that.
            self.marks = MAX_MARKS;
        } else if c.width() == Some(0) {
            self.marks += 1;
        } else {
            self.marks = 0;
        }
        self.ascii = hidden;
        hidden
    }

    fn is_misplaced(&self, c: char) -> bool {
        c.width() == Some(0) && (self.marks == MAX_MARKS || self.ascii && JOINERS.contains(&c))
    }
}

impl Default for Sight {
    fn default() -> Self {
        Sight::new()
    }
}

/// Whether every character of a text may be shown as it is.
pub fn is_visible(text: &str) -> bool {
    // Most text is ASCII, and this loop is fast.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return true;
    }
    let mut sight = Sight::new();
    !text.chars().any(|c| sight.hides(c))
}

/// Appends a character as JSON escapes it: `\n`, `\u001b`, `\udb40\udc41`.
pub fn push_escape(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str("\\u");
                let digits = [12, 8, 4, 0].map(|shift| usize::from(*unit >> shift & 15));
                out.extend(digits.map(|digit| char::from(b"0123456789abcdef"[digit])));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with what is hidden in brackets, by its code.
    fn seen(text: &str) -> String {
        let mut sight = Sight::new();
        let shown = text.chars().map(|c| match sight.hides(c) {
            true => format!("[{:x}]", u32::from(c)),
            false => c.to_string(),
        });
        shown.collect()
    }

    #[test]
    fn each_character_that_must_be_escaped_is_known() {
        let escaped: Vec<u32> = (0..=0x0010_ffff_u32)
            .filter(|&code| char::from_u32(code).is_some_and(must_escape))
            .collect();
        let expected: Vec<u32> = (0..=0x1f)
            .chain(0x7f..=0x9f)
            .chain([0x61c, 0x200e, 0x200f])
            .chain(0x2028..=0x202e)
            .chain(0x2066..=0x2069)
            .chain([0xfeff])
            .collect();
        assert_eq!(escaped, expected);
    }

    #[test]
    fn letters_of_every_script_and_emoji_are_shown_as_they_are() {
        for text in [
            "plain, ünïcode",
            "e\u{301}a\u{323}\u{302}",
            "שלום",
            "שָׁלוֹם",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "한국어",
            "\u{1112}\u{1161}\u{11ab}",
            "👨\u{200d}👩\u{200d}👧",
            "❤\u{fe0f} 1\u{fe0f}\u{20e3} 🇩🇪 👍🏽",
            "\u{e0b0}\u{f0000}",
        ] {
            assert!(is_visible(text), "{}", seen(text));
        }
    }

    #[test]
    fn what_nobody_would_see_is_hidden() {
        for (text, expected) in [
            ("a\u{200b}b\u{2060}", "a[200b]b[2060]"),
            ("pass\u{200d}word\u{200c}", "pass[200d]word[200c]"),
            ("soft\u{ad}", "soft[ad]"),
            ("\u{3164}\u{ffa0}", "[3164][ffa0]"),
            ("x\u{e0041}\u{e0100}", "x[e0041][e0100]"),
            ("\u{fffe}\u{10ffff}\u{fdd0}", "[fffe][10ffff][fdd0]"),
            ("\x1b[2J\u{202e}", "[1b][2J[202e]"),
        ] {
            assert_eq!(seen(text), expected);
        }
    }

    #[test]
    fn nothing_sits_on_what_is_not_of_the_text() {
        assert_eq!(seen("\u{301}a\u{301}"), "[301]a\u{301}");
        assert_eq!(seen("\u{1b}\u{301}"), "[1b][301]");
        assert_eq!(seen("\u{fe0f}"), "[fe0f]");
        let pile = "\u{301}".repeat(10);
        let expected = format!("o{}[301][301]p", "\u{301}".repeat(8));
        assert_eq!(seen(&format!("o{pile}p")), expected);
    }

    #[test]
    fn widths_are_those_of_a_terminal_or_more() {
        for (text, columns) in [
            ("", 0),
            ("abc", 3),
            ("é", 1),
            ("e\u{301}", 1),
            ("日本", 4),
            ("🎉", 2),
            ("❤\u{fe0f}", 2),
            ("שלום", 4),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn an_escape_is_that_of_json() {
        for c in ['\n', '\t', '\u{1b}', '\u{feff}', '\u{e0041}', '🎉'] {
            let mut literal = String::from("\"");
            push_escape(c, &mut literal);
            literal.push('"');
            assert!(literal.is_ascii());
            assert_eq!(crate::json::string(&literal), Ok(c.to_string()));
        }
    }
}
