"""Pieces made of what a vendor has already: pictures and PDFs, with places for the partner's logo and contact data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Any

from PIL import Image

from campaigns.manifest import KitPackage
from campaigns.manifest.editing import with_item, with_value
from campaigns.manifest.findings import Findings
from campaigns.manifest.texts import read_texts
from campaigns.models import KitVersion
from campaigns.operations.drafting import draft_of, rewritten, with_words, written
from campaigns.operations.timeline import blank_words
from campaigns.operations.writing import with_files
from tcma.core import intake
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

POINTS_TO_MM = 25.4 / 72
PILLOW_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
LARGEST_PICTURE = 2400
SHAPES: dict[str, tuple[int, int] | None] = {
    "square": (1080, 1080), "wide": (1200, 628), "tall": (1080, 1920), "pages": None,
}  # fmt: skip
"""What a picture can be made into, in pixels; `pages` keeps the shape of each picture, as exported slides do."""
MOST_PAGES = 40
ZONE_LABELS = {"partner_logo": "zones.logo", "contact": "zones.contact"}
_SLUG = re.compile(r"[^a-z0-9]+")


class NoPictures(DomainError):
    """There is nothing to make a piece of, or too much."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One picture, clean, and the size of the page that it fills."""

    data: bytes
    size: tuple[float, float]


def add_pdf(*, version_id: int, data: bytes, title: str, corner: str, by: Actor, now: datetime) -> KitVersion:
    """Make a piece of a PDF: the partner's logo in a corner of its first page, contact data at the foot of its last."""
    version, package = draft_of(version_id)
    clean = intake.pdf(data)
    key = _free_key(title, package)
    sizes = [(wide * POINTS_TO_MM, high * POINTS_TO_MM) for wide, high in clean.sizes]
    files = {
        f"artwork/{key}.pdf": clean.bytes,
        f"designs/{key}.yaml": _design(key, [_pdf_page(key, n, size) for n, size in enumerate(sizes, 1)], "mm", corner),
        "kit.yaml": _with_collateral(package, key),
    }
    for language in version.languages:
        files |= with_words(package, str(language), {f"tactics.{key}": title} | _zone_words(package, str(language)))
    return rewritten(version, with_files(package, files), "kit.pdf_added", {"key": key}, by=by, now=now)


def add_pictures(
    *, version_id: int, pictures: Sequence[bytes], title: str, shape: str, corner: str, shows: str = "",
    on_page: bool = False, by: Actor, now: datetime,
) -> KitVersion:  # fmt: skip
    """Make a piece of pictures, one a page: the partner's logo on the first, on slides contact data on the last.

    `shape` is one of `SHAPES`; `shows` says in words what is seen. `on_page` puts the first at the head of the
    landing page too. Each is decoded in a child process; one that cannot be is refused with all the others.
    """
    version, package = draft_of(version_id)
    require(shape if shape in SHAPES else None)
    if not pictures or len(pictures) > (MOST_PAGES if shape == "pages" else 1):
        raise NoPictures(_("Choose one picture, or for slides %(most)s at most.", most=MOST_PAGES))
    sheets = [_sheet(data, SHAPES[shape]) for data in pictures]
    key = _free_key(title, package)
    names = [f"artwork/{key}{f'-{n}' if n > 1 else ''}.jpg" for n in range(1, len(sheets) + 1)]
    pages = [_picture_page(name, sheet.size) for name, sheet in zip(names, sheets, strict=True)]
    files = {name: sheet.data for name, sheet in zip(names, sheets, strict=True)}
    files[f"designs/{key}.yaml"] = _design(key, pages, "px", corner, contact=shape == "pages")
    files["kit.yaml"] = _with_collateral(package, key)
    words = {f"tactics.{key}": title, **({f"pictures.{key}": shows} if shows.strip() and on_page else {})}
    for language in version.languages:
        beside = _zone_words(package, str(language), contact=shape == "pages")
        files |= with_words(package, str(language), words | beside)
    if on_page:
        files |= _on_page(package, names[0], f"pictures.{key}" if shows.strip() else None)
    after = {"key": key, "pictures": len(sheets)}
    return rewritten(version, with_files(package, files), "kit.pictures_added", after, by=by, now=now)


def _sheet(data: bytes, size: tuple[int, int] | None) -> _Sheet:
    clean = in_format(intake.image(data, purpose=intake.Purpose.PHOTO).bytes, "JPEG")
    if size is not None:
        return _Sheet(clean, size)
    with Image.open(BytesIO(clean), formats=("JPEG",)) as image:
        return _Sheet(clean, image.size)


def _on_page(package: KitPackage, picture: str, alt: str | None) -> dict[str, bytes]:
    path = "page/landing.yaml"
    if path not in package.files:
        return {}
    page = with_value(package.files[path].decode("utf-8-sig"), ("sections", 0), "image", picture)
    if alt is not None:
        page = with_value(page, ("sections", 0), "alt", {"t": alt})
    return {path: page.encode()}


