"""What a file is made from, reduced to what its design really uses: the same shape is the same bytes.

A file is rendered from its shape and from nothing else, so that what is left out of a fingerprint cannot show.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assets.artwork import Artwork
from assets.design import Design
from assets.design.load import MERGE_FIELD
from assets.design.model import PROFILE_FIELDS, Words
from assets.renderers.cache import BytesLru

RENDERER = "3"
"""Raised when the same shape would come out differently, so that no older file is taken for the new one."""

DRAWN_BY = (
    *("pillow", "reportlab", "uharfbuzz", "python-bidi", "uniseg", "budoux", "fonttools"),
    *("segno", "resvg-py", "pypdfium2", "pypdf", "numpy", "isal"),
    *("fontpkg-noto-sans", "justmytype-intl-rtl", "justmytype-intl-south-asia", "justmytype-intl-sea"),
    "justmytype-intl-cjk",
)
COLOURS_AND_LOGOS = ("primary", "secondary", "accent", "logo_blob", "logo_dark_blob")
ADDRESS = ("street", "postcode", "city", "country")
Styles = Mapping[str, Mapping[str, str]]
"""How a partner has zones look: word and value by zone."""

NO_STYLES: Styles = {}
PICTURE_KINDS = frozenset({"image", "logo"})


@dataclass(frozen=True, slots=True)
class Uses:
    """What a design asks for: files of the kit, texts by key, the partner's profile, merge fields in its own words."""

    artwork: tuple[str, ...]
    texts: tuple[str, ...]
    profile: tuple[str, ...]
    fields: frozenset[str]


_kept: BytesLru[Uses] = BytesLru(2_000_000, lambda uses: 200 + 80 * (len(uses.artwork) + len(uses.texts)))


def uses_of(design: Design, fingerprint: str, artwork: Mapping[str, Artwork]) -> Uses:
    """Return what a design asks for; `fingerprint` is that of its bytes."""
    return _kept.get(fingerprint, lambda: _found(design, artwork))


def _found(design: Design, artwork: Mapping[str, Artwork]) -> Uses:
    words, strings = list[Words](), set[str]()
    parts = [design.title, *design.pages, *(zone.options for zone in design.zones.values())]
    for one in _inside(parts):
        if isinstance(one, Words):
            words.append(one)
        else:
            strings.add(one)
    profile = {name for name in PROFILE_FIELDS if name in strings}
    if "address" in profile:
        profile.update(ADDRESS)
    return Uses(
        artwork=tuple(sorted(strings & artwork.keys())),
        texts=tuple(sorted({each.key for each in words if each.key is not None})),
        profile=tuple(sorted(profile | {"name"})),  # the name stands in for a logo that is missing
        fields=frozenset(name for each in words for name in fields_in(each.literal)),
    )


def _inside(value: Any) -> Iterator[Words | str]:
    """Every text and every string in a design, however deep."""
    if isinstance(value, Words | str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from _inside(getattr(value, one.name))
    elif isinstance(value, Mapping):
        yield from _inside(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _inside(each)


def fields_in(text: str) -> set[str]:
    """Return the merge fields that a text asks for."""
    return {match[1] for match in MERGE_FIELD.finditer(text)} if "{{" in text else set()


def shape(
    design: Design,
    fingerprint: str,
    *,
    artwork: Mapping[str, Artwork],
    texts: Mapping[str, str],
    brand: Mapping[str, str],
    vendor: Mapping[str, str],
    zones: Mapping[str, str],
    merged: Mapping[str, str],
    language: str,
    styles: Styles = NO_STYLES,
) -> dict[str, Any]:
    """Return all that one design is made of for one partner, as plain values; without a style of its own, as ever."""
    uses = uses_of(design, fingerprint, artwork)
    said = {key: texts[key] for key in uses.texts if key in texts}
    own = {zone: value for zone, value in sorted(zones.items()) if zone in design.zones}
    looks = {zone: dict(sorted(style.items())) for zone, style in sorted(styles.items()) if style}
    looks = {zone: style for zone, style in looks.items() if zone in design.zones}
    asked = uses.fields.union(*map(fields_in, said.values()), *map(fields_in, own.values()))
    profile = {*COLOURS_AND_LOGOS, *uses.profile, *(name[8:] for name in asked if name.startswith("partner."))}
    return {
        "renderer": renderer(),
        "design": fingerprint,
        "artwork": {name: artwork[name].digest for name in uses.artwork},
        "language": language,
        "texts": said,
        "brand": {name: brand[name] for name in sorted(profile) if brand.get(name)},
        "vendor": {name: vendor[name] for name in sorted(vendor) if vendor[name]},
        "zones": own,
        "fields": {name: merged[name] for name in sorted(asked) if merged.get(name)},
        **({"styles": looks} if looks else {}),
    }


def digest_of(made_from: Mapping[str, Any], what: str) -> str:
    """Return the fingerprint of one file of a shape: equal exactly when the same bytes would be made."""
    return sha256(json.dumps([made_from, what], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@lru_cache(maxsize=1)
def renderer() -> str:
    """Name the renderer with all that draws for it: typefaces, shaping, codecs, PDF."""
    return " ".join([RENDERER, *(f"{name}={_version(name)}" for name in DRAWN_BY)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
