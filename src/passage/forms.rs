//! Forms of text as a whole: from a file's bytes to passages and dropped parts.

use std::path::Path;

use super::{Marks, Segmented, Words, fingerprint, marks, segment};
use crate::source::{Columns, Documents, read_bytes};

fn documents(name: &str, bytes: &[u8]) -> Documents {
    read_bytes(bytes, Path::new(name), &Columns::default()).unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Segmented {
    let documents = documents(name, bytes);
    let marks = marks(&[(None, &fingerprint(&documents.sources[0]))]);
    segment(&documents.sources[0], &marks[0], &Words(254))
}

fn said(found: &Segmented) -> Vec<(&str, &str)> {
    found.passages.iter().map(|passage| (passage.heading.as_deref().unwrap_or(""), passage.text.as_str())).collect()
}

fn dropped<'a>(found: &'a Segmented, reason: &str) -> Vec<&'a str> {
    found.dropped.iter().filter(|dropped| dropped.reason == reason).map(|dropped| dropped.text.as_str()).collect()
}

const PASTED: &str = "Von: Jonas Brandt <jonas@example.org>\nGesendet: Dienstag, 6. Mai 2031 11:41\nAn: Ida Kerr\n\
    Betreff: AW: Raum 214\n\nThe deputy director in those years was Arne Holm, who has moved to the\n\
    ministry of transport.\n\n\
    Best regards,\nJonas\n\nOn Tue, 6 May 2031 at 09:14, Ida Kerr\n<ida@example.org> wrote:\n\n\
    > Who was deputy director\n> in \
    those years?\n>> Nobody knows.\n\n-- \nJonas Brandt\nThis message is confidential.\n";

#[test]
fn a_pasted_message_is_its_senders_words() {
    let found = read("mail.txt", PASTED.as_bytes());
    let own = "The deputy director in those years was Arne Holm, who has moved to the ministry of transport.";
    assert_eq!(said(&found), [("", own)]);
    let quoted = "On Tue, 6 May 2031 at 09:14, Ida Kerr <ida@example.org> wrote: Who was deputy director in those \
                  years? Nobody knows.";
    assert_eq!(dropped(&found, "quoted message"), [quoted]);
    assert_eq!(dropped(&found, "signature"), ["Best regards, Jonas", "-- Jonas Brandt"]);
    assert_eq!(dropped(&found, "disclaimer"), ["This message is confidential."]);
    assert_eq!(found.metadata.title.as_deref(), Some("AW: Raum 214"));
    assert_eq!(found.metadata.author.as_deref(), Some("Jonas Brandt"));
    assert_eq!(found.metadata.date.unwrap().to_string(), "2031-05-06");
}

#[test]
fn a_text_that_only_speaks_of_whence_is_no_message() {
    let found =
        read("walk.txt", b"From: the harbour to the mill it is an hour on foot.\n\nBest time to go is in May.\n");
    assert_eq!(found.passages.len(), 2);
    assert!(found.dropped.is_empty());
}

const MESSAGE: &str = "From: =?utf-8?Q?Zo=C3=AB?= Kerr <zoe@example.org>\nSubject: The drawer\n\
    Date: Tue, 6 May 2031 09:14:02 +0200\n\
    Message-ID: <a1@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
    Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n\
    The caf=E9 was closed on Monday beca=\nuse \
    of the storm.\n\n--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Disposition: attachment; \
    filename=plan.pdf\n\nx\n--b--\n";

#[test]
fn a_file_of_e_mail_is_decoded_and_its_attachments_are_named() {
    for name in ["a.eml", "a.txt"] {
        let documents = documents(name, MESSAGE.as_bytes());
        assert_eq!(documents.sources[0].note.as_deref(), Some("has an attachment that was left out: plan.pdf"));
        let found = read(name, MESSAGE.as_bytes());
        assert_eq!(said(&found), [("", "The café was closed on Monday because of the storm.")]);
        assert_eq!(found.metadata.author.as_deref(), Some("Zoë Kerr"));
    }
}

#[test]
fn a_mailbox_is_a_source_per_message() {
    let second =
        "From: x@example.org\nSubject: Path\n\n>From the mill nobody came that day.\nFrom the start it was clear.\n";
    let envelope = "From x@example.org Tue May  6 09:14:02 2031\n";
    let bytes = format!("{envelope}{MESSAGE}\n{envelope}{second}");
    let documents = documents("box.mbox", bytes.as_bytes());
    let ids: Vec<_> = documents.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["box.mbox:a1@example.org", "box.mbox#2"]);
    let found = segment(&documents.sources[1], &super::Marks::default(), &Words(254));
    assert!(found.passages[0].text.starts_with("From the mill nobody came that day."), "{found:?}");
}

#[test]
fn hostile_messages_are_refused_or_read() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(50_000);
    let error = read_bytes(format!("From: a@b.c\n{nested}").as_bytes(), Path::new("a.eml"), &Columns::default());
    assert!(error.unwrap_err().to_string().contains("parts"));
    let many = format!("From: a@b.c\nContent-Type: multipart/mixed; boundary=a\n\n{}", "--a\n\nhello\n".repeat(20_000));
    assert_eq!(documents("a.eml", many.as_bytes()).sources.len(), 1);
}

