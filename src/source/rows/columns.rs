//! Columns: which of a table's columns holds what.

/// Number of column names that a message lists.
const MAX_NAMES: usize = 30;

/// The columns of a table, or the keys of JSON objects, to read; those that are not named are found by their usual
/// names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of the text.
    pub text: Option<String>,
    /// The column of the row's id.
    pub id: Option<String>,
    /// The column of the title.
    pub title: Option<String>,
    /// The column of the publisher.
    pub publisher: Option<String>,
    /// The column of the day of publication.
    pub date: Option<String>,
}

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Id,
    Title,
    Publisher,
    Date,
    Author,
    Language,
}

impl Role {
    pub(super) const ALL: [Self; 7] =
        [Self::Text, Self::Id, Self::Title, Self::Publisher, Self::Date, Self::Author, Self::Language];

    /// Returns the usual names of such a column, in lower case, likeliest first.
    fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Text => &[
                "text",
                "body",
                "content",
                "article",
                "full_text",
                "fulltext",
                "article_text",
                "article_body",
                "articlebody",
                "abstract",
                "transcript",
                "utterance",
                "message",
                "paragraphs",
                "plaintext",
                "content_text",
                "content_html",
                "post_content",
                "body_text",
                "bodytext",
                "selftext",
                "html",
                "content.rendered",
                "content.text",
                "body.text",
                "text.text",
                "paragraphs.text",
            ],
            Self::Id => &["id", "_id", "article_id", "doc_id", "uid", "uuid", "url", "link", "doi", "pmid"],
            Self::Title => &["title", "headline", "title.rendered"],
            Self::Publisher => {
                const NAMES: &[&str] = &[
                    "publisher",
                    "source",
                    "outlet",
                    "publication",
                    "newspaper",
                    "journal",
                    "site",
                    "domain",
                    "publisher.name",
                    "source.name",
                ];
                NAMES
            }
            Self::Date => &[
                "date",
                "published",
                "pubdate",
                "pub_date",
                "published_at",
                "publishedat",
                "publish_date",
                "publication_date",
                "date_published",
                "datepublished",
            ],
            Self::Author => &["author", "authors", "byline", "creator", "author.name", "authors.name"],
            Self::Language => &["language", "lang"],
        }
    }

    /// The name of the role in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Id => "id",
            Self::Title => "title",
            Self::Publisher => "publisher",
            Self::Date => "date",
            Self::Author => "author",
            Self::Language => "language",
        }
    }
}

impl Columns {
    pub(super) fn named(&self, role: Role) -> Option<&str> {
        match role {
            Role::Text => self.text.as_deref(),
            Role::Id => self.id.as_deref(),
            Role::Title => self.title.as_deref(),
            Role::Publisher => self.publisher.as_deref(),
            Role::Date => self.date.as_deref(),
            Role::Author | Role::Language => None,
        }
    }

    /// Whether a column of this name can be of use.
    pub(super) fn wants(&self, name: &str) -> bool {
        let lower = name.trim().to_lowercase();
        let beside = self.beside_text(&lower);
        Role::ALL.iter().any(|role| {
            let is_usual = |name: &str| role.usual().contains(&name);
            self.named(*role)
                .map_or_else(|| is_usual(&lower) || beside.is_some_and(is_usual), |wanted| is_named(name, wanted))
        })
    }

    /// Returns the name of a value within its object, if that object may also contain a text: `title` for
    /// `content.title`, which is beside `content.text`. `lower` is in lower case.
    fn beside_text<'n>(&self, lower: &'n str) -> Option<&'n str> {
        let (object, name) = lower.rsplit_once('.')?;
        let holds_text = |text: &str| text.rsplit_once('.').is_some_and(|(of_text, _)| of_text == object);
        let found = match &self.text {
            Some(wanted) => holds_text(&wanted.trim().to_lowercase()),
            None => Role::Text.usual().iter().any(|usual| holds_text(usual)),
        };
        found.then_some(name)
    }

    /// Whether a value inside the one of this name can be of use.
    pub(super) fn wants_inside(&self, name: &str) -> bool {
        let lower = name.trim().to_lowercase();
        let inside = |wanted: &str| {
            wanted.len() > lower.len() && wanted.starts_with(&lower) && wanted.as_bytes()[lower.len()] == b'.'
        };
        Role::ALL.iter().any(|role| {
            self.named(*role).map_or_else(
                || role.usual().iter().any(|usual| inside(usual)),
                |wanted| inside(&wanted.trim().to_lowercase()),
            )
        })
    }

    /// Returns the name of the column for `role`: the requested one, else the likeliest that was not requested for
    /// another role, else the likeliest of those beside the text.
    pub(super) fn find<'a>(&self, role: Role, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
        if let Some(wanted) = self.named(role) {
            return names
                .clone()
                .find(|name| *name == wanted)
                .or_else(|| names.clone().find(|name| is_named(name, wanted)));
        }
        let taken =
            |name: &str| Role::ALL.iter().filter_map(|role| self.named(*role)).any(|wanted| is_named(name, wanted));
        let lower: Vec<(&str, String)> = names.map(|name| (name, name.trim().to_lowercase())).collect();
        let of_usual = |usual: &&str| lower.iter().find(|(name, lower)| lower == usual && !taken(name));
        let beside =
            |usual: &&str| lower.iter().find(|(name, lower)| self.beside_text(lower) == Some(usual) && !taken(name));
        let usual = role.usual().iter();
        let found = usual.clone().find_map(of_usual).or_else(|| usual.clone().find_map(beside));
        found.map(|(name, _)| *name)
    }
}

fn is_named(name: &str, wanted: &str) -> bool {
    name.trim().to_lowercase() == wanted.trim().to_lowercase()
}

/// Returns why no column gives the text.
pub(super) fn no_text_column(columns: &Columns, there: &str) -> String {
    match &columns.text {
        Some(wanted) => format!("has no column named {wanted:?} for the text; the columns are {there}"),
        None => {
            format!("has no column with a common name for the text; the columns are {there}; name the text column")
        }
    }
}

/// Lists column names for a message.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names = names.map(|name| format!("{:?}", name.chars().take(60).collect::<String>()));
    let mut shown: Vec<String> = names.by_ref().take(MAX_NAMES).collect();
    match names.count() {
        0 if shown.is_empty() => "none".to_owned(),
        0 => shown.join(", "),
        more => {
            shown.push(format!("{more} more"));
            shown.join(", ")
        }
    }
}
