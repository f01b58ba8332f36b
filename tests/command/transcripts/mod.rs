//! Transcripts as people and sessions write them: the page that teaches them, sessions
//! that are saved as ones, and what they cannot do.

mod hostile;
mod page;
mod saved;
