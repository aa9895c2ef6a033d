//! The parts of a package: a zip archive of XML files, opened with limits.

use std::alloc::{Layout, handle_alloc_error};
use std::io::{Cursor, ErrorKind, Read};

use encoding_rs::Encoding;
use zip::ZipArchive;
use zip::result::ZipError;

/// Limits on the unpacked bytes of a part, and of all parts that are read.
const MAX_PART: u64 = 96 << 20;
const MAX_TOTAL: u64 = 192 << 20;
const MAX_ENTRIES: usize = 20_000;

/// An open package, and the number of bytes that were unpacked.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    read: u64,
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// When the bytes are not a package.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("its archive is damaged ({error})"))?;
        if archive.len() > MAX_ENTRIES {
            Err(format!("its archive contains more than {MAX_ENTRIES} files"))
        } else {
            Ok(Self { archive, read: 0 })
        }
    }

    /// Returns the text of a part, if the package has it.
    ///
    /// # Errors
    /// When it cannot be unpacked.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, String> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(format!("its part {name} cannot be opened ({error})")),
        };
        let limit = MAX_PART.min(MAX_TOTAL - self.read);
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
            // Treated like any other failed allocation: the part is not damaged.
            ErrorKind::OutOfMemory => handle_alloc_error(Layout::new::<u8>()),
            _ => format!("its part {name} is damaged ({error})"),
        })?;
        if bytes.len() as u64 > limit {
            return Err(if limit < MAX_PART {
                format!("its parts unpack to more than {} MiB", MAX_TOTAL >> 20)
            } else {
                format!("its part {name} unpacks to more than {} MiB", MAX_PART >> 20)
            });
        }
        self.read += bytes.len() as u64;
        Ok(Some(decode(&bytes)))
    }
}

/// Decodes XML, which is UTF-8 unless a byte-order mark says otherwise.
fn decode(bytes: &[u8]) -> String {
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}
