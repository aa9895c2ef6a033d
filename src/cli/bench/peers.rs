//! Other runtimes, as processes of a Python installation that has them.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use ndarray::{Array2, ArrayView2};
use samesay::bench::{BASELINE, Candle, NearestPeer, Peer, PeerFacts, Timed};
use samesay::model::{Backend, Embedder, Pooling};
use samesay::report::counted;
use samesay::report::terminal::printable;
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use super::args::What;
use crate::cli::config::{Config, UsageError};

/// Names of the peers that embed texts.
pub const NAMES: [&str; 9] = [
    "onnxruntime-f32",
    "onnxruntime-int8",
    "openvino-f32",
    "openvino-bf16",
    "sentence-transformers",
    "sentence-transformers-bf16",
    "fastembed",
    "model2vec",
    "candle",
];
/// Name of the peer of `--what pairs`, which takes vectors, not texts.
pub const NEAREST: &str = "faiss-flat";
/// Scripts that run the peers, written to a new folder for each run.
const SCRIPTS: [(&str, &str); 2] = [
    ("peer.py", include_str!("../../../benches/peers/peer.py")),
    ("onnx_graph.py", include_str!("../../../benches/peers/onnx_graph.py")),
];
const REQUIREMENTS: &str = include_str!("../../../benches/peers/requirements.txt");
/// The value of `--peers` that installs runtimes instead of measuring.
pub const INSTALL: &str = "install";
/// Longest time for a peer to get ready, and to answer.
const READY: Duration = Duration::from_mins(10);
const ANSWER: Duration = Duration::from_mins(10);
/// Longest time for Python to print its version.
const GREETING: Duration = Duration::from_secs(30);
/// Bytes that the name and version of Python stay below.
const NAME: usize = 100;
/// The error for an answer of the wrong kind.
const UNASKED: &str = "it gave an unexpected answer";
/// Characters of an error that are quoted.
const QUOTE: usize = 300;

/// The peers that --peers and assertions name, each once.
///
/// # Errors
/// When a peer is unknown, or does not do what is measured.
pub fn named(typed: &[String], asserted: &[String], what: &[What]) -> Result<Vec<&'static str>> {
    let pairs = what.contains(&What::Pairs);
    let embeds = !pairs || what.contains(&What::Embed);
    let mut names = Vec::new();
    for (name, is_asserted) in typed.iter().map(|name| (name, false)).chain(asserted.iter().map(|name| (name, true))) {
        if name == "all" && !is_asserted {
            names.extend(NAMES.iter().filter(|_| embeds).chain(pairs.then_some(&NEAREST)).copied());
        } else if let Some(known) = NAMES.iter().chain([&NEAREST]).find(|known| *known == name) {
            names.push(*known);
        } else {
            let known = NAMES.join(", ");
            return Err(UsageError(if is_asserted {
                format!("--assert ratio({name}): unknown runtime; choose among {BASELINE}, {known}, {NEAREST}")
            } else {
                format!("--peers={name}: unknown; choose among all, {INSTALL}, {known}, {NEAREST}")
            })
            .into());
        }
    }
    if !pairs && names.contains(&NEAREST) {
        let how = "measure it over a folder with --what pairs";
        return Err(UsageError(format!("{NEAREST}: finds the nearest of vectors and embeds no texts; {how}")).into());
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    Ok(names)
}

/// The path and version of a Python interpreter, or why there is none.
pub struct Python(Result<(PathBuf, String), String>);

impl Python {
    /// Finds the named interpreter, or else the one in the cache, or else that of the system.
    pub fn find(config: &Config, named: Option<&Path>) -> Result<Self> {
        if let Some(path) = named {
            return match greeted(path) {
                Ok(name) => Ok(Self(Ok((path.to_owned(), name)))),
                Err(why) => Err(UsageError(format!("--python {}: {why}", path.display())).into()),
            };
        }
        let installed = python_of(&folder(config));
        if installed.exists() {
            let again = "install the runtimes again with samesay bench --peers=install";
            return Ok(Self(
                greeted(&installed)
                    .map(|name| (installed.clone(), name))
                    .map_err(|why| format!("{}: {why}; {again}", installed.display())),
            ));
        }
        let usual = PathBuf::from("python3");
        let greeted = greeted(&usual).map_err(|why| format!("python3: {why}; name one with --python"));
        Ok(Self(greeted.map(|name| (usual, name))))
    }

