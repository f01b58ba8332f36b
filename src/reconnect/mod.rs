//! Connecting again after a connection was lost (`--reconnect`): whether, when, and with
//! what.

mod again;
mod backoff;
mod mendable;

pub use again::{Again, Gap};
pub use mendable::may_be_mended;
