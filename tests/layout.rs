//! The same text in any layout gives the same passages.

use samesay::passage::{Marks, Segmented, segment};
use samesay::source::read_str;

use super::documents::Words;

fn segmented(text: &str) -> Segmented {
    segment(&read_str("a.txt", text), &Marks::default(), &Words(10_000))
}

fn passages(text: &str) -> Vec<String> {
    segmented(text).passages.into_iter().map(|passage| passage.text).collect()
}

/// Greedy wrapping, as `fold -s` and editors do it; `hyphens` also breaks behind hyphens, as Python's textwrap does.
fn wrap(paragraph: &str, width: usize, hyphens: bool) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        let parts: Vec<&str> = if hyphens { word.split_inclusive('-').collect() } else { vec![word] };
        for (at, part) in parts.iter().enumerate() {
            chunks.push(if at == 0 { format!(" {part}") } else { (*part).to_owned() });
        }
    }
    let mut lines = vec![String::new()];
    for chunk in chunks {
        let line = lines.last_mut().unwrap();
        let piece = if line.is_empty() { chunk.trim_start() } else { &chunk };
        if !line.is_empty() && line.chars().count() + piece.chars().count() > width {
            lines.push(chunk.trim_start().to_owned());
        } else {
            line.push_str(piece);
        }
    }
    lines
}

/// How a text is laid out anew.
#[derive(Debug, Clone, Copy)]
enum Pages {
    None,
    /// A form feed in front of every nth line.
    FormFeed(usize),
    /// Blank lines, a page number and a form feed after every nth line.
    Numbered(usize),
}

fn layout(paragraphs: &[&str], width: usize, hyphens: bool, between: &str, pages: Pages) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 && !between.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(paragraph, width, hyphens));
    }
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        match pages {
            Pages::FormFeed(n) if at > 0 && at % n == 0 => out.push('\u{c}'),
            Pages::Numbered(n) if at > 0 && at % n == 0 => out.push_str(&format!("\n\n- {} -\n\u{c}\n", at / n)),
            _ => {}
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

const TEXT: &[&str] = &[
    "The council of Halm voted on Tuesday to close the old coal harbour, ending a debate that has divided the town since 2011. Eleven members were in favour, four against. Mayor J. R. Oyelaran called it the end of a long-running quarrel and promised a plan by spring.",
    "Harbour workers, who had gathered outside in the rain, took the news quietly. Dr. Ilse Maren, who speaks for the union, said 340 jobs were at stake and that none of the firms had been asked. “Nobody came to us,” she said. “They never do.”",
    "The decision stands.",
    "Environmental groups praised it as a turning-point. Their own study, published in the autumn, put the cost of the harbour’s dust at 4.2 million a year for a town of 31,000, most of it borne by hospitals in the north-eastern quarters near the quay.",
    "Trade with the U.S. and with Norway will move to the deep-water port of Sund, where a second crane is being built. Ships of more than 200 metres could never enter Halm anyway, and the number of calls had fallen from 212 to 97 within a decade, according to the port authority’s records.",
];

#[test]
fn wrapped_at_any_width_with_blank_lines() {
    for width in 24..=140 {
        for hyphens in [false, true] {
            assert_eq!(
                passages(&layout(TEXT, width, hyphens, "\n", Pages::None)),
                expected(),
                "width {width} hyphens {hyphens}"
            );
        }
    }
}

#[test]
fn unwrapped_with_and_without_blank_lines() {
    assert_eq!(passages(&layout(TEXT, usize::MAX, false, "\n", Pages::None)), expected());
    assert_eq!(passages(&layout(TEXT, usize::MAX, false, "", Pages::None)), expected());
}

#[test]
fn page_breaks_change_nothing() {
    for width in [40, 60, 72, 78, 100] {
        for pages in [Pages::FormFeed(5), Pages::FormFeed(7), Pages::Numbered(5), Pages::Numbered(6)] {
            assert_eq!(passages(&layout(TEXT, width, false, "\n", pages)), expected(), "width {width} {pages:?}");
        }
    }
}

/// Without blank lines a paragraph's end shows only where its last line is short: where the next word would not have
/// fitted either, nothing tells the end of a paragraph from the end of a sentence.
fn ambiguous(paragraphs: &[&str], width: usize, hyphens: bool) -> bool {
    paragraphs.windows(2).any(|pair| {
        let last = wrap(pair[0], width, hyphens).pop().unwrap();
        let word = pair[1].split_whitespace().next().unwrap();
        last.chars().count() + 1 + word.split_inclusive('-').next().unwrap().chars().count() > width
    })
}

#[test]
fn wrapped_without_blank_lines() {
    let mut tried = 0;
    for width in (40..=120).filter(|width| !ambiguous(TEXT, *width, false)) {
        assert_eq!(passages(&layout(TEXT, width, false, "", Pages::None)), expected(), "width {width}");
        tried += 1;
    }
    assert!(tried > 20, "only {tried} widths leave every last line short");
}

/// The paragraphs, the three-word one joined to the one before it.
fn expected() -> Vec<String> {
    let mut joined: Vec<String> = TEXT.iter().map(|text| (*text).to_owned()).collect();
    let short = joined.remove(2);
    joined[1] = format!("{} {short}", joined[1]);
    joined
}

/// It heads nothing, and where it is all that a text is called by, it is its title.
#[test]
fn a_name_with_a_date_under_the_title_is_the_date() {
    let text = |line: &str| {
        format!(
            "The swing bridge stays shut\n\n{line}\n\nThe swing bridge will stay shut until the bearings have been replaced, the port said.\n"
        )
    };
    for (line, date) in [
        ("Quay Courier, 24 March 2026", "2026-03-24"),
        ("Voice of the Docks | Tuesday, March 24, 2026", "2026-03-24"),
        ("Orme – 24 March 2026", "2026-03-24"),
    ] {
        let found = segmented(&text(line));
        assert_eq!(found.metadata.title.as_deref(), Some("The swing bridge stays shut"), "{line}");
        assert_eq!(found.metadata.date.map(|date| date.to_string()).as_deref(), Some(date), "{line}");
        assert_eq!(found.passages[0].heading, None, "{line}");
        assert!(
            found.dropped.iter().any(|dropped| dropped.text == line && dropped.reason == "date"),
            "{:?}",
            found.dropped
        );
    }
    let staff = segmented(&text("By our staff\nQuay Courier, 24 March 2026"));
    assert_eq!(staff.metadata.title.as_deref(), Some("The swing bridge stays shut"));
    assert_eq!(
        (staff.metadata.author, staff.metadata.date.map(|date| date.to_string())),
        (None, Some("2026-03-24".into()))
    );
    let heading = segmented(&text("Bearings, rails and 24 bolts"));
    assert_eq!(heading.passages[0].heading.as_deref(), Some("Bearings, rails and 24 bolts"));
    let event =
        segmented("Quay collapse, 24 March 2026\n\nThe quay gave way at noon, and two cranes went down with it.\n");
    assert_eq!(event.metadata.title.as_deref(), Some("Quay collapse, 24 March 2026"));
}
