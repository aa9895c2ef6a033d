//! How two texts compare: what their cosine means in this corpus, which words they share, and whether their sources are
//! independent.

pub mod alike;
mod automaton;
mod best;
mod calibration;
mod cuts;
pub(crate) mod documents;
mod independence;
pub(crate) mod linkage;
pub mod overlap;
mod pairs;
pub(crate) mod products;

pub(crate) use best::{best_row, first_best, peak};
pub use calibration::{Background, ClaimModel, Distribution, ModelBackground, Origin, QueryBackground};
pub(crate) use calibration::{Random, cross_source_pairs};
pub use cuts::{Bounds, Cuts};
pub use documents::{DocumentGroup, MOST_DOCUMENTS};
pub use independence::{Independence, Merge, Reason};
pub use linkage::flat_clusters;
pub use overlap::{Overlap, Relation, Shingles, overlap, relation, shared};
pub use pairs::{Match, Pair, Pairs, Threshold};
pub(crate) use products::dense;
pub use products::{Candidate, FEW, Pieces, Products, nearest_between, nearest_in};
