"""A piece that does not fit is never shown as if it were whole: its picture carries a frame and a mark."""

import io

from PIL import Image, ImageDraw

from assets.renderers.png import png

AMBER, INK = (229, 155, 18), (20, 24, 31)


def marked(image: Image.Image) -> Image.Image:
    """Return the picture with an amber frame, and a warning triangle in its upper corner."""
    shown = image.convert("RGB")
    draw, short = ImageDraw.Draw(shown), min(shown.size)
    line, side = max(3, short // 60), max(22, short // 8)
    draw.rectangle((0, 0, shown.width - 1, shown.height - 1), outline=AMBER, width=line)
    left, top = shown.width - side - line, 0
    draw.rectangle((left, top, shown.width - 1, top + side + line), fill=AMBER)
    _triangle(draw, left + side * 0.16, top + line / 2 + side * 0.14, side * 0.72)
    return shown


def _triangle(draw: ImageDraw.ImageDraw, left: float, top: float, side: float) -> None:
    draw.polygon([(left + side / 2, top), (left + side, top + side * 0.92), (left, top + side * 0.92)], fill=INK)
    middle, thick = left + side / 2, max(1.0, side * 0.045)
    draw.rectangle((middle - thick, top + side * 0.32, middle + thick, top + side * 0.62), fill=AMBER)
    draw.rectangle((middle - thick, top + side * 0.70, middle + thick, top + side * 0.79), fill=AMBER)


def marked_png(data: bytes) -> bytes:
    """Return a PNG with frame and mark."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        return png(marked(image))
