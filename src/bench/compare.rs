//! Comparison of a result with an earlier one, and with assertions.

use serde::Deserialize;

use crate::report::{Assertion, Baseline, BaselineRow, BenchReport, Between, Held, Spread};

/// The part of an earlier result that is needed for comparison. Results of version 1 have no intervals, so their
/// extremes are used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Saved {
    schema: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    version: String,
    cpu: String,
    isa: String,
    precision: String,
    threads: usize,
    model: String,
    workloads: Vec<SavedWorkload>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct SavedWorkload {
    name: String,
    texts: usize,
    tokens: usize,
    texts_key: Option<String>,
    tokens_per_s: SavedSpread,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct SavedSpread {
    median: f64,
    min: f64,
    max: f64,
    low: Option<f64>,
    high: Option<f64>,
    confidence: Option<f64>,
}

/// Why a file is not an earlier result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// The file is not JSON, or not of this form.
    #[error("not a result of samesay bench: {0}")]
    Json(#[from] serde_json::Error),
    /// The file has another schema.
    #[error("is {found}, not a result of samesay bench")]
    Schema {
        /// The schema that the file names.
        found: String,
    },
}

impl Saved {
    /// Parses the JSON of a result.
    ///
    /// # Errors
    /// When the JSON is not a result.
    pub fn parse(json: &str) -> Result<Self, SavedError> {
        let saved: Self = serde_json::from_str(json)?;
        let known = saved.schema.starts_with("samesay.bench.v");
        if known { Ok(saved) } else { Err(SavedError::Schema { found: saved.schema }) }
    }

    /// Compares a result with this earlier one: each workload that both have, and the verdict on whether none is slower
    /// by more than `max_regression` percent.
    pub fn compared(&self, name: &str, report: &BenchReport, max_regression: Option<f64>) -> Baseline {
        let least = max_regression.map(|percent| 1.0 - percent / 100.0);
        let mut rows = Vec::new();
        let mut warnings = self.differences(report);
        for load in &report.workloads {
            let Some(before) = self.workloads.iter().find(|before| before.name == load.name) else {
                warnings.push(format!("{}: not in the baseline", load.name));
                continue;
            };
            let others = before.texts_key.as_ref().is_some_and(|key| *key != load.texts_key);
            if before.texts == load.texts && (before.tokens != load.tokens || others) {
                warnings.push(format!("{}: the baseline was measured with other texts", load.name));
                continue;
            }
            let ratio = ratio(before.tokens_per_s, load.tokens_per_s);
            let verdict = least.map(|least| slower(ratio, least));
            let (before, now) = (before.tokens_per_s.median, load.tokens_per_s.median);
            rows.push(BaselineRow { workload: load.name.clone(), before, now, ratio, verdict });
        }
        let other_machine = self.cpu != report.cpu;
        let worst = rows.iter().filter_map(|row| row.verdict).max();
        let verdict = match max_regression {
            _ if rows.is_empty() => Some(Held::Undecided),
            Some(_) if other_machine => Some(Held::Undecided),
            _ => worst,
        };
        Baseline {
            name: name.to_owned(),
            date: self.date.clone(),
            version: self.version.clone(),
            cpu: self.cpu.clone(),
            rows,
            max_regression_percent: max_regression,
            verdict,
            warnings,
        }
    }

    /// Differences other than the speed.
    fn differences(&self, report: &BenchReport) -> Vec<String> {
        let threads = [self.threads.to_string(), report.threads.to_string()];
        let pairs = [
            ("CPU", &self.cpu, &report.cpu),
            ("instruction set", &self.isa, &report.isa),
            ("precision", &self.precision, &report.precision),
            ("number of threads", &threads[0], &threads[1]),
            ("model", &self.model, &report.model),
        ];
        let differ = pairs.into_iter().filter(|(_, before, now)| before != now);
        differ.map(|(what, before, now)| format!("the {what} was {before} in the baseline, and is {now} now")).collect()
    }
}

/// The ratio of the medians of two runs. Its interval reaches from the least to the greatest ratio of values in the two
/// intervals: with 95% each, it contains the true ratio with at least 90%.
fn ratio(before: SavedSpread, now: Spread) -> Between {
    let value = now.median / before.median;
    // Ends on the wrong side of the median, as in a file that was edited, are ignored.
    let below = |low: f64, median: f64| (low / median).min(1.0);
    let above = |high: f64, median: f64| (high / median).max(1.0);
    let (low, high) = (before.low.unwrap_or(before.min), before.high.unwrap_or(before.max));
    let confidence = now.confidence + before.confidence.unwrap_or(now.confidence) - 1.0;
    Between {
        value: digits(value),
        low: digits(value * below(now.low, now.median) / above(high, before.median)),
        high: digits(value * above(now.high, now.median) / below(low, before.median)),
        confidence: (confidence.max(0.0) * 1e4).round() / 1e4,
    }
}

fn digits(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Whether a ratio is as high as required. It fails only if even the upper end of its interval shows a slower result.
fn slower(ratio: Between, least: f64) -> Held {
    match () {
        () if ratio.value >= least => Held::Holds,
        () if ratio.high < 1.0 => Held::Fails,
        () => Held::Undecided,
    }
}

/// Least confidence of an interval that decides: the confidence that three rounds give.
const DECIDES: f64 = 0.75;

/// An assertion about a result, such as `tokens_per_s(64 tokens) >= 10000`.
#[derive(Debug, Clone, PartialEq)]
pub struct Asserted {
    /// The assertion as it was typed.
    text: String,
    /// The quantity that the assertion is about.
    pub quantity: Quantity,
    at_least: bool,
    strictly: bool,
    bound: f64,
}

/// A quantity of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    /// Speed relative to a peer, or to the baseline on the workload that became slowest.
    Ratio(String),
    /// Tokens per second of a workload.
    TokensPerS(String),
    /// The median latency of a workload in milliseconds.
    LatencyMs(String),
    /// A workload's share of the hardware's limit.
    Share(String),
    /// The lowest cosine to f32.
    CosineMin,
    /// The rank correlation with scored pairs.
    Spearman,
}

/// Why nothing can be said about a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotMeasured {
    /// No workload has this name.
    #[error("no workload is called {name}; {}", listed(known))]
    Workload {
        /// The name in the assertion.
        name: String,
        /// Names of the workloads.
        known: Vec<String>,
    },
    /// No cosine was measured.
    #[error("no cosine was measured")]
    Cosine,
    /// No pairs were scored.
    #[error("no pairs were scored")]
    Pairs,
    /// No workload can be compared with a baseline.
    #[error("there is no baseline to compare with")]
    Baseline,
    /// The peer of this name was not asked for.
    #[error("{0} was not measured")]
    Peer(String),
    /// A peer failed.
    #[error("{name} was not measured: {why}")]
    Failed {
        /// The peer's name.
        name: String,
        /// Why it failed.
        why: String,
    },
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { "none is measured".to_owned() } else { format!("there are: {}", known.join(", ")) }
}

