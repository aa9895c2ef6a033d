//! The results of `cluster` and `query` over vectors given by the user.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Percentile, ReadingNotes, Score, csv};
use crate::claims::VectorCluster;
use crate::source::own::CLUSTERS_COLUMNS;

/// Vectors grouped into clusters.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorClustersReport {
    /// The name and version of this format: `samesay.vector_clusters.v1`.
    #[schemars(extend("const" = "samesay.vector_clusters.v1"))]
    pub schema: &'static str,
    /// Instruction set that multiplied the vectors, as `--isa` names it.
    pub isa: &'static str,
    /// Number of vectors that were clustered.
    pub vectors: usize,
    /// Mean cosine at or above which two clusters are merged.
    pub min_score: Score,
    /// What was not read; always empty for vectors.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// All clusters, largest first, then by first vector. Each vector is in exactly one; a vector like no other is
    /// alone in its own.
    pub clusters: Vec<VectorClusterRef>,
}

/// A group of vectors that are alike.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorClusterRef {
    /// Number of the cluster, counted from 1 in the order of the list.
    pub id: usize,
    /// Number of vectors in the cluster.
    pub size: usize,
    /// Id of the vector most like the others.
    pub medoid: String,
    /// Mean cosine of all pairs, -1 to 1; 1 for a single vector.
    pub mean: Score,
    /// Lowest cosine of any pair, -1 to 1; 1 for a single vector.
    pub min: Score,
    /// All vectors of the cluster: the medoid, then the nearest to it first.
    pub members: Vec<VectorRef>,
}

/// A vector of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorRef {
    /// Id from the file of ids or the column `id`; else the row number, counted from 1.
    pub id: String,
    /// Cosine of the vector and the medoid, -1 to 1.
    pub score: Score,
    /// Its row, from 0.
    #[serde(skip)]
    row: usize,
}

impl VectorClustersReport {
    /// The report of clusters of `vectors` vectors, whose names `id` gives.
    pub fn new(
        isa: &'static str,
        vectors: usize,
        least: f32,
        clusters: Vec<VectorCluster>,
        id: impl Fn(usize) -> String,
    ) -> Self {
        let cluster = |(cluster, number): (VectorCluster, usize)| VectorClusterRef {
            id: number,
            size: cluster.members.len(),
            medoid: id(cluster.members[0].0),
            mean: Score(cluster.mean),
            min: Score(cluster.min),
            members: cluster.members.iter().map(|&(row, score)| VectorRef::new(id(row), row, score)).collect(),
        };
        Self {
            schema: "samesay.vector_clusters.v1",
            isa,
            vectors,
            min_score: Score(least),
            reading: ReadingNotes::default(),
            clusters: clusters.into_iter().zip(1..).map(cluster).collect(),
        }
    }

    /// The clusters of two or more vectors.
    pub fn shared(&self) -> impl Iterator<Item = &VectorClusterRef> {
        self.clusters.iter().filter(|cluster| cluster.size > 1)
    }

    /// Whether any two vectors are alike.
    pub fn found(&self) -> bool {
        self.shared().next().is_some()
    }

    /// Writes a table of all vectors with the numbers of their clusters, in the order of their rows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, out: impl io::Write) -> io::Result<()> {
        let mut table = ::csv::Writer::from_writer(out);
        table.write_record(CLUSTERS_COLUMNS)?;
        for (id, cluster) in self.rows() {
            table.write_record([csv::text(id), cluster.to_string()])?;
        }
        table.flush()
    }

    /// The id of each vector and the number of its cluster, in the order of their rows.
    fn rows(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut rows: Vec<(&VectorRef, usize)> = Vec::with_capacity(self.vectors);
        for cluster in &self.clusters {
            rows.extend(cluster.members.iter().map(|member| (member, cluster.id)));
        }
        rows.sort_unstable_by_key(|(member, _)| member.row);
        rows.into_iter().map(|(member, cluster)| (member.id.as_str(), cluster))
    }
}

impl VectorRef {
    fn new(id: String, row: usize, score: f32) -> Self {
        // Rounding can take the product of equal vectors beyond 1.
        Self { id, score: Score(score.clamp(-1.0, 1.0)), row }
    }
}

/// The vectors nearest to each query vector.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorQueryReport {
    /// The name and version of this format: `samesay.vector_query.v1`.
    #[schemars(extend("const" = "samesay.vector_query.v1"))]
    pub schema: &'static str,
    /// Instruction set that multiplied the vectors, as `--isa` names it.
    pub isa: &'static str,
    /// Number of vectors that were searched.
    pub vectors: usize,
    /// Maximum number of vectors given per query vector.
    pub top_k: usize,
    /// Cosine at or above which vectors are given; null if none was set.
    pub min_score: Option<Score>,
    /// What was not read; always empty for vectors.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// One result per query vector, in their order.
    pub results: Vec<VectorResult>,
}

/// The vectors nearest to one query vector.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorResult {
    /// Id of the query vector.
    pub query: String,
    /// Vectors found, nearest first; of equals the first row comes first.
    pub nearest: Vec<VectorHit>,
}

/// A vector that was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorHit {
    /// Id of the vector found.
    pub id: String,
    /// Cosine of the vector and the query vector, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs of a query vector and a searched vector that are less similar, 0 to 100.
    pub percentile: Percentile,
}

/// A vector that was found, as one line of `--format jsonl`.
#[derive(Debug, Serialize)]
pub struct VectorLine<'a> {
    query: &'a str,
    #[serde(flatten)]
    hit: &'a VectorHit,
}

impl VectorQueryReport {
    /// The report of the rows nearest to each query vector, with their cosines; `ids` names the query vectors and the
    /// searched ones.
    pub fn new(
        isa: &'static str,
        vectors: usize,
        top_k: usize,
        least: Option<f32>,
        nearest: Vec<Vec<(usize, f32)>>,
        ids: (impl Fn(usize) -> String, impl Fn(usize) -> String),
        percentile: impl Fn(f32) -> f32,
    ) -> Self {
        let hit = |(row, score): (usize, f32)| VectorHit {
            id: ids.1(row),
            score: Score(score.clamp(-1.0, 1.0)),
            percentile: Percentile(percentile(score)),
        };
        let result = |(at, near): (usize, Vec<(usize, f32)>)| VectorResult {
            query: ids.0(at),
            nearest: near.into_iter().map(hit).collect(),
        };
        Self {
            schema: "samesay.vector_query.v1",
            isa,
            vectors,
            top_k,
            min_score: least.map(Score),
            reading: ReadingNotes::default(),
            results: nearest.into_iter().enumerate().map(result).collect(),
        }
    }

    /// The vectors that were found, in the order of the queries.
    pub fn lines(&self) -> impl Iterator<Item = VectorLine<'_>> {
        self.results.iter().flat_map(|of| of.nearest.iter().map(|hit| VectorLine { query: &of.query, hit }))
    }

    /// Whether anything was found.
    pub fn found(&self) -> bool {
        self.lines().next().is_some()
    }
}

#[cfg(feature = "parquet")]
mod parquet;
