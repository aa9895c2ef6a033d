//! The result of `bench` as a page: plots, tables, machine and method. The page has no script.

use maud::{DOCTYPE, Markup, html};

use super::super::BenchReport;
use super::super::bench::{PLOT_STYLE, Table, element, facts, number, plots, tables};
use super::super::text::printable;
use super::{STYLE, head};

/// The result of `bench` as an HTML page.
pub fn bench(report: &BenchReport) -> String {
    let generator = format!("samesay {}", report.version);
    let title = format!("Embedding speed: {}", printable(&report.cpu));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&title, &generator, &[STYLE, PLOT_STYLE], &[]))
            body {
                a.skip href="#figures" { "Skip to the figures" }
                header.top {
                    p.kicker { "samesay bench" }
                    h1 { (headline(report)) }
                    ul.findings { @for words in &report.limit.words { li { (printable(words)) } } }
                    @for warning in &report.noise.warnings {
                        p { span.badge.warn { "noise" } " " (printable(warning)) }
                    }
                }
                main {
                    section #plots {
                        @for plot in plots(report) {
                            h2 { (printable(&plot.title)) }
                            p.note { (printable(&plot.note)) }
                            div.plot { (element(&plot)) }
                        }
                    }
                    section #figures { @for shown in tables(report) { (table(&shown)) } }
                    section #method {
                        h2 { "Machine and method" }
                        dl { @for (name, value) in facts(report) { dt { (name) } dd { (printable(&value)) } } }
                    }
                }
                footer { p { "Made by " (generator) " on one computer. This file loads nothing and sends nothing." } }
            }
        }
    };
    markup.into_string()
}

/// The best figure, with the machine and engine.
fn headline(report: &BenchReport) -> String {
    let best = report.workloads.iter().max_by(|a, b| a.tokens_per_s.median.total_cmp(&b.tokens_per_s.median));
    let speed = best.map_or_else(
        || "Speed".to_owned(),
        |load| format!("{} tokens/s ({})", number(load.tokens_per_s.median, 0), printable(&load.name)),
    );
    format!("{speed} on {}, {} in {}", printable(&report.cpu), report.isa, report.precision)
}

fn table(table: &Table) -> Markup {
    html! {
        h2 { (printable(&table.title)) }
        div.scroll tabindex="0" role="region" aria-label=(printable(&table.title)) {
            table {
                thead {
                    tr { @for (at, name) in table.head.iter().enumerate() { th.n[at > 0] scope="col" { (name) } } }
                }
                tbody {
                    @for row in &table.rows {
                        tr { @for (at, cell) in row.iter().enumerate() { td.n[at > 0] { (printable(cell)) } } }
                    }
                }
            }
        }
        @for note in &table.notes { p.note { (printable(note)) } }
    }
}
