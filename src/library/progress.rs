//! Reports progress to a caller that waits.

/// Receives reports on what is being done.
pub trait Progress: Sync {
    /// Reading of `_files` files begins.
    fn reading(&self, _files: usize) {}
    /// A file has been read.
    fn read(&self) {}
    /// Splitting of `_sources` sources into passages begins.
    fn splitting(&self, _sources: usize) {}
    /// Embedding of `_passages` passages out of `_of` begins.
    fn embedding(&self, _passages: usize, _of: usize) {}
    /// `_passages` more passages have been embedded.
    fn embedded(&self, _passages: usize) {}
    /// Another process is embedding for the same store, and this one waits.
    fn waiting(&self) {}
    /// The current step, or everything, is done.
    fn finished(&self) {}
}

/// Ignores all reports.
impl Progress for () {}
