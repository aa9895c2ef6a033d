//! Claims in single sentences: what passages about different things say in passing.
//!
//! The vector of a passage stands for all of it, so a claim that is one sentence of a long paragraph is in no cluster of
//! passages. Here each sentence is embedded alone (the stored vectors of sentences were pooled in their passage's context, and
//! resemble those of their neighbours), and sentences are clustered as passages are: average linkage, cut where the mean cosine
//! falls below what is rare for sentences of this corpus, within what is for the model. What the clusters of passages show already is
//! left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cluster::{Cluster, Clustering, Conflict, FlatClusters, Member, Middle, Words, copy, flat_clusters, to_compare};
use crate::corpus::Library;
use crate::disagreement::{Difference, differences, with_edits};
use crate::embed::{Embedder, Text};
use crate::independence::Independence;
use crate::key::Key;
use crate::model::{Prompt, l2_normalize};
use crate::similarity::calibration::{Background, Cuts, ModelBackground, Random, cross_source_pairs};
use crate::similarity::pairs::{Match, Pair, Pairs, Same};
use crate::similarity::relation::{Relation, overlap, relation};
use crate::store::{derived, encode};
use crate::sync::{Progress, SyncError};
use crate::words::words;

/// Sentences of fewer words say too little alone.
const WORDS: usize = 6;
/// Different sentences that are embedded and compared with each other: of more it would take too long.
const MOST: usize = 40_000;

/// Claims in single sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Statements {
    /// Those of most sources first, then the largest, then by place. A member is a passage; its score is the cosine of its
    /// sentence with the medoid's.
    pub clusters: Vec<Cluster>,
    /// The mean cosine from which on sentences make one claim.
    pub cut: f32,
    /// Whether sentences were compared: of too many they are not.
    pub compared: bool,
    /// Where too many passages, or sentences, hung together to be clustered at once: the cosine at which they were parted first.
    pub parted_at: Option<f32>,
}

/// What is kept of a corpus: it does not depend on the clusters of passages.
#[derive(Serialize, Deserialize)]
struct Found {
    cuts: Cuts,
    compared: bool,
    parted_at: Option<f32>,
    groups: Vec<Group>,
}

/// Sentences that say the same, the medoid first.
#[derive(Serialize, Deserialize)]
struct Group {
    sentences: Vec<Scored>,
    /// The mean and the least cosine of all pairs.
    mean: f32,
    min: f32,
}

/// A sentence: its passage's entry, its place there, its cosine with the medoid, and how unusual that is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Scored {
    entry: usize,
    at: usize,
    score: f32,
    percentile: f32,
}

/// The claims in single sentences of a corpus whose passages were fetched and clustered.
///
/// # Errors
/// When the store or the model fails.
pub fn statements(
    pairs: &Pairs,
    clustering: &Clustering,
    embedder: &Embedder,
    (model, independence): (&ModelBackground, &Independence),
    progress: &dyn Progress,
) -> Result<Statements, SyncError> {
    let corpus = pairs.corpus;
    let made_of = [corpus.key().as_ref(), &encode(model), &encode(&asked(pairs.asked()))].concat();
    let found: Found = derived(corpus.library.store(), Key::of("statements 2", [made_of]), || {
        let sentences = Sentences::of(&corpus.library);
        match sentences.texts.len() {
            0..=MOST => sentences.grouped(embedder, (model, independence), pairs.asked(), progress),
            _ => Ok(Found { cuts: pairs.background().cuts(), compared: false, parted_at: None, groups: Vec::new() }),
        }
    })?;
    let known = Together::new(clustering, &corpus.library);
    let new: Vec<&Group> = found.groups.iter().filter(|group| group.adds_to(&corpus.library, &known)).collect();
    let mut clusters: Vec<Cluster> = new.par_iter().map(|group| group.described(&corpus.library, found.cuts, &clustering.words)).collect();
    clusters.sort_by_cached_key(|cluster| cluster.rank(&corpus.library));
    let parted_at = clustering.parted_at.into_iter().chain(found.parted_at).reduce(f32::max);
    Ok(Statements { clusters, cut: found.cuts.claim, compared: found.compared, parted_at })
}