const SRT: &str = "1\n00:00:04,120 --> 00:00:07,900\n<i>So tell me about the morning</i>\nwhen the boat did not\n\n\
    2\n00:00:08,000 --> 00:00:10,000\n{\\an8}come back.\n\n3\n00:00:11,000 --> 00:00:12,000\n[door slams]\n\n\
    4\n00:00:25,000 --> 00:00:28,000\n- We waited for Mr.\n\n5\n00:00:28,500 --> 00:00:30,000\nHolm.\n";

#[test]
fn subtitles_are_sentences_with_their_times() {
    let found = read("a.srt", SRT.as_bytes());
    assert_eq!(
        said(&found),
        [("", "So tell me about the morning when the boat did not come back."), ("", "We waited for Mr. Holm.")]
    );
    assert_eq!(found.passages.iter().map(|passage| passage.time).collect::<Vec<_>>(), [Some(4), Some(25)]);
    assert_eq!(dropped(&found, "sound description"), ["[door slams]"]);
}

#[test]
fn rolling_captions_are_said_once() {
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nso<00:00.500><c> tell</c> me\n\n00:02.000 --> 00:02.010\n\
        so tell me\n\n\
        00:02.010 --> 00:04.000\nso tell me\nabout it\n\n00:04.000 --> 00:06.000\nabout it\nall of it\n";
    assert_eq!(said(&read("a.vtt", vtt.as_bytes())), [("", "so tell me about it all of it")]);
}

#[test]
fn a_turn_is_a_passage_under_its_speaker() {
    let text = "Hearing of 6 May 2031\n\nCHAIR: Good morning. Were you on the quay that day, and did you see the boat \
        come\n\
        in?\n\nMR HOLM: No.\n\nCHAIR: Thank you. [Laughter.]\n\nMR HOLM: It was dark.\n\nMS KERR: Objection.\n";
    let expected = [
        ("CHAIR", "Good morning. Were you on the quay that day, and did you see the boat come in?"),
        ("MR HOLM", "No."),
        ("CHAIR", "Thank you."),
        ("MR HOLM", "It was dark."),
        ("MS KERR", "Objection."),
    ];
    let found = read("a.txt", text.as_bytes());
    assert_eq!(said(&found), expected);
    assert_eq!(dropped(&found, "stage direction"), ["[Laughter.]"]);
    let marked =
        text.replace("CHAIR:", "**CHAIR:**").replace("MR HOLM:", "**MR HOLM:**").replace("MS KERR:", "**MS KERR:**");
    // Without markup, the first line is a paragraph of Markdown.
    assert_eq!(said(&read("a.md", marked.as_bytes()))[1..], expected);
}

#[test]
fn times_are_no_text_of_a_turn() {
    let text = "[00:00:04] Speaker 1: So tell me.\n[00:01:11] Speaker 2: We stood there.\n\
                [00:01:24] Speaker 1: When?\n[01:00:29] Speaker 2: Later.\n";
    let found = read("a.txt", text.as_bytes());
    let times: Vec<_> = found.passages.iter().map(|passage| (passage.time, passage.text.as_str())).collect();
    let expected =
        [(Some(4), "So tell me."), (Some(71), "We stood there."), (Some(84), "When?"), (Some(3629), "Later.")];
    assert_eq!(times, expected);
}

#[test]
fn labels_that_recur_are_no_speakers_of_lists_and_records() {
    for text in [
        "Apple cake\nMethod: Mix all. Bake it.\nNote: Serve it warm.\n\nPear cake\nMethod: Mix it. Bake it.\n\
         Note: Do not burn it.\n",
        "Harbour: Sundvale\nDepth: 8 metres\n\nHarbour: Tarn\nDepth: 4 metres\n\nHarbour: Halm\nDepth: 2 metres\n",
        "Quay: A place where ships are loaded.\nMole: A wall in the sea.\nPier: A long bridge.\nQuay: See above.\n",
    ] {
        assert!(said(&read("a.txt", text.as_bytes())).iter().all(|(_, text)| text.contains(": ")), "{text}");
    }
}

#[test]
fn scanned_pages_are_mended() {
    let text = "                 14\n\nTHE LAKE\n\n  On the first morning he found the gauge dry, although he did not \
        be-\nlieve it. They said \
        so long ago, and he had heard it from his grand-\n                 15\n\nTHE LAKE\n\n\
        mother, who was born there and could re-\nmember \
        the steam¬\ners. The well-\nknown story belongs to the same years.\n\n                 16\n";
    let found = read("a.txt", text.as_bytes());
    let expected = "On the first morning he found the gauge dry, although he did not believe it. They said so long \
        ago, and he had heard it from his grandmother, who was born there and could remember the steamers. The \
        well-known story belongs to the same years.";
    assert_eq!(said(&found), [("", expected)]);
    assert_eq!((dropped(&found, "page number"), dropped(&found, "running head").len()), (vec!["14", "15", "16"], 2));
}

