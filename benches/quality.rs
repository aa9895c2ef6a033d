//! How well claims find their sources and whether questions without an answer get none, on the sample corpus with its
//! labels (`corpus/expected.json`), with intervals.
//!
//! `cargo bench --bench quality`. With `-- background`, the table of the model's manifest instead; with `-- claims
//! [FOLDER]`, how well the claims of labelled stories are found (`tests/fixtures/stories`, of which G was not used for
//! fitting); with `-- features [FOLDER]`, the data to which the probability of a claim is fitted; with `-- reuse
//! [FOLDER]`, the data from which the degree of revision of answers is determined, and the verdicts; with `-- scale`,
//! the scale of cosines on the sample corpus, as in the manifest of the model with which the probability is fitted;
//! with `-- flags [FILE]`, the data to which the probability of a flag is fitted, from labelled pairs of sentences
//! (`tests/fixtures/disagreements.tsv`); with `-- posts [FOLDER]`, how many posts get an answer from tables of claims
//! of several sizes, and how many of those that repeat no claim, at each stated chance (`tests/fixtures/posts`, or the
//! output of `tests/fixtures/make_posts.py`). `--model DIR` names the model's directory; otherwise the program provides
//! it (`samesay model pull`). With `--carried`, another model's claims are judged by the default model's constants,
//! unchanged. Intervals cover 95% of 10,000 bootstrap samples of the claims (Efron & Tibshirani 1993), the same in each
//! run.

#[path = "../tests/common/labels.rs"]
mod labels;
#[path = "../tests/common/stories.rs"]
mod stories;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use labels::{Expected, Wording, figures};
use samesay::claims::{FEATURES as REUSE_FEATURES, Reuse, Texts, claims, cluster, coverage};
use samesay::compare::{Distribution, Independence, ModelBackground, Pairs, Threshold};
use samesay::disagreement::compared;
use samesay::library::{Corpus, DocumentId, PassageId, SentenceId};
use samesay::matches::{CUT, FEATURES, compared_pairs, matches, measure, measure_scale};
use samesay::model::manifest::Manifest;
use samesay::model::{Backend, Embedder, Model};
use samesay::passage::Boilerplate;
use samesay::search::{Answer, Cut, DEFAULT_CUT, Limits, Query, Search, SourceHit};
use samesay::source::{Columns, Selection, find, read_file, read_str};
use stories::{Place, Story, ordered, plain};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().collect();
    let model = match arguments.iter().position(|arg| arg == "--model") {
        Some(at) => arguments.drain(at..at + 2).nth(1).ok_or("--model needs a directory")?.into(),
        None => model_dir()?,
    };
    let embedder = Embedder::new(Model::load("model", &model, Backend::Best)?, 2)?;
    if arguments.iter().any(|arg| arg == "background") {
        print_table(&measure(&embedder)?);
        return Ok(());
    }
    if arguments.iter().any(|arg| arg == "scale") {
        println!("{:#?}", measure_scale(&embedder)?);
        return Ok(());
    }
    let modes = [
        ("features", features as Mode, STORIES),
        ("claims", claims_of_stories, STORIES),
        ("reuse", reuse, REUSE),
        ("events", events, NEWS),
        ("flags", flags, FLAGS),
        ("posts", posts, POSTS),
    ];
    for (mode, run, default) in modes {
        if let Some(at) = arguments.iter().position(|arg| arg == mode) {
            let folder =
                arguments.get(at + 1).filter(|folder| !folder.starts_with('-')).map_or(default, |folder| folder);
            return run(&embedder, Path::new(folder));
        }
    }
    let corpus = corpus(Path::new("corpus"), &embedder)?;
    let expected = Expected::read();
    let background = ModelBackground::of_manifest(&Manifest::builtin()[0]).ok_or("the manifest has no table")?;
    let independence = Independence::new(&corpus.library)?;
    let mut search = Search::new(&corpus, &embedder, &independence, &background)?;
    let claims: Vec<Query> = expected.claims.iter().map(|claim| Query::new(&claim.claim)).collect();
    let ranked = search.answer(&claims, Limits { sources: 16, passages: 1, cut: Cut::Score(-1.0) })?;
    for (wording, name) in
        [(Wording::Document, "40 claims in the documents' words"), (Wording::Paraphrase, "40 claims paraphrased")]
    {
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
    let pulled = Command::new(env!("CARGO_BIN_EXE_samesay")).args(["model", "pull", "--format", "json"]).output()?;
    let answer: serde_json::Value = serde_json::from_slice(&pulled.stdout)?;
    Ok(answer["models"][0]["path"].as_str().ok_or("no model")?.into())
}

