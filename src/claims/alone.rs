//! What only one source says, and what all but one say.

use std::collections::{BTreeSet, HashMap};

use ndarray::Axis;

use super::theme::Cluster;
use crate::compare::{Pairs, Products, first_best};
use crate::library::{Corpus, DocumentId, Library, PassageId, SentenceId};
use crate::matches::{Matches, NearestPassage, Place};

/// A passage without any sentence that says the same as one of another source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unique {
    /// The passage.
    pub passage: PassageId,
    /// The passage of another source that most probably says the same, else the one with the highest cosine.
    pub nearest: Option<NearestPassage>,
}

/// A claim that all documents but one make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllButOne {
    /// The index of the claim.
    pub cluster: usize,
    /// The document that does not make it.
    pub document: DocumentId,
    /// The passage of that document that most probably makes the claim, else the one with the highest cosine to the
    /// medoid; the score is its cosine to the medoid.
    pub nearest: Option<NearestPassage>,
}

/// What only one source says, in the order of the library.
pub fn unique(pairs: &Pairs, matches: &Matches) -> Vec<Unique> {
    let corpus = pairs.corpus;
    let shared = matches.shared(&corpus.library);
    let mut likeliest: HashMap<PassageId, (PassageId, f32)> = HashMap::new();
    for ((own, _), found) in matches.likeliest(&corpus.library, Place::passage) {
        let known = likeliest.entry(own).or_insert(found);
        if found.1 > known.1 {
            *known = found;
        }
    }
    let unique: Vec<PassageId> = corpus.library.passages().filter(|passage| !shared.contains(passage)).collect();
    let unlikely: Vec<PassageId> = unique.iter().copied().filter(|passage| !likeliest.contains_key(passage)).collect();
    let by_cosine: HashMap<PassageId, Option<(PassageId, f32)>> =
        unlikely.iter().copied().zip(nearest_elsewhere(corpus, &unlikely)).collect();
    let nearest = |passage: PassageId| {
        NearestPassage::new(pairs, passage, likeliest.get(&passage).copied(), || by_cosine[&passage])
    };
    unique.into_iter().map(|passage| Unique { passage, nearest: nearest(passage) }).collect()
}

/// The claims that every document but one makes.
pub fn all_but_one(pairs: &Pairs, matches: &Matches, claims: &[Cluster]) -> Vec<AllButOne> {
    let library = &pairs.corpus.library;
    let mut said: HashMap<SentenceId, BTreeSet<DocumentId>> = HashMap::new();
    for pair in matches.claiming() {
        let [a, b] = [pair.a, pair.b].map(|place| library.document_of(place.passage()));
        said.entry(pair.a.sentence).or_default().insert(b);
        said.entry(pair.b.sentence).or_default().insert(a);
    }
    // Whether a sentence of the document says the same as any wording of the claim.
    let says = |claim: &Cluster, document: DocumentId| {
        let mut wordings = claim.members.iter().filter_map(|member| said.get(&member.sentence?.0));
        wordings.any(|documents| documents.contains(&document))
    };
    let likeliest = matches.likeliest(library, |place| place.sentence);
    let missing = |(at, claim): (usize, &Cluster)| {
        let document = missing_in_one(library, claim).filter(|document| !says(claim, *document))?;
        let of_document =
            claim.members.iter().filter_map(|member| likeliest.get(&(member.sentence?.0, document)).copied());
        let most = of_document.max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
        let score = |passage: PassageId| (passage, pairs.score(claim.medoid, passage));
        let by_cosine = || first_best(library.passages_of(document).map(score));
        Some(AllButOne { cluster: at, document, nearest: NearestPassage::new(pairs, claim.medoid, most, by_cosine) })
    };
    claims.iter().enumerate().filter_map(missing).collect()
}

/// The only document that has no passage in a cluster, if there is exactly one.
fn missing_in_one(library: &Library, cluster: &Cluster) -> Option<DocumentId> {
    let present = cluster.documents(library);
    let speaking: Vec<DocumentId> = library.with_text().collect();
    // With two documents, these would be all passages of one source only.
    if speaking.len() < 3 || present.len() + 1 != speaking.len() {
        return None;
    }
    speaking.into_iter().find(|document| present.binary_search(document).is_err())
}

/// The most similar passage of another document for each of these, with its cosine; the first of equals.
fn nearest_elsewhere(corpus: &Corpus, passages: &[PassageId]) -> Vec<Option<(PassageId, f32)>> {
    let (vectors, library) = (corpus.passages(), &corpus.library);
    let own: Vec<usize> = passages.iter().map(|passage| passage.index()).collect();
    let rows = vectors.select(Axis(0), &own);
    let elsewhere =
        |at: usize, other: usize| library.document_of(passages[at]) != library.document_of(PassageId::new(other));
    let nearest = Products::between(corpus.kernels(), rows.view(), vectors).nearest(1, f32::NEG_INFINITY, elsewhere);
    let first = |nearest: Vec<(usize, f32)>| nearest.first().map(|(at, score)| (PassageId::new(*at), *score));
    nearest.into_iter().map(first).collect()
}
