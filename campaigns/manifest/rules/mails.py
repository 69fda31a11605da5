"""Mails: known tags, words in every language, links that may be followed, a way out, and under 102 kB."""

from collections.abc import Iterator, Mapping
from re import DOTALL, IGNORECASE
from re import compile as compile_pattern
from typing import Final
from xml.parsers import expat

from campaigns.manifest.findings import Findings, Place, nearest
from campaigns.manifest.kit import Kit
from campaigns.manifest.mail import BRAND_COLOURS, MailNotCompiled, longest_mail
from campaigns.manifest.model import EmailStep
from campaigns.manifest.rules.words import forbidden_host, is_allowed_host, merge_error
from tcma.core.merge import FIELDS, URL_FIELDS, MergeError, scan
from tcma.core.words import lazy_gettext as _

MAX_BYTES: Final = 102_000
"""Mail programs cut off what is longer."""

# No accordion, carousel or social icons: they load pictures from hosts of other people.
TAGS: Final = frozenset(
    {
        *("mjml", "mj-head", "mj-body", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-style"),
        *("mj-title", "mj-preview", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-text", "mj-button"),
        *("mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-hero", "mj-navbar", "mj-navbar-link"),
    }
)
WORD_TAGS: Final = frozenset(
    {
        *("a", "b", "strong", "em", "i", "u", "br", "span", "p", "div", "ul", "ol", "li", "small", "sub", "sup"),
        *("h1", "h2", "h3", "h4", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "blockquote", "hr"),
    }
)
_FIELD: Final = compile_pattern(r"\{\{.*?\}\}", DOTALL)
_WORDS: Final = compile_pattern(r"[^\W\d_]{2,}")
_SHOWN_ATTRIBUTES: Final = ("alt", "title", "aria-label")
_URL_FIELD: Final = compile_pattern(r"\{\{\s*([a-z_.]+)\s*(?:\|[^{}]*)?\}\}")
_CONTACT_LINK: Final = compile_pattern(
    r"(?:tel:\{\{\s*partner\.phone\s*\}\}|mailto:\{\{\s*partner\.email\s*\}\}(?:\?subject=.*)?)"
)
_UNSAFE_CSS: Final = compile_pattern(r"@import|url\s*\(|expression\s*\(|</|javascript:", IGNORECASE)


def check_mails(kit: Kit, findings: Findings) -> None:
    """Check every MJML file, and every mail as its longest recipient would get it."""
    for path, source in kit.mails.items():
        lint = _Lint(kit, path, source, findings)
        lint.run()
    for step in kit.manifest.mails():
        if step.body in kit.mails:
            _check_size(kit, step, findings)


class _Lint:
    """Goes through the tags of one MJML file with their lines."""

    def __init__(self, kit: Kit, path: str, source: str, findings: Findings) -> None:
        self.kit, self.path, self.source, self.findings = kit, path, source, findings
        self.open_tags: list[str] = []
        self.links: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.UseForeignDTD(True)  # noqa: FBT003 - expat takes no keyword
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._doctype

    def run(self) -> None:
        """Note everything that is wrong in the file."""
        try:
            self.parser.Parse(self.source.encode(), True)  # noqa: FBT003 - expat takes no keyword
        except expat.ExpatError as error:
            self._error(
                "mjml",
                _("This is not well-formed: %(problem)s.", problem=expat.errors.messages[error.code]),
                _("Close every tag (<br/>), quote every attribute, and write &amp; for &."),
                error.lineno,
            )
            return
        self._check_fields()
        self._check_way_out()

    def _error(self, code: str, message: object, mend: object, line: int | None = None) -> None:
        self.findings.error(code, Place(self.path, line or self.parser.CurrentLineNumber), message, mend)

    def _doctype(self, *_declaration: object) -> None:
        self._error("mjml", _("A document type is not allowed."), _("Leave <!DOCTYPE …> out."))

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self.open_tags and tag != "mjml":
            self._error("mjml", _("The file does not begin with <mjml>."), _("Put everything inside <mjml> … </mjml>."))
        if tag not in TAGS | WORD_TAGS:
            self._unknown_tag(tag)
        self.open_tags.append(tag)
        for name, value in attributes.items():
            self._attribute(name, value)
        if tag == "mj-image" and "alt" not in attributes:
            self._error(
                "no-alt",
                _("The picture has no words for those who cannot see it."),
                _('Add alt="{{ text.… }}", or alt="" where it is decoration.'),
            )

    def _unknown_tag(self, tag: str) -> None:
        near = nearest(tag, TAGS | WORD_TAGS)
        mend = (
            _("Write <%(near)s> instead.", near=near)
            if near
            else _("Use the tags of MJML: %(tags)s.", tags=", ".join(sorted(TAGS - {"mjml"})))
        )
        self._error("mjml-tag", _("<%(tag)s> is not known and would be left out without a word.", tag=tag[:60]), mend)

    def _end(self, _tag: str) -> None:
        self.open_tags.pop()

    def _words(self, words: str) -> None:
        if "mj-style" in self.open_tags:
            if _UNSAFE_CSS.search(words):
                self._error(
                    "mjml-style",
                    _("The style sheet loads something from elsewhere."),
                    _("Leave out @import and url(…)."),
                )
            return
        self._refuse_plain_words(words)

    def _refuse_plain_words(self, words: str) -> None:
        if (found := _WORDS.search(_FIELD.sub("", words))) is not None:
            self._error(
                "plain-words",
                _("“%(words)s” would be read in every language.", words=found[0][:60]),
                _("Put the words into texts/ and write {{ text.… }}."),
            )

    def _attribute(self, name: str, value: str) -> None:
        if name.casefold().startswith("on"):
            self._error(
                "mjml-attribute",
                _("“%(name)s” is not allowed.", name=name[:60]),
                _("Leave it out; mails run no scripts."),
            )
        if name in _SHOWN_ATTRIBUTES:
            self._refuse_plain_words(value)
        if name == "href":
            self._link(value.strip())
        if name == "style" and (_FIELD.search(value) or _UNSAFE_CSS.search(value)):
            self._error(
                "mjml-style",
                _("A style must not hold merge fields or load anything."),
                _("Write plain values, such as color:#222222."),
            )
        if "brand." in value and value.strip().startswith("brand.") and value.strip() not in BRAND_COLOURS:
            self._unknown_colour(value.strip())

    def _unknown_colour(self, value: str) -> None:
        near = nearest(value, BRAND_COLOURS)
        mend = (
            _("Write “%(near)s” instead.", near=near)
            if near
            else _("Write one of: %(words)s.", words=", ".join(sorted(BRAND_COLOURS)))
        )
        self._error("brand-colour", _("There is no brand colour “%(value)s”.", value=value[:60]), mend)

    def _link(self, address: str) -> None:
        self.links.append(address)
        field = _URL_FIELD.match(address)
        if field is not None:
            if field[1] not in URL_FIELDS or field.end() != len(address):
                self._error(
                    "link",
                    _("“%(address)s” is not a whole address.", address=address[:100]),
                    _("Link to one of: %(names)s.", names=", ".join(sorted(URL_FIELDS))),
                )
        elif not _CONTACT_LINK.fullmatch(address) and not (
            address.startswith("https://") and self._may_lead_to(address)
        ):
            forbidden_host(
                self.findings, Place(self.path, self.parser.CurrentLineNumber), address, self.kit.manifest.link_hosts
            )

    def _may_lead_to(self, address: str) -> bool:
        return is_allowed_host(
            _FIELD.sub("x", address) if "/" in address[8:].partition("{{")[0] else address, self.kit.manifest.link_hosts
        )

    def _check_fields(self) -> None:
        known = FIELDS | {
            f"text.{key}" for key in self.kit.texts.by_language.get(self.kit.manifest.default_language, {})
        }
        template, errors = scan(self.source, known)
        for error in errors:
            if not error.name.startswith("text."):
                line = self.source.count("\n", 0, error.position) + 1
                merge_error(self.findings, Place(self.path, line), error, FIELDS)
        for slot in template.slots:
            if slot.name.startswith("text.") and slot.fallback:
                self._error(
                    "merge-field",
                    _("“%(name)s” is a text and needs no fallback words.", name=slot.name),
                    _("Write {{ %(name)s }}.", name=slot.name),
                    1,
                )

    def _check_way_out(self) -> None:
        if not any(_names(link) == "unsubscribe_url" for link in self.links):
            self._error(
                "no-unsubscribe",
                _("The mail has no link to unsubscribe."),
                _('Add <a href="{{ unsubscribe_url }}">{{ text.… }}</a>.'),
                len(self.source.splitlines()),
            )
        if not self._all_fields() & {"partner.address", "partner.street"}:
            self.findings.warning(
                "no-address",
                Place(self.path, len(self.source.splitlines())),
                _("The mail does not show the partner's postal address; many countries ask for it."),
                _("Add {{ partner.address }}."),
            )

    def _all_fields(self) -> set[str]:
        texts = self.kit.texts.resolved(self.kit.manifest.default_language)
        template = scan(self.source, FIELDS | {f"text.{key}" for key in texts})[0]
        names = set(template.names)
        for name in template.names:
            if name.startswith("text."):
                names |= scan(texts[name.removeprefix("text.")])[0].names
        return names


def _names(address: str) -> str:
    field = _URL_FIELD.fullmatch(address)
    return field[1] if field else ""


def _check_size(kit: Kit, step: EmailStep, findings: Findings) -> None:
    for language, html in _longest(kit, step, findings):
        size = len(html.encode())
        if size > MAX_BYTES:
            findings.error(
                "mail-size",
                Place(step.body),
                _(
                    "The mail “%(key)s” is %(size)s kB large in %(language)s; "
                    "mail programs cut off what is over 102 kB.",
                    key=step.key,
                    size=-(-size // 1000),
                    language=language,
                ),
                _("Leave out sections or words, and lead to the page instead."),
            )


def _longest(kit: Kit, step: EmailStep, findings: Findings) -> Iterator[tuple[str, str]]:
    for language in kit.manifest.languages:
        texts = kit.texts.resolved(language)
        try:
            html = longest_mail(
                kit.mails[step.body], texts=texts, language=language, preheader=texts.get(step.preheader.t, "")
            )
        except MailNotCompiled as error:
            mend = _("Compare it with a starter kit's mail.")
            findings.error("mjml", Place(step.body), error.message, mend)
            return
        except MergeError:
            # A field or a text that is not there: told before, on its line.
            return
        yield language, html
