//! A server: one that echoes, or one that a person or a script speaks through, where what
//! is typed or read goes to every client, and what each says is shown.
//!
//! Those two know their clients by numbers, in the order in which they came. All get
//! the same at the same pace, that of the slowest: nothing is held for one that lags but
//! what its connection has room for.

mod clients;
mod each;
mod echo;
mod everyone;
mod pipe;
mod prompt;
mod settings;
mod view;

pub use clients::Clients;
pub use each::Each;
pub use echo::{Echo, Stop};
pub use pipe::Pipe;
pub use prompt::Prompt;
pub use settings::{PipeSettings, PromptSettings};
pub use view::ClientView;
