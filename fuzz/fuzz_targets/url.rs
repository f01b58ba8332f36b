//! URLs of any text.
//!
//! Proves that parsing never panics; that what parses is shown without its
//! credentials and parses again to the same target; that host, port and
//! resource fit a request head; and that a password is shown nowhere, neither
//! by a target nor by an error.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use wstalk::secret::Secret;
use wstalk::target::{Target, TargetError, Userinfo};

const PASSWORD: &str = "hunter2";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// Where credentials are put into the text, for a second try.
    at: u8,
    text: &'a str,
}

fuzz_target!(|input: Input<'_>| {
    if let Ok(target) = Target::parse(input.text) {
        assert_fits_a_head(&target);
        assert_comes_back(&target);
    }
    if !input.text.contains(PASSWORD) {
        assert_hides_the_password(&input.with_credentials());
    }
});

impl Input<'_> {
    fn with_credentials(&self) -> String {
        let mut at = usize::from(self.at).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let (before, after) = self.text.split_at(at);
        format!("{before}me:{PASSWORD}@{after}")
    }
}

fn assert_fits_a_head(target: &Target) {
    let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(graphic(&target.authority()), "{:?}", target.authority());
    assert!(!target.authority().contains(['@', '/', '?', '#']));
    assert!(graphic(target.resource()), "{:?}", target.resource());
    assert!(target.resource().starts_with('/'));
    assert!(!target.resource().contains('#'));
    assert!(graphic(&target.to_string()), "{target}");
    assert_ne!(target.port(), 0);
    assert!(!target.host().unbracketed().is_empty());
}

fn assert_comes_back(target: &Target) {
    let printed = target.to_string();
    let again = Target::parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert!(again.userinfo().is_none(), "{printed} has credentials");
    assert_eq!(again.scheme(), target.scheme());
    assert_eq!(again.host(), target.host());
    assert_eq!(again.port(), target.port());
    assert_eq!(again.resource(), target.resource());
    assert_eq!(again.to_string(), printed);
}

fn assert_hides_the_password(text: &str) {
    match Target::parse(text) {
        Ok(target) if password(&target).contains(PASSWORD) => {
            let shown = format!("{target} {target:?} {}", target.authority());
            assert!(!shown.contains(PASSWORD), "{text:?} is shown as {shown}");
        }
        // Behind the host it is a part of the resource.
        Ok(_) => {}
        Err(error) => {
            let shown = shown(&error);
            assert!(!shown.contains(PASSWORD), "{text:?} gives {shown}");
        }
    }
}

fn password(target: &Target) -> &str {
    let password = target.userinfo().and_then(Userinfo::password);
    password.map_or("", Secret::reveal)
}

fn shown(error: &TargetError) -> String {
    format!("{error} {} {error:?}", error.hint())
}
