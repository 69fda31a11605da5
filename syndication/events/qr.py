"""The code of a registrant as a picture."""

from PIL import Image

from assets.layout.qr import modules
from tcma.core.db import require

MODULE = 6  # pixels


def code_picture(value: str) -> Image.Image:
    """Return the QR code of `value`, black on white with its quiet zone."""
    rows = require(modules(value))
    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    return picture.resize((picture.width * MODULE, picture.height * MODULE), Image.Resampling.NEAREST)
