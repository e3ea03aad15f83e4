//! A list for each of many things, all side by side in memory.
//!
//! What a pass over a whole site needs of its records lies far apart, each in its own place. Where it is needed in
//! another order, or more than once, it is laid together first, in the order in which the records lie.

use rayon::prelude::*;

/// Things that one thread looks at together.
const SOME: usize = 2048;

pub(crate) struct Lists<T> {
    items: Vec<T>,
    /// Where the list of each thing ends among the items.
    ends: Vec<usize>,
}

impl<T: Send> Lists<T> {
    /// The lists of some things, in their order. `tell` adds what is in the list of one.
    pub(crate) fn of<S: Sync>(things: &[S], tell: impl Fn(&S, &mut Vec<T>) + Sync) -> Lists<T> {
        let of_some = |things: &[S]| {
            let mut items = Vec::new();
            let end = |thing: &S| {
                tell(thing, &mut items);
                items.len()
            };
            let ends: Vec<usize> = things.iter().map(end).collect();
            (items, ends)
        };
        let mut lists = Lists { items: Vec::new(), ends: Vec::with_capacity(things.len()) };
        for (items, ends) in things.par_chunks(SOME).map(of_some).collect::<Vec<_>>() {
            let before = lists.items.len();
            lists.ends.extend(ends.into_iter().map(|end| before + end));
            lists.items.extend(items);
        }
        lists
    }

    /// The list of the thing at a place.
    pub(crate) fn get(&self, at: usize) -> &[T] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start..self.ends[at]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_has_its_own_list() {
        let things: Vec<usize> = (0..5000).collect();
        let lists = Lists::of(&things, |thing, items| items.extend((0..thing % 3).map(|part| thing * 10 + part)));
        for thing in things {
            let own: Vec<usize> = (0..thing % 3).map(|part| thing * 10 + part).collect();
            assert_eq!(lists.get(thing), own);
        }
    }
}
