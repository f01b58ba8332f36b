//! As much of HTTP/1.1 as an opening handshake takes: heads, and the bodies
//! of refusals. Knows only `Read`; every size has a bound.

mod body;
mod head;
mod spoken;

pub use body::{Body, read_body};
pub use head::{Head, HeadError, Header, Incoming, RequestHead, ResponseHead, is_token};
pub use spoken::Spoken;
