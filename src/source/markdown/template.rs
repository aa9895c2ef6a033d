//! What occurs in Markdown files but is not Markdown: the tags of template languages (Liquid, Hugo's shortcodes) and of
//! MDX, and the marks of boxed notices.
//!
//! They are removed before the Markdown is parsed, since a parser would take them, and the text beside them, for words
//! or for raw HTML. Line breaks are kept, so that lines keep their numbers. Code is left as it is.

use crate::source::{Block, BlockKind, LocatedText, Place};

const TEMPLATE: &str = "template";
const NOTICE: &str = "mark of a notice";
/// Anything longer is not a tag.
const MAX_TAG: usize = 4000;
/// Searching for the ends of unclosed tags may take this many times the text's length.
const PATIENCE: usize = 16;

/// A document without its tags.
pub struct Bare {
    pub text: String,
    /// The tags, in order.
    pub taken: Vec<Block>,
    /// Whether the document is MDX.
    pub mdx: bool,
}

/// Removes the tags from a document that has any.
pub fn without_tags(text: &str) -> Option<Bare> {
    let mdx = is_mdx(text);
    let any = mdx || text.contains("{%") || text.contains("{{") || has_component(text) || has_notice(text);
    any.then(|| Scanner::new(text, mdx).run())
}

/// Whether a text may contain the mark of a notice.
fn has_notice(text: &str) -> bool {
    [":::", "!!! ", "??? ", "???+ ", "[!"].iter().any(|mark| text.contains(mark))
}

/// Returns where the mark of a notice begins in a line, and whether the notice's content is indented: `:::warning`,
/// `!!! note "Title"`, `> [!NOTE]`.
fn notice(line: &str) -> Option<(usize, bool)> {
    let bare = line.trim_start();
    let at = line.len() - bare.len();
    if let Some(rest) = bare.strip_prefix(":::") {
        let name = rest.trim_start_matches(':').trim();
        return (name.is_empty() || name.starts_with(|c: char| c == '{' || c.is_alphabetic())).then_some((at, false));
    }
    if let Some(name) = ["!!! ", "??? ", "???+ "].iter().find_map(|mark| bare.strip_prefix(mark)) {
        let (kind, title) = name.trim_end().split_once(' ').unwrap_or((name.trim_end(), "\""));
        let is_kind = kind.len() > 1 && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        return (is_kind && (title.contains('"') || title.starts_with("inline"))).then_some((at, true));
    }
    let quoted = bare.trim_start_matches(['>', ' ']);
    let name = quoted.strip_prefix("[!").filter(|_| bare.starts_with('>'))?;
    let (name, _) = name.split_once(']')?;
    let is_one = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_one.then_some((line.len() - quoted.len(), false))
}

/// Whether a document has MDX imports or exports.
fn is_mdx(text: &str) -> bool {
    text.lines().any(is_module_line)
}

/// Matches `import Chart from "./chart.js"`, `export const meta = …`.
fn is_module_line(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix("import ") {
        let quoted = line.trim_end().trim_end_matches(';').ends_with(['"', '\'']);
        return quoted && (rest.contains(" from ") || rest.contains("} from") || rest.starts_with(['"', '\'']))
            || rest.trim_start().starts_with('{') && !rest.contains('}');
    }
    line.strip_prefix("export ").is_some_and(|rest| {
        ["const ", "let ", "var ", "function ", "default ", "class ", "async ", "{", "*"]
            .iter()
            .any(|word| rest.starts_with(word))
    })
}

fn has_component(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| component_name(&text[at..]).is_some())
}

/// Returns the name of a component that a tag at the beginning of `text` opens or closes: it begins with a capital and
/// contains small letters.
fn component_name(text: &str) -> Option<&str> {
    let bare = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let length = bare.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_')).unwrap_or(bare.len());
    let name = &bare[..length];
    let ends = bare[length..].starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let component =
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase());
    (component && ends).then_some(name)
}

/// Whether `text` begins with an HTML tag, which is JSX in MDX; tags whose content is not text are excluded.
fn is_element(text: &str) -> bool {
    let Some(bare) = text.strip_prefix("</").or_else(|| text.strip_prefix('<')) else { return false };
    let length = bare.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(bare.len());
    let ends = bare[length..].starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    bare.starts_with(|c: char| c.is_ascii_lowercase()) && ends && !matches!(&bare[..length], "script" | "style" | "pre")
}

