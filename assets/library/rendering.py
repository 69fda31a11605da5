"""One piece for one partner: what it is made from, its fingerprint, and the picture or file of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore
from typing import Any

from assets import rendering
from assets.artwork import Artwork
from assets.brand import Brand
from assets.complaints import Complaint
from assets.design import Design
from assets.library import shapes
from assets.library.brands import brand_from, logo_from, picture_from
from assets.library.notices import marked_png
from assets.renderers.cache import BytesLru
from assets.rendering import Rendered, Values
from tcma.core.words import lazy_gettext

PREVIEW_PIXELS = 1100
PDFS = frozenset({"pdf", "print_pdf"})
UNCHANGED, NOTHING_YET = frozenset({"unchanged", "picture_unchanged"}), frozenset({"empty", "picture_missing"})
_WHAT = re.compile(r"([a-z_]+)(?:-(\d+))?(?:@(\d))?")
# A page of previews is asked for at once, and each is tens of megabytes while it is painted.
_painting = BoundedSemaphore(2)
_previews: BytesLru[Rendered] = BytesLru(24_000_000, lambda made: len(made.data))


@dataclass(frozen=True)
class Piece:
    """A design with everything that it is made of, but the brand and the partner's own words.

    `fingerprint` is that of the design's own bytes.
    """

    key: str
    fingerprint: str
    design: Design
    texts: Mapping[str, str]
    artwork: Mapping[str, Artwork]


@dataclass(frozen=True)
class Look:
    """One partner's side of a piece: brand, language, own words and pictures, and the values of merge fields.

    `zones` say what the partner wrote or chose, and for a picture the path of its blob; `styles` how zones look.
    """

    brand: Mapping[str, str]
    language: str
    vendor: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    styles: shapes.Styles = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class What:
    """A file that a piece can be had as: a format, of pictures a page and how many times the usual size."""

    kind: str
    page: int = 1
    scale: int = 1


def what_of(text: str) -> What:
    """Return what `png-2@2` asks for: the second page as PNG, twice the usual size."""
    found = _WHAT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return What(found[1], int(found[2] or 1), int(found[3] or 1))


def shape_of(piece: Piece, look: Look) -> dict[str, Any]:
    """Return all that shows on a piece for one partner, as plain values to keep."""
    return shapes.shape(
        piece.design,
        piece.fingerprint,
        artwork=piece.artwork,
        texts=piece.texts,
        brand=look.brand,
        vendor=look.vendor,
        zones=look.zones,
        merged=look.fields,
        language=look.language,
        styles=look.styles,
    )


def shape_hash(piece: Piece, look: Look, what: str) -> str:
    """Return the fingerprint of one file: equal exactly when the same bytes would be made."""
    return shapes.digest_of(shape_of(piece, look), what)


@dataclass(frozen=True)
class Sitting:
    """A shape with its brand, words and pictures opened, as layout takes them."""

    design: Design
    artwork: Mapping[str, Artwork]
    brand: Brand
    values: Values
    language: str


def sitting(design: Design, artwork: Mapping[str, Artwork], made_from: Mapping[str, Any]) -> Sitting:
    """Open a shape. Nothing but what stands in it reaches the page."""
    language, vendor = str(made_from["language"]), made_from["vendor"]
    kinds = {zone: design.zones[zone].kind for zone in made_from["zones"] if zone in design.zones}
    blobs = {zone: blob for zone, blob in made_from["zones"].items() if kinds.get(zone) in shapes.PICTURE_KINDS}
    values = Values(
        texts=made_from["texts"],
        zones={zone: said for zone, said in made_from["zones"].items() if zone not in blobs},
        fields=made_from["fields"],
        pictures={zone: picture_from(blob) for zone, blob in blobs.items() if kinds[zone] == "image"},
        vendor=brand_from(vendor, language) if vendor else None,
        styles=made_from.get("styles", shapes.NO_STYLES),
    )
    brand = brand_from(made_from["brand"], language)
    for zone, blob in blobs.items():
        if kinds[zone] == "logo":
            brand = replace(brand, logo=logo_from(blob), logo_dark=None)
    return Sitting(design, artwork, brand, values, language)


def _sat(piece: Piece, made_from: Mapping[str, Any]) -> Sitting:
    return sitting(piece.design, piece.artwork, made_from)


def preview(piece: Piece, look: Look, *, page: int = 1, most_pixels: int = PREVIEW_PIXELS) -> Rendered:
    """Return a page as the picture that screens show; also where a text does not fit, with the complaints."""
    made_from = shape_of(piece, look)
    key = shapes.digest_of(made_from, f"preview:{page}:{most_pixels}")
    return _previews.get(key, lambda: _drawn(_sat(piece, made_from), page, most_pixels))


def _drawn(sat: Sitting, page: int, most_pixels: int) -> Rendered:
    with _painting:
        drawn = rendering.preview(
            sat.design, sat.brand, sat.values, sat.language, artwork=sat.artwork, page=page, most_pixels=most_pixels
        )
    if any(one.refuses and not is_partners_part(sat.design, one) for one in drawn.complaints):
        return replace(drawn, data=marked_png(drawn.data))
    return drawn


def is_partners_part(design: Design, complaint: Complaint) -> bool:
    """Whether a complaint only says that the partner has not done its part yet, in a zone that it must fill itself."""
    zone = design.zones.get(complaint.zone or "")
    is_asked = zone is not None and zone.change_required
    return complaint.kind in UNCHANGED or (is_asked and complaint.kind in NOTHING_YET)


def complaints_about(piece: Piece, look: Look) -> tuple[Complaint, ...]:
    """Return everything that is wrong with a piece for one partner, without painting it."""
    sat = _sat(piece, shape_of(piece, look))
    return rendering.complaints_about(sat.design, sat.brand, sat.values, sat.language, artwork=sat.artwork)


def made(piece: Piece, look: Look, what: str) -> Rendered:
    """Return the piece as a finished file; `what` is a format, with page and size behind it for pictures.

    Raises `Unfit` with the reasons when something would have to be cut off or left out.
    """
    return made_of(piece, shape_of(piece, look), what)


def made_of(piece: Piece, made_from: Mapping[str, Any], what: str) -> Rendered:
    """Return the finished file of a shape that was kept, marked with the code in it: the same bytes each time."""
    sat, asked = _sat(piece, made_from), what_of(what)
    with _painting:
        return rendering.render(
            sat.design,
            sat.brand,
            sat.values,
            sat.language,
            asked.kind,
            artwork=sat.artwork,
            page=asked.page,
            scale=float(asked.scale),
            code=str(made_from.get("code", "")),
            check_url=str(made_from.get("check_url", "")),
        )


def outputs(design: Design) -> list[str]:
    """Return the files that a piece can be had as: `png-2@2` is the second page as a picture of twice the size."""
    found: list[str] = []
    for kind in design.outputs:
        if kind in PDFS:
            found.append(kind)
            continue
        pages = [""] if len(design.pages) == 1 else [f"-{page}" for page in range(1, len(design.pages) + 1)]
        found.extend(f"{kind}{page}{size}" for page in pages for size in ("", "@2"))
    return found


def in_words(complaint: Complaint) -> str:
    """Say a complaint and its remedy in the language of the reader."""
    data = dict(complaint.data)
    return f"{lazy_gettext(complaint.message, **data)} {lazy_gettext(complaint.mend, **data)}"


def stored(complaint: Complaint) -> dict[str, object]:
    """Return a complaint as plain values, to be said in any language later."""
    return {"message": complaint.message, "mend": complaint.mend, "data": dict(complaint.data), "zone": complaint.zone}


def stored_in_words(complaint: Mapping[str, object]) -> str:
    """Say a stored complaint in the language of the reader."""
    data = complaint.get("data")
    values: dict[str, object] = dict(data) if isinstance(data, dict) else {}
    return f"{lazy_gettext(str(complaint['message']), **values)} {lazy_gettext(str(complaint['mend']), **values)}"
