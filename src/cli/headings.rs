//! The groups of options in `--help`.

pub(super) const CHECKING: &str = "Checking";
pub(super) const REPORTING: &str = "Reporting";
pub(super) const HANDSHAKE: &str = "Opening handshake";
pub(super) const REACHING: &str = "Reaching the server";
pub(super) const TLS: &str = "TLS";
pub(super) const SENDING: &str = "Sending";
pub(super) const RECEIVING: &str = "Receiving";
pub(super) const ENDING: &str = "Ending";
pub(super) const ALIVE: &str = "Staying alive";
pub(super) const DISPLAY: &str = "Display";
