"""What a partner may change in the look of a zone, where the design leaves its axes open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.complaints import N_
from assets.design.model import BRAND_TOKENS, Colour, palette

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.design.model import Design, Font, Layer, Zone
    from assets.layout.values import Resolver

# Which axis each word of a style belongs to.
AXES = {"align": "style", "size": "style", "colour": "style", "x": "position_size", "y": "position_size"}
ALIGNMENTS = {"start": "start", "centre": "centre", "center": "centre", "end": "end"}
MOST_STEPS = 2


class _Unfit(Exception):
    """A word of a style says what its zone cannot do; the message tells what it could."""


def complain_of_unknown(resolver: Resolver) -> None:
    """Note the styles of zones that the design does not have."""
    for name in sorted(set(resolver.values.styles) - set(resolver.design.zones)):
        resolver.complain(
            "style_unknown",
            N_("There is no zone “%(zone)s” to give a style to."),
            N_("Leave its style out."),
            None,
            refuses=True,
            zone=name,
        )


def styled(layer: Layer, resolver: Resolver) -> Layer:
    """The layer as the partner styled its zone; what is locked or does not fit is told and left as it was."""
    style = resolver.values.styles.get(layer.zone or "")
    zone = resolver.design.zones.get(layer.zone or "")
    if not style or zone is None:
        return layer
    for word, value in style.items():
        axis = AXES.get(word)
        if axis is not None and not zone.may_change(axis):
            _complain_of_lock(resolver, layer, word)
            continue
        try:
            layer = _changed(layer, zone, resolver.design, word, value)
        except _Unfit as fault:
            _complain_of_unfit(resolver, layer, word, value, str(fault))
    return layer


def _changed(layer: Layer, zone: Zone, design: Design, word: str, value: str) -> Layer:
    own: Any = layer
    changed: Layer
    if word == "align" and hasattr(layer, "align"):
        changed = replace(own, align=_one_of(ALIGNMENTS, value))
    elif word == "size" and hasattr(layer, "font"):
        changed = replace(own, font=stepped(own.font, _step(value)))
    elif word == "colour" and hasattr(layer, "colour"):
        allowed = [*(f"brand.{token}" for token in BRAND_TOKENS), *palette(design)]
        changed = replace(own, colour=Colour(_one_of({token: token for token in allowed}, value)))
    elif word in {"x", "y"}:
        changed = _moved(layer, word, _length(value, zone.nudge))
    else:
        raise _Unfit(", ".join(_words_for(layer)))
    return changed


def _words_for(layer: Layer) -> list[str]:
    needed = {"align": "align", "size": "font", "colour": "colour"}
    return [word for word in AXES if word not in needed or hasattr(layer, needed[word])]


def _one_of(known: Mapping[str, str], value: str) -> str:
    if value not in known:
        raise _Unfit(", ".join(dict.fromkeys(known.values())))
    return known[value]


def _step(value: str) -> int:
    try:
        step = int(value)
    except ValueError:
        step = MOST_STEPS + 1
    if abs(step) > MOST_STEPS:
        raise _Unfit(f"-{MOST_STEPS} … +{MOST_STEPS}")
    return step


def _length(value: str, most: float) -> float:
    try:
        length = float(value)
    except ValueError:
        length = most + 1
    if not abs(length) <= most:
        raise _Unfit(f"-{most:g} … +{most:g}")
    return length


def stepped(font: Font, step: int) -> Font:
    """The font some steps larger or smaller: two steps reach its largest or smallest size."""
    far = font.largest if step > 0 else font.smallest
    return replace(font, size=font.size + (far - font.size) * abs(step) / MOST_STEPS, minimum=font.smallest)


def _moved(layer: Layer, way: str, by: float) -> Layer:
    if way == "x":
        return replace(layer, box=layer.box.moved(by, 0))
    return replace(layer, box=layer.box.moved(0, by), gap=layer.gap + by)


def _complain_of_lock(resolver: Resolver, layer: Layer, word: str) -> None:
    resolver.complain(
        "style_locked",
        N_("“%(name)s” is locked: its %(word)s cannot be changed."),
        N_("Leave it as the kit has it."),
        layer,
        refuses=True,
        word=word,
    )


def _complain_of_unfit(resolver: Resolver, layer: Layer, word: str, value: str, allowed: str) -> None:
    resolver.complain(
        "style_unfit",
        N_("“%(name)s” cannot have “%(value)s” as its %(word)s."),
        N_("Choose one of: %(allowed)s."),
        layer,
        refuses=True,
        word=word,
        value=value,
        allowed=allowed,
    )
