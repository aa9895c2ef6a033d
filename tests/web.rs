//! Web pages and e-books: what counts as text, and what is dropped for which reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use samesay::passage::{Marks, Segmented, segment};
use samesay::source::{Columns, Content, Metadata, ReadError, Source, epub, html, read_file};
use zip::CompressionMethod::Deflated;

use super::documents::{Words, archive};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures/documents").join(name)
}

fn source(path: &Path) -> Source {
    read_file(path, path, &Columns::default()).unwrap().0.sources.remove(0)
}

fn segmented(path: &Path) -> Segmented {
    segment(&source(path), &Marks::default(), &Words(10_000))
}

fn page(html: &str) -> Segmented {
    let parsed = html::parse(html.as_bytes()).unwrap();
    let source =
        Source { id: "a".into(), path: "a".into(), metadata: parsed.metadata, content: parsed.content, note: None };
    segment(&source, &Marks::default(), &Words(10_000))
}

fn texts(segmented: &Segmented) -> Vec<&str> {
    segmented.passages.iter().map(|passage| passage.text.as_str()).collect()
}

/// The reason for which the text containing `part` was dropped.
#[track_caller]
fn reason(segmented: &Segmented, part: &str) -> String {
    let found = segmented.dropped.iter().find(|dropped| dropped.text.contains(part));
    found
        .unwrap_or_else(|| panic!("{part:?} is not among what was dropped: {:#?}", segmented.dropped))
        .reason
        .to_string()
}

/// Number of occurrences of each word in some texts.
fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    counts
}

/// The visible text of a page written like these fixtures, determined without the reader.
fn visible(html: &str) -> String {
    let body = &html[html.find("<body").unwrap()..];
    let mut seen = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        seen.push_str(&rest[..at]);
        seen.push(' ');
        let hidden = [("<script", "</script>"), ("<style", "</style>"), ("<div style=\"display: none\"", "</div>")];
        let end = hidden.iter().find(|(start, _)| rest[at..].starts_with(start)).map_or(">", |(_, end)| end);
        rest = &rest[at + rest[at..].find(end).unwrap() + end.len()..];
    }
    seen.push_str(rest);
    seen.replace("&nbsp;", " ").replace("&mdash;", "—")
}

#[test]
fn a_news_page_gives_its_article() {
    let found = segmented(&fixture("news.html"));
    let starts: Vec<String> =
        texts(&found).iter().map(|text| text.split(' ').take(4).collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "After six years without",
        "The decision followed a",
        "“Nobody should have to",
        "The two lines cost",
        "We would have paid",
        "That is how the",
        "Timetables will be published",
    ];
    assert_eq!(starts, expected);
    assert!(
        texts(&found)[3].ends_with("the brewery at Skelton; fares, which stay at two pounds."),
        "{}",
        texts(&found)[3]
    );
    assert_eq!(found.passages[3].heading.as_deref(), Some("What it will cost"));
    assert_eq!(found.passages[0].line_start, Some(27));
}

#[test]
fn what_is_beside_the_article_has_its_reason() {
    let found = segmented(&fixture("news.html"));
    for (part, expected) in [
        ("612 partners", "cookie notice"),
        ("Home Local", "navigation"),
        ("Three months for", "advertisement"),
        ("Night buses return", "title"),
        ("Ines Calloway and", "byline"),
        ("3 November 2025", "date"),
        ("Copy link", "sharing prompt"),
        ("last night bus left", "caption"),
        ("close three post offices", "related links"),
        ("Winter tyres", "advertisement"),
        ("covers transport", "note on the author"),
        ("buses county", "tags"),
        ("Otter family", "related links"),
        ("About time", "comments"),
        ("The morning's news", "newsletter prompt"),
        ("Hill Press", "footer"),
    ] {
        assert_eq!(reason(&found, part), expected, "{part}");
    }
    assert_eq!(
        reason(&found, "Nobody should have to choose between a job and a safe way home"),
        "pull-quote: repeats the text"
    );
}

