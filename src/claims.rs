//! What sources say in common, and what one alone says: all of it stands on [`crate::matches`].
//!
//! A claim is a group of wordings, each a sentence or a clause of it; a theme is a group of whole passages; a story is a group of
//! documents.

mod alignment;
mod claim;
mod coverage;
mod group;
mod reuse;
mod story;
mod theme;

pub use alignment::{Row, align};
pub use claim::claims;
pub use coverage::{Shared, coverage};
pub use reuse::{DEGREES, Degree, FEATURES, Reuse, Texts};
pub use story::{MOST, Story, stories};
pub use theme::{
    AllButOne, Cluster, Clustering, Conflict, FlatClusters, MAX_COMPONENT, Member, Said, Unique, Words, all_but_one, cluster,
    flat_clusters, unique,
};
pub(crate) use theme::{copy, linked, to_compare};
