//! The steps before and after the encoder: reading, splitting, tokenising, the store, comparing and claims.
//!
//! `cargo bench --bench pipeline`. Each benchmark first asserts that the answer is right. Reading, splitting,
//! tokenising and the store use the tests' tiny model; comparing and claims use the default one, which is fetched if
//! necessary.

use std::path::Path;
use std::sync::OnceLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use samesay::matches::sample_sources;
use samesay::model::{Backend, Embedder, Model};
use samesay::passage::{Marks, segment};
use samesay::source::{Columns, Source, read_bytes};
use samesay::{Claim, Samesay};

/// The tests' model of a few kilobytes.
const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny-bert-mean");

fn main() {
    divan::main();
}

fn tiny() -> &'static Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER.get_or_init(|| {
        let model = Model::load("tiny", TINY.as_ref(), Backend::Best).expect("the tests' model");
        Embedder::new(model, 1).expect("a thread")
    })
}

fn passages() -> Vec<String> {
    let split = |source: Source| segment(&source, &Marks::default(), &tiny().model().counter()).passages;
    sample_sources().flat_map(split).map(|passage| passage.text).collect()
}

fn bytes(texts: &[String]) -> BytesCount {
    BytesCount::new(texts.iter().map(String::len).sum::<usize>())
}

#[divan::bench(args = ["harbor-heritage.html", "harbor-birds.pdf", "harbor-union.md"])]
fn read(bencher: Bencher, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let file = std::fs::read(&path).expect("a document of the sample corpus");
    let run = || read_bytes(black_box(&file), &path, &Columns::default()).expect("it can be read");
    let split = |source: Source| segment(&source, &Marks::default(), &tiny().model().counter()).passages;
    // With so small a model, passages split sentences.
    let texts: Vec<String> = run().sources.into_iter().flat_map(split).map(|passage| passage.text).collect();
    let says = |sentence: &str| texts.join(" ").contains(sentence);
    let said = match name {
        "harbor-heritage.html" => "drew two curved arms instead, so that the swell would run along the stone",
        "harbor-birds.pdf" => "The lowest figure was nineteen, in a December of gales",
        _ => "Our members twice entered false alarms from the propeller pitch control",
    };
    assert!(says(said), "{name} does not say {said:?}");
    bencher.counter(BytesCount::new(file.len())).bench(run);
}

#[divan::bench]
fn split(bencher: Bencher) {
    let sources: Vec<Source> = sample_sources().collect();
    let run = || sources.iter().map(|source| segment(black_box(source), &Marks::default(), &tiny().model().counter()));
    let window = tiny().model().settings().window;
    for passage in run().flat_map(|segmented| segmented.passages) {
        assert!(tiny().model().tokenize(&passage.text).expect("tokens").ids.len() <= window, "{}", passage.text);
    }
    bencher.counter(bytes(&passages())).bench(|| run().map(|segmented| segmented.passages.len()).sum::<usize>());
}

#[divan::bench]
fn tokenise(bencher: Bencher) {
    let texts = passages();
    let run = || tiny().tokenize(black_box(&texts)).expect("tokens");
    for (text, tokens) in texts.iter().zip(run()) {
        // Every letter is in a token.
        let missing = text.char_indices().find(|(at, c)| {
            c.is_alphanumeric() && !tokens.cut && !tokens.offsets.iter().any(|range| range.contains(at))
        });
        assert_eq!(missing, None, "{text}");
    }
    bencher.counter(bytes(&texts)).bench(run);
}

/// Opens a store that contains everything, and takes the vectors from it.
#[divan::bench]
fn store(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let samesay = Samesay::builder().model(TINY).store(folder.path().join("store.db")).build().expect("a store");
        samesay.read_sources(sample_sources()).expect("a corpus")
    };
    let first = open();
    assert_eq!(first.corpus().passages(), open().corpus().passages(), "what a store gives is what was put into it");
    bencher.counter(ItemsCount::new(first.passages())).bench(open);
}

/// Compares all passages and sentences and groups them, with nothing cached.
#[divan::bench(sample_count = 5)]
fn compare_and_claim(bencher: Bencher) {
    let fresh = || {
        let samesay = Samesay::builder().build().expect("the default model");
        samesay.read_sources(sample_sources()).expect("a corpus")
    };
    let first = fresh();
    let claims = first.claims().expect("claims");
    let aboard = |claim: &Claim| claim.text().contains("164 passengers") && claim.independent_sources() >= 2;
    assert!(claims.iter().any(aboard), "{claims:?}");
    assert!(claims.iter().all(|claim| claim.sources().len() >= 2), "{claims:?}");
    let counter = ItemsCount::new(first.passages());
    bencher
        .counter(counter)
        .with_inputs(fresh)
        .bench_local_values(|collection| collection.claims().map(|claims| claims.len()));
}
