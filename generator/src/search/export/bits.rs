//! Numbers become bits, most significant first: the codes of which all lists of the export are made.

/// Collects bits.
#[derive(Default)]
pub(crate) struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    /// The lowest `width` bits of a number; at most 32.
    pub(crate) fn put(&mut self, value: u32, width: u32) {
        debug_assert!(width == 32 || value < 1 << width, "{value} in {width} bits");
        self.pending = self.pending << width | u64::from(value);
        self.count += width;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
    }

    /// Elias gamma: as many zeros as the number has bits after its first, then the number, from 1.
    pub(crate) fn gamma(&mut self, value: u32) {
        let width = value.ilog2();
        self.put(0, width);
        self.put(value, width + 1);
    }

    /// A number of 0 until `limit`, in the fewest bits; none when there is no choice.
    pub(crate) fn below(&mut self, value: u32, limit: u32) {
        debug_assert!(value < limit, "{value} below {limit}");
        if limit < 2 {
            return;
        }
        let width = (limit - 1).ilog2() + 1;
        let short = ((1u64 << width) - u64::from(limit)) as u32;
        if value < short { self.put(value, width - 1) } else { self.put(value + short, width) }
    }

    /// Golomb-Rice: the part above `k` bits in ones and a zero, then `k` bits.
    pub(crate) fn rice(&mut self, value: u32, k: u32) {
        let mut ones = value >> k;
        while ones >= 16 {
            self.put(0xFFFF, 16);
            ones -= 16;
        }
        self.put((1 << (ones + 1)) - 2, ones + 1);
        self.put(value & ((1 << k) - 1), k);
    }

    /// Ascending numbers of 0 until `limit`, by halves: the middle one first, which bounds both halves.
    pub(crate) fn subset(&mut self, values: &[u32], limit: u32) {
        if limit > 0 {
            self.within(values, 0, limit - 1);
        }
    }

    fn within(&mut self, values: &[u32], low: u32, high: u32) {
        let Some(value) = values.get(values.len() / 2) else { return };
        let (before, after) = (values.len() / 2, values.len() - 1 - values.len() / 2);
        let first = low + before as u32;
        let last = high - after as u32;
        if first == last && before + after + 1 == (high - low + 1) as usize {
            return;
        }
        self.below(value - first, last - first + 1);
        if before > 0 {
            self.within(&values[..before], low, value - 1);
        }
        if after > 0 {
            self.within(&values[before + 1..], value + 1, high);
        }
    }

    /// How often something stands in each of some documents: one bit when it is once everywhere, else
    /// the Rice parameter that makes them shortest and the numbers.
    pub(crate) fn counts(&mut self, counts: &[u32]) {
        if counts.iter().all(|count| *count == 1) {
            return self.put(0, 1);
        }
        let cost = |k: u32| counts.iter().map(|count| u64::from((count - 1) >> k) + u64::from(k)).sum::<u64>();
        // The cost falls and rises again.
        let k = (0..11).find(|k| cost(*k) <= cost(k + 1)).unwrap_or(11);
        self.put(1, 1);
        self.gamma(k + 1);
        for count in counts {
            self.rice(count - 1, k);
        }
    }

    /// Appends the bits as whole bytes and begins anew.
    pub(crate) fn drain_into(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        out.append(&mut self.bytes);
        (self.pending, self.count) = (0, 0);
    }

    /// Appends the bits of another.
    pub(crate) fn append(&mut self, other: &Bits) {
        for byte in &other.bytes {
            self.put(u32::from(*byte), 8);
        }
        self.put((other.pending & ((1 << other.count) - 1)) as u32, other.count);
    }

    /// How many bytes there would be.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + usize::from(self.count > 0)
    }
}

