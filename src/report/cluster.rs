//! The result of `cluster`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Independent, Nearest, PassageRef, Percentile, ReadingNotes,
    RelationRef, Rules, Score, SentenceMatch, SourceRef,
};
use crate::base::Key;
use crate::claims;
use crate::claims::{Agreement, Cluster, Clustering, LIKELY, Unique, Words, all_but_one, unique};
use crate::compare::{DocumentGroup, Independence, Pairs};
use crate::library::{Library, PassageId};
use crate::matches::Matches;
use crate::model::Model;

/// Hexadecimal digits of a cluster's key: of a million clusters, hardly any two share a key by chance.
const KEY_DIGITS: usize = 12;

/// Claims, themes, and what only one source says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClusterReport {
    /// The name and version of this format: `samesay.clusters.v1`.
    #[schemars(extend("const" = "samesay.clusters.v1"))]
    pub schema: &'static str,
    /// What the vectors were computed with.
    #[serde(flatten)]
    pub computed: Computed,
    /// Mean cosine at or above which passages make one theme.
    pub min_score: Score,
    /// How much was compared, and how much was not.
    pub counts: Counts,
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// The pairs that percentiles are based on.
    pub calibration: Calibration,
    /// The sources with their metadata, in the order in which they were read.
    pub sources: Vec<SourceRef>,
    /// Claims, then themes. Each kind is sorted by independent sources, then by sources, then by probability or size.
    /// The score of a claim's member is the cosine of its sentence and the reference's.
    pub clusters: Vec<ClusterRef>,
    /// Groups of documents about the same event, largest first.
    pub stories: Vec<StoryRef>,
    /// Groups of documents on the same broad subject, largest first, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<TopicRef>>,
    /// How well the requested groups agree with the documents' folders, if that was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelsRef>,
    /// Always an empty list: claims in single sentences are among the clusters.
    pub statements: Vec<ClusterRef>,
    /// Probability at or above which two sentences make one claim; null if `--min-score` or `--min-percentile` decides.
    pub min_probability: Option<Score>,
    /// Name of the model that the probability was fitted with, if it differs from this report's model: the probability
    /// is then an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability_fitted_with: Option<String>,
    /// Cosine at or above which two sentences are unusually similar.
    pub min_sentence_score: Score,
    /// Always true: sentences are compared, whatever their number.
    pub sentences_compared: bool,
    /// Claims that all sources but one make.
    pub all_but_one: Vec<AllButOne>,
    /// Passages that are in no claim: what only one source says.
    pub unique: Vec<UniqueRef>,
    /// The rules that decided, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// What the passages of a cluster have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClusterKind {
    /// A sentence in each passage says the same.
    Claim,
    /// The passages are on the same subject.
    Theme,
}

impl ClusterKind {
    /// The name that outputs use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Theme => "theme",
        }
    }
}

/// Documents about the same event.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StoryRef {
    /// Number of the story, counted from 1 in the order of the list.
    pub id: usize,
    /// Name of the document most like the others, among those that are not copies of another in the story.
    pub label: String,
    /// Ids of the story's documents.
    pub sources: Vec<String>,
    /// Mean likeness of any two documents, 0 to 1, based on their names and vectors.
    pub likeness: Score,
    /// Ids of the claims that have more sources in this story than in any other.
    pub claims: Vec<usize>,
}

impl StoryRef {
    fn all(library: &Library, stories: &[DocumentGroup], claims: &[ClusterRef]) -> Vec<Self> {
        let home: HashMap<&str, usize> = stories
            .iter()
            .enumerate()
            .flat_map(|(at, story)| {
                story.documents.iter().map(move |document| (library.document(*document).id.as_str(), at))
            })
            .collect();
        let mut of_story: Vec<Vec<usize>> = vec![Vec::new(); stories.len()];
        for claim in claims.iter().filter(|claim| claim.kind == ClusterKind::Claim) {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            claim
                .sources
                .iter()
                .filter_map(|source| home.get(source.as_str()))
                .for_each(|story| *counts.entry(*story).or_default() += 1);
            if let Some((story, _)) = counts.into_iter().min_by_key(|(story, count)| (Reverse(*count), *story)) {
                of_story[story].push(claim.id);
            }
        }
        let story = |(at, (story, claims)): (usize, (&DocumentGroup, Vec<usize>))| Self {
            id: at + 1,
            label: library.name(story.medoid).text.clone(),
            sources: story.documents.iter().map(|document| library.document(*document).id.clone()).collect(),
            likeness: Score(story.likeness),
            claims,
        };
        stories.iter().zip(of_story).enumerate().map(story).collect()
    }
}

