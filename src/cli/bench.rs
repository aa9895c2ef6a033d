//! `bench`: how fast texts are embedded on this CPU.

mod args;
mod output;
mod pairs;
mod peers;
mod process;
mod progress;
mod saved;
mod sweeps;
mod what;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use samesay::bench::noise::{Warning, Watch};
use samesay::bench::{
    Asserted, BASELINE, NotMeasured, Plan, Quantity, Reference, TextSet, bench as measure, beside, noise_during,
};
use samesay::report::{BenchReport, Held, PeerComparison, ReadingNotes, terminal};

pub use args::BenchArgs;
use args::What;
use output::Output;
use peers::{Python, Setting};
use progress::Stages;
use saved::Before;
use sweeps::Sweeps;
use what::Folder;

use super::Outcome;
use super::config::{Config, UsageError, model_choice};
use super::io::{print, read_text, stdout};
use super::output::check_bom;

/// Seconds to measure for without and with --full.
const SECONDS: f64 = 10.0;
const FULL: f64 = 60.0;
/// The most seconds that can be asked for: a day.
const MOST: f64 = 86_400.0;

/// `samesay bench`
pub fn bench(config: &Config, args: &BenchArgs) -> Result<Outcome> {
    let json = config.json()?;
    let named: Vec<&String> = args.peers.iter().flatten().collect();
    if named.iter().any(|name| *name == peers::INSTALL) {
        if named.len() > 1 {
            let what = "cannot be combined with other runtimes; install them first, then name them";
            return Err(UsageError(format!("--peers={}: {what}", peers::INSTALL)).into());
        }
        let said = peers::install(config, args.python.as_deref())?;
        anstream::AutoStream::auto(stdout()?).write_all(said.as_bytes()).context("stdout")?;
        return Ok(Outcome::Found);
    }
    let plan = plan(args)?;
    let outputs = args.output.iter().map(|path| Output::new(path.clone(), args)).collect::<Result<Vec<_>>>()?;
    check_bom(args.bom, outputs.iter().any(Output::is_table), "name a file with -o bench.csv")?;
    let own = args.texts.as_deref().map(own_texts).transpose()?;
    let held = Demands::new(config, args)?;
    args.models.iter().try_for_each(|name| model_choice(Some(name.as_ref())).map(drop))?;
    let stages = Stages::new(config.chatter);
    let others = others(config, args, &held)?;
    let report = measured(config, args, plan, own, &held, others, &stages);
    stages.finish();
    let (mut report, complete) = report?;
    let outcome = match held.judge(&mut report) {
        Outcome::Found if !complete => Outcome::Incomplete,
        judged => judged,
    };
    outputs.iter().try_for_each(|output| output.write(&report))?;
    args.save.iter().try_for_each(|name| saved::save(config, name, &report))?;
    print(json, &report, |report| terminal::bench(report, config.look))?;
    Ok(outcome)
}

/// The earlier result and the assertions that a result is compared with.
struct Demands {
    before: Option<Before>,
    max_regression: Option<f64>,
    asserted: Vec<Asserted>,
}

impl Demands {
    /// Checks everything that can be checked before anything is measured.
    fn new(config: &Config, args: &BenchArgs) -> Result<Self> {
        args.save.iter().try_for_each(|name| saved::file_of(config, name).map(drop))?;
        let parse = |text: &String| text.parse().map_err(|error| UsageError(format!("--assert {error}")));
        Ok(Self {
            before: args.baseline.as_deref().map(|named| saved::before(config, named)).transpose()?,
            max_regression: args.max_regression.as_deref().map(percent).transpose()?,
            asserted: args.asserted.iter().map(parse).collect::<Result<_, _>>()?,
        })
    }

    /// Checks that every quantity in an assertion will be measured.
    fn can_be_judged(&self, sets: &[TextSet], pairs: bool) -> Result<(), UsageError> {
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        let check = |asserted: &Asserted| {
            let found = asserted.can_be_judged(&names, pairs, self.before.is_some());
            found.map_err(|why| UsageError(format!("--assert {}: {why}{}", asserted.text(), flag_for(&why))))
        };
        self.asserted.iter().try_for_each(check)
    }

    /// Adds the verdicts to a result. The exit code is 1 for what fails beyond doubt, and 2 for what noise hides.
    fn judge(&self, report: &mut BenchReport) -> Outcome {
        report.baseline =
            self.before.as_ref().map(|before| before.saved.compared(&before.name, report, self.max_regression));
        report.assertions = self.asserted.iter().map(|asserted| asserted.judged(report)).collect();
        let regression = report.baseline.iter().filter_map(|baseline| baseline.verdict);
        match report.assertions.iter().map(|assertion| assertion.verdict).chain(regression).max() {
            None | Some(Held::Holds) => Outcome::Found,
            Some(Held::Fails) => Outcome::Nothing,
            Some(Held::Undecided) => Outcome::Incomplete,
        }
    }
}

/// The flag that supplies what an assertion lacks.
fn flag_for(why: &NotMeasured) -> &'static str {
    match why {
        NotMeasured::Pairs => "; give them with --pairs FILE",
        NotMeasured::Baseline => "; give it with --baseline",
        _ => "",
    }
}

