//! Words of opposite meaning in news and reports.

/// A scale: words that say one thing, and words that say the opposite.
///
/// A word represents all of its forms, and a phrase the forms of its first word; `=` before a word means only this
/// form.
pub(crate) struct Scale {
    pub(crate) ends: [&'static [&'static str]; 2],
    pub(crate) of: Of,
}

/// What the statements of a scale are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// An event: it is one fact, regardless of who is named.
    Event,
    /// An amount: a different amount is a different fact.
    Amount,
    /// A person or group: what one wins, another loses.
    Somebody,
}

type Words = &'static [&'static str];

const fn event(one: Words, other: Words) -> Scale {
    Scale { ends: [one, other], of: Of::Event }
}

const fn amount(one: Words, other: Words) -> Scale {
    Scale { ends: [one, other], of: Of::Amount }
}

const fn somebody(one: Words, other: Words) -> Scale {
    Scale { ends: [one, other], of: Of::Somebody }
}

#[rustfmt::skip]
pub(crate) const SCALES: &[Scale] = &[
    amount(
        &["rise", "increase", "grow", "climb", "gain", "jump", "surge", "soar", "=higher", "swell", "swollen", "expand",
          "go up", "went up", "gone up", "growth", "upturn", "rally", "widen", "accelerate", "more often",
          "more frequently"],
        &["fall", "drop", "decline", "decrease", "shrink", "slump", "plunge", "plummet", "dip", "sink", "slide", "sank",
          "slid", "tumble", "=lower", "go down", "went down", "gone down", "downturn", "narrow", "slow", "less often",
          "less frequently", "=fewer"],
    ),
    amount(&["=better", "improve", "improvement", "strengthen"], &["=worse", "worsen", "deteriorate", "weaken"]),
    amount(&["=raised", "=raise", "=raises", "hike"], &["=cut", "=cuts", "reduce", "slash", "trim", "=lowered"]),
    amount(&["surplus"], &["deficit", "shortfall"]),
    amount(&["=above", "exceed"], &["=below", "fall short"]),
    event(
        &["approve", "approval", "accept", "=passed", "=passes", "=pass", "adopt", "ratify", "endorse", "uphold",
          "upheld", "vote for", "give the go-ahead", "wave through"],
        &["reject", "rejection", "refuse", "turn down", "throw out", "threw out", "thrown out", "vote down", "veto",
          "overturn", "vote against", "rebuff", "strike down", "=dismissed"],
    ),
    somebody(
        &["support", "=backed", "=backs", "=backing", "favour", "welcome", "praise"],
        &["oppose", "opposition", "=against", "condemn", "criticise", "denounce"],
    ),
    event(
        &["allow", "permit", "legal", "legalise", "lawful", "authorise"],
        &["ban", "forbid", "forbidden", "forbade", "prohibit", "outlaw", "illegal", "unlawful", "=barred"],
    ),
    event(&["=guilty", "convict", "conviction"], &["acquit", "acquittal", "innocent", "=cleared", "exonerate"]),
    event(
        &["charge with", "charge on", "=charged", "indict"],
        &["no charges", "without charge", "release without"],
    ),
    event(
        &["=open", "=opened", "=opens", "reopen"],
        &["=closed", "=closes", "=shut", "closure", "=blocked"],
    ),
    somebody(&["win", "victory"], &["lose", "defeat", "beaten"]),
    somebody(&["survive", "alive", "survivor"], &["kill"]),
    event(&["identify"], &["unidentified", "not known", "still unknown", "not yet known", "still not known"]),
    event(
        &["begin", "resume", "launch", "restart", "go ahead", "went ahead"],
        &["halt", "cancel", "suspend", "abandon", "scrap", "call off", "postpone", "shelve", "drop"],
    ),
    event(
        &["agreement", "agree", "=deal", "=deals", "accord", "settle", "settlement"],
        &["without agreement", "without any agreement", "no agreement", "fail to agree", "without a deal", "no deal",
          "break down", "broke down", "broken down", "stalemate", "deadlock"],
    ),
    somebody(
        &["confirm", "admit", "acknowledge", "concede", "confess"],
        &["deny", "dispute", "refute", "denial"],
    ),
    event(
        &["release", "=freed", "set free", "at large"],
        &["detain", "detention", "=held", "custody", "imprison", "behind bars"],
    ),
    somebody(
        &["stay", "remain", "stand for", "run for", "seek re-election", "stay on"],
        &["leave", "quit", "resign", "resignation", "step down", "retire", "stand down", "stood down", "bow out"],
    ),
    event(
        &["return to work", "go back to work", "back to work"],
        &["stay out", "walk out", "stay on strike", "down tools"],
    ),
    somebody(&["hire", "recruit", "appoint", "take on"], &["=fired", "sack", "lay off", "laid off", "dismiss"]),
    somebody(&["=fit", "available", "play"], &["rule out", "unfit", "sidelined", "miss"]),
    somebody(&["attend", "take part", "took part"], &["absent", "stay away", "boycott", "miss"]),
    event(&["succeed", "success", "successful", "as planned"], &["fail", "failure", "unsuccessful", "unable"]),
    event(
        &["intact", "undamaged", "unharmed", "unhurt", "uninjured", "untouched", "unscathed"],
        &["damage", "destroy", "=broken", "ruin", "wreck", "injure", "harm"],
    ),
    event(&["on time", "on schedule", "ahead of schedule"], &["=late", "delay", "behind schedule"]),
    event(&["safe", "harmless", "safely"], &["dangerous", "unsafe", "unfit", "harmful", "hazardous"]),
    event(&["withstand", "withstood", "hold firm"], &["collapse", "give way"]),
    amount(
        &["=raised", "=raises", "=raise", "increase", "reduce", "=cut", "=cuts", "=lowered", "change"],
        &["unchanged", "where it was", "where they were", "hold steady", "stay the same"],
    ),
    event(&["accident", "accidental", "accidentally"], &["deliberate", "deliberately", "arson", "intentional"]),
    event(&["peaceful", "peacefully"], &["violent", "violently", "violence", "riot"]),
    event(&["voluntary", "optional"], &["compulsory", "mandatory", "obligatory"]),
    event(&["temporary", "temporarily"], &["permanent", "permanently"]),
    event(&["wear"], &["no helmet", "no mask", "no seat", "without a"]),
    event(&["sober"], &["drunk", "drunken", "intoxicated"]),
    event(&["=full", "packed", "crowded"], &["empty", "deserted"]),
    event(&["northbound"], &["southbound"]),
    event(&["eastbound"], &["westbound"]),
    event(&["conscious"], &["unconscious", "comatose"]),
    event(&["likely"], &["unlikely"]),
    event(&["optimistic", "confident", "hopeful"], &["pessimistic", "gloomy", "doubtful"]),
    event(&["genuine", "authentic", "=true"], &["=false", "fake", "forged", "untrue", "hoax"]),
    amount(&["=more"], &["=fewer", "=less"]),
    amount(&["up from", "up by", "up on"], &["down from", "down by", "down on"]),
    amount(&["double", "treble", "triple"], &["halve"]),
    amount(&["=longer", "lengthen"], &["=shorter", "shorten"]),
    amount(&["=faster", "=quicker", "speed up"], &["=slower"]),
    amount(&["=larger", "=bigger"], &["=smaller"]),
    amount(&["=older"], &["=younger"]),
    amount(&["=stronger"], &["=weaker"]),
    amount(&["=warmer", "=hotter"], &["=colder", "=cooler"]),
    amount(&["=wetter"], &["=drier", "=dryer"]),
    amount(&["=cheaper"], &["=dearer", "=costlier", "more expensive"]),
    amount(&["=highest", "=largest", "=biggest"], &["=lowest", "=smallest"]),
    amount(&["=best"], &["=worst"]),
    amount(&["=fastest"], &["=slowest"]),
    amount(&["=oldest"], &["=youngest"]),
    amount(&["=strongest"], &["=weakest"]),
    amount(&["=overwhelmingly", "comfortably", "easily"], &["narrowly", "barely"]),
    event(&["unanimous", "unanimously", "united"], &["divided", "=split"]),
    event(&["tighten", "toughen", "harden"], &["loosen", "relax", "soften"]),
    event(&["intensify", "escalate"], &["subside", "abate", "ease"]),
    event(&["advance"], &["retreat"]),
    event(&["deploy", "send in"], &["withdraw", "withdrawal", "pull out"]),
    event(&["build", "erect", "preserve"], &["demolish", "tear down", "knock down"]),
    event(&["renew", "extend", "extension", "prolong"], &["lapse", "expire", "run out"]),
    event(&["impose", "introduce", "bring in"], &["abolish", "repeal", "=lifted", "=lifting", "do away with"]),
    event(&["include"], &["exclude", "leave out"]),
    event(&["grant"], &["withhold", "denied a", "denied an", "refuse"]),
    event(&["comply", "obey", "honour"], &["defy", "flout", "breach", "violate", "ignore"]),
    event(&["alone"], &["accomplice", "accomplices", "together with"]),
    event(&["=married"], &["=single", "=divorced"]),
    event(&["natural causes", "suicide"], &["murder", "homicide", "foul play"]),
    event(&["friendly"], &["hostile"]),
    event(&["=inside", "indoors"], &["=outside", "outdoors"]),
    event(&["upstream"], &["downstream"]),
    event(&["left-hand", "left-wing"], &["right-hand", "right-wing"]),
    event(&["=rich", "wealthy", "affluent"], &["=poor", "impoverished", "deprived"]),
    event(&["employed"], &["jobless", "out of work"]),
    event(&["publicly", "in public"], &["privately", "in private", "in secret", "secretly", "behind closed doors"]),
    event(&["lift off", "take off", "took off"], &["grounded", "abort", "scrub"]),
    event(&["recover", "recovery"], &["relapse", "succumb"]),
    event(&["gain control", "capture", "seize"], &["lose control", "lost control", "recapture", "retake"]),
    event(&["pay", "paid"], &["unpaid", "default"]),
    event(&["first time", "unprecedented"], &["second time", "third time", "precedent"]),
    event(&["expected", "predictable"], &["surprise", "unexpected"]),
    event(&["quick", "quickly", "swift", "swiftly", "immediately", "at once"], &["slowly", "eventually", "belatedly"]),
    event(&["heavy", "heavily"], &["=light", "lightly"]),
    event(&["keep", "kept"], &["give up", "gave up", "relinquish", "surrender", "hand over"]),
    event(&["=necessary", "needed", "justified"], &["needless", "unnecessary", "unjustified"]),
    event(&["benefit", "beneficial", "help"], &["harm", "harmful", "hinder"]),
    event(&["protect", "prevent"], &["cause", "trigger"]),
    event(&["stable", "out of danger"], &["critical", "life-threatening"]),
    event(&["minor", "=slight", "slightly"], &["=serious", "seriously", "severe", "severely", "badly", "critically"]),
    event(&["ended", "=over", "finish", "conclude", "come to an end"], &["continue", "ongoing", "persist", "drag on"]),
    event(&["agree to", "agreed to", "willing", "consent"], &["refuse", "unwilling", "decline to", "reluctant"]),
    event(&["aware", "knew of", "know about"], &["unaware", "no idea", "no knowledge", "ignorant"]),
    event(&["enough", "sufficient", "ample", "plenty"], &["shortage", "lack", "insufficient", "too few", "too little"]),
    event(&["sold out", "sell out"], &["unsold", "half-empty", "empty seats"]),
    event(&["cheer", "applaud", "applause", "ovation"], &["boo", "jeer", "heckle"]),
    event(&["meet", "reach", "exceed"], &["miss", "fall short of"]),
    event(&["asleep"], &["awake"]),
    event(&["switch on", "turn on"], &["switch off", "turn off"]),
    event(&["majority"], &["minority"]),
    event(&["found alive", "found safe"], &["found dead", "still missing"]),
    event(&["encourage", "urge"], &["discourage", "deter"]),
    event(&["valid", "binding"], &["invalid", "void", "null"]),
    event(&["=present"], &["=absent"]),
    event(&["accept"], &["=declined", "=declines", "turn away"]),
    event(&["grant", "uphold", "upheld"], &["=denied", "dismiss", "throw out", "threw out", "thrown out"]),
    event(&["reinstate"], &["dismiss", "=fired", "sack"]),
    event(&["=profit", "=profits"], &["=loss", "=losses"]),
    event(&["=calm"], &["=rough", "stormy"]),
    event(&["=safe", "=clean"], &["contaminated", "polluted", "poisonous", "toxic"]),
    event(&["=buy", "=buying"], &["=sell", "=selling"]),
    event(&["brave", "courageous"], &["coward", "cowardly"]),
    event(&["=early", "ahead of time"], &["=late", "overdue"]),
    event(&["=dry"], &["=wet", "soaked"]),
    event(&["under control"], &["out of control"]),
    event(&["positive"], &["negative"]),
    event(&["=hot", "sweltering"], &["=cold", "freezing", "icy"]),
    event(&["=clear", "cloudless"], &["overcast", "cloudy"]),
    event(&["=deep"], &["shallow"]),
    event(&["resume", "go on", "went on"], &["never again", "for good", "for ever"]),
    event(&["restore", "back on"], &["without power", "cut off", "still out"]),
    event(&["apologise", "apologize", "apology"], &["no apology", "unrepentant"]),
    event(&["=known", "published"], &["secret", "undisclosed"]),
    event(&["insured"], &["uninsured"]),
    event(&["join"], &["leave", "withdraw from", "pull out of"]),
    event(&["thrive", "flourish", "boom"], &["struggle", "decline", "ailing"]),
    event(&["expand", "enlarge"], &["scale back", "scale down", "downsize"]),
    amount(&["record high", "all-time high"], &["record low", "all-time low"]),
    amount(&["=strong", "brisk", "robust"], &["=weak", "sluggish", "feeble"]),
    amount(
        &["=more", "=better", "improve", "improvement", "strengthen", "increase", "raise", "effective", "=fewer",
        "=worse",
          "reduce", "weaken", "lower"],
        &["no effect", "no benefit", "no difference", "no significant", "no change", "no improvement", "no association",
          "no link", "ineffective"],
    ),
];

