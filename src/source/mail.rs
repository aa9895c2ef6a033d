//! Messages: e-mail files, and e-mail that was pasted into a text.

mod body;
mod file;
mod header;

use super::{Line, LineKind, Metadata};
pub use file::parse;
use header::Pasted;
pub use header::{begins_mailbox, begins_message, is_envelope};

/// The reason for leaving out the lines above a message.
pub const HEADER: &str = "message header";

/// If a text is a message with its header, or one that quotes what it answers, marks as furniture all that its sender
/// does not say in it, and returns what the header says.
pub fn mark_pasted(lines: &mut [Line]) -> Option<Metadata> {
    let said = |line: &Line| line.kind == LineKind::Text && !line.raw.trim().is_empty();
    let first = lines.iter().position(said)?;
    let Some((first, header)) = pasted(lines, first) else {
        return body::answers_quote(lines).then(|| {
            body::mark(lines, None);
            Metadata::default()
        });
    };
    lines[first..header.end].iter_mut().for_each(|line| line.kind = LineKind::Furniture(HEADER));
    body::mark(&mut lines[header.end..], header.sender().as_deref());
    Some(header.metadata())
}

/// If a text is a message as mailing-list archives show it, marks as furniture all that its sender does not say in it.
/// Returns whether it is one.
pub fn mark_archived(lines: &mut [Line]) -> bool {
    let is_message = body::answers_quote(lines) || body::has_list_footer(lines);
    if is_message {
        body::mark(lines, None);
    }
    is_message
}

/// Returns the header of a message, which may be below a line that says what it is.
fn pasted(lines: &[Line], first: usize) -> Option<(usize, Pasted)> {
    if let Some(header) = Pasted::at(lines, first) {
        return Some((first, header));
    }
    let below = (first + 1..lines.len().min(first + 4)).find(|at| !lines[*at].raw.trim().is_empty())?;
    let title = lines[first].raw.split_whitespace().count() <= 6;
    Pasted::at(lines, below).filter(|header| title && header.is_of_quote()).map(|header| (below, header))
}
