//! What an error of a stream says of the other end.

use std::io::{self, ErrorKind};

/// Whether the other end has gone: it may have said something before, which can
/// still be read after a write that failed so.
pub fn has_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

/// Whether the time limit of the stream has passed.
pub fn is_time_out(error: &io::Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}
