//! Average linkage if many clusters are nearly as near as the nearest, so that few are each other's nearest.
//!
//! Each cluster remembers a few neighbours, and a bound on its cosine with all others. Average linkage is reducible, so
//! the bound stays valid when others merge. A merged cluster inherits the neighbours of its two parts, with their cosines
//! computed anew, and the weighted mean of the two bounds. Only a cluster whose best neighbour is below its bound has to
//! search all others. In practice, the work is a few times the square of the number of vectors, and the memory is a few
//! neighbours per vector.

use ndarray::Axis;
use rayon::prelude::*;

use super::{Clusters, State};
use crate::compare::Products;

/// Number of neighbours that a search finds.
const FOUND: usize = 8;
/// Maximum number of neighbours that a cluster remembers.
const KNOWN: usize = 16;
/// Number of clusters that search all others at once.
const SEARCHES: usize = 512;

/// Cosines that differ by at most this count as equal, because rounding may change them by as much.
const SAME: f32 = 1e-6;

/// Clusters, and what each knows about its neighbours.
pub(super) struct Crowd {
    clusters: Clusters,
    /// By cluster name.
    known: Vec<Known>,
    /// The cluster that each was merged into; itself if it was not merged.
    into: Vec<usize>,
}

/// What a cluster knows about its neighbours.
struct Known {
    /// Nearest first; equals by name.
    near: Vec<Neighbour>,
    /// An upper bound on the cosine with any other cluster.
    rest: f32,
}

/// A neighbour of a cluster.
#[derive(Clone, Copy)]
struct Neighbour {
    cluster: usize,
    /// The number of its vectors when the cosine was computed; 0 if the cosine is outdated.
    size: usize,
    score: f32,
}

impl Crowd {
    /// Continues with partly merged clusters.
    pub(super) fn new(mut clusters: Clusters) -> Self {
        let n = clusters.sizes.len();
        clusters.open.iter().for_each(|cluster| clusters.nearest[*cluster] = State::New);
        let known = (0..n).map(|_| Known { near: Vec::new(), rest: f32::INFINITY }).collect();
        Self { clusters, known, into: (0..n).collect() }
    }

    /// The flat clusters, each ascending.
    pub(super) fn merged(mut self) -> Vec<Vec<usize>> {
        while !self.clusters.open.is_empty() {
            self.look_again();
            self.search();
            self.merge();
        }
        self.clusters.union.sets()
    }

    /// Finds the nearest of clusters whose nearest has changed, if what is known suffices.
    fn look_again(&mut self) {
        let is_stale = |cluster: &&usize| match self.clusters.nearest[**cluster] {
            State::New => true,
            _ => self.known[**cluster].near.first().is_none_or(|near| !self.is_as_it_was(near)),
        };
        let stale: Vec<usize> = self.clusters.open.iter().filter(is_stale).copied().collect();
        let again = |cluster: &usize| (self.known_now(*cluster), *cluster);
        let found: Vec<(Known, usize)> = stale.par_iter().map(again).collect();
        for (known, cluster) in found {
            self.clusters.nearest[cluster] = match known.near.first() {
                Some(near) if near.score >= known.rest - SAME => State::Nearest(near.cluster),
                None if known.rest < self.clusters.threshold => State::Closed,
                _ => State::New,
            };
            self.known[cluster] = known;
        }
        self.clusters.drop_closed();
    }

    fn is_as_it_was(&self, near: &Neighbour) -> bool {
        self.into[near.cluster] == near.cluster
            && self.clusters.sizes[near.cluster] == near.size
            && self.clusters.nearest[near.cluster] != State::Closed
    }

