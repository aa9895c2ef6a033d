//! `--shard I/N`: a part of the work, so that several runs can share it with nothing but files.

use std::fmt;
use std::str::FromStr;

use samesay::base::Key;

/// One of several shards. Only its number or name decides which shard an item is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Index of this shard, from 0.
    at: u32,
    /// Number of shards.
    of: u32,
}

impl Shard {
    /// Whether the shard contains the item with this number, from 0.
    pub fn holds(self, number: usize) -> bool {
        number % self.of as usize == self.at as usize
    }

    /// The number of the item at this place in the shard, both from 0.
    pub fn number(self, place: usize) -> usize {
        self.at as usize + place * self.of as usize
    }

    /// The rows of `n` that the shard contains.
    pub fn rows(self, n: usize) -> Vec<u32> {
        (0..n).skip(self.at as usize).step_by(self.of as usize).map(|row| row as u32).collect()
    }

    /// Whether the shard contains the item with this name.
    pub fn holds_name(self, name: &str) -> bool {
        Key::of("shard", [name]).short() % u64::from(self.of) == u64::from(self.at)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let numbers =
            typed.split_once('/').and_then(|(at, of)| Some((at.parse::<u32>().ok()?, of.parse::<u32>().ok()?)));
        match numbers {
            Some((at, of)) if (1..=of).contains(&at) => Ok(Self { at: at - 1, of }),
            Some((_, 0)) => Err("there is no shard of 0; write I/N, such as 1/4".to_owned()),
            Some((_, of)) => Err(format!("shards are counted from 1; use 1/{of} to {of}/{of}")),
            None => Err("write I/N, such as 1/4 for the first of four shards".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.at + 1, self.of)
    }
}
