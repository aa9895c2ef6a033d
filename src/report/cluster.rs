//! The answer to `cluster`.

use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Independent, Nearest, PassageRef, Percentile, RelationRef, Rules, Score, SentenceMatch,
    SourceRef,
};
use crate::cluster::{self, Cluster, Clustering, Unique};
use crate::independence::Independence;
use crate::model::Model;
use crate::similarity::pairs::Pairs;

/// Clusters of passages, and what stands alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterReport {
    pub schema: &'static str,
    #[serde(flatten)]
    pub computed: Computed,
    /// The mean cosine at which clusters still merged.
    pub min_score: Score,
    pub counts: Counts,
    pub calibration: Calibration,
    /// What is known of the sources, in the order in which they were read.
    pub sources: Vec<SourceRef>,
    /// Those of most independent sources first, then of most sources, then the largest.
    pub clusters: Vec<ClusterRef>,
    /// What all sources say but one.
    pub all_but_one: Vec<AllButOne>,
    pub unique: Vec<UniqueRef>,
    /// How it was decided, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// A cluster of passages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterRef {
    /// From 1, in the order of the report.
    pub id: usize,
    pub label: String,
    pub keywords: Vec<String>,
    pub sources: Vec<String>,
    #[serde(flatten)]
    pub independent: Independent,
    pub may_disagree: Vec<Conflict>,
    pub medoid: PassageRef,
    pub members: Vec<Member>,
    pub cohesion: Cohesion,
}

/// A passage with its cosine to the medoid of its cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    #[serde(flatten)]
    pub passage: PassageRef,
    pub score: Score,
    /// How unusual its cosine to the medoid is; null of the medoid itself.
    pub percentile: Option<Percentile>,
    /// What it has to do with the medoid.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// The sentence that is nearest to the cluster's label, with its cosine to it.
    pub best_sentence: Option<SentenceMatch>,
}

/// Two passages of a cluster that may disagree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// The passages' ids.
    pub a: String,
    pub b: String,
    pub differences: Vec<DifferenceRef>,
}

/// How close a cluster is: cosines over all of its pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cohesion {
    pub mean: Score,
    pub min: Score,
}

/// A passage that is like no other, with the nearest one of another source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UniqueRef {
    #[serde(flatten)]
    pub passage: PassageRef,
    pub nearest: Option<Nearest>,
}

/// A cluster in which one source alone is missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AllButOne {
    /// The cluster's id.
    pub cluster: usize,
    /// The source that does not say it.
    pub source: String,
    /// What of that source comes nearest to the medoid.
    pub nearest: Option<Nearest>,
}

impl ClusterReport {
    /// The report of a clustering; `explain` adds how it was decided.
    pub fn new(model: &Model, pairs: &Pairs, clustering: &Clustering, independence: &Independence, explain: bool) -> Self {
        let library = &pairs.corpus.library;
        let independent = |cluster: &Cluster| {
            let documents = cluster.documents(library);
            Independent::new(library, independence.among(&documents, cluster.copies.iter().cloned()))
        };
        let mut order: Vec<(usize, Independent)> = clustering.clusters.iter().map(independent).enumerate().collect();
        order.sort_by_key(|(_, found)| std::cmp::Reverse(found.independent_sources));
        let mut ids = vec![0; order.len()];
        order.iter().zip(1..).for_each(|((at, _), id)| ids[*at] = id);
        let all_but_one = |missing: &cluster::AllButOne| AllButOne {
            cluster: ids[missing.cluster],
            source: library.documents[missing.document].id.clone(),
            nearest: missing.nearest.map(|nearest| Nearest::new(pairs, nearest, library.passages_of(missing.document).len())),
        };
        Self {
            schema: "samesay.clusters.v1",
            computed: Computed::new(model),
            min_score: Score(pairs.claim()),
            counts: Counts::new(library),
            calibration: Calibration::new(pairs.background()),
            sources: library.documents.iter().map(SourceRef::new).collect(),
            all_but_one: clustering.all_but_one.iter().map(all_but_one).collect(),
            clusters: order.into_iter().map(|(at, found)| ClusterRef::new(pairs, ids[at], &clustering.clusters[at], found)).collect(),
            unique: clustering.unique.iter().map(|unique| UniqueRef::new(pairs, unique)).collect(),
            rules: explain.then(|| Rules::new(pairs)),
        }
    }
}

impl ClusterRef {
    fn new(pairs: &Pairs, id: usize, cluster: &Cluster, independent: Independent) -> Self {
        let library = &pairs.corpus.library;
        let documents = cluster.documents(library);
        let members: Vec<Member> = cluster.members.iter().map(|member| Member::new(pairs, member)).collect();
        let medoid = PassageRef::new(library, cluster.medoid);
        let text = |entry: usize| library.passage(entry).text.as_str();
        let conflict = |conflict: &cluster::Conflict| Conflict {
            a: library.id_of(conflict.a),
            b: library.id_of(conflict.b),
            differences: conflict.differences.iter().map(|found| DifferenceRef::new(found, text(conflict.a), text(conflict.b))).collect(),
        };
        Self {
            id,
            label: members[0].best_sentence.as_ref().map_or(&medoid.text, |sentence| &sentence.text).clone(),
            keywords: cluster.keywords.clone(),
            sources: documents.iter().map(|&document| library.documents[document].id.clone()).collect(),
            independent,
            may_disagree: cluster.conflicts.iter().map(conflict).collect(),
            medoid,
            members,
            cohesion: Cohesion { mean: Score(cluster.mean), min: Score(cluster.min) },
        }
    }
}

impl Member {
    fn new(pairs: &Pairs, member: &cluster::Member) -> Self {
        let library = &pairs.corpus.library;
        Self {
            passage: PassageRef::new(library, member.entry),
            score: Score(member.score),
            percentile: member.pair.map(|pair| Percentile(pair.percentile)),
            relation: member.pair.as_ref().map_or_else(RelationRef::default, RelationRef::new),
            best_sentence: member.sentence.map(|hit| SentenceMatch::new(library, member.entry, hit)),
        }
    }
}

impl UniqueRef {
    /// Whether no passage of another source comes as near as those that say the same.
    pub fn is_alone(&self, same: Score) -> bool {
        self.nearest.as_ref().is_none_or(|nearest| nearest.score.0 < same.0)
    }

    fn new(pairs: &Pairs, unique: &Unique) -> Self {
        let library = &pairs.corpus.library;
        let elsewhere = library.len() - library.passages_of(library.document(unique.entry)).len();
        Self {
            passage: PassageRef::new(library, unique.entry),
            nearest: unique.nearest.map(|nearest| Nearest::new(pairs, nearest, elsewhere)),
        }
    }
}
