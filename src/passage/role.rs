//! What a block of a document is.

/// The role of a block in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Running text.
    Text,
    /// The title of the document.
    Title,
    /// The heading of what follows.
    Heading,
    /// The speaker of what follows.
    Speaker,
    /// Anything else: dropped, with the reason.
    Furniture(&'static str),
}

/// Number of words separated by white space.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The index of the first text block, or the number of blocks if there is none.
pub fn first_text(roles: &[Role]) -> usize {
    roles.iter().position(|role| *role == Role::Text).unwrap_or(roles.len())
}
