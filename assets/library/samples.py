"""Marks of the companies that previews are tried with; they stand in the product, not in a store."""

from functools import cache

from assets.svg import rasterised

PREFIX = "sample:"
WIDTH = 900  # pixels
_FRAME = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{drawing}</svg>'

_RING = (
    '<circle cx="60" cy="60" r="44" fill="none" stroke="{a}" stroke-width="24"/>'
    '<circle cx="60" cy="60" r="14" fill="{b}"/>'
)
_BARS = (
    '<rect x="8" y="58" width="24" height="54" rx="5" fill="{b}"/>'
    '<rect x="48" y="30" width="24" height="82" rx="5" fill="{a}"/>'
    '<rect x="88" y="8" width="24" height="104" rx="5" fill="{a}"/>'
)
_PEAK = '<path d="M4 108 46 22l26 52 16-30 28 64z" fill="{a}"/><circle cx="92" cy="24" r="14" fill="{b}"/>'
_WIDE = (
    '<path d="M6 60a54 54 0 0 1 54-54v30a24 24 0 0 0-24 24z" fill="{a}"/>'
    '<path d="M114 60a54 54 0 0 1-54 54V84a24 24 0 0 0 24-24z" fill="{a}"/>'
    '<rect x="140" y="26" width="380" height="22" rx="4" fill="{b}"/>'
    '<rect x="140" y="66" width="300" height="22" rx="4" fill="{b}"/>'
)

MARKS = {
    "ring": ("0 0 120 120", _RING),
    "bars": ("0 0 120 120", _BARS),
    "peak": ("0 0 120 120", _PEAK),
    "wide": ("0 0 540 120", _WIDE),
}


def sample_mark(mark: str, first: str, second: str) -> str:
    """Return what stands in a brand's values in place of a blob's path."""
    return f"{PREFIX}{mark}:{first.lstrip('#')}:{second.lstrip('#')}"


def is_sample(blob: str) -> bool:
    """Whether a logo is one of those that come with the product."""
    return blob.startswith(PREFIX)


@cache
def sample_logo(blob: str) -> bytes:
    """Return the logo as PNG."""
    _sample, mark, first, second = blob.split(":")
    box, drawing = MARKS[mark]
    shown = drawing.format(a=f"#{first}", b=f"#{second}")
    return rasterised(_FRAME.format(box=box, drawing=shown).encode(), side=WIDTH)