/// Documents on the same broad subject.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TopicRef {
    /// Number of the topic, counted from 1 in the order of the list.
    pub id: usize,
    /// Name of the document most like the others.
    pub label: String,
    /// Up to five words that are frequent in the topic and rare elsewhere, most distinctive first.
    pub keywords: Vec<String>,
    /// Ids of the topic's documents.
    pub sources: Vec<String>,
    /// Mean cosine of any two documents' mean vectors, -1 to 1.
    pub likeness: Score,
}

impl TopicRef {
    fn all(library: &Library, topics: &[DocumentGroup], words: &Words) -> Vec<Self> {
        let topic = |(topic, id): (&DocumentGroup, usize)| {
            let passages = topic.documents.iter().flat_map(|document| library.passages_of(*document));
            Self {
                id,
                label: library.name(topic.medoid).text.clone(),
                keywords: words.keywords(passages.map(|passage| library.passage(passage).text.as_str())),
                sources: topic.documents.iter().map(|document| library.document(*document).id.clone()).collect(),
                likeness: Score(topic.likeness),
            }
        };
        topics.iter().zip(1..).map(topic).collect()
    }
}

/// How well groups of documents agree with labels, here the folders of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LabelsRef {
    /// What was compared with the folders: `story` or `topic`.
    #[schemars(extend("enum" = ["story", "topic"]))]
    pub by: &'static str,
    /// Number of documents in a group; documents without text are in none and do not count.
    pub documents: usize,
    /// Number of folders that these documents are in.
    pub labels: usize,
    /// Number of groups; a document alone is a group.
    pub groups: usize,
    /// Homogeneity: how far each group has documents of one folder only, 0 to 1 (Rosenberg & Hirschberg 2007).
    pub homogeneity: Score,
    /// Completeness: how far the documents of each folder are in one group, 0 to 1.
    pub completeness: Score,
    /// Harmonic mean of homogeneity and completeness, 0 to 1.
    pub v_measure: Score,
    /// Adjusted Rand index (Hubert & Arabie 1985): 1 for equal groupings, 0 by chance.
    pub ari: Score,
    /// Mean share of a document's group that is in its folder, 0 to 1 (Bagga & Baldwin 1998).
    pub bcubed_precision: Score,
    /// Mean share of a document's folder that is in its group, 0 to 1.
    pub bcubed_recall: Score,
    /// Harmonic mean of `bcubed_precision` and `bcubed_recall`, 0 to 1.
    pub bcubed_f1: Score,
}

impl LabelsRef {
    /// Compares groups of documents' ids with the labels of all documents.
    fn new<'a>(
        by: &'static str,
        groups: impl Iterator<Item = &'a Vec<String>>,
        label: &HashMap<&str, &str>,
    ) -> Option<Self> {
        let (mut of_groups, mut of_labels, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        for (group, sources) in groups.enumerate() {
            for source in sources {
                let next = known.len();
                of_groups.push(group);
                of_labels.push(*known.entry(label[source.as_str()]).or_insert(next));
            }
        }
        let found = Agreement::new(&of_groups, &of_labels)?;
        let score = |value: f64| Score(value as f32);
        Some(Self {
            by,
            documents: of_groups.len(),
            labels: known.len(),
            groups: of_groups.last().map_or(0, |last| last + 1),
            homogeneity: score(found.homogeneity),
            completeness: score(found.completeness),
            v_measure: score(found.v_measure),
            ari: score(found.ari),
            bcubed_precision: score(found.bcubed_precision),
            bcubed_recall: score(found.bcubed_recall),
            bcubed_f1: score(found.bcubed_f1),
        })
    }
}

