"""The same picture by other libraries, with the caches a sensible user would give them.

Ground and logos are fitted once. Text is set in the same boxes and sizes; each fits the headline its own way.
"""

import io
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from PIL import Image, ImageOps

from assets.fonts import typeface
from assets.rendering import JPEG_QUALITY
from benchmarks import collateral

Once = Callable[[int], bytes]
NAMES = ("pyvips", "skia")
# Text, weight, size, left, top, width, and whether it wraps, as `naive` of `benchmarks.render` has them.
_HEAD_BOX = (60, 164, 720, 200)


def installed(text: str) -> dict[str, Once]:
    """Return a way to draw the design with each peer that is installed."""
    makers: dict[str, Callable[[str], Once]] = {"pyvips": _pyvips, "skia": _skia}
    return {name: makers[name](text) for name in NAMES if find_spec(name)}


@cache
def _ground(width: int, height: int) -> Image.Image:
    with Image.open(io.BytesIO(collateral.photo(2400, 1600))) as photo:
        return ImageOps.fit(photo.convert("RGB"), (width, height), Image.Resampling.LANCZOS)


@cache
def _logo(number: int) -> Image.Image:
    with Image.open(io.BytesIO(collateral.logo_file(number))) as logo:
        return ImageOps.contain(logo, (260, 104), Image.Resampling.LANCZOS)


def _size(text: str) -> tuple[int, int]:
    width, height = (int(side) for side in collateral.design(text).pages[0].size)
    return width, height


def _pyvips(text: str) -> Once:
    import pyvips  # only where it is installed

    width, height = _size(text)
    base = pyvips.Image.new_from_memory(_ground(width, height).tobytes(), width, height, 3, "uchar")
    base = base.copy(interpretation="srgb").draw_rect([20, 60, 110], 0, height - 128, width, 128, fill=True)
    base = base.copy_memory()
    logos = [
        pyvips.Image.new_from_memory(logo.tobytes(), logo.width, logo.height, 4, "uchar").copy(interpretation="srgb")
        for logo in map(_logo, range(collateral.LOGOS))
    ]
    file = str(typeface("sans").path)

    def words(said: str, size: float, weight: int, room: tuple[int, int | None]) -> Any:
        across, down = room
        given: dict[str, Any] = {"width": across, "fontfile": file}
        if down is not None:
            given["height"] = down
        else:
            given["dpi"] = 72
        bold = "Bold " if weight >= 700 else ""
        return pyvips.Image.text(said, font=f"Noto Sans {bold}{size:g}", **given)

    def put(canvas: Any, mask: Any, colour: list[int], at: tuple[int, int]) -> Any:
        layer = mask.new_from_image(colour).copy(interpretation="srgb").bandjoin(mask)
        return canvas.composite2(layer, "over", x=at[0], y=at[1])

    def once(number: int) -> bytes:
        said = collateral.values(number).texts
        logo = logos[number % collateral.LOGOS]
        canvas = base.composite2(logo, "over", x=60, y=40)
        canvas = put(canvas, words(said["head"], 50, 700, (720, None)), [255, 255, 255], (60, 164))
        canvas = put(canvas, words(said["body"], 26, 400, (720, None)), [255, 255, 255], (60, 374))
        plate = pyvips.Image.black(240, 72) + 255
        canvas = put(canvas, plate.cast("uchar"), [255, 255, 255], (840 if width > 1100 else 720, height - 100))
        place = (864 if width > 1100 else 744, height - 82)
        canvas = put(canvas, words(said["cta"], 26, 700, (240, None)), [20, 24, 31], place)
        canvas = put(canvas, words(said["contact"], 22, 400, (740, None)), [255, 255, 255], (60, height - 80))
        return bytes(canvas.flatten().jpegsave_buffer(Q=JPEG_QUALITY))

    return once


def _skia(text: str) -> Once:
    import skia  # only where it is installed

    width, height = _size(text)
    ground = skia.Image.fromarray(_rgba(_ground(width, height)))
    logos = [skia.Image.fromarray(_rgba(_logo(number))) for number in range(collateral.LOGOS)]
    faces = {400: skia.Typeface.MakeFromFile(str(typeface("sans").path))}
    faces[700] = faces[400]
    white, dark = skia.Paint(Color=0xFFFFFFFF, AntiAlias=True), skia.Paint(Color=0xFF14181F, AntiAlias=True)
    band = skia.Paint(Color=0xFF143C6E)
    surface = skia.Surface(width, height)

    def lines(said: str, font: Any, room: float) -> list[str]:
        found = [""]
        for word in said.split():
            longer = f"{found[-1]} {word}".strip()
            if font.measureText(longer) <= room:
                found[-1] = longer
            else:
                found.append(word)
        return found

    def words(canvas: Any, said: str, font: Any, at: tuple[float, float, float, float], paint: Any) -> None:
        x, y, room, step = at
        for number, line in enumerate(lines(said, font, room)):
            canvas.drawString(line, x, y + number * step + font.getSize(), font, paint)

    def once(number: int) -> bytes:
        said = collateral.values(number).texts
        canvas = surface.getCanvas()
        canvas.drawImage(ground, 0, 0)
        canvas.drawRect(skia.Rect.MakeXYWH(0, height - 128, width, 128), band)
        canvas.drawImage(logos[number % collateral.LOGOS], 60, 40)
        low, high = 20, 64
        left, top, room, most = _HEAD_BOX
        while low < high:
            middle = (low + high + 1) // 2
            fits = len(lines(said["head"], skia.Font(faces[700], middle), room)) * middle * 1.1 <= most
            low, high = (middle, high) if fits else (low, middle - 1)
        words(canvas, said["head"], skia.Font(faces[700], low), (left, top, room, low * 1.1), white)
        words(canvas, said["body"], skia.Font(faces[400], 26), (60, 374, 720, 34), white)
        button = 840 if width > 1100 else 720
        canvas.drawRoundRect(skia.Rect.MakeXYWH(button, height - 100, 240, 72), 12, 12, white)
        words(canvas, said["cta"], skia.Font(faces[700], 26), (button + 24, height - 82, 300, 34), dark)
        words(canvas, said["contact"], skia.Font(faces[400], 22), (60, height - 88, 740, 30), white)
        return bytes(surface.makeImageSnapshot().encodeToData(skia.EncodedImageFormat.kJPEG, JPEG_QUALITY))

    return once


def _rgba(image: Image.Image) -> Any:
    import numpy as np  # beside the library that wants it

    return np.array(image.convert("RGBA"))
