"""From a kit's MJML to a compiled mail: words resolved, cleaned, styles inlined, links collected and tracked.

What is the same for every recipient (words, partner, vendor, launch, event) is put in here, escaped for HTML. What
differs per recipient travels through MJML and the inliner as a sentinel, a word that nothing on the way touches.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape, unescape
from re import DOTALL, IGNORECASE, Match
from re import compile as compile_pattern
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from assets.fonts import is_right_to_left
from campaigns.manifest.mail import with_colour_schemes
from syndication.channels.email.compiled import CLICK, OPEN_PLACE, CompiledMail, TrackedLink
from syndication.channels.email.mjml_source import cleaned_mjml
from tcma.core.errors import ReasonsNot
from tcma.core.merge import FIELDS, MAIL_FIELDS, PERSONAL_FIELDS, PUBLIC_FIELDS, Segment, Slot, Template, parse
from tcma.core.words import lazy_gettext as _

_ANCHOR = compile_pattern(
    r"""(<a\b(?:[^>"']|"[^"]*"|'[^']*')*?\shref=")([^"]*)("(?:[^>"']|"[^"]*"|'[^']*')*>)(.*?)</a>""",
    IGNORECASE | DOTALL,
)
_TAG = compile_pattern(r"<[^>]*>")
_ALT = compile_pattern(r'\balt="([^"]*)"', IGNORECASE)
_STYLED = compile_pattern(
    r"""<style\b.*?</style>|<!--.*?-->|\s(?:style|src|class|id|background|bgcolor|color)="[^"]*\"""",
    IGNORECASE | DOTALL,
)
_FORBIDDEN = compile_pattern(r"<\s*(script|iframe|object|embed|form|base|link|svg|math)\b|\son[a-z]+\s*=", IGNORECASE)
_BLANK_LINES = compile_pattern(r"\n{3,}")
_TEXT_LINK = compile_pattern(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
_CONDITIONAL = compile_pattern(r"<!--.*?-->", DOTALL)
# MJML's own reset; left in its place, inlining it would only swell every cell.
_RESET = '<style type="text/css">\n#outlook'


class MailRefused(ReasonsNot):
    """The mail cannot be sent as it is; `reasons` says everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class MailSource:
    """What a kit says about one mail, in one language. `texts` maps flat keys to words."""

    subject: str
    mjml: str
    texts: Mapping[str, str] = field(default_factory=dict)
    preheader: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LinkRules:
    """How links are treated. `untracked` holds legal addresses that are left alone, besides the opt-out."""

    click_url: str
    utm: Mapping[str, str] = field(default_factory=dict)
    untracked: frozenset[str] = frozenset()
    pixel: bool = False


def compile_mail(source: MailSource, *, constants: Mapping[str, str], links: LinkRules) -> CompiledMail:
    """Return the mail that every recipient of this launch, step and language shares; `MailRefused` says why not."""
    _refuse_halves(source.subject, source.preheader, source.mjml, *source.texts.values(), *constants.values())
    sentinels = _Sentinels(source)
    html = _to_html(_with_frame(source, constants, sentinels))
    reasons = sentinels.misplaced(html)
    tracked = _Tracking(links, sentinels)
    html = _ANCHOR.sub(tracked.rewritten, html)
    reasons += tracked.reasons
    if _FORBIDDEN.search(_CONDITIONAL.sub("", html)):
        reasons.append(_("The mail holds something active, such as a script or a form."))
    if reasons:
        raise MailRefused(reasons)
    text = _to_text(html)
    if links.pixel:
        pixel = f"{links.click_url}{sentinels.sentinel(Slot(CLICK))}.{OPEN_PLACE}"
        html = html.replace("</body>", f'<img src="{pixel}" width="1" height="1" alt=""></body>')
    return CompiledMail(
        language=source.language,
        subject=subject_of(source, constants),
        html=sentinels.split(html),
        text=sentinels.split(text),
        links=tuple(tracked.links),
    )


def _refuse_halves(*texts: str) -> None:
    """Refuse lone surrogates, which no encoding can write."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as reason:
            raise MailRefused([_("The mail holds half a character. Save its texts as UTF-8.")]) from reason


class _Sentinels:
    """Words that stand for slots while the mail is made. They follow from the source, so a compile can be repeated."""

    def __init__(self, source: MailSource) -> None:
        seed = repr((source.subject, source.preheader, source.mjml, sorted(source.texts.items())))
        self._mark = f"zq{sha256(seed.encode(errors='replace')).hexdigest()[:16]}q"
        self._slots: list[Slot] = []
        self.pattern = compile_pattern(self._mark + r"(\d+)z")

    def sentinel(self, slot: Slot) -> str:
        """Return the word for `slot`; the same slot has the same word."""
        if slot not in self._slots:
            self._slots.append(slot)
        return f"{self._mark}{self._slots.index(slot)}z"

    def slots_in(self, text: str) -> list[Slot]:
        """Return the slots whose words stand in `text`."""
        return [self._slots[int(number)] for number in self.pattern.findall(text)]

    def split(self, text: str) -> tuple[Segment, ...]:
        """Return `text` as literals and slots."""
        parts = self.pattern.split(text)
        segments: list[Segment] = []
        for index, part in enumerate(parts):
            if index % 2:
                segments.append(self._slots[int(part)])
            elif part:
                segments.append(part)
        return tuple(segments)

    def misplaced(self, html: str) -> list[object]:
        """Say which slots stand where a value could do more than be read."""
        names = {slot.name for place in _STYLED.findall(html) for slot in self.slots_in(place)}
        return [
            _("“%(name)s” can stand in words and links only, not in styles, pictures or comments.", name=name)
            for name in sorted(names)
        ]


class _Tracking:
    """Rewrites the addresses of links and remembers where they led."""

    def __init__(self, rules: LinkRules, sentinels: _Sentinels) -> None:
        self._rules = rules
        self._sentinels = sentinels
        self.links: list[TrackedLink] = []
        self.reasons: list[object] = []

    def rewritten(self, anchor: Match[str]) -> str:
        """Return one link with the address that it has in the mail."""
        before, address, after, inner = anchor.groups()
        url = unescape(address).strip()
        return f"{before}{escape(self._address(url, before + after, inner))}{after}{inner}</a>"

    def _address(self, url: str, tag: str, inner: str) -> str:
        slots = self._sentinels.slots_in(url)
        if slots:
            if len(slots) > 1 or slots[0].name not in MAIL_FIELDS or not self._sentinels.pattern.fullmatch(url):
                self.reasons.append(
                    _("A link must not carry what is known about a contact: %(url)s", url=self._shown(url))
                )
            return url
        if url.startswith(("mailto:", "tel:", "#")):
            return url
        if not _is_web_address(url):
            self.reasons.append(_("This link leads nowhere: “%(url)s”.", url=url[:100]))
            return url
        if url in self._rules.untracked or "data-untracked" in tag:
            return url
        link = TrackedLink(len(self.links) + 1, with_utm(url, self._rules.utm), _label(inner, self._sentinels))
        self.links.append(link)
        return f"{self._rules.click_url}{self._sentinels.sentinel(Slot(CLICK))}.{link.place}"

    def _shown(self, url: str) -> str:
        return "".join(
            part if isinstance(part, str) else "{{ " + part.name + " }}" for part in self._sentinels.split(url)
        )[:100]


def with_utm(url: str, utm: Mapping[str, str]) -> str:
    """Return `url` with the campaign's parameters added; those that the author wrote stay."""
    parts = urlsplit(url)
    present = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode({name: value for name, value in utm.items() if value and name not in present}, quote_via=quote)
    query = f"{parts.query}&{added}" if parts.query and added else parts.query or added
    return urlunsplit(parts._replace(query=query))


def _with_frame(source: MailSource, constants: Mapping[str, str], sentinels: _Sentinels) -> str:
    """Resolve the words and the constant fields, and add language, direction and preheader."""
    markup = _resolved(source.mjml, source, constants, sentinels)
    if source.preheader and "<mj-preview" not in markup:
        preview = f"<mj-preview>{_resolved(source.preheader, source, constants, sentinels, words=True)}</mj-preview>"
        if "<mj-head>" in markup:
            markup = markup.replace("<mj-head>", f"<mj-head>{preview}", 1)
        else:
            markup = markup.replace("<mj-body", f"<mj-head>{preview}</mj-head><mj-body", 1)
    if "<mjml>" in markup:
        direction = "rtl" if is_right_to_left(source.language) else "ltr"
        markup = markup.replace("<mjml>", f'<mjml lang="{escape(source.language)}" dir="{direction}">', 1)
    return markup


def _resolved(
    text: str, source: MailSource, constants: Mapping[str, str], sentinels: _Sentinels, *, words: bool = False
) -> str:
    pieces = []
    for segment in _with_words(text, source, FIELDS, as_html=True, escape_own=words).segments:
        if isinstance(segment, str):
            pieces.append(segment)
        elif segment.name in PUBLIC_FIELDS:
            pieces.append(Template((segment,)).fill(constants, "html"))
        else:
            pieces.append(sentinels.sentinel(segment))
    return "".join(pieces)


def _with_words(
    text: str, source: MailSource, known: frozenset[str], *, as_html: bool, escape_own: bool = False
) -> Template:
    """Return the template with each `text.<key>` replaced by its words, which may hold merge fields themselves."""
    template = parse(text, known | {f"text.{key}" for key in source.texts})
    segments: list[Segment] = []
    if escape_own:
        template = template.with_words_escaped("html")
    for segment in template.segments:
        if isinstance(segment, str) or not segment.name.startswith("text."):
            segments.append(segment)
            continue
        words = parse(source.texts[segment.name.removeprefix("text.")], known)
        segments.extend((words.with_words_escaped("html") if as_html else words).segments)
    return Template(tuple(segments))


def subject_of(source: MailSource, constants: Mapping[str, str]) -> tuple[Segment, ...]:
    """Return the subject of a mail as every recipient shares it, with slots for what differs."""
    _refuse_halves(source.subject)
    segments: list[Segment] = []
    for segment in _with_words(source.subject, source, PERSONAL_FIELDS, as_html=False).segments:
        whole: Segment = segment
        if isinstance(segment, Slot) and segment.name in PUBLIC_FIELDS:
            whole = Template((segment,)).fill(constants, "header")
        if isinstance(whole, str) and segments and isinstance(segments[-1], str):
            segments[-1] += whole
        elif whole:
            segments.append(whole)
    Template(tuple(segments)).fill({}, "header")
    return tuple(segments)


def _to_html(markup: str) -> str:
    import css_inline  # large, and wanted where mails are compiled
    import mjml

    cleaned, reasons = cleaned_mjml(markup)
    if reasons:
        raise MailRefused(reasons)
    try:
        html = mjml.mjml2html(cleaned, fonts={})
    except ValueError as reason:
        raise MailRefused([_("The MJML cannot be read: %(reason)s", reason=str(reason)[:200])]) from reason
    html = html.replace(_RESET, _RESET.replace("<style", '<style data-css-inline="ignore"', 1), 1)
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True)
    return with_colour_schemes(inliner.inline(html).replace(' data-css-inline="ignore"', "", 1))


def _to_text(html: str) -> str:
    import inscriptis  # slow to import, and wanted where mails are compiled
    from inscriptis.model.config import ParserConfig

    text = inscriptis.get_text(_with_alternatives(html), ParserConfig(display_links=True))
    lines = [line.strip() for line in text.replace("\xa0", " ").splitlines()]
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return _TEXT_LINK.sub(_text_link, text) + "\n"


def _text_link(link: Match[str]) -> str:
    words, address = link.group(1).strip(), link.group(2)
    return address if not words or words == address else f"{words}: {address}"


def _with_alternatives(html: str) -> str:
    """Put the words that stand for a picture in its place."""
    return _CONDITIONAL.sub("", compile_pattern(r"<img\b[^>]*>", IGNORECASE).sub(_alternative, html))


def _alternative(image: Match[str]) -> str:
    alt = _ALT.search(image.group())
    return alt.group(1) if alt else ""


def _label(inner: str, sentinels: _Sentinels) -> str:
    words = _TAG.sub(" ", _with_alternatives(inner))
    return " ".join(sentinels.pattern.sub("…", unescape(words)).split())[:100]


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