#[test]
fn every_visible_word_is_in_one_passage_or_dropped() {
    for path in [fixture("news.html"), root().join("corpus/harbor-heritage.html")] {
        let found = segmented(&path);
        let seen = visible(&std::fs::read_to_string(&path).unwrap());
        let dropped = found.dropped.iter().filter(|dropped| dropped.reason != "hidden");
        let all = texts(&found).into_iter().chain(dropped.map(|dropped| dropped.text.as_str()));
        let (kept, shown) = (counted(all), counted(std::iter::once(seen.as_str())));
        assert_eq!(kept, shown, "{}", path.display());
    }
}

#[test]
fn a_page_says_who_wrote_it_when() {
    let Metadata { title, author, publisher, date, language, .. } = source(&fixture("news.html")).metadata;
    assert_eq!(title.as_deref(), Some("Night buses return to the hill villages"));
    assert_eq!(author.as_deref(), Some("Ines Calloway, Bo Arnesen"));
    assert_eq!(publisher.as_deref(), Some("The Tarnby Chronicle"));
    assert_eq!(date.map(|date| date.to_string()).as_deref(), Some("2025-11-03"));
    assert_eq!(language.as_deref(), Some("en-GB"));
}

#[test]
fn old_marks_say_it_too() {
    let html = "<title>A walk in the fog - Quay News</title><meta name=author content='By Ada Brandt'><h1>A walk in \
                the fog</h1>\
                <time datetime=2024-02-29>yesterday</time><p>The fog lay on the quay until noon and nobody saw the \
                boat go out.</p>";
    let metadata = html::parse(html.as_bytes()).unwrap().metadata;
    assert_eq!(metadata.title.as_deref(), Some("A walk in the fog"));
    assert_eq!(metadata.author.as_deref(), Some("Ada Brandt"));
    assert_eq!(metadata.date.map(|date| date.to_string()).as_deref(), Some("2024-02-29"));
}

/// Publishers, authors and dates as systems for websites write them.
#[test]
fn what_systems_for_websites_say_of_a_page() {
    let text = "<p>The fog lay on the quay until noon and nobody saw the boat go out, the harbour master said.</p>";
    let said = |head: &str, body: &str| {
        let page = format!("<html><head>{head}</head><body>{body}</body></html>");
        let Metadata { author, publisher, date, .. } = html::parse(page.as_bytes()).unwrap().metadata;
        [author, publisher, date.map(|date| date.to_string())].map(Option::unwrap_or_default)
    };
    let article = |before: &str| format!("<article><h1>A walk in the fog</h1>{before}{text}</article>");
    let graph = r##"<script type="application/ld+json">{"@graph": [{"@type": "Article", "author": {"@id": "#p"},
        "publisher": {"@id": "#o"}, "datePublished": "2026-03-02"}, {"@type": "Organization", "@id": "#o",
        "name": "Quay Journal"}, {"@type": "Person", "@id": "#p", "name": "Ada Brandt"}]}</script>"##;
    assert_eq!(said(graph, &article("")), ["Ada Brandt", "Quay Journal", "2026-03-02"]);
    let site = r#"<script type="application/ld+json">[{"@type": "WebSite", "name": "Quay Journal"}]</script>"#;
    assert_eq!(said(site, &article(""))[1], "Quay Journal");
    let microdata =
        "<div itemprop=publisher itemscope><img src=q.png><meta itemprop=name content='Quay Journal'></div>";
    assert_eq!(said("", &article(microdata))[1], "Quay Journal");
    let wix = "<span data-hook=user-name title='Ada Brandt'>Ada Brandt</span>";
    assert_eq!(said("", &article(wix))[0], "Ada Brandt");
    let microformat = "<span class='author vcard'><a class=fn href=#>Ada Brandt</a></span>\
                       <abbr class=published title='2026-03-02T10:15:00Z'>10:15</abbr>";
    assert_eq!(said("", &article(microformat)), ["Ada Brandt", "", "2026-03-02"]);
    let drupal =
        "<div class=node__submitted>Submitted by <span>Ada Brandt</span> on <span>2 March 2026 - 10:15</span></div>";
    assert_eq!(said("", &article(drupal)), ["Ada Brandt", "", "2026-03-02"]);
    // A comment's author did not write the page.
    let comment = format!("{}<div class='comment vcard'><p>Ida Kerr: well said</p></div>", article(""));
    assert_eq!(said("", &comment), ["", "", ""]);
}

