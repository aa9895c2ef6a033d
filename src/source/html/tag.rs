//! The elements of HTML, as far as they say something about the text inside.

/// How far up an end tag looks for its start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Not beyond a block or a table cell.
    Inline,
    /// Not beyond a table cell.
    Block,
    /// Not beyond the table.
    Table,
    /// Never closed: the page itself.
    Page,
}

macro_rules! tags {
    ($($variant:ident $name:literal)*) => {
        /// An element's name. [`Tag::Other`] is any that says nothing, [`Tag::Root`] the whole page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Tag { Root, Other, $($variant),* }

        impl Tag {
            const ALL: &[Tag] = &[Tag::Root, Tag::Other, $(Tag::$variant),*];
            /// Number of tags.
            pub const COUNT: usize = Self::ALL.len();

            /// Returns the tag with a name in lower case. A prefix is ignored, as in `<xhtml:p>`.
            pub fn of(name: &[u8]) -> Self {
                match name.strip_prefix(b"xhtml:").unwrap_or(name) {
                    $($name => Tag::$variant,)*
                    _ => Tag::Other,
                }
            }
        }
    };
}

tags! {
    A b"a" Abbr b"abbr" Address b"address" Annotation b"annotation" AnnotationXml b"annotation-xml" Article b"article"
    Aside b"aside" Audio b"audio" B b"b" Base b"base" Blockquote b"blockquote" Body b"body" Br b"br" Button b"button"
    Canvas b"canvas" Caption b"caption" Center b"center" Cite b"cite" Code b"code" Col b"col" Colgroup b"colgroup"
    Command b"command" Datalist b"datalist" Dd b"dd" Del b"del" Details b"details" Dfn b"dfn" Dialog b"dialog"
    Dir b"dir" Div b"div" Dl b"dl" Dt b"dt" Em b"em" Embed b"embed" Fieldset b"fieldset" Figcaption b"figcaption"
    Figure b"figure" Font b"font" Footer b"footer" Form b"form" Frameset b"frameset" H1 b"h1" H2 b"h2" H3 b"h3" H4 b"h4"
    H5 b"h5" H6 b"h6" Head b"head" Header b"header" Hgroup b"hgroup" Hr b"hr" Html b"html" I b"i" Iframe b"iframe"
    Img b"img" Input b"input" Ins b"ins" Label b"label" Legend b"legend" Li b"li" Link b"link" Listing b"listing"
    Main b"main" Mark b"mark" Math b"math" Menu b"menu" Meta b"meta" Mfrac b"mfrac" Msup b"msup" Nav b"nav"
    Noembed b"noembed" Noframes b"noframes" Noscript b"noscript" Object b"object" Ol b"ol" Optgroup b"optgroup"
    Option b"option" P b"p" Param b"param" Picture b"picture" Plaintext b"plaintext" Pre b"pre" Progress b"progress"
    Q b"q" Rp b"rp" Rt b"rt" Ruby b"ruby" S b"s" Script b"script" Search b"search" Section b"section" Select b"select"
    Small b"small" Source b"source" Span b"span" Strike b"strike" Strong b"strong" Style b"style" Sub b"sub"
    Summary b"summary" Sup b"sup" Svg b"svg" Table b"table" Tbody b"tbody" Td b"td" Template b"template"
    Textarea b"textarea" Tfoot b"tfoot" Th b"th" Thead b"thead" Time b"time" Title b"title" Tr b"tr" Track b"track"
    U b"u" Ul b"ul" Video b"video" Wbr b"wbr" Xmp b"xmp"
}

use Tag::*;

impl Tag {
    /// Returns its index among all tags.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Whether it never has content.
    pub fn is_void(self) -> bool {
        matches!(
            self,
            Base | Br | Col | Command | Embed | Hr | Img | Input | Link | Meta | Param | Source | Track | Wbr
        )
    }

    /// Whether it may be in a head.
    pub fn is_of_head(self) -> bool {
        matches!(self, Base | Command | Link | Meta | Noscript | Script | Style | Template | Title)
    }

    pub fn is_heading(self) -> bool {
        matches!(self, H1 | H2 | H3 | H4 | H5 | H6)
    }

    pub fn is_list(self) -> bool {
        matches!(self, Ul | Ol | Dir | Menu)
    }

    /// Whether an end tag inside never closes anything outside.
    pub fn is_scope(self) -> bool {
        matches!(self, Table | Td | Th | Caption | Template | Object | Root)
    }

    /// Whether its text is separate from what comes before and after.
    pub fn is_block(self) -> bool {
        self.is_heading()
            || self.is_list()
            || self.is_of_table()
            || matches!(
                self,
                Address
                    | Article
                    | Aside
                    | Blockquote
                    | Body
                    | Center
                    | Dd
                    | Details
                    | Dialog
                    | Div
                    | Dl
                    | Dt
                    | Fieldset
                    | Figcaption
                    | Figure
                    | Footer
                    | Form
                    | Frameset
                    | Header
                    | Hgroup
                    | Hr
                    | Html
                    | Legend
                    | Li
                    | Listing
                    | Main
                    | Nav
                    | Optgroup
                    | Option
                    | P
                    | Plaintext
                    | Pre
                    | Root
                    | Search
                    | Section
                    | Select
                    | Summary
                    | Textarea
                    | Xmp
            )
    }

    fn is_of_table(self) -> bool {
        matches!(self, Table | Caption | Colgroup | Thead | Tbody | Tfoot | Tr | Td | Th)
    }

    pub fn scope(self) -> Scope {
        match self {
            Html | Body | Root => Scope::Page,
            _ if self.is_of_table() => Scope::Table,
            _ if self.is_block() || matches!(self, Head | Button | Template | Object | Svg | Math) => Scope::Block,
            _ => Scope::Inline,
        }
    }

    /// Whether its content is invisible.
    pub fn is_unseen(self) -> bool {
        matches!(
            self,
            Script
                | Style
                | Template
                | Noscript
                | Noembed
                | Noframes
                | Iframe
                | Head
                | Title
                | Svg
                | Object
                | Canvas
                | Audio
                | Video
                | Datalist
                | Rp
                | Embed
                | Progress
        )
    }
}
