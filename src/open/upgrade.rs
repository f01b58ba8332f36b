//! The upgrade on a stream that has been reached: the request, and what the answer
//! makes of it.

use std::io::Write;
use std::time::Duration;

use super::oddity::oddities;
use super::progress::{Progress, Tell};
use super::reply::{self, Agreed};
use super::{Heads, Plan, redirect};
use crate::error::{BadReply, Error, Refusal, Stage};
use crate::http::{Body, HeadError, Header, Incoming, ResponseHead, read_body};
use crate::io_error::{has_gone, is_time_out};
use crate::net::{Deadline, Stream, TlsError};
use crate::target::Scheme;

/// How much of an answer that is no head is shown, in bytes.
const SHOWN: usize = 4 * 1024;
/// How long the body of a refusal may take.
const BODY_TIME: Duration = Duration::from_secs(5);

/// An answer that opens the connection.
pub(super) struct Upgraded {
    pub(super) agreed: Agreed,
    pub(super) headers: Vec<Header>,
    pub(super) heads: Heads,
    pub(super) oddities: Vec<String>,
    /// What was read beyond it.
    pub(super) already_read: Vec<u8>,
}

/// Sends the request and reads the answer.
pub(super) fn upgrade(
    plan: &Plan,
    stream: &mut Stream,
    deadline: Deadline,
    tell: Tell<'_>,
) -> Result<Upgraded, Error> {
    let request = plan.request();
    tell(Progress::Sent(request.bytes.clone()));
    match stream.write_all(&request.bytes) {
        // A server may answer and close before it has read everything.
        Err(error) if !has_gone(&error) => return Err(answer_error(HeadError::Io(error), plan)),
        _ => {}
    }
    let mut incoming = Incoming::new(stream);
    let (response, interim) = answer(&mut incoming, plan, tell)?;
    if response.status != 101 {
        let rest = incoming.into_rest();
        return Err(refused(plan, response, rest, stream, deadline));
    }
    let agreed = reply::verify(&response.head, &request)
        .map_err(|wrong| Error::Handshake(BadReply::Wrong(wrong)))?;
    Ok(Upgraded {
        oddities: oddities(&response, &interim, &request, &agreed),
        agreed,
        headers: response.head.headers,
        heads: Heads {
            request: request.bytes,
            response: response.head.raw,
        },
        already_read: incoming.into_rest(),
    })
}

/// The final response, and the status of the interim ones before it (RFC 9110
/// section 15.2).
fn answer(
    incoming: &mut Incoming<'_, Stream>,
    plan: &Plan,
    tell: Tell<'_>,
) -> Result<(ResponseHead, Vec<u16>), Error> {
    let mut interim = Vec::new();
    let response = incoming.final_response(&mut |response| {
        tell(Progress::Received(response.head.raw.clone()));
        if response.is_interim() {
            interim.push(response.status);
        }
    });
    match response {
        Ok(response) => Ok((response, interim)),
        Err(error) => {
            let came = incoming.rest();
            if !came.is_empty() {
                tell(Progress::Received(came[..came.len().min(SHOWN)].to_vec()));
            }
            Err(answer_error(error, plan))
        }
    }
}

fn answer_error(error: HeadError, plan: &Plan) -> Error {
    match error {
        HeadError::Nothing => Error::Handshake(BadReply::Nothing),
        HeadError::Io(error) if is_time_out(&error) => plan.timeout(Stage::Upgrade),
        HeadError::Io(error) if plan.target.scheme() == Scheme::Wss => Error::Tls {
            host: plan.target.authority(),
            error: TlsError::after_handshake(&error, &plan.tls),
        },
        error => Error::Handshake(BadReply::Head(error)),
    }
}

fn refused(
    plan: &Plan,
    response: ResponseHead,
    rest: Vec<u8>,
    stream: &mut Stream,
    deadline: Deadline,
) -> Error {
    if plan.redirects.is_some() && redirect::leads_to(plan, &response).is_some() {
        // Nobody looks at the body of a redirect that is followed.
        let body = Body::default();
        return Error::Refused(Box::new(Refusal { response, body }));
    }
    Error::Refused(Box::new(refusal(response, rest, stream, deadline)))
}

/// An answer that refuses, with its body, of which `rest` was read already.
pub(super) fn refusal(
    response: ResponseHead,
    rest: Vec<u8>,
    stream: &mut Stream,
    deadline: Deadline,
) -> Refusal {
    let patience = deadline.or_after(BODY_TIME);
    stream.socket_mut().set_patience(Some(patience));
    let mut incoming = Incoming::with(stream, rest);
    let body = read_body(&mut incoming, &response);
    Refusal { response, body }
}
