//! Which passages say something like a query.
//!
//! A cosine over a whole paragraph hides the one sentence that matters, a sentence alone lacks its context, and names
//! need matching words. So a passage's relevance combines four values, each at most 1:
//!
//! `0.1 · cos(query, passage) + 0.2 · cos(query, its best sentence) + 0.15 · BM25 + 0.55 · late interaction`
//!
//! The first three are computed for every passage; they select 64 sentences (more, if more results are requested),
//! which are embedded again, alone, for late interaction: each token of the query is matched with the token of the
//! sentence whose state is nearest, and the mean of these cosines is taken, weighted by the words' inverse document
//! frequency (MaxSim; Khattab & Zaharia 2020, *ColBERT*). For a passage without a selected sentence this value is 0.

mod answer;
pub(crate) mod bm25;
mod engine;
pub(crate) mod late;
mod query;

pub use answer::{Answer, Parts, PassageHit, SentenceHit, SourceHit};
#[cfg(test)]
pub(crate) use bm25::common_words;
pub use engine::{Search, SearchError};
pub use query::{Cut, DEFAULT_CUT, Limits, Query, QueryError};
