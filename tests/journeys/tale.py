"""What one telling of the story carries from step to step."""

import re
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.journeys.setups import Setup
from tests.journeys.watching import SHOTS, Company, Person

KIT = "Phishing drill by Nordwall"
HEADLINE = "Would your front desk have clicked?"
MAIL_TEXT = "A parcel note, a shared folder, a new bank account on a busy Tuesday."


@dataclass
class Tale:
    """The set-up, its people with their browsers, and what earlier steps found out."""

    setup: Setup
    company: Company
    vera: Person
    anna: Person
    facts: dict[str, str] = field(default_factory=dict)

    def keep_pictures(self, name: str) -> None:
        """Keep what both see now, for a failure's report."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for who, person in (("vera", self.vera), ("anna", self.anna)):
            person.page.screenshot(path=SHOTS / f"failed-{name}-{who}.png", full_page=True)


def picture(colour: str = "#0f766e", size: tuple[int, int] = (1200, 900)) -> bytes:
    """A photograph's stand-in as PNG."""
    image = Image.new("RGB", size, colour)
    drawing = ImageDraw.Draw(image)
    for place in range(0, size[0], 60):
        drawing.ellipse((place, place // 2, place + 200, place // 2 + 200), fill="#f59e0b")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def logo(colour: str = "#b91c1c") -> bytes:
    """A company's logo as PNG with a clear ground."""
    image = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((20, 20, 280, 280), 60, fill=colour)
    drawing.rectangle((340, 110, 860, 190), fill=colour)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def document(words: str) -> bytes:
    """A page of A4 as PDF."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 28)
    canvas.drawString(72, 640, words)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def upload(field: Locator, name: str, media_type: str, data: bytes) -> None:
    """Drop a file into a field."""
    field.set_input_files({"name": name, "mimeType": media_type, "buffer": data})


def sees(page: Page, words: str | re.Pattern[str]) -> None:
    """The page shows these words."""
    expect(page.get_by_text(words).first).to_be_visible()


def heading(page: Page, words: str | re.Pattern[str]) -> None:
    """The page's own heading says this."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def pictures_are_there(place: Page | Locator) -> int:
    """Every picture has loaded; returns how many there are."""
    images = place.locator("img")
    for image in images.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", value=True)
        assert image.evaluate("image => image.naturalWidth") > 0, image.get_attribute("src")
    return images.count()


def painted(image: Locator) -> bytes:
    """The bytes of a picture as the browser gets them."""
    address = image.get_attribute("src")
    assert address
    return image.page.request.get(address).body()
