//! Which sources say similar things, with the evidence.
pub mod cluster;
pub mod corpus;
pub mod embed;
pub mod model;
pub mod passage;
pub mod report;
pub mod similarity;
pub mod source;
