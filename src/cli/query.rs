//! `query`: texts as typed, lines of a file, passages of a document, or vectors.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use samesay::compare::Independence;
use samesay::compare::alike::MOST_NEIGHBOURS;
use samesay::lang::{one_line, words};
use samesay::library::{Corpus, DocumentId, Library, PassageId, Unread};
use samesay::model::Embedder;
use samesay::passage::Passage;
use samesay::report::{QueryReport, UnreadRef, VectorQueryReport, terminal};
use samesay::search;
use samesay::search::{Answer, Cut, Limits, Query, QueryError, Search};

use super::Outcome;
use super::args::{CutArgs, Paths, QueryArgs};
use super::commands::{cosine, percentage, same};
use super::config::{Config, Printed, UsageError};
use super::given::{Among, Named, cut, kernels};
use super::input::{self, InputError, outcome};
use super::io::{is_same_file, print, print_lines, read_text};
use super::output::folder;

/// Most characters of a query that a message quotes.
const SHOWN: usize = 40;

/// The queries.
enum Asked {
    /// Texts.
    Texts(Vec<String>),
    /// A document, or its passage on a line (or page).
    Like { path: PathBuf, line: Option<usize> },
}

/// `samesay query`
pub fn query(config: &Config, args: QueryArgs) -> Result<Outcome> {
    match (&args.vector, &args.vectors) {
        (Some(vector), Some(vectors)) => of_vectors(config, &args, vector, vectors),
        (None, Some(vectors)) => {
            let how = "needs --vector FILE with the vectors to look for; a text is only looked for in documents";
            Err(UsageError(format!("--vectors {}: {how}", vectors.display())).into())
        }
        (None, None) if args.vector_ids.is_some() => {
            Err(UsageError("--vector-ids: names vectors; give their file with --vector".to_owned()).into())
        }
        _ => of_documents(config, args),
    }
}

fn of_documents(config: &Config, args: QueryArgs) -> Result<Outcome> {
    let printed = config.printed()?;
    let limits = limits(&args)?;
    let (explain, phrase) = (args.explain, args.words.clone());
    if phrase.as_deref().is_some_and(|phrase| words(phrase).is_empty()) {
        return Err(UsageError(
            "--words has no letter or digit; give at least one word that passages must contain".to_owned(),
        )
        .into());
    }
    hint_at_paths(config, &args);
    check_quotes(&args)?;
    let (asked, paths) = asked(args)?;
    let (mut documents, embedder) = input::read(config, paths)?;
    let complete = documents.complete;
    if let Asked::Texts(texts) = &asked {
        fit_the_window(texts, &embedder)?;
        let of_language = |text: &String| input::asked_in_another_language(text, embedder.model());
        let warnings: Vec<String> = texts.iter().filter_map(of_language).collect();
        warnings.iter().for_each(|warning| config.warn(warning));
        documents.library.warnings.extend(warnings);
    }
    let mut corpus = documents.embed(config, &embedder)?;
    let background = config.background(&embedder, corpus.library.store())?;
    if let Some(warning) = background.query_warning(embedder.model().name()) {
        config.warn(&warning);
        corpus.library.warnings.push(warning);
    }
    let independence = Independence::new(&corpus.library)?;
    let search = Search::new(&corpus, &embedder, &independence, &background)?;
    let mut search = match &phrase {
        Some(phrase) => search.holding(phrase)?,
        None => search,
    };
    let start = std::time::Instant::now();
    let results = answer(asked, &corpus, &mut search, limits)?;
    config.say(|| format!("answered in {:.0} ms", start.elapsed().as_secs_f64() * 1e3));
    let report = QueryReport::new(embedder.model(), &search, &independence, results, limits, explain)?.holding(phrase);
    match printed {
        Printed::Lines => print_lines(report.lines())?,
        _ => print(printed == Printed::Json, &report, |report| terminal::query(report, config.look))?,
    }
    Ok(outcome(complete, report.found()))
}