/// The name of the baseline in [`Quantity::Ratio`].
pub const BASELINE: &str = "baseline";

/// Why an assertion cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text}: write QUANTITY >= NUMBER (or >, <=, <), where QUANTITY is ratio(PEER), ratio(baseline), \
     tokens_per_s(WORKLOAD), latency_ms(WORKLOAD), share_of_limit(WORKLOAD), cosine_min or spearman"
)]
pub struct AssertionError {
    text: String,
}

impl std::str::FromStr for Asserted {
    type Err = AssertionError;

    fn from_str(text: &str) -> Result<Self, AssertionError> {
        let error = || AssertionError { text: text.to_owned() };
        let at = text.rfind(['<', '>']).ok_or_else(error)?;
        let (quantity, bound) = (text[..at].trim(), &text[at + 1..]);
        let (strictly, bound) = bound.strip_prefix('=').map_or((true, bound), |bound| (false, bound));
        let bound = bound.trim().parse::<f64>().ok().filter(|bound| bound.is_finite()).ok_or_else(error)?;
        let (name, of) = match quantity.split_once('(') {
            Some((name, rest)) => (name.trim(), rest.strip_suffix(')').ok_or_else(error)?.trim()),
            None => (quantity, ""),
        };
        let of = of.trim_matches(['"', '\'']).to_owned();
        let quantity = match (name, of.is_empty()) {
            ("ratio", false) => Quantity::Ratio(of),
            ("tokens_per_s", false) => Quantity::TokensPerS(of),
            ("latency_ms", false) => Quantity::LatencyMs(of),
            ("share_of_limit", false) => Quantity::Share(of),
            ("cosine_min", true) => Quantity::CosineMin,
            ("spearman", true) => Quantity::Spearman,
            _ => return Err(error()),
        };
        Ok(Self { text: text.to_owned(), quantity, at_least: text[at..].starts_with('>'), strictly, bound })
    }
}

