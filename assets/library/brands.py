"""Brands as designs need them, from what a profile or a launch says; logos are prepared once and kept."""

import colorsys
from collections.abc import Mapping
from functools import lru_cache

import sqlalchemy as sa

from assets.artwork import Picture, load_picture
from assets.brand import Brand
from assets.colour import Rgba
from assets.library.samples import is_sample, sample_logo
from assets.logos import PreparedLogo, prepare_logo
from tcma.core import runtime
from tcma.core.db import session
from tcma.identity.models import Organisation
from tcma.partners.models import VendorBrand

COLOURLESS, LITTLE_LIGHT, MUCH_LIGHT = 0.25, 0.12, 0.8
WORDS = (
    *("name", "phone", "email", "website", "street", "postcode", "city", "country", "sender_name", "claim"),
)  # fmt: skip


@lru_cache(maxsize=512)
def _prepared(store_id: int, blob: str) -> PreparedLogo:
    del store_id  # a store that was opened anew may hold other blobs
    return prepare_logo(logo_bytes(blob))


def logo_bytes(blob: str) -> bytes:
    """Return the PNG of a kept logo, or of a sample's."""
    return sample_logo(blob) if is_sample(blob) else runtime.store().get(blob)


def logo_from(blob: str | None) -> PreparedLogo | None:
    """Return a kept logo, prepared for use."""
    return _prepared(id(runtime.store()), blob) if blob else None


@lru_cache(maxsize=64)
def _picture(store_id: int, blob: str) -> Picture:
    del store_id  # as above
    return load_picture("The picture", runtime.store().get(blob))


def picture_from(blob: str) -> Picture:
    """Return a partner's own picture, which was decoded and written anew when it came."""
    return _picture(id(runtime.store()), blob)


def brand_from(values: Mapping[str, str], language: str) -> Brand:
    """Return the brand that `values` say: those of a profile, or those that a launch froze."""
    words = {name: values.get(name) or "" for name in WORDS}
    return Brand(
        **words,
        logo=logo_from(values.get("logo_blob")),
        logo_dark=logo_from(values.get("logo_dark_blob")),
        primary=Rgba.parse(values.get("primary") or "#1d4ed8"),
        secondary=_colour(values.get("secondary")),
        accent=_colour(values.get("accent")),
        language=language,
    )


def _colour(text: str | None) -> Rgba | None:
    return Rgba.parse(text) if text else None


def vendor_values(vendor_id: int) -> dict[str, str]:
    """Return a vendor's name, colours and mark, as far as the one who acts may see them."""
    found = session.scalar(sa.select(VendorBrand).where(VendorBrand.vendor_id == vendor_id).order_by(VendorBrand.id))
    name = session.scalar(sa.select(Organisation.name).where(Organisation.id == vendor_id)) or ""
    if found is None:
        return {"name": name}
    colours = {key: str(value) for key, value in found.colours.items() if key in ("primary", "secondary", "accent")}
    return {
        "name": found.name or name,
        "logo_blob": found.logo_blob or "",
        "logo_dark_blob": found.logo_dark_blob or "",
        **colours,
    }


def colours_of_logo(logo: PreparedLogo) -> dict[str, str]:
    """Return the main colour of a logo, and a darker one of the same kind; nothing for a logo without colour."""
    image = logo.picture.open().convert("RGBA").resize((96, 96))
    paper = image.copy()
    paper.paste((255, 255, 255, 255), (0, 0, *image.size))
    paper.alpha_composite(image)
    few = paper.convert("RGB").quantize(12)
    palette = few.getpalette() or []
    ranked: list[tuple[float, tuple[int, int, int]]] = []
    for count, index in few.getcolors(256) or []:
        red, green, blue = palette[int(str(index)) * 3 : int(str(index)) * 3 + 3]
        hue, light, strength = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
        del hue
        weight = count * strength * (1 - abs(light - 0.45))
        counts = strength > COLOURLESS and MUCH_LIGHT > light > LITTLE_LIGHT
        ranked.append((weight if counts else 0.0, (red, green, blue)))
    weight, main = max(ranked, default=(0.0, (0, 0, 0)))
    if weight <= 0:
        return {}
    hue, light, strength = colorsys.rgb_to_hls(*(channel / 255 for channel in main))
    return {"primary": Rgba(*main).hex, "secondary": _of(hue, light * 0.5, strength)}


def _of(hue: float, light: float, strength: float) -> str:
    red, green, blue = (round(channel * 255) for channel in colorsys.hls_to_rgb(hue, light, strength))
    return Rgba(red, green, blue).hex
