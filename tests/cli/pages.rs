//! Web pages with misleading names, breaks and hidden parts: their passages, and why the rest is dropped.

use serde_json::Value;

use super::Folder;

const RULING: &str = "The regional court ruled on Monday that the port authority must publish the accident reports of \
                      the past ten years.";
const PRETEXT: &str =
    "The authority had argued that the reports contained trade secrets, an argument which the judges called a pretext.";
const WIVES: &str =
    "Three fishermen's wives brought the case after their husbands were lost with the trawler Sigrun in 2022.";
const APPEAL: &str =
    "The ruling can be appealed until the end of the month, but a spokesman said that the first reports would follow.";

/// `passages` for one page.
fn read(body: &str) -> Value {
    let folder = Folder::with(&[]);
    folder.write(
        "page.html",
        format!("<!DOCTYPE html><html lang=\"en\"><title>The ruling</title><body>{body}</body></html>"),
    );
    folder.run(&["passages", "page.html", "--format", "json"]).exits(0).json()["sources"][0].clone()
}

fn passages(source: &Value) -> Vec<String> {
    source["passages"].as_array().unwrap().iter().map(|passage| passage["text"].as_str().unwrap().to_owned()).collect()
}

/// The reason for which the text containing `part` was dropped.
#[track_caller]
fn reason(source: &Value, part: &str) -> String {
    let dropped = source["dropped"].as_array().unwrap();
    let found = dropped.iter().find(|dropped| dropped["text"].as_str().unwrap().contains(part));
    found.unwrap_or_else(|| panic!("{part:?} is not in {dropped:#?}"))["reason"].as_str().unwrap().to_owned()
}

#[test]
fn two_breaks_part_paragraphs_and_one_does_not() {
    for between in ["<br><br>", "<br/> &nbsp; <br/>", "<br><!-- x --><br>", "<br><span>&nbsp;</span>\n<br>"] {
        assert_eq!(
            passages(&read(&format!("<div>{RULING}{between}{PRETEXT}</div>"))),
            [RULING, PRETEXT],
            "{between:?}"
        );
    }
    let source = read(&format!(
        "<p>{RULING}</p><p>Port Authority of Sundvale<br>14 Quay Street<br>Sundvale 4411</p><p>{PRETEXT}</p>"
    ));
    assert_eq!(passages(&source), [RULING, "Port Authority of Sundvale 14 Quay Street Sundvale 4411", PRETEXT]);
    assert!(source["passages"][2]["heading"].is_null(), "{source:#}");
}

#[test]
fn a_name_does_not_outvote_prose() {
    let names = [
        "TestReport__Section--Ads",
        "category-ads",
        "steady-paywall-container",
        "live-match-comment-body",
        "elementor-widget-container",
        "item-caption",
        "TOC_TITLE_1",
        "gallery",
        "teaser_287866",
        "sponsored-content-body",
    ];
    for name in names {
        let amid = format!(
            "<main><h1>The ruling</h1><p>{RULING}</p><div class=\"{name}\"><p>{PRETEXT} \
             {WIVES}</p></div><p>{APPEAL}</p></main>"
        );
        assert_eq!(passages(&read(&amid)).len(), 3, "{name}");
        let each: String = [RULING, PRETEXT, WIVES, APPEAL]
            .iter()
            .map(|text| format!("<div class=\"{name}\"><p>{text}</p></div>"))
            .collect();
        assert_eq!(passages(&read(&format!("<h1>The ruling</h1>{each}"))).len(), 4, "{name}");
    }
}

#[test]
fn a_name_is_believed_of_what_is_no_prose() {
    let source = read(&format!(
        "<article><h1>The ruling</h1><p>{RULING}</p><div class=ad-slot><p>Winter tyres at half the price, only this \
         week.</p></div><p>{PRETEXT}</p>\
         <div class=newsletter><p>The news of the coast every morning, and never \
         more.</p><form><input></form></div><p>{WIVES}</p></article>\
         <div class=comments><p>I never liked that harbour, nor the men who ran it.</p></div>"
    ));
    assert_eq!(passages(&source), [RULING, PRETEXT, WIVES]);
    assert_eq!(reason(&source, "Winter tyres"), "advertisement");
    assert_eq!(reason(&source, "every morning"), "newsletter prompt");
    assert_eq!(reason(&source, "never liked"), "comments");
}

