//! Messages: files of e-mail, and e-mail that was pasted into a text.

mod body;
mod header;

use super::{Line, LineKind, Metadata};
use header::Pasted;

/// Why the lines above a message are no text.
const HEADER: &str = "message header";

/// Where a text is a message with its header, or one that quotes what it answers, sets aside all that its sender does not
/// say in it, and gives what the header says.
pub fn mark_pasted(lines: &mut [Line]) -> Option<Metadata> {
    let first = lines.iter().position(|line| !line.raw.trim().is_empty())?;
    if lines[first].kind != LineKind::Text {
        return None;
    }
    let Some(header) = Pasted::at(lines, first) else {
        return body::answers_quote(lines).then(|| {
            body::mark(lines, None);
            Metadata::default()
        });
    };
    lines[first..header.end].iter_mut().for_each(|line| line.kind = LineKind::Furniture(HEADER));
    body::mark(&mut lines[header.end..], header.sender().as_deref());
    Some(header.metadata())
}
