//! `samesay pairs`: every pair of similar passages, sentences, sources or vectors.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::compare::alike::{
    Alike, AlikePairs, MOST, MOST_IN_PARTS, Part, Sets, Stopped, TooMany, Unit, Units, Wanted, background_of,
    distribution_of,
};
use samesay::compare::{Independence, Threshold};
use samesay::kernels::Kernels;
use samesay::library::DocumentId;
use samesay::report::pairs::{Compared, Describe, Table, TableFormat, With, describe};
use samesay::report::{PairsReport, ReadingNotes, UnitRef, counted};
use samesay::source::own;

use super::Outcome;
use super::args::{CutArgs, PairsArgs, UnitArg};
use super::commands::same;
use super::config::{Config, UsageError};
use super::given::{Named, cut, kernels};
use super::input::{InputError, Request, outcome, shown};
use super::io::{is_same_file, stdout};
use super::output::{Existing, Kind, WholeFile, beginning, beside, check_bom, existing, is_done, kind, named};

/// `samesay pairs`
pub fn pairs(config: &Config, args: PairsArgs) -> Result<Outcome> {
    let args = PairsArgs { output: named(args.output), ..args };
    let output = Output::new(config, &args)?;
    let same = match same(&CutArgs { min_percentile: args.min_percentile, min_score: args.min_score })? {
        // Every pair reaches this percentile.
        Threshold::Percentile(percentile) if percentile <= 0.0 => Threshold::Score(-1.0),
        other => other,
    };
    if args.vectors.is_none() && args.ids.is_some() {
        return Err(UsageError("--ids: is for vectors; name their file with --vectors".to_owned()).into());
    }
    for (flag, number) in [("--top-k", args.top_k), ("--limit", args.limit)] {
        if number == Some(0) {
            return Err(UsageError(format!("{flag} 0: use at least 1")).into());
        }
    }
    if let Some(limit) = args.limit.filter(|limit| *limit > MOST) {
        let how = "use a lower number, or omit it and use --format jsonl or csv";
        let what = format!("at most {MOST} pairs are written in the order of their cosines");
        return Err(UsageError(format!("--limit {limit}: {what}; {how}")).into());
    }
    match args.vectors.clone() {
        Some(path) => of_vectors(config, &args, &path, same, output),
        None => of_documents(config, args, same, output),
    }
}

/// The limits that were asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// The least cosine, or `None` where only the nearest are asked for, however similar they are.
    least: Option<f32>,
    top_k: Option<usize>,
    limit: Option<usize>,
}

impl Asked {
    /// Limits with `least`, the cosine of the threshold. The default threshold is not used where only the nearest are
    /// wanted.
    fn new(args: &PairsArgs, same: Threshold, least: f32) -> Self {
        let nearest_only = args.top_k.is_some() && same == Threshold::Unusual;
        Self { least: (!nearest_only).then_some(least), top_k: args.top_k, limit: args.limit }
    }
}

/// A search for pairs.
struct Search<'a> {
    asked: Asked,
    kernels: &'static dyn Kernels,
    sets: Sets<'a>,
    unit: Unit,
}