    /// The name in a result. It has no path, as others may read the result.
    pub fn name(&self) -> Option<String> {
        self.0.as_ref().ok().map(|(_, name)| name.clone())
    }
}

/// Runs a Python interpreter and returns its name and version.
fn greeted(python: &Path) -> Result<String, String> {
    let mut command = Command::new(python);
    command
        .args(["-c", "import platform; print('Python', platform.python_version())"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cannot be started: {error}"))?;
    let begin = std::time::Instant::now();
    while begin.elapsed() < GREETING {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Ok(Some(_)) => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    // A process that still runs is stopped. If it has ended, this has no effect.
    let _ = child.kill();
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && name.starts_with("Python ") && name.len() < NAME {
        return Ok(name);
    }
    Err(format!("is not a working Python ({}): {}", output.status, last_line(&String::from_utf8_lossy(&output.stderr))))
}

/// Everything that is needed to create peers.
pub struct Setting<'a> {
    pub config: &'a Config,
    pub python: &'a Python,
    pub embedder: &'a Embedder,
    /// The folder of [`scratch`].
    pub scratch: &'a TempDir,
    /// Names of the peers.
    pub names: &'a [&'static str],
}

/// A temporary folder with the scripts, which also holds what peers build from the model.
pub fn scratch() -> Result<TempDir> {
    let scratch = tempfile::tempdir().context("a folder for temporary files")?;
    for (name, text) in SCRIPTS {
        std::fs::write(scratch.path().join(name), text).context("the folder for temporary files")?;
    }
    Ok(scratch)
}

impl Setting<'_> {
    /// The peers that embed texts.
    pub fn peers(&self) -> Result<Vec<Box<dyn Peer>>> {
        let model = self.config.folder_of(&self.config.model)?;
        let peer = |&name: &&'static str| -> Result<Box<dyn Peer>> {
            if name == "candle" {
                let embedder = self.config.embedder_of(&self.config.model, Backend::Candle, self.config.threads)?;
                return Ok(Box::new(Candle::new(embedder)));
            }
            let settings = self.embedder.model().settings();
            let job = json!({
                "peer": name,
                "model": std::path::absolute(&model)?,
                "threads": self.embedder.threads(),
                "window": settings.window,
                "pooling": if settings.pooling == [Pooling::Cls] { "cls" } else { "mean" },
                "normalize": settings.normalize,
                "scratch": self.scratch.path(),
            });
            Ok(Box::new(self.process(name, job)))
        };
        self.names.iter().filter(|name| **name != NEAREST).map(peer).collect()
    }

    /// The peers that find the nearest vectors.
    pub fn nearest(&self) -> Vec<Box<dyn NearestPeer>> {
        let peer = |&name: &&'static str| -> Box<dyn NearestPeer> {
            Box::new(self.process(name, json!({"peer": name, "threads": self.embedder.threads()})))
        };
        self.names.iter().filter(|name| **name == NEAREST).map(peer).collect()
    }

    fn process(&self, name: &'static str, job: serde_json::Value) -> Process {
        let folder = self.scratch.path().to_owned();
        Process { name, job, python: self.python.0.clone().map(|(path, _)| path), folder, running: None }
    }
}

/// A peer in a process of its own.
struct Process {
    name: &'static str,
    job: serde_json::Value,
    python: Result<PathBuf, String>,
    folder: PathBuf,
    running: Option<Running>,
}

/// A process that answers requests. It is stopped when this value is dropped.
struct Running {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
    log: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ready { version: String, batch: Option<usize>, tokens: Option<usize>, note: String },
    Missing(String),
    Failed(String),
    Seconds(f64),
    Shape([usize; 2]),
}

