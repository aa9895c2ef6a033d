//! Which file this thread is reading, for whoever has to say where the program ended.

use std::cell::Cell;
use std::path::Path;

thread_local! {
    static CURRENT: Cell<Option<*const Path>> = const { Cell::new(None) };
}

/// Puts back what was read before, also where reading panics.
struct Before(Option<*const Path>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Does something that is the reading of the file at `path`.
pub fn during<T>(path: &Path, read: impl FnOnce() -> T) -> T {
    let _before = Before(CURRENT.replace(Some(std::ptr::from_ref(path))));
    read()
}

/// Calls `tell` with the path of the file that this thread is reading, if it reads one. Allocates nothing.
pub fn with_current(tell: impl FnOnce(Option<&Path>)) {
    let current = CURRENT.try_with(Cell::get).ok().flatten();
    // SAFETY: `during` borrows the path for as long as the pointer is here.
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
