//! A plain end where there is no memory left, as under `ulimit -v`.
//!
//! The standard library aborts where an allocation fails, which says nothing to whoever set a limit and leaves a core
//! file behind.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use samesay::report::terminal::is_unprintable;

/// The system's allocator, which ends the program where it has nothing to give, once [`end_plainly`] was called.
pub struct Memory;

static PLAINLY: AtomicBool = AtomicBool::new(false);

/// Has the program end with a message and exit code 2 from now on. Children that parse abort: whoever started them tells
/// of it.
pub fn end_plainly() {
    PLAINLY.store(true, Ordering::Relaxed);
}

fn given(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() && PLAINLY.load(Ordering::Relaxed) {
        end(bytes);
    }
    pointer
}

/// Nothing here allocates: standard error has no buffer.
#[cold]
fn end(bytes: usize) -> ! {
    let how = "read fewer or smaller files at a time, or allow more memory (ulimit -v)";
    samesay::source::with_current(|path| {
        let mut err = std::io::stderr();
        let name = path.map_or(&[][..], |path| path.as_os_str().as_encoded_bytes());
        // Nothing can be done about a stderr that cannot be written to.
        let _ = err.write_all(b"samesay: ");
        for c in name.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            let c = if is_unprintable(c) { '\u{fffd}' } else { c };
            let _ = err.write_all(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let _ = err.write_all(if name.is_empty() { b"" } else { b": " });
        let _ = writeln!(err, "out of memory: {bytes} more bytes were refused; {how}");
    });
    std::process::exit(2)
}

// SAFETY: everything is what the system's allocator gives and takes.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        given(unsafe { System.realloc(pointer, layout, size) }, size)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}
