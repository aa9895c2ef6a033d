//! Fetching from the Hugging Face hub, or from any server with the same addresses.
//!
//! Addresses, the description of a repository and the layout of the cache come from hf-hub. The bytes are read here,
//! because hf-hub 0.5 waits forever for a silent server, writes an unlimited amount of data, and uses file names from
//! the server as paths.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hf_hub::api::RepoInfo;
use hf_hub::api::sync::{ApiBuilder, ApiRepo};
use hf_hub::{Cache, Repo, RepoType};
use thiserror::Error;
use ureq::config::{Config, RedirectAuthHeaders};
use ureq::http::Response;
use ureq::{Agent, Body};

use super::check::{SaveError, received, save};
use super::{Places, Progress, Timeouts, Token};
use crate::model::manifest::{Manifest, ModelFile};

/// The user agent sent to the server.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// The slowest acceptable connection, in bytes per second; anything slower would take days.
const LEAST_PACE: u64 = 1024;

/// Why the hub did not provide a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HubError {
    /// No connection was made in time.
    #[error("{url}: no connection within {} s", after.as_secs_f32())]
    NoConnection {
        /// The requested address.
        url: String,
        /// How long it was tried.
        after: Duration,
    },
    /// No data arrived over the connection.
    #[error("{url}: no data for {} s", after.as_secs_f32())]
    Stalled {
        /// The requested address.
        url: String,
        /// How long no data arrived.
        after: Duration,
    },
    /// Almost no data arrived over the connection.
    #[error("{url}: less than {LEAST_PACE} bytes per second")]
    Slow {
        /// The requested address.
        url: String,
    },
    /// The answer was not the file.
    #[error("{url}: HTTP status {status}{}", hint(*status))]
    Status {
        /// The requested address.
        url: String,
        /// The status, 400 or above.
        status: u16,
    },
    /// There was no answer, or it could not be understood.
    #[error("{url}")]
    Request {
        /// The requested address.
        url: String,
        /// The HTTP client's error.
        source: Box<ureq::Error>,
    },
    /// The answer is not the expected file, or could not be stored.
    #[error("{url}")]
    File {
        /// The requested address.
        url: String,
        /// What is wrong with it.
        source: SaveError,
    },
    /// The answer is incomplete, or does not match the request.
    #[error("{url}: {what}")]
    Answer {
        /// The requested address.
        url: String,
        /// What is wrong with it.
        what: String,
    },
    /// This program cannot use the repository's model.
    #[error("{repo}: {what}")]
    Repository {
        /// The repository.
        repo: String,
        /// What is wrong with it.
        what: String,
    },
}

impl HubError {
    /// Whether the hub could not be reached, as opposed to refusing the request.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Self::NoConnection { .. } | Self::Stalled { .. } | Self::Slow { .. } | Self::Request { .. })
    }
}

/// Fetches every file of the model into `dir`; stops at the first failure.
pub(super) fn fetch(
    manifest: &Manifest,
    dir: &Path,
    places: &Places,
    progress: &mut dyn Progress,
) -> Result<(), HubError> {
    let hub = Hub::new(manifest.repo.as_str(), manifest.revision.as_str(), places)?;
    manifest.files.iter().try_for_each(|file| {
        progress.start(file.path.as_str(), Some(file.size));
        let fetched = hub.fetch(file, dir, progress);
        progress.finish();
        fetched
    })
}

/// One repository at one revision. The connection is kept alive between files.
pub(super) struct Hub<'a> {
    repo: ApiRepo,
    places: &'a Places,
    token: Option<Token>,
    agent: Agent,
}

