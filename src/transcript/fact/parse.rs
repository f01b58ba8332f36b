//! From a line to the fact that it states.

use super::super::template::{Context, Template};
use super::super::written::try_samples;
use super::super::{Place, Problem, first_word, shorten, variable};
use super::{Claim, Fact, Relation, Subject};
use crate::nearest::nearest;

const SUBJECTS: [&str; 7] = [
    "text",
    "length",
    "status",
    "header",
    "subprotocol",
    "time",
    "let",
];

const CLAIMS: [&str; 14] = [
    "==", "!=", "<", "<=", ">", ">=", "~", "!~", "contains", "type", "exists", "absent", "count",
    "length",
];

const TYPES: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

/// Operators as other languages write them.
const HABITS: [(&[&str], &str); 9] = [
    (&["===", "is", "equals", "eq", ":", ":="], "`==`"),
    (&["!==", "<>", "isnt", "ne"], "`!=`"),
    (&["=~", "~=", "matches", "match", "like"], "`~`"),
    (&["!=~"], "`!~`"),
    (&["=>", "ge", "gte"], "`>=`"),
    (&["=<", "le", "lte"], "`<=`"),
    (&["has", "includes", "include"], "`contains`"),
    (&["present", "defined"], "`exists`"),
    (&["missing", "undefined", "not"], "`absent`, `!=` or `!~`"),
];

/// A word and what stands behind it, with places.
struct Cursor<'a> {
    rest: &'a str,
    place: Place,
}

impl<'a> Cursor<'a> {
    fn word(&mut self) -> (&'a str, Place) {
        let end = self.rest.find([' ', '\t']).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// A JSONPath, in which blanks may stand within brackets and quotes.
    fn path(&mut self) -> (&'a str, Place) {
        let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
        for (at, c) in self.rest.char_indices() {
            match (quote, c) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), '\\') => escaped = true,
                (Some(open), c) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') if depth > 0 => quote = Some(c),
                (None, '[' | '(') => depth += 1,
                (None, ']' | ')') => depth = depth.saturating_sub(1),
                (None, ' ' | '\t') if depth == 0 => return self.take(at),
                (None, _) => {}
            }
        }
        self.take(self.rest.len())
    }

    /// So many bytes, and the blanks behind them.
    fn take(&mut self, end: usize) -> (&'a str, Place) {
        let (word, rest) = self.rest.split_at(end);
        let place = self.place;
        self.place.column += word.chars().count();
        self.rest = rest;
        self.blanks();
        (word, place)
    }

    fn blanks(&mut self) {
        let rest = self.rest.trim_start_matches([' ', '\t']);
        self.place.column += self.rest.len() - rest.len();
        self.rest = rest;
    }

    fn rest(&self) -> Template {
        Template::new(self.rest, self.place)
    }
}

impl Fact {
    /// Whether a line begins like one.
    pub(in super::super) fn begins(text: &str) -> bool {
        let word = first_word(text);
        text.starts_with('$') || SUBJECTS.contains(&word)
    }

    /// Whether a word says something of a subject.
    pub(in super::super) fn is_operator(word: &str) -> bool {
        CLAIMS.contains(&word)
    }

    /// The words that facts begin with, for suggestions.
    pub(in super::super) fn words() -> impl Iterator<Item = &'static str> {
        SUBJECTS.into_iter()
    }

    /// Understands a line, without the blanks around it.
    ///
    /// # Errors
    /// With the place of what cannot be understood.
    pub(in super::super) fn parse(text: &str, place: Place) -> Result<Fact, Problem> {
        let mut cursor = Cursor { rest: text, place };
        let fact = |subject, claim| Fact {
            place,
            source: text.to_owned(),
            subject,
            claim,
        };
        let fact = if text.starts_with("let ") || text == "let" {
            cursor.word();
            let name = name(&mut cursor)?;
            let subject = subject(&mut cursor)?;
            if !cursor.rest.is_empty() || subject == Subject::Time {
                return Err(Problem::new(
                    cursor.place,
                    "`let` takes a value as it is",
                    "`let NAME = $.path`, `let NAME = text`, `let NAME = header NAME`",
                ));
            }
            fact(subject, Claim::Let(name))
        } else {
            let subject = subject(&mut cursor)?;
            let claim = claim(&mut cursor, &subject)?;
            fact(subject, claim)
        };
        fact.check_form()?;
        Ok(fact)
    }
}

/// `NAME =` of a `let`.
fn name(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    let usage = "`let NAME = $.path` keeps what was received as `{{NAME}}`";
    let end = cursor.rest.find([' ', '\t', '=']);
    let (name, place) = cursor.take(end.unwrap_or(cursor.rest.len()));
    if !variable::is_name(name) {
        let message = format!("`{}` is not a name for a variable", shorten(name));
        return Err(Problem::new(
            place,
            message,
            "names are letters, digits, `_` and `-`, and begin with a letter or `_`",
        ));
    }
    if !cursor.rest.starts_with('=') || cursor.rest.starts_with("==") {
        return Err(Problem::new(cursor.place, "`=` is missing", usage));
    }
    cursor.take(1);
    Ok(name.to_owned())
}