/// A claim or a theme.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClusterRef {
    /// Number of the cluster, counted from 1 in the order of the list.
    pub id: usize,
    /// Key made from the wordings, unique within a run: it mostly stays the same when documents are added or removed.
    /// Compared with an earlier report, a claim of that report keeps its key.
    pub key: String,
    /// Whether the cluster is a claim or a theme.
    pub kind: ClusterKind,
    /// Heading: for a claim the clearest wording, for a theme the most central sentence of the medoid.
    pub label: String,
    /// Up to five words that are frequent in the cluster and rare elsewhere, most distinctive first.
    pub keywords: Vec<String>,
    /// Ids of the sources that have a passage in the cluster.
    pub sources: Vec<String>,
    /// How many of these sources are independent.
    #[serde(flatten)]
    pub independent: Independent,
    /// How many independent sources are more likely than not to make the claim; of a theme, all independent ones.
    #[serde(skip)]
    pub likely_independent: usize,
    /// Pairs of passages from two sources that may disagree.
    pub may_disagree: Vec<Conflict>,
    /// Passage that represents the cluster: for a claim the reference's, for a theme the one most like the others.
    pub medoid: PassageRef,
    /// All passages of the cluster, the medoid first.
    pub members: Vec<Member>,
    /// How similar the cluster's passages are; for a claim, its sentences.
    pub cohesion: Cohesion,
}

/// A passage of a cluster with its cosine to the medoid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Member {
    /// The passage and its place.
    #[serde(flatten)]
    pub passage: PassageRef,
    /// Cosine of the passage and the medoid, -1 to 1; for a claim, of its sentence and the reference.
    pub score: Score,
    /// Percentage of random pairs that are less similar than the passage and the medoid; null for the medoid itself.
    pub percentile: Option<Percentile>,
    /// How the passage is related to the medoid.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// Sentence that makes the claim, with its cosine to the reference; for a theme, the sentence nearest to the label.
    pub best_sentence: Option<SentenceMatch>,
    /// Bytes of the passage's text that make the claim, as start and end (exclusive); null for a theme.
    pub span: Option<(usize, usize)>,
    /// Probability that the passage makes the claim of the reference, 0 to 1; null for a theme.
    pub probability: Option<Score>,
}

/// Two passages of a cluster that may disagree.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Conflict {
    /// Id of the first passage.
    pub a: String,
    /// Id of the second passage.
    pub b: String,
    /// Words in which the two differ.
    pub differences: Vec<DifferenceRef>,
}

/// How similar a cluster is: cosines of all pairs of a theme's passages, or of the pairs of a claim's wordings that are
/// likely to say the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Cohesion {
    /// Mean cosine of the pairs, -1 to 1.
    pub mean: Score,
    /// Lowest cosine of the pairs, -1 to 1.
    pub min: Score,
}

/// A passage that is in no claim, with the nearest one of another source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UniqueRef {
    /// The passage and its place.
    #[serde(flatten)]
    pub passage: PassageRef,
    /// Most similar passage of another source; null if there is none.
    pub nearest: Option<Nearest>,
}

/// A claim that all sources but one make.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AllButOne {
    /// Id of the claim's cluster.
    pub cluster: usize,
    /// Id of the source that does not make the claim.
    pub source: String,
    /// Passage of that source that is most similar to the medoid; null if there is none.
    pub nearest: Option<Nearest>,
}

impl ClusterReport {
    /// The report of a clustering; `explain` adds the rules that decided.
    pub fn new(
        model: &Model,
        pairs: &Pairs,
        matches: &Matches,
        clustering: &Clustering,
        claims: &[Cluster],
        independence: &Independence,
        explain: bool,
    ) -> Self {
        let library = &pairs.corpus.library;
        let independent = |cluster: &Cluster| {
            Independent::new(library, independence, &cluster.documents(library), cluster.copies.iter().cloned())
        };
        let likely = |cluster: &Cluster| {
            independence.among(&cluster.likely_documents(library), cluster.copies.iter().cloned()).0
        };
        let ranked = |(at, cluster)| Ranked { at, cluster, independent: independent(cluster), likely: likely(cluster) };
        let [first, second] = [claims, &clustering.clusters].map(|clusters| {
            let mut order: Vec<Ranked> = clusters.iter().enumerate().map(ranked).collect();
            order.sort_by_key(|ranked| Reverse((ranked.likely, ranked.independent.independent_sources)));
            order
        });
        let mut ids = vec![0; first.len()];
        first.iter().zip(1..).for_each(|(ranked, id)| ids[ranked.at] = id);
        let of_kind = |kind: ClusterKind| move |(ranked, id)| ClusterRef::new(pairs, id, kind, ranked);
        let second = second.into_iter().zip(first.len() + 1..).map(of_kind(ClusterKind::Theme));
        let first = first.into_iter().zip(1..).map(of_kind(ClusterKind::Claim));
        let missing = |missing: &claims::AllButOne| AllButOne {
            cluster: ids[missing.cluster],
            source: library.document(missing.document).id.clone(),
            nearest: missing.nearest.map(|nearest| Nearest::new(pairs, nearest)),
        };
        let mut clusters: Vec<ClusterRef> = first.chain(second).collect();
        give_keys(&mut clusters);
        Self {
            stories: StoryRef::all(library, matches.stories(), &clusters),
            min_score: Score(pairs.claim()),
            calibration: Calibration::new(pairs.background()),
            all_but_one: all_but_one(pairs, matches, claims).iter().map(missing).collect(),
            clusters,
            min_probability: matches.cut().map(Score),
            probability_fitted_with: matches.fitted_with().map(str::to_owned),
            min_sentence_score: Score(matches.cuts().same),
            unique: unique(pairs, matches).iter().map(|unique| UniqueRef::new(pairs, unique)).collect(),
            rules: explain.then(|| Rules::new(pairs)),
            ..Self::empty(model, library)
        }
    }
}