struct Scanner<'a> {
    text: &'a str,
    mdx: bool,
    at: usize,
    out: String,
    taken: Vec<Block>,
    line: usize,
    /// Number of open components.
    depth: usize,
    /// Whether a notice with indented content is open.
    in_notice: bool,
    /// Number of bytes that may still be searched in vain.
    patience: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, mdx: bool) -> Self {
        let (out, patience) = (String::with_capacity(text.len()), text.len().saturating_mul(PATIENCE));
        Self { text, mdx, at: 0, out, taken: Vec::new(), line: 1, depth: 0, in_notice: false, patience }
    }

    fn run(mut self) -> Bare {
        self.front_matter();
        while self.at < self.text.len() {
            if self.at_line_start() && self.line_that_stays_or_goes() {
                continue;
            }
            let rest = &self.text[self.at..];
            let special = rest.find(['`', '{', '<', '\n']).unwrap_or(rest.len());
            self.keep(special);
            let rest = &self.text[self.at..];
            match rest.bytes().next() {
                Some(b'`') => self.code_span(),
                Some(b'{') => self.brace(),
                Some(b'<') => self.angle(),
                Some(_) => self.keep(1),
                None => {}
            }
        }
        Bare { text: self.out, taken: self.taken, mdx: self.mdx }
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || self.text.as_bytes()[self.at - 1] == b'\n'
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn keep(&mut self, length: usize) {
        let part = &self.text[self.at..self.at + length];
        self.out.push_str(part);
        self.line += part.bytes().filter(|byte| *byte == b'\n').count();
        self.at += length;
    }

    /// Removes the next `length` bytes; line breaks are kept.
    fn take(&mut self, length: usize, kind: BlockKind) {
        let part = &self.text[self.at..self.at + length];
        let breaks = part.bytes().filter(|byte| *byte == b'\n').count();
        self.taken.push(Block { kind, text: LocatedText::new(part.trim(), Place::line(self.line)) });
        self.out.extend(std::iter::repeat_n('\n', breaks));
        self.line += breaks;
        self.at += length;
        // What follows a tag at the beginning of a line is not indented.
        if self.out.is_empty() || self.out.ends_with('\n') {
            self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        }
    }

    /// Searches for `mark` within `limit` bytes.
    fn find(&mut self, from: usize, mark: &str, limit: usize) -> Option<usize> {
        let rest = self.rest().get(from..)?;
        let mut end = rest.len().min(limit);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let found = rest[..end].find(mark).filter(|_| self.patience > 0);
        if found.is_none() {
            self.patience = self.patience.saturating_sub(end);
        }
        found.map(|at| from + at)
    }

    fn front_matter(&mut self) {
        for fence in ["---", "+++"] {
            if let Some(rest) =
                self.text.strip_prefix(fence).filter(|rest| rest.trim_start_matches([' ', '\r']).starts_with('\n'))
            {
                let close = rest.match_indices('\n').map(|(at, _)| at + 1).find(|at| rest[*at..].starts_with(fence));
                if let Some(at) = close {
                    self.keep(fence.len() + at + fence.len());
                }
                return;
            }
        }
    }

    /// Handles a whole block of code or of modules that begins at this line.
    fn line_that_stays_or_goes(&mut self) -> bool {
        let rest = self.rest();
        let line = rest.lines().next().unwrap_or("");
        let bare = line.trim_start_matches([' ', '\t']);
        let fence = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence));
        if let Some(fence) =
            fence.filter(|fence| !fence.starts_with('`') || !bare.trim_start_matches('`').contains('`'))
        {
            self.fence(bare, fence);
            return true;
        }
        self.in_notice &= bare.is_empty() || line.len() - bare.len() > 3;
        if let Some((at, indents)) = notice(line) {
            self.keep(at);
            self.take(line.len() - at, BlockKind::Furniture(NOTICE));
            self.in_notice |= indents;
            return true;
        }
        if self.mdx && is_module_line(line) {
            let end = rest.find("\n\n").or_else(|| rest.find("\n\r\n")).unwrap_or(rest.len());
            self.take(end, BlockKind::NotProse);
            return end > 0;
        }
        if self.in_container() && line.len() - bare.len() > 3 {
            self.out.push_str("   ");
            self.at += line.len() - bare.len();
        }
        false
    }

    /// Whether indented text may not be code: the content of components and notices.
    fn in_container(&self) -> bool {
        self.depth > 0 || self.in_notice
    }

    /// Keeps a block of code, up to its end or that of the document.
    fn fence(&mut self, opening: &str, fence: &str) {
        let mark = fence.chars().next().unwrap_or('`');
        let length = opening.len() - opening.trim_start_matches(mark).len();
        let mut end = 0;
        for (index, line) in self.rest().split_inclusive('\n').enumerate() {
            end += line.len();
            let bare = line.trim();
            if index > 0 && bare.len() >= length && bare.trim_start_matches(mark).is_empty() {
                break;
            }
        }
        let indent = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        if !self.in_container() || indent < 4 {
            return self.keep(end);
        }
        // Within components, a block of code is indented as they are.
        let block = &self.text[self.at..self.at + end];
        for line in block.split_inclusive('\n') {
            let own = line.len() - line.trim_start_matches([' ', '\t']).len();
            self.out.push_str(&line[own.min(indent)..]);
            self.line += usize::from(line.ends_with('\n'));
        }
        self.at += end;
    }

    /// Keeps inline code.
    fn code_span(&mut self) {
        let rest = self.rest();
        let run = rest.len() - rest.trim_start_matches('`').len();
        let paragraph = self.find(run, "\n\n", MAX_TAG).unwrap_or(rest.len().min(run + MAX_TAG));
        let mut end = paragraph;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let mut from = run;
        while let Some(at) = rest[from..end].find('`').map(|at| from + at) {
            let here = rest[at..].len() - rest[at..].trim_start_matches('`').len();
            if here == run {
                return self.keep(at + here);
            }
            from = (at + here).min(end);
        }
        self.patience = self.patience.saturating_sub(end);
        self.keep(run);
    }

    fn brace(&mut self) {
        let rest = self.rest();
        let closing = match () {
            () if rest.starts_with("{%") => "%}",
            () if rest.starts_with("{{<") => ">}}",
            () if rest.starts_with("{{%") => "%}}",
            () if rest.starts_with("{{") => "}}",
            () if self.mdx => return self.expression(),
            () => return self.keep(1),
        };
        match self.find(2, closing, MAX_TAG) {
            Some(at) => {
                let length = self.with_content(at + closing.len());
                self.take(length, BlockKind::Furniture(TEMPLATE));
            }
            None => self.keep(1),
        }
    }

    /// Returns the length of a tag, including its content if that is code or a comment.
    fn with_content(&mut self, length: usize) -> usize {
        let tag = &self.rest()[..length];
        let name = tag.trim_start_matches(['{', '%', '<', '-', ' ']).split_whitespace().next().unwrap_or("");
        let ends: &[&str] = match name {
            "highlight" => &["{% endhighlight", "{{< /highlight", "{{</highlight", "{{% /highlight"],
            "comment" => &["{% endcomment", "{%- endcomment", "{{< /comment"],
            _ => return length,
        };
        let limit = self.rest().len();
        let end = ends.iter().find_map(|end| self.find(length, end, limit));
        let close = end.and_then(|end| Some(end + self.rest()[end..].find('}')?));
        close.map_or(length, |close| {
            close + self.rest()[close..].len() - self.rest()[close..].trim_start_matches('}').len()
        })
    }

    /// Removes `{props.name}`, `{/* … */}`.
    fn expression(&mut self) {
        match self.balanced(0) {
            Some(length) => self.take(length, BlockKind::NotProse),
            None => self.keep(1),
        }
    }

    /// Returns the length up to the brace that closes the one at `from`.
    fn balanced(&mut self, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let rest = &self.rest()[from..];
        let limit = if self.patience > 0 { MAX_TAG } else { 0 };
        for (at, byte) in rest.bytes().enumerate().take(limit) {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 1 => return Some(from + at + 1),
                b'}' => depth -= 1,
                _ => {}
            }
        }
        self.patience = self.patience.saturating_sub(rest.len().min(limit));
        None
    }

    fn angle(&mut self) {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            let end = self.find(4, "-->", usize::MAX).map_or(1, |at| at + 3);
            return self.keep(end);
        }
        if self.mdx
            && let Some(fragment) = ["<>", "</>"].into_iter().find(|fragment| rest.starts_with(fragment))
        {
            return self.take(fragment.len(), BlockKind::NotProse);
        }
        let after_word = self.text[..self.at].ends_with(|c: char| c.is_alphanumeric());
        let element = || self.mdx && is_element(rest);
        let named = component_name(rest).is_some() || element();
        let Some(length) = Some(()).filter(|()| named && !after_word).and_then(|()| self.tag()) else {
            return self.keep(1);
        };
        let tag = &rest[..length];
        match () {
            () if tag.ends_with("/>") => {}
            () if tag.starts_with("</") => self.depth = self.depth.saturating_sub(1),
            () => self.depth += 1,
        }
        self.take(length, BlockKind::NotProse);
    }

    /// Returns the length of the tag that begins here, whose values may contain anything.
    fn tag(&mut self) -> Option<usize> {
        let rest = self.rest();
        let mut at = 1;
        while at < rest.len().min(MAX_TAG) && self.patience > 0 {
            at += match rest.as_bytes()[at] {
                b'>' => return Some(at + 1),
                b'<' => break,
                b'{' => self.balanced(at)? - at,
                quote @ (b'"' | b'\'') => {
                    let end = rest.as_bytes()[at + 1..].iter().take(MAX_TAG).position(|byte| *byte == quote)?;
                    end + 2
                }
                _ => 1,
            };
        }
        self.patience = self.patience.saturating_sub(at);
        None
    }
}
