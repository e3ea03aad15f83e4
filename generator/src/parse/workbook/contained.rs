//! Runs a foreign reader so that its panic on a damaged file is an answer, not the end of the program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// The result of `work`, or none when it panicked. The panic is not printed.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !CONTAINED.get() {
                usual(panic);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    // What `work` leaves behind is dropped with it: no half-made value is seen again.
    let done = catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(contained(|| 3), Some(3));
        let empty: [u8; 0] = [];
        assert_eq!(contained(|| empty[std::hint::black_box(0)]), None);
    }
}
