"""One declaration of the kit format, used twice: to read a file and to publish its JSON Schema.

What a file may hold is declared as frozen dataclasses. `read_shape` turns nodes into them and notes everything that
does not fit, with its line; `json_schema` turns the same classes into JSON Schema.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from campaigns.manifest.document import MapNode, Node, ScalarNode
from campaigns.manifest.findings import nearest
from campaigns.manifest.shapes import BLANK, SCALARS, Choice, Json, Many, Reading, Rule, Shape, Single, what
from tcma.core.words import lazy_gettext as _

T = TypeVar("T")


def read_shape(declared: type[T], node: Node, reading: Reading) -> T:
    """What `node` holds as an instance of the dataclass `declared`; blank where it does not fit."""
    return cast("T", shape_of(cast("Any", declared)).read(node, "", reading))


def json_schema(declared: type, *, title: str, identifier: str) -> Json:
    """The JSON Schema (2020-12) of the files that hold a `declared`."""
    definitions: Json = {}
    body = shape_of(declared).schema(definitions)
    root = definitions.pop(body["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": title,
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


@cache
def shape_of(declared: Any) -> Shape:
    """The shape that a type annotation declares."""
    rule = Rule(example="…")
    if get_origin(declared) is Annotated:
        declared, rule = get_args(declared)[:2]
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is Literal:
        return Choice(arguments)
    if origin is tuple:
        return Many(shape_of(arguments[0]), rule)
    if origin in (Union, UnionType):
        return _union_of(arguments)
    if declared in SCALARS:
        return Single(declared, rule)
    return _Object(declared)


def _union_of(arguments: tuple[Any, ...]) -> Shape:
    some = [argument for argument in arguments if argument is not NoneType]
    if len(some) == 1:
        return shape_of(some[0])
    return _OneOf({_kind_of(one): _Object(one) for one in some})


def _kind_of(declared: type) -> str:
    kind: str = get_args(get_type_hints(declared)["kind"])[0]
    return kind


@dataclass(frozen=True, slots=True)
class _Member:
    """One name of a mapping."""

    attribute: str
    key: str
    shape: Shape
    default: Any
    required: bool

    def standing_in(self) -> Any:
        return self.shape.blank() if self.required else self.default


class _Object:
    """A mapping with declared names."""

    def __init__(self, declared: type) -> None:
        self.declared = declared

    @property
    def members(self) -> tuple[_Member, ...]:
        return _members_of(self.declared)

    def read(self, node: Node, name: str, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            message = _("“%(name)s” must be a mapping, not %(got)s.", name=name or node.place.file, got=what(node))
            reading.refuse("wrong-type", node.place, message, self._mend(name))
            return self.blank()
        self._refuse_unknown(node, reading)
        values = {member.attribute: self._value(member, node, reading) for member in self.members}
        return self.declared(**values, place=node.place)

    def _mend(self, name: str) -> object:
        keys = [member.key for member in self.members if member.required] or [self.members[0].key]
        return _("Write `%(name)s: {%(keys)s}` instead.", name=name, keys=", ".join(f"{key}: …" for key in keys))

    def _refuse_unknown(self, node: MapNode, reading: Reading) -> None:
        known = [member.key for member in self.members]
        for key, place in node.keys.items():
            if key in known:
                continue
            near = nearest(key, known)
            free = ", ".join(one for one in known if one not in node.keys)
            mend = (
                _("Write “%(near)s” instead.", near=near)
                if near
                else _("Leave it out. What may still stand here: %(free)s.", free=free or "-")
            )
            reading.findings.error("unknown-key", place, _("“%(key)s” is not known here.", key=key[:60]), mend)

    def _value(self, member: _Member, node: MapNode, reading: Reading) -> Any:
        entry = node.entries.get(member.key)
        if entry is None:
            if member.required and nearest(member.key, set(node.keys) - {one.key for one in self.members}):
                reading.whole = False
            elif member.required:
                message = _("“%(key)s” is missing.", key=member.key)
                reading.refuse("missing-key", node.place, message, _("Add `%(line)s`.", line=_example(member)))
            return member.standing_in()
        if isinstance(entry, ScalarNode) and entry.value is None and not member.required:
            return member.default
        return member.shape.read(entry, member.key, reading)

    def blank(self) -> Any:
        return self.declared(**{member.attribute: member.standing_in() for member in self.members})

    def schema(self, definitions: Json) -> Json:
        name = self.declared.__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = self._described(definitions)
        return {"$ref": f"#/$defs/{name}"}

    def _described(self, definitions: Json) -> Json:
        described: Json = {"type": "object", "additionalProperties": False}
        if self.declared.__doc__:
            described["description"] = self.declared.__doc__.split("\n")[0]
        described["properties"] = {member.key: member.shape.schema(definitions) for member in self.members}
        if required := [member.key for member in self.members if member.required]:
            described["required"] = required
        return described


class _OneOf:
    """A mapping whose `kind` tells which names it may have."""

    def __init__(self, kinds: Mapping[str, _Object]) -> None:
        self.kinds = kinds

    def read(self, node: Node, name: str, reading: Reading) -> Any:
        kinds = ", ".join(self.kinds)
        if not isinstance(node, MapNode):
            message = _("An entry of “%(name)s” must be a mapping, not %(got)s.", name=name, got=what(node))
            reading.refuse(
                "wrong-type", node.place, message, _("Write `{kind: …}` with one of: %(kinds)s.", kinds=kinds)
            )
            return BLANK
        kind = node.entries.get("kind")
        if kind is None:
            reading.refuse(
                "missing-key",
                node.place,
                _("“kind” is missing."),
                _("Add `kind:` with one of: %(kinds)s.", kinds=kinds),
            )
            return BLANK
        word = (
            Choice(tuple(self.kinds)).read(kind, "kind", reading)
            if not self._names(kind)
            else cast("ScalarNode", kind).value
        )
        return self.kinds[str(word)].read(node, name, reading) if self._names(kind) else BLANK

    def _names(self, kind: Node) -> bool:
        return isinstance(kind, ScalarNode) and isinstance(kind.value, str) and kind.value in self.kinds

    def blank(self) -> object:
        return BLANK

    def schema(self, definitions: Json) -> Json:
        return {"oneOf": [shape.schema(definitions) for shape in self.kinds.values()]}


def _example(member: _Member) -> str:
    shape = member.shape
    if isinstance(shape, Single):
        return f"{member.key}: {shape.rule.example}"
    if isinstance(shape, Choice):
        return f"{member.key}: {shape.values[0]}"
    if isinstance(shape, Many):
        return f"{member.key}: [{shape.rule.example}]"
    if isinstance(shape, _Object):
        inner = ", ".join(f"{one.key}: …" for one in shape.members if one.required)
        return f"{member.key}: {{{inner}}}"
    return f"{member.key}: …"


@cache
def _members_of(declared: type) -> tuple[_Member, ...]:
    hints = get_type_hints(declared, include_extras=True)
    return tuple(
        _Member(
            attribute=one.name,
            key=one.name.rstrip("_"),
            shape=shape_of(hints[one.name]),
            default=one.default_factory() if one.default_factory is not MISSING else one.default,
            required=one.default is MISSING and one.default_factory is MISSING,
        )
        for one in fields(declared)
        if one.name != "place"
    )