/// A number in bytes of seven bits, the lowest first.
pub(crate) fn varint(mut value: u32, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads what `Bits` wrote, for tests; the browser's twin is `Bits` in `client.js`.
#[cfg(test)]
pub(crate) mod reading {
    pub(crate) struct Reader<'a> {
        pub(crate) bytes: &'a [u8],
        pub(crate) at: usize,
    }

    /// The bits ended too early.
    #[derive(Debug, PartialEq)]
    pub(crate) struct Truncated;

    impl Reader<'_> {
        pub(crate) fn get(&mut self, width: u32) -> Result<u32, Truncated> {
            let mut value = 0u64;
            for _ in 0..width {
                let byte = self.bytes.get(self.at / 8).ok_or(Truncated)?;
                value = value << 1 | u64::from(byte >> (7 - self.at % 8) & 1);
                self.at += 1;
            }
            Ok(value as u32)
        }

        pub(crate) fn gamma(&mut self) -> Result<u32, Truncated> {
            let mut width = 0;
            while self.get(1)? == 0 {
                width += 1;
                if width > 31 {
                    return Err(Truncated);
                }
            }
            Ok(1 << width | self.get(width)?)
        }

        pub(crate) fn below(&mut self, limit: u32) -> Result<u32, Truncated> {
            if limit < 2 {
                return Ok(0);
            }
            let width = (limit - 1).ilog2() + 1;
            let short = ((1u64 << width) - u64::from(limit)) as u32;
            let value = self.get(width - 1)?;
            if value < short { Ok(value) } else { Ok((value << 1 | self.get(1)?) - short) }
        }

        pub(crate) fn rice(&mut self, k: u32) -> Result<u32, Truncated> {
            let mut ones = 0u32;
            while self.get(1)? == 1 {
                ones += 1;
            }
            let high = ones.checked_mul(1 << k).ok_or(Truncated)?;
            Ok(high | self.get(k)?)
        }

        pub(crate) fn subset(&mut self, count: usize, limit: u32) -> Result<Vec<u32>, Truncated> {
            let mut values = vec![0; count];
            if count > 0 {
                self.within(&mut values, 0, limit - 1)?;
            }
            Ok(values)
        }

        fn within(&mut self, values: &mut [u32], low: u32, high: u32) -> Result<(), Truncated> {
            let before = values.len() / 2;
            let after = values.len() - 1 - before;
            let first = low + before as u32;
            let value = first + self.below(high + 1 - after as u32 - first)?;
            values[before] = value;
            if before > 0 {
                self.within(&mut values[..before], low, value - 1)?;
            }
            if after > 0 {
                self.within(&mut values[before + 1..], value + 1, high)?;
            }
            Ok(())
        }

        pub(crate) fn counts(&mut self, count: usize) -> Result<Vec<u32>, Truncated> {
            if self.get(1)? == 0 {
                return Ok(vec![1; count]);
            }
            let k = self.gamma()? - 1;
            if k > 31 {
                return Err(Truncated);
            }
            (0..count).map(|_| Ok(self.rice(k)? + 1)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reading::{Reader, Truncated};
    use super::*;
    use crate::text::Random;

    fn written(write: impl FnOnce(&mut Bits)) -> Vec<u8> {
        let mut bits = Bits::default();
        write(&mut bits);
        let (length, mut bytes) = (bits.len(), Vec::new());
        bits.drain_into(&mut bytes);
        assert_eq!(length, bytes.len());
        bytes
    }

    #[test]
    fn numbers_come_back() {
        let mut random = Random(1);
        for _ in 0..2_000 {
            let limit = 1 + random.below(1 << 20);
            let (value, k) = (random.below(limit), random.below(12));
            let bytes = written(|bits| {
                bits.below(value, limit);
                bits.gamma(value + 1);
                bits.rice(value % 5_000, k);
            });
            let mut reader = Reader { bytes: &bytes, at: 0 };
            assert_eq!(reader.below(limit), Ok(value));
            assert_eq!(reader.gamma(), Ok(value + 1));
            assert_eq!(reader.rice(k), Ok(value % 5_000));
        }
    }

    #[test]
    fn subsets_and_counts_come_back_and_a_cut_is_seen() {
        let mut random = Random(2);
        for round in 0..500u32 {
            let limit = 1 + random.below(if round % 2 == 0 { 40 } else { 5_000 });
            let share = 1 + random.below(20_u32);
            let values: Vec<u32> = (0..limit).filter(|_| random.below(share) == 0).collect();
            let counts: Vec<u32> = values.iter().map(|_| 1 + random.below(share).pow(2)).collect();
            let bytes = written(|bits| {
                bits.subset(&values, limit);
                bits.counts(&counts);
            });
            let mut reader = Reader { bytes: &bytes, at: 0 };
            assert_eq!(reader.subset(values.len(), limit), Ok(values.clone()));
            assert_eq!(reader.counts(counts.len()), Ok(counts.clone()));
            let cut = &bytes[..bytes.len() - 1];
            let mut reader = Reader { bytes: cut, at: 0 };
            let lost = reader.subset(values.len(), limit).and_then(|_| reader.counts(counts.len()));
            assert_eq!(lost, Err(Truncated), "{values:?} of {limit}");
        }
    }

    #[test]
    fn whoever_reads_noise_comes_to_an_end() {
        let mut random = Random(3);
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.below(256) as u8).collect();
            let mut reader = Reader { bytes: &bytes, at: 0 };
            while reader.gamma().is_ok() && reader.subset(3, 1_000).is_ok() && reader.counts(3).is_ok() {}
            assert!(reader.at <= bytes.len() * 8);
        }
    }

    #[test]
    fn all_of_a_set_costs_nothing() {
        assert_eq!(written(|bits| bits.subset(&[0, 1, 2, 3, 4], 5)), [0u8; 0]);
        let mut bytes = Vec::new();
        for value in [0, 127, 128, 70_000] {
            varint(value, &mut bytes);
        }
        assert_eq!(bytes, [0, 127, 128, 1, 240, 162, 4]);
    }
}
