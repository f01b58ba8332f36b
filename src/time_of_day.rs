//! The time of day where the user is, to the millisecond.
//!
//! What the system knows of its time zone is read once, when asked for. Where it
//! knows none, times are those of UTC and say so with a `Z`.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use tz::TimeZone;

/// How far local time is from UTC, at each time.
#[derive(Clone, Debug)]
pub struct Zone(Option<TimeZone>);

/// A time of day as a clock shows it: `10:04:05.678`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOfDay {
    /// Since midnight.
    milliseconds: u64,
    is_utc: bool,
}

const DAY: i64 = 24 * 60 * 60;

impl Zone {
    /// The zone that this value of the variable `TZ` names (POSIX: a rule, or a file of
    /// the system's database), or without one the system's.
    pub fn read(variable: Option<&str>) -> Self {
        let zone = match variable {
            Some(name) => TimeZone::from_posix_tz(name),
            None => TimeZone::local(),
        };
        Zone(zone.ok())
    }

    /// The time of day at a time.
    pub fn time_of_day(&self, time: SystemTime) -> TimeOfDay {
        // Before 1970 only a clock that nobody has set.
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
        let offset = self.0.as_ref().and_then(|zone| {
            let kind = zone.find_local_time_type(seconds).ok()?;
            Some(i64::from(kind.ut_offset()))
        });
        let of_day = (seconds + offset.unwrap_or_default()).rem_euclid(DAY);
        TimeOfDay {
            milliseconds: of_day.unsigned_abs() * 1000 + u64::from(since.subsec_millis()),
            is_utc: offset.is_none(),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, milliseconds) = (self.milliseconds / 1000, self.milliseconds % 1000);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let seconds = seconds % 60;
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}")?;
        f.write_str(if self.is_utc { "Z" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(zone: &Zone, milliseconds: u64) -> String {
        let time = UNIX_EPOCH + Duration::from_millis(milliseconds);
        zone.time_of_day(time).to_string()
    }

    /// 2026-01-02T03:04:05.678Z
    const WINTER: u64 = 1_767_323_045_678;
    /// 2026-07-02T03:04:05.678Z
    const SUMMER: u64 = 1_782_961_445_678;

    #[test]
    fn a_zone_tells_local_time_in_winter_and_summer() {
        for (name, winter, summer) in [
            ("EST5EDT,M3.2.0,M11.1.0", "22:04:05.678", "23:04:05.678"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "04:04:05.678", "05:04:05.678"),
            ("<+0545>-5:45", "08:49:05.678", "08:49:05.678"),
            ("UTC0", "03:04:05.678", "03:04:05.678"),
        ] {
            let zone = Zone::read(Some(name));
            assert_eq!([at(&zone, WINTER), at(&zone, SUMMER)], [winter, summer]);
        }
    }

    #[test]
    fn without_a_zone_it_is_utc_and_says_so() {
        let zone = Zone::read(Some("No/Such/Zone"));
        assert_eq!(at(&zone, WINTER), "03:04:05.678Z");
        assert_eq!(at(&zone, 0), "00:00:00.000Z");
    }
}
