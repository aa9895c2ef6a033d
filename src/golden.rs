//! What each version of `store/versions.rs` covers, held against what it gave when the version was set.
//!
//! A test here fails when the same input gives another output, or a word list has changed that may decide it: count up
//! the version, so that no store serves the old answer, and write the new value beside it.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use crate::base::Key;
use crate::compare::{Independence, ModelBackground, Pairs, QueryBackground, Threshold};
use crate::disagreement::differences;
use crate::kernels::{ISAS, Isa, Precision};
use crate::library::{Corpus, Library, testing::library_of};
use crate::matches::{matches, measure};
use crate::model::{Backend, CosineScale, Embedder, Model, Prompt};
use crate::passage::{Boilerplate, Marks, Words, segment};
use crate::source::{Columns, Source, read_file, read_str};
use crate::store::{encode, versions};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The beginning of the key of what some values look like.
fn digest(values: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    format!("{:?}", Key::of("golden", values))[..16].to_owned()
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}

/// The words in these lists of `lang/english`, and in all of other languages.
fn lists(english: &[&str]) -> String {
    let of_english = english.iter().map(|file| here("src/lang/english").join(file).with_extension("rs"));
    of_english
        .chain(files("src/lang/languages", &["rs"]))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .flat_map(|text| text.split('"').skip(1).step_by(2).map(|word| format!("{word} ")).collect::<Vec<_>>())
        .collect()
}

/// The words in the constants of a room: lists of one language's words, and of formats' names, that are in no other place.
fn constants(room: &str) -> String {
    let mut found = String::new();
    for file in sources_of(room) {
        let text = std::fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let mut lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        while let Some(line) = lines.next() {
            let item = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let item = item.trim_start_matches("pub(super) ");
            if !item.starts_with("const ") && !item.starts_with("static ") || item.starts_with("const fn") {
                continue;
            }
            let mut whole = line.to_owned();
            while !whole.ends_with(';') {
                whole.push_str(lines.next().unwrap_or(";"));
            }
            found.extend(whole.split('"').skip(1).step_by(2).flat_map(|word| [word, " "]));
        }
    }
    assert!(found.len() > 100, "{room}: {found}");
    found
}

/// The source files of a room, its root first.
fn sources_of(room: &str) -> Vec<PathBuf> {
    let mut folders = vec![here("src").join(room)];
    let mut found = vec![here("src").join(room).with_extension("rs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn constants_are_the_words_of_lists() {
    let (passage, disagreement) = (constants("passage"), constants("disagreement"));
    for word in ["read more ", "views are personal ", "datenschutz "] {
        assert!(passage.contains(word), "{word}");
    }
    assert!(disagreement.contains("nationwid "));
    assert!(!passage.contains("assertion"));
}

/// The lists that decide how documents are read, and what passages are found in them.
const OF_TEXTS: [&str; 10] = [
    "calendar",
    "furniture",
    "initials",
    "people",
    "sentence",
    "speech",
    "../contents",
    "../hyphen",
    "../jump",
    "../mail",
];

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)));
    files.sort();
    assert!(files.len() >= 5, "{folder} has {files:?}");
    files
}

/// Sources of the sample corpus and of two invented stories, some of them copies.
fn sources() -> Vec<Source> {
    let all = [
        files("corpus", &["txt", "md"]),
        files("tests/fixtures/stories/A", &["txt", "md"]),
        files("tests/fixtures/stories/E", &["txt", "md"]),
    ];
    let source = |file: &PathBuf| {
        let id = file.strip_prefix(here("")).unwrap().display().to_string();
        read_str(&id, &std::fs::read_to_string(file).unwrap())
    };
    all.iter().flatten().map(source).collect()
}

fn library() -> Library {
    library_of(sources(), Boilerplate::Drop)
}

/// A model of random weights, on the instruction set that every CPU has.
fn embedder() -> Embedder {
    let portable = Isa::by_name("portable").unwrap();
    let model =
        Model::load("tiny", &here("tests/fixtures/tiny-bert-mean"), Backend::Isa(portable, Precision::F32)).unwrap();
    Embedder::new(model, 2).unwrap()
}