impl<'a> Hub<'a> {
    pub(super) fn new(repo: &str, revision: &str, places: &'a Places) -> Result<Self, HubError> {
        let endpoint = places.endpoint.trim_end_matches('/').to_owned();
        let cache = places.hf_cache.clone().map(Cache::new);
        // The token left by `hf auth login` is used as well.
        let token = places.token.clone().or_else(|| Some(Token::new(&cache.as_ref()?.token()?)));
        let api = ApiBuilder::from_cache(Cache::new(places.cache.join("hub")))
            .with_token(token.as_ref().map(|token| token.reveal().to_owned()))
            .with_endpoint(endpoint.clone())
            .with_user_agent(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
            .build();
        let api = api.map_err(|error| HubError::Answer { url: endpoint, what: error.to_string() })?;
        let repo = api.repo(Repo::with_revision(repo.to_owned(), RepoType::Model, revision.to_owned()));
        Ok(Hub { repo, places, token, agent: agent(places) })
    }

    /// The hub's information on the repository: its commit and the names of its files.
    pub(super) fn info(&self) -> Result<RepoInfo, HubError> {
        let request = self.repo.info_request();
        let url = request.uri_ref().map(ToString::to_string).unwrap_or_default();
        let Timeouts { connect, stall, .. } = self.places.timeouts;
        let called = request
            .config()
            .proxy(self.places.proxy.clone().map(|proxy| proxy.0))
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_recv_response(Some(stall))
            .timeout_recv_body(Some(stall))
            .timeout_global(Some(connect + 2 * stall))
            .build()
            .call();
        let read = called.and_then(|mut response| response.body_mut().read_json());
        read.map_err(|error| self.explain(url, error))
    }

    fn fetch(&self, file: &ModelFile, dir: &Path, progress: &mut dyn Progress) -> Result<(), HubError> {
        let url = self.repo.url(file.path.as_str());
        let body = self.open(&url, 0).map_err(|error| self.explain(url.clone(), error))?.into_body();
        let mut body = Paced::new(body.into_reader(), self.places.timeouts.stall);
        save(&mut body, file, &dir.join(&file.path), progress)
            .map_err(|error| self.explain_save(url, error, body.is_slow))
    }

    /// Appends to `part` what it lacks of a file of at most `most` bytes, and returns its length. A wrong file is
    /// removed; a truncated one is kept, so that the download can resume.
    pub(super) fn append(
        &self,
        path: &str,
        (part, at): (&mut File, &Path),
        most: u64,
        progress: &mut dyn Progress,
    ) -> Result<u64, HubError> {
        let url = self.repo.url(path);
        let unwritten = |source| {
            let source = SaveError::Write { path: at.to_owned(), source };
            HubError::File { url: url.clone(), source }
        };
        let wrong = |what: String| HubError::Answer { url: url.clone(), what };
        let mut have = part.metadata().map_err(unwritten)?.len();
        let mut response = self.open(&url, have);
        if have > 0 && matches!(response, Err(ureq::Error::StatusCode(416))) {
            // The file has no more bytes, or has changed: start from the beginning.
            have = 0;
            response = self.open(&url, 0);
        }
        let response = response.map_err(|error| self.explain(url.clone(), error))?;
        if have > 0 && !goes_on_from(&response, have) {
            have = 0;
        }
        part.set_len(have).map_err(unwritten)?;
        let Some(length) = content_length(&response) else {
            return Err(wrong("the hub does not say how long the file is".to_owned()));
        };
        let whole = have.saturating_add(length);
        if whole > most {
            return Err(wrong(format!("has {whole} bytes; at most {most} are fetched of such a file")));
        }
        progress.start(path, Some(whole));
        progress.advance(have);
        let mut body = Paced::new(response.into_body().into_reader(), self.places.timeouts.stall);
        let copied = append(&mut body, part, length, progress);
        progress.finish();
        match copied {
            Err(SaveError::Write { source, .. }) => Err(unwritten(source)),
            Err(error) => {
                if matches!(error, SaveError::TooLong { .. }) {
                    part.set_len(0).map_err(unwritten)?;
                }
                Err(self.explain_save(url, error, body.is_slow))
            }
            Ok(()) => part.sync_all().map(|()| whole).map_err(unwritten),
        }
    }

    fn open(&self, url: &str, from: u64) -> Result<Response<Body>, ureq::Error> {
        let mut request = self.agent.get(url);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {}", token.reveal()));
        }
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        // Without compression, so that the header gives the length.
        request.header("Accept-Encoding", "identity").call()
    }