#[test]
fn a_paragraph_that_is_a_link_is_text_and_a_headline_is_not() {
    let source = read(&format!(
        "<article><p>{RULING}</p><p><a href=/x><strong>{PRETEXT}</strong></a></p><p>{WIVES}</p><p><a href=/y>Ferry \
         strikes breakwater in fog</a></p></article>"
    ));
    assert_eq!(passages(&source), [RULING, PRETEXT, WIVES]);
    assert_eq!(reason(&source, "Ferry strikes"), "related links");
}

#[test]
fn questions_are_headings_and_hidden_texts_are_listed() {
    let source = read(&format!(
        "<main><h1>Questions about the ruling</h1><p>{RULING}</p><details><summary>Who \
         sued?</summary><p>{WIVES}</p></details>\
         <div><button aria-expanded=false>Can it be appealed?</button><div style='display: \
         none'><p>{APPEAL}</p></div></div>\
         <p hidden>Draft note of the editor: check the name of the trawler.</p><dialog><p>Your session has ended, \
         sign in again to go on.</p></dialog></main>"
    ));
    assert_eq!(passages(&source), [RULING, WIVES, APPEAL]);
    let headings: Vec<_> = (1..3).map(|at| source["passages"][at]["heading"].as_str().unwrap()).collect();
    assert_eq!(headings, ["Who sued?", "Can it be appealed?"]);
    assert_eq!(reason(&source, "Draft note"), "hidden");
    assert_eq!(reason(&source, "session has ended"), "hidden");
}

#[test]
fn marks_within_a_line_are_no_part_of_it() {
    let source = read(
        "<p>The court fined the port <del>40,000</del> 45,000 crowns, as a<sup>*</sup> witness<a \
         href=\"#n1\"><sup>[1]</sup></a> said that day.</p>\
         <p>It paid 10<sup>2</sup> crowns for 12 m<sup>2</sup> on the 3<sup>rd</sup> of May, and \
         <ruby>港<rp>(</rp><rt>みなと</rt></ruby> stood on the bill.</p>",
    );
    let expected = [
        "The court fined the port 45,000 crowns, as a witness said that day.",
        "It paid 10^2 crowns for 12 m2 on the 3rd of May, and 港 stood on the bill.",
    ];
    assert_eq!(passages(&source), expected);
    assert_eq!(reason(&source, "40,000"), "struck out");
    assert_eq!(reason(&source, "[1]"), "note mark");
    assert_eq!(reason(&source, "みなと"), "reading aid");
}

#[test]
fn raised_numbers_and_formulas_are_the_numbers_that_they_show() {
    let maths = "<math><semantics><mrow> <mn>1</mn> <mo>,</mo> <mn>900</mn> </mrow> \
                 <annotation>1{,}900</annotation></semantics></math>";
    let katex = format!(
        "<span class=\"katex\"><span class=\"katex-mathml\">{maths}</span>\
         <span class=\"katex-html\" aria-hidden=\"true\"><span>1</span><span>,</span><span>900</span></span></span>"
    );
    for (body, text) in [
        (
            "The tank holds 10<sup>6</sup> litres and 3 × 10<sup>−5</sup> grams of it.",
            "The tank holds 10^6 litres and 3 × 10^−5 grams of it.",
        ),
        (
            "Nearly 2 <sup>1</sup>/<sub>2</sub> or 2<sup>1</sup>⁄<sub>2</sub> tonnes, about <sup>1</sup>/<sub>3</sub> \
             of it.",
            "Nearly 2 1/2 or 2 1⁄2 tonnes, about 1/3 of it.",
        ),
        (
            "The harbour counted <math><msup><mn>10</mn><mn>6</mn></msup></math> boats in 2 \
             <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> years.",
            "The harbour counted 10^6 boats in 2 1/2 years.",
        ),
        (
            "The clinic treated the patients.<SUP>3,4 </SUP>Studies of isotope <sup>14</sup>C from layers agreed.",
            "The clinic treated the patients. Studies of isotope 14C from layers agreed.",
        ),
        (
            &format!("The clerk found {katex} signatures in the archive."),
            "The clerk found 1,900 signatures in the archive.",
        ),
        (
            &format!(
                "The clerk found <span style=\"display: none;\">{maths}</span><img src=\"a.svg\"> signatures there."
            ),
            "The clerk found 1,900 signatures there.",
        ),
    ] {
        assert_eq!(passages(&read(&format!("<p>{body}</p>"))), [text]);
    }
    let table = "<table><tr><th>Tank</th><th>Litres</th></tr><tr><td>The northern one by the \
                 pier</td><td>10<sup>6</sup></td></tr></table>";
    let source = read(&format!("<p>The harbour has two tanks, the clerk said.</p>{table}"));
    assert!(source.to_string().contains("10^6"), "{source}");
}

