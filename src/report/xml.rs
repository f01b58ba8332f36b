//! Text in XML 1.0.

/// Appends a text so that it stands for itself between tags and in quotes. Characters
/// that XML cannot hold, even escaped (section 2.2), become visible: `\u001b`.
pub(super) fn push(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_allowed(c) => out.push(c),
            c => crate::visible::push_escape(c, out),
        }
    }
}

/// Appends a text that may stand in an attribute: line breaks would be read as blanks.
pub(super) fn push_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for (number, line) in value.split('\n').enumerate() {
        if number > 0 {
            out.push_str("&#10;");
        }
        push(&line.replace('\t', "\\t"), out);
    }
    out.push('"');
}

/// A carriage return is allowed, but readers drop it.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(c, '\u{7f}'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_for_itself_and_what_xml_cannot_hold_becomes_visible() {
        let mut out = String::new();
        push("a<b>&\"'\n\té😀 ]]>\0\u{1b}\r\u{fffe}\u{85}", &mut out);
        assert_eq!(
            out,
            "a&lt;b&gt;&amp;&quot;'\n\té😀 ]]&gt;\\u0000\\u001b\\r\\ufffe\\u0085"
        );
    }

    #[test]
    fn an_attribute_keeps_its_line_breaks() {
        let mut out = String::new();
        push_attribute("name", "a\n\"b\"\tc", &mut out);
        assert_eq!(out, " name=\"a&#10;&quot;b&quot;\\tc\"");
    }
}