def in_format(data: bytes, wanted: str) -> bytes:
    """Return a clean picture in the wanted format of Pillow's, no larger than a page needs."""
    with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
        image.thumbnail((LARGEST_PICTURE, LARGEST_PICTURE))
        kept = image if wanted != "JPEG" else image.convert("RGB")
        out = BytesIO()
        kept.save(out, wanted, **({} if wanted == "PNG" else {"quality": 88}))
    return out.getvalue()


def _zone_words(package: KitPackage, language: str, *, contact: bool = True) -> dict[str, str]:
    """Return what partners read beside the places for their logo and contact data, where the kit does not say it."""
    ready = blank_words(language) or blank_words("en")
    texts = read_texts(package.under("texts"), language, Findings()).by_language.get(language, {})
    wanted = {ZONE_LABELS["partner_logo"], *([ZONE_LABELS["contact"]] if contact else [])}
    return {key: text for key, text in ready.items() if key in wanted and key not in texts}


def _free_key(title: str, package: KitPackage) -> str:
    base = _SLUG.sub("-", title.lower()).strip("-")[:40].strip("-") or "document"
    candidates = chain((base,), (f"{base}-{number}" for number in range(2, 1000)))
    return next(key for key in candidates if f"designs/{key}.yaml" not in package.files)


def _with_collateral(package: KitPackage, key: str) -> bytes:
    item = {"key": key, "kind": "collateral", "title": {"t": f"tactics.{key}"}, "design": f"designs/{key}.yaml"}
    return with_item(package.files["kit.yaml"].decode("utf-8-sig"), ("tactics",), item).encode()


def _pdf_page(key: str, number: int, size: tuple[float, float]) -> dict[str, Any]:
    size_in_mm = [round(side, 2) for side in size]
    return {"size": size_in_mm, "mirror": True, "ground": {"pdf": f"artwork/{key}.pdf", "page": number}}


def _picture_page(picture: str, size: tuple[float, float]) -> dict[str, Any]:
    return {"size": list(size), "mirror": True, "ground": {"image": picture}}


def _design(key: str, pages: Sequence[dict[str, Any]], unit: str, corner: str, *, contact: bool = True) -> bytes:
    width, height = pages[0]["size"]
    scale = 1.0 if unit == "mm" else min(width, height) / 210
    last = [*pages[-1]["size"]]
    layers: list[list[dict[str, Any]]] = [[] for _page in pages]
    layers[0].append(_logo_layer(width, height, corner, scale))
    if contact:
        layers[-1] += _contact_layers(last[0], last[1], scale)
    zones: dict[str, Any] = {"partner_logo": {"kind": "logo", "label": {"t": ZONE_LABELS["partner_logo"]}}}
    if contact:
        label = {"t": ZONE_LABELS["contact"]}
        zones["contact"] = {"kind": "contact_block", "label": label, "required": True}
    zones = {name: {**zone, "locks": ["position_size", "style"]} for name, zone in zones.items()}
    design = {
        "format": 1,
        "key": key,
        "title": {"t": f"tactics.{key}"},
        "unit": unit,
        "outputs": ["pdf", "print_pdf", "png"] if unit == "mm" else ["png", "pdf"],
        "pages": [{**page, "layers": mine} for page, mine in zip(pages, layers, strict=True)],
        "zones": zones,
    }
    return written(design)


def _logo_layer(width: float, height: float, corner: str, scale: float) -> dict[str, Any]:
    """A quiet plate keeps the logo readable on whatever the PDF shows there."""
    across, down = min(60.0 * scale, width * 0.3), min(18.0 * scale, height * 0.08)
    margin = min(10.0 * scale, width * 0.05)
    vertical, _underscore, side = corner.partition("_")
    x = margin if side == "start" else width - across - margin
    y = margin if vertical == "top" else height - down - margin - 22 * scale
    box = [round(value, 2) for value in (x, y, across, down)]
    return {"kind": "logo", "zone": "partner_logo", "of": "partner", "box": box, "align": side, "plate": "always"}


def _contact_layers(width: float, height: float, scale: float) -> list[dict[str, Any]]:
    band, margin = 16.0 * scale, min(10.0 * scale, width * 0.05)
    top = round(height - band, 2)
    size = 1.0 if scale == 1 else scale * POINTS_TO_MM  # fonts are points on paper, and pixels on screens
    font = {"size": round(9 * size, 1), "min": round(6 * size, 1)}
    return [
        {"kind": "shape", "shape": "rect", "box": [0, top, round(width, 2), round(band, 2)], "fill": "brand.primary"},
        {
            "kind": "contact_block",
            "zone": "contact",
            "box": [round(side, 2) for side in (margin, top + 2 * scale, width - 2 * margin, band - 4 * scale)],
            "lines": ["name", "phone", "email", "website", "address"],
            "separator": " · ",
            "font": {"weight": 400, **font, "leading": 1.35, "bold_first": True},
            "colour": "brand.on_primary",
            "valign": "middle",
        },
    ]
