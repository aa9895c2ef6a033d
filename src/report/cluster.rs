//! The answer to `cluster`.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Independent, Nearest, PassageRef, Percentile, RelationRef, Rules, Score, SentenceMatch,
    SourceRef,
};
use crate::cluster::{self, Cluster, Clustering, Unique};
use crate::independence::Independence;
use crate::model::Model;
use crate::similarity::pairs::Pairs;
use crate::statement::Statements;

/// Clusters of passages, and what stands alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterReport {
    pub schema: &'static str,
    #[serde(flatten)]
    pub computed: Computed,
    /// The mean cosine at which clusters still merged.
    pub min_score: Score,
    /// Where too many passages, or sentences, hung together to be clustered at once: the cosine at which they were parted first.
    pub parted_score: Option<Score>,
    pub counts: Counts,
    pub calibration: Calibration,
    /// What is known of the sources, in the order in which they were read.
    pub sources: Vec<SourceRef>,
    /// Clusters of passages. Those of most independent sources first, then of most sources, then the largest.
    pub clusters: Vec<ClusterRef>,
    /// Claims that passages make in one sentence, while the passages are about different things; in the same order. The score
    /// of a member is the cosine of its sentence with the medoid's.
    pub statements: Vec<ClusterRef>,
    /// The mean cosine at which clusters of sentences still merged.
    pub min_sentence_score: Score,
    /// Whether sentences were compared: of more than 40,000 they are not.
    pub sentences_compared: bool,
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
    /// From 1; those of sentences follow those of passages.
    pub id: usize,
    /// Whether sentences were clustered rather than whole passages.
    #[serde(skip)]
    pub of_sentences: bool,
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
    pub fn new(
        model: &Model,
        pairs: &Pairs,
        (clustering, statements): (&Clustering, &Statements),
        independence: &Independence,
        explain: bool,
    ) -> Self {
        let library = &pairs.corpus.library;
        let independent = |cluster: &Cluster| {
            let documents = cluster.documents(library);
            Independent::new(library, independence.among(&documents, cluster.copies.iter().cloned()))
        };
        let ordered = |clusters: &'_ [Cluster]| -> Vec<(usize, Independent)> {
            let mut order: Vec<(usize, Independent)> = clusters.iter().map(independent).enumerate().collect();
            order.sort_by_key(|(_, found)| std::cmp::Reverse(found.independent_sources));
            order
        };
        let order = ordered(&clustering.clusters);
        let mut ids = vec![0; order.len()];
        order.iter().zip(1..).for_each(|((at, _), id)| ids[*at] = id);
        let of_sentences = ordered(&statements.clusters).into_iter().zip(order.len() + 1..);
        let statement = |((at, found), id): ((usize, Independent), usize)| ClusterRef {
            of_sentences: true,
            ..ClusterRef::new(pairs, id, &statements.clusters[at], found)
        };
        // A sentence of the source may say it all the same: one that is grouped with those that make this claim.
        let said = |member: &cluster::Member| member.sentence.map(|(at, _)| (member.entry, at));
        let is_missing = |missing: &&cluster::AllButOne| {
            let sentences: HashSet<(usize, usize)> = clustering.clusters[missing.cluster].members.iter().filter_map(said).collect();
            !statements.clusters.iter().any(|statement| {
                statement.members.iter().any(|member| library.document(member.entry) == missing.document)
                    && statement.members.iter().filter_map(said).any(|sentence| sentences.contains(&sentence))
            })
        };
        let all_but_one = |missing: &cluster::AllButOne| AllButOne {
            cluster: ids[missing.cluster],
            source: library.documents[missing.document].id.clone(),
            nearest: missing.nearest.map(|nearest| Nearest::new(pairs, nearest, library.passages_of(missing.document).len())),
        };
        Self {
            schema: "samesay.clusters.v1",
            computed: Computed::new(model),
            min_score: Score(pairs.claim()),
            parted_score: statements.parted_at.map(Score),
            counts: Counts::new(library),
            calibration: Calibration::new(pairs.background()),
            sources: library.documents.iter().map(SourceRef::new).collect(),
            all_but_one: clustering.all_but_one.iter().filter(is_missing).map(all_but_one).collect(),
            clusters: order.into_iter().map(|(at, found)| ClusterRef::new(pairs, ids[at], &clustering.clusters[at], found)).collect(),
            statements: of_sentences.map(statement).collect(),
            min_sentence_score: Score(statements.cut),
            sentences_compared: statements.compared,
            unique: clustering.unique.iter().map(|unique| UniqueRef::new(pairs, unique)).collect(),
            rules: explain.then(|| Rules::new(pairs)),
        }
    }
}

impl ClusterReport {
    /// All claims, of passages and of sentences: those of most independent sources first, then of most sources.
    pub fn claims(&self) -> Vec<&ClusterRef> {
        let mut claims: Vec<&ClusterRef> = self.clusters.iter().chain(&self.statements).collect();
        claims.sort_by_key(|claim| std::cmp::Reverse((claim.independent.independent_sources, claim.sources.len())));
        claims
    }

    /// Those of all claims that more than one source makes.
    pub fn shared_claims(&self) -> impl Iterator<Item = &ClusterRef> {
        self.claims().into_iter().filter(|claim| claim.sources.len() > 1)
    }

    /// What one source alone says: passages that are in no claim, and to which no passage of another source comes as near as
    /// those that say the `same`.
    pub fn alone(&self, same: Score) -> impl Iterator<Item = &UniqueRef> {
        self.unclaimed().filter(move |unique| unique.nearest.as_ref().is_none_or(|nearest| nearest.score.0 < same.0))
    }

    /// Passages that are in no claim, of passages or of sentences.
    pub fn unclaimed(&self) -> impl Iterator<Item = &UniqueRef> {
        let homes = self.homes();
        self.unique.iter().filter(move |unique| !homes.contains_key(unique.passage.id.as_str()))
    }

    /// The claim of each passage that is in one, by the passage's id: of several the first, and one of passages before those of
    /// sentences.
    pub fn homes(&self) -> HashMap<&str, (&ClusterRef, &Member)> {
        let claims = self.statements.iter().rev().chain(&self.clusters);
        let members = claims.flat_map(|claim| claim.members.iter().map(move |member| (claim, member)));
        members.map(|(claim, member)| (member.passage.id.as_str(), (claim, member))).collect()
    }

    /// What the cluster of an id says.
    pub fn label(&self, id: usize) -> &str {
        self.clusters.get(id - 1).map_or("", |claim| &claim.label)
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
            of_sentences: false,
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
    fn new(pairs: &Pairs, unique: &Unique) -> Self {
        let library = &pairs.corpus.library;
        let elsewhere = library.len() - library.passages_of(library.document(unique.entry)).len();
        Self {
            passage: PassageRef::new(library, unique.entry),
            nearest: unique.nearest.map(|nearest| Nearest::new(pairs, nearest, elsewhere)),
        }
    }
}
