//! The answers to `cluster` and `query` over vectors that were given.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Percentile, Score, csv};
use crate::claims::VectorCluster;

/// The columns of a table of which vector is in which cluster.
const COLUMNS: [&str; 2] = ["id", "cluster"];

/// Vectors in clusters.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorClustersReport {
    /// The name and version of this format: `samesay.vector_clusters.v1`.
    #[schemars(extend("const" = "samesay.vector_clusters.v1"))]
    pub schema: &'static str,
    /// The instruction set that they were multiplied with.
    pub isa: &'static str,
    /// How many there are.
    pub vectors: usize,
    /// The mean cosine from which on two clusters are one.
    pub min_score: Score,
    /// Where too many to be clustered at once hung together: the highest cosine at which they were parted first.
    pub parted_score: Option<Score>,
    /// The largest first, then by their first vectors. Each vector is in one; one that is like no other is alone in it.
    pub clusters: Vec<VectorClusterRef>,
}

/// Vectors that are alike.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorClusterRef {
    /// From 1, in the order of the list.
    pub id: usize,
    /// How many vectors are in it.
    pub size: usize,
    /// The id of the vector that is most like the others.
    pub medoid: String,
    /// The mean cosine of all pairs; 1 of one vector.
    pub mean: Score,
    /// The least cosine of any pair; 1 of one vector.
    pub min: Score,
    /// All of its vectors: the medoid, then the nearest to it.
    pub members: Vec<VectorRef>,
}

/// A vector of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorRef {
    /// As the file of ids says, or the column `id`; else the number of its row, from 1.
    pub id: String,
    /// Its cosine to the medoid.
    pub score: Score,
    /// Its row, from 0.
    #[serde(skip)]
    row: usize,
}

impl VectorClustersReport {
    /// The report of clusters of so many vectors, which `id` names.
    pub fn new(
        isa: &'static str,
        vectors: usize,
        least: f32,
        clusters: Vec<VectorCluster>,
        parted_at: Option<f32>,
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
            parted_score: parted_at.map(Score),
            clusters: clusters.into_iter().zip(1..).map(cluster).collect(),
        }
    }

    /// Those of two vectors and more.
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
        table.write_record(COLUMNS)?;
        let mut rows: Vec<(&VectorRef, usize)> = Vec::with_capacity(self.vectors);
        for cluster in &self.clusters {
            rows.extend(cluster.members.iter().map(|member| (member, cluster.id)));
        }
        rows.sort_unstable_by_key(|(member, _)| member.row);
        for (member, cluster) in rows {
            table.write_record([csv::text(&member.id), cluster.to_string()])?;
        }
        table.flush()
    }
}

impl VectorRef {
    fn new(id: String, row: usize, score: f32) -> Self {
        // A product of what is equal may be off in its last digit.
        Self { id, score: Score(score.clamp(-1.0, 1.0)), row }
    }
}

/// What of some vectors is nearest to others.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorQueryReport {
    /// The name and version of this format: `samesay.vector_query.v1`.
    #[schemars(extend("const" = "samesay.vector_query.v1"))]
    pub schema: &'static str,
    /// The instruction set that they were multiplied with.
    pub isa: &'static str,
    /// How many vectors were searched.
    pub vectors: usize,
    /// How many nearest of them are given at most.
    pub top_k: usize,
    /// The cosine from which on they are given; null where none was set.
    pub min_score: Option<Score>,
    /// One for each vector that was asked for, in their order.
    pub results: Vec<VectorResult>,
}

/// What is nearest to one vector.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorResult {
    /// The id of the vector that was asked for.
    pub query: String,
    /// The nearest first, of equals the first.
    pub nearest: Vec<VectorHit>,
}

/// A vector that was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VectorHit {
    /// Its id.
    pub id: String,
    /// Its cosine to the one that was asked for.
    pub score: Score,
    /// How many of a hundred random pairs of the one set and the other are less similar.
    pub percentile: Percentile,
}

/// A vector that was found, by itself on a line.
#[derive(Debug, Serialize)]
pub struct VectorLine<'a> {
    query: &'a str,
    #[serde(flatten)]
    hit: &'a VectorHit,
}

impl VectorQueryReport {
    /// The report of the nearest to each vector that was asked for, as rows with their cosines; `ids` names those and
    /// these.
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
            results: nearest.into_iter().enumerate().map(result).collect(),
        }
    }

    /// What was found, one after the other.
    pub fn lines(&self) -> impl Iterator<Item = VectorLine<'_>> {
        self.results.iter().flat_map(|of| of.nearest.iter().map(|hit| VectorLine { query: &of.query, hit }))
    }

    /// Whether anything was found.
    pub fn found(&self) -> bool {
        self.lines().next().is_some()
    }
}
