//! How a connection is kept alive, and how another one takes its place.
