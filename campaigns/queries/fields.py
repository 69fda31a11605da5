"""The zones of a piece as its page shows them: what each says now, what it may say, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assets.complaints import Complaint
from assets.design import Design
from assets.design.model import Colour, TextLayer, Words, Zone, all_layers
from assets.library.brands import brand_from
from assets.library.operations.styles import TONE_WORDS
from assets.library.operations.zones import SAID_KINDS
from assets.library.rendering import in_words
from assets.library.shapes import NO_STYLES, PICTURE_KINDS, Styles
from campaigns.queries.stylings import Styling, stylings_of
from campaigns.stages import Stage
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

TOKEN_WORDS = {
    **TONE_WORDS,
    "on_primary": _("On the main colour"),
    "on_secondary": _("On the second colour"),
    "on_accent": _("On the accent"),
}


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour on offer: what is kept, what it is called, and how it looks in the partner's brand."""

    value: str
    label: str
    hex: str


@dataclass(frozen=True, slots=True)
class ZoneField:
    """A zone of a piece on the page: what it says now, what the vendor wrote, and what it holds at most."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    usual: str
    limit: int | None
    options: list[tuple[str, str]]
    swatches: list[Swatch]
    error: str = ""
    remarks: tuple[str, ...] = ()
    better: str = ""
    shown: str = ""
    styling: Styling | None = None

    @property
    def is_picture(self) -> bool:
        """Whether a file goes in rather than words."""
        return self.kind in PICTURE_KINDS

    @property
    def is_said(self) -> bool:
        """Whether words, a choice or a colour go in."""
        return self.kind in SAID_KINDS


def fields_of(
    stage: Stage,
    key: str,
    *,
    tried: Mapping[str, str],
    complaints: Iterable[Complaint],
    refusal: DomainError | None = None,
    styles: Styles = NO_STYLES,
) -> list[ZoneField]:
    """Return the zones that are open to the partner; what was typed stays, with what is wrong at its place."""
    design, own, known = stage.content.design(key), stage.side.words.get(key, {}), list(complaints)
    tones, looks = better_tones(design, known), stylings_of(stage, key, tried=tried, styles=styles)
    found = []
    for name, zone in design.zones.items():
        if not zone.editable or (zone.kind not in SAID_KINDS | PICTURE_KINDS and name not in looks):
            continue
        about = [one for one in known if one.zone == name]
        against = [refusal.message] if refusal is not None and refusal.field == name else []
        against += [said_of(stage, key, one) for one in about if one.refuses]
        found.append(
            ZoneField(
                name=name,
                kind=zone.kind,
                label=label_of(stage, name, zone),
                hint=_hint(stage, zone),
                value=tried[name] if name in tried else own.get(name, ""),
                usual=zone.default or "" if zone.kind == "colour" else usual_words(stage, key, name),
                limit=zone.max_characters,
                options=_options(stage, zone),
                swatches=_swatches(stage, zone),
                error=against[0] if against else "",
                remarks=tuple(said_of(stage, key, one) for one in about if not one.refuses),
                better=tones.get(name, ""),
                shown=_shown(stage, zone, tried.get(name) or own.get(name, "")),
                styling=looks.get(name),
            )
        )
    return found


def said_of(stage: Stage, key: str, complaint: Complaint) -> str:
    """Say a complaint with its zone called as people call it."""
    zone = complaint.zone
    known = stage.content.design(key).zones.get(zone) if zone is not None else None
    if zone is None or known is None:
        return in_words(complaint)
    return in_words(replace(complaint, data={**complaint.data, "name": label_of(stage, zone, known)}))


def better_tones(design: Design, complaints: Iterable[Complaint]) -> dict[str, str]:
    """Return the nearest passing tone for each colour zone in whose colour something is hard to read."""
    found: dict[str, str] = {}
    for one in complaints:
        tone = one.data.get("hex") or (one.data.get("better") if one.kind == "contrast" else None)
        for name in _colour_zones_of(design, one) if isinstance(tone, str) else ():
            zone = design.zones[name]
            if zone.editable and (not zone.colours or tone in {each.token for each in zone.colours}):
                found.setdefault(name, str(tone))
    return found


def _colour_zones_of(design: Design, complaint: Complaint) -> list[str]:
    zone = complaint.zone
    if zone is not None and zone in design.zones and design.zones[zone].kind == "colour":
        return [zone]
    layers = (layer for page in design.pages for layer in all_layers(page.layers))
    named = (layer for layer in layers if layer.name == complaint.layer)
    tokens = (layer.colour.token for layer in named if isinstance(layer, TextLayer))
    return [token[5:] for token in tokens if token.startswith("zone.") and token[5:] in design.zones]


def words_of(stage: Stage, words: Words | None, language: str | None = None) -> str:
    """Return what a reader sees for some words of a design, in the stage's language or another."""
    return stage.content.texts(language or stage.side.language).get(words.key or "", words.literal) if words else ""


def label_of(stage: Stage, name: str, zone: Zone) -> str:
    """Return what people call a zone."""
    return words_of(stage, zone.label) or name.replace("_", " ").capitalize()


def _hint(stage: Stage, zone: Zone) -> str:
    limit = str(_("%(n)s characters at most", n=zone.max_characters)) if zone.max_characters else ""
    if zone.min_pixels and zone.kind in PICTURE_KINDS:
        limit = str(_("%(w)s × %(h)s pixels or more", w=zone.min_pixels[0], h=zone.min_pixels[1]))
    return ". ".join(part for part in (words_of(stage, zone.hint), limit) if part)


def _options(stage: Stage, zone: Zone) -> list[tuple[str, str]]:
    return [(value, words_of(stage, words) or value) for value, words in zone.options.items()]


def _swatches(stage: Stage, zone: Zone) -> list[Swatch]:
    """The colours that a zone offers; none where any colour may be chosen."""
    return [Swatch(each.token, _colour_name(each), shown_colour(stage, each.token)) for each in zone.colours]


def _shown(stage: Stage, zone: Zone, chosen: str) -> str:
    return shown_colour(stage, chosen or zone.default or "brand.primary") if zone.kind == "colour" else ""


def _colour_name(colour: Colour) -> str:
    return str(TOKEN_WORDS.get(colour.token.removeprefix("brand."), colour.token))


def shown_colour(stage: Stage, token: str) -> str:
    """Return a colour as `#rrggbb`, a token of the brand as it looks for this partner."""
    if not token.startswith("brand."):
        return token
    return brand_from(stage.side.brand, stage.side.language).token(token[6:]).hex


def usual_words(stage: Stage, key: str, zone: str, language: str | None = None) -> str:
    """Return what the vendor wrote where the partner may write, in the stage's language or another."""
    for page in stage.content.design(key).pages:
        for layer in all_layers(page.layers):
            words = getattr(layer, "text", None)
            if layer.zone == zone and words is not None:
                return words_of(stage, words, language)
    return ""


def left_to_partners(stage: Stage, key: str) -> list[str]:
    """Return the zones that each partner fills in itself before a file is made, by what people call them."""
    zones = stage.content.design(key).zones
    return [label_of(stage, name, zone) for name, zone in zones.items() if zone.change_required]


def locked_labels(stage: Stage, key: str) -> list[str]:
    """Return the zones that the vendor has set, by what people call them."""
    zones = stage.content.design(key).zones
    return [label_of(stage, name, zone) for name, zone in zones.items() if not zone.editable]
