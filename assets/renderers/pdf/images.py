"""Pictures inside a PDF: encoded once, never decoded again."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from assets.renderers.cache import BytesLru
from assets.renderers.pdf import press
from assets.renderers.pdf.flat import is_opaque
from assets.renderers.pdf.writing import stream
from assets.renderers.png import compressed, filtered_up

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from assets.artwork import Picture
    from assets.renderers.pdf.book import Book
    from assets.renderers.pdf.flat import Flat

_MOST_DPI, _GOOD_DPI = 450, 300
# A photograph that was a JPEG has lost already what the finer grade would keep.
_JPEG_QUALITY, _JPEG_QUALITY_AGAIN = 90, 85
# From here on a picture is surely a photograph, or close enough to one to be packed like it.
_MANY_PIXELS = 3_000_000
_MASK = b"@MASK@"
# JPEG files in inks count the paper that is left, by an old custom.
_PAPER_LEFT = " /Decode [1 0 1 0 1 0 1 0]"


@dataclass(frozen=True, slots=True)
class _Encoded:
    """The image object's bytes, and those of its transparency, if any."""

    image: bytes
    mask: bytes | None = None


_encoded: BytesLru[_Encoded] = BytesLru(48_000_000, lambda each: len(each.image) + len(each.mask or b""))


class ImageBook:
    """The pictures of one file, each once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._references: dict[str, str] = {}
        self._names: dict[Hashable, str] = {}

    def name(self, picture: Picture, inches: float) -> str:
        """The picture's name in the page's resources; `inches` is how wide it is shown."""
        width = _sensible_width(picture, inches)
        if self._book.inks.is_press:
            return self._name(("press", picture.digest, width), lambda: _encode_for_press(picture, width))
        return self._name((picture.digest, width), lambda: _encode(picture, width))

    def flat_name(self, flat: Flat) -> str:
        """The name of a flattened part in the page's resources."""
        return self._name(flat, lambda: _encode_flat(flat))

    def _name(self, key: Hashable, encode: Callable[[], _Encoded]) -> str:
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = f"I{len(self._names) + 1}"
            self._references[found] = self._add(_encoded.get(key, encode))
        return found

    def _add(self, encoded: _Encoded) -> str:
        if encoded.mask is None:
            return self._book.add(encoded.image)
        kind = b"/Mask " if self._book.inks.is_press else b"/SMask "
        return self._book.add(encoded.image.replace(_MASK, kind + self._book.add(encoded.mask).encode("ascii"), 1))

    @property
    def resources(self) -> list[str]:
        """The pictures as a page's resources name them."""
        return [f"/{name} {reference}" for name, reference in self._references.items()]


def _sensible_width(picture: Picture, inches: float) -> int:
    """The picture's own width, or less where print would not show the difference."""
    if inches > 0 and picture.width / inches > _MOST_DPI:
        return max(1, round(inches * _GOOD_DPI))
    return picture.width


def _encode(picture: Picture, width: int) -> _Encoded:
    if picture.format == "JPEG" and width == picture.width and (own := _as_it_is(picture)) is not None:
        return _Encoded(own)
    image = _sized(picture, width)
    if image.mode == "RGBA":
        mask = _flate(np.asarray(image.getchannel("A"))[..., None], "/DeviceGray", "")
        return _Encoded(_flate(np.asarray(image.convert("RGB")), "/DeviceRGB", _MASK.decode()), mask)
    return _Encoded(_smaller(image))


def encoded(picture: Picture, *, is_press: bool) -> bytes:
    """The picture's object as files hold it, at its own size."""
    return (_encode_for_press(picture, picture.width) if is_press else _encode(picture, picture.width)).image


def _encode_for_press(picture: Picture, width: int) -> _Encoded:
    """An opaque picture in inks; transparent ones have been flattened before, and inks stay as they came."""
    if picture.format == "JPEG" and width == picture.width and (own := _inks_as_they_are(picture)) is not None:
        return _Encoded(own)
    image = _sized(picture, width)
    if image.mode == "RGBA" and is_opaque(picture):
        image = image.convert("RGB")
    quality = _JPEG_QUALITY_AGAIN if picture.format == "JPEG" else _JPEG_QUALITY
    return _Encoded(_smaller(press.picture_inks(image), quality=quality))