fn corpus(embedder: &Embedder) -> Corpus {
    let corpus = Corpus::of_sources(sources(), embedder, Boilerplate::Drop).unwrap();
    corpus.library.fetch_all().unwrap();
    corpus
}

/// Numbers that another CPU may round otherwise.
#[track_caller]
fn assert_near(found: &[f32], expected: &[f32]) {
    let near = found.len() == expected.len()
        && found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 2e-4 * b.abs().max(1.0));
    assert!(near, "{found:?} instead of {expected:?}: count up the version");
}

#[test]
fn reading() {
    let read = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        read_file(file, Path::new(&name), &Columns::default())
            .map_or_else(|error| error.to_string(), |(documents, _)| shown(&documents))
    };
    let endings = [
        "csv", "docx", "eml", "epub", "fodt", "html", "json", "jsonl", "mbox", "md", "ods", "odt", "pdf", "pptx",
        "rtf", "srt", "txt", "vtt", "xlsx",
    ];
    let all: Vec<String> =
        files("tests/fixtures/documents", &endings).iter().chain(&files("corpus", &endings)).map(read).collect();
    let found = digest(all.into_iter().chain([lists(&OF_TEXTS), constants("source")]));
    assert_eq!((versions::READING, found.as_str()), (17, "031b49c2d3b6992f"));
}

#[test]
fn passages() {
    let split = |source: &Source| shown(&segment(source, &Marks::default(), &Words(60)));
    let lists = [lists(&OF_TEXTS), constants("passage")];
    let found = digest(sources().iter().map(split).chain(library_passages()).chain(lists));
    assert_eq!((versions::PASSAGES, found.as_str()), (15, "651826388f09ff85"));
}

/// With what recurs in documents of one publisher left out.
fn library_passages() -> Vec<String> {
    let publishers = sources().into_iter().map(|mut source| {
        source.metadata.publisher = Some("The Gazette".to_owned());
        source
    });
    let library = library_of(publishers, Boilerplate::Drop);
    library.fetch_all().unwrap();
    library.passages().map(|passage| shown(library.passage(passage))).collect()
}

#[test]
fn encoder() {
    let golden = [
        ("avx512vnni", Precision::Int16, "d1f1d10477132678"),
        ("avx512vnni", Precision::F32, "8822fbc7103674e0"),
        ("avx512vnni", Precision::Int8, "266abe7537c8cd9b"),
        ("avx2", Precision::Int16, "b68f76d0daa24892"),
        ("avx2", Precision::F32, "82fa9abba01d63b2"),
        ("avx2", Precision::Int8, "3df0524356a73130"),
        ("portable", Precision::F32, "ae8c2f9700bdf2ec"),
    ];
    let texts =
        ["The ferry struck the breakwater in thick fog at seven.", "Rents may rise by three per cent.", "One.", ""];
    let bits = |isa: &'static Isa, precision: Precision, model: &str| {
        let model = Model::load("tiny", &here("tests/fixtures").join(model), Backend::Isa(isa, precision)).unwrap();
        assert_eq!(model.engine().isa, isa.name);
        let vectors = Embedder::new(model, 1).unwrap().embed(&texts, Prompt::Passage).unwrap();
        vectors.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>()
    };
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for (isa, precision) in ISAS.iter().flat_map(|isa| isa.precisions.iter().map(move |precision| (isa, *precision))) {
        match golden.iter().find(|(name, of, _)| (*name, *of) == (isa.name, precision)) {
            Some(golden) if isa.available() => {
                let models = ["tiny-bert-mean", "tiny-bert-cls"];
                found.push((isa.name, precision, digest(models.map(|model| bits(isa, precision, model)))));
                expected.push((golden.0, golden.1, golden.2.to_owned()));
            }
            // Its code has not run anywhere yet, or not here.
            _ => println!("{} {precision}: not held against a golden value here", isa.name),
        }
    }
    assert!(!found.is_empty());
    assert_eq!((versions::ENCODER, found), (3, expected));
}

#[test]
fn schema() {
    let code = include_str!("store/sqlite/schema.rs");
    let found = digest(code.split("r##\"").skip(1).map(|rest| rest.split("\"##").next().unwrap()));
    assert_eq!((versions::SCHEMA, found.as_str()), (3, "bac72a161bdbb6ae"));
}

