//! The instruction sets that a bench runs on, as its arguments.

use samesay::kernels::{ISAS, Isa};

/// The instruction sets of this CPU, best first.
pub fn available() -> Vec<&'static str> {
    ISAS.iter().filter(|isa| isa.available()).map(|isa| isa.name).collect()
}

/// Those that have kernels of their own.
#[allow(dead_code, reason = "not every bench looks at kernels")]
pub fn with_kernels() -> Vec<&'static str> {
    available().into_iter().filter(|isa| *isa != "amx").collect()
}

/// The row of that name.
pub fn of(isa: &str) -> &'static Isa {
    Isa::by_name(isa).expect("a name of the table")
}

/// Says what is not measured.
pub fn name_the_missing() {
    for isa in ISAS.iter().filter(|isa| !isa.available()) {
        println!("skipped: {}, which this CPU lacks (it needs {})", isa.name, isa.needs.join(", "));
    }
}
