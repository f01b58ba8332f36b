//! Chance that can be repeated: the same seed draws the same numbers, on every
//! machine and in every version (SplitMix64, which is public domain).

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance of one round; neighbours have nothing in common.
    pub fn of_round(seed: u64, round: u64) -> Self {
        let mut chance = Self(seed);
        let start = chance.draw() ^ round.wrapping_mul(0xd6e8_feb8_6659_fd93);
        Self(start)
    }

    /// A chance of its own, so that what it draws disturbs no other.
    pub fn fork(&mut self) -> Self {
        Self(self.draw())
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both of them possible.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        let width = (high - low) as u64 + 1;
        low + (self.draw() % width) as usize
    }

    /// True `percent` times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn milliseconds(&mut self, low: usize, high: usize) -> Duration {
        Duration::from_millis(self.between(low, high) as u64)
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() - 1)]
    }
}
