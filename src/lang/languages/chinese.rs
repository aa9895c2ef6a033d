//! Chinese. Words that English has too are left out of all but the names of months.

use super::{Lists, begins};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "与", "並", "个", "为", "之", "也", "了", "于", "从", "他", "以", "们", "会", "但", "你", "個", "們", "其", "再", "则", "到", "則",
        "却", "卻", "又", "及", "可", "向", "吗", "吧", "呢", "和", "嗎", "因", "在", "地", "她", "如", "它", "对", "将", "將", "對", "就",
        "并", "很", "得", "從", "您", "我", "或", "所", "把", "於", "是", "更", "最", "會", "有", "此", "為", "由", "的", "着", "等", "者",
        "而", "能", "與", "若", "著", "被", "要", "該", "该", "过", "还", "这", "這", "過", "還", "那", "都",
    ],
    months: [&[]; 12],
    weekdays: [
        "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日",
    ],
    negations: &[],
    negations_of_nouns: &[],
    abbreviations: &[],
    sections: &["前言", "参考文献", "參考文獻", "引言", "摘要", "概述", "目录", "目錄", "结论", "結論"],
    bibliographies: &["参考文献", "參考文獻"],
    published: &["发布", "发布时间", "更新", "更新时间", "更新時間", "發布"],
    date_words: &["发布", "发布时间", "更新", "更新时间", "更新時間", "發布"],
    by: None,
    prompts: &[
        begins("阅读更多", 2, "link prompt"),
        begins("閱讀更多", 2, "link prompt"),
        begins("相关阅读", 2, "link prompt"),
        begins("相關閱讀", 2, "link prompt"),
        begins("延伸阅读", 2, "link prompt"),
        begins("延伸閱讀", 2, "link prompt"),
        begins("分享到", 3, "sharing prompt"),
        begins("评论", 1, "comments"),
        begins("評論", 1, "comments"),
        begins("发表评论", 2, "comments"),
        begins("订阅", 2, "newsletter prompt"),
        begins("訂閱", 2, "newsletter prompt"),
        begins("广告", 1, "advertisement"),
        begins("廣告", 1, "advertisement"),
        begins("目录", 1, "navigation"),
        begins("目錄", 1, "navigation"),
        begins("返回顶部", 2, "navigation"),
        begins("版权所有", 6, "copyright"),
        begins("版權所有", 6, "copyright"),
        begins("版权声明", 60, "copyright"),
        begins("版權聲明", 60, "copyright"),
        begins("版权说明", 60, "copyright"),
        begins("版权保护", 60, "copyright"),
        begins("免责声明", 60, "disclaimer"),
        begins("免責聲明", 60, "disclaimer"),
    ],
};
