"""A kit's words as XLIFF 1.2, for translators and their programs: out with every merge field marked, and in again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from re import compile as compile_pattern
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

NAMESPACE: Final = "urn:oasis:names:tc:xliff:document:1.2"
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_UNITS: Final = 10_000
_FIELD = compile_pattern(r"\{\{.*?\}\}")
_KEPT = frozenset({"source", "target"})
_INLINE = frozenset({"ph", "g", "x", "bx", "ex", "bpt", "ept", "it", "mrk", "sub"})


class XliffRefused(DomainError):
    """The file is not taken in; `line` says where, and the message why."""

    def __init__(self, line: int, reason: object) -> None:
        super().__init__(_("Line %(line)s: %(reason)s", line=line, reason=reason))
        self.line = line


@dataclass(frozen=True, slots=True)
class Unit:
    """One text: its key, what it is translated from, the translation (empty where there is none), and its line."""

    key: str
    source: str
    target: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Translation:
    """What an XLIFF file holds."""

    original: str
    source_language: str
    target_language: str
    units: tuple[Unit, ...]
    line: int


def write_xliff(
    units: Iterable[Unit], *, original: str, source_language: str, target_language: str,
    changed: Mapping[str, str], labels: Mapping[str, str],
) -> bytes:  # fmt: skip
    """Return the words of a kit in one language beside those of its first, ready to be translated.

    `changed` gives what a translation was made from where that is something else by now; `labels` what each text is.
    """
    head = f'<xliff version="1.2" xmlns="{NAMESPACE}">'
    languages = f"source-language={quoteattr(source_language)} target-language={quoteattr(target_language)}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    lines += [f'<file original={quoteattr(original)} {languages} datatype="plaintext">', "<body>"]
    for unit in units:
        lines += _unit(unit, changed.get(unit.key), labels.get(unit.key, ""))
    return "\n".join([*lines, "</body>", "</file>", "</xliff>", ""]).encode()


def _unit(unit: Unit, was: str | None, label: str) -> list[str]:
    state = "needs-adaptation" if was is not None else "translated" if unit.target else "needs-translation"
    key = quoteattr(unit.key)
    notes = [label, f"Was: {was}" if was is not None else ""]
    return [
        f'<trans-unit id={key} resname={key} xml:space="preserve">',
        f"<source>{_marked(unit.source)}</source>",
        f'<target state="{state}">{_marked(unit.target)}</target>',
        *(f"<note>{escape(_printable(note))}</note>" for note in notes if note),
        "</trans-unit>",
    ]


def _marked(text: str) -> str:
    """Put merge fields into placeholders, which programs for translators protect."""
    parts, last = [], 0
    for number, found in enumerate(_FIELD.finditer(text), 1):
        parts.append(escape(_printable(text[last : found.start()])))
        parts.append(f'<ph id="{number}">{escape(found[0])}</ph>')
        last = found.end()
    return "".join([*parts, escape(_printable(text[last:]))])


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= ord(" "))


def read_xliff(data: bytes) -> Translation:
    """Return what an XLIFF 1.2 file holds; refused with line and reason (`XliffRefused`) where it cannot be read."""
    if len(data) > MAX_BYTES:
        raise XliffRefused(1, _("The file is larger than %(n)s MB.", n=MAX_BYTES // 1024**2))
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise XliffRefused(
            error.lineno, _("This is not well-formed XML: %(problem)s.", problem=expat.errors.messages[error.code])
        ) from error
    return reader.found()


@dataclass(slots=True)
class _Open:
    """A trans-unit that is being read."""

    key: str
    line: int
    words: dict[str, list[str]] = field(default_factory=lambda: {"source": [], "target": []})


class _Reader:
    """Goes through the tags of the file; nothing is built from entities, and there are none."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.keys: dict[str, int] = {}
        self.file: tuple[str, str, str, int] | None = None
        self.open: _Open | None = None
        self.path: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.buffer_text = True

    @property
    def line(self) -> int:
        """Where the parser stands."""
        return int(self.parser.CurrentLineNumber)

    def found(self) -> Translation:
        """Return all that was read."""
        if self.file is None:
            raise XliffRefused(1, _("There is no <file> in it."))
        original, source, target, line = self.file
        return Translation(original, source, target, tuple(self.units), line)

    def _doctype(self, *_declaration: object) -> None:
        raise XliffRefused(self.line, _("A document type is not allowed."))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if not self.path:
            self._check_root(name, attributes)
        elif tag == "file":
            self._begin_file(attributes)
        elif tag == "trans-unit":
            self._begin_unit(attributes)
        elif self.open is not None and self._side() is not None and tag not in _INLINE:
            raise XliffRefused(self.line, _("<%(tag)s> cannot stand in a text.", tag=tag[:40]))
        self.path.append(tag)

    def _check_root(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != f"{NAMESPACE} xliff" or attributes.get("version") != "1.2":
            raise XliffRefused(self.line, _("This is not XLIFF 1.2. Export it as XLIFF 1.2 from your program."))

    def _begin_file(self, attributes: Mapping[str, str]) -> None:
        if self.file is not None:
            raise XliffRefused(self.line, _("There is more than one <file> in it."))
        names = ("original", "source-language", "target-language")
        original, source, target = (attributes.get(name, "") for name in names)
        self.file = (original, source, target, self.line)

    def _begin_unit(self, attributes: Mapping[str, str]) -> None:
        key = attributes.get("resname") or attributes.get("id", "")
        if not key:
            raise XliffRefused(self.line, _("This text has no id."))
        if key in self.keys:
            raise XliffRefused(
                self.line, _("“%(key)s” is there twice; it was on line %(line)s before.", key=key, line=self.keys[key])
            )
        if len(self.keys) >= MAX_UNITS:
            raise XliffRefused(self.line, _("The file holds more than %(n)s texts.", n=MAX_UNITS))
        self.keys[key] = self.line
        self.open = _Open(key, self.line)

    def _side(self) -> str | None:
        """Return whether the parser stands in the source or the target of a text, and not in a note or an old one."""
        inside = self.path[self.path.index("trans-unit") + 1 :] if "trans-unit" in self.path else []
        return inside[0] if inside and inside[0] in _KEPT else None

    def _words(self, words: str) -> None:
        side = self._side()
        if self.open is not None and side is not None:
            self.open.words[side].append(words)

    def _end(self, name: str) -> None:
        self.path.pop()
        if name.rpartition(" ")[2] == "trans-unit" and self.open is not None:
            words: dict[str, Sequence[str]] = dict(self.open.words)
            source, target = ("".join(words[side]) for side in ("source", "target"))
            self.units.append(Unit(self.open.key, source, target, self.open.line))
            self.open = None
