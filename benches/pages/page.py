"""A page under construction: what is put in, and whether the reader should keep it."""

from prose import Prose


class Page(Prose):
    """Texts with their labels: `kept` are the article's, `left_out` stand beside it."""

    def __init__(self, seed, language):
        super().__init__(seed, language)
        self.kept, self.left_out = [], []
        self.title = self.headline()

    def keep(self, text):
        self.kept.append(text)
        return text

    def drop(self, text):
        self.left_out.append(text)
        return text

    def ps(self, count, attributes=""):
        """Paragraphs of the article."""
        return "\n".join(f"<p{attributes}>{self.keep(self.paragraph())}</p>" for _ in range(count))

    def brs(self, count):
        """The same, with nothing but breaks between them."""
        return "<br /><br />\n".join(self.keep(self.paragraph()) for _ in range(count))

    def news(self, count):
        """Paragraphs of one sentence each, as newsrooms write them."""
        return "\n".join(f"<p>{self.keep(self.sentence())}</p>" for _ in range(count))

    def items(self, count):
        """Points of a list, each a sentence without its full stop, or with it."""
        ends = lambda text: text if self.random.random() < 0.5 else text.rstrip(".。")
        return "".join(f"<li>{self.keep(ends(self.sentence()))}</li>" for _ in range(count))

    def short(self):
        """A sentence of a few words."""
        if self.language == "ja":
            return self.sentence()
        return self.headline() + "."

    def quote(self):
        """What somebody said."""
        said = {"de": "sagte", "es": "dijo", "fr": "a dit"}.get(self.language, "said")
        return f"“{self.headline()},” {said} {self.name()}."

    def number(self):
        return self.random.randint(2, 90)

    def word(self):
        return self.random.choice(["built", "paid for", "saw", "wanted", "sold", "measured", "moved"])
