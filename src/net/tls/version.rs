//! The versions of TLS.

use std::fmt;

/// A version of TLS that can be offered or agreed on, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    V1_0,
    V1_1,
    V1_2,
    V1_3,
}

impl TlsVersion {
    pub const ALL: [TlsVersion; 4] = [
        TlsVersion::V1_0,
        TlsVersion::V1_1,
        TlsVersion::V1_2,
        TlsVersion::V1_3,
    ];

    /// `1.3`
    pub fn name(self) -> &'static str {
        match self {
            TlsVersion::V1_0 => "1.0",
            TlsVersion::V1_1 => "1.1",
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        }
    }

    /// The version with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// The version with this number on the wire (RFC 8446 section 4.1.2).
    pub(super) fn numbered(number: u16) -> Option<Self> {
        match number {
            0x0301 => Some(TlsVersion::V1_0),
            0x0302 => Some(TlsVersion::V1_1),
            0x0303 => Some(TlsVersion::V1_2),
            0x0304 => Some(TlsVersion::V1_3),
            _ => None,
        }
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The versions that a client offers, which are one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsVersions {
    pub min: TlsVersion,
    pub max: TlsVersion,
}

impl Default for TlsVersions {
    /// Those that are thought safe (RFC 8996).
    fn default() -> Self {
        TlsVersions {
            min: TlsVersion::V1_2,
            max: TlsVersion::V1_3,
        }
    }
}

impl TlsVersions {
    /// Whether the version is offered; both ends are.
    pub fn contains(&self, version: TlsVersion) -> bool {
        (self.min..=self.max).contains(&version)
    }
}

impl fmt::Display for TlsVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max as u8 - self.min as u8 {
            0 => write!(f, "TLS {}", self.min),
            1 => write!(f, "TLS {} and {}", self.min, self.max),
            _ => write!(f, "TLS {} to {}", self.min, self.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_found_by_its_name() {
        for version in TlsVersion::ALL {
            assert_eq!(TlsVersion::named(version.name()), Some(version));
        }
        assert_eq!(TlsVersion::named("1.4"), None);
    }

    #[test]
    fn what_is_offered_reads_as_part_of_a_sentence() {
        use TlsVersion::{V1_0, V1_2, V1_3};
        for (min, max, text) in [
            (V1_2, V1_2, "TLS 1.2"),
            (V1_2, V1_3, "TLS 1.2 and 1.3"),
            (V1_0, V1_3, "TLS 1.0 to 1.3"),
        ] {
            assert_eq!(TlsVersions { min, max }.to_string(), text);
        }
    }
}
