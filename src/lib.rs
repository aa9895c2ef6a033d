//! Which sources say similar things, with the evidence.
//!
//! The library behind the `samesay` command: documents become [`passage`]s, a sentence-transformer on the CPU turns each into
//! a vector ([`embed`]), and [`similarity`] and [`cluster`] compare them by cosine. `ARCHITECTURE.md` maps the modules.
//!
//! ```
//! use samesay::library::Corpus;
//! use samesay::model::Embedder;
//! use samesay::compare::Independence;
//! use samesay::model::{Backend, Model};
//! use samesay::passage::Boilerplate;
//! use samesay::search::{Cut, Limits, Query, Search, measure};
//! use samesay::source::read_str;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny-bert-mean");
//! # let dir = std::path::Path::new(tiny);
//! // `dir` is a sentence-transformers directory; `model::fetch::obtain` gets one.
//! let embedder = Embedder::new(Model::load("my-model", dir, Backend::Best)?, 2)?;
//! let sources = [
//!     read_str("a.txt", "The ferry ran onto the breakwater in thick fog."),
//!     read_str("b.txt", "Rents may rise by three per cent a year at most."),
//! ];
//! // Kept in memory; `sync` keeps files and what was made of them in a `Store`.
//! let corpus = Corpus::of_sources(sources, &embedder, Boilerplate::Drop)?;
//!
//! // What this model's cosines mean; a manifest has it as a table.
//! let background = measure(&embedder)?;
//! let independence = Independence::new(&corpus.library)?;
//! let mut search = Search::new(&corpus, &embedder, &independence, &background)?;
//! let asked = Query::new("The ferry ran onto the breakwater in thick fog.");
//! let answers = search.answer(&[asked], Limits { sources: 10, passages: 3, cut: Cut::Score(-1.0) })?;
//!
//! let first = &answers[0].sources[0];
//! assert_eq!(corpus.library.documents[first.document].id, "a.txt");
//! assert!(first.score > 0.99);
//! # Ok(())
//! # }
//! ```

pub mod base;
pub mod claims;
pub mod compare;
pub mod disagreement;
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