/// The documents of a folder.
fn corpus(folder: &Path, embedder: &Embedder) -> Result<Corpus, Box<dyn std::error::Error>> {
    let found = find(&[folder.to_path_buf()], &Selection::default())?;
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
        .map(|hit| {
            (
                name(&corpus.library.document(hit.document).path),
                corpus.library.passage(hit.passages[0].passage).text.as_str(),
            )
        })
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
    println!(
        "  {what:<28} {:.3}  [{:.3}, {:.3}]",
        mean(&mut values.iter().copied()) / n as f64,
        means[250],
        means[9750]
    );
}

fn print_table(background: &ModelBackground) {
    let levels = [
        0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999,
    ];
    println!("levels = {levels:?}");
    let row =
        |distribution: &Distribution| levels.map(|level| (f64::from(distribution.quantile(level)) * 1e4).round() / 1e4);
    for (name, distribution) in [
        ("passages", &background.passages),
        ("queries", &background.queries),
        ("peaks", &background.peaks),
        ("chance", &background.chance),
    ] {
        println!("{name} = {:?}", row(distribution));
    }
}

/// The background of the model's cosines; with `--carried`, the default model's probability unchanged.
fn background_of(embedder: &Embedder) -> Result<ModelBackground, Box<dyn std::error::Error>> {
    let mut background = measure(embedder)?;
    if std::env::args().any(|arg| arg == "--carried") {
        background.claims.scale = background.claims.fit.scale.clone();
    }
    Ok(background)
}

/// What is done with the labelled stories of a folder.
type Mode = fn(&Embedder, &Path) -> Result<(), Box<dyn std::error::Error>>;

/// Labelled stories, and answers written from texts with four degrees of revision.
const STORIES: &str = "tests/fixtures/stories";
const REUSE: &str = "tests/fixtures/reuse";
/// News of several events in one folder, each file named after its event.
const NEWS: &str = "tests/fixtures/news";
const FLAGS: &str = "tests/fixtures/disagreements.tsv";
const POSTS: &str = "tests/fixtures/posts";

/// The documents of some stories in one corpus, with the story of each.
fn corpus_of(stories: &[&Story], embedder: &Embedder) -> Result<Corpus, Box<dyn std::error::Error>> {
    let documents = stories.iter().flat_map(|story| &story.documents);
    let corpus = Corpus::of_sources(documents.map(|(name, text)| read_str(name, text)), embedder, Boilerplate::Drop)?;
    corpus.library.fetch_all()?;
    Ok(corpus)
}

/// The path of the document that contains a passage.
fn path(corpus: &Corpus, passage: PassageId) -> &str {
    &corpus.library.document(corpus.library.document_of(passage)).path
}

/// The place of a sentence of a corpus, in the form of the labels.
fn place(corpus: &Corpus, sentence: SentenceId) -> Place {
    (path(corpus, sentence.passage()).to_owned(), plain(corpus.library.sentence(sentence)))
}

