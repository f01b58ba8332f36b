//! Which known name a mistyped one was meant to be, for `did you mean`.
//!
//! Owns how near is near enough, the same for commands, schemes and whatever
//! else has names. It knows none of the names itself.

/// The name most like a word that is none, for `did you mean`; `None` if nothing
/// is near: one that goes on where the word ends, or ends where the word goes on,
/// else one that is at most two slips away (a letter more, less, other, or two
/// swapped).
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    // Two slips make almost anything of a short word.
    let bound = if word.len() < 4 { 1 } else { 2 };
    names
        .into_iter()
        .map(|name| (slips(&word, &name.chars().collect::<Vec<_>>()), name))
        .filter(|&(slips, _)| slips <= bound)
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, name)| name)
}

/// How many slips lie between two words; being the beginning of the other, from
/// three characters on, counts as one.
fn slips(word: &[char], name: &[char]) -> usize {
    let shorter = word.len().min(name.len());
    if shorter >= 3 && word[..shorter] == name[..shorter] {
        return 1.min(word.len().abs_diff(name.len()));
    }
    if word.len().abs_diff(name.len()) > 2 {
        return usize::MAX;
    }
    distance(word, name)
}

/// The edit distance with swaps of neighbours, row by row.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, &a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in to.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && from[i - 1] == b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn the_nearest_name_is_a_slip_or_a_beginning_away() {
        let names = [
            "/text", "/string", "/json", "/binary", "/base64", "/file", "/ping", "/pong", "/close",
            "/wait",
        ];
        let table = [
            ("/pign", Some("/ping")),
            ("/PING", Some("/ping")),
            ("/bin", Some("/binary")),
            ("/textual", Some("/text")),
            ("/txt", Some("/text")),
            ("/cloze", Some("/close")),
            ("/b64", None),
            ("/pang", Some("/ping")),
            ("/strnig", Some("/string")),
            ("/foo", None),
            ("/hello", None),
            ("/", None),
            ("", None),
        ];
        for (word, name) in table {
            assert_eq!(nearest(word, names), name, "{word}");
        }
    }

    #[test]
    fn edits_count_insertions_deletions_replacements_and_swaps() {
        for (from, to, count) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("ab", "ba", 1),
            ("abc", "abd", 1),
            ("kitten", "sitting", 3),
            ("chekc", "check", 1),
        ] {
            assert_eq!(distance(&letters(from), &letters(to)), count, "{from} {to}");
        }
    }
}
