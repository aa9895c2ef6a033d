//! Fetching from the Hugging Face hub, or from any server with the same addresses.

use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use thiserror::Error;
use ureq::config::{Config, RedirectAuthHeaders};
use ureq::{Agent, Body};

use super::check::{SaveError, save};
use super::{Places, Progress, Timeouts};
use crate::model::manifest::{Manifest, ModelFile};

/// How the program names itself to the server.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A slower connection than this, in bytes per second, would take days.
const LEAST_PACE: u64 = 1024;

/// Why the hub gave no model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HubError {
    /// No connection in time.
    #[error("{url}: no connection within {} s", after.as_secs_f32())]
    NoConnection {
        /// What was asked for.
        url: String,
        /// How long it was tried.
        after: Duration,
    },
    /// A connection over which nothing came.
    #[error("{url}: no data for {} s", after.as_secs_f32())]
    Stalled {
        /// What was asked for.
        url: String,
        /// How long nothing came.
        after: Duration,
    },
    /// A connection over which next to nothing came.
    #[error("{url}: less than {LEAST_PACE} bytes per second")]
    Slow {
        /// What was asked for.
        url: String,
    },
    /// An answer other than the file.
    #[error("{url}: HTTP status {status}{}", hint(*status))]
    Status {
        /// What was asked for.
        url: String,
        /// The status, 400 or above.
        status: u16,
    },
    /// No answer, or none that could be understood.
    #[error("{url}")]
    Request {
        /// What was asked for.
        url: String,
        /// What the HTTP client said.
        source: Box<ureq::Error>,
    },
    /// An answer that is not the file, or that could not be kept.
    #[error("{url}")]
    File {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        source: SaveError,
    },
}

/// Fetches every file of the model into `dir`; stops at the first that fails.
pub(super) fn fetch(
    manifest: &Manifest,
    dir: &Path,
    places: &Places,
    progress: &mut dyn Progress,
) -> Result<(), HubError> {
    let hub = Hub { manifest, places, agent: agent(places) };
    manifest.files.iter().try_for_each(|file| {
        progress.start(file.path.as_str(), Some(file.size));
        let fetched = hub.fetch(file, dir, progress);
        progress.finish();
        fetched
    })
}

/// One connection, kept alive from file to file.
struct Hub<'a> {
    manifest: &'a Manifest,
    places: &'a Places,
    agent: Agent,
}

impl Hub<'_> {
    fn fetch(&self, file: &ModelFile, dir: &Path, progress: &mut dyn Progress) -> Result<(), HubError> {
        let url = self.url(file);
        let body = self.open(&url).map_err(|error| self.explain(url.clone(), error))?;
        let mut body = Paced::new(body.into_reader(), self.places.timeouts.stall);
        save(&mut body, file, &dir.join(&file.path), progress).map_err(|error| match error {
            SaveError::Read(_) if body.is_slow => HubError::Slow { url },
            SaveError::Read(error) => self.explain(url, error.into()),
            source => HubError::File { url, source },
        })
    }

    fn url(&self, file: &ModelFile) -> String {
        let endpoint = self.places.endpoint.trim_end_matches('/');
        format!("{endpoint}/{}/resolve/{}/{}", self.manifest.repo, self.manifest.revision, file.path)
    }

    fn open(&self, url: &str) -> Result<Body, ureq::Error> {
        let request = self.agent.get(url);
        let request = match &self.places.token {
            Some(token) => request.header("Authorization", format!("Bearer {}", token.reveal())),
            None => request,
        };
        Ok(request.call()?.into_body())
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

/// A body that has to come at some pace: limits on each read let a byte at a time go on for ever.
struct Paced<R> {
    body: R,
    /// How long the pace is looked at.
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
        // The token is the hub's; the servers that it sends us on to, for the large files, have
        // their own.
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
