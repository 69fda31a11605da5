"""How the zones of a piece may look, as its page shows it: what may be chosen, and what is chosen now."""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.fonts import is_right_to_left
from assets.library.operations.styles import TONE_WORDS
from assets.library.shapes import Styles
from assets.library.styling import Choices, choices_of
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage
from tcma.core.words import lazy_gettext as _

SIZE_WORDS = {
    -2: _("Smallest"),
    -1: _("Smaller"),
    0: _("As in the kit"),
    1: _("Larger"),
    2: _("Largest"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: what is kept, what it is called, whether it is chosen, and a colour as it looks."""

    value: str
    label: object
    is_chosen: bool
    hex: str = ""


@dataclass(frozen=True, slots=True)
class Styling:
    """The look of one zone on the page: empty where nothing may be chosen. `x` and `y` are in the design's `unit`."""

    aligns: tuple[Option, ...]
    sizes: tuple[Option, ...]
    tones: tuple[Option, ...]
    nudge: str
    step: float
    unit: str
    x: str
    y: str
    is_own: bool


def stylings_of(stage: Stage, key: str, *, tried: Mapping[str, str], styles: Styles) -> dict[str, Styling]:
    """Return what may be chosen for each zone with an open axis; what was just tried comes before what is kept."""
    piece, look = piece_of(stage.content, key, stage.side.language), stage.side.look(key, tried)
    own = {**stage.side.styles.get(key, {}), **styles}
    unit = piece.design.unit
    return {
        name: _styling(choices, own.get(name, {}), stage.side.language, unit)
        for name, choices in choices_of(piece, look).items()
    }


def _styling(choices: Choices, own: Mapping[str, str], language: str, unit: str) -> Styling:
    return Styling(
        aligns=_aligns(choices, own.get("align") or choices.usual_align, language),
        sizes=tuple(
            Option(str(step), SIZE_WORDS[step], is_chosen=own.get("size", "0") == str(step)) for step in choices.sizes
        ),
        tones=_tones(choices, own.get("colour", "")),
        nudge=f"{choices.nudge:g}" if choices.nudge else "",
        step=0.5 if unit == "mm" else 1,
        unit=unit,
        x=own.get("x", "0"),
        y=own.get("y", "0"),
        is_own=bool(own),
    )


def _aligns(choices: Choices, chosen: str, language: str) -> tuple[Option, ...]:
    left, right = _("Flush left"), _("Flush right")
    words = {"start": left, "centre": _("Centred"), "end": right}
    if is_right_to_left(language):
        words |= {"start": right, "end": left}
    return tuple(Option(align, words[align], is_chosen=align == chosen) for align in choices.aligns)


def _tones(choices: Choices, chosen: str) -> tuple[Option, ...]:
    """The kit's own colour, those of the brand that read well, and the one that is chosen."""
    if choices.tones is None:
        return ()
    offered = [
        Option(token, TONE_WORDS[token.removeprefix("brand.")], is_chosen=token == chosen, hex=hex_)
        for token, hex_ in choices.tones.items()
    ]
    if chosen and chosen not in choices.tones:
        label = TONE_WORDS.get(chosen.removeprefix("brand.")) or _("As chosen")
        offered.append(Option(chosen, label, is_chosen=True, hex=chosen if chosen.startswith("#") else ""))
    return (Option("", _("As in the kit"), is_chosen=not chosen), *offered)