/// What was asked for, as numbers.
fn asked(same: Same) -> (u8, f32) {
    match same {
        Same::Unusual => (0, 0.0),
        Same::Percentile(percentile) => (1, percentile),
        Same::Score(score) => (2, score),
    }
}

/// Which passages and sources the clusters of passages bring together.
struct Together {
    /// The cluster of each passage that is in one.
    of: HashMap<usize, usize>,
    /// The documents of each cluster.
    documents: Vec<BTreeSet<usize>>,
}

impl Together {
    fn new(clustering: &Clustering, library: &Library) -> Self {
        let members = |(at, cluster): (usize, &Cluster)| cluster.members.iter().map(|member| (member.entry, at)).collect::<Vec<_>>();
        let documents = |cluster: &Cluster| cluster.documents(library).into_iter().collect();
        Self {
            of: clustering.clusters.iter().enumerate().flat_map(members).collect(),
            documents: clustering.clusters.iter().map(documents).collect(),
        }
    }
}

/// The sentences of a library that say enough, by their words.
struct Sentences<'a> {
    library: &'a Library,
    /// Each text once.
    texts: Vec<&'a str>,
    /// Where each text stands: entries and places, ascending.
    places: Vec<Vec<(usize, usize)>>,
    /// The texts of each passage.
    of: Vec<Vec<usize>>,
}

impl<'a> Sentences<'a> {
    fn of(library: &'a Library) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut found = Self { library, texts: Vec::new(), places: Vec::new(), of: vec![Vec::new(); library.len()] };
        for (entry, passage) in (0..library.len()).map(|entry| (entry, library.passage(entry))) {
            for at in 0..passage.sentences.len() {
                let text = passage.sentence(at);
                if words(text).len() < WORDS {
                    continue;
                }
                let number = *known.entry(text).or_insert(found.texts.len());
                if number == found.texts.len() {
                    found.texts.push(text);
                    found.places.push(Vec::new());
                }
                found.places[number].push((entry, at));
                found.of[entry].push(number);
            }
        }
        found
    }

    /// Those that say the same in two sources or more.
    fn grouped(
        &self,
        embedder: &Embedder,
        (model, independence): (&ModelBackground, &Independence),
        asked: Same,
        progress: &dyn Progress,
    ) -> Result<Found, SyncError> {
        let bare: Vec<Text> = self.texts.iter().map(|text| Text { text, sentences: &[] }).collect();
        progress.embedding(bare.len(), bare.len());
        let mut vectors = embedder.embed_with_sentences(&bare, Prompt::None, &|done| progress.embedded(done))?.texts;
        progress.finished();
        vectors.rows_mut().into_iter().for_each(|mut row| l2_normalize(row.as_slice_mut().expect("rows are in one piece")));
        let background = self.background(&vectors, independence, model);
        let cuts = asked.cuts(&background, background.cuts_of_sentences(model));
        let FlatClusters { groups, parted_at } = flat_clusters(vectors.view(), cuts.claim);
        let groups =
            groups.into_par_iter().filter(|texts| self.sources(texts) > 1).map(|texts| self.group(&texts, vectors.view(), &background));
        Ok(Found { cuts, compared: true, parted_at, groups: groups.collect() })
    }

    /// How unusual cosines of sentences are: one of each of two random passages of two sources.
    fn background(&self, vectors: &Array2<f32>, independence: &Independence, model: &ModelBackground) -> Background {
        let mut random = Random(0);
        let pairs = cross_source_pairs(self.library, independence, &mut random);
        let mut draw = |entry: usize| (!self.of[entry].is_empty()).then(|| self.of[entry][random.below(self.of[entry].len())]);
        let sample = pairs.into_iter().filter_map(|(a, b)| Some(vectors.row(draw(a)?).dot(&vectors.row(draw(b)?))));
        Background::of(sample.collect(), &model.passages)
    }

    fn sources(&self, texts: &[usize]) -> usize {
        let documents = texts.iter().flat_map(|text| &self.places[*text]).map(|(entry, _)| self.library.document(*entry));
        documents.collect::<BTreeSet<usize>>().len()
    }

