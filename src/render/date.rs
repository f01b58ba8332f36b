//! Dates as RFC 3339 writes them, in UTC. A clock that is beyond what can be written so
//! stands at the nearest end.

use std::time::{Duration, SystemTime};

/// The last second of the year 9999: RFC 3339 has no later one.
const LAST_SECOND: u64 = 253_402_300_799;

/// `2026-01-02T03:04:05.678Z`
pub fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(writable(time)).to_string()
}

/// `2027-01-02T03:04:05Z`
pub(super) fn rfc3339_seconds(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(writable(time)).to_string()
}

fn writable(time: SystemTime) -> SystemTime {
    let epoch = SystemTime::UNIX_EPOCH;
    time.clamp(epoch, epoch + Duration::from_secs(LAST_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_no_reason_to_panic() {
        let beyond = SystemTime::UNIX_EPOCH + Duration::from_secs(LAST_SECOND + 86_400);
        assert_eq!(rfc3339(beyond), "9999-12-31T23:59:59.000Z");
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(rfc3339(before), "1970-01-01T00:00:00.000Z");
    }
}