/// Words negated by a prefix other than `un`, by prefix.
#[rustfmt::skip]
pub(crate) const PREFIXES: &[(&str, &[&str])] = &[
    ("dis", &["agree", "appear", "approve", "allow", "connect", "continue", "honest", "loyal", "obey", "prove",
              "satisfied", "trust", "qualify", "similar", "advantage", "proportionate"]),
    ("in", &["accurate", "active", "adequate", "appropriate", "capable", "complete", "consistent", "correct",
             "dependent", "direct", "effective", "efficient", "eligible", "frequent", "secure", "sensitive",
             "significant", "sufficient", "valid", "visible", "voluntary", "admissible", "tolerant", "conclusive",
             "compatible", "justice", "experienced", "formal"]),
    ("im", &["mature", "moral", "partial", "perfect", "possible", "practical", "probable", "proper", "mobile"]),
    ("il", &["legal", "legible", "logical", "legitimate"]),
    ("ir", &["regular", "relevant", "responsible", "reversible", "rational", "replaceable"]),
];

/// Phrases in which a word of a scale means something else.
#[rustfmt::skip]
pub(crate) const TURNS: &[&str] = &[
    "fall within", "fall under", "fall into", "fall for", "fall behind", "fall asleep", "fall in love", "pass on",
    "pass through", "pass by", "pass away", "pass over", "open letter", "open source", "open question", "gain access",
    "support staff", "support group", "free of charge", "cut off", "cut down", "cut out", "all of which", "all right",
    "all but", "above all", "after all", "first of all", "all the same", "agree with", "slide show", "win over",
    "more than", "less than", "fewer than", "no more", "more or less", "once more", "any more", "more and more",
    "one more", "miss out", "play down", "play a", "play an", "play the", "late on", "late in", "according to",
];

/// Amounts that reports follow, with the words for each.
#[rustfmt::skip]
pub(crate) const AMOUNTS: &[&[&str]] = &[
    &["profit", "earnings", "loss", "income"], &["revenue", "turnover", "takings", "income"], &["sales"],
    &["share", "stock"],
    &["price", "cost", "inflation"], &["unemployment", "jobless"], &["employment", "job", "payroll"], &["export"],
    &["import"], &["wage", "salary", "income"], &["output", "production"], &["rent"], &["rate"], &["tax"],
    &["debt"], &["crime", "burglary", "robbery", "theft"], &["population"], &["temperature"], &["rainfall"],
    &["emission"], &["turnout"], &["deaths", "mortality"], &["births", "birth"],
    &["spending", "expenditure"], &["yield"], &["traffic"], &["attendance"],
];

/// Words after which a statement is not said to be true.
#[rustfmt::skip]
pub(crate) const IRREAL: &[&str] = &[
    "expected", "expect", "expects", "hoped", "hope", "hopes", "wanted", "want", "wants", "urged", "urge", "urges",
    "demanded", "demand", "demands", "asked", "threatened", "threatens", "might", "may", "could", "should", "if",
    "unless", "whether", "refuse", "proposed", "feared", "fear", "fears",
];