/// A possible break within a word does not split it, nor does markup.
#[test]
fn a_button_is_no_part_of_a_title() {
    let html = "<title>take_hold in quay - Quay</title><h1>Function take_<wbr>hold<br>of <i>r</i>opes\
                <button>Copy link</button></h1><p>The fog lay on the quay until noon and nobody saw the boat.</p>";
    let title = html::parse(html.as_bytes()).unwrap().metadata.title;
    assert_eq!(title.as_deref(), Some("Function take_hold of ropes"));
}

const PARAGRAPHS: [&str; 3] = [
    "The council of Orrin agreed on Monday to dredge the harbour before the winter storms. It will cost nine million.",
    "Pilots had warned for years that the channel was filling with sand. Two ships ran aground there in the spring.",
    "The work begins in May and takes four months. Ferries will use the old pier until then, the mayor said.",
];

/// A page about dredging with something else after its second paragraph, in an element opened by `open`.
fn dredging(open: &str, amid: &str, behind: &str) -> Segmented {
    let close = format!("</{}>", open[1..].split([' ', '>']).next().unwrap());
    let [one, two, three] = PARAGRAPHS.map(|text| format!("<p>{text}</p>"));
    page(&format!(
        "<title>Dredging</title><body>{open}<h1>Dredging the harbour</h1>{one}{two}{amid}{three}{close}{behind}</body>"
    ))
}

fn holds(segmented: &Segmented, words: &str) -> bool {
    texts(segmented).iter().any(|text| text.contains(words))
}

const NOTE: &str = "The harbour was last dredged in the year 1987, when the grain ships still came. Some of the sand \
                    from that year lies on the beach of the town, where children dig in it to this day and find \
                    coins.";

/// A box within the text belongs to it, whatever contains the text and whatever the box is called.
#[test]
fn notes_within_the_text_are_text() {
    for open in ["<main>", "<div role=\"main\">", "<div itemprop=\"articleBody\">"] {
        for note in ["<aside class=\"topic\">", "<aside role=\"note\">"] {
            let found = dredging(open, &format!("{note}<p>{NOTE}</p></aside>"), "");
            assert!(holds(&found, "the year 1987"), "{open} {note}: {:?}", found.dropped);
            let short = "The pilots call the channel a gutter, though few of them have said so to the council.";
            assert!(holds(&dredging(open, &format!("{note}<p>{short}</p></aside>"), ""), "a gutter"), "{open} {note}");
            let teaser = format!("{note}<p>{short} <a href=\"/old\">The old gutter</a></p></aside>");
            assert_eq!(reason(&dredging(open, &teaser, ""), "a gutter"), "sidebar");
        }
    }
    let boxed = format!("<div class=\"sidebar\"><div class=\"box\"><p>{NOTE}</p></div></div>");
    assert!(holds(&dredging("<div>", &boxed, ""), "the year 1987"));
    let said = |text: &str| format!("<div class=\"para\">{text}</div>");
    let [one, two, three] = PARAGRAPHS.map(said);
    let divs = page(&format!("<title>Dredging</title><body><h1>Dredging</h1>{one}{two}{boxed}{three}</body>"));
    assert!(holds(&divs, "the year 1987"), "{:?}", divs.dropped);
}

