//! Child processes that parse: a pool, each child given one document after another.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::{InProcess, Isolation, Parsed, ReadError, stopped, wire};
use crate::source::format;

/// What one document may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space, in MiB.
    pub memory: u64,
    /// Computing time; elapsed time may be twice as long, as other programs may run too.
    pub time: Duration,
}

impl Default for Limits {
    /// A document of a thousand pages takes a few seconds and a few hundred MiB.
    fn default() -> Self {
        Self { memory: 2048, time: Duration::from_mins(1) }
    }
}

/// Limit on the bytes of an answer; no document's text is longer.
const MAX_ANSWER: u64 = 1 << 30;

/// Number of bytes of a child's stderr that are read.
const MAX_SAID: u64 = 4096;

/// Runs parsers in child processes: the same program, started with the argument that makes it [`serve`].
#[derive(Debug)]
pub struct Workers {
    program: PathBuf,
    /// The argument that makes the program serve; the limits follow, in MiB and seconds.
    argument: String,
    limits: Limits,
    idle: Mutex<Vec<Worker>>,
}

impl Workers {
    /// Makes an empty pool. Children are started as needed, at most one per reading thread.
    pub fn new(program: PathBuf, argument: &str, limits: Limits) -> Self {
        Self { program, argument: argument.to_owned(), limits, idle: Mutex::default() }
    }

    fn take(&self) -> io::Result<Worker> {
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        idle.map_or_else(|| Worker::start(self), Ok)
    }

    fn put_back(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(worker);
    }

    /// Returns why a child ended, from its status and what it wrote last.
    fn explain(&self, format: &'static str, status: Option<ExitStatus>, said: &str) -> ReadError {
        #[cfg(unix)]
        let signal = status.and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status));
        #[cfg(not(unix))]
        let signal: Option<i32> = status.and(None);
        match signal {
            Some(6) if said.contains("memory allocation of") => match lower_limit(self.limits.memory) {
                Some(less) => {
                    stopped(format, format!("it needed more memory than its limit of {less} MiB (ulimit -v)"))
                }
                None => {
                    let reason = format!("it needed more than {} MiB of memory", self.limits.memory);
                    ReadError::Exhausted { format, reason }
                }
            },
            Some(6) if said.contains("has overflowed its stack") => {
                stopped(format, "it overflowed its stack on this file")
            }
            Some(6) => stopped(format, "it aborted on this file"),
            Some(7 | 11) => stopped(format, "it crashed on this file"),
            Some(24) => {
                let reason = format!("it used more than {} s of CPU time", self.limits.time.as_secs_f32());
                ReadError::Exhausted { format, reason }
            }
            _ => stopped(format, "it stopped early on this file"),
        }
    }
}

impl Isolation for Workers {
    fn parse(&self, format: &'static str, bytes: &[u8]) -> Result<Parsed, ReadError> {
        let mut worker = self.take().map_err(|error| ReadError::NotStarted { format, error })?;
        let time = 2 * self.limits.time;
        match worker.ask(format, bytes, time) {
            Ok(answer) => {
                self.put_back(worker);
                wire::decode(format, &answer)
            }
            Err(RecvTimeoutError::Timeout) => {
                worker.end();
                Err(stopped(format, format!("it took longer than {} s", time.as_secs_f32())))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let (status, said) = worker.end();
                Err(self.explain(format, status, &said))
            }
        }
    }
}

/// One child. A thread reads its answers, so that waiting for one can time out.
#[derive(Debug)]
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<Vec<u8>>,
}

