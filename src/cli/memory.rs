//! A plain message where memory runs out, as under `ulimit -v`.
//!
//! The standard library aborts when an allocation fails, which does not explain the cause and may leave a core file.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use samesay::report::terminal::is_unprintable;

/// The system's allocator. After a call of [`end_plainly`], it ends the program when memory runs out.
pub struct Memory;

static PLAINLY: AtomicBool = AtomicBool::new(false);

/// Makes the program end with a message and exit code 2 when memory runs out. Children that parse do not call this:
/// they abort, and their parent reports it.
pub fn end_plainly() {
    PLAINLY.store(true, Ordering::Relaxed);
}

fn given(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() && PLAINLY.load(Ordering::Relaxed) {
        end(bytes);
    }
    pointer
}

/// Ends the program. Nothing here allocates: standard error has no buffer.
#[cold]
fn end(bytes: usize) -> ! {
    let how = "read fewer or smaller files at a time, or allow more memory (ulimit -v)";
    samesay::source::with_current(|path| {
        let mut err = std::io::stderr();
        let name = path.map_or(&[][..], |path| path.as_os_str().as_encoded_bytes());
        // A stderr that cannot be written to leaves nowhere to report it.
        let _ = err.write_all(b"samesay: ");
        for c in name.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            let c = if is_unprintable(c) { '\u{fffd}' } else { c };
            let _ = err.write_all(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let _ = err.write_all(if name.is_empty() { b"" } else { b": " });
        let _ = writeln!(err, "out of memory: could not allocate {bytes} more bytes; {how}");
    });
    std::process::exit(2)
}

// SAFETY: all calls are passed on to the system's allocator.
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