def _encode_flat(flat: Flat) -> _Encoded:
    image, counts = flat.pixels()
    inks = press.picture_inks(image)
    if counts is None:
        return _Encoded(_smaller(inks))
    # A mask's ones are left out.
    bits = zlib.compress(ImageChops.invert(counts).convert("1", dither=Image.Dither.NONE).tobytes(), 6)
    size = f"/Width {image.width} /Height {image.height}"
    mask = stream(
        f"/Type /XObject /Subtype /Image {size} /ImageMask true /BitsPerComponent 1 /Filter /FlateDecode", bits
    )
    return _Encoded(_smaller(inks, _MASK.decode(), counts), mask)


def _sized(picture: Picture, width: int) -> Image.Image:
    image = picture.open()
    if width == picture.width:
        return image
    height = max(1, round(picture.height * width / picture.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _smaller(
    image: Image.Image, more: str = "", counts: Image.Image | None = None, quality: int = _JPEG_QUALITY
) -> bytes:
    """A drawing packed without loss, a photograph as JPEG; what does not count may be anything."""
    photo = _jpeg(image, more, quality)
    if image.width * image.height > _MANY_PIXELS:
        return photo
    pixels = np.asarray(image)
    if counts is not None:
        pixels = pixels * (np.asarray(counts) > 0)[..., None]
    flat = _flate(pixels, _SPACES[image.mode], more)
    return flat if len(flat) < 1.5 * len(photo) else photo


def _as_it_is(picture: Picture) -> bytes | None:
    """A JPEG's own bytes, if it is upright RGB."""
    with Image.open(io.BytesIO(picture.data), formats=("JPEG",)) as image:
        if image.mode != "RGB" or image.getexif().get(0x0112, 1) != 1:
            return None
    return _dct(picture.data, picture.width, picture.height)


def _inks_as_they_are(picture: Picture) -> bytes | None:
    """A JPEG's own bytes, if it is upright and in inks that are counted as all programs count them."""
    with Image.open(io.BytesIO(picture.data), formats=("JPEG",)) as image:
        if image.mode != "CMYK" or "adobe" not in image.info or image.getexif().get(0x0112, 1) != 1:
            return None
    return _dct(picture.data, picture.width, picture.height, "/DeviceCMYK", _PAPER_LEFT)


def _jpeg(image: Image.Image, more: str, quality: int) -> bytes:
    if image.mode == "CMYK":
        more += _PAPER_LEFT
        return _dct(_ink_jpeg(image, quality), image.width, image.height, "/DeviceCMYK", more)
    saved = io.BytesIO()
    image.save(saved, "JPEG", quality=quality, subsampling=0)
    return _dct(saved.getvalue(), image.width, image.height, "/DeviceRGB", more)


def _ink_jpeg(image: Image.Image, quality: int) -> bytes:
    """A JPEG whose colours are kept as brightness and two differences beside black, a third smaller than inks.

    Pillow writes inks only: what it is given are the differences already, and the file's marker then says so.
    """
    cyan, magenta, yellow, black = image.split()
    parts = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr").split()
    saved = io.BytesIO()
    Image.merge("CMYK", (*map(ImageChops.invert, parts), black)).save(saved, "JPEG", quality=quality, subsampling=0)
    data = saved.getvalue()
    marker = data.index(b"Adobe") + 11
    return data[:marker] + b"\x02" + data[marker + 1 :]


_SPACES = {"RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}


def _dct(data: bytes, width: int, height: int, space: str = "/DeviceRGB", more: str = "") -> bytes:
    return _object(width, height, space, f"/Filter /DCTDecode {more}", data)


def _flate(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], space: str, more: str) -> bytes:
    height, width, channels = pixels.shape
    parameters = f"/DecodeParms << /Predictor 15 /Colors {channels} /Columns {width} >>"
    data = compressed(filtered_up(pixels))
    return _object(width, height, space, f"/Filter /FlateDecode {parameters} {more}", data)


def _object(width: int, height: int, space: str, more: str, data: bytes) -> bytes:
    kind = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {space}"
    return stream(f"{kind} /BitsPerComponent 8 {more}", data)


def forget() -> None:
    """Drop all encoded pictures."""
    _encoded.clear()
