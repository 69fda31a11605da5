"""A partner's logo in a mail is as wide as the kit says, and never taller than a line of a letterhead."""

import io

import pytest
from PIL import Image

from assets.brand import Brand
from assets.logos import prepare_logo
from campaigns.content import content_of_package
from campaigns.mails import mail_parts, mail_step
from tests.campaigns.kits import starter


def logo_of(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (15, 118, 110)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(("size", "width"), [((400, 400), 64), ((1000, 250), 220), ((300, 200), 96)])
def test_a_logo_keeps_the_kits_width_unless_it_would_stand_too_tall(size: tuple[int, int], width: int) -> None:
    content = content_of_package(starter(), clean=None)
    brand = Brand(name="Alice's company", logo=prepare_logo(logo_of(*size)))

    parts = mail_parts(content, mail_step(content, "first"), "en", brand=brand, image_url=lambda source: source)

    (logo,) = [part for part in parts.mjml.split("<mj-image")[1:] if 'src="brand:logo"' in part.split(">")[0]]
    assert f'width="{width}px"' in logo.split(">")[0]