/// What a line is about.
fn subject(cursor: &mut Cursor<'_>) -> Result<Subject, Problem> {
    if cursor.rest.starts_with('$') {
        let (path, place) = cursor.path();
        let path = Template::new(path, place);
        // One that does not end has taken the operator, too.
        try_samples(&path, Context::Json, |filled| {
            super::path(&filled).map(drop)
        })?;
        return Ok(Subject::Path(path));
    }
    let (word, place) = cursor.word();
    Ok(match word {
        "text" => Subject::Text,
        "length" => Subject::Length,
        "status" => Subject::Status,
        "subprotocol" => Subject::Subprotocol,
        "time" => Subject::Time,
        "header" => match cursor.word() {
            ("", place) => {
                return Err(Problem::new(
                    place,
                    "the header's name is missing",
                    "for example `header Server ~ ^nginx`",
                ));
            }
            (name, _) => Subject::Header(name.trim_end_matches(':').to_owned()),
        },
        word => return Err(unknown_subject(word, place)),
    })
}

fn unknown_subject(word: &str, place: Place) -> Problem {
    let hint = match nearest(word, SUBJECTS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a fact is about `$.path`, `text` or `length`; under `open` also about `status`, `header NAME`, `subprotocol`, `time`".into(),
    };
    Problem::new(place, format!("unknown word `{}`", shorten(word)), hint)
}

/// What a line says of it.
fn claim(cursor: &mut Cursor<'_>, subject: &Subject) -> Result<Claim, Problem> {
    let (word, place) = cursor.word();
    if let Some(relation) = relation(word) {
        return right_side(cursor).map(|right| Claim::Compares(relation, right));
    }
    if *subject == Subject::Time {
        return Err(Problem::new(
            place,
            "`time` is compared with a duration",
            "for example `time < 800ms`",
        ));
    }
    let claim = match word {
        "exists" => alone(cursor, Claim::Exists)?,
        "absent" => alone(cursor, Claim::Absent)?,
        "~" => Claim::Matches(true, right_side(cursor)?),
        "!~" => Claim::Matches(false, right_side(cursor)?),
        "contains" => Claim::Contains(right_side(cursor)?),
        "count" => measured(cursor, Claim::Counts)?,
        "length" => measured(cursor, Claim::Measures)?,
        "type" => Claim::Type(kind(cursor)?),
        word => return Err(unknown_claim(word, place)),
    };
    Ok(claim)
}

/// Operators of other languages have their counterparts here.
fn unknown_claim(word: &str, place: Place) -> Problem {
    let all = "`== != < <= > >= ~ !~ contains type exists absent count length`";
    if word.is_empty() {
        return Problem::new(place, "nothing is said of it", format!("one of {all}"));
    }
    let habit = HABITS.iter().find(|(words, _)| words.contains(&word));
    let is_word = |text: &&str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    let alike = CLAIMS
        .into_iter()
        .filter(|claim| is_word(claim) == is_word(&word));
    let is_value = word.starts_with(|c: char| c.is_ascii_digit() || "\"'{[".contains(c));
    let hint = match (habit, nearest(word, alike)) {
        _ if word == "=" => "`==` compares, `let NAME = $.path` keeps a value".into(),
        _ if is_value => "an operator is missing before it: `==` compares".into(),
        (Some((_, operator)), _) => format!("did you mean {operator}?"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => format!("one of {all}"),
    };
    Problem::new(place, format!("unknown word `{}`", shorten(word)), hint)
}

/// A relation between two values, if the word is one.
fn relation(word: &str) -> Option<Relation> {
    Some(match word {
        "==" => Relation::Equal,
        "!=" => Relation::Unequal,
        "<" => Relation::Less,
        "<=" => Relation::AtMost,
        ">" => Relation::More,
        ">=" => Relation::AtLeast,
        _ => return None,
    })
}

/// A number that is compared, `==` being what may be left out.
fn measured(
    cursor: &mut Cursor<'_>,
    claim: impl Fn(Relation, Template) -> Claim,
) -> Result<Claim, Problem> {
    let word = first_word(cursor.rest);
    let relation = match relation(word) {
        Some(relation) => {
            cursor.word();
            relation
        }
        None => Relation::Equal,
    };
    Ok(claim(relation, right_side(cursor)?))
}

fn right_side(cursor: &Cursor<'_>) -> Result<Template, Problem> {
    match cursor.rest.is_empty() {
        true => Err(Problem::new(cursor.place, "the right side is missing", "")),
        false => Ok(cursor.rest()),
    }
}

/// The name of a type, with or without quotes.
fn kind(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    let (word, place) = (cursor.rest, cursor.place);
    let bare = word.trim_matches('"');
    match TYPES.contains(&bare) {
        true => Ok(bare.to_owned()),
        false => Err(Problem::new(
            place,
            format!("`{}` is not a type of JSON", shorten(word)),
            match nearest(bare, TYPES) {
                _ if word.starts_with('=') => "`type` has no operator: `type array`".into(),
                Some(near) => format!("did you mean `{near}`?"),
                None => "types are null, boolean, number, string, array, object".into(),
            },
        )),
    }
}

/// A claim that takes nothing.
fn alone(cursor: &Cursor<'_>, claim: Claim) -> Result<Claim, Problem> {
    match cursor.rest.is_empty() {
        true => Ok(claim),
        false => Err(Problem::new(
            cursor.place,
            format!(
                "`{}` follows a word that takes nothing",
                shorten(cursor.rest)
            ),
            "there are no comments behind anything",
        )),
    }
}