/// Prints one line for each pair of sentences of all stories: the stories of both, whether they make the same claim
/// (1), not (0) or in part (-1), the features, and both sentences after their documents.
fn features(embedder: &Embedder, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let stories = Story::all(folder, false);
    let corpus = corpus_of(&stories.iter().collect::<Vec<_>>(), embedder)?;
    let labels: Vec<_> = stories.iter().map(Story::pairs).collect();
    println!("a\tb\tlabel\t{}\ta in\ta says\tb in\tb says", FEATURES.join("\t"));
    let claims = background_of(embedder)?.claims;
    for pair in compared_pairs(&corpus.library, embedder, &claims)? {
        let [a, b] = pair.sentences;
        let pair_of = ordered(place(&corpus, a), place(&corpus, b));
        let story = |sentence: SentenceId| &path(&corpus, sentence.passage())[..1];
        let label = labels
            .iter()
            .map(|(same, part)| i32::from(same.contains(&pair_of)) - i32::from(part.contains(&pair_of)))
            .sum::<i32>();
        let features: Vec<String> = pair.features.iter().map(|value| format!("{value:.4}")).collect();
        let said = |sentence: SentenceId| {
            let words: Vec<&str> = corpus.library.sentence(sentence).split_whitespace().collect();
            format!("{}\t{}", path(&corpus, sentence.passage()), words.join(" "))
        };
        let said = [a, b].map(said).join("\t");
        println!("{}\t{}\t{label}\t{}\t{said}", story(a), story(b), features.join("\t"));
    }
    Ok(())
}

/// Prints one line for each answer: its name, its degree, the values from which that is determined, and the probability
/// of each degree.
fn reuse(embedder: &Embedder, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let background = ModelBackground::of_manifest(&Manifest::builtin()[0]).ok_or("the manifest has no table")?;
    let corpus = corpus(folder, embedder)?;
    let independence = Independence::new(&corpus.library)?;
    let pairs = Pairs::new(&corpus, &independence, &background, Threshold::Unusual);
    let matches = matches(&pairs, embedder, &background, &independence, &())?;
    let shared = coverage(&pairs, &matches);
    let library = &corpus.library;
    let name =
        |document: DocumentId| Some((Path::new(&library.document(document).path).file_stem()?.to_str()?, document));
    let names: Vec<(&str, DocumentId)> = library.documents().filter_map(name).collect();
    println!("answer\tdegree\t{}\tcopy\tlight\theavy\tindependent\tshares", REUSE_FEATURES.join("\t"));
    let texts = Texts::of(library, library.documents());
    for &(name, answer) in &names {
        let Some((subject, rest)) = name.split_once('_') else { continue };
        let (_, source) = *names.iter().find(|(name, _)| *name == subject).ok_or("a source is missing")?;
        let (a, b) = (source.min(answer), source.max(answer));
        let found = Reuse::new(&texts, a, b, shared.iter().find(|shared| (shared.a, shared.b) == (a, b)));
        let tabbed = |values: &[f32]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join("\t");
        let degree = rest.split('_').next().unwrap_or_default();
        println!(
            "{name}\t{degree}\t{}\t{}\t{:.2?}",
            tabbed(&found.features),
            tabbed(&found.probabilities),
            found.shares
        );
    }
    Ok(())
}

