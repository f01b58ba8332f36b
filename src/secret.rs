//! Text that must not be shown: passwords, tokens, passphrases.
//!
//! A `Secret` cannot be printed by accident: it has no `Display`, and its
//! `Debug` is a mask of fixed width, so that derived `Debug` on what holds one
//! is safe too. Reading the text takes a call of [`Secret::reveal`], which is
//! easy to search for. This is best effort: memory is not wiped, and whoever
//! reveals the text answers for where it goes.

use std::fmt;

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
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

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
}
