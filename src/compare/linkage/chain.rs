//! The nearest-neighbour chain (Benzécri 1982; Juan 1982): from any cluster to its nearest, on to the nearest of that
//! one, and so forth until two are each other's nearest, which are merged.
//!
//! Cosines only grow along a chain. Since average linkage is reducible, what is left of a chain remains one after its
//! end was merged. So a merge takes two or three searches for a nearest cluster, whatever the vectors are.

/// Clusters that can be merged, by number.
pub(super) trait Nearest {
    /// The nearest to this cluster, of equals `before` or else the first; `None` if the two must not be merged.
    fn nearest(&mut self, cluster: usize, before: Option<usize>) -> Option<usize>;

    /// Merges the second of two, which has the higher number, into the first.
    fn merge(&mut self, a: usize, b: usize);

    /// Leaves a cluster as it is.
    fn close(&mut self, cluster: usize);

    /// Whether a cluster was neither merged into another nor closed.
    fn is_open(&self, cluster: usize) -> bool;
}

/// Merges `n` clusters until none is open, or `most` pairs were merged.
pub(super) fn link(clusters: &mut impl Nearest, n: usize, most: usize) {
    let (mut chain, mut merged) = (Vec::new(), 0);
    for start in 0..n {
        while merged < most && clusters.is_open(start) {
            if chain.is_empty() {
                chain.push(start);
            }
            merged += usize::from(grow(clusters, &mut chain));
        }
    }
}

/// Extends a chain by the nearest cluster to its end, or merges these two; returns whether it did.
fn grow(clusters: &mut impl Nearest, chain: &mut Vec<usize>) -> bool {
    let end = chain[chain.len() - 1];
    let before = chain.len().checked_sub(2).map(|at| chain[at]);
    let nearest = clusters.nearest(end, before).filter(|nearest| clusters.is_open(*nearest));
    let Some(nearest) = nearest else {
        // The nearest to each of them is the next one, so none can be merged.
        chain.drain(..).for_each(|cluster| clusters.close(cluster));
        return false;
    };
    // It can only be the one before, unless rounding brought a merged cluster nearer than its parts were.
    let Some(at) = chain.iter().rposition(|cluster| *cluster == nearest) else {
        chain.push(nearest);
        return false;
    };
    chain.truncate(at);
    clusters.merge(end.min(nearest), end.max(nearest));
    true
}