/// Finds the vectors nearest to each vector of another file.
fn of_vectors(config: &Config, args: &QueryArgs, vector: &Path, vectors: &Path) -> Result<Outcome> {
    let printed = config.printed()?;
    if args.top_k == 0 {
        return Err(UsageError("--top-k 0: use at least 1".to_owned()).into());
    }
    let same = same(&CutArgs { min_score: args.min_score, min_percentile: args.min_percentile })?;
    let shown = format!("--vector {}", vector.display());
    if is_same_file(vector, vectors) {
        let how = "to find the nearest to each of them, use `samesay pairs --vectors FILE --top-k N`";
        return Err(UsageError(format!("{shown}: the same file as --vectors; {how}")).into());
    }
    let (kernels, isa) = kernels(config)?;
    let asked = Named::read(vector, args.vector_ids.as_deref())?;
    let among = Among::open(vectors, args.ids.as_deref(), asked.units.len())?;
    asked.as_wide_as(among.dim(), &shown, vectors)?;
    asked.some(&shown)?;
    among.some(&format!("--vectors {}", vectors.display()))?;
    let top_k = args.top_k.min(among.len());
    if asked.units.len().saturating_mul(top_k) > MOST_NEIGHBOURS {
        let how = "use a lower --top-k, or fewer queries at a time";
        return Err(UsageError(format!("{shown}: more than {MOST_NEIGHBOURS} neighbours to find; {how}")).into());
    }
    let left = asked.units.vectors.view();
    let distribution = among.distribution(kernels, left)?;
    let least = cut(same, distribution.as_ref());
    let nearest = among.nearest(kernels, left, top_k, least.unwrap_or(f32::NEG_INFINITY))?;
    let percentile = |score| distribution.as_ref().map_or(0.0, |found| 100.0 * found.level(score) as f32);
    let ids = (|at| asked.id(at), |at| among.id(at));
    let report = VectorQueryReport::new(isa, among.len(), args.top_k, least, nearest, ids, percentile);
    match printed {
        Printed::Lines => print_lines(report.lines())?,
        _ => print(printed == Printed::Json, &report, |report| terminal::vector_query(report, config.look))?,
    }
    Ok(outcome(true, report.found()))
}

fn answer(asked: Asked, corpus: &Corpus, search: &mut Search, limits: Limits) -> Result<Vec<(String, Answer)>> {
    match asked {
        Asked::Texts(texts) => {
            let queries: Vec<Query> = texts.iter().map(|text| Query::new(text)).collect();
            let answers = search.answer(&queries, limits)?;
            Ok(texts.into_iter().zip(answers).collect())
        }
        Asked::Like { path, line } => {
            let documents = documents_at(&corpus.library, &path);
            corpus.library.fetch(documents.iter().flat_map(|document| corpus.library.passages_of(*document)))?;
            let like = passages_like(&corpus.library, &documents, &path, line)?;
            let queries: Vec<Query> = like.iter().map(|passage| Query::like(&corpus.library, *passage)).collect();
            let answer = search.answer_together(&queries, limits)?;
            let name = match line {
                Some(_) => corpus.library.passage(like[0]).text.clone(),
                None => format!("like {}", path.display()),
            };
            Ok(vec![(name, answer)])
        }
    }
}

/// The documents of a file. A document has its path as text, in which bytes that are not UTF-8 are replaced.
fn documents_at(library: &Library, path: &Path) -> Vec<DocumentId> {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().map(OsStr::to_string_lossy);
    let (wanted, folder) = (canonical(path), canonical(folder(path)));
    let is_it = |document: &DocumentId| {
        let own = Path::new(&library.document(*document).path);
        // Comparing names first excludes most files at no cost; only a link may have another name.
        let same_name = own.file_name().map(OsStr::to_string_lossy) == name;
        (same_name || path.is_symlink() || own.is_symlink()) && canonical(own) == wanted
            || same_name && !own.exists() && canonical(self::folder(own)) == folder
    };
    library.documents().filter(is_it).collect()
}

