//! Heads and bodies of any bytes, in reads of any size.
//!
//! Proves that reading a response (and a request, which `listen` reads) never
//! panics, that what is understood does not depend on how the bytes were split,
//! and that no more is kept than the limits say.
//!
//! The input is three read sizes, the length of a filler and where it goes (so
//! that short inputs reach the limits of 64 KiB), and the bytes.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use wstalk::http::{Body, HeadError, Incoming, RequestHead, ResponseHead, read_body};
use wstalk_fuzz::{Scripted, Sizes};

/// The largest head and the largest body, with one read beyond, in bytes.
const MOST: usize = (64 + 8) * 1024;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    sizes: [u8; 3],
    filler: u16,
    at: u8,
    bytes: &'a [u8],
}

/// What became of a stream.
#[derive(Debug, PartialEq)]
struct Outcome {
    response: Result<(ResponseHead, Option<Body>), String>,
    /// What an upgraded connection would go on with.
    response_rest: Option<Vec<u8>>,
    request: Result<RequestHead, String>,
    request_rest: Option<Vec<u8>>,
}

fuzz_target!(|input: Input<'_>| {
    let bytes = input.stretched();
    let whole = outcome(&bytes, Sizes::WHOLE);
    let split = outcome(&bytes, Sizes::new(&input.sizes, bytes.len()));
    assert_eq!(whole, split, "the split into reads makes a difference");
    if let Ok((response, body)) = &whole.response {
        assert!(response.head.raw.len() <= MOST, "a head has a limit");
        let kept = body.as_ref().map_or(0, |body| body.bytes.len());
        assert!(kept <= 64 * 1024, "a body has a limit");
        assert!(response.status <= 999, "a status has three digits");
    }
});

impl Input<'_> {
    fn stretched(&self) -> Vec<u8> {
        let at = usize::from(self.at).min(self.bytes.len());
        let (before, after) = self.bytes.split_at(at);
        let filler = vec![b'a'; usize::from(self.filler) * 2];
        [before, &filler, after].concat()
    }
}

fn outcome(bytes: &[u8], sizes: Sizes<'_>) -> Outcome {
    let (response, response_rest) = with_incoming(bytes, sizes, |incoming| {
        let response = incoming.response().map_err(|error| shown(&error))?;
        let refused = response.status != 101;
        let body = refused.then(|| read_body(incoming, &response));
        Ok((response, body))
    });
    let (request, request_rest) = with_incoming(bytes, sizes, |incoming| {
        incoming.request().map_err(|error| shown(&error))
    });
    let upgraded = matches!(response, Ok((_, None)));
    Outcome {
        response,
        response_rest: upgraded.then_some(response_rest),
        request_rest: request.is_ok().then_some(request_rest),
        request,
    }
}

/// Reads by `read`; returns with its result what was not used.
fn with_incoming<'a, T>(
    bytes: &[u8],
    sizes: Sizes<'a>,
    read: impl FnOnce(&mut Incoming<'_, Scripted<'a>>) -> T,
) -> (T, Vec<u8>) {
    let mut stream = Scripted::new(bytes, sizes);
    stream.end();
    let mut incoming = Incoming::new(&mut stream);
    let result = read(&mut incoming);
    let mut rest = incoming.into_rest();
    rest.extend_from_slice(stream.unread());
    (result, rest)
}

/// The error, but for the bytes it quotes: what is plainly not HTTP is told from
/// as many as have come, which is the point of it.
fn shown(error: &HeadError) -> String {
    let text = error.to_string();
    match error {
        HeadError::NotHttp { .. } => "not HTTP from its first bytes".to_owned(),
        _ => text,
    }
}