/// For tables of the first claims of a folder: how many of the posts whose claim is in the table have it first, and how
/// many posts get an answer at each stated chance.
fn posts(embedder: &Embedder, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    const SIZES: [usize; 4] = [50, 300, 1500, 10_000];
    const STATED: [f32; 5] = [5.0, 15.0, 25.0, 50.0, 75.0];
    let (claims, posts) =
        (std::fs::read_to_string(folder.join("claims.tsv"))?, std::fs::read_to_string(folder.join("posts.tsv"))?);
    let claims: Vec<(&str, &str)> = claims.lines().filter_map(|line| line.split_once('\t')).collect();
    let posts: Vec<(&str, &str)> = posts.lines().filter_map(|line| line.split_once('\t')?.1.split_once('\t')).collect();
    let queries: Vec<Query> = posts.iter().map(|(_, post)| Query::new(post)).collect();
    let background = background_of(embedder)?;
    for size in SIZES.into_iter().filter(|size| *size <= claims.len()) {
        let claims = &claims[..size];
        let sources = claims.iter().map(|(id, claim)| read_str(id, claim));
        let corpus = Corpus::of_sources(sources, embedder, Boilerplate::Keep)?;
        corpus.library.fetch_all()?;
        let independence = Independence::new(&corpus.library)?;
        let mut search = Search::new(&corpus, embedder, &independence, &background)?;
        let answers = search.answer(&queries, Limits { sources: 1, passages: 1, cut: Cut::Score(-1.0) })?;
        let first = |answer: &Answer| {
            let best = answer.sources.first()?;
            Some((corpus.library.document(best.document).id.clone(), best.chance))
        };
        let first: Vec<(&str, Option<(String, f32)>)> =
            posts.iter().map(|(claim, _)| *claim).zip(answers.iter().map(first)).collect();
        let (there, none): (Vec<_>, Vec<_>) =
            first.into_iter().partition(|(claim, _)| claims.iter().any(|(id, _)| id == claim));
        println!("{size} claims; {} posts repeat one of them, {} none", there.len(), none.len());
        let is_right =
            |(claim, found): &(&str, Option<(String, f32)>)| found.as_ref().is_some_and(|(id, _)| id == claim);
        interval("right claim first", there.iter().map(|post| f64::from(u8::from(is_right(post)))));
        for stated in STATED {
            let answered = |(_, found): &(&str, Option<(String, f32)>)| {
                f64::from(u8::from(found.as_ref().is_some_and(|(_, chance)| *chance <= stated)))
            };
            interval(&format!("answered at {stated}%"), there.iter().map(answered));
            interval("  where none is right", none.iter().map(answered));
        }
    }
    Ok(())
}

/// Prints every two numbers, times and names of labelled pairs that may differ, with the features of their probability.
fn flags(_: &Embedder, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for line in std::fs::read_to_string(file)?.lines() {
        let [set, label, a, b] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("four columns: {line}").into());
        };
        for (found, features) in compared(a, b) {
            let features = features.iter().map(|feature| format!("{feature:.4}")).collect::<Vec<_>>().join("\t");
            println!("{set}\t{label}\t{}\t{}\t{}\t{features}", found.kind.name(), &a[found.a], &b[found.b]);
        }
    }
    Ok(())
}

/// How well the claims of each story are found, alone in a folder.
fn claims_of_stories(embedder: &Embedder, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let background = background_of(embedder)?;
    println!(
        "story  labelled  found  pairs at the cut: precision recall F1  average precision | in claims: pairs \
         precision recall F1  claims"
    );
    for story in &Story::all(folder, false) {
        let corpus = corpus_of(&[story], embedder)?;
        let (same, part) = story.pairs();
        let mut scored: Vec<([Place; 2], f32)> = compared_pairs(&corpus.library, embedder, &background.claims)?
            .into_iter()
            .map(|pair| {
                (ordered(place(&corpus, pair.sentences[0]), place(&corpus, pair.sentences[1])), pair.probability)
            })
            .filter(|(places, _)| !part.contains(places))
            .collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut right = 0;
        let average: f64 = scored
            .iter()
            .enumerate()
            .filter(|(_, (places, _))| same.contains(places))
            .map(|(at, _)| {
                right += 1;
                f64::from(right) / (at + 1) as f64
            })
            .sum::<f64>()
            / same.len() as f64;
        let at_cut: BTreeSet<[Place; 2]> =
            scored.iter().filter(|(_, probability)| *probability >= CUT).map(|(places, _)| places.clone()).collect();
        let independence = Independence::new(&corpus.library)?;
        let pairs = Pairs::new(&corpus, &independence, &background, Threshold::Unusual);
        let matches = matches(&pairs, embedder, &background, &independence, &())?;
        let found = claims(&corpus.library, &matches, &cluster(&pairs, &matches).words);
        let mut shown = BTreeSet::new();
        for claim in &found {
            let places: Vec<Place> =
                claim.members.iter().filter_map(|member| Some(place(&corpus, member.sentence?.0))).collect();
            let all = places
                .iter()
                .enumerate()
                .flat_map(|(at, a)| places[at + 1..].iter().map(move |b| ordered(a.clone(), b.clone())));
            shown.extend(all.filter(|pair| pair[0].0 != pair[1].0 && !part.contains(pair)));
        }
        let figures = |found: &BTreeSet<[Place; 2]>| {
            let right = found.intersection(&same).count() as f64;
            let (precision, recall) = (right / found.len().max(1) as f64, right / same.len() as f64);
            format!(
                "{:4} {precision:.2} {recall:.2} {:.3}",
                found.len(),
                2.0 * right / (found.len() + same.len()) as f64
            )
        };
        println!(
            "{}  {:4}  {}  AP {average:.3} | {}  {}",
            story.name,
            same.len(),
            figures(&at_cut),
            figures(&shown),
            found.len()
        );
    }
    Ok(())
}