#[test]
fn what_a_wiki_and_an_editor_put_beside_the_text_is_none_of_it() {
    let source = read(
        "<div class=\"hatnote\">This article is about the harbour of Brennick. For the town, see Brennick in the \
         hills.</div>\
         <table class=\"box-More metadata ambox\"><tr><td></td><td>This article needs additional citations for \
         verification. Please help to improve it by adding some.</td></tr></table>\
         <p>The harbour closed its northern quay in the spring of that year, the clerk of the town said to the \
         paper.</p>\
         <p>（原标题：多地项目连环爆雷）</p><p>港口在星期二关闭了旧的渡轮码头，市长说修理费太高，渔民没有被问到。</p><p>本文来源：证券市场红周刊 责任编辑：杨倩</p>",
    );
    assert_eq!(passages(&source).len(), 2, "{source:#}");
    assert_eq!(reason(&source, "additional citations"), "notice to editors");
    assert_eq!(reason(&source, "This article is about"), "navigation");
    assert_eq!((reason(&source, "原标题"), reason(&source, "本文来源")), ("credit".into(), "credit".into()));
}

#[test]
fn preformatted_prose_is_read_and_code_is_set_aside() {
    let source = read(
        "<pre>\n   The tide office publishes a file for every harbour, in which\n   each line holds a time and a \
         level.\n\n\
         Kerr                    Informational                   [Page 1]\n\u{c}\n\
         MEMO 12                 Tides                   May 2031\n\n   \
         A level below zero is written with a minus sign.\n</pre><pre><code>for row in rows:\n    print(row[0])\n\
         </code></pre>",
    );
    let expected = [
        "The tide office publishes a file for every harbour, in which each line holds a time and a level.",
        "A level below zero is written with a minus sign.",
    ];
    assert_eq!(passages(&source), expected);
    assert_eq!(reason(&source, "[Page 1]"), "running head");
    assert_eq!(reason(&source, "MEMO 12"), "running head");
    assert_eq!(reason(&source, "print(row"), "code or markup");
}

#[test]
fn an_article_out_of_sight_is_read_where_the_page_shows_none() {
    let linked = format!(
        "<script type=\"application/ld+json\">{{\"@graph\":[{{\"@type\":\"NewsArticle\",\
         \"articleBody\":\"{RULING}\\n\\n{PRETEXT}\"}}]}}</script>"
    );
    let hidden = [
        format!("{linked}<div id=app>Loading</div>"),
        format!("<div id=app></div><noscript><p>{RULING}</p><p>{PRETEXT}</p></noscript>"),
        format!("<script type=\"text/template\"><p>{RULING}</p><p>{PRETEXT}</p></script>"),
    ];
    for page in &hidden {
        assert_eq!(passages(&read(page)), [RULING, PRETEXT], "{page}");
    }
    assert_eq!(passages(&read(&format!("{linked}<p>{WIVES}</p><p>{APPEAL}</p>"))), [WIVES, APPEAL]);
}

#[test]
fn descriptions_of_pictures_are_known_by_the_names_that_sites_give_them() {
    let boxes = [
        "<div class='img-legend'><div class='img-description'>A trawler of the port lies at the quay.</div></div>",
        "<div class='Image_meta__7h'><span>A trawler of the port lies at the quay.</span></div>",
        "<table><tr><td><img></td></tr><tr><td class='tr-caption'>A trawler of the port lies at the \
         quay.</td></tr></table>",
        "<div class='picture'><img><p>A trawler of the port lies at the quay.</p></div>",
        "<div class='bildunterschrift'>A trawler of the port lies at the quay.</div>",
    ];
    for markup in boxes {
        let source = read(&format!("<div><p>{RULING}</p>{markup}<p>{PRETEXT}</p><p>{WIVES}</p></div>"));
        assert_eq!(passages(&source), [RULING, PRETEXT, WIVES], "{markup}");
        assert_eq!(reason(&source, "A trawler"), "caption", "{markup}");
    }
    // The state of a post is not a box for a picture.
    let source = read(&format!("<div class='post image'><p>{RULING}</p><p>{PRETEXT}</p><p>{WIVES}</p></div>"));
    assert_eq!(passages(&source), [RULING, PRETEXT, WIVES]);
}

