"""The grammar of design format 1: which keys there are and what they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from assets.design import model
from assets.design.reading import (
    FAULTY,
    Choice,
    Either,
    Flag,
    Key,
    Listed,
    Named,
    Number,
    Reader,
    Record,
    Text,
    Unreadable,
    is_nothing,
    line_of,
    pairs,
    read_keys,
    scalar,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.design.reading import Log

SLUG = Text(r"[a-z0-9][a-z0-9-]*", "a short name of lower-case letters, digits and dashes")
NAME = Text(r"[a-z][a-z0-9_-]*", "a name of lower-case letters, digits, - and _")
TEXT_KEY = Text(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", "a key of the texts files, such as banner.headline")
FILE = Text(r"(?!/)(?!.*\.\.)[^\\:]+", "a path inside the kit, such as artwork/hero.jpg")
FACTOR = Number(0, 1)
LENGTH = Number(0)
COLOUR_PATTERN = r"(#[0-9a-fA-F]{6}|brand\.(" + "|".join(model.BRAND_TOKENS) + r")|zone\.[a-z][a-z0-9_-]*)"


def _words(t: str) -> model.Words:
    return model.Words(key=t)


def _colour(colour: model.Colour, opacity: float = 1.0) -> model.Colour:
    return model.Colour(colour.token, opacity)


@dataclass(frozen=True, slots=True)
class _Literal:
    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string"}

    def read(self, node: yaml.Node, log: Log) -> model.Words:  # noqa: ARG002  # the shape of all readers
        return model.Words(literal=scalar(node, "text or {t: key}"))


@dataclass(frozen=True, slots=True)
class _ColourToken:
    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{COLOUR_PATTERN}$"}

    def read(self, node: yaml.Node, log: Log) -> model.Colour:
        what = "a colour such as “#0b1f3a” (in quotes) or brand.primary"
        if is_nothing(node):
            raise Unreadable(node, "The colour is empty.", f"Write {what}; an unquoted # starts a comment.")
        return model.Colour(Text(COLOUR_PATTERN, what).read(node, log))


@dataclass(frozen=True, slots=True)
class _Box:
    """x, y, width, height; y may be `auto` where the layer hangs below another."""

    @property
    def schema(self) -> dict[str, Any]:
        number = {"type": "number"}
        return {
            "type": "array",
            "prefixItems": [number, {"anyOf": [number, {"const": "auto"}]}, LENGTH.schema, LENGTH.schema],
            "minItems": 4,
            "maxItems": 4,
        }

    def read(self, node: yaml.Node, log: Log) -> model.Box:
        if not isinstance(node, yaml.SequenceNode) or len(node.value) != 4:
            raise Unreadable(node, "A box has four numbers.", "Write [x, y, width, height].")
        left, top, width, height = node.value
        is_auto = isinstance(top, yaml.ScalarNode) and top.value == "auto"
        return model.Box(
            Number().read(left, log),
            0.0 if is_auto else Number().read(top, log),
            LENGTH.read(width, log),
            LENGTH.read(height, log),
        )


@dataclass(frozen=True, slots=True)
class _Pad:
    @property
    def schema(self) -> dict[str, Any]:
        return {"anyOf": [LENGTH.schema, Listed(LENGTH, 2, 2).schema]}

    def read(self, node: yaml.Node, log: Log) -> tuple[float, float]:
        both = Listed(LENGTH, 1, 2, lone=True).read(node, log)
        return (both[0], both[-1]) if both else (0.0, 0.0)


WORDS = Either(_Literal(), Record("text", {"t": Key(TEXT_KEY, required=True)}, _words))
COLOUR = Either(
    _ColourToken(),
    Record("colour", {"colour": Key(_ColourToken(), required=True), "opacity": Key(FACTOR)}, _colour),
)
POINT = Listed(FACTOR, 2, 2)
ALIGN, VALIGN = Choice(("start", "centre", "end")), Choice(("top", "middle", "bottom"))
FIT = Choice(("cover", "contain"))
FONT = Record(
    "font",
    {
        "size": Key(Number(0.1), required=True),
        "weight": Key(Number(100, 900, whole=True)),
        "min": Key(Number(0.1), into="minimum"),
        "max": Key(Number(0.1), into="maximum"),
        "leading": Key(Number(0.5, 4)),
        "tracking": Key(Number(-0.2, 1)),
        "balance": Key(Flag()),
        "bold_first": Key(Flag()),
    },
    model.Font,
)
PLATE = Record(
    "plate",
    {
        "fill": Key(COLOUR, required=True),
        "radius": Key(LENGTH),
        "pad": Key(_Pad()),
        "hug": Key(Flag()),
    },
    model.Plate,
)
_FIELDS = Listed(Choice(model.PROFILE_FIELDS), 1, lone=True)
WHEN = Record(
    "condition",
    {
        "profile": Key(_FIELDS),
        "not_profile": Key(_FIELDS),
        "language": Key(Listed(Text(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", "a language such as de or zh-Hant"), 1, lone=True)),
    },
    model.When,
)

_COMMON: dict[str, Key] = {
    "kind": Key(
        Choice(("image", "shape", "gradient", "text", "rich_text", "logo", "qr", "contact_block", "legal", "group")),
        required=True,
    ),
    "id": Key(NAME),
    "zone": Key(NAME),
    "box": Key(_Box(), required=True),
    "below": Key(NAME),
    "gap": Key(Number()),
    "bottom": Key(Number()),
    "when": Key(WHEN),
}
_SET: dict[str, Key] = {
    "font": Key(FONT, required=True),
    "colour": Key(COLOUR),
    "align": Key(ALIGN),
    "valign": Key(VALIGN),
}
_TEXT = {**_SET, "text": Key(WORDS), "plate": Key(PLATE)}


@dataclass(frozen=True, slots=True)
class _LayerReader:
    """A layer of any kind; a group holds layers again."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/layer"}

    def read(self, node: yaml.Node, log: Log) -> Any:
        kind = next((scalar(value, "a kind") for name, _, value in pairs(node) if name == "kind"), None)
        keys, make = KINDS.get(kind or "", (_COMMON, model.Layer))
        found = read_keys(node, keys, log, f"{kind} layer" if kind in KINDS else "layer")
        return FAULTY if found is None else make(line=line_of(node), **found)


