//! The instruction sets on which a benchmark runs, as its arguments.

use std::fmt;

use samesay::kernels::{ISAS, Isa, Precision};

/// The instruction sets of this CPU, best first.
pub fn available() -> Vec<&'static str> {
    ISAS.iter().filter(|isa| isa.available()).map(|isa| isa.name).collect()
}

/// The instruction sets that have kernels of their own.
#[allow(dead_code, reason = "not every bench looks at kernels")]
pub fn with_kernels() -> Vec<&'static str> {
    available().into_iter().filter(|isa| *isa != "amx").collect()
}

/// An instruction set in one of its precisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine {
    pub name: &'static str,
    pub precision: Precision,
}

impl Engine {
    /// The row of the engine in the table of instruction sets.
    pub fn isa(self) -> &'static Isa {
        of(self.name)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.precision)
    }
}

/// The instruction sets of this CPU in each of their precisions.
pub fn engines() -> Vec<Engine> {
    let engines = |isa: &'static Isa| isa.precisions.iter().map(|&precision| Engine { name: isa.name, precision });
    ISAS.iter().filter(|isa| isa.available()).flat_map(engines).collect()
}

/// The instruction set of that name.
pub fn of(isa: &str) -> &'static Isa {
    Isa::by_name(isa).expect("a name of the table")
}

/// Names the instruction sets that are not measured.
pub fn name_the_missing() {
    for isa in ISAS.iter().filter(|isa| !isa.available()) {
        println!("skipped: {}, which this CPU lacks (it needs {})", isa.name, isa.needs.join(", "));
    }
}
