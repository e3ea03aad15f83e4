//! What was made of a text, by the text itself: the very same one need not be looked at again.
//!
//! A text is the same when it lies at the same place in memory, so nothing is compared. What is remembered keeps
//! its text alive, so no other can come to lie there.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::source::Slice;

/// Results of one pure function. A forgetful one, which a build uses, costs nothing.
pub(crate) struct Memo<V> {
    known: Option<HashMap<(usize, usize), (Slice, V)>>,
    basis: String,
}

impl<V: Clone + Send + Sync> Memo<V> {
    pub(crate) fn forgetful() -> Memo<V> {
        Memo { known: None, basis: String::new() }
    }

    pub(crate) fn remembering() -> Memo<V> {
        Memo { known: Some(HashMap::new()), basis: String::new() }
    }

    /// What the function gives for each text. `basis` names everything else it depends on: with another one
    /// nothing is known. Texts that are not asked for are forgotten.
    pub(crate) fn map(&mut self, basis: &str, texts: &[&Slice], make: impl Fn(&Slice) -> V + Sync) -> Vec<V> {
        let Some(known) = &mut self.known else {
            return texts.par_iter().map(|text| make(text)).collect();
        };
        if self.basis != basis {
            known.clear();
            basis.clone_into(&mut self.basis);
        }
        let results: Vec<(V, bool)> = texts
            .par_iter()
            .map(|text| match known.get(&text.place()) {
                Some((_, value)) => (value.clone(), false),
                None => (make(text), true),
            })
            .collect();
        for (text, (value, _)) in texts.iter().zip(&results).filter(|(_, (_, is_new))| *is_new) {
            known.insert(text.place(), ((*text).clone(), value.clone()));
        }
        // A text may be asked for twice; there is no need to be exact, only to forget what is gone.
        if known.len() > texts.len() + texts.len() / 8 + 64 {
            let asked: std::collections::HashSet<(usize, usize)> = texts.iter().map(|text| text.place()).collect();
            known.retain(|place, _| asked.contains(place));
        }
        results.into_iter().map(|(value, _)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
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
        let mut memo = Memo::forgetful();
        memo.map("", &[&texts[0]], length);
        memo.map("", &[&texts[0]], length);
        assert_eq!(calls.load(Ordering::Relaxed), 8);
    }
}
