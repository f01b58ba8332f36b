//! Where texts stand in others.

use memchr::memmem;

/// Where a text stands, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<T> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) whose: T,
}

/// Where these stand, in order; of those that overlap, the first and longest.
pub(crate) fn find<'a, T: Copy>(
    text: &[u8],
    wanted: impl Iterator<Item = (T, &'a str)>,
) -> Vec<Place<T>> {
    let mut places = Vec::new();
    for (whose, wanted) in wanted {
        let found = memmem::find_iter(text, wanted.as_bytes());
        places.extend(found.map(|start| Place {
            start,
            end: start + wanted.len(),
            whose,
        }));
    }
    places.sort_by_key(|place| (place.start, usize::MAX - place.end));
    let mut end = 0;
    places.retain(|place| {
        let free = place.start >= end;
        end = if free { place.end } else { end };
        free
    });
    places
}
