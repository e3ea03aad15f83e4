//! What was made of a text or of a record's values, by the thing itself: the very same one need not be looked at
//! again.
//!
//! A thing is the same when it lies at the same place in memory, so nothing is compared. What is remembered keeps
//! it alive, so no other can come to lie there.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::source::{Slice, Source};

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

impl Lasting for Source {
    fn place(&self) -> (usize, usize) {
        Source::place(self)
    }
}

impl<T: Send + Sync> Lasting for Arc<T> {
    fn place(&self) -> (usize, usize) {
        (Arc::as_ptr(self).addr(), 0)
    }
}

/// How many things at the beginning and at the end of a list stand in the last one too: most often it is all but a few
/// in the middle.
pub(crate) fn unchanged<A, B>(last: &[A], now: &[B], is_same: impl Fn(&A, &B) -> bool) -> (usize, usize) {
    let head = last.iter().zip(now).take_while(|(known, thing)| is_same(known, thing)).count();
    let ends = last[head..].iter().rev().zip(now[head..].iter().rev());
    (head, ends.take_while(|(known, thing)| is_same(known, thing)).count())
}

/// How many things a thread takes at once. Left to itself the pool hands out quarters of all, and in the end one thread
/// finishes its quarter alone.
pub(crate) const AT_ONCE: usize = 32;

/// Results of one pure function. A forgetful one, which a build uses, makes everything anew.
pub(crate) struct Memo<K, V> {
    /// What was asked for last, in that order, and what was given.
    last: Vec<(K, V)>,
    basis: String,
    remembers: bool,
}

impl<K: Lasting, V: Send + Sync> Memo<K, V> {
    pub(crate) fn forgetful() -> Memo<K, V> {
        Memo { last: Vec::new(), basis: String::new(), remembers: false }
    }

    pub(crate) fn remembering() -> Memo<K, V> {
        Memo { remembers: true, ..Memo::forgetful() }
    }

    /// Forgets everything, because something changed that the function depends on.
    pub(crate) fn forget(&mut self) {
        self.last.clear();
    }

    /// Lets go of what it gave and will not give again.
    pub(crate) fn release(&mut self) {
        if !self.remembers {
            self.last = Vec::new();
        }
    }

    /// What the function gives for each thing, in their order. `basis` names everything else it depends on: with
    /// another one nothing is known. Things that are not asked for are forgotten.
    pub(crate) fn map<'t>(
        &mut self,
        basis: &str,
        things: impl IntoIterator<Item = &'t K>,
        make: impl Fn(&K) -> V + Sync,
    ) -> &[(K, V)]
    where
        K: 't,
    {
        self.map_after(basis, things, |_| (), |thing, ()| make(thing))
    }

    /// As `map`, for a function that is quicker where it can look at what it gave for things that are forgotten now.
    /// `gone` is handed those, and `make` what `gone` makes of them.
    pub(crate) fn map_after<'t, G: Sync>(
        &mut self,
        basis: &str,
        things: impl IntoIterator<Item = &'t K>,
        gone: impl FnOnce(Vec<(K, V)>) -> G,
        make: impl Fn(&K, &G) -> V + Sync,
    ) -> &[(K, V)]
    where
        K: 't,
    {
        let things: Vec<&K> = things.into_iter().collect();
        if !self.remembers || self.basis != basis {
            self.forget();
            basis.clone_into(&mut self.basis);
        }
        let (head, tail) = self.as_last(&things);
        let asked = &things[head..things.len() - tail];
        let changed = head..self.last.len() - tail;
        let mut known: HashMap<(usize, usize), (K, V)> =
            self.last.drain(changed).map(|known| (known.0.place(), known)).collect();
        let found: Vec<Option<(K, V)>> = asked.iter().map(|thing| known.remove(&thing.place())).collect();
        let gone = gone(known.into_values().collect());
        let whole =
            |(thing, found): (&&K, Option<(K, V)>)| found.unwrap_or_else(|| ((*thing).clone(), make(thing, &gone)));
        let made = asked.par_iter().zip(found).with_max_len(AT_ONCE).map(whole);
        // What stays is not copied: there may be much of it.
        if tail == 0 {
            self.last.par_extend(made);
        } else {
            self.last.splice(head..head, made.collect::<Vec<(K, V)>>());
        }
        &self.last
    }

    /// Where the things that were asked for last stand among those that are to be asked for now.
    pub(crate) fn moves<'t>(&self, things: impl IntoIterator<Item = &'t K>) -> Moves
    where
        K: 't,
    {
        let things: Vec<&K> = things.into_iter().collect();
        let (head, tail) = self.as_last(&things);
        let (before, now) = (self.last.len() - tail, things.len() - tail);
        let mut new: HashMap<(usize, usize), usize> = (head..now).map(|at| (things[at].place(), at)).collect();
        let mut moved = Vec::with_capacity(self.last.len());
        moved.extend((0..head).map(Some));
        moved.extend(self.last[head..before].iter().map(|(thing, _)| new.remove(&thing.place())));
        moved.extend((now..things.len()).map(Some));
        let mut new: Vec<usize> = new.into_values().collect();
        new.sort_unstable();
        Moves { moved, new }
    }

    fn as_last(&self, things: &[&K]) -> (usize, usize) {
        unchanged(&self.last, things, |(known, _), thing| known.place() == thing.place())
    }
}

/// What becomes of the places of things.
pub(crate) struct Moves {
    /// By its place of the last time: the one it has now, if it is still there.
    pub(crate) moved: Vec<Option<usize>>,
    /// Places of things that were not there, in order.
    pub(crate) new: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

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
        for (basis, range, expected) in [("a", 0..2, 2), ("a", 0..3, 3), ("b", 0..3, 6), ("b", 2..3, 6), ("b", 0..3, 8)]
        {
            let asked = &texts[range.clone()];
            let lengths: Vec<usize> = memo.map(basis, asked, length).iter().map(|(_, length)| *length).collect();
            assert_eq!(lengths, vec![3; range.len()]);
            assert_eq!(calls.load(Ordering::Relaxed), expected, "{basis} {range:?}");
        }
        memo.map("", [&texts[0], &texts[1]], length);
        let moves = memo.moves([&texts[2], &texts[0], &texts[1]]);
        assert_eq!((moves.moved, moves.new), (vec![Some(1), Some(2)], vec![0]));
        let moves = memo.moves([&texts[1], &texts[2], &texts[0]]);
        assert_eq!((moves.moved, moves.new), (vec![Some(2), Some(0)], vec![1]));
        let moves = memo.moves([&texts[1]]);
        assert_eq!((moves.moved, moves.new), (vec![None, Some(0)], vec![]));
        let mut memo: Memo<Slice, usize> = Memo::forgetful();
        memo.map("", [&texts[0]], length);
        memo.map("", [&texts[0]], length);
        assert_eq!(calls.load(Ordering::Relaxed), 12);
    }
}
