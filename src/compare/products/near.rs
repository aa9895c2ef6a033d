//! The rows nearest to each of some, as they are found: with their products, or with what these are at least and at most.

use crate::kernels::Bounds;

/// Most neighbours of a row that there is room for before they are found.
const ROOM: usize = 64;

/// The rows that may be among the nearest to each row of a block, as far as they are found.
pub(super) struct Nearest {
    pub(super) most: usize,
    pub(super) rows: Vec<NearRow>,
}

/// The rows that may be among the nearest to one.
#[derive(Clone)]
pub(super) struct NearRow {
    pub(super) near: Vec<Near>,
    /// What a product has to reach: as many as are wanted do.
    pub(super) least: f32,
}

/// A row that may be near, and its product's bounds; equal ones if they are the product.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub(super) at: u32,
    pub(super) lower: f32,
    pub(super) upper: f32,
}

impl Near {
    /// A row with a known product.
    pub(super) fn of(at: usize, score: f32) -> Self {
        Self { at: u32::try_from(at).expect("fewer rows than memory for them"), lower: score, upper: score }
    }

    pub(super) fn between(at: usize, Bounds { lower, upper }: Bounds) -> Self {
        Self { upper, ..Self::of(at, lower) }
    }

    /// With its product.
    pub(super) fn decided(self, score: impl Fn(usize) -> f32) -> Self {
        let at = self.at as usize;
        if self.lower < self.upper { Self::of(at, score(at)) } else { self }
    }
}

impl NearRow {
    /// Drops those that cannot be among the `most` nearest. Where bounds do not tell, products do.
    fn prune(&mut self, most: usize, score: impl Fn(usize) -> f32) {
        if self.near.len() > most {
            let (_, last, _) = self.near.select_nth_unstable_by(most - 1, |a, b| b.lower.total_cmp(&a.lower));
            self.least = self.least.max(last.lower);
            self.near.retain(|near| near.upper >= self.least);
        }
        if self.near.len() > 3 * most {
            self.decide(most, score);
        }
    }

    /// Leaves the `most` nearest, the nearest first, of equals the first.
    fn decide(&mut self, most: usize, score: impl Fn(usize) -> f32) {
        // The likeliest first, so that their products leave others out.
        self.near.sort_unstable_by(|a, b| b.upper.total_cmp(&a.upper).then(a.at.cmp(&b.at)));
        let mut kept: Vec<Near> = Vec::with_capacity(most.min(self.near.len()) + 1);
        for near in &self.near {
            if near.upper < self.least {
                break;
            }
            let near = near.decided(&score);
            let before = |kept: &Near| kept.lower > near.lower || kept.lower == near.lower && kept.at < near.at;
            let place = kept.partition_point(before);
            if near.lower >= self.least && place < most {
                kept.truncate(most - 1);
                kept.insert(place, near);
                if kept.len() == most {
                    self.least = self.least.max(kept[most - 1].lower);
                }
            }
        }
        self.near.clear();
        self.near.extend(kept);
    }
}

impl Nearest {
    pub(super) fn new(rows: usize, most: usize, least: f32) -> Self {
        Self { most, rows: vec![NearRow { near: Vec::new(), least }; rows] }
    }

    /// How many are kept before those that are too many are dropped.
    fn room(&self) -> usize {
        4 * self.most + 8
    }

    /// Takes a row that may be near; `score` gives the product of a row of the block and another.
    pub(super) fn offer(&mut self, at: usize, near: Near, score: impl Fn(usize, usize) -> f32) {
        let room = self.room();
        let row = &mut self.rows[at];
        if near.upper >= row.least && self.most > 0 {
            if row.near.is_empty() {
                row.near.reserve_exact(room.min(ROOM));
            }
            row.near.push(near);
            if row.near.len() >= room {
                row.prune(self.most, |other| score(at, other));
            }
        }
    }

    /// What another has to reach to be among a row's nearest.
    pub(super) fn least(&self) -> impl Iterator<Item = f32> {
        self.rows.iter().map(|row| row.least)
    }

    /// The nearest to each row, the nearest first, of equals the first.
    pub(super) fn decided(self, score: impl Fn(usize, usize) -> f32) -> Vec<Vec<(usize, f32)>> {
        let most = self.most;
        let of_row = |(at, mut row): (usize, NearRow)| {
            if most > 0 {
                row.prune(most, |other| score(at, other));
                row.decide(most, |other| score(at, other));
            }
            row.near.into_iter().map(|near| (near.at as usize, near.lower)).collect()
        };
        self.rows.into_iter().enumerate().map(of_row).collect()
    }
}
