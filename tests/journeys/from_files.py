"""What an agency delivers becomes a published kit: a PDF, a mail as HTML with its picture, and slides as pictures."""

from io import BytesIO

from playwright.sync_api import expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.journeys.effort import Effort
from tests.journeys.nothing import begin, missing, publish
from tests.journeys.tale import heading, picture, pictures_are_there, sees
from tests.journeys.watching import Person

KIT = "Spring check"
SUBJECT = "Spring is here: is your backup?"
MAIL = """<!DOCTYPE html>
<html><head><title>Spring is here: is your backup?</title><style>p { color: #333 }</style></head><body>
<div style="display:none">One folder, a quarter of an hour, and you know.</div>
<table width="600"><tr><td><img src="images/hero.png" width="600" alt="A drawer full of tapes"></td></tr>
<tr><td><h1>Spring is here, *|FNAME|*</h1>
<p>Winter was long, and so was the list of things to try. A <b>restore</b> was one of them.</p>
<ul><li>One folder</li><li>A quarter of an hour</li><li>A number that you can show</li></ul>
<p><a href="https://agency.example/book" style="background:#0f766e;color:#fff;padding:12px">Book the check</a></p>
<p style="font-size:11px"><a href="*|UNSUB|*">Unsubscribe</a></p>
<img src="https://tracker.example/open.gif" width="1" height="1"></td></tr></table></body></html>
"""


def brochure() -> bytes:
    """Two pages of A4 as designers hand them in, without a partner's logo."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for title, lines in (
        ("Your backup, tried", ("What we do", "What you see", "What it costs")),
        ("In three steps", ("We choose a folder", "We restore it", "You get the minutes")),
    ):
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(72, 660, title)
        canvas.setFont("Helvetica", 14)
        for number, line in enumerate(lines):
            canvas.drawString(72, 600 - 28 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def make(vera: Person) -> Effort:
    """From an empty list to the dry run, by what the check list and the timeline offer; returns what it took."""
    page, effort = vera.page, vera.begin_counting()
    begin(vera, KIT, "We restore one folder with you, and you get the minutes.")
    page.get_by_role("link", name="Take it in").click()
    page.get_by_label("The mail as HTML").set_input_files(
        {"name": "mail.html", "mimeType": "text/html", "buffer": MAIL.encode()}
    )
    page.get_by_label("Its pictures").set_input_files(
        [{"name": "hero.png", "mimeType": "image/png", "buffer": picture(size=(1200, 600))}]
    )
    page.get_by_role("button", name="Put it on the timeline").click()
    sees(page, "The mail is on the timeline.")
    expect(page.get_by_role("link", name=SUBJECT)).to_be_visible()
    expect(missing(page)).to_have_count(1)
    missing(page).get_by_role("link").click()
    page.get_by_label("What is to be done?").fill("Call those who clicked")
    page.get_by_role("button", name="Put it on the timeline").click()
    page.get_by_role("link", name="Add pictures").click()
    heading(page, "Add pictures")
    slides = [picture(colour, (1600, 900)) for colour in ("#0f766e", "#12355b", "#7c2d12")]
    page.get_by_label("Pictures").first.set_input_files(
        [{"name": f"slide{n}.png", "mimeType": "image/png", "buffer": data} for n, data in enumerate(slides, 1)]
    )
    page.get_by_label("What is it called?").fill("Slides")
    page.get_by_role("radio", name="Slides or pages, one picture each").check()
    page.get_by_role("button", name="Add it to the kit").click()
    sees(page, "It is in the kit")
    page.get_by_role("link", name="Add a PDF").click()
    page.get_by_label("PDF").first.set_input_files(
        {"name": "brochure.pdf", "mimeType": "application/pdf", "buffer": brochure()}
    )
    page.get_by_label("What is it called?").fill("Brochure")
    page.get_by_role("button", name="Add it to the kit").click()
    sees(page, "Your PDF is in")
    assert pictures_are_there(page.locator("main")) >= 5  # three slides, two pages
    expect(page.frame_locator("main iframe").nth(1).get_by_text("A number that you can show")).to_be_visible()
    publish(vera)
    return effort


def publish_a_starter(vera: Person) -> Effort:
    """From the list of kits: choose a starter, name it, publish it; returns what it took."""
    page, effort = vera.page, vera.begin_counting()
    page.goto("/kits")
    page.get_by_role("link", name="New kit").or_(page.get_by_role("link", name="Start from a kit")).first.click()
    page.get_by_role("radio", name="The phishing drill").check()
    page.get_by_label("name", exact=False).last.fill("Drill of the season")
    page.get_by_role("button", name="Begin").click()
    heading(page, "Drill of the season")
    publish(vera)
    return effort