#[test]
fn a_free_librarys_licence_is_no_text_of_the_book() {
    let text = "The Example Library EBook of The Pier\n\nTitle: The Pier\nAuthor: Ida Kerr\n\
        Release date: May 6, 2031 [eBook #101]\nLanguage: English\n\n\
        *** START OF THE EXAMPLE LIBRARY EBOOK THE PIER ***\n\nThe keeper found the gauge dry.\n\n\
        *** END OF THE EXAMPLE LIBRARY EBOOK ***\n\nUpdates follow.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!(said(&found), [("", "The keeper found the gauge dry.")]);
    assert_eq!(dropped(&found, "licence").len(), 2);
    let metadata = &found.metadata;
    assert_eq!((metadata.title.as_deref(), metadata.language.as_deref()), (Some("The Pier"), Some("en")));
}

#[test]
fn tags_in_markdown_are_no_text() {
    let text = "+++\ntitle = \"The quay\"\n+++\n\nimport A from './a'\n\n<Callout title=\"Careful\">\n  The quay was \
        closed on Monday.\n</Callout>\n\n\
        {% include a.html %}\n\nUse `{{ this }}` and `<Callout>` in {{ page.place }} today.\n";
    let found = read("a.mdx", text.as_bytes());
    assert_eq!(said(&found), [("", "The quay was closed on Monday."), ("", "Use {{ this }} and <Callout> in today.")]);
    assert_eq!(dropped(&found, "template"), ["{% include a.html %}", "{{ page.place }}"]);
    assert_eq!(found.metadata.title.as_deref(), Some("The quay"));
}

#[test]
fn a_stray_nul_is_removed_and_a_binary_refused() {
    let found = documents("a.txt", b"The ferry struck the mole\0 at seven, and nobody was hurt.");
    assert_eq!(found.sources[0].note.as_deref(), Some("holds a NUL byte, which was removed"));
    assert!(read_bytes(b"\x7fELF\0\0\x01\x02\x03 and so on", Path::new("a.txt"), &Columns::default()).is_err());
}

#[test]
fn chats_say_who_writes_when() {
    let phone = "12/03/24, 19:02 - Ada Sund: the mast is down\n12/03/24, 19:03 - Ola: on my way\n\
        12/03/24, 19:04 - Ada Sund: bring the saw\n12/03/24, 19:09 - Ola: which one of the two\n";
    let found = read("a.txt", phone.as_bytes());
    let turns = [
        ("Ada Sund", "the mast is down"),
        ("Ola", "on my way"),
        ("Ada Sund", "bring the saw"),
        ("Ola", "which one of the two"),
    ];
    assert_eq!(said(&found), turns);
    let lines =
        "Ada Sund  9:14 AM\nThe mast is down.\n\nOla Brandt  9:16 AM\non my way\n\nIda Kerr  9:31 AM\nToo late.\n";
    let turns = [("Ada Sund", "The mast is down."), ("Ola Brandt", "on my way"), ("Ida Kerr", "Too late.")];
    assert_eq!(said(&read("a.txt", lines.as_bytes())), turns);
}

#[test]
fn captions_flow_across_their_times() {
    let text = "0:00\ntoday we look at the mole of\n0:05\nOrme which has stood\nfor years\n0:09\n\
        and still keeps the sea out.\n\
        0:14\nAda built it.\n";
    let found = read("a.txt", text.as_bytes());
    let whole = "today we look at the mole of Orme which has stood for years and still keeps the sea out.";
    assert_eq!(said(&found), [("", whole), ("", "Ada built it.")]);
    assert_eq!(dropped(&found, "time stamp"), ["0:05", "0:09"]);
    assert_eq!(found.passages[1].time, Some(14));
}

#[test]
fn entries_of_a_diary_are_no_headings() {
    let text = "Diary of a keeper\n\n2025-01-03: the lamp smoked all night\n2025-01-04: cleaned the lamp and slept\n\
        2025-01-05: The oil came. It is thin.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!(found.metadata.title.as_deref(), Some("Diary of a keeper"));
    assert_eq!(found.passages.len(), 3);
}

#[test]
fn one_question_amid_prose_is_no_heading() {
    let prose = "The mole was built of stone in a single summer, and it has stood there since.";
    let asked = format!("{prose}\n\nWho would have thought so?\n\nNobody did when the first of them was laid.\n");
    assert_eq!(said(&read("a.txt", asked.as_bytes()))[1].1, "Who would have thought so?");
    let answered = format!("Who built it?\n\n{prose}\n\nWhen was it built?\n\nIn the summer of the flood, they say.\n");
    assert_eq!(read("a.txt", answered.as_bytes()).passages[1].heading.as_deref(), Some("When was it built?"));
}

#[test]
fn prose_under_references_is_text() {
    let text = "The court sat for two days and gave its reasons in writing.\n\nReferences\n\n\
        The judge referred to the Act of 1974 when she said what was owed.\n\n\
        He replied that nobody had known in 1990 how high it would rise.\n";
    assert_eq!(read("a.txt", text.as_bytes()).passages.len(), 3);
    let works = "The court sat for two days and gave its reasons in writing.\n\nReferences\n\n\
        Sund A. What is owed and who has paid it. Law Letters 1974;3:14.\n\nBrandt O. The sea. Orme, 1990.\n";
    assert_eq!(read("a.txt", works.as_bytes()).passages.len(), 1);
}