#[test]
fn independence() {
    let found = digest([encode(&Independence::new(&library()).unwrap()), lists(&["stop"]).into_bytes()]);
    assert_eq!((versions::INDEPENDENCE, found.as_str()), (8, "02dc894f767860e1"));
}

#[test]
fn common_words() {
    let found = digest([crate::search::common_words(&library()).unwrap()]);
    assert_eq!((versions::COMMON_WORDS, found.as_str()), (3, "e35b3f27acb5ada5"));
}

#[test]
fn query_background() {
    let embedder = embedder();
    let corpus = corpus(&embedder);
    let independence = Independence::new(&corpus.library).unwrap();
    let background = QueryBackground::new(&corpus, &independence, &model_background(&embedder)).unwrap();
    assert_eq!(versions::QUERY_BACKGROUND, 3);
    let at = |percentile: f32| background.peaks.cosine(percentile);
    assert_near(&[10.0, 50.0, 96.0].map(at), &[0.728_775_3, 0.887_620_2, 0.963_934_9]);
}

fn model_background(embedder: &Embedder) -> ModelBackground {
    measure(embedder).unwrap()
}

#[test]
fn background_of_a_model() {
    let ModelBackground { passages, queries, peaks, chance, claims } = model_background(&embedder());
    assert_eq!(versions::MODEL_BACKGROUND, 4);
    let at = |level: f64| [&passages, &queries, &peaks, &chance].map(|distribution| distribution.quantile(level));
    let expected = [
        [0.739_430_3, 0.739_605_6, 0.740_059_3, 0.632_987_6],
        [0.888_479_6, 0.887_960_6, 0.888_160_8, 0.732_085_7],
        [0.963_378_9, 0.963_173_6, 0.963_238, 0.788_540_1],
    ];
    assert_near(&[0.1, 0.5, 0.96].map(at).concat(), &expected.concat());
    let CosineScale { tokens, anyway, sentences, passages, documents } = claims.scale;
    let spreads = [tokens, sentences, passages, documents].map(|spread| [spread.mean, spread.variance]);
    let expected = [
        0.816_651,
        0.014_097_145,
        0.840_594_2,
        0.019_280_676,
        0.852_459_4,
        0.013_717_797,
        0.995_457,
        4.300_511_6e-6,
        3.546_560_8,
    ];
    assert_near(&[&spreads.concat()[..], &[anyway]].concat(), &expected);
    assert_eq!(claims.fitted_with.as_deref(), Some("all-MiniLM-L6-v2"));
}

#[test]
fn disagreements() {
    let text = std::fs::read_to_string(here("tests/fixtures/disagreements.tsv")).unwrap();
    let of_line = |line: &str| match line.split('\t').collect::<Vec<_>>()[..] {
        [.., a, b] => shown(&differences(a, b)),
        _ => String::new(),
    };
    let alike = std::fs::read_to_string(here("src/lang/english/alike.txt")).unwrap();
    let lists =
        [lists(&["opposites", "stop", "calendar", "clock", "grammar", "people"]), constants("disagreement"), alike];
    let found = digest(text.lines().map(of_line).chain(lists));
    assert_eq!((versions::DISAGREEMENTS, found.as_str()), (8, "3daf2c040ee0f683"));
}

#[test]
fn which_sentences_match() {
    let embedder = embedder();
    let corpus = corpus(&embedder);
    let independence = Independence::new(&corpus.library).unwrap();
    let model = model_background(&embedder);
    let pairs = Pairs::new(&corpus, &independence, &model, Threshold::Unusual);
    let found = matches(&pairs, &embedder, &model, &independence, &()).unwrap();
    let sums = found.likely().fold([0.0f32; 4], |[n, probability, score, span], pair| {
        let (start, end) = pair.a.span;
        [n + 1.0, probability + pair.probability, score + pair.score, span + (end - start) as f32]
    });
    let lists = digest([lists(&["grammar", "paper", "people", "stop", "calendar"])]);
    assert_eq!((versions::MATCHES, lists.as_str()), (14, "27c9414dd2702ccb"));
    assert_near(&sums, &[161.0, 79.586_28, 155.377_75, 7_674.0]);
}
