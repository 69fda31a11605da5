"""Logos made ready for use: trimmed, with what is needed to choose and place them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from assets.artwork import Picture, load_picture
from assets.colour import Rgba, contrast_of_luminance, luminance
from assets.svg import rasterised

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SVG_SIDE = 1600
_LONGEST_SIDE = 2400
_BINS = 32
_LEGIBLE, _VISIBLE = 2.0, 1.2
_TOLERANCE = 12
_STRIP = 64  # rows of pixels
# What each value of red, green and blue adds to the luminance of a pixel.
_LIGHT = np.array(
    [
        [luminance(Rgba(value, 0, 0)) for value in range(256)],
        [luminance(Rgba(0, value, 0)) for value in range(256)],
        [luminance(Rgba(0, 0, value)) for value in range(256)],
    ],
    dtype=np.float32,
)


@dataclass(frozen=True)
class PreparedLogo:
    """A logo without its empty margin.

    `tones` says how much of the logo has which luminance (32 steps, together 1);
    `ground` is the colour of its own box where it is not transparent.
    """

    picture: Picture
    luminance: float
    tones: tuple[float, ...]
    ground: Rgba | None = None

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.picture.width / self.picture.height

    def legible_share(self, ground_luminance: float, ratio: float = _LEGIBLE) -> float:
        """How much of the logo stands out from a ground of that luminance."""
        return sum(
            share
            for step, share in enumerate(self.tones)
            if contrast_of_luminance((step + 0.5) / _BINS, ground_luminance) >= ratio
        )

    def is_visible_on(self, ground_luminance: float) -> bool:
        """Whether the logo can be seen on a ground that the brand itself chose for it."""
        return self.legible_share(ground_luminance, _VISIBLE) >= 0.6

    def reads_on(self, ground_luminance: float) -> bool:
        """Whether the logo can be set on the ground as it is."""
        return self.ground is None and self.legible_share(ground_luminance) >= 0.7


def prepare_logo(data: bytes) -> PreparedLogo:
    """The logo trimmed to what is visible, with its tones; PNG, JPEG, WebP, AVIF, GIF or SVG."""
    if b"<svg" in data[:4096]:
        data = rasterised(data, side=_SVG_SIDE)
    image = load_picture("The logo", data).open().convert("RGBA")
    ground = _own_ground(image)
    trimmed = _trimmed(image, ground)
    trimmed.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    luminance, tones = _tones(np.asarray(trimmed), ground)
    return PreparedLogo(_encoded(trimmed), luminance, tones, ground)


def _own_ground(image: Image.Image) -> Rgba | None:
    """The colour of an opaque logo's box; None for a logo with transparency at its rim."""
    corners = [image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    red, green, blue, _ = corners[0]  # type: ignore[misc]  # an RGBA pixel has four parts
    if any(corner[3] < 250 for corner in corners):  # type: ignore[index]  # the same
        return None
    return Rgba(red, green, blue)


def _trimmed(image: Image.Image, ground: Rgba | None) -> Image.Image:
    if ground is None:
        seen = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    else:
        flat = Image.new("RGB", image.size, (ground.r, ground.g, ground.b))
        difference = ImageChops.difference(image.convert("RGB"), flat).convert("L")
        seen = difference.point(lambda value: 255 if value > _TOLERANCE else 0).getbbox()
    return image.crop(seen) if seen else image


def _tones(pixels: NDArray[np.uint8], ground: Rgba | None) -> tuple[float, tuple[float, ...]]:
    counts, light_of_all, total = np.zeros(_BINS), 0.0, 0.0
    # In strips: at its full size a large logo would take a hundred megabytes of numbers for a moment.
    for first in range(0, len(pixels), _STRIP):
        strip = pixels[first : first + _STRIP]
        light = _LIGHT[0][strip[..., 0]] + _LIGHT[1][strip[..., 1]] + _LIGHT[2][strip[..., 2]]
        if ground is None:
            weight = strip[..., 3].astype(np.float32) / 255
        else:
            own = np.array([ground.r, ground.g, ground.b], dtype=np.int16)
            weight = (np.abs(strip[..., :3].astype(np.int16) - own).max(axis=-1) > _TOLERANCE).astype(np.float32)
        counts += np.histogram(light, bins=_BINS, range=(0, 1), weights=weight)[0]
        light_of_all += float((light * weight).sum())
        total += float(weight.sum())
    total = total or 1.0
    return light_of_all / total, tuple(round(float(count) / total, 6) for count in counts)


def _encoded(image: Image.Image) -> Picture:
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=3)
    data = stream.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return Picture(digest, "PNG", image.width, image.height, has_alpha=True, data=data)