impl Timed for Process {
    fn name(&self) -> &str {
        self.name
    }

    fn pass(&mut self) -> Result<f64, String> {
        match self.asked(&json!({"pass": true}))? {
            Answer::Seconds(seconds) if seconds > 0.0 => Ok(seconds),
            _ => Err(UNASKED.to_owned()),
        }
    }
}

impl Peer for Process {
    fn ready(&mut self, texts: &[String]) -> Result<PeerFacts, String> {
        self.job["texts"] = texts.into();
        self.start()
    }

    fn vectors(&mut self, texts: &[String]) -> Result<Array2<f32>, String> {
        let file = self.folder.join(format!("{}.f32", self.name));
        self.array(&json!({"vectors": texts, "to": file}), &file, f32::from_le_bytes)
    }
}

impl NearestPeer for Process {
    fn ready(&mut self, vectors: ArrayView2<f32>, top_k: usize) -> Result<PeerFacts, String> {
        let file = self.folder.join(format!("{}.f32", self.name));
        let told = |error: std::io::Error| format!("{}: {error}", file.display());
        let mut out = BufWriter::new(std::fs::File::create(&file).map_err(told)?);
        vectors.iter().try_for_each(|value| out.write_all(&value.to_le_bytes())).map_err(told)?;
        out.flush().map_err(told)?;
        self.job["vectors"] = json!({"file": file, "shape": vectors.dim(), "top_k": top_k});
        self.start()
    }

    fn nearest(&mut self) -> Result<Array2<i32>, String> {
        let file = self.folder.join(format!("{}.i32", self.name));
        self.array(&json!({"nearest": true, "to": file}), &file, i32::from_le_bytes)
    }
}

impl Process {
    fn start(&mut self) -> Result<PeerFacts, String> {
        let python = self.python.clone()?;
        let running = Running::start(&python, self.name, &self.folder, &self.job)?;
        let answer = running.answer(READY)?;
        self.running = Some(running);
        match answer {
            Answer::Ready { version, batch, tokens, note } => {
                Ok(PeerFacts { version: printable(&version), batch, tokens, note: printable(&note) })
            }
            _ => Err(UNASKED.to_owned()),
        }
    }

    /// Sends a request that makes the process write an array to `file`, and reads the array: one number per four bytes.
    fn array<T>(
        &mut self,
        request: &serde_json::Value,
        file: &Path,
        number: fn([u8; 4]) -> T,
    ) -> Result<Array2<T>, String> {
        let Answer::Shape(shape) = self.asked(request)? else { return Err(UNASKED.to_owned()) };
        let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
        let values = bytes.as_chunks::<4>().0.iter().map(|bytes| number(*bytes));
        Array2::from_shape_vec(shape, values.collect()).map_err(|error| error.to_string())
    }

    fn asked(&mut self, request: &serde_json::Value) -> Result<Answer, String> {
        let running = self.running.as_mut().ok_or("it is not running")?;
        // If the process has ended, its answer says why.
        let _ = writeln!(running.requests, "{request}").and_then(|()| running.requests.flush());
        running.answer(ANSWER)
    }
}