#[test]
fn a_label_belongs_to_what_it_stands_before() {
    let page = "<article><h1>Parts of a quay</h1><p>These are the parts of a quay, as they are called \
        here.</p><dl><dt>Bollard</dt>\
        <dd>The post to which a ship is tied.</dd></dl><p>I remain, with many thanks for all of this,</p><p>Ada \
        Sund</p>\
        <p>The list was made in a wet summer by two people.</p></article>";
    let found = read("a.html", page.as_bytes());
    let texts = [
        "These are the parts of a quay, as they are called here.",
        "Bollard The post to which a ship is tied.",
        "I remain, with many thanks for all of this, Ada Sund",
        "The list was made in a wet summer by two people.",
    ];
    assert_eq!(found.passages.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>(), texts);
}

#[test]
fn short_items_of_prose_are_no_menu() {
    let text = "# Setting the clock\n\nThe clock has to be set again twice in every year.\n\n1. Open the back\n\
        2. Turn the wheel\n\
        3. Shut the back\n\nIt will not strike before the next full hour.\n\n## What you need\n\n- a long thin key\n\
        - two drops of oil\n\
        - one soft old cloth\n\nAll of these are in the drawer below it.\n";
    let steps = "Open the back; Turn the wheel; Shut the back";
    let things = "a long thin key; two drops of oil; one soft old cloth";
    let found = read("a.md", text.as_bytes());
    assert_eq!((found.passages[1].text.as_str(), found.passages[3].text.as_str()), (steps, things));
    let menu = "# The Gazette\n\n- Home page\n- All news\n- Legal desk\n\nThe clock has to be set again twice in \
                every year.\n";
    assert_eq!(dropped(&read("a.md", menu.as_bytes()), "menu or list of labels").len(), 3);
}

#[test]
fn lists_of_names_end_at_a_blank_line() {
    let text = "The board has these members, who were elected in the old hall of\n\
        the town and who will serve until the clock has been\nmended.\n\n\
        Dame Ada Sund of the upper quay, chair of the board since last year\n\
        Mr. Ola Brandt of Orme, who keeps the books and the keys of the hall\n\
        Ida Kerr, counter of ships and keeper of the lamp and of the bell too\n\
        Arne Holm, who came from Brno in the year of the flood and has stayed\n\n\
        The next meeting will be held in the hall on the first of April, when\nthe accounts are to be read.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!(found.passages.last().unwrap().line_start, Some(10));
}

#[test]
fn a_running_head_is_found_between_two_halves_of_a_sentence() {
    let text = "   A server that gets a version which it does not know answers with\n   an error, and who asked is to \
        wait for a minute or so before\n\n\n\
        Sund                         Informational                      [Page 2]\n\n\
        RFC 9998                   Ship Counting                       March 2024\n\n\n   \
        it asks again.  After ten errors it stops.\n";
    let found = read("a.txt", text.as_bytes());
    assert!(found.passages[0].text.contains("minute or so before it asks again."));
    assert_eq!(dropped(&found, "running head").len(), 2);
}

#[test]
fn a_table_of_contents_is_no_text_and_no_title() {
    let text = "The weir of Orme\n\nContents\n\n1 The pond ........ 2\n2 The mill ........ 4\n3 The men ......... 4\n\
        \n\n1 The pond\n\nThe pond was dry in May, and nobody had seen it so before.\n\n2 The mill\n\n\
        The mill stood still for a year, as there was no water.\n";
    let found = read("a.txt", text.as_bytes());
    let headings = ["1 The pond", "2 The mill"];
    assert_eq!(said(&found).iter().map(|(heading, _)| *heading).collect::<Vec<_>>(), headings);
    assert_eq!(dropped(&found, "table of contents").len(), 4);
    assert_eq!(found.metadata.title.as_deref(), Some("The weir of Orme"));
}

#[test]
fn people_in_the_news_are_no_authors() {
    let news = "The weir was shut on Monday, and the town was cut in two.\n\nIt will be mended in May.\n\n\
        Ola Brandt is the director of the road office and did not answer.\n";
    assert_eq!(read("a.txt", news.as_bytes()).passages.len(), 3);
    for note in ["Ada Sund is the director of a school in Orme.", "Ida Kerr is a reporter at the Gazette."] {
        let signed =
            format!("The weir is shut\n\nBy Ada Sund\n\nThe weir was shut on Monday, and we must walk.\n\n{note}\n");
        assert_eq!(dropped(&read("a.txt", signed.as_bytes()), "note on the author"), [note]);
    }
}

