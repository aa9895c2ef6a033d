//! The JSON contract, read with types that accept no other fields.
//!
//! The types are the test's own, so that a field that is renamed, moved or missing fails here.

// Many fields are there only to check their types.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use super::pairs::fan;
use super::{Answer, Folder, schema, tiny_model};

/// A number with at most four decimals.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Score(f64);

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        match value.to_string().split_once('.') {
            Some((_, decimals)) if decimals.len() > 4 => {
                Err(D::Error::custom(format!("{value} has more than four decimals")))
            }
            _ if !(-1.0..=1.0).contains(&value) => Err(D::Error::custom(format!("{value} is no cosine"))),
            _ => Ok(Self(value)),
        }
    }
}

/// A number from 0 to 100 with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Percentile(f64);

impl<'de> Deserialize<'de> for Percentile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        match value.to_string().split_once('.') {
            Some((_, decimals)) if decimals.len() > 2 => {
                Err(D::Error::custom(format!("{value} has more than two decimals")))
            }
            _ if !(0.0..=100.0).contains(&value) => Err(D::Error::custom(format!("{value} is no percentile"))),
            _ => Ok(Self(value)),
        }
    }
}

/// A field that may be null but must be present.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// The fields of a passage, and some more: flattened structs cannot deny unknown fields.
macro_rules! passage_with {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            id: String,
            source: String,
            text: String,
            path: String,
            #[serde(deserialize_with = "nullable")]
            line_start: Option<usize>,
            #[serde(deserialize_with = "nullable")]
            line_end: Option<usize>,
            #[serde(deserialize_with = "nullable")]
            page: Option<usize>,
            #[serde(deserialize_with = "nullable")]
            time: Option<u32>,
            #[serde(deserialize_with = "nullable")]
            heading: Option<String>,
            $($(#[$attribute])* $field: $type),*
        }

        impl $name {
            fn place(&self) -> Place<'_> {
                Place {
                    id: &self.id,
                    source: &self.source,
                    text: &self.text,
                    path: &self.path,
                    lines: (self.line_start.unwrap(), self.line_end.unwrap()),
                    page: self.page,
                    time: self.time,
                    heading: self.heading.as_deref(),
                }
            }
        }
    };
}

/// The fields that describe any passage's place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place<'a> {
    id: &'a str,
    source: &'a str,
    text: &'a str,
    path: &'a str,
    lines: (usize, usize),
    page: Option<usize>,
    time: Option<u32>,
    heading: Option<&'a str>,
}

