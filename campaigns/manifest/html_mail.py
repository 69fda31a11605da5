"""An HTML mail taken apart: its headings, paragraphs, pictures and buttons, with nothing that runs or reports home."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from re import DOTALL, IGNORECASE, Match
from re import compile as compile_pattern
from typing import Final
from urllib.parse import urlsplit

import nh3

MAX_BYTES: Final = 1024 * 1024
MAX_BLOCKS: Final = 80
MOST_IN_SUBJECT: Final = 150
MOST_IN_PREVIEW: Final = 200
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_ENDS = _HEADINGS | {"p", "div", "td", "th", "tr", "table", "li", "ul", "ol", "blockquote", "hr", "center", "section"}
_TAGS = _ENDS | {"a", "br", "img"}
_SPACES = compile_pattern(r"[\s\u00a0\u200b\u200c\u034f\u00ad\ufeff]+")
# What programs for mailings put in place of a name: *|FNAME|*, {{ first_name }}, %%firstname%%, [FIRSTNAME].
_TOKEN = compile_pattern(
    r"\*\|\s*([^|]{1,80}?)\s*\|\*|\{\{\s*([^{}]{1,80}?)\s*\}\}|%%\s*([^%]{1,60}?)\s*%%|\[\[?\s*([A-Z_]{4,40})\s*\]?\]"
)
_KNOWN = {
    "fname": "contact.first_name", "firstname": "contact.first_name",
    "lname": "contact.last_name", "lastname": "contact.last_name",
    "company": "contact.company", "companyname": "contact.company", "city": "contact.city",
}  # fmt: skip
_HIDDEN = compile_pattern(r"display\s*:\s*none", IGNORECASE)
_TITLE = compile_pattern(r"<title\b[^>]*>(.*?)</title>", IGNORECASE | DOTALL)
# What mail programs show beside the subject stands first in the mail, and is hidden there.
_FIRST_HIDDEN = compile_pattern(
    r"<(div|span|p|td)\b[^>]*style\s*=\s*[\"'][^\"'>]*display\s*:\s*none[^>]*>(.*?)</\1>", IGNORECASE | DOTALL
)
_WAY_OUT = compile_pattern(
    r"unsub|opt.?out|abmeld|abbestell|d[ée]sabonn|darse de baja|preferences|view.{0,20}browser|im browser|archive\|",
    IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph; `link` where they lead somewhere."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a point of a list, a button or a picture, in the order of the mail."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    source: str = ""
    alt: str = ""

    @property
    def words(self) -> str:
        """Everything that it says."""
        return " ".join(piece.words for piece in self.pieces).strip()


def blocks_of(html: str, somebody: str = "there") -> list[Block]:
    """Return what an HTML mail says and shows.

    Scripts, styles, forms, frames, comments and what is hidden are gone; so are counting pixels, and lines that
    unsubscribe: each mail of a kit has a way out of its own. Signs for a name become merge fields, others are left out.
    """
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title", "head", "noscript", "template", "svg", "form", "iframe"},
        attributes={"a": {"href"}, "img": {"src", "alt", "width", "height"}, "*": {"style"}},
        url_schemes={"http", "https", "data", "cid"},
        link_rel=None,
    )
    reader = _Reader(somebody)
    reader.feed(clean)
    reader.close()
    return list(reader.found())[:MAX_BLOCKS]


def lines_of(html: str, blocks: Sequence[Block], somebody: str = "there") -> tuple[str, str]:
    """Return the subject and the preview line that a mail names itself, each empty where there is none that fits.

    The subject is its title or else its first heading; the preview line is what is hidden at its head, or else its
    first words.
    """
    title, hidden = _TITLE.search(html), _FIRST_HIDDEN.search(html)
    subjects = [title[1] if title else "", *(block.words for block in blocks if block.kind == "heading")]
    previews = [hidden[2] if hidden else "", *(block.words for block in blocks if block.kind == "text")]
    return _line(subjects, MOST_IN_SUBJECT, somebody), _line(previews, MOST_IN_PREVIEW, somebody)


def _line(candidates: Sequence[str], most: int, somebody: str) -> str:
    plain = (_SPACES.sub(" ", unescape(nh3.clean(one, tags=set()))).strip() for one in candidates)
    return next((line for one in plain if 0 < len(line := with_fields(one, somebody).strip()) <= most), "")


def with_fields(words: str, somebody: str) -> str:
    """Return words with the signs of other programs as merge fields; what stands for something else is left out.

    `somebody` is what a first name falls back to.
    """

    def field_of(found: Match[str]) -> str:
        name = next(one for one in found.groups() if one).partition("|")[0].rpartition(".")[2]
        known = _KNOWN.get(name.lower().replace("_", "").replace(" ", ""))
        fallback = somebody if known == "contact.first_name" else "…"
        return f"{{{{ {known} | {fallback} }}}}" if known else ""

    return _TOKEN.sub(field_of, words)


def mjml_of(
    blocks: Sequence[Block], *, group: str, hosts: Collection[str], pictures: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the lines of a mail in MJML, and its words by key under `group`.

    A link to a host that is not among `hosts` leads to the partner's page instead; `pictures` gives the file of the
    kit for the source of each picture, and one that is not there is left out.
    """
    words: dict[str, str] = {}
    lines = []

    def said(text: str) -> str:
        key = f"{group}.p{len(words) + 1}"
        words[key] = text
        return f"{{{{ text.{key} }}}}"

    for block in blocks:
        if block.kind == "image" and block.source in pictures:
            alt = said(block.alt) if block.alt else ""
            lines.append(f'<mj-image src="{pictures[block.source]}" alt="{alt}" padding="0 0 16px" />')
        elif block.kind == "button":
            lines.append(f'<mj-button href="{_address(block.pieces[0].link, hosts)}">{said(block.words)}</mj-button>')
        elif block.kind != "image":
            lines.append(_paragraph(block, said, hosts))
    return "".join(f"        {line}\n" for line in lines), words


