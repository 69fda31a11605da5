"""Reading YAML nodes by a grammar that also writes its own JSON Schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_BARE_COLOUR = re.compile(r"[:,\[]\s(#[0-9a-fA-F]{6})\b")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)\Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file, and what to write instead."""

    file: str
    line: int
    message: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.instead}"


class Unreadable(Exception):
    """A node does not say what its place asks for."""

    def __init__(self, node: yaml.Node, message: str, instead: str) -> None:
        super().__init__(message)
        self.node, self.message, self.instead = node, message, instead


class Log:
    """Collects the findings of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(self, node: yaml.Node, message: str, instead: str) -> None:
        """Note a fault at the node's line."""
        self.at(line_of(node), message, instead)

    def at(self, line: int, message: str, instead: str) -> None:
        """Note a fault at a line."""
        self.findings.append(Finding(self.file, line, message, instead))


class Reader(Protocol):
    """Reads one node; `schema` says the same as JSON Schema."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what is accepted."""

    def read(self, node: yaml.Node, log: Log) -> Any:
        """The value, or `Unreadable`."""


def line_of(node: yaml.Node) -> int:
    """The node's line, counted from one."""
    return int(node.start_mark.line) + 1


def scalar(node: yaml.Node, what: str) -> str:
    """The text of a scalar node."""
    if not isinstance(node, yaml.ScalarNode):
        raise Unreadable(node, f"This should be {what}, not a list or a mapping.", f"Write {what}.")
    return str(node.value)


def is_nothing(node: yaml.Node) -> bool:
    """Whether the node is empty or null."""
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds."""

    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """A number with its bounds."""
        bounds = {"minimum": self.low, "maximum": self.high}
        kept = {name: value for name, value in bounds.items() if value is not None}
        return {"type": "integer" if self.whole else "number", **kept}

    @property
    def _words(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        return f"{kind}, {self.low:g} or more" if self.low is not None else kind

    def read(self, node: yaml.Node, log: Log) -> float | int:  # noqa: ARG002  # the shape of all readers
        """The number."""
        text = scalar(node, self._words)
        if not _NUMBER.match(text) or (self.whole and not float(text).is_integer()):
            raise Unreadable(node, f"“{text}” is not {self._words}.", f"Write {self._words}.")
        value = float(text)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise Unreadable(node, f"{text} is out of bounds.", f"Write {self._words}.")
        return int(value) if self.whole else value


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text, perhaps of a given form."""

    pattern: str | None = None
    what: str = "text"

    @property
    def schema(self) -> dict[str, Any]:
        """A string, with its pattern."""
        return {"type": "string", **({"pattern": f"^{self.pattern}$"} if self.pattern else {})}

    def read(self, node: yaml.Node, log: Log) -> str:  # noqa: ARG002  # the shape of all readers
        """The text."""
        text = scalar(node, self.what)
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Unreadable(node, f"“{text}” is not {self.what}.", f"Write {self.what}.")
        return text


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.words)}

    def read(self, node: yaml.Node, log: Log) -> str:  # noqa: ARG002  # the shape of all readers
        """The word."""
        text = scalar(node, "one of " + ", ".join(self.words))
        if text not in self.words:
            near = get_close_matches(text, self.words, n=1, cutoff=0.5)
            instead = f"Write {near[0]}." if near else "Write one of " + ", ".join(self.words) + "."
            raise Unreadable(node, f"“{text}” is not known here.", instead)
        return text


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    @property
    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}

    def read(self, node: yaml.Node, log: Log) -> bool:  # noqa: ARG002  # the shape of all readers
        """The truth."""
        text = scalar(node, "true or false")
        if text not in {"true", "false"}:
            raise Unreadable(node, f"“{text}” is neither true nor false.", "Write true or false.")
        return text == "true"


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of one kind of thing; `lone` also accepts a single one without brackets."""

    item: Reader
    least: int = 0
    most: int | None = None
    lone: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """An array."""
        array: dict[str, Any] = {"type": "array", "items": self.item.schema, "minItems": self.least}
        if self.most is not None:
            array["maxItems"] = self.most
        return {"anyOf": [array, self.item.schema]} if self.lone else array

    def read(self, node: yaml.Node, log: Log) -> tuple[Any, ...]:
        """The items; a faulty one is noted and left out."""
        if not isinstance(node, yaml.SequenceNode):
            if self.lone:
                return (self.item.read(node, log),)
            raise Unreadable(node, "A list is needed here.", "Write the entries in square brackets or with dashes.")
        if len(node.value) < self.least or (self.most is not None and len(node.value) > self.most):
            count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most or 'many'}"
            raise Unreadable(node, f"The list has {len(node.value)} entries.", f"Give it {count}.")
        return tuple(each for child in node.value if (each := attempt(self.item, child, log)) is not FAULTY)


FAULTY: Any = object()


def attempt(reader: Reader, node: yaml.Node, log: Log) -> Any:
    """What the reader makes of the node; a fault is noted and `FAULTY` comes back."""
    try:
        return reader.read(node, log)
    except Unreadable as fault:
        log.add(fault.node, fault.message, fault.instead)
        return FAULTY


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: how its value is read and which attribute it becomes."""

    reader: Reader
    required: bool = False
    into: str | None = None