#[test]
fn what_stands_beside_an_article_is_known_by_its_name_or_its_own_element() {
    let cases = [
        ("<ol class='references'><li>Kerr, I. The port and its files. 2029.</li></ol>", "list of references"),
        ("<div id='rightslink-section'><p>This article may be shared in any medium.</p></div>", "copyright"),
        ("<p class='affiliate-disclosure'>We are paid for some of the links in this text.</p>", "advertisement"),
        (
            "<div class='people_aboutauthor'><p>Ida Kerr went to sea for years before that.</p></div>",
            "note on the author",
        ),
        (
            "<newsletter-signup><p>Hear from the quay each week, free of charge.</p></newsletter-signup>",
            "newsletter prompt",
        ),
        ("<div class='hidden'>That address is not a valid one, so try again.</div>", "hidden"),
    ];
    for (markup, wanted) in cases {
        let source = read(&format!("<div><p>{RULING}</p><p>{PRETEXT}</p>{markup}<p>{WIVES}</p></div>"));
        assert_eq!(passages(&source), [RULING, PRETEXT, WIVES], "{markup}");
        let words = markup.split(['<', '>']).find(|part| part.contains(' ') && !part.contains('=')).unwrap();
        assert_eq!(reason(&source, words), wanted, "{markup}");
    }
    // The rest of an article, revealed by a button.
    let source = read(&format!("<div><p>{RULING}</p><div class='hidden'><p>{PRETEXT}</p><p>{WIVES}</p></div></div>"));
    assert_eq!(passages(&source), [RULING, PRETEXT, WIVES]);
}

#[test]
fn an_article_that_is_loaded_behind_another_is_none_of_it() {
    let page = |second: &str| {
        read(&format!(
            "<article><h1>The ruling</h1><p>{RULING}</p><p>{PRETEXT}</p></article>\
             <article>{second}<p>{WIVES}</p><p>{APPEAL}</p></article>"
        ))
    };
    let source = page("<h1>Another matter</h1>");
    assert_eq!(passages(&source), [RULING, PRETEXT]);
    assert_eq!(reason(&source, "fishermen's wives"), "after the article");
    assert_eq!(passages(&page("<h2>What came of it</h2>")), [RULING, PRETEXT, WIVES, APPEAL]);
}

#[test]
fn key_points_are_text_and_menus_are_not() {
    let list = |items: &[&str]| format!("<ul><li>{}</li></ul>", items.join("</li><li>"));
    let points = ["The port has to publish ten years of reports", "Two shipping companies had asked it not to"];
    let source = read(&format!("<h2>In short</h2>{}<p>{RULING}</p><p>{PRETEXT}</p>", list(&points)));
    assert_eq!(passages(&source), [points[0], points[1], RULING, PRETEXT]);
    let source = read(&format!("<h2>In short</h2>{}<p>{RULING}</p><p>{PRETEXT}</p>", list(&["The port", points[1]])));
    assert_eq!(passages(&source), [RULING, PRETEXT]);
    assert_eq!(reason(&source, "The port"), "menu or list of labels");
    // Shorter ones are points if they read like sentences; items after a lead-in are separated by semicolons.
    let points = ["Bus lanes on Mill Street", "More trees along the river", "No further cuts to libraries"];
    let source = read(&format!("<h2>In short</h2>{}<p>{RULING}</p><p>{PRETEXT}</p>", list(&points)));
    assert_eq!(passages(&source)[..3], points);
    let labels = ["Fish Market Prices Today", "Terms of Use", "Archive", "Subscribe Now", "Sign in"];
    let source = read(&format!("<h2>In short</h2>{}<p>{RULING}</p><p>{PRETEXT}</p>", list(&labels)));
    assert_eq!(passages(&source), [RULING, PRETEXT]);
    let source = read(&format!("<p>{RULING}</p><p>{PRETEXT} The council wants:</p>{}", list(&points)));
    let led_in = format!("{PRETEXT} The council wants: {}; {}; {}", points[0], points[1], points[2]);
    assert_eq!(passages(&source), [RULING, led_in.as_str()]);
}

