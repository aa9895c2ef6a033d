//! What sources say in common, and what only one of them says, based on [`crate::matches`].
//!
//! A claim is a group of wordings, each a sentence or a clause of one; a theme is a group of whole passages; a story is
//! a group of documents about one event, a topic is one on a broad subject. Vectors without texts are grouped into
//! clusters.

mod agreement;
mod alignment;
mod alone;
mod claim;
mod copied;
mod coverage;
mod group;
mod keywords;
mod reuse;
mod theme;
mod topic;
mod vectors;

pub use agreement::Agreement;
pub use alignment::{Row, align};
pub use alone::{AllButOne, Unique, all_but_one, unique};
pub use claim::claims;
pub use coverage::{Shared, coverage};
pub use keywords::Words;
pub use reuse::{DEGREES, Degree, ENOUGH, FEATURES, Reuse, Texts};
pub use theme::{ClaimSpan, Cluster, Clustering, Conflict, LIKELY, Member, cluster};
pub(crate) use theme::{copy, to_compare};
pub use topic::topics;
pub use vectors::{VectorCluster, vector_clusters};
