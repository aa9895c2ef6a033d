//! The nearest rows found so far, with their products or with bounds on these.

use crate::kernels::Bounds;

/// Maximum number of neighbours of a row for which space is reserved in advance.
const ROOM: usize = 64;

/// The candidates for the nearest rows to each row of a block, so far.
pub(super) struct Nearest {
    pub(super) most: usize,
    pub(super) rows: Vec<NearRow>,
}

/// The candidates for the nearest rows to one row.
#[derive(Clone)]
pub(super) struct NearRow {
    pub(super) near: Vec<Near>,
    /// What a product must reach, because as many as are wanted already do.
    pub(super) least: f32,
}

/// A row that may be near, and the bounds of its product; they are equal if the product is known.
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

    /// Replaces bounds with the product.
    pub(super) fn decided(self, score: impl Fn(usize) -> f32) -> Self {
        let at = self.at as usize;
        if self.lower < self.upper { Self::of(at, score(at)) } else { self }
    }
}

impl NearRow {
    /// Drops those that cannot be among the `most` nearest, computing products if the bounds do not decide.
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

    /// Keeps the `most` nearest, the nearest first, of equals the first.
    fn decide(&mut self, most: usize, score: impl Fn(usize) -> f32) {
        // The likeliest come first, so that their products exclude others.
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

    /// Number of candidates kept before surplus ones are dropped.
    fn room(&self) -> usize {
        4 * self.most + 8
    }

    /// Whether a row whose product is at most `upper` may be among the nearest to row `at`.
    pub(super) fn may_hold(&self, at: usize, upper: f32) -> bool {
        upper >= self.rows[at].least || upper.is_nan()
    }

    /// Adds a row that may be near; `score` gives the product of a row of the block and another.
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

    /// What another row must reach to be among each row's nearest.
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
