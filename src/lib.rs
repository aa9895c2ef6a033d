//! Which sources say similar things, with the evidence.
//!
//! This is the library of the `samesay` command. Documents are split into passages, a sentence-transformer on the CPU
//! turns each passage and sentence into a vector, and claims are the sentences of several sources that say the same.
//!
//! ```no_run
//! use samesay::Samesay;
//!
//! # fn main() -> Result<(), samesay::Error> {
//! let samesay = Samesay::builder().build()?; // default model, kept in memory
//! let library = samesay.read(["corpus/"])?;
//! for claim in library.claims()? {
//!     println!("{} ({} independent)", claim.text(), claim.independent_sources());
//! }
//! for hit in library.search("crew reported false alarms").limit(10).run()? {
//!     println!("{:.2} {}", hit.relevance(), hit.place());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Samesay`] is the front door. The modules are the stages of its work, which can be used alone. A module uses only
//! those before it in this list: [`base`], [`lang`], [`kernels`], [`source`], [`passage`], [`model`], [`store`],
//! [`library`], [`compare`], [`disagreement`], [`search`], [`mod@matches`], [`claims`], [`report`], [`mod@bench`],
//! [`front`].

pub mod base;
pub mod bench;
pub mod claims;
pub mod compare;
pub mod disagreement;
pub mod front;
#[cfg(test)]
mod golden;
pub mod kernels;
pub mod lang;
pub mod library;
pub mod matches;
pub mod model;
pub mod passage;
pub mod report;
pub mod search;
pub mod source;
pub mod store;

pub use front::{Builder, Claim, Collection, Error, ErrorKind, Hit, Samesay, Search, Wording};

/// Compiles the examples of the user's page as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryPage;
