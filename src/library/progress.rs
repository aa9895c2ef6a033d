//! Who waits is told how far it is.

/// Is told what is being done.
pub trait Progress: Sync {
    /// So many files will be read.
    fn reading(&self, _files: usize) {}
    /// One of them has been.
    fn read(&self) {}
    /// The passages of so many sources are being found.
    fn splitting(&self, _sources: usize) {}
    /// So many of all passages will be embedded.
    fn embedding(&self, _passages: usize, _of: usize) {}
    /// So many more of them have been.
    fn embedded(&self, _passages: usize) {}
    /// Another process is embedding for the same store.
    fn waiting(&self) {}
    /// That is over, or all is done.
    fn finished(&self) {}
}

/// Tells nobody.
impl Progress for () {}
