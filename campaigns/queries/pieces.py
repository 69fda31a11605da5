"""The pieces of a kit as one partner has them: look, words, and the addresses of their pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import sqlalchemy as sa

from assets.library.brands import vendor_values
from assets.library.models import Design, Rendition
from assets.library.queries import designs_of, styles_of_zones, words_in_zones
from assets.library.rendering import Look, Piece
from assets.library.shapes import Styles
from campaigns.content import Content, content_of
from campaigns.models import KitVersion
from campaigns.values import page_address, public_fields
from tcma.core.db import require, session
from tcma.core.merge import EVENT_FIELDS

SAMPLE_SLUG = "your-campaign"


@dataclass(frozen=True, slots=True)
class Side:
    """One side's view of a kit: whose brand, which language, which own words and looks, which merge fields."""

    brand: Mapping[str, str]
    vendor: Mapping[str, str]
    language: str
    words: Mapping[str, Mapping[str, str]]
    fields: Mapping[str, str]
    styles: Mapping[str, Styles] = field(default_factory=dict)

    def look(self, key: str, zones: Mapping[str, str] | None = None, styles: Styles | None = None) -> Look:
        """The look of one piece; `zones` are words and `styles` looks that are only being tried out."""
        own = {**self.words.get(key, {}), **(zones or {})}
        looks = {**self.styles.get(key, {}), **(styles or {})}
        return Look(
            brand=self.brand,
            language=self.language,
            vendor=self.vendor,
            zones={zone: text for zone, text in own.items() if text},
            fields=self.fields,
            styles={zone: style for zone, style in looks.items() if style},
        )


def piece_of(content: Content, key: str, language: str) -> Piece:
    """Return one design of a kit with its words in `language`."""
    return Piece(
        key=key,
        fingerprint=_design_digest(content, key),
        design=content.design(key),
        texts=content.texts(language),
        artwork=content.artwork,
    )


def piece_of_file(file: Rendition) -> Piece:
    """Return the design and artwork that a finished file was made of; its words and brand stand on the file."""
    version = require(session.get(KitVersion, file.kit_version_id))
    key = require(session.scalar(sa.select(Design.key).where(Design.id == file.design_id)))
    return piece_of(content_of(version), key, file.language)


def _design_digest(content: Content, key: str) -> str:
    return sha256(content.package.files[content.kit.manifest.collateral()[key].design]).hexdigest()


def vendors_side(version: KitVersion) -> dict[str, str]:
    """Return the vendor's name, colours and mark, once for the looks of many partners."""
    return vendor_values(version.vendor_id)


def side_of(
    version: KitVersion,
    *,
    brand: Mapping[str, str],
    language: str,
    vendor: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    styles: Mapping[str, Styles] | None = None,
    page_slug: str = SAMPLE_SLUG,
    event: Mapping[str, str] | None = None,
) -> Side:
    """Return a kit version as somebody with this brand sees it."""
    vendor = vendors_side(version) if vendor is None else vendor
    fields = public_fields(
        brand=brand,
        vendor_name=vendor.get("name", ""),
        page_url=page_address(page_slug),
        language=language,
        event=event or dict.fromkeys(EVENT_FIELDS, ""),
    )
    return Side(brand, vendor, language, words=words or {}, fields=fields, styles=styles or {})


def partners_words(
    version: KitVersion, *, partner_id: int, language: str, launch_id: int | None = None
) -> dict[str, dict[str, str]]:
    """Return what a partner wrote into the zones of a version, by the design's key."""
    designs = designs_of(version.id)
    found = words_in_zones(
        partner_id=partner_id,
        design_ids=[design.id for design in designs.values()],
        language=language,
        launch_id=launch_id,
    )
    return {key: found[design.id] for key, design in designs.items() if design.id in found}


def partners_styles(
    version: KitVersion, *, partner_id: int, language: str, launch_id: int | None = None
) -> dict[str, Styles]:
    """Return how a partner has the zones of a version look, by the design's key."""
    designs = designs_of(version.id)
    found = styles_of_zones(
        partner_id=partner_id,
        design_ids=[design.id for design in designs.values()],
        language=language,
        launch_id=launch_id,
    )
    return {key: found[design.id] for key, design in designs.items() if design.id in found}