#[test]
fn an_indented_line_begins_a_paragraph_where_others_do() {
    let text = "Mast falls in Orme and nobody is hurt, says the master of the dock\n\
        Ola Brandt, Harbour Wire of Orme\n   \
        ORME (HW) _ A mast fell into the dock early on Tuesday and was\nlifted out of it by noon, the master of the \
        dock said.\n   \
        The mast had been found sound in May, and it had stood in the rain\n\
        for a year.\n   Nobody was under it when it fell, as the crew was at lunch in the\n\
        hall.\n";
    let found = read("a.txt", text.as_bytes());
    assert!(found.passages.iter().any(|passage| passage.text.starts_with("ORME (HW)")), "{:?}", said(&found));
}

fn sentences(found: &Segmented) -> Vec<&str> {
    found.passages.iter().flat_map(|passage| (0..passage.sentences.len()).map(|at| passage.sentence(at))).collect()
}

#[test]
fn items_of_a_list_stay_sentences_of_their_own() {
    let text = "# The yard\n\nThe yard has told its owners how it did in the spring.\n\n- Sales of 12 masts, down \
        9% on those of last spring\n\
        - New orders down 14%\n- A loss of two boats (last year: one)\n- Ropes up by half\n";
    let items = [
        "Sales of 12 masts, down 9% on those of last spring",
        "New orders down 14%",
        "A loss of two boats (last year: one)",
        "Ropes up by half",
    ];
    assert_eq!(sentences(&read("a.md", text.as_bytes()))[1..], items);
}

#[test]
fn a_label_is_part_of_the_sentence_behind_it() {
    let text = "Yard. The mast fell in May. It was old.\n\nRopes and sails. Half of them are torn.\n\n2. Other \
        costs. The crane was let.\n\n\
        Nobody was hurt. The crew had gone home.\n";
    let expected = [
        "Yard. The mast fell in May.",
        "It was old.",
        "Ropes and sails. Half of them are torn.",
        "2. Other costs. The crane was let.",
        "Nobody was hurt.",
        "The crew had gone home.",
    ];
    assert_eq!(sentences(&read("a.txt", text.as_bytes())), expected);
    let one = "Yard. The mast fell in May.\n\nYard. It was lifted out in June.\n\nNobody was hurt by it.\n";
    assert_eq!(sentences(&read("a.txt", one.as_bytes()))[0], "Yard.");
}

#[test]
fn who_signs_without_by_has_no_title() {
    let body = "\n\nThe mast fell on Monday, and nobody knows why it did.\n";
    let head = "Owners knew of the rotten mast for half a year\n\nLetters that we have read raise doubts about the \
        yard\n\n\
        Ada Sund, harbour correspondent\nThursday 16 May";
    let found = read("a.txt", format!("{head}{body}").as_bytes()).metadata;
    let title = "Owners knew of the rotten mast for half a year";
    assert_eq!((found.title.as_deref(), found.author.as_deref()), (Some(title), Some("Ada Sund")));
    let long =
        "The ROPE study: protocol for a randomised trial of tarred rope and the time that a mast takes to fall in Orme";
    let found = read("a.txt", format!("{long}\n\nSund A., Brandt O.{body}").as_bytes()).metadata;
    assert_eq!((found.title.as_deref(), found.author.as_deref()), (Some(long), Some("Sund A., Brandt O.")));
    let found = read("a.txt", format!("The mast falls\n\nBy Ada Sund and agencies{body}").as_bytes());
    assert_eq!((found.metadata.author.as_deref(), said(&found)[0].0), (Some("Ada Sund"), ""));
    let found = read("a.txt", format!("The mast falls\n\nThe Lantern, business, 20 June{body}").as_bytes());
    assert_eq!((found.metadata.publisher.as_deref(), said(&found)[0].0), (Some("The Lantern"), ""));
}

#[test]
fn who_writes_a_letter_is_no_title_of_it() {
    let text = "Ada Sund\n14 Rope Street\n4411 Orme\n\n6 May 2031\n\nDear Sir or Madam,\n\nI write about the mast \
        that fell on my boat in May.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!((found.metadata.title.as_deref(), dropped(&found, "letterhead").len()), (None, 3));
}

#[test]
fn days_and_authors_in_lines_before_the_text() {
    let date = |text: &str| read("a.txt", text.as_bytes()).metadata.date.map(|date| date.to_string());
    let dateline =
        "The mast falls\n\nORME, 6 May 2031 \u{2013} A mast fell into the dock early on Tuesday, the master said.\n";
    assert_eq!(date(dateline).as_deref(), Some("2031-05-06"));
    let told = "The mast falls\n\nOn Tuesday, 6 May 2031 - a wet day - a mast fell into the dock of Orme.\n";
    assert_eq!(date(told), None);
    let page = "<article><h1>Der Mast ist gefallen</h1><p>Stand: 06.05.2031, 09:14 Uhr</p><p>Der Mast ist am Dienstag \
        in das Dock gefallen, und niemand wurde dabei verletzt.</p></article>";
    let found = read("a.html", page.as_bytes());
    assert_eq!((found.metadata.date.unwrap().to_string().as_str(), said(&found)[0].0), ("2031-05-06", ""));
}

#[test]
fn what_is_said_of_a_day_is_not_joined_to_another() {
    let text = "Monday, 5 May\nThe mast moved again, and we tied it.\n\nTuesday, 6 May\nNothing.\n";
    assert_eq!(said(&read("a.txt", text.as_bytes())).last(), Some(&("", "Nothing.")));
}

