//! The result of `bench` as Markdown.

use super::{BenchReport, Table, facts, tables};
use crate::report::markdown::escaped;
use crate::source::own::{MARKDOWN, with_checksum};

/// The result as a Markdown page.
pub fn markdown(report: &BenchReport) -> String {
    let mut out = format!("{MARKDOWN}{} -->\n# Embedding speed: {}\n", report.version, escaped(&report.cpu));
    tables(report).iter().for_each(|shown| table(&mut out, shown));
    if !report.noise.warnings.is_empty() {
        out.push_str("\n## Noise\n\n");
        report.noise.warnings.iter().for_each(|warning| out.push_str(&format!("- {}\n", escaped(warning))));
    }
    out.push_str("\n## Machine and method\n\n");
    facts(report).iter().for_each(|(name, value)| out.push_str(&format!("- **{name}**: {}\n", escaped(value))));
    with_checksum(out)
}

fn table(out: &mut String, table: &Table) {
    let row = |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    out.push_str(&format!("\n## {}\n\n", escaped(&table.title)));
    out.push_str(&row(&mut table.head.iter().map(|name| (*name).to_owned())));
    out.push_str(&row(&mut (0..table.head.len()).map(|column| if column == 0 { "---" } else { "---:" }.to_owned())));
    table.rows.iter().for_each(|cells| out.push_str(&row(&mut cells.iter().map(|cell| escaped(cell)))));
    if !table.notes.is_empty() {
        out.push('\n');
    }
    table.notes.iter().for_each(|note| out.push_str(&format!("- {}\n", escaped(note))));
}
