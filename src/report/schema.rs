//! JSON Schemas of what the commands print as JSON, derived from the types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{
    BenchReport, ClusterReport, CompareReport, ErrorReport, IndexReport, PairsReport, PassagesReport, QueryReport,
    Report, SourcesReport, VectorClustersReport, VectorQueryReport,
};

/// The name of a schema and the function that makes it.
type Named = (&'static str, fn() -> Schema);

/// Every command that prints a result of its own, the results of `query` and `cluster` over given vectors, and `error`.
const SCHEMAS: [Named; 12] = [
    ("query", of::<QueryReport>),
    ("compare", of::<CompareReport>),
    ("sources", of::<SourcesReport>),
    ("cluster", of::<ClusterReport>),
    ("report", of::<Report>),
    ("passages", of::<PassagesReport>),
    ("pairs", of::<PairsReport>),
    ("vector-query", of::<VectorQueryReport>),
    ("vector-clusters", of::<VectorClustersReport>),
    ("index", of::<IndexReport>),
    ("bench", of::<BenchReport>),
    ("error", of::<ErrorReport>),
];

/// The names that [`schema`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}

/// The JSON Schema (draft 2020-12) of what a command prints as JSON; `None` if no command has that name.
pub fn schema(name: &str) -> Option<Schema> {
    let (_, make) = SCHEMAS.iter().find(|(known, _)| *known == name)?;
    Some(make())
}

/// The schema of a value that is printed as JSON.
pub fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