/// The file at a path, if it was not read.
fn unread_at(library: &Library, path: &Path) -> Option<UnreadRef> {
    let wanted = path.canonicalize().ok()?;
    let is_it = |unread: &&Unread| Path::new(&unread.path).canonicalize().is_ok_and(|own| own == wanted);
    library.unread.iter().find(is_it).map(UnreadRef::new)
}

/// The passages of the documents at a path, or the passage on a line.
fn passages_like(
    library: &Library,
    documents: &[DocumentId],
    path: &Path,
    line: Option<usize>,
) -> Result<Vec<PassageId>, UsageError> {
    let refuse = |why: String| Err(UsageError(format!("--like {}: {why}", path.display())));
    if let Some(unread) = unread_at(library, path).filter(|_| documents.is_empty()) {
        return refuse(unread.why());
    }
    let mut passages = documents.iter().flat_map(|document| library.passages_of(*document));
    match (line, documents) {
        (Some(line), _) => {
            let is_there = |id: &PassageId| match library.passage(*id) {
                Passage { line_start: Some(start), line_end, .. } => {
                    (*start..=line_end.unwrap_or(*start)).contains(&line)
                }
                Passage { page, .. } => *page == Some(line),
            };
            match passages.find(is_there) {
                Some(passage) => Ok(vec![passage]),
                None => refuse(format!(
                    "there is no passage on line {line}; `samesay passages {}` shows where they are",
                    path.display()
                )),
            }
        }
        (None, [_, _, ..]) => {
            refuse(format!("contains {} sources; choose one by its line with {}:LINE", documents.len(), path.display()))
        }
        (None, _) => match passages.collect::<Vec<_>>() {
            passages if passages.is_empty() && path.is_dir() => refuse("is a folder; name a document".to_owned()),
            passages if passages.is_empty() => {
                refuse("has no passages in the selected documents; run `samesay passages` to see why".to_owned())
            }
            passages => Ok(passages),
        },
    }
}

/// Checks that the model can read each query completely, and that each has words.
fn fit_the_window(queries: &[String], embedder: &Embedder) -> Result<()> {
    for query in queries {
        let beginning: String = query.chars().take(SHOWN).collect();
        let refused = match Query::new(query).check(embedder.model()) {
            Ok(()) => continue,
            Err(QueryError::TooLong { tokens, limit }) => format!(
                "the query \"{beginning} …\" has {tokens} tokens, but the model reads at most {limit}; shorten it, or \
                 save it to a file and use --like FILE"
            ),
            Err(_) => format!("the query {beginning:?} contains no words to look for"),
        };
        return Err(UsageError(refused).into());
    }
    Ok(())
}

/// Says so if the query is also the name of a file or folder, which is usually a mistake.
fn hint_at_paths(config: &Config, args: &QueryArgs) {
    let text = args.text.as_deref().filter(|text| args.file.is_none() && args.like.is_none() && *text != "-");
    if let Some(path) = text.filter(|text| Path::new(text).exists()) {
        config.note(&format!(
            "searching for the text “{path}”, but a file or folder has that name; to search in it, put the text first \
             (samesay query TEXT {path}); to find similar documents, use --like {path}"
        ));
    }
}

/// Refuses a path that does not exist and is a word, which is usually part of a query without quotes, and a text beside
/// an option that takes its place.
fn check_quotes(args: &QueryArgs) -> Result<(), InputError> {
    let instead = args.file.as_ref().map(|_| "--file").or(args.like.as_ref().map(|_| "--like"));
    if let Some((flag, text)) = instead.zip(args.text.as_deref())
        && text != "-"
        && !Path::new(text).exists()
    {
        let text = one_line(text);
        return Err(InputError::new(format!(
            "{text}: No such file or folder; beside {flag}, name only files and folders to search in"
        )));
    }
    let text = args.text.as_deref().filter(|_| args.file.is_none() && args.like.is_none());
    let is_word = |path: &&PathBuf| {
        let name = path.to_string_lossy();
        !path.exists()
            && name.starts_with(char::is_alphanumeric)
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '\'' | '-' | '?'))
    };
    let Some((text, word)) = text.zip(args.paths.iter().find(is_word)) else { return Ok(()) };
    let (text, word): (String, _) = (one_line(text).chars().take(40).collect(), word.display());
    Err(InputError::new(format!(
        "{word}: No such file or folder; put a text of several words in quotes: samesay query \"{text} {word} …\""
    )))
}