    fn explain_save(&self, url: String, error: SaveError, is_slow: bool) -> HubError {
        match error {
            SaveError::Read(_) if is_slow => HubError::Slow { url },
            SaveError::Read(error) => self.explain(url, error.into()),
            source => HubError::File { url, source },
        }
    }

    fn explain(&self, url: String, error: ureq::Error) -> HubError {
        let Timeouts { connect, stall, .. } = self.places.timeouts;
        match error {
            ureq::Error::StatusCode(status) => HubError::Status { url, status },
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                HubError::NoConnection { url, after: connect }
            }
            ureq::Error::Timeout(_) => HubError::Stalled { url, after: stall },
            source => HubError::Request { url, source: Box::new(source) },
        }
    }
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn content_length(response: &Response<Body>) -> Option<u64> {
    header(response, "content-length")?.parse().ok()
}

/// Whether the response is the rest of a file starting at byte `from`.
fn goes_on_from(response: &Response<Body>, from: u64) -> bool {
    let range = header(response, "content-range").unwrap_or_default();
    response.status() == 206 && range.strip_prefix(&format!("bytes {from}-")).is_some()
}

/// Copies exactly `length` bytes.
fn append(body: &mut dyn Read, part: &mut File, length: u64, progress: &mut dyn Progress) -> Result<(), SaveError> {
    let (mut chunk, mut copied) = (vec![0; 1 << 18], 0);
    let mut bounded = body.take(length + 1);
    loop {
        let read = received(&mut bounded, &mut chunk)?;
        copied += read as u64;
        if copied > length {
            return Err(SaveError::TooLong { expected: length });
        }
        if read == 0 {
            let (expected, found) = (length, copied);
            return if found < expected { Err(SaveError::CutOff { expected, found }) } else { Ok(()) };
        }
        part.write_all(&chunk[..read]).map_err(|source| SaveError::Write { path: PathBuf::new(), source })?;
        progress.advance(read as u64);
    }
}

/// A body that has to arrive at a minimum pace: limits on each read alone would let single bytes arrive forever.
struct Paced<R> {
    body: R,
    /// The period over which the pace is measured.
    period: Duration,
    since: Instant,
    bytes: u64,
    is_slow: bool,
}

impl<R: Read> Paced<R> {
    fn new(body: R, period: Duration) -> Self {
        Self { body, period, since: Instant::now(), bytes: 0, is_slow: false }
    }
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.bytes += read as u64;
        let passed = self.since.elapsed();
        if passed >= self.period && read > 0 {
            self.is_slow = (self.bytes as f64) < LEAST_PACE as f64 * passed.as_secs_f64();
            (self.since, self.bytes) = (Instant::now(), 0);
        }
        if self.is_slow { Err(io::ErrorKind::TimedOut.into()) } else { Ok(read) }
    }
}

fn agent(places: &Places) -> Agent {
    let Timeouts { connect, stall, .. } = places.timeouts;
    Config::builder()
        .proxy(places.proxy.clone().map(|proxy| proxy.0))
        .user_agent(USER_AGENT)
        // The token is the hub's; the servers for large files, to which it redirects, have their own.
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .timeout_resolve(Some(connect))
        .timeout_connect(Some(connect))
        .timeout_recv_response(Some(stall))
        .timeout_per_read(Some(stall))
        .timeout_per_write(Some(stall))
        .build()
        .into()
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 => " (is HF_TOKEN right?)",
        404 => " (no such file there)",
        429 => " (too many requests)",
        _ => "",
    }
}