LAYER = _LayerReader()
KINDS: Mapping[str, tuple[dict[str, Key], Any]] = {
    "image": (
        _COMMON
        | {
            "src": Key(FILE),
            "fit": Key(FIT),
            "focus": Key(POINT),
            "radius": Key(LENGTH),
            "opacity": Key(FACTOR),
        },
        model.ImageLayer,
    ),
    "shape": (
        _COMMON
        | {
            "shape": Key(Choice(("rect", "ellipse", "line"))),
            "fill": Key(COLOUR),
            "stroke": Key(COLOUR),
            "stroke_width": Key(LENGTH),
            "radius": Key(LENGTH),
            "opacity": Key(FACTOR),
        },
        model.ShapeLayer,
    ),
    "gradient": (
        _COMMON
        | {
            "from": Key(COLOUR, required=True, into="start"),
            "to": Key(COLOUR, required=True, into="end"),
            "angle": Key(Number(-360, 360)),
            "radius": Key(LENGTH),
            "opacity": Key(FACTOR),
        },
        model.GradientLayer,
    ),
    "text": (_COMMON | _TEXT, model.TextLayer),
    "rich_text": (_COMMON | _TEXT, model.TextLayer),
    "legal": (_COMMON | _TEXT, model.TextLayer),
    "logo": (
        _COMMON
        | {
            "of": Key(Choice(("partner", "vendor", "both"))),
            "lead": Key(Choice(("partner", "vendor"))),
            "divider": Key(Flag()),
            "align": Key(ALIGN),
            "valign": Key(VALIGN),
            "clear": Key(LENGTH),
            "on": Key(Choice(("light", "dark", "auto"))),
            "plate": Key(Choice(("auto", "never", "always"))),
        },
        model.LogoLayer,
    ),
    "qr": (
        _COMMON | {"value": Key(WORDS), "colour": Key(COLOUR), "ground": Key(COLOUR)},
        model.QrLayer,
    ),
    "contact_block": (
        _COMMON
        | _SET
        | {"lines": Key(Listed(Choice(model.CONTACT_LINES), 1), required=True), "separator": Key(Text())},
        model.ContactLayer,
    ),
    "group": (_COMMON | {"layers": Key(Listed(LAYER, 1), required=True)}, model.GroupLayer),
}

