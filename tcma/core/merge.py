"""Merge fields: `{{ name }}` and `{{ name | fallback words }}`, a closed list of names and nothing else.

A text is parsed once into literals and slots; filling puts escaped values into the slots. Nothing is evaluated,
and what a value holds is never looked at again, so braces in a value stay braces.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from html import escape as escape_html
from re import compile as compile_pattern
from typing import Literal, TypeAlias
from urllib.parse import quote, urlsplit

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

CONTACT_FIELDS = frozenset(f"contact.{name}" for name in ("first_name", "last_name", "company", "city"))
PARTNER_FIELDS = frozenset(
    f"partner.{name}"
    for name in (
        *("name", "phone", "email", "website", "street", "city", "postcode", "country", "address"),
        *("sender_name", "claim"),
    )
)
VENDOR_FIELDS = frozenset({"vendor.name"})
LAUNCH_FIELDS = frozenset({"launch.page_url", "launch.offer_end"})
EVENT_FIELDS = frozenset({"event.title", "event.starts_at", "event.url"})
MAIL_FIELDS = frozenset({"unsubscribe_url", "preferences_url", "view_url"})
FILE_FIELDS = frozenset({"file.code", "file.check_url"})

PUBLIC_FIELDS = PARTNER_FIELDS | VENDOR_FIELDS | LAUNCH_FIELDS | EVENT_FIELDS
"""What may stand where no single person is addressed: posts, pages, collateral."""

COLLATERAL_FIELDS = PUBLIC_FIELDS | FILE_FIELDS
"""What may stand in collateral: there a file has a version code and an address that says whether it is valid."""

PERSONAL_FIELDS = PUBLIC_FIELDS | CONTACT_FIELDS
"""What may stand where one contact is addressed outside the body of a mail: subjects, call scripts, tasks."""

FIELDS = PERSONAL_FIELDS | MAIL_FIELDS
"""Every merge field of what is sent; all of them are allowed in the body of a mail."""

URL_FIELDS = MAIL_FIELDS | {"launch.page_url", "event.url", "partner.website", "file.check_url"}
"""The fields whose value is a whole address."""

Escape: TypeAlias = Literal["html", "attribute", "url", "href", "header", "text"]

_NAME = compile_pattern(r"[A-Za-z_][A-Za-z0-9_.-]*")
# Every character that some mail library takes for the end of a line, and every other control character.
_BREAKS = compile_pattern("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Control characters that neither HTML nor XML can hold, whatever the escaping.
_UNPRINTABLE = compile_pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WEB_SCHEMES = ("http", "https")
_WHOLE_URL_SAFE = ":/?#[]@!$&()*+,;=%~'"


def contact_fields(first_name: str, last_name: str, company: str, city: str) -> dict[str, str]:
    """Return the merge fields of one contact."""
    return {
        "contact.first_name": first_name,
        "contact.last_name": last_name,
        "contact.company": company,
        "contact.city": city,
    }


class MergeError(DomainError):
    """A text holds something that is not a merge field; `position` is where, `name` is what."""

    def __init__(self, message: object, *, position: int, name: str = "", instead: str = "") -> None:
        """Keep the place and, where one is near enough, the name that was probably meant."""
        super().__init__(message)
        self.position = position
        self.name = name
        self.instead = instead


class LineBreakInHeader(DomainError):
    """A value for a mail header holds a line break or another control character; no message is built from it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s must not hold line breaks or control characters. Mend it and try again.", name=name)
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value.

    `escape` is set where the place itself decides how to escape, and `before` is then what stands before the slot
    in the same address: nothing, where the value is the whole address.
    """

    name: str
    fallback: str = ""
    escape: Escape | None = None
    before: str = ""


Segment: TypeAlias = str | Slot


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text, ready to be filled any number of times."""

    segments: tuple[Segment, ...]
    _parts: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _slots: tuple[tuple[int, Slot], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out the literals once, so that filling only touches the slots."""
        parts = tuple(segment if isinstance(segment, str) else "" for segment in self.segments)
        slots = tuple((index, segment) for index, segment in enumerate(self.segments) if isinstance(segment, Slot))
        object.__setattr__(self, "_parts", parts)
        object.__setattr__(self, "_slots", slots)

    @property
    def names(self) -> frozenset[str]:
        """The fields that this text asks for."""
        return frozenset(slot.name for _index, slot in self._slots)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in the order in which they stand."""
        return tuple(slot for _index, slot in self._slots)

    def fill(self, values: Mapping[str, str], escape: Escape = "text") -> str:
        """The text with each slot filled by its value, or by its fallback where the value is missing or blank.

        Values and fallbacks are escaped for the place they land in; the literals are the author's and stay.
        """
        parts = list(self._parts)
        if escape == "header":
            for part in parts:
                _refuse_breaks("text", part)
        for index, slot in self._slots:
            value = values.get(slot.name) or slot.fallback
            if not value.strip():
                value = slot.fallback
            kind = slot.escape or escape
            if kind == "header":
                _refuse_breaks(slot.name, value)
            before = slot.before if slot.escape else "".join(parts[max(index - 2, 0) : index])
            parts[index] = _escape(value, kind, before=before)
        return "".join(parts)

    def with_words_escaped(self, escape: Literal["html", "attribute"]) -> "Template":
        """The same text with its literals escaped too: for plain words that go into HTML."""
        escaper = _ESCAPERS[escape]
        return Template(tuple(escaper(part) if isinstance(part, str) else part for part in self.segments))

    def with_escapes(self, escape: Escape) -> "Template":
        """The same text whose slots are escaped for `escape`, whatever filling asks for."""
        return Template(
            tuple(replace(part, escape=escape) if isinstance(part, Slot) else part for part in self.segments)
        )

    @property
    def source(self) -> str:
        """The text as its author could have written it: parsing it again gives this template."""
        return "".join(part if isinstance(part, str) else _written(part) for part in self.segments)


def parse(text: str, known: Collection[str] = FIELDS) -> Template:
    """The template that `text` is; the first thing in it that is not a known merge field is refused."""
    template, errors = scan(text, known)
    if errors:
        raise errors[0]
    return template


def scan(text: str, known: Collection[str] = FIELDS) -> tuple[Template, list[MergeError]]:
    """What `text` holds, and everything that is wrong in it; what is wrong stands as a literal."""
    segments: list[Segment] = []
    errors: list[MergeError] = []
    for piece in _pieces(text, known):
        if isinstance(piece, MergeError):
            errors.append(piece)
        elif isinstance(piece, str) and segments and isinstance(segments[-1], str):
            segments[-1] += piece
        elif piece:
            segments.append(piece)
    return Template(tuple(segments)), errors


def _pieces(text: str, known: Collection[str]) -> Iterator[Segment | MergeError]:
    position = 0
    while (start := text.find("{{", position)) >= 0:
        yield text[position:start]
        end = text.find("}}", start + 2)
        if end < 0:
            yield MergeError(_("A merge field is opened with {{ and never closed. Write }} after it."), position=start)
            yield text[start:]
            return
        piece = _slot(text[start + 2 : end], start, known)
        if isinstance(piece, MergeError):
            yield text[start : end + 2]
        yield piece
        position = end + 2
    yield text[position:]


def _slot(inside: str, position: int, known: Collection[str]) -> Slot | MergeError:
    name, bar, fallback = inside.partition("|")
    name, fallback = name.strip(), fallback.strip()
    if "{" in inside or "}" in inside:
        return MergeError(
            _("A merge field holds a brace. Write {{ name }} or {{ name | fallback words }}."), position=position
        )
    if not _NAME.fullmatch(name):
        return MergeError(
            _("“%(name)s” is not a merge field. Write {{ name }} or {{ name | fallback words }}.", name=name[:60]),
            position=position,
            name=name,
        )
    if name not in known:
        return _unknown(name, position, known)
    if bar and not fallback:
        return MergeError(
            _(
                "“%(name)s” has a bar and no fallback words. Write words after the bar, or leave the bar out.",
                name=name,
            ),
            position=position,
            name=name,
        )
    return Slot(name, fallback)


def _unknown(name: str, position: int, known: Collection[str]) -> MergeError:
    near = get_close_matches(name[:100], sorted(known), n=1, cutoff=0.5)
    if near:
        message = _("There is no merge field “%(name)s” here. Write “%(near)s” instead.", name=name[:60], near=near[0])
    else:
        names = ", ".join(sorted(known))
        message = _("There is no merge field “%(name)s” here. Write one of: %(names)s.", name=name[:60], names=names)
    return MergeError(message, position=position, name=name, instead=near[0] if near else "")


def _written(slot: Slot) -> str:
    return f"{{{{ {slot.name} | {slot.fallback} }}}}" if slot.fallback else f"{{{{ {slot.name} }}}}"


def _refuse_breaks(name: str, value: str) -> None:
    if _BREAKS.search(value):
        raise LineBreakInHeader(name)


def _escape(value: str, kind: Escape, *, before: str) -> str:
    if kind == "url":
        return _escape_url(value, before)
    if kind == "href":
        return escape_html(_escape_url(value, before))
    return _ESCAPERS[kind](value)


def _escape_url(value: str, before: str) -> str:
    """A whole address where nothing stands before it, and otherwise one part of an address."""
    start = before.strip().casefold()
    if not start:
        return _web_address(value)
    return quote(value, safe="+@" if start.startswith(("tel:", "mailto:")) else "")


def _web_address(value: str) -> str:
    """The address if it is one of the web, and nothing otherwise: a `javascript:` must not reach a link."""
    try:
        scheme = urlsplit(value.strip()).scheme.casefold()
    except ValueError:
        return ""
    return quote(value.strip(), safe=_WHOLE_URL_SAFE) if scheme in _WEB_SCHEMES else ""


def _html(value: str) -> str:
    return escape_html(_UNPRINTABLE.sub("", value))


def _plain(value: str) -> str:
    return value


_ESCAPERS: Mapping[str, Callable[[str], str]] = {"html": _html, "attribute": _html, "header": _plain, "text": _plain}
