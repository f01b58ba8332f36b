//! Secrets where somebody works to get them shown: `docs/security.md` names what else
//! is held elsewhere.

mod repeated;
