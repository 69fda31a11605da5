"""What a partner may choose for the look of a zone: where its axes are open, and which colours read well there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets import rendering
from assets.colour import Rgba
from assets.complaints import Complaint
from assets.design import Design
from assets.design.model import Layer, all_layers
from assets.layout import PlacedPage
from assets.layout.styles import ALIGNMENTS, AXES, MOST_STEPS, complain_of_unknown, styled
from assets.layout.values import Resolver, Values
from assets.library.rendering import Look, Piece, Sitting, shape_of, sitting
from assets.library.shapes import Styles
from assets.quality import readable_tones

TONES = ("primary", "secondary", "accent", "ink", "paper")
"""The colours of a brand that words are offered in; those that read on them are ink or paper."""

_HELD_BY = {"align": "align", "size": "font", "colour": "colour"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What one zone may look like: each word of its style that is open, with what may be chosen for it.

    `tones` are tokens of the brand's colours that read well where the words stand, with the colours themselves;
    `nudge` is how far the zone may be moved each way, in the design's unit.
    """

    aligns: tuple[str, ...] = ()
    usual_align: str = ""
    sizes: tuple[int, ...] = ()
    tones: Mapping[str, str] | None = None
    nudge: float = 0.0

    def as_offers(self) -> dict[str, list[str]]:
        """Return what may be written for each word, as text."""
        offers = {"align": list(self.aligns), "size": [str(step) for step in self.sizes]}
        if self.tones is not None:
            offers["colour"] = list(self.tones)
        if self.nudge:
            offers["x"] = offers["y"] = [f"-{self.nudge:g}", f"{self.nudge:g}"]
        return {word: values for word, values in offers.items() if values}


def open_words(design: Design, name: str) -> tuple[str, ...]:
    """Return the words of a style that the partner may write for a zone: its axis is open, and its layers have it."""
    zone, layers = design.zones[name], list(_layers_of(design, name))
    return tuple(
        word
        for word, axis in AXES.items()
        if zone.may_change(axis) and layers and (_have(layers, word) if axis == "style" else zone.nudge > 0)
    )


def _layers_of(design: Design, name: str) -> Iterator[Layer]:
    return (layer for page in design.pages for layer in all_layers(page.layers) if layer.zone == name)


def _have(layers: list[Layer], word: str) -> bool:
    if word == "colour" and any(getattr(each, "colour", None) and _from_a_zone(each) for each in layers):
        return False  # its colour is chosen in a zone of its own
    return all(hasattr(each, _HELD_BY[word]) for each in layers)


def _from_a_zone(layer: Layer) -> bool:
    own: Any = layer
    return str(own.colour.token).startswith("zone.")


def choices_of(piece: Piece, look: Look) -> dict[str, Choices]:
    """Return what the partner may choose for each zone that has an open axis, as the piece stands in its look."""
    design = piece.design
    words = {name: found for name in design.zones if (found := open_words(design, name))}
    tones = _tones(piece, look, [name for name, found in words.items() if "colour" in found])
    return {name: _choices(design, name, found, tones.get(name)) for name, found in words.items()}


def _choices(design: Design, name: str, words: tuple[str, ...], tones: Mapping[str, str] | None) -> Choices:
    first: Any = next(_layers_of(design, name))
    return Choices(
        aligns=tuple(dict.fromkeys(ALIGNMENTS.values())) if "align" in words else (),
        usual_align=first.align if "align" in words else "",
        sizes=tuple(range(-MOST_STEPS, MOST_STEPS + 1)) if "size" in words else (),
        tones=tones,
        nudge=design.zones[name].nudge if "x" in words else 0.0,
    )


def _tones(piece: Piece, look: Look, names: list[str]) -> dict[str, dict[str, str]]:
    """The brand's colours that read well in each of the zones, those that look alike only once."""
    if not names:
        return {}
    sat, pages = _laid_out(piece, look)
    distinct: dict[Rgba, str] = {}
    for token in TONES:
        distinct.setdefault(sat.brand.token(token), f"brand.{token}")
    tones = {token: colour for colour, token in distinct.items()}
    found = {}
    for name in names:
        passing = set(tones).intersection(*(readable_tones(page, piece.design, name, tones) for page in pages))
        found[name] = {token: colour.hex for token, colour in tones.items() if token in passing}
    return found


def _laid_out(piece: Piece, look: Look) -> tuple[Sitting, list[PlacedPage]]:
    sat = sitting(piece.design, piece.artwork, shape_of(piece, look))
    return sat, rendering.lay_out(sat.design, sat.brand, sat.values, sat.language, artwork=sat.artwork)


def reads_well(piece: Piece, look: Look, name: str) -> bool:
    """Whether the words of a zone read well in the colour that its style has in this look."""
    token = look.styles[name]["colour"]
    sat, pages = _laid_out(piece, look)
    colour = sat.brand.token(token[6:]) if token.startswith("brand.") else Rgba.parse(token)
    return all(readable_tones(page, piece.design, name, {token: colour}) for page in pages)


def complaints_about_styles(piece: Piece, look: Look, styles: Styles) -> list[Complaint]:
    """Return what the layout has against styles, also of zones that are not shown at the moment."""
    sat = sitting(piece.design, piece.artwork, shape_of(piece, look))
    resolver = Resolver(sat.design, sat.brand, Values(styles=styles), sat.language)
    complain_of_unknown(resolver)
    for name in styles:
        for layer in _layers_of(piece.design, name):
            styled(layer, resolver)
    return resolver.complaints


def without_the_usual(design: Design, name: str, style: Mapping[str, str]) -> dict[str, str]:
    """Return a style in one spelling, without what the kit has anyway, so that the same look is the same shape."""
    kept = {word: value.strip() for word, value in style.items() if value.strip()}
    if "align" in kept:
        kept["align"] = ALIGNMENTS.get(kept["align"], kept["align"])
        if all(getattr(layer, "align", None) == kept["align"] for layer in _layers_of(design, name)):
            del kept["align"]
    for word in kept.keys() & {"size", "x", "y"}:
        kept[word] = _plainly(kept[word])
    return {word: value for word, value in kept.items() if word not in {"size", "x", "y"} or value != "0"}


def _plainly(number: str) -> str:
    try:
        return f"{float(number) + 0.0:g}"
    except ValueError:
        return number
