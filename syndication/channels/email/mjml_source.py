"""The MJML that kits may bring: known tags only, web addresses only, and HTML inside it cleaned."""

from html.parser import HTMLParser
from re import IGNORECASE
from re import compile as compile_pattern

import nh3

from tcma.core.words import lazy_gettext as _


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


STRUCTURE = _names("""
    mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-section mj-column mj-group mj-wrapper mj-hero
    mj-divider mj-spacer mj-image mj-navbar mj-accordion mj-accordion-element mj-carousel mj-carousel-image
    mj-style
""")
CONTENT = _names("""
    mj-text mj-button mj-table mj-navbar-link mj-accordion-title mj-accordion-text mj-title mj-preview
""")
_INNER_TAGS = _names("""
    a abbr b bdi blockquote br caption code col colgroup div em h1 h2 h3 h4 h5 hr i img li ol p s small span strong sub
    sup table tbody td tfoot th thead tr u ul
""")
_INNER_ATTRIBUTES = {
    "*": {"style", "class", "dir", "lang", "title", "align", "role", "aria-label", "aria-hidden"},
    "a": {"href", "target", "data-untracked"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"width", "height", "colspan", "rowspan", "valign", "bgcolor"},
    "th": {"width", "height", "colspan", "rowspan", "valign", "bgcolor", "scope"},
    "col": {"width", "span"},
    "ol": {"start", "type"},
}
_STYLE_PROPERTIES = _names("""
    background background-color border border-bottom border-collapse border-color border-left border-radius border-right
    border-spacing border-style border-top border-width color direction display font font-family font-size font-style
    font-variant font-weight height letter-spacing line-height list-style list-style-type margin margin-bottom
    margin-left margin-right margin-top max-height max-width min-height min-width padding padding-bottom padding-left
    padding-right padding-top text-align text-decoration text-indent text-transform vertical-align white-space width
    word-break word-spacing
""")
_SCHEMES = {"http", "https", "mailto", "tel"}
_ADDRESS_ATTRIBUTES = frozenset(
    {"href", "src", "background-url", "thumbnails-src", "icon-wrapped-url", "left-icon", "right-icon"}
)
_WORD_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "name"})
_ATTRIBUTE_NAME = compile_pattern(r"[a-z][a-z0-9-]*")
_SCHEME = compile_pattern(r"\s*([a-z][a-z0-9+.-]*):", IGNORECASE)
_ACTIVE_CSS = compile_pattern(
    r"@import|expression\s*\(|url\s*\(|javascript:|behavior\s*:|-moz-binding|<|\\", IGNORECASE
)


def cleaned_mjml(source: str) -> tuple[str, list[object]]:
    """Return the source with its inner HTML cleaned, and every reason not to take it."""
    reader = _Reader(source)
    reader.feed(source)
    reader.close()
    if reader.open_content:
        reader.reasons.append(_("The tag <%(tag)s> is never closed.", tag=reader.open_content))
    return "".join(reader.pieces), reader.reasons


def clean_html(inner: str, *, within: str = "") -> str:
    """Return a fragment of HTML with nothing active in it; `within` is the table that bare rows belong to."""
    wrapped = f"<{within}>{inner}</{within}>" if within else inner
    cleaned = nh3.clean(
        wrapped,
        tags=set(_INNER_TAGS),
        attributes=_INNER_ATTRIBUTES,
        url_schemes=_SCHEMES,
        filter_style_properties=set(_STYLE_PROPERTIES),
        link_rel=None,
    )
    return cleaned.removeprefix(f"<{within}>").removesuffix(f"</{within}>") if within else cleaned


class _Reader(HTMLParser):
    """Walks the source once, copies what may stay and notes what may not."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self.reasons: list[object] = []
        self.open_content = ""
        self._depth = 0
        self._inner_from = 0
        self._in_style = False
        self._source = source
        # The parser counts "\n" only, so lines are counted in the same way.
        self._line_starts = [0, *(index + 1 for index, letter in enumerate(source) if letter == "\n")]

    @property
    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.open_content:
            self._depth += tag == self.open_content
            return
        if self._refused(tag, attrs):
            return
        text = self.get_starttag_text() or ""
        self.pieces.append(text)
        if tag in CONTENT:
            self.open_content, self._depth = tag, 1
            self._inner_from = self._offset + len(text)
        self._in_style = tag == "mj-style"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.open_content and not self._refused(tag, attrs):
            self.pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.open_content:
            self._depth -= tag == self.open_content
            if self._depth:
                return
            self._close_content()
        self._in_style = False
        if tag in STRUCTURE or tag in CONTENT:
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.open_content:
            return
        if self._in_style:
            if _ACTIVE_CSS.search(data):
                self.reasons.append(_("A style must not load or run anything: no url(), @import or expression()."))
            self.pieces.append(data)
        elif data.strip():
            self.reasons.append(_("There is text outside of <mj-text>: “%(text)s”.", text=data.strip()[:60]))

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _close_content(self) -> None:
        inner = self._source[self._inner_from : self._offset]
        tag, self.open_content = self.open_content, ""
        if tag in {"mj-title", "mj-preview"}:
            self.pieces.append(nh3.clean(inner, tags=set()))
        else:
            self.pieces.append(clean_html(inner, within="table" if tag == "mj-table" else ""))

    def _refused(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        if tag not in STRUCTURE and tag not in CONTENT:
            self.reasons.append(_("The tag <%(tag)s> cannot be used in a mail.", tag=tag))
            return True
        reasons = [reason for name, value in attrs if (reason := _wrong_attribute(tag, name, value or ""))]
        self.reasons.extend(reasons)
        return bool(reasons)


def _wrong_attribute(tag: str, name: str, value: str) -> object | None:
    reason: object | None = None
    if not _ATTRIBUTE_NAME.fullmatch(name) or name.startswith("on"):
        reason = _("<%(tag)s> cannot have the attribute “%(name)s”.", tag=tag, name=name)
    elif name in _ADDRESS_ATTRIBUTES:
        scheme = _SCHEME.match(value)
        if scheme and scheme.group(1).lower() not in _SCHEMES:
            reason = _("“%(value)s” in <%(tag)s> is not an address of the web.", tag=tag, value=value[:60])
    elif name not in _WORD_ATTRIBUTES and (_ACTIVE_CSS.search(value) or any(letter in value for letter in ';{}"')):
        reason = _("<%(tag)s %(name)s> has a value that cannot be used.", tag=tag, name=name)
    return reason