impl Worker {
    fn start(workers: &Workers) -> io::Result<Self> {
        let limits = [workers.limits.memory.to_string(), workers.limits.time.as_secs().max(1).to_string()];
        // The child cannot find this out by itself: if this process has already ended, it has another parent.
        let parent = std::process::id().to_string();
        let mut child = Command::new(&workers.program)
            .arg(&workers.argument)
            .args(limits)
            .arg(parent)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(requests), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipe to the reader"));
        };
        let (sender, answers) = sync_channel(1);
        std::thread::Builder::new().spawn(move || {
            while let Ok(answer) = receive(&mut output, MAX_ANSWER) {
                if sender.send(answer).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { child, requests, answers })
    }

    fn ask(&mut self, format: &str, bytes: &[u8], time: Duration) -> Result<Vec<u8>, RecvTimeoutError> {
        let sent = send(&mut self.requests, format.as_bytes()).and_then(|()| send(&mut self.requests, bytes));
        sent.map_err(|_| RecvTimeoutError::Disconnected)?;
        self.answers.recv_timeout(time)
    }

    /// Ends the child, and returns its status and what it wrote.
    fn end(mut self) -> (Option<ExitStatus>, String) {
        drop(self.requests);
        // A crashed child has already ended; its own status says more than our signal.
        for _ in 0..20 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return (Some(status), said(&mut self.child));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // Nothing can be done about a child that cannot be ended.
        let _ = self.child.kill();
        (self.child.wait().ok(), said(&mut self.child))
    }
}

/// Returns what an ended child left on stderr: the runtime writes there why it aborts.
fn said(child: &mut Child) -> String {
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // What cannot be read is ignored.
        let _ = stderr.take(MAX_SAID).read_to_end(&mut said);
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// Parses what arrives on stdin until it ends or the process `parent` has ended, answering on stdout. `memory` is in
/// MiB.
///
/// # Errors
/// When a pipe breaks, or the limits cannot be set.
pub fn serve(memory: u64, seconds: u64, parent: u32) -> io::Result<()> {
    // This comes before the limit, as a thread takes address space.
    end_with(parent)?;
    limit(memory)?;
    // The message of a panic is not needed: the answer reports the panic.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut requests, mut answers) = (io::stdin().lock(), io::stdout().lock());
    while let Ok(name) = receive(&mut requests, 64) {
        let bytes = receive(&mut requests, u64::MAX)?;
        let name = String::from_utf8_lossy(&name);
        limit_computing(seconds)?;
        let result = match format::FORMATS.iter().find(|format| format.name == name) {
            Some(format) => InProcess.parse(format.name, &bytes),
            None => Err(ReadError::Binary),
        };
        send(&mut answers, &wire::encode(result))?;
    }
    Ok(())
}

/// Writes bytes after their number.
fn send(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

fn receive(from: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > most {
        return Err(io::Error::other("more than fits"));
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Limits the address space, and forbids writing files.
#[cfg(unix)]
fn limit(memory: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let lower = |resource, to: u64| {
        let least = getrlimit(resource).maximum.map_or(to, |hard| hard.min(to));
        setrlimit(resource, Rlimit { current: Some(least), maximum: Some(least) })
    };
    lower(Resource::As, memory << 20)?;
    lower(Resource::Fsize, 0)?;
    Ok(lower(Resource::Core, 0)?)
}

/// Returns the address space that a child gets, in MiB, if this process may not have as much as `memory`.
#[cfg(unix)]
fn lower_limit(memory: u64) -> Option<u64> {
    let hard = rustix::process::getrlimit(rustix::process::Resource::As).maximum?;
    (hard < memory << 20).then_some(hard >> 20)
}

#[cfg(not(unix))]
fn lower_limit(_: u64) -> Option<u64> {
    None
}

/// How often a child checks that its parent still exists.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(100);

/// Ends this process when its parent has ended for whatever reason: a process that is parsing does not notice that its
/// pipe was closed.
#[cfg(unix)]
fn end_with(parent: u32) -> io::Result<()> {
    let is_there = move || rustix::process::getppid().is_some_and(|now| now.as_raw_pid().unsigned_abs() == parent);
    std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
        while is_there() {
            std::thread::sleep(LOOK);
        }
        std::process::exit(2);
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn end_with(_: u32) -> io::Result<()> {
    Ok(())
}

/// Limits the computing time of the next document: the time used so far, plus the limit, plus one second for rounding.
#[cfg(unix)]
fn limit_computing(seconds: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = maximum.map_or(used + seconds + 1, |hard| hard.min(used + seconds + 1));
    Ok(setrlimit(Resource::Cpu, Rlimit { current: Some(current), maximum })?)
}

#[cfg(not(unix))]
fn limit(_: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn limit_computing(_: u64) -> io::Result<()> {
    Ok(())
}
