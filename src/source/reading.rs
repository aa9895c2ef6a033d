//! Which file this thread is reading, for messages about a crash.

use std::cell::Cell;
use std::path::Path;

thread_local! {
    static CURRENT: Cell<Option<*const Path>> = const { Cell::new(None) };
}

/// Restores the previous file, also if reading panics.
struct Before(Option<*const Path>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Calls `read` while the file at `path` counts as the one that this thread is reading.
pub fn during<T>(path: &Path, read: impl FnOnce() -> T) -> T {
    let _before = Before(CURRENT.replace(Some(std::ptr::from_ref(path))));
    read()
}

/// Calls `tell` with the path of the file that this thread is reading, if any. Allocates nothing.
pub fn with_current(tell: impl FnOnce(Option<&Path>)) {
    let current = CURRENT.try_with(Cell::get).ok().flatten();
    // SAFETY: `during` borrows the path for as long as the pointer is kept here.
    tell(current.map(|path| unsafe { &*path }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_file_is_the_current_one() {
        let current = || {
            let mut name = None;
            with_current(|path| name = path.map(Path::to_owned));
            name
        };
        assert_eq!(current(), None);
        during(Path::new("a"), || {
            assert_eq!(during(Path::new("b"), current), Some("b".into()));
            assert_eq!(current(), Some("a".into()));
        });
        assert_eq!(current(), None);
    }
}
