//! Inside JSON: names of members, and the three words.

use super::{Candidate, Sources};

const WORDS: [&str; 3] = ["true", "false", "null"];
/// Deeper in brackets nothing is offered.
const MAX_DEPTH: usize = 256;

/// What can stand at the end of a text that begins JSON.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// A name that begins there, with its quote.
    Name(usize),
    /// A value's bare word that begins there.
    Word(usize),
    Nothing,
}

/// Offers for a text that begins JSON, at `start` in the line, and ends at the cursor.
pub(super) fn complete(
    json: &str,
    start: usize,
    sources: &impl Sources,
) -> (usize, Vec<Candidate>) {
    let all = match place(json) {
        Place::Name(at) => (at, names(&json[at..], sources)),
        Place::Word(at) => (at, words(&json[at..])),
        Place::Nothing => (json.len(), Vec::new()),
    };
    (start + all.0, all.1)
}

fn names(typed: &str, sources: &impl Sources) -> Vec<Candidate> {
    let beginning = typed.trim_start_matches('"');
    let names = sources
        .names()
        .into_iter()
        .filter(|name| name.starts_with(beginning));
    let candidate = |name: String| Candidate {
        inserted: format!("\"{name}\": "),
        shown: name,
    };
    names.map(candidate).collect()
}

fn words(typed: &str) -> Vec<Candidate> {
    let words = WORDS.iter().filter(|word| word.starts_with(typed));
    let candidate = |word: &&str| Candidate {
        shown: (*word).into(),
        inserted: (*word).into(),
    };
    words.map(candidate).collect()
}

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Name,
    Value,
    /// A comma, a colon, or an end.
    Mark,
}

fn place(json: &str) -> Place {
    let mut objects: Vec<bool> = Vec::new();
    let mut next = Next::Value;
    let mut letters = json.char_indices();
    // Where the value that stands at the end begins.
    let mut word = None;
    while let Some((at, letter)) = letters.next() {
        word = word.filter(|_| letter.is_ascii_lowercase());
        match letter {
            '{' | '[' if objects.len() == MAX_DEPTH => return Place::Nothing,
            '{' | '[' => {
                objects.push(letter == '{');
                next = after_comma(letter == '{');
            }
            '}' | ']' => {
                objects.pop();
                next = Next::Mark;
            }
            ',' => next = after_comma(objects.last() == Some(&true)),
            ':' => next = Next::Value,
            '"' => match end_of_string(&mut letters) {
                End::Found => next = Next::Mark,
                End::Missing if next == Next::Name => return Place::Name(at),
                End::Missing | End::Escaped => return Place::Nothing,
            },
            letter if letter.is_whitespace() => {}
            letter => {
                if next == Next::Value && letter.is_ascii_lowercase() {
                    word = Some(at);
                }
                next = Next::Mark;
            }
        }
    }
    match (word, next) {
        (Some(at), _) => Place::Word(at),
        (None, Next::Name) => Place::Name(json.len()),
        _ => Place::Nothing,
    }
}

fn after_comma(in_object: bool) -> Next {
    if in_object { Next::Name } else { Next::Value }
}

/// How a string goes on.
enum End {
    Found,
    Missing,
    /// It does not end, and is not what it looks like.
    Escaped,
}

fn end_of_string(letters: &mut std::str::CharIndices<'_>) -> End {
    let mut end = End::Missing;
    while let Some((_, letter)) = letters.next() {
        match letter {
            '"' => return End::Found,
            '\\' => {
                letters.next();
                end = End::Escaped;
            }
            _ => {}
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::super::tests::completed;

    #[test]
    fn names_are_offered_where_a_name_can_stand() {
        let nothing: &[&str] = &[];
        for (typed, lines) in [
            ("{\"na", &["{\"name\": ", "{\"names\": "][..]),
            ("{\"a\": {\"i", &["{\"a\": {\"id\": "]),
            ("[{\"id\": 1}, {\"grö", &["[{\"id\": 1}, {\"größe\": "]),
            ("{\"a\": \"na", nothing),
            ("{\"a\": [\"na", nothing),
            ("{\"a\\\": {\"na", nothing),
            ("{\"n\\u0061", nothing),
            ("{\"a\": 1, \"i", &["{\"a\": 1, \"id\": "]),
            ("{\n  \"i", &["{\n  \"id\": "]),
            ("[\"na", nothing),
            ("{\"id\" ", nothing),
        ] {
            assert_eq!(completed(typed), lines, "{typed:?}");
        }
        assert_eq!(completed("{").len(), 4);
    }

    #[test]
    fn the_three_words_are_values() {
        let nothing: &[&str] = &[];
        for (typed, lines) in [
            ("{\"a\": t", &["{\"a\": true"][..]),
            ("[1, nu", &["[1, null"]),
            ("[fa", &["[false"]),
            ("[1 t", nothing),
            ("{t", nothing),
            ("{\"a\": \"t", nothing),
            ("[tr t", nothing),
            ("[", nothing),
        ] {
            assert_eq!(completed(typed), lines, "{typed:?}");
        }
        assert_eq!(completed(&"[".repeat(100_000)), nothing);
    }
}
