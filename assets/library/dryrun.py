"""One piece for one partner tried out: painted small, with what is wrong, and its picture where something is."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets import rendering
from assets.complaints import Complaint
from assets.layout import PlacedPage
from assets.library import shapes
from assets.library.notices import marked
from assets.library.rendering import Look, Piece, is_partners_part, shape_of, sitting, stored
from assets.renderers.cache import BytesLru
from assets.renderers.raster import paint

log = logging.getLogger(__name__)

SMALL = 420  # pixels of the longer side: enough to see what breaks
WHAT = "dryrun"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: nothing for a piece that is whole; else the complaints, and a JPEG of the page they are on.

    What every partner is asked to fill in itself is its part, and no complaint about the piece.
    """

    complaints: tuple[Mapping[str, Any], ...]
    picture: bytes | None


_kept: BytesLru[Tried] = BytesLru(8_000_000, lambda tried: 200 + len(tried.picture or b""))


def shape_to_try(piece: Piece, look: Look) -> tuple[dict[str, Any], str]:
    """Return what a piece is made of for a partner, and the fingerprint that tells whether it was tried before."""
    made_from = shape_of(piece, look)
    return made_from, shapes.digest_of(made_from, WHAT)


def tried(piece: Piece, made_from: Mapping[str, Any], shape: str) -> Tried:
    """Try a piece out; the same shape gives the same answer without being painted again."""
    return _kept.get(shape, lambda: _painted(piece, made_from))


def _painted(piece: Piece, made_from: Mapping[str, Any]) -> Tried:
    try:
        sat = sitting(piece.design, piece.artwork, made_from)
        pages = rendering.lay_out(sat.design, sat.brand, sat.values, sat.language, artwork=sat.artwork)
        refused = [one for page in pages for one in page.complaints if one.refuses]
        against = [one for one in refused if not is_partners_part(piece.design, one)]
        shown = {one.page for one in against[:1]} or set(range(1, len(pages) + 1))
        images = [paint(pages[number - 1], _scale(pages[number - 1])) for number in sorted(shown)]
    except Exception:  # one partner's broken picture must not hold up the run of all the others
        log.exception("a piece could not be painted", extra={"piece": piece.key})
        return Tried((stored(_broken(piece)),), None)
    if not against:
        return Tried((), None)
    return Tried(tuple(stored(one) for one in against), rendering.encode(marked(images[0]), "jpeg"))


def _scale(page: PlacedPage) -> float:
    return SMALL / (max(page.width, page.height) * page.pixels)


def _broken(piece: Piece) -> Complaint:
    return Complaint(
        "broken",
        "“%(name)s” cannot be drawn for this partner.",
        "Look at its logo and pictures; if they are fine, tell us.",
        refuses=True,
        data={"name": piece.key},
    )