    fn group(&self, texts: &[usize], vectors: ArrayView2<f32>, background: &Background) -> Group {
        let rows = vectors.select(Axis(0), texts);
        // What stands in several places counts as often.
        let counts: Vec<f32> = texts.iter().map(|text| self.places[*text].len() as f32).collect();
        let Middle { medoid, scores, mean, min } = Middle::of(rows.view(), &counts);
        let sentence = |(at, text): (usize, &usize)| {
            let score = scores[at];
            let percentile = background.percentile(score);
            self.places[*text].iter().map(move |&(entry, at)| Scored { entry, at, score, percentile }).collect::<Vec<_>>()
        };
        let mut sentences: Vec<Scored> = texts.iter().enumerate().flat_map(sentence).collect();
        let first = self.places[texts[medoid]][0];
        let is_first = |sentence: &Scored| (sentence.entry, sentence.at) == first;
        sentences
            .sort_by(|a, b| is_first(b).cmp(&is_first(a)).then(b.score.total_cmp(&a.score)).then((a.entry, a.at).cmp(&(b.entry, b.at))));
        // Of a passage that says it twice, what is nearer.
        let mut seen = BTreeSet::new();
        sentences.retain(|sentence| seen.insert(sentence.entry));
        Group { sentences, mean, min }
    }
}

impl Group {
    /// Whether it brings together sources that no cluster of passages brings together: one that has two of these sources' passages
    /// here, and all of these sources.
    fn adds_to(&self, library: &Library, known: &Together) -> bool {
        let documents: BTreeSet<usize> = self.sentences.iter().map(|sentence| library.document(sentence.entry)).collect();
        let mut here: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for sentence in &self.sentences {
            if let Some(cluster) = known.of.get(&sentence.entry) {
                here.entry(*cluster).or_default().insert(library.document(sentence.entry));
            }
        }
        !here.iter().any(|(cluster, sources)| sources.len() > 1 && known.documents[*cluster].is_superset(&documents))
    }

    fn described(&self, library: &Library, cuts: Cuts, known: &Words) -> Cluster {
        let text = |sentence: &Scored| library.passage(sentence.entry).sentence(sentence.at);
        let medoid = self.sentences[0];
        let compare = |a: &Scored, b: &Scored, score: f32| {
            let overlap = overlap(text(a), text(b));
            Pair { score, percentile: b.percentile, overlap, relation: relation(&overlap, score, cuts) }
        };
        let members = self.sentences.iter().enumerate().map(|(at, sentence)| Member {
            entry: sentence.entry,
            score: sentence.score,
            pair: (at > 0).then(|| compare(&medoid, sentence, sentence.score)),
            sentence: Some((sentence.at, sentence.score)),
        });
        let compared = to_compare(self.sentences.len(), 0).into_iter();
        let across = compared.map(|(a, b)| (&self.sentences[a], &self.sentences[b]));
        let across: Vec<(&Scored, &Scored, Pair)> = across
            .filter(|(a, b)| library.document(a.entry) != library.document(b.entry))
            // The least that any two are alike; the relation of copies follows from their words alone.
            .map(|(a, b)| (a, b, compare(a, b, self.min)))
            .collect();
        let conflict = |(a, b, pair): &(&Scored, &Scored, Pair)| {
            let found = disagreements(library, a, b, pair.relation);
            (!found.is_empty()).then_some(Conflict { a: a.entry, b: b.entry, differences: found })
        };
        Cluster {
            medoid: medoid.entry,
            members: members.collect(),
            mean: self.mean,
            min: self.min,
            keywords: known.keywords(self.sentences.iter().map(text)),
            copies: across.iter().filter_map(|(a, b, pair)| copy(library, &Match { a: a.entry, b: b.entry, pair: *pair })).collect(),
            conflicts: across.iter().filter_map(conflict).collect(),
        }
    }
}

/// Where two sentences may disagree, in bytes of their passages.
fn disagreements(library: &Library, a: &Scored, b: &Scored, relation: Option<Relation>) -> Vec<Difference> {
    let (own, other) = (library.passage(a.entry), library.passage(b.entry));
    let (own_text, other_text) = (own.sentence(a.at), other.sentence(b.at));
    let found = differences(own_text, other_text);
    let found = if relation == Some(Relation::NearCopy) { with_edits(found, own_text, other_text) } else { found };
    let (start_a, start_b) = (own.sentences[a.at].start, other.sentences[b.at].start);
    found.into_iter().map(|difference| difference.moved(start_a, start_b)).collect()
}