impl Search<'_> {
    fn least(&self) -> f32 {
        self.asked.least.unwrap_or(f32::NEG_INFINITY)
    }

    /// Whether pairs are only known once everything has been compared.
    fn needs_all(&self) -> bool {
        self.asked.top_k.is_some() || self.asked.limit.is_some()
    }

    /// All pairs.
    fn all(&self) -> Result<AlikePairs> {
        let wanted = Wanted { least: self.least(), top_k: self.asked.top_k, limit: self.asked.limit };
        let how = format!("at most {MOST} are written as text or JSON");
        let found = self.sets.alike(self.kernels, wanted);
        let or = "a higher --min-score, or --format jsonl or csv";
        Ok(found.map_err(|many| self.too_many(many, &how, or))?)
    }

    /// Passes on pairs as they are found, and returns their number.
    fn in_parts(&self, take: impl FnMut(Vec<Alike>) -> io::Result<()>, place: &str) -> Result<u64> {
        let how = format!("at most {MOST_IN_PARTS} are written");
        self.sets.in_parts(self.kernels, self.least(), take).map_err(|stopped| match stopped {
            Stopped::Many(many) => self.too_many(many, &how, "or a higher --min-score").into(),
            Stopped::By(error) => anyhow::Error::new(error).context(place.to_owned()),
        })
    }

    /// The units of the first set that are in no pair, each with the nearest of the second.
    fn new_units(&self) -> Vec<Alike> {
        match self.asked.least {
            Some(least) => self.sets.nearest(self.kernels).into_iter().filter(|near| near.score < least).collect(),
            None => Vec::new(),
        }
    }

    fn too_many(&self, many: TooMany, most: &str, or: &str) -> UsageError {
        let reach = self.asked.least.map_or(String::new(), |least| format!(" with a cosine of {least:.4} or more"));
        UsageError(match many {
            TooMany::Pairs(pairs) => {
                format!("there are {pairs} pairs{reach}, and {most}; use --limit N for the most similar ones, {or}")
            }
            TooMany::Neighbours(_) => format!(
                "--top-k {}: too many neighbours of too many {}s; use a lower number",
                self.asked.top_k.unwrap_or_default(),
                self.unit.name()
            ),
        })
    }
}

fn of_documents(config: &Config, args: PairsArgs, same: Threshold, output: Output) -> Result<Outcome> {
    let unit = match args.unit {
        UnitArg::Passage => Unit::Passage,
        UnitArg::Sentence => Unit::Sentence,
        UnitArg::Source => Unit::Source,
    };
    let paths = shown(&args.input.paths);
    let (input, none) = (args.input.clone(), HashSet::new());
    let (request, others, like) = if !args.against.is_empty() {
        let (request, others) = Request::against(input, args.against.clone())?;
        (request, others, none)
    } else if !args.like.is_empty() {
        let (request, like) = Request::like(input, args.like.clone())?;
        (request, none, like)
    } else {
        (Request::find(input)?, none.clone(), none)
    };
    let (documents, embedder) = request.read(config)?;
    let complete = documents.complete;
    let corpus = documents.embed(config, &embedder)?;
    corpus.check()?;
    let model_background = config.background(&embedder, corpus.library.store())?;
    corpus.library.fetch_all()?;
    let independence = Independence::new(&corpus.library)?;
    let library = &corpus.library;
    let is_other = |document: DocumentId| others.contains(&library.document(document).path);
    let all = Units::of(&corpus, unit, |_| true);
    let (background, least) = background_of(&corpus, &all, unit, &independence, &model_background, same);
    let (a, b) = if others.is_empty() {
        (all, None)
    } else {
        (Units::of(&corpus, unit, |document| !is_other(document)), Some(Units::of(&corpus, unit, is_other)))
    };
    check_sources(&a, b.as_ref(), &paths, &args.against)?;
    let is_like = |source: DocumentId| like.contains(&library.document(source).path);
    let some: Vec<u32> = (0..).zip(&a.sources).filter(|(_, source)| is_like(**source)).map(|(at, _)| at).collect();
    if some.is_empty() && !args.like.is_empty() {
        return Err(InputError::new(format!("--like {}: contains no text", shown(&args.like))).into());
    }
    let rows = if args.like.is_empty() { Part::All } else { Part::Only(&some) };
    let asked = Asked::new(&args, same, least);
    let sets = Sets { left: &a, rows, right: b.as_ref() };
    let search = Search { asked, kernels: corpus.kernels(), sets, unit };
    let with = With {
        a: describe(library, unit, &a),
        b: b.as_ref().map(|b| describe(library, unit, b)),
        percentile: Some(With::by_background(&background)),
    };
    let compared = Compared {
        model: Some(embedder.model()),
        isa: embedder.model().engine().isa,
        unit,
        units: (a.len(), b.as_ref().map(Units::len)),
        like: (!args.like.is_empty()).then_some(some.len()),
        asked: (asked.least, asked.top_k),
        reading: ReadingNotes::new(library),
    };
    Ok(outcome(complete, output.write(config, &search, compared, &with)? > 0))
}