impl Asserted {
    /// Checks that the quantity will be measured, given the names of the sets of texts, and whether there are scored
    /// pairs and an earlier result.
    ///
    /// # Errors
    /// When it will not be measured, with what there is instead.
    pub fn can_be_judged(&self, sets: &[&str], pairs: bool, baseline: bool) -> Result<(), NotMeasured> {
        match &self.quantity {
            Quantity::TokensPerS(name) | Quantity::LatencyMs(name) | Quantity::Share(name)
                if !sets.contains(&name.as_str()) =>
            {
                Err(no_set(name, sets))
            }
            Quantity::Spearman if !pairs => Err(NotMeasured::Pairs),
            Quantity::Ratio(name) if name == BASELINE && !baseline => Err(NotMeasured::Baseline),
            _ => Ok(()),
        }
    }

    /// The assertion as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Judges whether the assertion holds for a result.
    pub fn judged(&self, report: &BenchReport) -> Assertion {
        let (value, verdict, reason) = match self.value(report) {
            Ok(value) => {
                let (verdict, reason) = self.verdict(value);
                (Some(value), verdict, reason)
            }
            Err(reason) => (None, Held::Undecided, reason.to_string()),
        };
        Assertion { assertion: self.text.clone(), value, verdict, reason }
    }

    fn verdict(&self, Between { value, low, high, confidence }: Between) -> (Held, String) {
        let holds = |value: f64| match (self.at_least, self.strictly) {
            (true, true) => value > self.bound,
            (true, false) => value >= self.bound,
            (false, true) => value < self.bound,
            (false, false) => value <= self.bound,
        };
        let exact = low == high && confidence == 1.0;
        match () {
            () if !exact && confidence < DECIDES => {
                (Held::Undecided, "too few rounds for a verdict; measure at least three, preferably six".to_owned())
            }
            () if holds(low) && holds(high) => (Held::Holds, String::new()),
            () if !holds(low) && !holds(high) => (Held::Fails, format!("it is {value}")),
            () => (
                Held::Undecided,
                format!("it is {value}, but could be {low} to {high}; measure longer, or on a quieter machine"),
            ),
        }
    }

    fn value(&self, report: &BenchReport) -> Result<Between, NotMeasured> {
        let load = |name: &str| {
            let known = || report.workloads.iter().map(|load| load.name.as_str()).collect::<Vec<_>>();
            let found = report.workloads.iter().find(|load| load.name == name);
            found.ok_or_else(|| no_set(name, &known()))
        };
        match &self.quantity {
            Quantity::TokensPerS(name) => Ok(between(load(name)?.tokens_per_s)),
            Quantity::LatencyMs(name) => Ok(exactly(load(name)?.latency_ms.p50)),
            Quantity::Share(name) => {
                let load = load(name)?;
                let scale = load.share_of_limit / load.encode_tokens_per_s.median;
                let Between { value, low, high, confidence } = between(load.encode_tokens_per_s);
                let [value, low, high] = [value, low, high].map(|rate| digits(rate * scale));
                Ok(Between { value, low, high, confidence })
            }
            Quantity::CosineMin => report.fidelity.cosine_min.map(exactly).ok_or(NotMeasured::Cosine),
            Quantity::Spearman => report.fidelity.spearman.map(exactly).ok_or(NotMeasured::Pairs),
            Quantity::Ratio(name) if name == BASELINE => {
                let rows = report.baseline.iter().flat_map(|baseline| &baseline.rows);
                let worst = rows.min_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value));
                worst.map(|row| row.ratio).ok_or(NotMeasured::Baseline)
            }
            Quantity::Ratio(name) => {
                let embedding = report.peers.iter().flat_map(|peers| &peers.rows);
                let searching = report.tasks.iter().flat_map(|task| &task.nearest).flat_map(|nearest| &nearest.rows);
                let mut rows = embedding
                    .map(|row| (&row.name, row.ratio, &row.skipped))
                    .chain(searching.map(|row| (&row.name, row.ratio, &row.skipped)));
                let row = rows.find(|(known, ..)| *known == name);
                let (_, ratio, skipped) = row.ok_or_else(|| NotMeasured::Peer(name.clone()))?;
                let failed = || NotMeasured::Failed { name: name.clone(), why: skipped.clone().unwrap_or_default() };
                ratio.map(between).ok_or_else(failed)
            }
        }
    }
}