#[test]
fn a_few_words_behind_the_comments_are_the_pages() {
    let comment = format!("<div class='comment-text'><p>{WIVES}</p></div>");
    let source = read(&format!(
        "<div><h1>The ruling</h1><p>{RULING}</p><p>{PRETEXT}</p><p>{APPEAL}</p></div><div \
         class='comment-list'>{}</div><div><p>The Post follows the code.</p></div>",
        comment.repeat(4)
    ));
    assert_eq!(passages(&source), [RULING, PRETEXT, APPEAL]);
    assert_eq!(reason(&source, "follows the code"), "after the article");
}

#[test]
fn a_body_in_the_data_of_scripts_is_read_where_the_page_shows_none() {
    let bodies = [
        serde_json::json!({"props": {"page": {"title": "x", "body": format!("<p>{RULING}</p><p>{PRETEXT}</p>")}}}),
        serde_json::json!({"article": {"content": [{"type": "p", "text": RULING}, {"type": "p", "text": PRETEXT}]}}),
    ];
    for data in bodies {
        let source =
            read(&format!("<div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>{data}</script>"));
        assert_eq!(passages(&source), [RULING, PRETEXT], "{data}");
    }
    let shown = format!("<p>{WIVES}</p><p>{APPEAL}</p>").repeat(2);
    let source = read(&format!(
        "{shown}<script type='application/json'>{}</script>",
        serde_json::json!({"body": format!("{RULING} {PRETEXT}")})
    ));
    assert!(!passages(&source).join(" ").contains("regional court"), "{source:#}");
}

#[test]
fn a_description_is_known_by_its_credit() {
    for credited in [
        "A trawler of the port lies at the quay of Sundvale. (GP Photo/Ida Kerr)",
        "A trawler of the port lies at the quay of Sundvale. (Photo : Port of Sundvale/ Ida Kerr)",
        "A trawler of the port lies at the quay of Sundvale. Photo by Ida Kerr",
        "Ida Kerr/Associated Press - A trawler of the port lies at the quay of Sundvale.",
    ] {
        let source = read(&format!("<p>{RULING}</p><p>{credited}</p><p>{PRETEXT}</p>"));
        assert_eq!(passages(&source), [RULING, PRETEXT], "{credited}");
        assert_eq!(reason(&source, "A trawler"), "caption");
    }
    let said = "She had a photo of the trawler in her hand/on her desk - so the clerk remembers (as he said in court).";
    assert_eq!(passages(&read(&format!("<p>{RULING}</p><p>{said}</p>"))), [RULING, said]);
}

/// A page that only refers its readers to another has no text of its own; an article that reloads from time to time, or
/// that says at its end where it has moved, does.
#[test]
fn a_page_that_forwards_its_readers_is_no_text() {
    let notice = "<p>This page has moved to <a href=\"harbor/ruling.html\">harbor/ruling.html</a>.</p>";
    let page = |refresh: &str, body: &str| read(&format!("<meta http-equiv=\"Refresh\" content=\"{refresh}\">{body}"));
    for refresh in ["0; URL=harbor/ruling.html", "0;url=harbor/ruling.html", "3, Url = harbor/ruling.html"] {
        let source = page(refresh, notice);
        assert_eq!(passages(&source), <[&str; 0]>::default(), "{refresh}");
        assert_eq!(reason(&source, "has moved"), "redirect notice", "{refresh}");
        let article = format!("<p>{RULING}</p><p>{PRETEXT}</p>{notice}");
        assert_eq!(passages(&page(refresh, &article))[..2], [RULING, PRETEXT], "{refresh}");
    }
    for refresh in ["300", "300; url=page.html", "0"] {
        assert_eq!(passages(&page(refresh, &format!("<p>{RULING}</p>"))), [RULING], "{refresh}");
    }
}
