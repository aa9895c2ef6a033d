//! Two documents side by side: which passages of one say the same as which passages of the other.
//!
//! Two passages with matching sentences ([`crate::matches::Matches`]) are an edge of a bipartite graph, weighted by the
//! number of these sentences and by how much of the shorter passage was copied. Of all ways to match each passage with
//! at most one other, the one with the highest sum is chosen (Kuhn 1955, Munkres 1957; [`kuhn_munkres`]). A passage
//! whose best match is matched with another one is shown beside that match too: if a passage was split in two, both
//! parts are beside the whole, and no passage is only beside a poorer match. Order does not matter: moved passages are
//! found.

use std::collections::{BTreeMap, BTreeSet};

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use super::Shared;
use crate::base::UnionFind;
use crate::compare::{Match, Pairs, Relation, first_best};
use crate::library::{DocumentId, PassageId, SentenceId};
use crate::matches::{Matched, MatchedPassages, Matches, NearestPassage, Place};

/// Maximum number of connected passages that are matched optimally, which takes cubic time. Larger groups (documents
/// that repeat one formula) are matched best pair first.
const OPTIMAL: usize = 400;
/// Factor that turns weights into the whole numbers that the matching needs.
const UNIT: f64 = 1e6;

/// A row of two documents side by side.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// Both documents say it, in these sentences.
    Both(Match, Vec<Matched>),
    /// Only the first document says it.
    OnlyA {
        /// The passage.
        a: PassageId,
        /// The most similar passage of the second document, if it has any.
        nearest: Option<NearestPassage>,
    },
    /// Only the second document says it.
    OnlyB {
        /// The passage.
        b: PassageId,
        /// The most similar passage of the first document, if it has any.
        nearest: Option<NearestPassage>,
    },
}

/// A passage of the first document, and one of the second.
type Edge = (PassageId, PassageId);
/// The passages of two documents that say the same.
type Edges<'a> = BTreeMap<Edge, &'a MatchedPassages>;

/// Aligns documents `a` and `b` of a corpus, given what they share. Rows follow the first document; passages that only
/// the second has follow the row of the passage before them.
pub fn align(pairs: &Pairs, matches: &Matches, a: DocumentId, b: DocumentId, shared: Option<&Shared>) -> Vec<Row> {
    let library = &pairs.corpus.library;
    let (own, other) = (library.passages_of(a), library.passages_of(b));
    let alike = shared.into_iter().flat_map(|shared| &shared.matches);
    let edges: Edges = alike.map(|alike| ((alike.0.a, alike.0.b), alike)).collect();
    let matched = with_best(matching(&edges), &edges);
    let likeliest = matches.likeliest(library, Place::passage);
    let nearest = |to: PassageId, among: DocumentId| {
        let by_cosine =
            || first_best(library.passages_of(among).map(|candidate| (candidate, pairs.score(to, candidate))));
        NearestPassage::new(pairs, to, likeliest.get(&(to, among)).copied(), by_cosine)
    };
    rows(&matched, |in_a| nearest(in_a, b), |in_b| nearest(in_b, a), own, other)
}

/// The weight of a pair in an alignment.
fn weight((Match { pair, .. }, sentences): &MatchedPassages) -> f64 {
    let copied = match pair.relation {
        Some(Relation::Verbatim) => 1.0 + f64::from(pair.overlap.containment),
        Some(Relation::NearCopy) => f64::from(pair.overlap.containment),
        _ => 0.0,
    };
    let mut said: BTreeMap<SentenceId, f32> = BTreeMap::new();
    for found in sentences {
        let most = said.entry(found.a.sentence).or_default();
        *most = most.max(found.probability);
    }
    // Of equal copies the longer one is better.
    copied
        + f64::from(said.into_values().sum::<f32>())
        + f64::from(pair.score).max(0.0) * 1e-2
        + 1e-4 * pair.overlap.longest_run.min(1000) as f64
}

