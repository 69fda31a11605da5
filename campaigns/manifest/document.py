"""YAML with line numbers and without surprises.

The file is read event by event, so that an anchor, an alias or a tag is refused before anything is built from it,
and depth and size are bounded while reading. Plain scalars follow YAML 1.2: only `true` and `false` are booleans,
`no` is a word, `09:30` is a text, `2026-01-01` is a date.
"""

from dataclasses import dataclass
from datetime import date
from re import compile as compile_pattern
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import yaml

from campaigns.manifest.findings import Findings, Place
from tcma.core.words import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 512 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 50_000

_INTEGER = compile_pattern(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = compile_pattern(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_DATE = compile_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Scalar: TypeAlias = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value and where it stands."""

    value: Scalar
    place: Place


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list and where it starts."""

    items: "tuple[Node, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping of names to nodes, where it starts, and where each name stands."""

    entries: "dict[str, Node]"
    keys: dict[str, Place]
    place: Place


Node: TypeAlias = ScalarNode | ListNode | MapNode


class _Refused(Exception):
    """The file cannot be read; a finding has been made of it."""


class _Reader:
    """Builds nodes from the events of one file."""

    def __init__(self, text: str, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.nodes = 0

    def read(self) -> Node | None:
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        node = self._node(self._next(), 1)
        self._next()
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(
                "yaml-documents",
                after,
                _("The file holds more than one document."),
                _("Keep one document in a file, with no --- in it."),
            )
        return node

    def _next(self) -> yaml.Event:
        event = next(self.events)
        self._refuse_cleverness(event)
        return event

    def _refuse_cleverness(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                "yaml-anchor",
                event,
                _("Anchors (&) and aliases (*) are not allowed."),
                _("Write the value out, or put quotes around a text that starts with & or *."),
            )
        if getattr(event, "tag", None):
            self._refuse(
                "yaml-tag",
                event,
                _("Tags (!) are not allowed."),
                _("Leave the tag out, or put quotes around a text that starts with !."),
            )

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            self._refuse(
                "yaml-depth",
                event,
                _("The file is nested more than %(n)s levels deep.", n=MAX_DEPTH),
                _("Write it flatter."),
            )
        if self.nodes > MAX_NODES:
            self._refuse(
                "yaml-size",
                event,
                _("The file holds more than %(n)s values.", n=MAX_NODES),
                _("Split it, or leave out what is not needed."),
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse("yaml", event, _("This cannot be read here."), _("Write a value."))
        return ScalarNode(_scalar(event), self._place(event))

    def _sequence(self, start: yaml.Event, depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._place(start))

    def _mapping(self, start: yaml.Event, depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, keys)
            entries[key] = self._node(self._next(), depth + 1)
        return MapNode(entries, keys, self._place(start))

    def _key(self, event: yaml.Event, keys: dict[str, Place]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(
                "yaml-key",
                event,
                _("A name must be a single word, not a list or a mapping."),
                _("Write `name: value`. A text that starts with { or [ needs quotes."),
            )
        key: str = event.value
        if key in keys:
            self._refuse(
                "duplicate-key",
                event,
                _("“%(key)s” is given twice; it was given on line %(line)s before.", key=key[:60], line=keys[key].line),
                _("Keep one of the two."),
            )
        keys[key] = self._place(event)
        return key

    def _place(self, event: yaml.Event) -> Place:
        return Place(self.file, event.start_mark.line + 1 if event.start_mark else 1)

    def _refuse(self, code: str, event: yaml.Event, message: object, mend: object) -> NoReturn:
        self.findings.error(code, self._place(event), message, mend)
        raise _Refused


def read_yaml(data: bytes, file: str, findings: Findings) -> Node | None:
    """The content of a YAML file, or nothing where it cannot be read: the reason is then among the `findings`."""
    text = read_text(data, file, findings)
    if text is None:
        return None
    try:
        node = _Reader(text, file, findings).read()
    except _Refused:
        return None
    except yaml.YAMLError as error:
        findings.error(
            "yaml",
            _place_of(error, file),
            _("This is not YAML: %(problem)s.", problem=_problem_of(error)),
            _("Look at this line and the one before it: indentation, quotes, colons."),
        )
        return None
    if node is None:
        findings.error(
            "empty-file", Place(file), _("The file is empty."), _("Fill it, or delete it and what refers to it.")
        )
    return node


def read_text(data: bytes, file: str, findings: Findings) -> str | None:
    """The text of a file of words, or nothing where it is too large or not UTF-8."""
    if len(data) > MAX_BYTES:
        findings.error(
            "file-size",
            Place(file),
            _("The file is larger than %(n)s kB.", n=MAX_BYTES // 1024),
            _("Make it smaller; pictures belong in artwork/."),
        )
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.error("encoding", Place(file, line), _("The file is not UTF-8."), _("Save it as UTF-8."))
        return None


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    value: str = event.value
    plain: bool = event.implicit[0]
    if not plain:
        return value
    if value in ("", "~", "null"):
        return None
    if value in ("true", "false"):
        return value == "true"
    if _INTEGER.fullmatch(value):
        return int(value)
    if _NUMBER.fullmatch(value):
        return float(value)
    return _date_or_text(value)


def _date_or_text(value: str) -> date | str:
    if not _DATE.fullmatch(value):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _place_of(error: yaml.YAMLError, file: str) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return Place(file, mark.line + 1 if mark else 1)


def _problem_of(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")[:200]