/// The address of a section describes its subject.
#[test]
fn ids_of_sections_are_addresses() {
    for open in ["<section id=\"harbour-works-share\">", "<div class=\"refsect2\" id=\"DREDGE-SYNTAX-COMMENTS\">"] {
        let close = format!("</{}>", open[1..].split(' ').next().unwrap());
        let found = dredging("<main>", &format!("{open}<h3>The old works</h3><p>{NOTE}</p>{close}"), "");
        assert!(holds(&found, "the year 1987"), "{open}: {:?}", found.dropped);
    }
    let found = dredging(
        "<main>",
        "",
        "<section id=\"comments\"><p>First! I was there when the grain ships came, and it was loud.</p></section>",
    );
    assert_eq!(reason(&found, "First!"), "comments");
}

/// A heading that is a link to its own place leads nowhere.
#[test]
fn headings_with_permalinks_begin_sections_and_no_cards() {
    let section = |at: usize, text: &str| {
        format!(
            "<section class=\"note\"><h3><a class=\"header\" href=\"#part-{at}\">Part {at} of the \
             plan</a></h3><p>{text}</p></section>"
        )
    };
    let parts: String = (1..4).map(|at| section(at, &format!("Pier {at} is closed until the sand is gone."))).collect();
    let found = dredging("<main>", &parts, "");
    for at in 1..4 {
        assert!(holds(&found, &format!("Pier {at} is closed")), "{:?}", found.dropped);
    }
}

/// Two paragraphs of whole sentences are not teasers, whatever their heading links to; nor are short ones next to them.
#[test]
fn sections_whose_headings_are_links_are_text() {
    let section = |at: usize, text: &str| {
        format!("<div class=\"section\"><h3><a href=\"rules.html#{at}\">RULE_{at}</a></h3>{text}</div>")
    };
    let two = format!("<p>{}</p><p>Nobody may dredge there at night without a light.</p>", PARAGRAPHS[2]);
    let parts = [section(1, &two), section(2, "<p>Each pilot has to know this rule by heart.</p>"), section(3, &two)];
    let found = dredging("<main>", &parts.concat(), "");
    for words in ["without a light", "this rule by heart"] {
        assert!(holds(&found, words), "{:?}", found.dropped);
    }
}

/// Adjacent sections are parts of one text, however much longer one of them is.
#[test]
fn a_short_section_beside_a_long_one_is_text() {
    let long: String = (0..30).map(|at| format!("<p>{} This is paragraph {at}.</p>", PARAGRAPHS[at % 3])).collect();
    let found = page(&format!(
        "<title>Dredging</title><body><div role=\"main\"><section><h1>Dredging</h1>{long}</section>\
         <section><h1>History</h1><p>{NOTE}</p></section></div></body>"
    ));
    assert!(holds(&found, "the year 1987"), "{:?}", found.dropped);
}

/// If two clues identify a footer or a sidebar it is one, however short the article is.
#[test]
fn footers_and_sidebars_of_short_articles_are_none_of_it() {
    let words = "The town of Orrin is served by three papers. We have printed the news of the coast since 1901. Write \
                 to us at the old mill. All that is printed here may be read aloud in any school of the coast. ";
    for (open, close, expected) in [
        ("<footer><p>", "</p></footer>", "footer"),
        ("<footer class=\"footer\"><p>", "</p></footer>", "footer"),
        ("<aside role=\"complementary\"><p>", "</p></aside>", "sidebar"),
        ("<aside id=\"sidebar\"><p>", "</p></aside>", "sidebar"),
    ] {
        let found = dredging("<article>", "", &format!("{open}{}{close}", words.repeat(4)));
        assert_eq!(reason(&found, "three papers"), expected, "{open}");
        assert!(PARAGRAPHS.iter().all(|text| holds(&found, text)), "{:?}", found.dropped);
    }
}

