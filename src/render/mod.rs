//! What people see: pure functions from values to text.
//!
//! Untrusted text is escaped here, where it meets a terminal, and nowhere else.

mod client;
mod closing;
mod date;
mod escape;
mod event;
mod failure;
mod frame;
mod head;
mod hex;
mod json;
mod layout;
mod message;
mod notice;
mod object;
mod opening;
mod quantity;
mod style;
mod summary;
mod table;
mod tls;

pub use client::{client_connected, client_missed, client_status, sent_to_nobody};
pub use closing::{after_close, client_gone, close, closed, closed_by_client};
pub use date::rfc3339;
pub use escape::{escape, escape_bytes};
pub use event::{Event, event};
pub use failure::{failure, hint};
pub use frame::{Fragment, frame};
pub use layout::{Extent, Layout, Pretty, Stamp};
pub use message::message;
pub use notice::{connected, control, recording_stopped};
pub use opening::{client_heads, heads, opening};
pub use quantity::{bytes, counted, grouped, milliseconds};
pub use style::Style;
pub use summary::{phases, summary, tally};
pub use table::table;
pub use tls::{tls, tls_version};