#[test]
fn verse_is_text() {
    let song = "Song of the Mast\n\nThe night came down upon the quay\nAnd laid its hand upon the mast\n\n\
        The mate had tied it with a rope\nThe rope was made to hold and last\n";
    let found = read("a.txt", song.as_bytes());
    assert_eq!(found.metadata.title.as_deref(), Some("Song of the Mast"));
    let stanzas = [
        ("", "The night came down upon the quay And laid its hand upon the mast"),
        ("", "The mate had tied it with a rope The rope was made to hold and last"),
    ];
    assert_eq!(said(&found), stanzas);
    let contents = "The yard\n\nThis is a book on ships.\n\nWhat a mast is and who has one\n\nA mast is a pole, and \
        it stands on a ship.\n\n\
        How it is made to stand\n\nIt is put into a hole in the deck of the ship.\n";
    assert_eq!(dropped(&read("a.txt", contents.as_bytes()), "heading").len(), 2);
}

#[test]
fn turns_are_told_in_all_formats() {
    let turns = [("Chair", "Were you there?"), ("Mr Holm", "No."), ("Chair", "Who was?"), ("Mr Holm", "The mate.")];
    let page = turns.map(|(who, what)| format!("<p><strong>{who}:</strong> {what}</p>")).concat();
    assert_eq!(said(&read("a.html", format!("<article>{page}</article>").as_bytes())), turns);
    let cues = [
        ("Ada Sund: Did you see the mast,", 1),
        ("Ada Sund: and the rope?", 3),
        ("Ola Brandt: I did.", 5),
        ("Ada Sund: When?", 7),
    ];
    let cues = cues.map(|(text, at)| format!("\n00:00:0{at}.000 --> 00:00:0{}.000\n{text}\n", at + 1)).concat();
    let turns = [("Ada Sund", "Did you see the mast, and the rope?"), ("Ola Brandt", "I did."), ("Ada Sund", "When?")];
    assert_eq!(said(&read("a.vtt", format!("WEBVTT\n{cues}").as_bytes())), turns);
    let record =
        "WEBVTT\n\n00:01.000 --> 00:02.000\nThe answer: nobody.\n\n00:03.000 --> 00:04.000\nIt fell at night.\n";
    assert_eq!(said(&read("a.vtt", record.as_bytes())), [("", "The answer: nobody. It fell at night.")]);
}

const TOLD: [&str; 3] = [
    "The yard of Orme said on Tuesday that it will close the long quay until the mast has been lifted out.",
    "Two boats were hit when the mast fell into the dock on Sunday night, but nobody was on board of them.",
    "It will cost a hundred crowns to mend the quay, and the town has promised to pay half of that sum.",
];

#[test]
fn names_of_elements_do_not_outweigh_an_article_in_them() {
    for name in ["byline", "credits", "tags"] {
        let page = TOLD.map(|text| format!("<p class=\"{name}\">{text}</p>")).concat();
        let found = read("a.html", format!("<article><h1>The mast</h1>{page}</article>").as_bytes());
        assert_eq!(said(&found).len(), 3, "{name}");
        let amid = format!("<p>{}</p><p class=\"{name}\">{}</p><p>{}</p>", TOLD[0], TOLD[1], TOLD[2]);
        let found = read("a.html", format!("<article><h1>The mast</h1>{amid}</article>").as_bytes());
        assert_eq!(said(&found).len(), 3, "{name}");
        let label = format!("<p>{}</p><p class=\"{name}\">Ada Sund for the Lantern</p><p>{}</p>", TOLD[0], TOLD[2]);
        let found = read("a.html", format!("<article><h1>The mast</h1>{label}</article>").as_bytes());
        assert_eq!(said(&found).len(), 2, "{name}");
    }
}

#[test]
fn elements_beside_each_other_are_not_glued() {
    let page = format!(
        "<article><h1>The mast</h1><p>{}</p><div><span>Mast built</span><span>1871</span></div><p>{}</p></article>",
        TOLD[0], TOLD[1]
    );
    assert_eq!(said(&read("a.html", page.as_bytes()))[1].0, "Mast built 1871");
    let within =
        "<p>The gas is CO<span>2</span>, and <b>x</b><b>2</b> is a number that nobody at the yard has known.</p>";
    assert!(said(&read("a.html", within.as_bytes()))[0].1.starts_with("The gas is CO2, and x2 is"));
}

#[test]
fn a_question_in_bold_begins_the_answer() {
    let page = format!(
        "<article><h1>The mast</h1><p><b>What did you hear?</b></p><p>{}</p><p><b>And then?</b></p><p>{}</p></article>",
        TOLD[0], TOLD[1]
    );
    let turns = [("What did you hear?", TOLD[0]), ("And then?", TOLD[1])];
    assert_eq!(said(&read("a.html", page.as_bytes())), turns);
}