/// Checks that there are two sources to make pairs of.
fn check_sources(a: &Units, b: Option<&Units>, paths: &str, against: &[PathBuf]) -> Result<(), InputError> {
    match b {
        Some(b) if b.is_empty() => Err(InputError::new(format!("--against {}: contains no text", shown(against)))),
        None if a.sources.first() == a.sources.last() => Err(InputError::new(format!(
            "{paths}: only one source has text; pairs need two: add a path, or use --against PATH"
        ))),
        _ if a.is_empty() => Err(InputError::new(format!("{paths}: contains no text"))),
        _ => Ok(()),
    }
}

fn of_vectors(config: &Config, args: &PairsArgs, path: &Path, same: Threshold, output: Output) -> Result<Outcome> {
    let (kernels, isa) = kernels(config)?;
    if same == Threshold::Unusual && args.top_k.is_none() {
        let how = "use --min-score COSINE, --min-percentile PERCENT or --top-k N";
        return Err(UsageError(format!("--vectors: a threshold is needed; {how}")).into());
    }
    if let [_, another, ..] = &args.against[..] {
        let another = another.display();
        return Err(UsageError(format!("--against {another}: with --vectors, name one file of vectors")).into());
    }
    let against = args.against.first();
    if let Some(against) = against.filter(|against| is_same_file(path, against)) {
        let how = "name another file, or leave it out to compare the vectors with each other";
        return Err(UsageError(format!("--against {}: the same file as --vectors; {how}", against.display())).into());
    }
    if args.resume && output.is_done(args, path)? {
        let done = args.output.as_deref().unwrap_or(Path::new("")).display();
        config.note(&format!("{done}: is up to date (newer than its input); nothing to do"));
        return Ok(Outcome::Found);
    }
    let a = Named::read(path, args.ids.as_deref())?;
    let b = against.map(|against| Named::read(against, args.against_ids.as_deref())).transpose()?;
    check_vectors(path, &a, against.zip(b.as_ref()))?;
    let of_b = b.as_ref().map(|b| &b.units);
    let distribution = distribution_of(kernels, a.units.vectors.view(), of_b.map(|b| b.vectors.view()));
    let least = cut(same, distribution.as_ref()).unwrap_or(f32::NEG_INFINITY);
    let asked = Asked::new(args, same, least);
    let rows = args.shard.map(|shard| shard.rows(a.units.len()));
    let sets = Sets { left: &a.units, rows: rows.as_deref().map_or(Part::All, Part::Shard), right: of_b };
    let search = Search { asked, kernels, sets, unit: Unit::Vector };
    let with = With {
        a: described(&a),
        b: b.as_ref().map(described),
        percentile: distribution.as_ref().map(With::by_distribution),
    };
    let units = (a.units.len(), of_b.map(Units::len));
    let compared = Compared {
        model: None,
        isa,
        unit: Unit::Vector,
        units,
        like: None,
        asked: (asked.least, asked.top_k),
        reading: ReadingNotes::default(),
    };
    Ok(outcome(true, output.write(config, &search, compared, &with)? > 0))
}

/// The input files of a run over vectors.
fn inputs<'a>(args: &'a PairsArgs, path: &'a Path) -> Vec<&'a Path> {
    let others = args.against.iter().chain(&args.ids).chain(&args.against_ids).map(PathBuf::as_path);
    std::iter::once(path).chain(others).collect()
}

/// Begins the options that are kept.
const FIRST_OPTION: &str = "--vectors";