/// A whole sentence under the title is text, though it is set as a heading.
#[test]
fn a_standfirst_is_text() {
    let [one, two, three] = PARAGRAPHS.map(|text| format!("<p>{text}</p>"));
    let found = page(&format!(
        "<title>Dredging the harbour</title><body><article><h1>Dredging the harbour</h1>\
         <h2>After nine years of talks the harbour of Orrin gets its channel back before the winter.</h2>\
         {one}<h2>What the pilots say</h2>{two}{three}</article></body>"
    ));
    assert!(holds(&found, "After nine years of talks"), "{:?}", found.dropped);
    assert!(reason(&found, "What the pilots say").starts_with("heading"));
}

/// Text at the end of an article under such a heading is about its author.
#[test]
fn a_note_under_a_heading_about_the_author() {
    let note = "Ines hails from Orrin. She has been sailing along this coast since she was a child of four.";
    let closing = format!("<h4>About Author</h4><p>{note}</p>");
    let found = dredging("<article>", "", &closing.replace("h4", "h3"));
    assert!(!holds(&found, "hails from"));
    let [one, two, three] = PARAGRAPHS.map(|text| format!("<p>{text}</p>"));
    let found = page(&format!("<title>Dredging</title><body><h1>Dredging</h1>{one}{two}{three}{closing}</body>"));
    assert_eq!(reason(&found, "hails from"), "note on the author");
    assert_eq!(reason(&found, "About Author"), "note on the author");
    // A part of the text that happens to have this title continues.
    let found = page(&format!("<title>Dredging</title><body><h1>Dredging</h1>{closing}{one}{two}{three}{one}</body>"));
    assert!(holds(&found, "hails from"), "{:?}", found.dropped);
}

/// Bytes that are valid UTF-8 are read as such, whatever a page declares.
#[test]
fn declared_as_latin_but_utf_8() {
    let text = "Es war ein schöner Tag für die Fähre, sagte der Kapitän, und niemand war überrascht von dem Wind.";
    let html = format!("<html><head><meta charset=\"iso-8859-1\"></head><body><p>{text}</p></body></html>");
    assert!(holds(&page(&html), "schöner Tag für die Fähre"));
    let latin: Vec<u8> = html.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let parsed = html::parse(&latin).unwrap();
    assert!(format!("{:?}", parsed.content).contains("schöner Tag für die Fähre"));
}

#[test]
fn a_fragment_and_a_list_are_kept_whole() {
    assert_eq!(texts(&page("The ferry was <b>late</b> again.")), ["The ferry was late again."]);
    let boats = [
        "lost its nets off the northern bank",
        "came home with a hold full of herring",
        "was sold to a museum on the mainland",
    ];
    let list: String = boats
        .iter()
        .enumerate()
        .map(|(n, what)| format!("<li><a href=/{n}>The island's {n}. boat {what}</a></li>"))
        .collect();
    let found = page(&format!("<nav><a href=/>Start</a></nav><h1>Boats</h1><ul>{list}</ul>"));
    assert_eq!(found.passages.len(), 3, "{found:#?}");
    assert_eq!(reason(&found, "Start"), "navigation");
}

#[test]
fn tables_quotes_and_code_are_taken_as_a_reader_takes_them() {
    let body = "<p>The board met twice that year and wrote down what it saw, which was not much.</p>";
    let found = page(&format!(
        "{body}<table><tr><th>Month</th><th>Boats</th></tr><tr><td>May</td><td>3</td></tr></table>\
         <blockquote><p>We saw three boats, and one of them was our own, said the \
         clerk.</p></blockquote>{body2}<pre>let boats = 3;</pre>",
        body2 = body.replace("twice", "three times"),
    ));
    assert!(texts(&found).iter().any(|text| text.contains("Month, Boats; May, 3")), "{:?}", texts(&found));
    assert!(texts(&found).iter().any(|text| text.starts_with("We saw three boats")));
    assert_eq!(reason(&found, "let boats"), "code or markup");
}

