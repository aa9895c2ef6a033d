//! Fetching from the Hugging Face hub, or from any server with the same addresses.

use std::path::Path;
use std::time::Duration;

use thiserror::Error;
use ureq::config::{Config, RedirectAuthHeaders};
use ureq::{Agent, Body};

use super::check::{SaveError, save};
use super::{Places, Progress, Timeouts};
use crate::model::manifest::{Manifest, ModelFile};

/// How the program names itself to the server.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

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
        save(&mut body.into_reader(), file, &dir.join(&file.path), progress).map_err(|error| match error {
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
