"""PNG written fast: one fixed filter and a quick deflate, exact to the pixel."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

if TYPE_CHECKING:
    from PIL import Image

_LEVEL = 2
_CALM = 0.6

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def png(image: Image.Image, dots_per_metre: int = 3780) -> bytes:
    """The image as PNG (RGB or RGBA)."""
    pixels = np.asarray(image)
    rows = filtered_none(pixels) if _is_flat(pixels) else filtered_up(pixels)
    colour = 6 if image.mode == "RGBA" else 2
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", image.width, image.height, 8, colour, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", dots_per_metre, dots_per_metre, 1)),
            _chunk(b"IDAT", compressed(rows)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _is_flat(pixels: Pixels) -> bool:
    """Whether most neighbours are alike, so that a filter would only disturb."""
    sample = pixels[:: max(1, pixels.shape[0] // 32)]
    return bool((sample[:, 1:] == sample[:, :-1]).mean() > _CALM)


def filtered_none(pixels: Pixels) -> Pixels:
    """Rows as they are, each after its filter byte."""
    height, width, channels = pixels.shape
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = pixels.reshape(height, -1)
    return rows


def filtered_up(pixels: Pixels) -> Pixels:
    """Rows as differences from the row above, each after its filter byte."""
    height, width, channels = pixels.shape
    flat = pixels.reshape(height, width * channels)
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    return rows


def compressed(rows: Pixels) -> bytes:
    """The rows deflated."""
    data: bytes = isal_zlib.compress(rows, _LEVEL)
    return data