    /// What a cluster knows, with neighbours replaced by what they were merged into.
    fn known_now(&self, cluster: usize) -> Known {
        let Known { near: before, rest } = &self.known[cluster];
        let mut near: Vec<Neighbour> = Vec::with_capacity(before.len());
        for neighbour in before {
            let other = self.now(neighbour.cluster);
            let is_there = other != cluster && self.clusters.nearest[other] != State::Closed;
            if is_there && !near.iter().any(|near| near.cluster == other) {
                let is_same = other == neighbour.cluster && self.clusters.sizes[other] == neighbour.size;
                let score = if is_same { neighbour.score } else { self.clusters.cosine(cluster, other) };
                near.push(Neighbour { cluster: other, size: self.clusters.sizes[other], score });
            }
        }
        near.retain(|near| near.score >= self.clusters.threshold);
        near.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.cluster.cmp(&b.cluster)));
        let rest = near.get(KNOWN).map_or(*rest, |dropped| rest.max(dropped.score));
        near.truncate(KNOWN);
        Known { near, rest }
    }

    /// The cluster that this one is now part of.
    fn now(&self, mut cluster: usize) -> usize {
        while self.into[cluster] != cluster {
            cluster = self.into[cluster];
        }
        cluster
    }

    /// Searches all clusters for the nearest of those that do not know it, highest bounds first.
    fn search(&mut self) {
        let Clusters { open, nearest, .. } = &self.clusters;
        let mut asked: Vec<usize> = open.iter().filter(|at| nearest[**at] == State::New).copied().collect();
        let rest = |cluster: &usize| self.known[*cluster].rest;
        // At first, all of them search.
        if asked.len() < open.len() && asked.len() > SEARCHES {
            asked.select_nth_unstable_by(SEARCHES, |a, b| rest(b).total_cmp(&rest(a)).then(a.cmp(b)));
            asked.truncate(SEARCHES);
            asked.sort_unstable();
        }
        for (cluster, known) in asked.iter().zip(self.nearest_of(&asked)) {
            self.clusters.nearest[*cluster] =
                known.near.first().map_or(State::Closed, |near| State::Nearest(near.cluster));
            self.known[*cluster] = known;
        }
        self.clusters.drop_closed();
    }

    /// The nearest open clusters to each of `asked`, which are ascending.
    fn nearest_of(&self, asked: &[usize]) -> Vec<Known> {
        let Clusters { kernels, threshold, means, sizes, open, .. } = &self.clusters;
        let rows = means.select(Axis(0), open);
        let found = if asked.len() == open.len() {
            Products::of_all(*kernels, rows.view()).nearest(FOUND, *threshold, |_, _| true)
        } else {
            let left = means.select(Axis(0), asked);
            let is_other = |a: usize, b: usize| asked[a] != open[b];
            Products::between(*kernels, left.view(), rows.view()).nearest(FOUND, *threshold, is_other)
        };
        let neighbour = |(at, score): (usize, f32)| Neighbour { cluster: open[at], size: sizes[open[at]], score };
        let known = |near: Vec<(usize, f32)>| {
            let last = near.get(FOUND - 1).map(|&(_, score)| score);
            Known { near: near.into_iter().map(neighbour).collect(), rest: last.unwrap_or(threshold.next_down()) }
        };
        found.into_iter().map(known).collect()
    }

    /// Merges clusters that are each other's nearest. If all know their nearest, the two of the highest cosine are.
    fn merge(&mut self) {
        for at in 0..self.clusters.open.len() {
            let a = self.clusters.open[at];
            if let State::Nearest(_) = self.clusters.nearest[a]
                && let Some(b) = self.partner(a)
            {
                let (a, b) = (a.min(b), a.max(b));
                self.clusters.merge_pair((a, b));
                self.join(a, b);
            }
        }
        self.clusters.drop_closed();
    }

    /// A nearest neighbour of a cluster whose nearest it is, too.
    fn partner(&self, cluster: usize) -> Option<usize> {
        let near = &self.known[cluster].near;
        let least = near.first()?.score - SAME;
        near.iter().take_while(|near| near.score >= least).find_map(|near| match self.clusters.nearest[near.cluster] {
            State::Nearest(_) => (self.known[near.cluster].near[0].score <= near.score + SAME).then_some(near.cluster),
            // It was merged just now, but nothing can be nearer than an equal vector.
            State::New | State::Closed if near.score >= 1.0 - SAME => {
                let other = self.now(near.cluster);
                let is_same = other != cluster && self.clusters.cosine(cluster, other) >= 1.0 - SAME;
                is_same.then_some(other)
            }
            State::New | State::Closed => None,
        })
    }

    /// Combines what two clusters knew after `b` was merged into `a`.
    fn join(&mut self, a: usize, b: usize) {
        self.into[b] = a;
        let of_b = std::mem::replace(&mut self.known[b], Known { near: Vec::new(), rest: 0.0 });
        let other = self.clusters.sizes[b] as f32;
        let size = self.clusters.sizes[a] as f32 - other;
        let known = &mut self.known[a];
        known.rest = (known.rest * size + of_b.rest * other) / (size + other);
        known.near.extend(of_b.near);
        known.near.iter_mut().for_each(|near| near.size = 0);
    }
}
