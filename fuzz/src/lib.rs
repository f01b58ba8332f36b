//! What the fuzz targets share: a stream that is told what to give, and a
//! listener that writes down what a connection understood.

mod heard;
mod scripted;

pub use heard::{Event, Heard};
pub use scripted::{Room, Scripted, Sizes};

use wstalk::ws::Role;

/// The role at the other end.
pub fn other(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}
