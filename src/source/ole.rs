//! Compound files: the old format of office programs, which they still use for documents with a password. None is read;
//! the message says what to do instead.

use super::{Parsed, ReadError};

/// The reason for not reading a password-protected document.
pub const PROTECTED: &str = "it is protected by a password; save a copy without one";

/// Names of entries in a compound file's directory, each with what to do about the file.
const ENTRIES: &[(&str, &str)] = &[
    ("EncryptedPackage", PROTECTED),
    ("WordDocument", "unsupported format; save it as .docx"),
    ("PowerPoint Document", "unsupported format; save it as .pptx"),
    ("Workbook", "unsupported format; save it as .xlsx or .csv"),
    ("__properties_version1.0", "unsupported format; save the message as .eml or .html"),
];

/// Reports why the file is not read.
///
/// # Errors
/// Always.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let found = ENTRIES.iter().find(|(name, _)| contains_name(bytes, name));
    let reason = found.map_or("unsupported format; save it as .docx, .pptx or .xlsx", |(_, reason)| reason);
    Err(ReadError::Malformed { format: "an old office file", reason: reason.to_owned() })
}

/// Whether the bytes contain a name as directories write it, in UTF-16.
fn contains_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_says_what_to_do() {
        for (name, words) in
            [("EncryptedPackage", "password"), ("WordDocument", ".docx"), ("Workbook", ".csv"), ("x", ".docx")]
        {
            let bytes: Vec<u8> =
                b"\xd0\xcf\x11\xe0".iter().copied().chain(name.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            let error = parse(&bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