def _paragraph(block: Block, said: Callable[[str], str], hosts: Collection[str]) -> str:
    title = ' mj-class="title"' if block.kind == "heading" else ""
    parts = []
    for piece in block.pieces:
        before, after = (" " if edge == " " else "" for edge in (piece.words[:1], piece.words[-1:]))
        inner = said(piece.words.strip(" "))
        shown = f'<a href="{_address(piece.link, hosts)}">{inner}</a>' if piece.link else inner
        parts.append(f"{before}{shown}{after}")
    dot = "• " if block.kind == "point" else ""
    return f'<mj-text{title} css-class="words">{dot}{"".join(parts).strip()}</mj-text>'


def _address(link: str, hosts: Collection[str]) -> str:
    parts = urlsplit(link) if link.startswith("https://") and "{" not in link and "|" not in link else None
    if parts is not None and parts.hostname in hosts and parts.port is None and parts.username is None:
        return escape(link)
    return "{{ launch.page_url }}"


@dataclass(slots=True)
class _Line:
    """A paragraph that is being read."""

    kind: str = "text"
    pieces: list[list[str]] = field(default_factory=list)

    def add(self, words: str, link: str) -> None:
        """Put more words to it."""
        if self.pieces and self.pieces[-1][1] == link:
            self.pieces[-1][0] += words
        else:
            self.pieces.append([words, link])


class _Reader(HTMLParser):
    """Goes through clean HTML and keeps what people read."""

    def __init__(self, somebody: str) -> None:
        super().__init__(convert_charrefs=True)
        self.somebody = somebody
        self.blocks: list[Block] = []
        self.line = _Line()
        self.link = ""
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, a link, or show a picture."""
        given = {name: value or "" for name, value in attrs}
        if self.hidden or _HIDDEN.search(given.get("style", "")):
            self.hidden += [tag] if tag not in ("br", "hr", "img") else []
            return
        if tag in _ENDS:
            self._finish()
            self.line.kind = "heading" if tag in _HEADINGS else "point" if tag == "li" else "text"
        elif tag == "a":
            self.link = given.get("href", "")
        elif tag == "br":
            self.line.add("\n", self.link)
        elif tag == "img" and not _is_pixel(given):
            self._finish()
            self.blocks.append(Block("image", source=given.get("src", ""), alt=_tidy(given.get("alt", ""))))

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph or a link."""
        if self.hidden:
            self.hidden.pop()
            return
        if tag == "a":
            self.link = ""
        elif tag in _ENDS:
            self._finish()

    def handle_data(self, data: str) -> None:
        """Read words."""
        if not self.hidden:
            self.line.add(_SPACES.sub(" ", data), self.link)

    def found(self) -> Iterator[Block]:
        """Return everything but lines that lead out of a list."""
        self._finish()
        for block in self.blocks:
            out = any(_WAY_OUT.search(f"{piece.words} {piece.link}") for piece in block.pieces if piece.link)
            if not out and (block.kind == "image" or block.words):
                yield block

    def _finish(self) -> None:
        kind = self.line.kind
        read = [(words, link) for words, link in self.line.pieces]
        self.line = _Line()
        said = ((_inner(with_fields(words, self.somebody)), link) for words, link in read)
        pieces = tuple(Piece(words, link) for words, link in said if words.strip())
        if not pieces:
            return
        if kind == "text" and len(pieces) == 1 and pieces[0].link:
            kind = "button"
        self.blocks.append(Block(kind, pieces))


def _inner(words: str) -> str:
    lines = [line.strip(" ") for line in words.split("\n")]
    edge = (" " if words[:1] == " " else "", " " if words[-1:] == " " else "")
    return edge[0] + "\n".join(lines).strip() + edge[1] if words.strip() else ""


def _tidy(words: str) -> str:
    return _SPACES.sub(" ", words).strip()


def _is_pixel(given: Mapping[str, str]) -> bool:
    return given.get("width") in {"0", "1"} or given.get("height") in {"0", "1"} or not given.get("src")