#[test]
fn heads_of_posts_part_them() {
    let post = |who: &str, text: &str| {
        let head =
            format!("<span class=\"username\"><a href=\"/u\">{who}</a></span><span class=\"post-date\">May 6</span>");
        format!("<div class=\"post\"><div class=\"head\">{head}</div><div class=\"body\"><p>{text}</p></div></div>")
    };
    let page = [post("ada", TOLD[0]), post("ola", "I saw it."), post("ida", TOLD[1])].concat();
    let found = read("a.html", format!("<h1>The mast of Orme has fallen</h1>{page}").as_bytes());
    assert_eq!(said(&found), [("", TOLD[0]), ("", "I saw it."), ("", TOLD[1])]);
    assert_eq!(dropped(&found, "byline"), ["ada May 6", "ola May 6", "ida May 6"]);
}

#[test]
fn logs_of_chats_say_who_writes() {
    let log = "09:14 <ada> the mast is down\n09:15 <ola> on my way\n09:17 <ada> bring the saw\n09:18 <ola> which \
        one of the two\n";
    let turns =
        [("ada", "the mast is down"), ("ola", "on my way"), ("ada", "bring the saw"), ("ola", "which one of the two")];
    assert_eq!(said(&read("a.txt", log.as_bytes())), turns);
}

#[test]
fn heads_that_count_the_pages_are_no_text() {
    let text = "14                 THE MASTS OF ORME.\n\nThe keeper of the yard had not seen such a storm in all of \
        his\nyears, and he went \
        out to look at what was left of the old\n\nTHE STORM.                            15\n\nmast, which had \
        fallen on the roof.  It was \
        lifted out in May by\nthe crew of two boats.\n\n16                 THE MASTS OF ORME.\n\nIt cost the town \
        more than it had.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!((dropped(&found, "running head").len(), said(&found).len()), (3, 2), "{:?}", said(&found));
}

#[test]
fn a_number_in_a_table_is_no_page_number() {
    let table = documents("a.csv", b"text\nThe kiln is hot.\n14\n[1]\n");
    let said = |at: usize| segment(&table.sources[at], &Marks::default(), &Words(254)).passages[0].text.clone();
    assert_eq!([said(1), said(2)], ["14", "[1]"]);
}

#[test]
fn notices_around_a_newsletter_are_no_text() {
    let why = "You are receiving this email because you bought a kiln from us.";
    let mail = |lines: &str| {
        let head = "From: The Kiln <a@x.y>\nTo: b@x.y\nSubject: Kilns\nMIME-Version: 1.0\nContent-Type: text/html\n\n";
        let text = "<p>The kiln of Orme was lit on Monday and will burn until June.</p>";
        read("a.eml", format!("{head}<p><a href=x>View in browser</a></p>{text}{lines}").as_bytes())
    };
    let found = mail(&format!("<p>{why}</p><p>Manage preferences | <a href=y>Unsubscribe</a></p>"));
    assert_eq!(said(&found), [("", "The kiln of Orme was lit on Monday and will burn until June.")]);
    assert_eq!(dropped(&found, "mailing notice"), ["View in browser", why, "Manage preferences | Unsubscribe"]);
    // A message to one person may begin with the same words.
    let letter = format!("From: Ola <a@x.y>\nTo: b@x.y\nSubject: Kiln\n\n{why} It has a crack.\n");
    assert_eq!(said(&read("a.eml", letter.as_bytes())).len(), 1);
    let article = "# Too many letters\n\nUnsubscribe links have to be in every newsletter, says the law of Orme.\n\n\
        You received this many letters because nobody obeys it.\n";
    assert_eq!(said(&read("a.md", article.as_bytes())).len(), 2);
}

#[test]
fn what_a_program_writes_into_a_chat_is_nobodys_words() {
    let android = "12/03/2031, 19:01 - Messages and calls are end-to-end encrypted. Tap to learn more.\n\
        12/03/2031, 19:02 - Ada Sund: The kiln is hot.\n12/03/2031, 19:03 - Ada Sund added Ola Brandt\n\
        12/03/2031, 19:04 - Ola Brandt: Who lit it? <This message was edited>\n\
        12/03/2031, 19:05 - Ada Sund: <Media omitted>\n12/03/2031, 19:06 - +44 7700 900123: This message was deleted\n\
        12/03/2031, 19:07 - +44 7700 900123: The town did.\n12/03/2031, 19:08 - Ola Brandt: Use <b> or a < b.\n";
    let turns = [
        ("Ada Sund", "The kiln is hot."),
        ("Ola Brandt", "Who lit it?"),
        ("+44 7700 900123", "The town did."),
        ("Ola Brandt", "Use <b> or a < b."),
    ];
    let found = read("a.txt", android.as_bytes());
    assert_eq!((said(&found), dropped(&found, "chat notice").len()), (turns.to_vec(), 4));
    let iphone = "[12.03.31, 19:01:02] Kilns: \u{200e}Messages and calls are end-to-end encrypted.\n\
        [12.03.31, 19:02:11] Ada Sund: The kiln is hot.\n\u{200e}[12.03.31, 19:02:30] Ola Brandt: \u{200e}image omitted\n\
        \u{200e}[12.03.31, 19:03:12] Ola Brandt: Here it is \u{200e}<attached: 12.jpg>\n\
        [12.03.31, 19:04:00] ~ Ida Kerr: Who lit it?\n[12.03.31, 19:05:00] Ada Sund: The town did.\n";
    let found = read("a.txt", iphone.as_bytes());
    let turns = [
        ("Ada Sund", "The kiln is hot."),
        ("Ola Brandt", "Here it is"),
        ("Ida Kerr", "Who lit it?"),
        ("Ada Sund", "The town did."),
    ];
    assert_eq!(said(&found), turns);
}