/// The options that decide which pairs of vectors are found, as they are kept beside an output that can be resumed.
/// Files are called by their names, as they may be moved together.
fn options(args: &PairsArgs, path: &Path, kind: Kind) -> String {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let number = |number: Option<f32>| number.map(|number| number.to_string());
    let all = [
        (FIRST_OPTION, Some(name(path))),
        ("--ids", args.ids.as_deref().map(name)),
        ("--against", args.against.first().map(|against| name(against))),
        ("--against-ids", args.against_ids.as_deref().map(name)),
        ("--top-k", args.top_k.map(|number| number.to_string())),
        ("--min-percentile", number(args.min_percentile)),
        ("--min-score", number(args.min_score)),
        ("--shard", args.shard.map(|shard| shard.to_string())),
        ("--limit", args.limit.map(|number| number.to_string())),
        ("--format", Some(kind.name().to_owned())),
    ];
    let given = all.into_iter().filter_map(|(flag, value)| Some(format!("{flag} {}", value?)));
    given.chain(args.bom.then(|| "--bom".to_owned())).collect::<Vec<_>>().join(" ")
}

/// Describes the vectors of a file in a report.
fn described(named: &Named) -> Describe<'_> {
    Box::new(|at| UnitRef::of_vector(named.id(at)))
}

/// Checks that there are two vectors, and that all have the same length.
fn check_vectors(path: &Path, a: &Named, b: Option<(&PathBuf, &Named)>) -> Result<(), InputError> {
    match b {
        None => a.two(path, "pairs need two, or --against FILE"),
        Some((against, b)) => {
            let against = format!("--against {}", against.display());
            b.as_wide_as(a.units.vectors.ncols(), &against, path)?;
            b.some(&against)?;
            a.some(&path.display().to_string())
        }
    }
}

/// Where pairs go.
struct Output {
    kind: Kind,
    /// The file, and what happens if it exists. `None` is stdout.
    file: Option<(PathBuf, Existing)>,
    /// Whether a table begins with a byte order mark.
    bom: bool,
    /// The options of a run that can be resumed.
    options: Option<String>,
}

impl Output {
    fn new(config: &Config, args: &PairsArgs) -> Result<Self> {
        let kind = kind(config.format, args.output.as_deref())?;
        let existing =
            |path: &PathBuf| Ok::<_, anyhow::Error>((path.clone(), existing(path, args.force, "pairs", are_pairs)?));
        check_bom(
            args.bom,
            kind == Kind::Table(TableFormat::Csv),
            "add --format csv, or name a file with -o pairs.csv",
        )?;
        let options = args.vectors.as_deref().filter(|_| args.resume).map(|path| options(args, path, kind));
        Ok(Self { kind, file: args.output.as_ref().map(existing).transpose()?, bom: args.bom, options })
    }

    /// Whether a run with these options has written the file already, and nothing that it is made of is newer.
    ///
    /// # Errors
    /// When a run with other options has.
    fn is_done(&self, args: &PairsArgs, path: &Path) -> Result<bool> {
        let Some((output, _)) = self.file.as_ref().filter(|(output, _)| is_done(output, &inputs(args, path))) else {
            return Ok(false);
        };
        // Of a file without them it is not known how it was made.
        let Some(kept) = kept_options(output) else { return Ok(false) };
        if Some(&kept) == self.options.as_ref() {
            return Ok(true);
        }
        let how = "resume with the same options, or remove it to begin again";
        Err(UsageError(format!("{}: was written with {kept}; {how}", output.display())).into())
    }