fn limits(args: &QueryArgs) -> Result<Limits> {
    for (flag, number) in [("--top-k", args.top_k), ("--passages", args.passages)] {
        if number == 0 {
            return Err(UsageError(format!("{flag} must be 1 or more")).into());
        }
    }
    let cut = match (args.min_score, args.min_percentile) {
        (Some(score), _) => Cut::Score(cosine(score)?),
        (None, Some(percentile)) => Cut::Percentile(percentage(percentile)?),
        (None, None) => search::DEFAULT_CUT,
    };
    Ok(Limits { sources: args.top_k, passages: args.passages, cut })
}

/// The queries, and the paths to search. With --file and --like, the first positional argument is a path too.
fn asked(args: QueryArgs) -> Result<(Asked, Paths)> {
    let mut paths = args.paths;
    let asked = match (args.file, args.like) {
        (Some(file), _) => {
            paths.splice(0..0, args.text.map(PathBuf::from));
            if file == Path::new("-") {
                stdin_is_free(&paths)?;
            }
            Asked::Texts(lines_of(&file)?)
        }
        (None, Some(like)) => {
            paths.splice(0..0, args.text.map(PathBuf::from));
            like_of(&like)
        }
        (None, None) => Asked::Texts(vec![one_query(args.text.unwrap_or_default(), &paths)?]),
    };
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    if let Asked::Like { path, .. } = &asked {
        paths.push(path.clone());
    }
    Ok((asked, Paths { paths, selection: args.selection }))
}

/// Parses `PATH` or `PATH:LINE`. If a file has the whole text as its name, it is that file.
fn like_of(typed: &OsStr) -> Asked {
    let bytes = typed.as_encoded_bytes();
    let colon = bytes.iter().rposition(|byte| *byte == b':');
    let line = colon.and_then(|at| std::str::from_utf8(&bytes[at + 1..]).ok()?.parse().ok().map(|line| (at, line)));
    match line {
        // The colon and the number are ASCII, so the bytes before them are a valid name.
        Some((at, line)) if !Path::new(typed).exists() => Asked::Like { path: before(typed, at), line: Some(line) },
        _ => Asked::Like { path: typed.into(), line: None },
    }
}

#[cfg(unix)]
fn before(name: &OsStr, at: usize) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(&name.as_bytes()[..at]))
}

#[cfg(not(unix))]
fn before(name: &OsStr, at: usize) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&name.as_encoded_bytes()[..at]).into_owned())
}

fn one_query(text: String, paths: &[PathBuf]) -> Result<String> {
    let text = match text.as_str() {
        "-" => {
            stdin_is_free(paths)?;
            read_text(Path::new("-"))?
        }
        _ => text,
    };
    match text.trim() {
        "" => Err(UsageError("the query is empty; give some words to look for".to_owned()).into()),
        query => Ok(query.to_owned()),
    }
}

fn stdin_is_free(paths: &[PathBuf]) -> Result<()> {
    if paths.iter().any(|path| path == Path::new("-")) {
        Err(UsageError("stdin cannot be both the query and a document; pass one of them as a file".to_owned()).into())
    } else {
        Ok(())
    }
}

fn lines_of(file: &Path) -> Result<Vec<String>> {
    let text = read_text(file)?;
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() {
        Err(UsageError(format!("{}: contains no queries; write one per line", file.display())).into())
    } else {
        Ok(lines)
    }
}