impl Running {
    fn start(python: &Path, name: &str, folder: &Path, job: &serde_json::Value) -> Result<Self, String> {
        let told = |error: std::io::Error| error.to_string();
        let (file, log) = (folder.join(format!("{name}.json")), folder.join(format!("{name}.log")));
        std::fs::write(&file, job.to_string()).map_err(told)?;
        let threads = job["threads"].to_string();
        let mut command = Command::new(python);
        command.arg(folder.join("peer.py")).arg(&file).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(std::fs::File::create(&log).map_err(told)?);
        command.envs([("OMP_NUM_THREADS", threads.as_str()), ("RAYON_NUM_THREADS", &threads)]);
        command.envs([("TOKENIZERS_PARALLELISM", "true"), ("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "1")]);
        // Some machines set this variable for other software; it can make numpy slow.
        command.env_remove("OPENBLAS_CORETYPE");
        let mut child = command.spawn().map_err(|error| format!("{}: cannot be started: {error}", python.display()))?;
        let (Some(requests), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        let (sender, answers) = channel();
        let read = move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line));
        std::thread::Builder::new().spawn(read).map_err(told)?;
        Ok(Self { child, requests, answers, log })
    }

    fn answer(&self, limit: Duration) -> Result<Answer, String> {
        let line = self.answers.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("no answer within {} s", limit.as_secs()),
            RecvTimeoutError::Disconnected => {
                format!("it ended early: {}", last_line(&std::fs::read_to_string(&self.log).unwrap_or_default()))
            }
        })?;
        match serde_json::from_str(&line).map_err(|_| format!("unexpected output: {}", last_line(&line)))? {
            Answer::Missing(why) | Answer::Failed(why) => Err(last_line(&why)),
            answer => Ok(answer),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if the process has already ended, which does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last line of a program's output, safe to print.
fn last_line(text: &str) -> String {
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
    printable(&line.trim().chars().take(QUOTE).collect::<String>())
}

fn folder(config: &Config) -> PathBuf {
    config.places.cache.join("bench-python")
}

fn python_of(environment: &Path) -> PathBuf {
    if cfg!(windows) { environment.join("Scripts").join("python.exe") } else { environment.join("bin").join("python") }
}

/// Installs the other runtimes into a Python environment in the cache, completely or not at all. Returns a message
/// about it.
pub fn install(config: &Config, python: Option<&Path>) -> Result<String> {
    if config.places.offline {
        return Err(UsageError("--peers=install needs the network, which --offline forbids".to_owned()).into());
    }
    let python = python.unwrap_or(Path::new("python3"));
    greeted(python).map_err(|why| UsageError(format!("--python {}: {why}", python.display())))?;
    let target = folder(config);
    let cache = &config.places.cache;
    std::fs::create_dir_all(cache).with_context(|| cache.display().to_string())?;
    let packages: Vec<&str> = REQUIREMENTS.lines().filter(|line| !line.trim().is_empty()).collect();
    config.note(&format!(
        "installing {} into {}; this downloads about 175 MB and takes about 515 MB: {}",
        counted(packages.len(), "Python package"),
        target.display(),
        packages.join(", ")
    ));
    // The new environment is removed if this function ends early.
    let building = tempfile::Builder::new().prefix(".bench-python").tempdir_in(cache);
    let building = building.with_context(|| cache.display().to_string())?;
    ran(Command::new(python).args(["-m", "venv"]).arg(building.path()))?;
    let pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:", "--quiet"];
    ran(Command::new(python_of(building.path())).args(pip).args(&packages))?;
    let bytes = size(building.path());
    // The old environment stays until the new one is complete.
    let aside = tempfile::Builder::new().prefix(".bench-python").tempdir_in(cache);
    let aside = aside.with_context(|| cache.display().to_string())?;
    if target.exists() {
        std::fs::rename(&target, aside.path().join("old")).with_context(|| target.display().to_string())?;
    }
    std::fs::rename(building.path(), &target).with_context(|| target.display().to_string())?;
    // The folder was renamed, so nothing is left to be removed.
    drop(building);
    let megabytes = bytes / 1_000_000;
    let without = "sentence-transformers needs PyTorch, which is larger than all of these";
    Ok(format!(
        "installed into {} ({megabytes} MB); measure with: samesay bench --peers\n\
         {without}: name a Python that has it with --python\n",
        printable(&target.display().to_string())
    ))
}

fn ran(command: &mut Command) -> Result<()> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| shown.clone())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stderr[..], &output.stdout[..]].map(|said| String::from_utf8_lossy(said).into_owned());
    let error = said[0].lines().rev().find(|line| line.starts_with("ERROR")).map(str::to_owned);
    let why = error.unwrap_or_else(|| last_line(&said.join("\n")));
    Err(anyhow::anyhow!("--peers=install: {shown} failed ({}): {}", output.status, printable(&why)))
}

/// Bytes of the files in a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