passage_with!(Passage {});
passage_with!(PassageMatch {
    relevance: Score,
    score: Score,
    percentile: Percentile,
    #[serde(deserialize_with = "nullable")]
    best_sentence: Option<Sentence>,
    may_disagree: Vec<Difference>,
    /// Only with --like.
    like: Option<Passage>,
    /// Only with --explain.
    explanation: Option<Explanation>,
});
passage_with!(Member {
    score: Score,
    #[serde(deserialize_with = "nullable")]
    percentile: Option<Percentile>,
    #[serde(deserialize_with = "nullable")]
    relation: Option<String>,
    #[serde(deserialize_with = "nullable")]
    containment: Option<Score>,
    #[serde(deserialize_with = "nullable")]
    longest_run: Option<usize>,
    #[serde(deserialize_with = "nullable")]
    best_sentence: Option<Sentence>,
    #[serde(deserialize_with = "nullable")]
    span: Option<(usize, usize)>,
    #[serde(deserialize_with = "nullable")]
    probability: Option<Score>,
});
passage_with!(Unique {
    #[serde(deserialize_with = "nullable")]
    nearest: Option<Nearest>,
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    text: String,
    score: Score,
    /// Only in answers to a query.
    percentile: Option<Percentile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nearest {
    source: String,
    passage: String,
    path: String,
    #[serde(deserialize_with = "nullable")]
    line_start: Option<usize>,
    #[serde(deserialize_with = "nullable")]
    page: Option<usize>,
    #[serde(deserialize_with = "nullable")]
    time: Option<u32>,
    score: Score,
    percentile: Percentile,
    #[serde(deserialize_with = "nullable")]
    probability: Option<Score>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    degree: String,
    probability: Score,
    of: String,
    from: String,
    probabilities: Degrees,
    shares: Degrees,
    words: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    copy: Score,
    light: Score,
    heavy: Score,
    independent: Score,
}

impl Degrees {
    fn sum(&self) -> f64 {
        [&self.copy, &self.light, &self.heavy, &self.independent].iter().map(|score| score.0).sum()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calibration {
    background: String,
    #[serde(deserialize_with = "nullable")]
    pairs: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    kind: String,
    a: String,
    b: String,
    probability: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    passage: Part,
    sentence: Part,
    words: Part,
    reading: Part,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    weight: Score,
    value: Score,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    a: String,
    b: String,
    reason: String,
    detail: String,
    differences: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Compare {
    schema: String,
    model: String,
    isa: String,
    precision: String,
    counts: Counts,
    unread: Vec<Unread>,
    warnings: Vec<String>,
    calibration: Calibration,
    min_score: Score,
    min_probability: Option<Score>,
    a: String,
    b: String,
    sources: Vec<SourceRef>,
    a_in_b: Score,
    b_in_a: Score,
    shared: usize,
    verdict: Verdict,
    aligned: Vec<Aligned>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Aligned {
    #[serde(deserialize_with = "nullable")]
    a: Option<Passage>,
    #[serde(deserialize_with = "nullable")]
    b: Option<Passage>,
    #[serde(deserialize_with = "nullable")]
    score: Option<Score>,
    #[serde(deserialize_with = "nullable")]
    percentile: Option<Percentile>,
    #[serde(deserialize_with = "nullable")]
    relation: Option<String>,
    #[serde(deserialize_with = "nullable")]
    containment: Option<Score>,
    #[serde(deserialize_with = "nullable")]
    longest_run: Option<usize>,
    wordings: Vec<Wordings>,
    may_disagree: Vec<Difference>,
    #[serde(deserialize_with = "nullable")]
    nearest: Option<Nearest>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    schema: String,
    model: String,
    isa: String,
    precision: String,
    counts: Counts,
    unread: Vec<Unread>,
    warnings: Vec<String>,
    calibration: Calibration,
    min_score: Score,
    min_probability: Option<Score>,
    independent_sources: usize,
    merged: Vec<Merge>,
    sources: Vec<SourceTotal>,
    pairs: Vec<SourcePair>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTotal {
    source: String,
    path: String,
    name: String,
    #[serde(deserialize_with = "nullable")]
    title: Option<String>,
    #[serde(deserialize_with = "nullable")]
    author: Option<String>,
    #[serde(deserialize_with = "nullable")]
    publisher: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date_from: Option<String>,
    #[serde(deserialize_with = "nullable")]
    language: Option<String>,
    passages: usize,
    checksum: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcePair {
    a: String,
    b: String,
    a_in_b: Score,
    b_in_a: Score,
    score: Score,
    verdict: Verdict,
    sentences: usize,
    shared: usize,
    matches: Vec<Match>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    a: Passage,
    b: Passage,
    score: Score,
    percentile: Percentile,
    relation: String,
    containment: Score,
    longest_run: usize,
    wordings: Vec<Wordings>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wordings {
    a: String,
    b: String,
    score: Score,
    probability: Score,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    schema: String,
    model: String,
    isa: String,
    precision: String,
    counts: Counts,
    unread: Vec<Unread>,
    warnings: Vec<String>,
    calibration: Calibration,
    results: Vec<QueryResult>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryResult {
    query: String,
    found: usize,
    independent_sources: usize,
    merged: Vec<Merge>,
    #[serde(deserialize_with = "nullable")]
    least_relevance: Option<Score>,
    sources: Vec<SourceMatch>,
    #[serde(deserialize_with = "nullable")]
    nearest: Option<PassageMatch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceMatch {
    source: String,
    path: String,
    name: String,
    #[serde(deserialize_with = "nullable")]
    title: Option<String>,
    #[serde(deserialize_with = "nullable")]
    author: Option<String>,
    #[serde(deserialize_with = "nullable")]
    publisher: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date_from: Option<String>,
    #[serde(deserialize_with = "nullable")]
    language: Option<String>,
    relevance: Score,
    score: Score,
    percentile: Percentile,
    chance: Percentile,
    passages: Vec<PassageMatch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clusters {
    schema: String,
    model: String,
    isa: String,
    precision: String,
    min_score: Score,
    counts: Counts,
    unread: Vec<Unread>,
    warnings: Vec<String>,
    calibration: Calibration,
    sources: Vec<SourceRef>,
    clusters: Vec<Cluster>,
    stories: Vec<Story>,
    statements: Vec<Cluster>,
    #[serde(deserialize_with = "nullable")]
    min_probability: Option<Score>,
    probability_fitted_with: Option<String>,
    min_sentence_score: Score,
    sentences_compared: bool,
    all_but_one: Vec<AllButOne>,
    unique: Vec<Unique>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    id: usize,
    label: String,
    sources: Vec<String>,
    likeness: Score,
    claims: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AllButOne {
    cluster: usize,
    source: String,
    #[serde(deserialize_with = "nullable")]
    nearest: Option<Nearest>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Conflict {
    a: String,
    b: String,
    differences: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cluster {
    id: usize,
    key: String,
    kind: String,
    label: String,
    keywords: Vec<String>,
    sources: Vec<String>,
    independent_sources: usize,
    merged: Vec<Merge>,
    may_disagree: Vec<Conflict>,
    medoid: Passage,
    members: Vec<Member>,
    cohesion: Cohesion,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cohesion {
    mean: Score,
    min: Score,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unread {
    path: String,
    status: String,
    reason: String,
    #[serde(deserialize_with = "nullable")]
    advice: Option<String>,
}

/// Asserts that only files that are not documents were left unread.
#[track_caller]
fn assert_all_read(unread: &[Unread], warnings: &[String]) {
    let skipped = |unread: &Unread| {
        unread.status == "skipped" && unread.reason == "unsupported extension" && unread.advice.is_none()
    };
    assert!(warnings.is_empty() && unread.iter().all(|unread| skipped(unread) && unread.path == "queries"));
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Passages {
    schema: String,
    counts: Counts,
    unread: Vec<Unread>,
    warnings: Vec<String>,
    sources: Vec<SourcePassages>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    sources: usize,
    passages: usize,
    dropped: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRef {
    source: String,
    path: String,
    name: String,
    #[serde(deserialize_with = "nullable")]
    title: Option<String>,
    #[serde(deserialize_with = "nullable")]
    author: Option<String>,
    #[serde(deserialize_with = "nullable")]
    publisher: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date_from: Option<String>,
    #[serde(deserialize_with = "nullable")]
    language: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcePassages {
    source: String,
    path: String,
    name: String,
    #[serde(deserialize_with = "nullable")]
    title: Option<String>,
    #[serde(deserialize_with = "nullable")]
    author: Option<String>,
    #[serde(deserialize_with = "nullable")]
    publisher: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date: Option<String>,
    #[serde(deserialize_with = "nullable")]
    date_from: Option<String>,
    #[serde(deserialize_with = "nullable")]
    language: Option<String>,
    passages: Vec<Passage>,
    dropped: Vec<Dropped>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dropped {
    text: String,
    #[serde(deserialize_with = "nullable")]
    line: Option<usize>,
    #[serde(deserialize_with = "nullable")]
    page: Option<usize>,
    #[serde(deserialize_with = "nullable")]
    time: Option<u32>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    schema: String,
    error: String,
    kind: String,
    /// Only where documents were to be read.
    #[serde(default)]
    unread: Vec<Unread>,
    #[serde(default)]
    warnings: Vec<String>,
}

/// Three documents: wrapped text, Markdown with headings, and one paragraph per line with Windows line ends.
fn folder() -> Folder {
    let wrapped = "Ferry strikes breakwater\n\nBy Ada Sund\n\n\
        The ferry Marelle struck the north breakwater of\n\
        Tarn harbour on Monday morning, injuring twelve\n\
        passengers. The captain said that the rudder had\n\
        stopped answering the wheel shortly before.\n\n\
        Divers will examine the hull on Thursday. Until\n\
        then a freight ship serves the islands.\n";
    let marked = "# What the harbour forgot\n\n## The rudder\n\nThe captain reported that the ship no longer obeyed\n\
        the rudder. \
        In spring a tug lost its steering at the same spot.\n\n## The lamp\n\n\
        Nobody has repaired the lamp at the end of the pier.\n";
    let windows = "Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater of Tarn \
        harbour.\r\n\r\n\
        The bakery on the square has raised the price of rye bread to four crowns.\r\n";
    Folder::with(&[("wrapped.txt", wrapped), ("marked.md", marked), ("windows.txt", windows)])
}

/// Reads one object and nothing else from stdout.
#[track_caller]
fn read<T: DeserializeOwned>(answer: &Answer) -> T {
    assert_eq!(answer.text().lines().count(), 1, "{}", answer.text());
    serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Asserts that a passage is where it says, in the words of the file, on one line.
#[track_caller]
fn assert_stands(folder: &Folder, place: Place) {
    assert!(
        !place.text.contains(['\n', '\r', '\t']) && !place.text.contains("  ") && place.text.trim() == place.text,
        "{place:?}"
    );
    assert_eq!(place.source, place.path);
    assert!(place.id.starts_with(&format!("{}#", place.source)), "{place:?}");
    assert_eq!((place.page, place.time), (None, None));
    let text = fs::read_to_string(folder.path(place.path)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (start, end) = place.lines;
    assert!(1 <= start && start <= end && end <= lines.len(), "{place:?}");
    let joined = lines[start - 1..end].iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>().join(" ");
    assert_eq!(joined, place.text, "{place:?}");
}

#[test]
fn passages() {
    let folder = folder();
    let report: Passages = read(&folder.run(&["passages", "--format", "json"]).exits(0));
    assert_eq!(report.schema, "samesay.passages.v1");
    let titles: Vec<_> = report.sources.iter().map(|source| (source.path.as_str(), source.title.as_deref())).collect();
    assert_eq!(
        titles,
        [
            ("marked.md", Some("What the harbour forgot")),
            ("windows.txt", None),
            ("wrapped.txt", Some("Ferry strikes breakwater"))
        ]
    );
    let places: Vec<Place> =
        report.sources.iter().flat_map(|source| source.passages.iter().map(Passage::place)).collect();
    places.iter().for_each(|place| assert_stands(&folder, *place));
    let found: Vec<_> = places.iter().map(|place| (place.id, place.lines, place.heading)).collect();
    let expected = [
        ("marked.md#1", (5, 6), Some("The rudder")),
        ("marked.md#2", (10, 10), Some("The lamp")),
        ("windows.txt#1", (1, 1), None),
        ("windows.txt#2", (3, 3), None),
        ("wrapped.txt#1", (5, 8), None),
        ("wrapped.txt#2", (10, 11), None),
    ];
    assert_eq!(found, expected);
    assert!(
        report
            .sources
            .iter()
            .flat_map(|source| &source.dropped)
            .all(|dropped| (dropped.page, dropped.time) == (None, None))
    );
    let dropped: Vec<_> = report
        .sources
        .iter()
        .flat_map(|source| source.dropped.iter().map(|d| (d.line.unwrap(), d.text.as_str(), d.reason.as_str())))
        .collect();
    let expected = [
        (1, "What the harbour forgot", "title"),
        (3, "The rudder", "heading"),
        (8, "The lamp", "heading"),
        (1, "Ferry strikes breakwater", "title"),
        (3, "By Ada Sund", "byline"),
    ];
    assert_eq!(dropped, expected);
    assert_eq!(report.counts, Counts { sources: 3, passages: 6, dropped: 5 });
    assert_all_read(&report.unread, &report.warnings);
    assert_eq!(report.sources[2].author.as_deref(), Some("Ada Sund"));
    assert!(report.sources.iter().all(|source| source.language.as_deref() == Some("en")), "{:?}", report.sources);
}

#[test]
fn query() {
    let folder = folder();
    folder.write("queries", "the rudder failed\nthe lamp on the pier\n");
    let report: Query =
        read(&folder.run(&["query", "--file", "queries", "--min-score=-1", "--format", "json"]).exits(0));
    assert_eq!((report.schema.as_str(), report.model.as_str()), ("samesay.query.v1", "all-MiniLM-L6-v2"));
    assert!(!report.isa.is_empty() && !report.precision.is_empty());
    assert_eq!(
        report.results.iter().map(|result| result.query.as_str()).collect::<Vec<_>>(),
        ["the rudder failed", "the lamp on the pier"]
    );
    assert_eq!(report.counts, Counts { sources: 3, passages: 6, dropped: 5 });
    assert_all_read(&report.unread, &report.warnings);
    for result in &report.results {
        assert_eq!((result.sources.len(), result.found), (3, 3));
        assert!(result.nearest.is_none());
        assert!(result.sources.is_sorted_by(|a, b| a.relevance >= b.relevance));
        for source in &result.sources {
            assert_eq!((source.passages.len(), source.relevance), (2, source.passages[0].relevance));
            assert!(source.passages.is_sorted_by(|a, b| a.relevance >= b.relevance));
            // The highest among its passages and all their sentences, of which only the best answers are shown.
            let peaks = source.passages.iter().flat_map(|hit| [hit.score, hit.best_sentence.as_ref().unwrap().score]);
            assert!(source.score.0 >= peaks.map(|score| score.0).fold(-1.0, f64::max));
            assert!(source.passages.iter().all(|hit| hit.explanation.is_none() && hit.like.is_none()));
            assert!(source.passages.iter().all(|hit| hit.best_sentence.as_ref().unwrap().percentile.is_some()));
            for hit in &source.passages {
                assert_stands(&folder, hit.place());
                assert_eq!(hit.source, source.source);
                assert!(hit.text.contains(&hit.best_sentence.as_ref().unwrap().text), "{hit:?}");
            }
        }
    }
    let best = |at: usize| &report.results[at].sources[0].passages[0];
    assert_eq!((best(0).id.as_str(), best(0).heading.as_deref()), ("marked.md#1", Some("The rudder")));
    assert_eq!(best(1).id, "marked.md#2");
}

#[test]
fn an_explanation_adds_up() {
    let report: Query = read(&folder().run(&["query", "the rudder failed", "--explain", "--format", "json"]).exits(0));
    for hit in report.results[0].sources.iter().flat_map(|source| &source.passages) {
        let Explanation { passage, sentence, words, reading } = hit.explanation.as_ref().unwrap();
        let parts = [passage, sentence, words, reading];
        assert!((parts.iter().map(|part| part.weight.0).sum::<f64>() - 1.0).abs() < 1e-9);
        let sum: f64 = parts.iter().map(|part| part.weight.0 * part.value.0).sum();
        // Each value is rounded to four decimals.
        assert!((sum - hit.relevance.0).abs() < 2e-4, "{hit:?}");
        assert_eq!(passage.value, hit.score);
    }
}

#[test]
fn compare() {
    let folder = folder();
    let report: Compare = read(&folder.run(&["compare", "wrapped.txt", "windows.txt", "--format", "json"]).exits(0));
    assert_eq!((report.schema.as_str(), report.model.as_str()), ("samesay.compare.v1", "all-MiniLM-L6-v2"));
    assert_eq!((report.a.as_str(), report.b.as_str()), ("wrapped.txt", "windows.txt"));
    assert_eq!(report.counts, Counts { sources: 2, passages: 4, dropped: 2 });
    assert_all_read(&report.unread, &report.warnings);
    assert_eq!(report.calibration.background, "model");
    let ids = |row: &Aligned| (row.a.as_ref().map(|a| a.id.clone()), row.b.as_ref().map(|b| b.id.clone()));
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(
        report.aligned.iter().map(ids).collect::<Vec<_>>(),
        [(id("wrapped.txt#1"), id("windows.txt#1")), (None, id("windows.txt#2")), (id("wrapped.txt#2"), None)]
    );
    let [both, only_b, only_a] = &report.aligned[..] else { panic!("{report:?}") };
    assert_eq!(both.relation.as_deref(), Some("paraphrase"));
    assert!(both.score.is_some() && both.nearest.is_none());
    assert_wordings(&both.wordings, [both.a.as_ref().unwrap(), both.b.as_ref().unwrap()], report.min_probability);
    for (row, other) in [(only_a, "windows.txt#"), (only_b, "wrapped.txt#")] {
        assert!(
            row.score.is_none() && row.relation.is_none() && row.percentile.is_none() && row.wordings.is_empty(),
            "{row:?}"
        );
        let nearest = row.nearest.as_ref().unwrap();
        assert!(nearest.passage.starts_with(other) && nearest.score < report.min_score, "{row:?}");
        assert_eq!((nearest.path.as_str(), &nearest.path), (other.trim_end_matches('#'), &nearest.source));
        assert!(nearest.line_start.is_some());
    }
    for passage in report.aligned.iter().flat_map(|row| [&row.a, &row.b]).flatten() {
        assert_stands(&folder, passage.place());
    }
    assert_verdict(&report.verdict, [&report.a, &report.b]);
}

#[test]
fn sources() {
    let folder = folder();
    let report: Sources = read(&folder.run(&["sources", "--format", "json"]).exits(0));
    assert_eq!((report.schema.as_str(), report.model.as_str()), ("samesay.sources.v1", "all-MiniLM-L6-v2"));
    assert_eq!(report.counts, Counts { sources: 3, passages: 6, dropped: 5 });
    assert_all_read(&report.unread, &report.warnings);
    assert_eq!((report.independent_sources, report.merged.len()), (3, 0));
    let totals: Vec<_> = report.sources.iter().map(|source| (source.source.as_str(), source.passages)).collect();
    assert_eq!(totals, [("marked.md", 2), ("windows.txt", 2), ("wrapped.txt", 2)]);
    let pair = &report.pairs[0];
    assert_eq!((pair.a.as_str(), pair.b.as_str(), pair.shared), ("windows.txt", "wrapped.txt", 1));
    let [found] = &pair.matches[..] else { panic!("{pair:?}") };
    assert_eq!((found.a.id.as_str(), found.b.id.as_str(), found.score), ("windows.txt#1", "wrapped.txt#1", pair.score));
    assert_wordings(&found.wordings, [&found.a, &found.b], report.min_probability);
    // The one shared sentence has 17 of 32 words.
    assert!((pair.a_in_b.0 - 17.0 / 32.0).abs() < 1e-3, "{pair:?}");
    assert!(pair.b_in_a.0 > 0.3 && pair.b_in_a.0 < 0.8, "{pair:?}");
    assert_verdict(&pair.verdict, [&pair.a, &pair.b]);
    for passage in [&found.a, &found.b] {
        assert_stands(&folder, passage.place());
    }
}

/// A verdict is about two sources, names the likeliest degree, and its numbers are shares.
#[track_caller]
fn assert_verdict(verdict: &Verdict, sources: [&String; 2]) {
    assert!([[&verdict.of, &verdict.from], [&verdict.from, &verdict.of]].contains(&sources), "{verdict:?}");
    let Degrees { copy, light, heavy, independent } = &verdict.probabilities;
    let degrees =
        [("copy", copy), ("lightly revised", light), ("heavily revised", heavy), ("independent", independent)];
    let named = degrees.iter().find(|(name, _)| *name == verdict.degree).unwrap();
    assert!(*named.1 == verdict.probability && degrees.iter().all(|(_, other)| other.0 <= named.1.0), "{verdict:?}");
    assert!(
        (verdict.probabilities.sum() - 1.0).abs() < 1e-2 && (verdict.shares.sum() - 1.0).abs() < 1e-2,
        "{verdict:?}"
    );
}

/// Asserts that the sentences of two passages are likely enough to say the same.
fn assert_wordings(wordings: &[Wordings], [a, b]: [&Passage; 2], least: Option<Score>) {
    assert!(!wordings.is_empty());
    for found in wordings {
        assert!(a.text.contains(&found.a) && b.text.contains(&found.b) && found.score <= Score(1.0), "{found:?}");
        assert!(found.probability >= least.unwrap() && found.probability <= Score(1.0), "{found:?}");
    }
}

#[test]
fn query_without_an_answer() {
    let report: Query = read(&folder().run(&["query", "quantum chromodynamics", "--format", "json"]).exits(1));
    assert_eq!((report.results.len(), report.results[0].sources.len(), report.results[0].found), (1, 0, 0));
    let nearest = report.results[0].nearest.as_ref().unwrap();
    assert!(nearest.relevance < report.results[0].least_relevance.unwrap(), "{nearest:?}");
}

#[test]
fn cluster() {
    let folder = folder();
    let report: Clusters = read(&folder.run(&["cluster", "--min-score", "0.6", "--format", "json"]).exits(0));
    assert_eq!((report.schema.as_str(), report.model.as_str()), ("samesay.clusters.v1", "all-MiniLM-L6-v2"));
    assert!(!report.isa.is_empty() && !report.precision.is_empty());
    assert_eq!(report.min_score, Score(0.6));
    assert_eq!(report.counts, Counts { sources: 3, passages: 6, dropped: 5 });
    assert_all_read(&report.unread, &report.warnings);
    assert_eq!(
        report.sources.iter().map(|source| source.source.as_str()).collect::<Vec<_>>(),
        ["marked.md", "windows.txt", "wrapped.txt"]
    );
    for (at, cluster) in report.clusters.iter().enumerate() {
        assert_eq!(cluster.id, at + 1);
        assert_stands(&folder, cluster.medoid.place());
        cluster.members.iter().for_each(|member| assert_stands(&folder, member.place()));
        assert_eq!((cluster.members[0].place(), cluster.members[0].score), (cluster.medoid.place(), Score(1.0)));
        assert!(
            cluster.members[0].relation.is_none()
                && cluster.members[1..].iter().all(|member| member.relation.is_some())
        );
        assert_eq!(cluster.independent_sources, cluster.sources.len() - cluster.merged.len());
        assert!(cluster.members.len() > 1);
        let is_claim = cluster.kind == "claim";
        assert!(is_claim || cluster.kind == "theme" && cluster.members.is_sorted_by(|a, b| a.score >= b.score));
        assert!(!is_claim || cluster.members.is_sorted_by(|a, b| a.probability >= b.probability));
        for member in &cluster.members {
            assert_eq!((member.span.is_some(), member.probability.is_some()), (is_claim, is_claim));
            let said = member.span.map(|(start, end)| &member.text[start..end]);
            assert!(said.is_none_or(|said| member.best_sentence.as_ref().unwrap().text.contains(said)), "{member:?}");
        }
        let sources: BTreeSet<&String> = cluster.members.iter().map(|member| &member.source).collect();
        assert!(cluster.sources.iter().eq(sources), "{cluster:?}");
        assert!(cluster.members.iter().any(|member| member.text.contains(&cluster.label)), "{cluster:?}");
        assert!(cluster.cohesion.min <= cluster.cohesion.mean, "{cluster:?}");
        assert!(
            is_claim || cluster.medoid.text.contains(&cluster.label) && cluster.cohesion.mean >= report.min_score,
            "{cluster:?}"
        );
        assert!(
            cluster.keywords.len() <= 5
                && cluster.keywords.iter().all(|word| !word.is_empty() && *word == word.to_lowercase())
        );
    }
    let first = &report.clusters[0];
    assert_eq!(
        first.members.iter().map(|m| m.id.as_str()).collect::<BTreeSet<_>>(),
        BTreeSet::from(["windows.txt#1", "wrapped.txt#1"])
    );
    assert_eq!(first.sources, ["windows.txt", "wrapped.txt"]);
    assert!(first.keywords.contains(&"breakwater".to_owned()), "{first:?}");
    for unique in &report.unique {
        assert_stands(&folder, unique.place());
        let nearest = unique.nearest.as_ref().unwrap();
        assert!(
            nearest.source != unique.source && nearest.passage.starts_with(&format!("{}#", nearest.source)),
            "{unique:?}"
        );
    }
}

#[test]
fn every_passage_is_in_a_claim_or_alone_and_in_one_theme_at_most() {
    let folder = folder();
    let split: Passages = read(&folder.run(&["passages", "--format", "json"]).exits(0));
    let all: Vec<&str> =
        split.sources.iter().flat_map(|source| source.passages.iter().map(|passage| passage.id.as_str())).collect();
    for score in ["-1", "0.3", "0.6", "1"] {
        let report: Clusters = read(&folder.run(&["cluster", "--min-score", score, "--format", "json"]));
        let members = |kind: &'static str| {
            let clusters = report.clusters.iter().filter(move |cluster| cluster.kind == kind);
            clusters.flat_map(|cluster| cluster.members.iter().map(|member| member.id.as_str()))
        };
        let claimed: BTreeSet<&str> = members("claim").collect();
        let alone: BTreeSet<&str> = report.unique.iter().map(|unique| unique.id.as_str()).collect();
        assert_eq!((alone.len(), claimed.is_disjoint(&alone)), (report.unique.len(), true), "at {score}");
        assert_eq!(
            claimed.union(&alone).copied().collect::<BTreeSet<_>>(),
            all.iter().copied().collect(),
            "at {score}"
        );
        let mut in_themes: Vec<&str> = members("theme").collect();
        let all_themes = in_themes.len();
        in_themes.sort_unstable();
        in_themes.dedup();
        assert_eq!(in_themes.len(), all_themes, "at {score}");
    }
}

#[test]
fn a_lone_source_has_no_nearest_other() {
    let folder =
        Folder::with(&[("a.txt", "The ferry struck the breakwater.\n\nA bakery sells rye bread on the square.\n")]);
    let report: Clusters = read(&folder.run(&["cluster", "--format", "json"]).exits(1));
    assert!(report.unique.len() == 2 && report.unique.iter().all(|unique| unique.nearest.is_none()), "{report:?}");
}

#[test]
fn errors_are_on_stderr_and_say_of_which_kind_they_are() {
    let folder = Folder::with(&[("empty.txt", ""), ("a.txt", "The ferry struck the breakwater.\n")]);
    fs::create_dir(folder.path("model")).unwrap();
    for (args, kind, name) in [
        (&["query", "ferry", "--min-score", "2"][..], "usage", "--min-score"),
        (&["embed"], "usage", "jsonl"),
        (&["query", "ferry", "nowhere.txt"], "input", "nowhere.txt"),
        (&["cluster", "empty.txt"], "input", "empty.txt"),
        (&["passages", ".", "--glob", "["], "input", "glob"),
        (&["passages", ".", "--model", "model"], "model", "config.json"),
        (&["bench", "--texts", "nowhere.txt"], "io", "nowhere.txt"),
    ] {
        let answer = folder.run(&[args, &["--format", "json"]].concat()).exits(2);
        assert_eq!(answer.text(), "");
        let failure: Failure = serde_json::from_str(answer.stderr.lines().last().unwrap())
            .unwrap_or_else(|e| panic!("{e}: {}", answer.stderr));
        assert_eq!((failure.schema.as_str(), failure.kind.as_str()), ("samesay.error.v1", kind), "{failure:?}");
        assert!(failure.error.contains(name), "{failure:?}");
    }
}

#[test]
fn every_answer_has_warnings_and_what_was_not_read() {
    let folder = folder();
    let model = tiny_model().display().to_string();
    folder.write("v.npy", fan(&[0.0, 0.0, 90.0]));
    folder.write("q.npy", fan(&[1.0]));
    let json = |args: &[&str]| folder.run(&[args, &["--format", "json", "--model", &model]].concat());
    let of_documents: &[&[&str]] = &[
        &["query", "the rudder failed"],
        &["compare", "wrapped.txt", "windows.txt"],
        &["sources"],
        &["pairs"],
        &["cluster"],
        &["report"],
        &["passages"],
        &["index", ".", "--store", "s.db"],
        &["index", "status", "--store", "s.db"],
        &["index", "verify", "--store", "s.db"],
        &["index", "prune", "--store", "s.db"],
        &["index", "rebuild", ".", "--store", "s.db"],
        &["index", "clean", "--store", "s.db"],
        &["bench", "wrapped.txt", "--seconds", "0.1"],
        &["model", "show"],
    ];
    let of_vectors: &[&[&str]] = &[
        &["query", "--vector", "q.npy", "--vectors", "v.npy"],
        &["cluster", "--vectors", "v.npy", "--min-score", "0.9"],
        &["pairs", "--vectors", "v.npy", "--min-score", "0.9"],
        &["model", "list"],
        &["model", "pull"],
        &["model", "verify"],
    ];
    let answers = of_documents.iter().map(|args| (args, json(args)));
    let others = of_vectors.iter().map(|args| (args, folder.run(&[args, &["--format", "json"][..]].concat())));
    for (args, answer) in answers.chain(others) {
        let answer = answer.json();
        assert!(answer["unread"].is_array() && answer["warnings"].is_array(), "{args:?}: {answer}");
    }
    // What is printed as a warning is in the answer.
    for what in ["status", "clean"] {
        let answer = folder.run(&["index", what, "--store", "none.db", "--format", "json"]).exits(0);
        let warnings = answer.json()["warnings"].clone();
        assert_eq!(answer.stderr, format!("samesay: warning: {}\n", warnings[0].as_str().unwrap()));
        assert!(schema("index").is_valid(&answer.json()));
    }
}
