//! Whether it is worth connecting again, by how a connection ended or why a try failed.

use crate::engine::{End, Ended, How};
use crate::error::Error;
use crate::net::ResolveError;

/// Whether another connection may mend what ended this one, or a try that failed may
/// succeed later.
pub fn may_be_mended(end: &End) -> bool {
    match end {
        End::NotOpened(error) => may_succeed_later(error),
        End::Over(ended) => is_passing(ended),
    }
}

/// Whether another connection may mend what ended this one: one that was lost,
/// whose server fell silent, or that was closed with 1001 or 1011 to 1014.
fn is_passing(ended: &Ended) -> bool {
    match ended.how {
        _ if ended.closed_by_us => false,
        How::Unresponsive(_) | How::Finished | How::Failed(_) => true,
        How::Closed(_) => matches!(ended.code(), Some(1001 | 1011..=1014)),
        How::Fault(_) | How::Silent | How::Cut => false,
    }
}

/// Whether a try that failed may succeed later. A server that answers with a
/// status below 500, or with a certificate that is not trusted, will do so again.
fn may_succeed_later(error: &Error) -> bool {
    match error.bare() {
        Error::Refused(refusal) => refusal.response.status >= 500,
        Error::Redirects(_) => false,
        Error::Resolve { cause, .. } => !matches!(cause, ResolveError::IsNot(_)),
        Error::Proxy(failure) if failure.is_final() => false,
        error => !matches!(error.exit_code(), 2 | 3 | 26 | 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_will_say_again_is_not_asked_for_again() {
        use crate::error::Redirects;
        use crate::net::Family;
        use crate::target::Target;
        let target = Target::parse("ws://h/").unwrap();
        let round = Error::Redirects(Redirects::Loop(target.clone().into()));
        let behind = |error: Error| Error::Redirected {
            target: target.clone().into(),
            error: Box::new(error),
        };
        let resolve = |cause| Error::Resolve {
            host: "h".into(),
            cause,
        };
        assert!(!may_succeed_later(&round));
        assert!(!may_succeed_later(&resolve(ResolveError::IsNot(
            Family::V6
        ))));
        let unknown = || resolve(ResolveError::Failed("no such host".into()));
        assert!(may_succeed_later(&unknown()));
        assert!(may_succeed_later(&behind(unknown())));
    }
}