def pairs(node: yaml.Node) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """The entries of a mapping: name, key node, value node."""
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable(node, "A mapping is needed here.", "Write “key: value” lines.")
    return [(scalar(key, "a plain key"), key, value) for key, value in node.value]


def read_keys(node: yaml.Node, keys: Mapping[str, Key], log: Log, what: str) -> dict[str, Any] | None:
    """The values of a record by attribute; None after any fault, each of which is noted."""
    before = len(log.findings)
    found: dict[str, Any] = {}
    seen: set[str] = set()
    for name, key_node, value in pairs(node):
        if name in seen:
            log.add(key_node, f"“{name}” stands twice.", "Keep one of them.")
        seen.add(name)
        if name not in keys:
            log.add(key_node, f"A {what} has no “{name}”.", _instead_of(name, keys))
        elif not is_nothing(value):
            found[keys[name].into or name] = attempt(keys[name].reader, value, log)
    for name, key in keys.items():
        if key.required and (key.into or name) not in found:
            log.add(node, f"This {what} has no “{name}”.", f"Add “{name}: …”.")
    return found if len(log.findings) == before else None


def _instead_of(name: str, keys: Mapping[str, Key]) -> str:
    near = get_close_matches(name, list(keys), n=1, cutoff=0.6)
    return f"Did you mean “{near[0]}”?" if near else "It knows " + ", ".join(sorted(keys)) + "."


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys, made into a value."""

    what: str
    keys: Mapping[str, Key]
    make: Callable[..., Any]

    @property
    def schema(self) -> dict[str, Any]:
        """An object without further properties."""
        return {
            "type": "object",
            "properties": {name: key.reader.schema for name, key in self.keys.items()},
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }

    def read(self, node: yaml.Node, log: Log) -> Any:
        """The value, or `FAULTY` after noting each fault."""
        found = read_keys(node, self.keys, log, self.what)
        return FAULTY if found is None else self.make(**found)


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from free names to one kind of thing."""

    item: Reader
    name: str = r"[a-z][a-z0-9_-]*"

    @property
    def schema(self) -> dict[str, Any]:
        """An object whose names have a form."""
        return {
            "type": "object",
            "patternProperties": {f"^{self.name}$": self.item.schema},
            "additionalProperties": False,
        }

    def read(self, node: yaml.Node, log: Log) -> dict[str, Any]:
        """The things by name; a faulty one is noted and left out."""
        found: dict[str, Any] = {}
        for name, key_node, value in pairs(node):
            if not re.fullmatch(self.name, name):
                log.add(key_node, f"“{name}” is not a name.", "Use lower-case letters, digits, - and _.")
            elif name in found:
                log.add(key_node, f"“{name}” stands twice.", "Keep one of them.")
            elif (value_read := attempt(self.item, value, log)) is not FAULTY:
                found[name] = value_read
        return found


@dataclass(frozen=True, slots=True)
class Either:
    """A scalar read one way, a mapping or list another."""

    plain: Reader
    rich: Reader

    @property
    def schema(self) -> dict[str, Any]:
        """Any of the two."""
        return {"anyOf": [self.plain.schema, self.rich.schema]}

    def read(self, node: yaml.Node, log: Log) -> Any:
        """What the fitting reader makes of it."""
        return (self.plain if isinstance(node, yaml.ScalarNode) else self.rich).read(node, log)


def compose(text: str, log: Log) -> yaml.Node | None:
    """The document's node; anchors, aliases, tags and broken YAML are noted."""
    try:
        if _has_machinery(text, log):
            return None
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as fault:
        if bare := _BARE_COLOUR.search(text):
            line = text.count("\n", 0, bare.start()) + 1
            log.at(line, "A # without quotes starts a comment.", f"Write the colour in quotes: “{bare[1]}”.")
            return None
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or "it is not YAML"
        log.at(mark.line + 1 if mark else 1, f"The file cannot be read: {problem}.", "Mend the YAML at this line.")
        return None
    if node is None:
        log.at(1, "The file is empty.", "Start with “format: 1”.")
    return node


def _has_machinery(text: str, log: Log) -> bool:
    before = len(log.findings)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            log.at(line, "Anchors and aliases are not read.", "Write the value out.")
        elif getattr(event, "tag", None):
            log.at(line, "Tags are not read.", "Leave the tag out.")
    return len(log.findings) > before


def first_fault(findings: Sequence[Finding]) -> str:
    """The first finding in one line, for a message."""
    return str(findings[0]) if findings else ""
