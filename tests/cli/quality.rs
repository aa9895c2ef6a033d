//! How well claims find their sources, on the sample corpus with its labels.

use std::path::Path;

use serde::Deserialize;

use super::Folder;
use crate::labels::{Expected, Wording, figures};

#[derive(Deserialize)]
struct Report {
    results: Vec<Ranking>,
}

#[derive(Deserialize)]
struct Ranking {
    query: String,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    path: String,
    passages: Vec<Passage>,
}

#[derive(Deserialize)]
struct Passage {
    text: String,
}

/// Queries the corpus with each of these texts.
fn ask<'a>(texts: impl Iterator<Item = &'a String>, flags: &[&str]) -> Vec<Ranking> {
    let texts: Vec<&String> = texts.collect();
    let folder = Folder::with(&[("queries", &texts.iter().map(|text| format!("{text}\n")).collect::<String>())]);
    let queries = folder.path("queries");
    let args = [&["query", "--file", queries.to_str().unwrap(), ".", "--format", "json"], flags].concat();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let answer = super::Answer::of(folder.command(&args).current_dir(corpus), b"").exits(0);
    let Report { results } = serde_json::from_slice(&answer.stdout).unwrap();
    assert!(results.iter().map(|ranking| &ranking.query).eq(texts));
    results
}

#[test]
fn claims_find_their_sources() {
    let claims = Expected::read().claims;
    let results = ask(claims.iter().map(|claim| &claim.claim), &["--min-score", "-1", "-n", "16"]);
    assert!(results.iter().all(|ranking| ranking.sources.len() == 16), "not every source is ranked");
    // About 0.03 below the measured values: MAP 0.98 and 0.85, right passage 0.97 and 0.85 over all sources.
    for (wording, map_floor, right_floor) in [(Wording::Document, 0.95, 0.93), (Wording::Paraphrase, 0.81, 0.81)] {
        let figures: Vec<_> = (claims.iter().zip(&results))
            .filter(|(claim, _)| claim.wording == wording)
            .map(|(claim, ranking)| {
                let shown: Vec<_> = ranking
                    .sources
                    .iter()
                    .map(|source| (source.path.as_str(), source.passages[0].text.as_str()))
                    .collect();
                figures(claim, &shown)
            })
            .collect();
        assert_eq!(figures.len(), 40);
        let mean = |value: fn(&(f64, f64, f64)) -> f64| figures.iter().map(value).sum::<f64>() / 40.0;
        let (map, right) = (mean(|f| f.0), mean(|f| f.2));
        assert!(map >= map_floor && right >= right_floor, "{wording:?}: MAP {map:.3}, right passage {right:.3}");
    }
}

#[test]
fn what_no_source_says_gets_no_answer() {
    let Expected { claims, unanswered } = Expected::read();
    let found = |rankings: &[Ranking]| rankings.iter().filter(|ranking| !ranking.sources.is_empty()).count();
    let (claimed, asked) = (ask(claims.iter().map(|claim| &claim.claim), &[]), ask(unanswered.iter(), &[]));
    assert_eq!((claims.len(), unanswered.len()), (80, 40));
    assert_eq!(found(&claimed[..40]), 40);
    // Measured: 37 of the paraphrased claims find a source, and 2 of the questions on other subjects do, one of them
    // about a loaf that the corpus mentions. All of those on its subjects that it does not answer do: a small model
    // cannot distinguish them.
    assert!(found(&claimed[40..]) >= 35, "{}", found(&claimed[40..]));
    assert!(found(&asked[..20]) <= 4, "{}", found(&asked[..20]));
}

#[test]
fn posts_find_the_claim_that_they_repeat() {
    let fixture = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/posts").join(name);
    let read = |name: &str| std::fs::read_to_string(fixture(name)).unwrap();
    let (claims, posts) = (format!("id\ttext\n{}", read("claims.tsv")), read("posts.tsv"));
    let posts: Vec<Vec<&str>> = posts.lines().map(|line| line.split('\t').collect()).collect();
    let texts: String = posts.iter().map(|post| format!("{}\n", post[2])).collect();
    let folder = Folder::with(&[("claims.tsv", &claims), ("posts", &texts)]);
    let answer = folder.run(&["query", "--file", "posts", "claims.tsv", "--format", "json"]).exits(0);
    let Report { results } = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!((results.len(), posts.len()), (200, 200));
    let (mut right, mut chance) = (0, 0);
    for (post, found) in posts.iter().zip(&results) {
        let first = found.sources.first().map(|source| source.passages[0].text.as_str());
        match post[1] {
            "none" => chance += usize::from(first.is_some()),
            id => {
                right += usize::from(claims.lines().any(|line| line.split_once('\t') == first.map(|text| (id, text))));
            }
        }
    }
    // Measured among 300 claims: 96 of 100 posts find theirs first, and 17 of 100 without a claim get an answer.
    assert!(right >= 92 && chance <= 25, "{right} right, {chance} by chance");
}
