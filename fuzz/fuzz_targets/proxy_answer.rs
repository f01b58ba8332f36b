//! What a proxy answers, of any bytes, in reads of any size.
//!
//! Proves that neither CONNECT nor SOCKS5 panics, that what is understood does not
//! depend on how the bytes were split, that nothing behind the answer is taken, and
//! that a password stands in nothing that is told.
//!
//! The input is which of them it is, whether there is a password to tell, what is
//! asked for, three read sizes, and the bytes.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use wstalk::net::{Connect, ConnectError, Destination, socks};
use wstalk::secret::Secret;
use wstalk::target::{Host, Userinfo};
use wstalk_fuzz::{Scripted, Sizes};

const PASSWORD: &str = "hunter2";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    socks: bool,
    with_password: bool,
    host: AnyHost,
    sizes: [u8; 3],
    bytes: &'a [u8],
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum AnyHost {
    Name,
    V4(u32),
    V6(u128),
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
struct Outcome {
    result: Result<(), String>,
    /// What stands behind the answer, if that opened the way.
    rest: Option<Vec<u8>>,
    sent: Vec<u8>,
    told: String,
}

fuzz_target!(|input: Input<'_>| {
    let whole = outcome(&input, Sizes::WHOLE);
    let split = outcome(&input, Sizes::new(&input.sizes, input.bytes.len()));
    assert_eq!(whole, split, "the split into reads makes a difference");
    assert!(!whole.told.contains(PASSWORD), "{}", whole.told);
    if let Some(rest) = &whole.rest {
        assert!(input.bytes.ends_with(rest), "what follows was changed");
        let mut longer = input.bytes.to_vec();
        longer.extend_from_slice(b"\r\n\x05\0HTTP/1.1");
        let longer = Input {
            bytes: &longer,
            ..input
        };
        let more = outcome(&longer, Sizes::WHOLE)
            .rest
            .expect("the same answer");
        assert_eq!(more.len(), rest.len() + 12, "something behind it was taken");
    }
});

fn outcome(input: &Input<'_>, sizes: Sizes<'_>) -> Outcome {
    let mut stream = Scripted::new(input.bytes, sizes);
    stream.end();
    let destination = Destination::new(input.host.host(), 443);
    let userinfo = Userinfo::new("me", Some(Secret::new(PASSWORD))).expect("credentials");
    let userinfo = input.with_password.then_some(&userinfo);
    let mut told = String::new();
    let result = if input.socks {
        let mut tell = |step| told.push_str(&format!("{step} {step:?}\n"));
        let made = socks(&mut stream, &destination, userinfo, &mut tell);
        made.map_err(|error| shown(&error.to_string()))
    } else {
        let connect = Connect {
            destination: &destination,
            user_agent: "fuzz",
            userinfo,
        };
        let opened = connect.open(&mut stream, &mut |_| ());
        if let Err(ConnectError::Refused(response)) = &opened {
            assert!(!(200..300).contains(&response.status));
        }
        opened.map_err(|error| shown(&error.to_string()))
    };
    let rest = result.is_ok().then(|| stream.unread().to_vec());
    Outcome {
        result,
        rest,
        sent: stream.output,
        told,
    }
}

impl AnyHost {
    fn host(self) -> Host {
        match self {
            AnyHost::Name => Host::Name("example.com".into()),
            AnyHost::V4(address) => Host::V4(address.into()),
            AnyHost::V6(address) => Host::V6(address.into()),
        }
    }
}

/// The error, but for the bytes it quotes: what is plainly something else is told
/// from as many as have come.
fn shown(error: &str) -> String {
    match error.split_once("what came back is") {
        Some(_) => "something else from its first bytes".to_owned(),
        None => error.to_owned(),
    }
}
