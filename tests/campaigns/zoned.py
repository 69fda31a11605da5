"""A kit whose banner has every kind of zone that a partner may fill: words, a picture, a logo, colours."""

import io

from PIL import Image

from campaigns.manifest import KitPackage
from campaigns.operations.writing import with_files
from tests.campaigns.kits import starter

LAYERS = """\
      - {kind: image, zone: photo, src: artwork/hook.webp, box: [640, -4, 540, 635], fit: cover}
      - {kind: shape, shape: rect, box: [56, 160, 120, 8], fill: zone.line}
"""
ZONES = """\
  photo: {kind: image, label: {t: zones.headline}, editable: true, min_pixels: [540, 400], min_dpi: 96}
  line: {kind: colour, label: {t: zones.lead}, editable: true, default: brand.primary, options: [brand.primary, brand.accent, "#123456"]}
  ink: {kind: colour, label: {t: zones.lead}, editable: true, default: "#4a4d52"}
"""


def zoned() -> KitPackage:
    """The starter kit with a picture, a logo of one's own, and colours to choose in its banner."""
    banner = starter().files["designs/banner.yaml"].decode()
    hero = "      - {kind: image, src: artwork/hook.webp, box: [640, -4, 540, 635], fit: contain}\n"
    assert hero in banner
    changed = banner.replace(hero, LAYERS).replace('colour: "#4a4d52"}', "colour: zone.ink}")
    changed = changed.replace("partner_logo: {kind: logo,", "partner_logo: {kind: logo, editable: true,")
    return with_files(starter(), {"designs/banner.yaml": (changed.rstrip("\n") + "\n" + ZONES).encode()})


def picture(size: tuple[int, int] = (900, 600), colour: str = "#ff00ff", kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()
