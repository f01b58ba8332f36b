//! A server that a person or a script speaks through: what is typed or read goes to
//! every client, what each says is shown.
//!
//! Both drivers know their clients by numbers, in the order in which they came. All get
//! the same at the same pace, that of the slowest: nothing is held for one that lags but
//! what its connection has room for.

mod clients;
mod each;
mod everyone;
mod pipe;
mod prompt;
mod settings;
mod view;

pub use clients::Clients;
pub use each::Each;
pub use pipe::Pipe;
pub use prompt::Prompt;
pub use settings::{PipeSettings, PromptSettings};
pub use view::ClientView;
