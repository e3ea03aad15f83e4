//! What was made of a text or of a record's values, by the thing itself: the very same one need not be looked at
//! again.
//!
//! A thing is the same when it lies at the same place in memory, so nothing is compared. What is remembered keeps
//! it alive, so no other can come to lie there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::source::Slice;

/// What stays at its place in memory as long as it lives, and is never changed there.
pub(crate) trait Lasting: Clone + Send + Sync {
    /// Tells it from every other thing of its type that is alive.
    fn place(&self) -> (usize, usize);
}

impl Lasting for Slice {
    fn place(&self) -> (usize, usize) {
        Slice::place(self)
    }
}

impl<T: Send + Sync> Lasting for Arc<T> {
    fn place(&self) -> (usize, usize) {
        (Arc::as_ptr(self).addr(), 0)
    }
}

/// Results of one pure function. A forgetful one, which a build uses, costs nothing.
pub(crate) struct Memo<K, V> {
    known: Option<HashMap<(usize, usize), (K, V)>>,
    basis: String,
}

impl<K: Lasting, V: Clone + Send + Sync> Memo<K, V> {
    pub(crate) fn forgetful() -> Memo<K, V> {
        Memo { known: None, basis: String::new() }
    }

    pub(crate) fn remembering() -> Memo<K, V> {
        Memo { known: Some(HashMap::new()), basis: String::new() }
    }

    /// What the function gives for each thing. `basis` names everything else it depends on: with another one
    /// nothing is known. Things that are not asked for are forgotten.
    pub(crate) fn map(&mut self, basis: &str, things: &[&K], make: impl Fn(&K) -> V + Sync) -> Vec<V> {
        let Some(known) = &mut self.known else {
            return things.par_iter().map(|thing| make(thing)).collect();
        };
        if self.basis != basis {
            known.clear();
            basis.clone_into(&mut self.basis);
        }
        let results: Vec<(V, bool)> = things
            .par_iter()
            .map(|thing| match known.get(&thing.place()) {
                Some((_, value)) => (value.clone(), false),
                None => (make(thing), true),
            })
            .collect();
        for (thing, (value, _)) in things.iter().zip(&results).filter(|(_, (_, is_new))| *is_new) {
            known.insert(thing.place(), ((*thing).clone(), value.clone()));
        }
        // One may be asked for twice; there is no need to be exact, only to forget what is gone.
        if known.len() > things.len() + things.len() / 8 + 64 {
            let asked: HashSet<(usize, usize)> = things.iter().map(|thing| thing.place()).collect();
            known.retain(|place, _| asked.contains(place));
        }
        results.into_iter().map(|(value, _)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::source::Source;

    #[test]
    fn the_same_text_is_looked_at_once() {
        let texts: Vec<Slice> = ["一", "二", "三"]
            .iter()
            .filter_map(|text| Source::new(Arc::from("a.md"), text.as_bytes()).slice_from(0))
            .collect();
        let calls = AtomicUsize::new(0);
        let length = |text: &Slice| {
            calls.fetch_add(1, Ordering::Relaxed);
            text.as_str().len()
        };
        let mut memo = Memo::remembering();
        for (basis, upto, expected) in [("a", 2, 2), ("a", 3, 3), ("b", 3, 6), ("b", 1, 6)] {
            let asked: Vec<&Slice> = texts[..upto].iter().collect();
            assert_eq!(memo.map(basis, &asked, length), vec![3; upto]);
            assert_eq!(calls.load(Ordering::Relaxed), expected, "{basis} {upto}");
        }
        let mut memo: Memo<Slice, usize> = Memo::forgetful();
        memo.map("", &[&texts[0]], length);
        memo.map("", &[&texts[0]], length);
        assert_eq!(calls.load(Ordering::Relaxed), 8);
    }
}
