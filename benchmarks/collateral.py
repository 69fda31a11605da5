"""The artwork, logos, designs and words on which rendering is measured; the same in each run."""

import io
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from assets.artwork import Artwork, load_artwork
from assets.brand import Brand
from assets.colour import Rgba
from assets.design import Design, load_design
from assets.layout import Values
from assets.logos import prepare_logo

LOGOS = 20
_DESIGNS = Path(__file__).parent / "designs"
BANNER, CARD, FLYER = ((_DESIGNS / f"{name}.yaml").read_text("utf-8") for name in ("banner", "card", "flyer"))
_HEAD = tuple(
    word
    for line in (
        "secure cloud backup phishing network firewall identity recovery drill office team customers",
        "growth answers faster simple quiet modern every morning without worry across sites",
    )
    for word in line.split()
)


@cache
def photo(width: int, height: int, quality: int = 85) -> bytes:
    """A synthetic photograph: gradients, four octaves of noise, and the grain of a sensor."""
    numbers = np.random.default_rng(7)
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    pixels = np.stack([60 + across / width * 90, 80 + down / height * 70, 150 - down / height * 60], -1)
    for octave in (400, 160, 60, 24):
        coarse = numbers.normal(0, 12, (height // octave + 2, width // octave + 2)).astype(np.float32)
        fine = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        pixels += np.asarray(fine)[..., None]
    pixels += numbers.normal(0, 2.5, pixels.shape)
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


@cache
def logo_file(number: int) -> bytes:
    """A partner's logo, 1000 by 400 with a transparent ground."""
    random = Random(number)
    image = Image.new("RGBA", (1000, 400))
    draw = ImageDraw.Draw(image)
    colour = tuple(random.randrange(30, 200) for _ in range(3))
    draw.ellipse((10, 60, 290, 340), fill=(*colour, 255))
    for place in range(5):
        height = random.randrange(60, 160)
        draw.rounded_rectangle(
            (340 + place * 130, 200 - height, 440 + place * 130, 200 + height), 20, fill=(*colour, 255)
        )
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@cache
def brand(number: int) -> Brand:
    """One of twenty partners."""
    random = Random(number)
    colour = Rgba(random.randrange(10, 120), random.randrange(10, 120), random.randrange(60, 160))
    return Brand(name=f"Partner {number}", logo=prepare_logo(logo_file(number)), primary=colour)


@cache
def artwork() -> dict[str, Artwork]:
    """The photographs of the designs."""
    return {
        "photo.jpg": load_artwork("photo.jpg", photo(2400, 1600)),
        "sheet.jpg": load_artwork("sheet.jpg", photo(2551, 3579)),
    }


def design(text: str) -> Design:
    """The design in the text."""
    found, findings = load_design(text, "benchmark.yaml")
    if found is None:
        raise ValueError(findings)
    return found


def values(number: int) -> Values:
    """Words that no other number has."""
    random = Random(number)
    return Values(
        texts={
            "head": " ".join(random.choices(_HEAD, k=random.randrange(4, 9))).capitalize() + f" {number}",
            "body": _sentence(random, random.randrange(18, 30)),
            "long": "\n".join(_sentence(random, random.randrange(18, 30)) for _ in range(6)),
            "cta": f"Book call {number}",
            "contact": f"+49 30 {number:07d} · partner-{number}.example",
        },
        fields={"launch.page_url": f"https://go.partner-{number % 1000:03d}.example/drill/{number:06d}"},
    )


def _sentence(random: Random, words: int) -> str:
    return " ".join(random.choices(_HEAD, k=words)).capitalize() + "."
