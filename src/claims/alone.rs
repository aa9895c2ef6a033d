//! What one source alone says, and what all but one say.

use std::collections::{BTreeSet, HashMap};

use ndarray::Axis;

use super::theme::Cluster;
use crate::compare::{Pairs, Products, first_best};
use crate::library::{Corpus, Library};
use crate::matches::{Matches, NearestPassage, Place};

/// A passage of which no sentence says what one of another source says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unique {
    /// The passage's entry in the library.
    pub entry: usize,
    /// The passage of another source that is most likely to say the same, or else has the highest cosine.
    pub nearest: Option<NearestPassage>,
}

/// A cluster in which all documents but one have a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllButOne {
    /// Its place among the clusters.
    pub cluster: usize,
    /// The document that has none.
    pub document: usize,
    /// That document's passage which is most likely to say it, or else has the highest cosine with the medoid; the
    /// cosine is that with the medoid.
    pub nearest: Option<NearestPassage>,
}

/// What one source alone says, in the order of the library.
pub fn unique(pairs: &Pairs, matches: &Matches) -> Vec<Unique> {
    let corpus = pairs.corpus;
    let shared = matches.shared(&corpus.library);
    let mut likeliest: HashMap<usize, (usize, f32)> = HashMap::new();
    for ((own, _), found) in matches.likeliest(&corpus.library, |place| place.entry) {
        let known = likeliest.entry(own).or_insert(found);
        if found.1 > known.1 {
            *known = found;
        }
    }
    let unique: Vec<usize> = (0..corpus.library.len()).filter(|entry| !shared.contains(entry)).collect();
    let unlikely: Vec<usize> = unique.iter().copied().filter(|entry| !likeliest.contains_key(entry)).collect();
    let by_cosine: HashMap<usize, Option<(usize, f32)>> =
        unlikely.iter().copied().zip(nearest_elsewhere(corpus, &unlikely)).collect();
    let nearest =
        |entry: usize| NearestPassage::new(pairs, entry, likeliest.get(&entry).copied(), || by_cosine[&entry]);
    unique.into_iter().map(|entry| Unique { entry, nearest: nearest(entry) }).collect()
}

/// Of these claims, what every document says but one.
pub fn all_but_one(pairs: &Pairs, matches: &Matches, claims: &[Cluster]) -> Vec<AllButOne> {
    let mut said: HashMap<(usize, usize), BTreeSet<usize>> = HashMap::new();
    for pair in matches.claiming() {
        let [a, b] = [pair.a, pair.b].map(|place| pairs.corpus.library.document(place.entry));
        said.entry(pair.a.sentence()).or_default().insert(b);
        said.entry(pair.b.sentence()).or_default().insert(a);
    }
    // Whether a sentence of the document says what any wording of the claim does.
    let says = |claim: &Cluster, document: usize| {
        let mut wordings = claim.members.iter().filter_map(|member| said.get(&(member.entry, member.sentence?.0)));
        wordings.any(|documents| documents.contains(&document))
    };
    let likeliest = matches.likeliest(&pairs.corpus.library, Place::sentence);
    let missing = |(at, claim): (usize, &Cluster)| {
        let document = missing_in_one(&pairs.corpus.library, claim).filter(|document| !says(claim, *document))?;
        let of_document = claim
            .members
            .iter()
            .filter_map(|member| likeliest.get(&((member.entry, member.sentence?.0), document)).copied());
        let most = of_document.max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
        let by_cosine = || {
            first_best(
                pairs.corpus.library.passages_of(document).map(|entry| (entry, pairs.score(claim.medoid, entry))),
            )
        };
        Some(AllButOne { cluster: at, document, nearest: NearestPassage::new(pairs, claim.medoid, most, by_cosine) })
    };
    claims.iter().enumerate().filter_map(missing).collect()
}

/// The one document that has no passage in a cluster, if it is one.
fn missing_in_one(library: &Library, cluster: &Cluster) -> Option<usize> {
    let present = cluster.documents(library);
    let speaking: Vec<usize> =
        (0..library.documents.len()).filter(|document| !library.passages_of(*document).is_empty()).collect();
    // Of two documents, what one says is what the other does not.
    if speaking.len() < 3 || present.len() + 1 != speaking.len() {
        return None;
    }
    speaking.into_iter().find(|document| present.binary_search(document).is_err())
}

/// The nearest passage of another document to each of these, with its cosine; the first of equals.
fn nearest_elsewhere(corpus: &Corpus, entries: &[usize]) -> Vec<Option<(usize, f32)>> {
    let (vectors, library) = (corpus.passages(), &corpus.library);
    let rows = vectors.select(Axis(0), entries);
    let elsewhere = |at: usize, other: usize| library.document(entries[at]) != library.document(other);
    let nearest = Products::between(corpus.kernels(), rows.view(), vectors).nearest(1, f32::NEG_INFINITY, elsewhere);
    nearest.into_iter().map(|nearest| nearest.first().copied()).collect()
}
