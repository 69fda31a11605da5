"""What a mail should not be sent with: too large, nothing to opt out by, pictures without words, spam traps."""

from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from html.parser import HTMLParser
from re import IGNORECASE
from re import compile as compile_pattern
from urllib.parse import urlsplit

from syndication.channels.email.compiled import CompiledMail
from tcma.core.merge import Slot
from tcma.core.words import lazy_gettext as _

SIZE_LIMIT = 102_000
"""Gmail cuts what is longer and hides the opt-out with it."""

LONGEST_SUBJECT = 150
_ROOM_FOR_SLOT = 60
_FEWEST_WORDS = 20
_FEWEST_LETTERS = 10
_LOUD = compile_pattern(
    r"!{2,}|\${2,}|€{2,}|\b(?-i:FREE)\b|100 ?%\s*(?:free|gratis)|\bviagra\b|\bact now\b|\bclick here\b", IGNORECASE
)
_SHORTENERS = frozenset(
    {"bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly"}
)
_ADDRESS_IN_WORDS = compile_pattern(r"(?:https?://|www\.)([a-z0-9.-]+\.[a-z]{2,})", IGNORECASE)
_NUMERIC_HOST = compile_pattern(r"[\d.]+|\[.*\]")


class Level(StrEnum):
    """Whether a finding stops the mail."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend; the message says what to do."""

    level: Level
    code: str
    message: object


def lint_mail(
    mail: CompiledMail,
    *,
    size_limit: int = SIZE_LIMIT,
    link_hosts: frozenset[str] | None = None,
    own_hosts: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Return everything that is wrong with `mail`.

    With `link_hosts`, links may lead to those hosts only. Addresses on `own_hosts`, the operator's, may be
    local and plain.
    """
    html = "".join(part if isinstance(part, str) else "" for part in mail.html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [
        *_about_size(mail, size_limit),
        *_about_opting_out(mail),
        *_about_pictures(reader, own_hosts),
        *_about_links(mail, link_hosts, own_hosts),
        *_about_words(mail, reader),
    ]


class _Reader(HTMLParser):
    """Counts words and looks at pictures, as a reader sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.pictures = 0
        self.without_alt: list[str] = []
        self.insecure: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"style", "title"}:
            self._hidden += 1
        if tag != "img":
            return
        source = values.get("src") or ""
        if values.get("width") != "1":
            self.pictures += 1
            if "alt" not in values:
                self.without_alt.append(source)
        if not source.startswith("https://"):
            self.insecure.append(source)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "title"}:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.extend(data.split())


def _about_size(mail: CompiledMail, limit: int) -> list[Finding]:
    size = sum(len(part.encode()) if isinstance(part, str) else _ROOM_FOR_SLOT for part in mail.html)
    if size <= limit:
        return []
    message = _(
        "The mail has %(size)d kB; Gmail cuts at %(limit)d kB. Shorten it.", size=size // 1000, limit=limit // 1000
    )
    return [Finding(Level.ERROR, "size", message)]


def _about_opting_out(mail: CompiledMail) -> list[Finding]:
    missing = []
    for name, part in ((_("the mail"), mail.html), (_("its text part"), mail.text)):
        if not any(isinstance(piece, Slot) and piece.name == "unsubscribe_url" for piece in part):
            missing.append(
                Finding(
                    Level.ERROR,
                    "unsubscribe",
                    _("There is no {{ unsubscribe_url }} in %(part)s. Add the link.", part=name),
                )
            )
    return missing[:1]


def _about_pictures(reader: _Reader, own_hosts: frozenset[str]) -> list[Finding]:
    findings = [
        Finding(
            Level.ERROR, "alt", _("A picture has no words for those who do not see it: %(source)s", source=source[:80])
        )
        for source in reader.without_alt
    ]
    findings += [
        Finding(
            Level.WARNING, "picture-address", _("A picture is not fetched over https: %(source)s", source=source[:80])
        )
        for source in reader.insecure
        if urlsplit(source).hostname not in own_hosts
    ]
    if reader.pictures and len(reader.words) < _FEWEST_WORDS:
        findings.append(
            Finding(Level.WARNING, "pictures", _("The mail is mostly pictures; filters mistrust that. Add words."))
        )
    return findings


def _about_links(mail: CompiledMail, link_hosts: frozenset[str] | None, own_hosts: frozenset[str]) -> list[Finding]:
    findings = []
    for link in mail.links:
        host = (urlsplit(link.url).hostname or "").lower()
        if host in _SHORTENERS:
            findings.append(
                _link("shortener", _("%(host)s hides where a link leads. Link to the page itself.", host=host))
            )
        elif _NUMERIC_HOST.fullmatch(host) and host not in own_hosts:
            findings.append(_link("numeric", _("A link leads to a number instead of a name: %(host)s", host=host)))
        elif link_hosts is not None and not _is_within(host, link_hosts):
            findings.append(_link("host", _("Links to %(host)s are not allowed in this campaign.", host=host)))
        shown = _ADDRESS_IN_WORDS.search(unescape(link.label))
        if shown and not _is_within(host, frozenset({shown.group(1).lower()})):
            findings.append(
                _link("deceit", _("A link shows %(shown)s and leads to %(host)s.", shown=shown.group(1), host=host))
            )
    return findings


def _link(code: str, message: object) -> Finding:
    return Finding(Level.ERROR, code, message)


def _is_within(host: str, allowed: frozenset[str]) -> bool:
    hosts = {name.removeprefix("www.") for name in allowed}
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def _about_words(mail: CompiledMail, reader: _Reader) -> list[Finding]:
    subject = "".join(part if isinstance(part, str) else part.fallback for part in mail.subject)
    findings = []
    if not any(mail.subject):
        findings.append(Finding(Level.ERROR, "subject", _("The mail has no subject.")))
    if len(subject) > LONGEST_SUBJECT:
        findings.append(Finding(Level.WARNING, "subject-length", _("The subject is longer than mail programs show.")))
    letters = [letter for letter in subject if letter.lower() != letter.upper()]
    if len(letters) >= _FEWEST_LETTERS and all(letter.isupper() for letter in letters):
        findings.append(
            Finding(Level.WARNING, "loud", _("The subject is in capitals only; filters take that for spam."))
        )
    for place, words in ((_("The subject"), subject), (_("The text"), " ".join(reader.words))):
        loud = _LOUD.search(words)
        if loud:
            message = _("%(place)s has words that filters take for spam: “%(words)s”.", place=place, words=loud.group())
            findings.append(Finding(Level.WARNING, "spam-words", message))
    return findings
