//! The sample corpus's labels, and how well a ranking agrees with them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Expected {
    pub claims: Vec<Claim>,
    /// Twenty questions and claims on other subjects, then twenty on the corpus's.
    pub unanswered: Vec<String>,
}

/// A claim, and by source the words that say the same.
#[derive(Deserialize)]
pub struct Claim {
    pub wording: Wording,
    pub claim: String,
    pub sources: HashMap<String, String>,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Wording {
    /// In the words of a document.
    Document,
    /// In different words.
    Paraphrase,
}

impl Expected {
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/expected.json");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }
}

/// Average precision (the mean, over the labelled sources, of the share of labelled ones among those ranked as high),
/// whether the first labelled source shows the right passage, and for how many of the labelled ones the passage is
/// right. `ranking` contains each source with its first passage.
pub fn figures(claim: &Claim, ranking: &[(&str, &str)]) -> (f64, f64, f64) {
    let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let labelled: Vec<(usize, bool)> = (1..)
        .zip(ranking)
        .filter_map(|(rank, (source, passage))| {
            claim.sources.get(*source).map(|quote| (rank, collapsed(passage).contains(&collapsed(quote))))
        })
        .collect();
    let all = claim.sources.len() as f64;
    let precision =
        labelled.iter().zip(1..).map(|((rank, _), found)| f64::from(found) / *rank as f64).sum::<f64>() / all;
    let first = labelled.first().is_some_and(|(_, right)| *right);
    let right = labelled.iter().filter(|(_, right)| *right).count() as f64 / all;
    (precision, f64::from(u8::from(first)), right)
}
