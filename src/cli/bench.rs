//! `bench`: how fast texts are embedded on this CPU.

use std::time::Instant;

use anyhow::Result;
use samesay::model::{Embedder, Prompt};
use samesay::report::{BenchReport, Latency, Spread, Workload, terminal};

use super::Outcome;
use super::args::BenchArgs;
use super::config::{Config, UsageError};
use super::io::{print, read_text};

/// Texts of a built-in workload.
const TEXTS: usize = 256;
/// Texts that are timed alone, at most.
const ALONE: usize = 100;
/// Lengths of the built-in workloads, in tokens with the two special ones.
const LENGTHS: [usize; 4] = [16, 64, 128, 256];

/// `samesay bench`
pub fn bench(config: &Config, args: &BenchArgs) -> Result<Outcome> {
    let json = config.json()?;
    if args.rounds == 0 {
        return Err(UsageError("--rounds must be 1 or more".to_owned()).into());
    }
    let given = args.texts.as_deref().map(|path| read_text(path).map(|text| (path, text))).transpose()?;
    let embedder = config.embedder()?;
    let workloads: Vec<(String, Vec<String>)> = if let Some((path, text)) = given {
        let texts: Vec<String> = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        if texts.is_empty() {
            return Err(UsageError(format!("{}: contains no texts; write one per line", path.display())).into());
        }
        let name = path.file_stem().map_or("texts".into(), |stem| stem.to_string_lossy().into_owned());
        vec![(name, texts)]
    } else {
        let mut lengths = LENGTHS.map(|length| length.min(embedder.model().settings().window)).to_vec();
        lengths.dedup();
        lengths.iter().map(|length| (format!("{length} tokens"), built_in(&embedder, *length))).collect()
    };
    let report = BenchReport {
        schema: "samesay.bench.v1",
        cpu: cpu_name(),
        isa: embedder.model().engine().isa.to_owned(),
        precision: embedder.model().engine().precision.name().to_owned(),
        threads: embedder.threads(),
        model: embedder.model().name().to_owned(),
        workloads: workloads
            .iter()
            .map(|(name, texts)| measure(&embedder, name, texts, args.rounds))
            .collect::<Result<_>>()?,
    };
    print(json, &report, terminal::bench)?;
    Ok(Outcome::Found)
}

/// Embeds all texts once to warm up, then `rounds` times; then some of them one by one.
fn measure(embedder: &Embedder, name: &str, texts: &[String], rounds: usize) -> Result<Workload> {
    let mut tokens = 0;
    for text in texts {
        tokens += embedder.model().tokenize(text)?.ids.len();
    }
    let mut seconds = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let start = Instant::now();
        let vectors = embedder.embed(texts, Prompt::None)?;
        let elapsed = start.elapsed().as_secs_f64();
        assert!(vectors.iter().all(|value| value.is_finite()), "a vector is not finite");
        if round > 0 {
            seconds.push(elapsed);
        }
    }
    let mut alone = Vec::new();
    for text in texts.iter().take(ALONE) {
        let start = Instant::now();
        embedder.embed(&[text], Prompt::None)?;
        alone.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Workload {
        name: name.to_owned(),
        texts: texts.len(),
        tokens,
        tokens_per_s: rate(tokens, &seconds),
        texts_per_s: rate(texts.len(), &seconds),
        latency_ms: Latency { p50: rounded(quantile(&mut alone, 0.5)), p99: rounded(quantile(&mut alone, 0.99)) },
    })
}

fn rate(count: usize, seconds: &[f64]) -> Spread {
    let mut rates: Vec<f64> = seconds.iter().map(|seconds| count as f64 / seconds).collect();
    let mut at = |share| (quantile(&mut rates, share) * 10.0).round() / 10.0;
    Spread { median: at(0.5), min: at(0.0), max: at(1.0) }
}

fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1e3).round() / 1e3
}

/// The nearest-rank quantile.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

/// Texts of `length` tokens, each of other words: exactly so where each word is one token.
fn built_in(embedder: &Embedder, length: usize) -> Vec<String> {
    const WORDS: &[&str] = &[
        "harbour",
        "minister",
        "the",
        "report",
        "of",
        "rising",
        "water",
        "and",
        "said",
        "that",
        "prices",
        "in",
        "city",
        "council",
        "voted",
        "on",
        "new",
        "law",
        "after",
        "long",
        "debate",
        "about",
        "costs",
        "for",
        "small",
        "farms",
        "while",
        "trade",
        "with",
        "north",
        "grew",
        "by",
        "ten",
        "percent",
        "last",
        "year",
        "scientists",
        "found",
        "a",
        "method",
        "to",
        "store",
        "heat",
        "under",
        "old",
        "mines",
    ];
    // A linear congruential generator (Numerical Recipes' constants): the same texts on every run.
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        WORDS[(state >> 16) as usize % WORDS.len()]
    };
    let mut text = || (0..length).map(|_| next()).collect::<Vec<_>>().join(" ");
    (0..TEXTS).map(|_| cut(embedder, text(), length)).collect()
}

/// As many whole words of a text as make `length` tokens at most, the special ones included.
fn cut(embedder: &Embedder, mut text: String, length: usize) -> String {
    if let Ok(tokens) = embedder.model().tokenize(&text) {
        let special = tokens.offsets.iter().filter(|range| range.is_empty()).count();
        let last = tokens.offsets.iter().filter(|range| !range.is_empty()).take(length.saturating_sub(special)).last();
        let end = last.map_or(0, |range| range.end);
        let word_ends = text[end..].starts_with(' ') || end == text.len();
        text.truncate(if word_ends { end } else { text[..end].rfind(' ').unwrap_or(end) });
    }
    text
}

/// What the CPU calls itself.
fn cpu_name() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim().to_owned()));
    name.unwrap_or_else(|| format!("unknown {} CPU", std::env::consts::ARCH))
}