/// How many claims of a folder of news join documents of one event, identified by the first three letters of their
/// names; and if a table next to the folder, `news.tsv`, labels the pairs of sentences that make one claim, how many of
/// the pairs in claims are right.
fn events(embedder: &Embedder, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let background = background_of(embedder)?;
    let corpus = corpus(folder, embedder)?;
    let independence = Independence::new(&corpus.library)?;
    let pairs = Pairs::new(&corpus, &independence, &background, Threshold::Unusual);
    let matches = matches(&pairs, embedder, &background, &independence, &())?;
    let found = claims(&corpus.library, &matches, &cluster(&pairs, &matches).words);
    let name = |passage: PassageId| {
        let path = path(&corpus, passage);
        path.rsplit('/').next().unwrap_or(path).to_owned()
    };
    let event = |passage: PassageId| name(passage)[..3].to_owned();
    let is_one = |claim: &&samesay::claims::Cluster| {
        claim.members.iter().all(|member| event(member.passage) == event(claim.members[0].passage))
    };
    let one = found.iter().filter(is_one).count();
    println!("{} claims, {one} of one event ({:.3})", found.len(), one as f64 / found.len().max(1) as f64);
    let place = |sentence: SentenceId| (name(sentence.passage()), plain(corpus.library.sentence(sentence)));
    let all = corpus.library.passages().flat_map(|passage| corpus.library.sentences_of(passage));
    let sentences: BTreeSet<Place> = all.map(place).collect();
    let Ok(labels) = std::fs::read_to_string(folder.with_extension("tsv")) else { return Ok(()) };
    let label = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || Some((fields.next()?.to_owned(), plain(fields.next()?)));
        Some(ordered(next()?, next()?))
    };
    // Headlines are not sentences of a passage.
    let same: BTreeSet<[Place; 2]> =
        labels.lines().filter_map(label).filter(|pair| pair.iter().all(|place| sentences.contains(place))).collect();
    let mut shown = BTreeSet::new();
    for claim in &found {
        let members: Vec<Place> = (claim.members.iter()).filter_map(|member| Some(place(member.sentence?.0))).collect();
        let all = members.iter().enumerate().flat_map(|(at, a)| members[at + 1..].iter().map(move |b| (a, b)));
        shown.extend(all.filter(|(a, b)| a.0 != b.0).map(|(a, b)| ordered(a.clone(), b.clone())));
    }
    let right = shown.intersection(&same).count() as f64;
    println!(
        "{} labelled pairs, {} in claims: precision {:.2}, recall {:.2}, F1 {:.3}",
        same.len(),
        shown.len(),
        right / shown.len().max(1) as f64,
        right / same.len() as f64,
        2.0 * right / (shown.len() + same.len()) as f64
    );
    Ok(())
}