#[test]
fn paragraphs_without_marks_are_told_apart_by_their_breaks() {
    let found = page(
        "<body>The ferry was late<br>again on Monday.<br><br>Nobody on the quay was surprised by it at all.</body>",
    );
    assert_eq!(
        texts(&found),
        ["The ferry was late again on Monday.", "Nobody on the quay was surprised by it at all."]
    );
}

#[test]
fn hostile_pages_end() {
    let mib = 1 << 20;
    let repeated = |unit: &str| unit.repeat(mib / unit.len());
    let attributes: String = (0..mib / 8).map(|n| format!("a{n} ")).collect();
    let pages = [
        repeated("<div>"),
        repeated("<b>"),
        repeated("<table>"),
        repeated("<p>a"),
        repeated("<table><tr><td>a"),
        repeated("<!--"),
        repeated("<"),
        repeated("&"),
        repeated("</div>"),
        repeated("<div></p>"),
        repeated("<ul><li>a"),
        repeated("<h2><a href=x>a boat</a></h2>"),
        repeated("<div class='related promo'>a boat"),
        repeated("<aside class=pullquote>a boat at sea</aside>"),
        repeated("<svg><title>"),
        format!("<a {attributes}>text"),
        format!("<a class='{}'>text", repeated("a ")),
        format!("<script type=application/ld+json>{}</script>", repeated("[")),
        format!("<script>{}", repeated("</scrip")),
    ];
    for page in pages {
        html::parse(page.as_bytes()).unwrap();
    }
    let many = "<b>".repeat(2_100_000);
    assert!(matches!(html::parse(many.as_bytes()), Err(ReadError::Malformed { format: "HTML", .. })));
}

const BOOK: [&str; 3] = [
    "The lighthouse on Ness had been automatic for eleven years",
    "He took the post for the quiet, and found that an empty tower is never quiet.",
    "The supply boat came on Thursdays, weather permitting",
];

#[test]
fn books_of_real_producers_give_their_chapters() {
    for name in ["pandoc.epub", "libreoffice.epub"] {
        let path = fixture(name);
        let found = segmented(&path);
        for start in BOOK {
            assert!(
                texts(&found).iter().any(|text| text.starts_with(start)),
                "{name}: {start} in {:#?}",
                texts(&found)
            );
        }
        assert!(
            texts(&found).iter().any(|text| text.contains("November, 4, 3; December, 5, 1")),
            "{name}: {:#?}",
            texts(&found)
        );
        assert!(
            texts(&found).iter().all(|text| !text.contains("Small Lights") && !text.contains("The boat")),
            "{name}: {:#?}",
            texts(&found)
        );
        assert!(found.passages.iter().any(|passage| passage.heading.as_deref() == Some("The island")), "{name}");
        let metadata = source(&path).metadata;
        assert_eq!(metadata.title.as_deref(), Some("The Keeper of Small Lights"), "{name}");
        assert_eq!(metadata.author.as_deref(), Some("Edda Marlow"), "{name}");
    }
}

#[test]
fn panels_that_a_tab_or_a_term_opens_are_text() {
    let opened = page(
        "<main><h1>The forge</h1><p>The forge has mended gates since 1840, and these are the questions that its \
         visitors ask.</p>\
         <div role='tablist'><div role='tab' aria-controls='a'><a>Is it hot?</a></div>\
         <div id='a' role='tabpanel' aria-hidden='true' style='display:none'><p>It is, even in the middle of \
         January.</p></div></div>\
         <ul role='tablist'><li role='tab'>Shoes</li><li role='tab'>Gates</li></ul>\
         <div class='tab-pane' style='display: none'><p>Shoes are made for horses and for mules.</p></div>\
         <dl><dt>Can we pay by card?</dt><dd hidden>No, we take coins and eggs.</dd></dl></main>",
    );
    let all = texts(&opened).join(" ");
    for said in ["middle of January", "horses and for mules", "coins and eggs"] {
        assert!(all.contains(said), "{said:?} is not in {all:?}");
    }
    assert_eq!(opened.passages[1].heading.as_deref(), Some("Is it hot?"));
    assert!(!all.contains("Gates"), "{all:?}");
}

