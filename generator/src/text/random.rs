//! For tests: random choices that are the same on every machine, and how long they are tried.

use std::time::Duration;

/// A linear congruential generator (Knuth's MMIX), so that a failure can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below a limit.
    pub(crate) fn below<N>(&mut self, limit: N) -> N
    where
        N: TryInto<u64> + TryFrom<u64>,
    {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let limit: u64 = limit.try_into().ok().expect("a limit is not negative");
        N::try_from((self.0 >> 33) % limit).ok().expect("what is below the limit fits where the limit does")
    }
}

/// How long random inputs are tried: these seconds, or `GONGKAI_FUZZ_SECONDS`.
pub(crate) fn trial(seconds: u64) -> Duration {
    let asked = std::env::var("GONGKAI_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(asked.unwrap_or(seconds))
}
