//! Tests of the library and of the real binary, one module per topic.

mod browser;
mod cli;
mod disagreement;
// The fuzz targets make the same checks on arbitrary bytes.
#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "shared with the fuzz targets")]
mod documents;
#[cfg(unix)]
mod fetch;
mod kernels;
#[path = "common/labels.rs"]
mod labels;
mod layout;
mod letters;
mod parity;
mod prose;
mod relation;
mod rooms;
mod screens;
mod store;
#[path = "common/stories.rs"]
mod stories;
mod web;
