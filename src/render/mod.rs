//! What people see: pure functions from values to text.
//!
//! Untrusted text is escaped here, where it meets a terminal, and nowhere else.

mod escape;
mod hex;
mod line;
mod notice;
mod style;

pub use escape::{escape, escape_bytes};
pub use line::{received, sent};
pub use notice::{closed, connected, failure, hint, milliseconds, refusal};
pub use style::Style;