#[test]
fn a_time_in_brackets_after_a_name_begins_a_turn() {
    let log = "Ada Sund, [12.03.2031 19:02]\nThe kiln is hot.\n\nOla Brandt, [12.03.2031 19:03]\nWho lit it?\n\n\
        Ada Sund, [12.03.2031 19:04]\nThe town did.\n";
    let turns = [("Ada Sund", "The kiln is hot."), ("Ola Brandt", "Who lit it?"), ("Ada Sund", "The town did.")];
    assert_eq!(said(&read("a.txt", log.as_bytes())), turns);
}

#[test]
fn keywords_of_a_paper_are_no_text() {
    let text = "# Of kilns\n\nA kiln burns wood, and this is a paper on how much of it.\n\n\
        *Index Terms*—kiln, smoke, stone.\n\nKeywords are given to papers by their authors, and we gave three.\n";
    let found = read("a.md", text.as_bytes());
    assert_eq!((said(&found).len(), dropped(&found, "keywords").len()), (2, 1));
}

#[test]
fn an_article_of_a_newsgroup_is_its_senders_words() {
    let article = "From: ada@x.example (Ada Sund)\nNewsgroups: orme.kilns\nSubject: Re: Kilns\nLines: 4\n\n\
        Ola <ola@x.example> wrote:\n> Who lit it?\n\nThe town did, as it does in every year.\n";
    let found = read("a.txt", article.as_bytes());
    assert_eq!(said(&found), [("", "The town did, as it does in every year.")]);
    assert_eq!(
        (found.metadata.title.as_deref(), found.metadata.author.as_deref()),
        (Some("Re: Kilns"), Some("Ada Sund"))
    );
}

#[test]
fn a_copyright_notice_is_no_text() {
    let text = "# Of kilns\n\nA kiln burns wood, and this is a paper on how much of it.\n\n\u{a9} 2031 Town of Orme\n";
    assert_eq!(dropped(&read("a.md", text.as_bytes()), "copyright").len(), 1);
}

#[test]
fn bullets_that_word_writes_are_no_text() {
    let mark =
        |style: &str| format!("<span style='{style}'>\u{b7}<span style='font:7.0pt'>&nbsp;&nbsp; </span></span>");
    for style in ["mso-list:Ignore", "font-family:Symbol"] {
        let page = format!("<p class=MsoListParagraph>{}{}</p>", mark(style), TOLD[0]);
        assert_eq!(said(&read("a.html", page.as_bytes())), [("", TOLD[0])], "{style}");
    }
}

#[test]
fn a_name_between_title_and_date_is_no_title() {
    let text = "The mast of Orme has fallen\n\nAda Sund\n\n6 May 2031\n\nThe mast fell on Monday, and nobody knows why it \
        did.\n";
    let found = read("a.txt", text.as_bytes());
    assert_eq!(found.metadata.title.as_deref(), Some("The mast of Orme has fallen"));
    let report =
        "The mast\n\nAnnual Report of the Yard\n\n6 May 2031\n\nThe mast fell on Monday, and nobody knows why.\n";
    assert_eq!(read("a.txt", report.as_bytes()).metadata.title.as_deref(), Some("Annual Report of the Yard"));
}

#[test]
fn heads_of_left_and_right_pages_are_no_text() {
    let page = |head: &str, text: &str| format!("{head}\n\n{text}\n\n");
    let text = [
        page("THE MAST OF ORME.  31", "The mast fell on Monday, and nobody knows why it did."),
        page("32  THE MAST OF ORME.", "It was lifted out of the dock in May."),
        page("THE MAST OF ORME.  33", "The town paid for the crane and for the crew of it."),
    ]
    .concat();
    assert_eq!(dropped(&read("a.txt", text.as_bytes()), "running head").len(), 3);
    let chapters = text.replace("32  THE MAST OF ORME.", "THE MAST OF ORME.  32");
    assert!(dropped(&read("a.txt", chapters.as_bytes()), "running head").is_empty());
}

#[test]
fn what_is_said_is_a_text_of_a_table() {
    assert_eq!(documents("a.csv", b"speaker,utterance\nOla,The kiln is hot.\n").sources.len(), 1);
}

#[test]
fn a_link_back_is_no_text() {
    let page =
        format!("<article><h1>Der Ofen</h1><p>{}</p><div><a href=\"/\">Zur\u{fc}ck</a></div></article>", TOLD[0]);
    assert_eq!(said(&read("a.html", page.as_bytes())), [("", TOLD[0])]);
}