/// The matching of the highest weight, each passage in at most one pair.
fn matching(edges: &Edges) -> Vec<Edge> {
    let mut nodes: Vec<(bool, PassageId)> = edges.keys().flat_map(|&(a, b)| [(false, a), (true, b)]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let place = |node: (bool, PassageId)| nodes.partition_point(|other| *other < node);
    let mut sets = UnionFind::new(nodes.len());
    for &(a, b) in edges.keys() {
        sets.join(place((false, a)), place((true, b)));
    }
    let mut matched = Vec::new();
    for set in sets.sets() {
        let side = |second: bool| {
            set.iter().map(|at| nodes[*at]).filter(|node| node.0 == second).map(|node| node.1).collect::<Vec<_>>()
        };
        let (a, b) = (side(false), side(true));
        matched.extend(if a.len().max(b.len()) > OPTIMAL { greedy(&a, &b, edges) } else { optimal(&a, &b, edges) });
    }
    matched.sort_unstable();
    matched
}

fn optimal(a: &[PassageId], b: &[PassageId], edges: &Edges) -> Vec<Edge> {
    let weight_of = |edge: Edge| edges.get(&edge).map_or(0, |pair| (weight(pair) * UNIT) as i64);
    // The method needs at most as many rows as columns.
    let (rows, columns, swapped) = if a.len() <= b.len() { (a, b, false) } else { (b, a, true) };
    let pair = |i: usize, j: usize| if swapped { (columns[j], rows[i]) } else { (rows[i], columns[j]) };
    let weights = Matrix::from_fn(rows.len(), columns.len(), |(i, j)| weight_of(pair(i, j)));
    let (_, columns_of) = kuhn_munkres(&weights);
    columns_of.into_iter().enumerate().map(|(i, j)| pair(i, j)).filter(|pair| edges.contains_key(pair)).collect()
}

fn greedy(a: &[PassageId], b: &[PassageId], edges: &Edges) -> Vec<Edge> {
    let inside = edges.iter().filter(|((i, j), _)| a.binary_search(i).is_ok() && b.binary_search(j).is_ok());
    let mut ranked: Vec<(Edge, f64)> = inside.map(|(at, pair)| (*at, weight(pair))).collect();
    ranked.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let (mut left, mut right) = (BTreeSet::new(), BTreeSet::new());
    ranked
        .into_iter()
        .map(|(at, _)| at)
        .filter(|(i, j)| !left.contains(i) && !right.contains(j) && left.insert(*i) && right.insert(*j))
        .collect()
}

/// Adds each passage beside the one that it matches best, if that is matched with another.
fn with_best<'a>(mut matched: Vec<Edge>, edges: &Edges<'a>) -> Vec<&'a MatchedPassages> {
    let mut best: BTreeMap<(bool, PassageId), (f64, Edge)> = BTreeMap::new();
    for (&(a, b), pair) in edges {
        let weight = weight(pair);
        for end in [(false, a), (true, b)] {
            let known = best.entry(end).or_insert((weight, (a, b)));
            if weight > known.0 {
                *known = (weight, (a, b));
            }
        }
    }
    matched.extend(best.into_values().map(|(_, edge)| edge));
    matched.sort_unstable();
    matched.dedup();
    matched.into_iter().map(|at| edges[&at]).collect()
}

fn rows(
    matched: &[&MatchedPassages],
    nearest_to_a: impl Fn(PassageId) -> Option<NearestPassage>,
    nearest_to_b: impl Fn(PassageId) -> Option<NearestPassage>,
    own: impl Iterator<Item = PassageId>,
    other: impl Iterator<Item = PassageId>,
) -> Vec<Row> {
    let only_b = |b: PassageId| Row::OnlyB { b, nearest: nearest_to_b(b) };
    // The passages that only the second document has, by the passage before them.
    let mut following: BTreeMap<Option<PassageId>, Vec<PassageId>> = BTreeMap::new();
    let mut last = None;
    let in_b: BTreeSet<PassageId> = matched.iter().map(|(found, _)| found.b).collect();
    for b in other {
        if in_b.contains(&b) { last = Some(b) } else { following.entry(last).or_default().push(b) }
    }
    let mut rows: Vec<Row> = following.remove(&None).unwrap_or_default().into_iter().map(only_b).collect();
    for a in own {
        let beside = &matched
            [matched.partition_point(|(found, _)| found.a < a)..matched.partition_point(|(found, _)| found.a <= a)];
        if beside.is_empty() {
            rows.push(Row::OnlyA { a, nearest: nearest_to_a(a) });
        }
        for (found, sentences) in beside {
            rows.push(Row::Both(*found, sentences.clone()));
            rows.extend(following.remove(&Some(found.b)).unwrap_or_default().into_iter().map(only_b));
        }
    }
    rows
}