#[test]
fn a_question_with_an_explanation_is_no_heading() {
    let asked = page(
        "<main><h1>Bent nails</h1><div class='question'><p>My nails bend in oak.</p><p>They go straight into pine, \
         with the same hammer. Why is that?</p></div>\
         <div class='answer'><p>Oak is twice as hard as pine, so drill a hole before you strike.</p></div>\
         <div class='faq-question'><p>Is pine softer?</p></div><p>Yes, and a good deal cheaper than oak is.</p></main>",
    );
    assert!(texts(&asked).join(" ").contains("My nails bend in oak."));
    assert_eq!(asked.passages.last().unwrap().heading.as_deref(), Some("Is pine softer?"));
}

#[test]
fn notes_in_the_middle_of_a_sentence_are_no_part_of_it() {
    let noted = page(
        "<article><h1>Kilns</h1><p>The kiln<span class='ltx_note ltx_role_footnote'><sup class='ltx_note_mark'>1</sup>\
         <span class='ltx_note_content'><span class='ltx_tag ltx_tag_note'>1</span>It was lined with brick in \
         May.</span></span> was \
         fired for three days<a href='#footnote-2' class='footnote-anchor'>2</a>, and then<a href='#fn3'>3</a> it \
         cooled. See part <a href='#p3'>3</a>.</p>\
         <aside class='footnote-list'><aside class='footnote' role='doc-footnote'><span class='label'>[4]</span>\
         <p>The bricks are from a works in Leeds that has long been closed.</p></aside></aside></article>",
    );
    let expected = [
        "The kiln was fired for three days, and then it cooled. See part 3.",
        "It was lined with brick in May.",
        "The bricks are from a works in Leeds that has long been closed.",
    ];
    assert_eq!(texts(&noted), expected);
    assert_eq!(reason(&noted, "[4]"), "note mark");
}

#[test]
fn a_sentence_without_a_link_is_no_list_of_links_whatever_it_is_called() {
    let called = page(
        "<main><h1>Evening classes</h1><p>The class meets on six evenings in April, and everybody who owns a hammer \
         may come.</p>\
         <div class='related-info'><p>It costs forty pounds for all grown people.</p></div>\
         <div class='widget widget-text'><p>Bring boots and a lamp with a red light.</p></div>\
         <section class='social-proof'><blockquote>I have never bent a nail since then.</blockquote></section>\
         <div class='related'><p><a href='/a'>The class of last year was full.</a></p></div></main>",
    );
    let all = texts(&called).join(" ");
    for said in ["forty pounds", "a red light", "bent a nail"] {
        assert!(all.contains(said), "{said:?} is not in {all:?}");
    }
    assert_eq!(reason(&called, "last year"), "related links");
}

#[test]
fn what_stands_in_shadow_roots_is_text_and_pages_in_frames_are_listed() {
    let told = "<p>The bell was cast in one piece, and four horses drew it up the hill to the church on a Sunday.</p>";
    let framed = page(&format!(
        "<article><h1>The bell</h1>{told}<x-note><template shadowrootmode='open'><p>The keeper heard it first, at \
         noon.</p></template></x-note>\
         <template><p>Nobody sees this.</p></template>\
         <iframe srcdoc='&lt;p&gt;Rope is &lt;b&gt;half&lt;/b&gt; the price.&lt;/p&gt;&lt;iframe \
         srcdoc=&quot;x&quot;&gt;'></iframe></article>"
    ));
    assert_eq!(framed.passages[1].text, "The keeper heard it first, at noon.");
    assert_eq!(framed.passages.len(), 2);
    assert_eq!(reason(&framed, "Rope is half the price."), "embedded page");
    let alone = page(&format!("<body><iframe srcdoc='{}'></iframe></body>", told.replace('<', "&lt;")));
    assert!(texts(&alone)[0].contains("four horses"));
}

