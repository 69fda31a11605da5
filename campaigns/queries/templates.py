"""A co-brand template as its vendor looks at it: where its zones are, what each allows, and who breaks it first."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from assets import rendering
from assets.colour import Rgba, luminance
from assets.design import Design
from assets.design.model import Box, all_layers
from assets.layout import PlacedPage
from assets.library.rendering import Look, Piece, shape_of, sitting
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile, Partnership, PartnershipState

COLOURS_LOOKED_AT = 4_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A zone on a page of a template: its number in the list, and where it is in the unit of the page."""

    number: int
    zone: str
    box: Box


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page with its zones marked."""

    number: int
    width: float
    height: float
    marks: tuple[Mark, ...]


def marked_pages(piece: Piece, look: Look) -> list[MarkedPage]:
    """Return where the zones of each page are, as they are placed for one look."""
    sat = sitting(piece.design, piece.artwork, shape_of(piece, look))
    pages = rendering.lay_out(sat.design, sat.brand, sat.values, sat.language, artwork=sat.artwork)
    return [
        MarkedPage(number, page.width, page.height, tuple(_marks(piece.design, page, number)))
        for number, page in enumerate(pages, start=1)
    ]


def _marks(design: Design, page: PlacedPage, number: int) -> Iterable[Mark]:
    layers = {layer.zone: layer for layer in all_layers(design.pages[number - 1].layers) if layer.zone}
    for place, zone in enumerate(design.zones, start=1):
        if zone not in layers:
            continue
        boxes = [
            operation.box
            for operation in page.operations
            if zone in {getattr(operation, "zone", None), getattr(operation, "name", None)}
        ]
        yield Mark(place, zone, _around(boxes) if boxes else layers[zone].box)


def _around(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


@dataclass(frozen=True, slots=True)
class HardPartner:
    """A partner of the vendor whose brand is hard on a design: why, and where its look is found."""

    why: str
    public_id: str
    name: str


def hardest_partners(*, by: Actor) -> list[HardPartner]:
    """Return the vendor's partners with the longest name, without a logo, with the palest and the darkest colour.

    A door in the wall, as for previews: names and colours alone come through, and only of own partners.
    """
    mine = (
        sa.select(BrandProfile, Partnership.public_id)
        .join(Partnership, Partnership.partner_id == BrandProfile.partner_id)
        .where(Partnership.vendor_id == by.vendor_id, Partnership.state == PartnershipState.ACTIVE)
    )
    who = mine.with_only_columns(Partnership.public_id, BrandProfile.name)
    with acting(Actor.reader(f"hardest looks for {by.label}")):
        longest = session.execute(
            who.order_by(sa.func.length(BrandProfile.name).desc(), BrandProfile.id).limit(1)
        ).first()
        bare = session.execute(who.where(BrandProfile.logo_blob.is_(None)).order_by(BrandProfile.id).limit(1)).first()
        colours = session.scalars(
            mine.with_only_columns(BrandProfile.primary).group_by(BrandProfile.primary).limit(COLOURS_LOOKED_AT)
        ).all()
        ranked = sorted(colours, key=lambda colour: luminance(Rgba.parse(colour)))
        ends = {"palest": ranked[-1], "darkest": ranked[0]} if ranked else {}
        found = {
            why: session.execute(who.where(BrandProfile.primary == colour).order_by(BrandProfile.id).limit(1)).first()
            for why, colour in ends.items()
        }
    rows = {"longest": longest, "no_logo": bare, **found}
    return [HardPartner(why, row[0], row[1]) for why, row in rows.items() if row is not None]
