//! How well claims find their sources and whether questions without an answer get none, on the sample corpus with its labels
//! (`corpus/expected.json`), with intervals.
//!
//! `cargo bench --bench quality`; with `-- background`, the table of the model's manifest instead. The model's directory is
//! taken from `SAMESAY_MODEL`, or asked of the program (`samesay model pull`). Intervals are those of 95 % of 10,000
//! bootstrap samples of the claims (Efron & Tibshirani 1993), the same in each run.

#[path = "../tests/common/labels.rs"]
mod labels;

use std::path::PathBuf;
use std::process::Command;

use labels::{Expected, Wording, figures};
use samesay::corpus::Corpus;
use samesay::embed::Embedder;
use samesay::independence::Independence;
use samesay::model::{Backend, Model, manifest::Manifest};
use samesay::passage::Boilerplate;
use samesay::similarity::calibration::{Distribution, ModelBackground};
use samesay::similarity::{Answer, Cut, DEFAULT_CUT, Limits, Query, Search, SourceHit, measure};
use samesay::source::{Columns, Selection, find, read_file};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let embedder = Embedder::new(Model::load("model", &model_dir()?, Backend::Best)?, 2)?;
    if std::env::args().any(|arg| arg == "background") {
        print_table(&measure(&embedder)?);
        return Ok(());
    }
    let corpus = corpus(&embedder)?;
    let expected = Expected::read();
    let background = ModelBackground::from(Manifest::builtin()[0].background.as_ref().ok_or("the manifest has no table")?);
    let independence = Independence::new(&corpus.library)?;
    let mut search = Search::new(&corpus, &embedder, &independence, &background)?;
    let claims: Vec<Query> = expected.claims.iter().map(|claim| Query::new(&claim.claim)).collect();
    let ranked = search.answer(&claims, Limits { sources: 16, passages: 1, cut: Cut::Score(-1.0) })?;
    for (wording, name) in [(Wording::Document, "40 claims in the documents' words"), (Wording::Paraphrase, "40 claims paraphrased")] {
        let figures: Vec<(f64, f64, f64)> = (expected.claims.iter().zip(&ranked))
            .filter(|(claim, _)| claim.wording == wording)
            .map(|(claim, answer)| figures(claim, &shown(&corpus, &answer.sources)))
            .collect();
        println!("{name}");
        interval("MAP over sources", figures.iter().map(|f| f.0));
        interval("right passage, first source", figures.iter().map(|f| f.1));
        interval("right passage, all sources", figures.iter().map(|f| f.2));
    }
    let limits = Limits { sources: 10, passages: 3, cut: DEFAULT_CUT };
    let found = |answers: &[Answer]| answers.iter().filter(|answer| !answer.sources.is_empty()).count();
    let answers = search.answer(&claims, limits)?;
    println!(
        "claims that find a source: {} of 40 in the documents' words, {} of 40 paraphrased",
        found(&answers[..40]),
        found(&answers[40..])
    );
    let questions: Vec<Query> = expected.unanswered.iter().map(|text| Query::new(text)).collect();
    let answers = search.answer(&questions, limits)?;
    println!(
        "questions without an answer that get one: {} of 20 on other subjects, {} of 20 on the corpus's",
        found(&answers[..20]),
        found(&answers[20..])
    );
    Ok(())
}

fn model_dir() -> Result<PathBuf, Box<dyn std::error::Error>> {
    if let Some(dir) = std::env::var_os("SAMESAY_MODEL") {
        return Ok(dir.into());
    }
    let pulled = Command::new(env!("CARGO_BIN_EXE_samesay")).args(["model", "pull", "--format", "json"]).output()?;
    let answer: serde_json::Value = serde_json::from_slice(&pulled.stdout)?;
    Ok(answer["models"][0]["path"].as_str().ok_or("no model")?.into())
}

fn corpus(embedder: &Embedder) -> Result<Corpus, Box<dyn std::error::Error>> {
    let found = find(&["corpus".into()], &Selection::default())?;
    let mut sources = Vec::new();
    for file in &found.files {
        sources.extend(read_file(&file.real, &file.path, &Columns::default())?.0.sources);
    }
    let corpus = Corpus::of_sources(sources, embedder, Boilerplate::Drop)?;
    corpus.library.fetch_all()?;
    Ok(corpus)
}

/// The file name and the best passage of each source, in their order.
fn shown<'a>(corpus: &'a Corpus, hits: &[SourceHit]) -> Vec<(&'a str, &'a str)> {
    let name = |path: &'a str| path.rsplit('/').next().unwrap_or(path);
    hits.iter()
        .map(|hit| (name(&corpus.library.documents[hit.document].path), corpus.library.passage(hit.passages[0].entry).text.as_str()))
        .collect()
}

fn interval(what: &str, values: impl Iterator<Item = f64>) {
    let values: Vec<f64> = values.collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>();
    let n = values.len();
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values[(state >> 33) as usize % n]
    };
    let mut means: Vec<f64> = (0..10_000).map(|_| mean(&mut (0..n).map(|_| next())) / n as f64).collect();
    means.sort_unstable_by(f64::total_cmp);
    println!("  {what:<28} {:.3}  [{:.3}, {:.3}]", mean(&mut values.iter().copied()) / n as f64, means[250], means[9750]);
}

fn print_table(background: &ModelBackground) {
    let levels = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999];
    println!("levels = {levels:?}");
    let row = |distribution: &Distribution| levels.map(|level| (f64::from(distribution.quantile(level)) * 1e4).round() / 1e4);
    for (name, distribution) in
        [("passages", &background.passages), ("queries", &background.queries), ("peaks", &background.peaks), ("chance", &background.chance)]
    {
        println!("{name} = {:?}", row(distribution));
    }
}