#[test]
fn remarks_on_a_text_are_no_part_of_it() {
    let remarked = page(
        "<body><p>The smith was asked in May<sup class='noprint Inline-Template'>&#91;<i><a href='/x'>citation \
         needed</a></i>&#93;</sup> to mend<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup> the gate of the school, \
         and he has done it well.</p>
         <div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Was it not in June? Ask him.</span></p></div></body>",
    );
    assert_eq!(
        texts(&remarked),
        ["The smith was asked in May to mend the gate of the school, and he has done it well."]
    );
    assert_eq!(reason(&remarked, "Ask him"), "comments");
}

const CONTAINER: &[u8] = b"<container><rootfiles><rootfile full-path='b.opf'/></rootfiles></container>";

/// A book with these files as chapters.
fn book(chapters: &[(&str, &[u8])], more: &[(&str, &[u8])]) -> Vec<u8> {
    let items: String = chapters.iter().map(|(name, _)| format!("<item id='{name}' href='{name}'/>")).collect();
    let spine: String = chapters.iter().map(|(name, _)| format!("<itemref idref='{name}'/>")).collect();
    let package = format!(
        "<package><manifest>{items}<item id='lost' href='lost.x'/></manifest><spine>{spine}<itemref \
         idref='lost'/></spine></package>"
    );
    archive(
        &[&[("META-INF/container.xml", CONTAINER), ("b.opf", package.as_bytes())], chapters, more].concat(),
        Deflated,
    )
}

fn refusal(bytes: &[u8]) -> String {
    epub::parse(bytes).unwrap_err().to_string()
}

#[test]
fn chapters_are_xml_and_a_missing_one_is_noted() {
    let chapter =
        b"<?xml version='1.0'?><html><head><title/><script src='a.js'/></head><body><a id='x'/><p>One <![CDATA[< \
                    two]]> &#233;.</p>\
                    <p>Three<span epub:type='pagebreak'>12</span> four.</p></body></html>";
    let parsed = epub::parse(&book(&[("a.xhtml", chapter)], &[])).unwrap();
    assert!(parsed.missing.unwrap().contains("lost.x"));
    let Content::Blocks(blocks) = parsed.content else { panic!("a book gives blocks") };
    let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(texts, ["One < two é.", "Three four.", "12"]);
}

#[test]
fn books_that_cannot_be_read_say_why() {
    let chapter: (&str, &[u8]) = ("a.xhtml", b"<p>One boat.</p>");
    let drm = b"<encryption><EncryptedData><EncryptionMethod \
                Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></EncryptedData></encryption>";
    assert!(refusal(&book(&[chapter], &[("META-INF/encryption.xml", drm)])).contains("encrypted"));
    assert!(refusal(&archive(&[("a.txt", b"text")], Deflated)).contains("not an e-book"));
    assert!(refusal(&book(&[], &[])).contains("all of its chapters"));
    let whole = book(&[chapter], &[]);
    for end in 0..whole.len() {
        let _ = epub::parse(&whole[..end]);
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let _ = epub::parse(&damaged);
    }
}

#[test]
fn books_do_not_grow_without_end() {
    let large = vec![b' '; (16 << 20) + 1];
    assert!(refusal(&book(&[("a.xhtml", &large)], &[])).contains("16 MiB"));
    let names: Vec<String> = (0..9).map(|n| format!("{n}.xhtml")).collect();
    let chapters: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &large[1..])).collect();
    assert!(refusal(&book(&chapters, &[])).contains("128 MiB"));
}