_PICTURE_GROUND = Record(
    "ground",
    {
        "colour": Key(COLOUR),
        "image": Key(FILE),
        "fit": Key(FIT),
        "focus": Key(POINT),
        "pdf": Key(FILE),
        "page": Key(Number(1, whole=True)),
    },
    model.Ground,
)
PAGE = Record(
    "page",
    {
        "size": Key(Listed(Number(1, 20000), 2, 2), required=True),
        "bleed": Key(LENGTH),
        "safe": Key(LENGTH),
        "mirror": Key(Flag()),
        "ground": Key(_PICTURE_GROUND),
        "layers": Key(Listed(LAYER), required=True),
    },
    model.Page,
)


@dataclass(frozen=True, slots=True)
class _Options:
    """Texts by name for a choice; a list of colours for a colour zone."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"anyOf": [Named(WORDS).schema, Listed(_ColourToken(), 1).schema]}

    def read(self, node: yaml.Node, log: Log) -> Any:
        reader: Reader = Named(WORDS) if isinstance(node, yaml.MappingNode) else Listed(_ColourToken(), 1)
        return reader.read(node, log)


def _zone(options: Any = None, **rest: Any) -> model.Zone:
    if isinstance(options, dict):
        return model.Zone(options=options, **rest)
    return model.Zone(colours=options or (), **rest)


ZONE = Record(
    "zone",
    {
        "kind": Key(Choice(model.ZONE_KINDS), required=True),
        "label": Key(WORDS),
        "hint": Key(WORDS),
        "editable": Key(Flag()),
        "required": Key(Flag()),
        "change_required": Key(Flag()),
        "locks": Key(Listed(Choice(model.LOCKS))),
        "max_characters": Key(Number(1, whole=True)),
        "max_lines": Key(Number(1, whole=True)),
        "min_dpi": Key(Number(1)),
        "min_pixels": Key(Listed(Number(1, whole=True), 2, 2)),
        "contrast": Key(Number(1, 21)),
        "clear": Key(LENGTH),
        "nudge": Key(LENGTH),
        "options": Key(_Options()),
        "default": Key(Text()),
    },
    _zone,
)
DESIGN: dict[str, Key] = {
    "format": Key(Number(1, 1, whole=True), required=True),
    "key": Key(SLUG, required=True),
    "unit": Key(Choice(("px", "mm")), required=True),
    "title": Key(WORDS),
    "outputs": Key(Listed(Choice(model.OUTPUTS), 1)),
    "pages": Key(Listed(PAGE, 1, 20), required=True),
    "zones": Key(Named(ZONE)),
}


def layer_schema() -> dict[str, Any]:
    """A layer: by its kind, the keys that kind has."""
    return {"oneOf": [_kind_schema(kind, keys) for kind, (keys, _) in KINDS.items()]}


def _kind_schema(kind: str, keys: dict[str, Key]) -> dict[str, Any]:
    schema = Record(kind, keys, dict).schema
    schema["properties"]["kind"] = {"const": kind}
    return schema


__all__ = ["COLOUR_PATTERN", "DESIGN", "KINDS", "LAYER", "layer_schema"]
