//! Whether two looks at a name saw one file. Between looking at a name and opening it
//! somebody may put something else there, such as a link that leads elsewhere.

use std::fs::Metadata;

/// Whether both are of one file, as far as the system tells.
#[cfg(unix)]
pub fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Whether both are of one file, as far as the system tells: there are no numbers of
/// files that can be asked for.
#[cfg(not(unix))]
pub fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    let facts = |of: &Metadata| (of.len(), of.created().ok(), of.modified().ok());
    facts(one) == facts(other)
}