impl ClusterReport {
    /// A report of documents on the same broad subject only: nothing is compared, so there are no claims, themes,
    /// stories or cuts. It is for display, not for JSON.
    pub fn of_topics(model: &Model, library: &Library, topics: &[DocumentGroup], words: &Words) -> Self {
        let mut report = Self::empty(model, library);
        report.add_topics(library, topics, words);
        report
    }

    /// The report before anything is compared.
    fn empty(model: &Model, library: &Library) -> Self {
        let none = Score(0.0);
        Self {
            schema: "samesay.clusters.v1",
            topics: None,
            labels: None,
            stories: Vec::new(),
            computed: Computed::new(model),
            min_score: none,
            counts: Counts::new(library),
            reading: ReadingNotes::new(library),
            calibration: Calibration { background: "model", pairs: None },
            sources: library.documents().map(|document| SourceRef::new(library, document)).collect(),
            all_but_one: Vec::new(),
            clusters: Vec::new(),
            statements: Vec::new(),
            min_probability: None,
            probability_fitted_with: None,
            min_sentence_score: none,
            sentences_compared: true,
            unique: Vec::new(),
            rules: None,
        }
    }

    /// Adds groups of documents on the same broad subject.
    pub fn add_topics(&mut self, library: &Library, topics: &[DocumentGroup], words: &Words) {
        self.topics = Some(TopicRef::all(library, topics, words));
    }

    /// The ids of the documents in each topic, or in each story.
    pub fn grouped(&self, by_topic: bool) -> impl Iterator<Item = &Vec<String>> {
        let topics = self.topics.iter().flatten().filter(move |_| by_topic).map(|topic| &topic.sources);
        topics.chain(self.stories.iter().filter(move |_| !by_topic).map(|story| &story.sources))
    }

    /// Adds how well the topics, or else the stories, agree with the folders of the documents.
    pub fn compare_with_folders(&mut self) {
        let label: HashMap<&str, &str> =
            self.sources.iter().map(|source| (source.source.as_str(), folder(&source.path))).collect();
        let by = if self.topics.is_some() { "topic" } else { "story" };
        self.labels = LabelsRef::new(by, self.grouped(self.topics.is_some()), &label);
    }

    /// The clusters that are claims.
    pub fn claims(&self) -> impl Iterator<Item = &ClusterRef> {
        self.clusters.iter().filter(|cluster| cluster.kind == ClusterKind::Claim)
    }

    /// The number of claims that are unsure.
    pub fn unsure_claims(&self) -> usize {
        self.claims().filter(|claim| claim.is_unsure()).count()
    }

    /// The clusters that are themes: passages on the same subject.
    pub fn themes(&self) -> impl Iterator<Item = &ClusterRef> {
        self.clusters.iter().filter(|cluster| cluster.kind == ClusterKind::Theme)
    }

    /// The claim of each passage that is in one, else its theme, by the passage's id; the first of several.
    pub fn homes(&self) -> HashMap<&str, (&ClusterRef, &Member)> {
        let members =
            self.clusters.iter().rev().flat_map(|claim| claim.members.iter().map(move |member| (claim, member)));
        members.map(|(claim, member)| (member.passage.id.as_str(), (claim, member))).collect()
    }