fn no_set(name: &str, sets: &[&str]) -> NotMeasured {
    let known = sets.iter().map(|set| (*set).to_owned()).collect();
    NotMeasured::Workload { name: name.to_owned(), known }
}

fn between(Spread { median, low, high, confidence, .. }: Spread) -> Between {
    Between { value: median, low, high, confidence }
}

fn exactly(value: f64) -> Between {
    Between { value, low: value, high: value, confidence: 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(median: f64, low: f64, high: f64) -> Spread {
        Spread { median, min: low, max: high, low, high, confidence: 0.95 }
    }

    fn before(median: f64, low: f64, high: f64) -> SavedSpread {
        SavedSpread { median, min: low, max: high, low: Some(low), high: Some(high), confidence: Some(0.95) }
    }

    #[test]
    fn a_ratio_s_interval_contains_all_that_both_intervals_allow() {
        let found = ratio(before(100.0, 90.0, 110.0), spread(50.0, 45.0, 55.0));
        assert_eq!((found.value, found.low, found.high), (0.5, 0.4091, 0.6111));
        assert_eq!(found.confidence, 0.9);
        // A median that was edited beyond its own interval.
        let edited = ratio(before(200.0, 90.0, 110.0), spread(100.0, 90.0, 110.0));
        assert_eq!((edited.value, edited.low), (0.5, 0.45));
        assert!(edited.high >= 0.55, "{edited:?}");
    }

    #[test]
    fn a_regression_is_reported_only_beyond_doubt() {
        let ratio = |value, low, high| Between { value, low, high, confidence: 0.9 };
        assert_eq!(slower(ratio(0.97, 0.9, 1.1), 0.95), Held::Holds);
        assert_eq!(slower(ratio(0.8, 0.7, 0.9), 0.95), Held::Fails);
        assert_eq!(slower(ratio(0.8, 0.5, 1.2), 0.95), Held::Undecided);
    }

    #[test]
    fn assertions_are_read_and_nonsense_is_refused() {
        let read = |text: &str| text.parse::<Asserted>();
        let ratio = read("ratio(openvino-f32) >= 2").unwrap();
        assert_eq!(ratio.quantity, Quantity::Ratio("openvino-f32".to_owned()));
        assert!(ratio.at_least && !ratio.strictly && ratio.bound == 2.0);
        let latency = read(" latency_ms( 16 tokens )<3.5 ").unwrap();
        assert_eq!(latency.quantity, Quantity::LatencyMs("16 tokens".to_owned()));
        assert!(!latency.at_least && latency.strictly && latency.bound == 3.5);
        assert_eq!(read("cosine_min>0.999").unwrap().quantity, Quantity::CosineMin);
        for text in [
            "",
            "ratio(x)",
            "ratio >= 2",
            "ratio() >= 2",
            "ratio(x >= 2",
            "speed(x) >= 2",
            "ratio(x) >= two",
            "cosine_min(x) > 1",
            "ratio(x) >= inf",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn noise_forbids_a_verdict() {
        let at_least = "ratio(x) >= 2".parse::<Asserted>().unwrap();
        let verdict = |value, low, high, confidence| at_least.verdict(Between { value, low, high, confidence }).0;
        assert_eq!(verdict(3.0, 2.5, 3.5, 0.95), Held::Holds);
        assert_eq!(verdict(1.5, 1.2, 1.8, 0.95), Held::Fails);
        assert_eq!(verdict(2.5, 1.9, 3.0, 0.95), Held::Undecided);
        assert_eq!(verdict(3.0, 3.0, 3.0, 0.0), Held::Undecided, "one round");
        assert_eq!(verdict(3.0, 3.0, 3.0, 1.0), Held::Holds, "no interval is needed");
    }
}
