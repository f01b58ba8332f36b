//! What people see: pure functions from values to text.
//!
//! Untrusted text is escaped here, where it meets a terminal, and nowhere else.

mod client;
mod escape;
mod event;
mod frame;
mod head;
mod hex;
mod json;
mod layout;
mod message;
mod notice;
mod object;
mod opening;
mod style;
mod summary;
mod table;
mod tls;

pub use client::{client_connected, client_gone, client_missed, client_status, sent_to_nobody};
pub use escape::{escape, escape_bytes};
pub use event::{Event, event, rfc3339};
pub use frame::{Fragment, frame};
pub use layout::{Extent, Layout, Pretty, Stamp};
pub use message::message;
pub use notice::{
    after_close, close, closed, closed_by, connected, control, failure, hint, milliseconds,
    recording_stopped,
};
pub use opening::{client_heads, heads, opening};
pub use style::Style;
pub use summary::{bytes, grouped, phases, summary, tally};
pub use table::table;
pub use tls::{tls, tls_version};
