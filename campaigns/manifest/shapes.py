"""How single values of the kit format are declared, read and described; `records` builds mappings from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from re import compile as compile_pattern
from typing import Any, Final, Protocol, TypeAlias, cast

from campaigns.manifest.document import ListNode, MapNode, Node, Scalar, ScalarNode
from campaigns.manifest.findings import Findings, Place, nearest
from tcma.core.words import lazy_gettext as _

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Something declared in a file; `place` is where."""

    place: Place = field(default=Place(""), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What a value must be like, beyond its type; `example` is shown to whoever gets it wrong."""

    example: str
    says: object = ""
    pattern: str = ""
    format: str = ""
    least: int | float | None = None
    most: int | float | None = None
    least_items: int = 0
    doc: str = ""


class Shape(Protocol):
    """How one kind of value is read and described."""

    def read(self, node: Node, name: str, reading: "Reading") -> Any: ...
    def blank(self) -> Any: ...
    def schema(self, definitions: Json) -> Json: ...


@dataclass(slots=True)
class Reading:
    """The state of reading one kit: its findings, and whether anything had to be left blank."""

    findings: Findings
    whole: bool = True

    def refuse(self, code: str, place: Place, message: object, mend: object) -> None:
        """Note that a value does not fit; something blank stands in for it from here on."""
        self.whole = False
        self.findings.error(code, place, message, mend)


BLANK: Final = object()


SCALARS: Final[Mapping[type, tuple[object, str]]] = {
    str: (_("a text"), "string"),
    int: (_("a whole number"), "integer"),
    float: (_("a number"), "number"),
    bool: (_("true or false"), "boolean"),
    date: (_("a date"), "string"),
}


def what(node: Node) -> object:
    """What kind of thing a node is, in words."""
    if isinstance(node, ListNode):
        return _("a list")
    if isinstance(node, MapNode):
        return _("a mapping")
    if node.value is None:
        return _("nothing")
    return SCALARS[type(node.value)][0]


@dataclass(frozen=True, slots=True)
class Single:
    """One scalar."""

    type: type
    rule: Rule

    def read(self, node: Node, name: str, reading: Reading) -> Scalar:
        value = node.value if isinstance(node, ScalarNode) else None
        if self.type is float and type(value) is int:
            value = float(value)
        if type(value) is not self.type:
            self._wrong_type(node, name, reading)
            return self.blank()
        if (fault := self._fault(value)) is not None:
            reading.refuse("wrong-value", node.place, fault[0], fault[1])
            return self.blank()
        return value

    def _wrong_type(self, node: Node, name: str, reading: Reading) -> None:
        wanted = SCALARS[self.type][0]
        mend: object = _("Write `%(name)s: %(example)s` instead.", name=name, example=self.rule.example)
        if self.type is str and isinstance(node, ScalarNode) and node.value is not None:
            shown = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
            mend = _('Put it in quotes: `%(name)s: "%(value)s"`.', name=name, value=shown[:60])
        message = _("“%(name)s” must be %(wanted)s, not %(got)s.", name=name, wanted=wanted, got=what(node))
        reading.refuse("wrong-type", node.place, message, mend)

    def _fault(self, value: Scalar) -> tuple[object, object] | None:
        rule = self.rule
        if isinstance(value, str):
            return self._fault_of_text(value)
        if isinstance(value, int | float) and rule.least is not None and value < rule.least:
            return _("%(value)s is too small.", value=value), _("Write %(least)s or more.", least=rule.least)
        if isinstance(value, int | float) and rule.most is not None and value > rule.most:
            return _("%(value)s is too large.", value=value), _("Write %(most)s or less.", most=rule.most)
        return None

    def _fault_of_text(self, value: str) -> tuple[object, object] | None:
        rule = self.rule
        most = int(rule.most or 1000)
        if len(value) > most:
            return _("The text has %(n)s characters.", n=len(value)), _(
                "Write %(most)s characters or fewer.", most=most
            )
        if not rule.pattern or compile_pattern(rule.pattern).fullmatch(value):
            return None
        message = _("“%(value)s” cannot be read here.", value=value[:60])
        if rule.says:
            return message, _("Write %(what)s, such as %(example)s.", what=rule.says, example=rule.example)
        return message, _("Write something like %(example)s instead.", example=rule.example)

    def blank(self) -> Scalar:
        return {str: "", int: 0, float: 0.0, bool: False, date: date.min}[self.type]  # type: ignore[return-value]  # mypy joins the values to object

    def schema(self, definitions: Json) -> Json:
        del definitions
        rule = self.rule
        described: Json = {"type": SCALARS[self.type][1]}
        if self.type is date:
            described["format"] = "date"
        if rule.pattern:
            described["pattern"] = f"^(?:{rule.pattern})$"
        if self.type is str:
            described["maxLength"] = int(rule.most or 1000)
        else:
            bounds = {"minimum": rule.least, "maximum": rule.most}
            described |= {key: bound for key, bound in bounds.items() if bound is not None}
        if rule.doc:
            described["description"] = rule.doc
        if rule.example != "…":
            described["examples"] = [rule.example if self.type in (str, date) else _number(rule.example)]
        return described


def _number(example: str) -> int | float | bool:
    if example in ("true", "false"):
        return example == "true"
    return float(example) if "." in example else int(example)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words or numbers."""

    values: tuple[Any, ...]

    def read(self, node: Node, name: str, reading: Reading) -> Scalar:
        value = node.value if isinstance(node, ScalarNode) else None
        for allowed in self.values:
            if type(value) is type(allowed) and value == allowed:
                return value
        reading.refuse("wrong-value", node.place, self._message(value, node, name), self._mend(value))
        return self.blank()

    def _message(self, value: Scalar, node: Node, name: str) -> object:
        if value is None:
            return _("“%(name)s” must be a word, not %(got)s.", name=name, got=what(node))
        return _("“%(value)s” is not known as “%(name)s”.", value=str(value)[:60], name=name)

    def _mend(self, value: Scalar) -> object:
        words = [str(allowed).lower() if isinstance(allowed, bool) else str(allowed) for allowed in self.values]
        if near := nearest(str(value), words):
            return _("Write “%(near)s” instead.", near=near)
        if len(words) == 1:
            return _("Write %(value)s instead.", value=words[0])
        return _("Write one of: %(words)s.", words=", ".join(words))

    def blank(self) -> Scalar:
        return cast("Scalar", self.values[0])

    def schema(self, definitions: Json) -> Json:
        del definitions
        return {"const": self.values[0]} if len(self.values) == 1 else {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one shape."""

    item: Shape
    rule: Rule

    def read(self, node: Node, name: str, reading: Reading) -> tuple[Any, ...]:
        if not isinstance(node, ListNode):
            message = _("“%(name)s” must be a list, not %(got)s.", name=name, got=what(node))
            reading.refuse(
                "wrong-type",
                node.place,
                message,
                _(
                    "Write `%(name)s: [%(example)s]`, or one line with a dash for each.",
                    name=name,
                    example=self.rule.example,
                ),
            )
            return ()
        if len(node.items) < self.rule.least_items:
            reading.refuse("too-few", node.place, _("“%(name)s” is empty.", name=name), _("Give at least one."))
        if self.rule.most is not None and len(node.items) > self.rule.most:
            reading.refuse(
                "too-many",
                node.place,
                _("“%(name)s” has %(n)s entries.", name=name, n=len(node.items)),
                _("Give %(most)s or fewer.", most=self.rule.most),
            )
        read = (self.item.read(item, name, reading) for item in node.items)
        return tuple(value for value in read if value is not BLANK and value != "")

    def blank(self) -> tuple[Any, ...]:
        return ()

    def schema(self, definitions: Json) -> Json:
        described: Json = {"type": "array", "items": self.item.schema(definitions)}
        if self.rule.least_items:
            described["minItems"] = self.rule.least_items
        if self.rule.most is not None:
            described["maxItems"] = self.rule.most
        return described