    /// Searches for pairs and writes them. Returns their number.
    fn write(self, config: &Config, search: &Search, compared: Compared, with: &With) -> Result<u64> {
        match self.kind {
            Kind::Table(format) if !search.needs_all() => self.write_to(config, |out, place| {
                let mut table = Table::new(format, out).with_context(|| place.to_owned())?;
                let of_part = |pairs: Vec<Alike>| {
                    pairs.iter().try_for_each(|pair| table.write(with.row(pair, true)))?;
                    table.flush()
                };
                let pairs = search.in_parts(of_part, place)?;
                let new = search.new_units();
                let ended = new.iter().try_for_each(|pair| table.write(with.row(pair, false)));
                ended.and_then(|()| table.finish()).with_context(|| place.to_owned())?;
                Ok(pairs)
            }),
            kind => {
                let report = PairsReport::new(compared, search.all()?, search.new_units(), with);
                self.write_to(config, |out, place| {
                    rendered(kind, config, &report, out).with_context(|| place.to_owned())?;
                    Ok(report.pairs.len() as u64)
                })
            }
        }
    }

    /// Has pairs written to stdout or a file, with the name of that place for messages; returns their number.
    fn write_to(
        self,
        config: &Config,
        write: impl FnOnce(&mut (dyn Write + Send), &str) -> Result<u64>,
    ) -> Result<u64> {
        let Some((path, existing)) = self.file else {
            return match self.kind {
                // The stream removes colours where none are wanted, and control characters with them.
                Kind::Text => write(&mut BufWriter::new(anstream::AutoStream::auto(stdout()?)), "stdout"),
                _ => write(&mut begun(stdout()?, self.bom).context("stdout")?, "stdout"),
            };
        };
        let shown = path.display().to_string();
        let mut whole = WholeFile::create(&path, existing).with_context(|| shown.clone())?;
        let to = whole.file().try_clone().with_context(|| shown.clone())?;
        let pairs = match self.kind {
            Kind::Text => write(&mut BufWriter::new(anstream::StripStream::new(to)), &shown),
            _ => write(&mut begun(to, self.bom).with_context(|| shown.clone())?, &shown),
        }?;
        let kept = options_of(&path);
        if kept_options(&path).is_some() {
            // They are those of what is replaced.
            fs::remove_file(&kept).with_context(|| kept.display().to_string())?;
        }
        whole.finish().with_context(|| shown.clone())?;
        if let Some(options) = self.options.filter(|_| path.is_file()) {
            let shown = || kept.display().to_string();
            let mut whole = WholeFile::create(&kept, Existing::Refuse).with_context(shown)?;
            writeln!(whole.file(), "{options}").with_context(shown)?;
            whole.finish().with_context(shown)?;
        }
        config.note(&format!("{} written to {shown}", counted(usize::try_from(pairs)?, "pair")));
        Ok(pairs)
    }
}

/// What is written to, with a byte order mark in it if there is to be one.
fn begun<W: Write>(to: W, bom: bool) -> io::Result<BufWriter<W>> {
    let mut to = BufWriter::new(to);
    to.write_all(beginning(bom).as_bytes())?;
    Ok(to)
}

fn rendered(kind: Kind, config: &Config, report: &PairsReport, out: &mut (dyn Write + Send)) -> io::Result<()> {
    match kind {
        Kind::Text => report.write_text(out, config.look)?,
        Kind::Json => report.write_json(out)?,
        Kind::Table(format) => {
            let mut table = Table::new(format, &mut *out)?;
            report.rows().try_for_each(|row| table.write(row))?;
            table.finish()?;
        }
    }
    out.flush()
}

/// Where the options are kept that a file of pairs was made with.
fn options_of(output: &Path) -> PathBuf {
    beside(output, ".options")
}

/// The options that a file of pairs was made with, if they are known.
fn kept_options(output: &Path) -> Option<String> {
    let kept = fs::read_to_string(options_of(output)).ok()?;
    kept.starts_with(FIRST_OPTION).then(|| kept.trim_end().to_owned())
}

/// Whether a file with this beginning and end holds pairs.
fn are_pairs(begin: &[u8], end: &[u8]) -> bool {
    own::is_pairs(begin) || own::are_parquet_pairs(end)
}