    /// The stories told by more than one source; empty if there is only one story.
    pub fn told(&self) -> Vec<&StoryRef> {
        let told: Vec<&StoryRef> = self.stories.iter().filter(|story| story.sources.len() > 1).collect();
        if self.stories.len() > 1 { told } else { Vec::new() }
    }

    /// Gives clusters the keys that they had in an earlier report, by their ids. If another cluster has one of these
    /// keys, a number is added to its own.
    pub(super) fn hand_on(&mut self, keys: &BTreeMap<usize, String>) {
        let mut given: HashSet<String> = HashSet::new();
        let (kept, others): (Vec<_>, Vec<_>) = self
            .clusters
            .iter_mut()
            .partition(|cluster| keys.get(&cluster.id).is_some_and(|key| is_key(key) && given.insert(key.clone())));
        kept.into_iter().for_each(|cluster| cluster.key.clone_from(&keys[&cluster.id]));
        for cluster in others {
            let numbered = (2..).map(|number| format!("{}-{number}", cluster.key));
            let free = std::iter::once(cluster.key.clone()).chain(numbered).find(|key| !given.contains(key));
            cluster.key = free.expect("one of all numbers");
            given.insert(cluster.key.clone());
        }
    }

    /// The label of the cluster with this id.
    pub fn label(&self, id: usize) -> &str {
        id.checked_sub(1).and_then(|at| self.clusters.get(at)).map_or("", |claim| &claim.label)
    }
}

/// The folder of a path, as it was written.
fn folder(path: &str) -> &str {
    Path::new(path).parent().and_then(Path::to_str).unwrap_or_default()
}

/// Whether a text has the form of a cluster's key: hexadecimal digits, and a number if other clusters had the same.
fn is_key(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_hexdigit());
    text.len() <= 2 * KEY_DIGITS && text.split('-').all(is_part)
}

/// Gives clusters keys that stay when others change.
///
/// A key is the smallest hash of a cluster's wordings (`MinHash`; Broder 1997): adding a wording to `n` changes it in
/// one of `n + 1` cases, and text outside the wordings never changes it. If clusters share a key because they share a
/// sentence, their keys are made from all their wordings.
fn give_keys(clusters: &mut [ClusterRef]) {
    let hashes = |cluster: &ClusterRef| {
        let hash = |member: &Member| match (&member.best_sentence, cluster.kind) {
            (Some(sentence), ClusterKind::Claim) => Key::of("claim", [&sentence.text]),
            _ => Key::of("theme", [&member.passage.text]),
        };
        let mut hashes: Vec<Key> = cluster.members.iter().map(hash).collect();
        hashes.sort_unstable();
        hashes
    };
    let all: Vec<Vec<Key>> = clusters.iter().map(hashes).collect();
    let mut sharing: HashMap<Key, usize> = HashMap::new();
    all.iter().for_each(|hashes| *sharing.entry(hashes[0]).or_default() += 1);
    let mut given: HashMap<Key, usize> = HashMap::new();
    for (cluster, hashes) in clusters.iter_mut().zip(all) {
        let key = if sharing[&hashes[0]] == 1 { hashes[0] } else { Key::of("cluster", &hashes) };
        let before = given.entry(key).or_default();
        let short = key.digits(KEY_DIGITS);
        cluster.key = if *before == 0 { short } else { format!("{short}-{}", *before + 1) };
        *before += 1;
    }
}

/// A claim or a theme with what decides its rank.
struct Ranked<'a> {
    /// Its position among all of its kind.
    at: usize,
    cluster: &'a Cluster,
    independent: Independent,
    /// How many independent sources are more likely than not to make the claim.
    likely: usize,
}

