//! PDF files of any bytes.
//!
//! A panic of the PDF interpreter is contained by the child process that it runs in, so it is caught here: what this
//! looks for is hangs, memory, and faults of our own layout, of which a panic would be one too, but for the
//! interpreter's.
#![no_main]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use samesay::source::pdf;

static SILENT: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // libfuzzer aborts in its panic hook; panics of files under src are ours and still abort.
    SILENT.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.location().is_some_and(|at| at.file().contains("src/source/")) {
                abort(info);
            }
        }));
    });
    let _ = catch_unwind(AssertUnwindSafe(|| pdf::parse(bytes)));
});
