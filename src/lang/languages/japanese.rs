//! Japanese. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "あ", "い", "う", "え", "お", "か", "が", "き", "ぎ", "く", "ぐ", "け", "げ", "こ", "ご", "さ", "ざ", "し", "じ", "す", "ず", "せ",
        "ぜ", "そ", "ぞ", "た", "だ", "ち", "ぢ", "っ", "つ", "づ", "て", "で", "と", "ど", "な", "に", "ぬ", "ね", "の", "は", "ば", "ひ",
        "び", "ふ", "ぶ", "へ", "べ", "ほ", "ぼ", "ま", "み", "む", "め", "も", "ゃ", "や", "ゅ", "ゆ", "ょ", "よ", "ら", "り", "る", "れ",
        "ろ", "わ", "を", "ん",
    ],
    months: [&[]; 12],
    weekdays: [
        "月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日",
    ],
    negations: &[],
    negations_of_nouns: &[],
    starters: &[
        "とうとう", "とき", "ところ", "とすると", "とっくに", "とても", "とにかく", "とはいえ", "ともあれ", "ともかく", "ともに", "とりあえず", "のち",
    ],
    after_quotes: &["と", "って", "など", "を", "の"],
    sections: &["はじめに", "まとめ", "参考文献", "序論", "目次", "結論", "要旨", "要約"],
    bibliographies: &["参考文献", "引用文献"],
    published: &["公開", "公開日", "更新", "更新日"],
    date_words: &["公開", "公開日", "更新", "更新日"],
    by: None,
    prompts: &[
        begins("続きを読む", 3, "link prompt"),
        begins("関連記事", 3, "link prompt"),
        begins("あわせて読みたい", 3, "link prompt"),
        begins("シェア", 2, "sharing prompt"),
        begins("シェアする", 2, "sharing prompt"),
        begins("コメント", 2, "comments"),
        begins("メールマガジン", 3, "newsletter prompt"),
        begins("広告", 1, "advertisement"),
        begins("目次", 1, "navigation"),
        begins("トップに戻る", 2, "navigation"),
        begins("ページトップへ", 2, "navigation"),
        begins("無断転載を禁じます", 3, "copyright"),
        begins("有料会員限定", 10, "subscription prompt"),
        begins("この記事は有料会員限定", 10, "subscription prompt"),
        begins("この記事は会員限定", 10, "subscription prompt"),
    ],
    ..Lists::NONE
};