impl ClusterRef {
    fn new(pairs: &Pairs, id: usize, kind: ClusterKind, ranked: Ranked) -> Self {
        let Ranked { cluster, mut independent, likely: likely_independent, .. } = ranked;
        let library = &pairs.corpus.library;
        let documents = cluster.documents(library);
        let members: Vec<Member> = cluster.members.iter().map(|member| Member::new(pairs, member)).collect();
        let medoid = PassageRef::new(library, cluster.medoid);
        let heading = members.get(cluster.heading).and_then(|member| member.best_sentence.as_ref());
        let text = |passage: PassageId| library.passage(passage).text.as_str();
        let conflict = |conflict: &claims::Conflict| Conflict {
            a: library.id_of(conflict.a),
            b: library.id_of(conflict.b),
            differences: conflict
                .differences
                .iter()
                .map(|found| DifferenceRef::new(found, text(conflict.a), text(conflict.b)))
                .collect(),
        };
        let may_disagree: Vec<Conflict> = cluster.conflicts.iter().map(conflict).collect();
        let source = |passage: PassageId| &library.document(library.document_of(passage)).id;
        for (conflict, of) in may_disagree.iter().zip(&cluster.conflicts) {
            let (a, b) = (source(of.a), source(of.b));
            for merge in independent.merged.iter_mut().filter(|merge| merge.reason != "publisher") {
                if (&merge.a, &merge.b) == (a, b) {
                    merge.add_differences(conflict.differences.iter().cloned());
                } else if (&merge.b, &merge.a) == (a, b) {
                    merge.add_differences(conflict.differences.iter().map(DifferenceRef::turned));
                }
            }
        }
        Self {
            id,
            key: String::new(),
            kind,
            label: without_note(heading.map_or(&medoid.text, |sentence| &sentence.text)).to_owned(),
            keywords: cluster.keywords.clone(),
            sources: documents.iter().map(|&document| library.document(document).id.clone()).collect(),
            independent,
            likely_independent,
            may_disagree,
            medoid,
            members,
            cohesion: Cohesion { mean: Score(cluster.mean), min: Score(cluster.min) },
        }
    }

    /// The sources that are more likely than not to make the claim; of a theme, all.
    pub fn likely_sources(&self) -> BTreeSet<&String> {
        self.members.iter().filter(|member| !member.is_unsure()).map(|member| &member.passage.source).collect()
    }

    /// The number of sources in the claim that more likely than not do not make it.
    pub fn unsure_sources(&self) -> usize {
        self.sources.len() - self.likely_sources().len()
    }

    /// Whether fewer than two sources are more likely than not to make the claim, so that it may not be shared at all.
    pub fn is_unsure(&self) -> bool {
        self.likely_sources().len() < 2
    }
}

/// Returns a text without the footnote number after its last full stop: `… for the People (DPFP).2`.
fn without_note(text: &str) -> &str {
    const DIGITS: usize = 2;
    let bare = text.trim_end_matches(|c: char| c.is_ascii_digit() || "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c));
    let closed = bare.ends_with(['.', '!', '?', '”', '"', ')', '’']);
    // `3.2` and `3.2%` are numbers.
    let number = bare.trim_end_matches(['.', '!', '?']).ends_with(|c: char| c.is_ascii_digit());
    if closed && !number && text[bare.len()..].chars().count() <= DIGITS { bare } else { text }
}

impl Member {
    /// Whether it is more likely than not that the passage does not make the claim.
    pub fn is_unsure(&self) -> bool {
        self.probability.is_some_and(|probability| probability.0 < LIKELY)
    }

    fn new(pairs: &Pairs, member: &claims::Member) -> Self {
        let library = &pairs.corpus.library;
        Self {
            passage: PassageRef::new(library, member.passage),
            score: Score(member.score),
            percentile: member.pair.map(|pair| Percentile(pair.percentile)),
            relation: member.pair.as_ref().map_or_else(RelationRef::default, RelationRef::new),
            best_sentence: member.sentence.map(|(sentence, score)| SentenceMatch::new(library, sentence, score)),
            span: member.said.map(|said| said.span),
            probability: member.said.map(|said| Score(said.probability)),
        }
    }
}

impl UniqueRef {
    fn new(pairs: &Pairs, unique: &Unique) -> Self {
        let library = &pairs.corpus.library;
        Self {
            passage: PassageRef::new(library, unique.passage),
            nearest: unique.nearest.map(|nearest| Nearest::new(pairs, nearest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_note;

    #[test]
    fn the_number_of_a_note_is_no_part_of_a_label() {
        for (text, label) in [
            ("It was bought by the Party (DPFP).2", "It was bought by the Party (DPFP)."),
            ("It was so.¹²", "It was so."),
            ("“It was so.”3", "“It was so.”"),
            ("It was version 3.2", "It was version 3.2"),
            ("It was in (1987)", "It was in (1987)"),
            ("It rose to 3.", "It rose to 3."),
            ("See no.1234", "See no.1234"),
            ("", ""),
        ] {
            assert_eq!(without_note(text), label);
        }
    }
}