/// A warning in words, with the flag that helps.
fn words(warning: &Warning) -> String {
    match warning {
        Warning::Threads { cpus, .. } => format!("{warning}; use --threads {cpus} or fewer"),
        Warning::OneRound { .. } => format!("{warning}; measure longer with --seconds"),
        _ => warning.to_string(),
    }
}

/// Parses a percentage, with or without its sign.
fn percent(text: &str) -> Result<f64> {
    match text.trim().trim_end_matches('%').trim().parse::<f64>() {
        Ok(percent) if (0.0..100.0).contains(&percent) => Ok(percent),
        _ => {
            let how = "use a percentage from 0 to below 100, such as 5";
            Err(UsageError(format!("--max-regression {text}: {how}")).into())
        }
    }
}

/// The peers that are named on the command line or by an assertion, and the Python that has them.
fn others(config: &Config, args: &BenchArgs, demands: &Demands) -> Result<Option<(Vec<&'static str>, Python)>> {
    let ratios = demands.asserted.iter().filter_map(|asserted| match &asserted.quantity {
        Quantity::Ratio(name) if name != BASELINE => Some(name.clone()),
        _ => None,
    });
    let typed: Vec<String> = args.peers.iter().flatten().cloned().collect();
    let asserted: Vec<String> = ratios.collect();
    let names = peers::named(&typed, &asserted, &args.what)?;
    Ok(if names.is_empty() { None } else { Some((names, Python::find(config, args.python.as_deref())?)) })
}

/// Measures everything that was asked for. Also says whether all documents could be read.
fn measured(
    config: &Config,
    args: &BenchArgs,
    plan: Plan,
    own: Option<TextSet>,
    held: &Demands,
    others: Option<(Vec<&'static str>, Python)>,
    stages: &Stages,
) -> Result<(BenchReport, bool)> {
    let pairs = args.pairs.as_deref().map(pairs::scored_pairs).transpose()?.unwrap_or_default();
    let watch = Watch::start();
    let (embedder, exact) = (config.embedder()?, sweeps::f32(config, &config.model)?);
    let folder = match args.paths.as_slice() {
        [] => None,
        paths => Some(Folder::new(config, &embedder, paths, plan, stages)?),
    };
    let (own, reading, complete) = match &folder {
        Some(folder) => folder.texts().map(|(texts, reading, complete)| (Some(texts), reading, complete))?,
        None => (own, ReadingNotes::default(), true),
    };
    let set = own.clone().unwrap_or_else(|| TextSet::sample_corpus(embedder.model()));
    let embeds = args.what.is_empty() || args.what.contains(&What::Embed);
    let sets =
        own.map_or_else(|| TextSet::built_in(embedder.model()), |own| if embeds { vec![own] } else { Vec::new() });
    held.can_be_judged(&sets, !pairs.is_empty())?;
    let reference = Reference::new(&exact, &set, &pairs, plan)?;
    let start = |text: &str| process::start(config, text);
    let mut report = measure(&embedder, &reference, &sets, plan, stages, &start)?;
    let sweeps = Sweeps {
        config,
        set: &set,
        embedder: &embedder,
        reference: &reference,
        pairs: &pairs,
        models: &args.models,
        plan,
        progress: stages,
    };
    let scratch = others.as_ref().map(|_| peers::scratch()).transpose()?;
    let setting = others.as_ref().zip(scratch.as_ref()).map(|((names, python), scratch)| Setting {
        config,
        python,
        embedder: &embedder,
        scratch,
        names,
    });
    if let Some(folder) = &folder {
        let task = |&what: &What| folder.task(what, &report.limit, setting.as_ref()).transpose();
        report.tasks = args.what.iter().filter_map(task).collect::<Result<_>>()?;
    }
    if let Some(setting) = &setting {
        let peers = setting.peers()?;
        if !peers.is_empty() {
            let compared = beside(&embedder, &set, &reference, peers, plan, stages)?;
            report.peers = Some(PeerComparison { python: setting.python.name(), ..compared });
        }
    }
    report.sweeps = args.sweep.iter().map(|&by| sweeps.sweep(by)).collect::<Result<_>>()?;
    report.noise = noise_during(watch, &report, &words);
    report.reading = reading;
    Ok((report, complete))
}

/// How long to measure, as typed.
fn plan(args: &BenchArgs) -> Result<Plan> {
    if !args.what.is_empty() && args.paths.is_empty() {
        return Err(UsageError("--what: measures over documents; name files or folders".to_owned()).into());
    }
    if args.rounds == Some(0) {
        return Err(UsageError("--rounds must be 1 or more".to_owned()).into());
    }
    let seconds = args.seconds.unwrap_or(if args.full { FULL } else { SECONDS });
    if !(seconds > 0.0 && seconds <= MOST) {
        return Err(UsageError(format!("--seconds {seconds}: use more than 0 and at most {MOST}")).into());
    }
    Ok(Plan { seconds, rounds: args.rounds, all: args.full || args.rounds.is_some() })
}

/// Reads the texts of a file, one per line.
fn own_texts(path: &Path) -> Result<TextSet> {
    let texts: Vec<String> =
        read_text(path)?.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    if texts.is_empty() {
        return Err(UsageError(format!("{}: contains no texts; write one per line", path.display())).into());
    }
    let name = path.file_stem().map_or("texts".into(), |stem| stem.to_string_lossy().into_owned());
    Ok(TextSet::own(name, texts))
}
