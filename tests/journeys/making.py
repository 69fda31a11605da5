"""Step 1: the vendor imports a kit, or makes one from a starter, and publishes it."""

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.tale import (
    HEADLINE,
    KIT,
    MAIL_TEXT,
    Tale,
    document,
    heading,
    picture,
    pictures_are_there,
    sees,
    upload,
)
from tests.processes.running import ROOT, until

PDF_TITLE = "Service sheet"


def packed(folder: Path, *, without: str = "", changed: tuple[str, str] = ("", "")) -> bytes:
    """A kit's folder as a zip, as a marketer would make it; `changed` are words of its manifest, before and after."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.name != without:
                data = file.read_bytes()
                if file.name == "kit.yaml" and changed[0]:
                    assert changed[0].encode() in data
                    data = data.replace(changed[0].encode(), changed[1].encode())
                archive.writestr(f"{folder.name}/{file.relative_to(folder)}", data)
    return out.getvalue()


def import_a_kit(tale: Tale) -> None:
    """A broken zip is refused with file and remedy; a good one becomes a draft that can be looked at."""
    page, folder = tale.vera.page, ROOT / "campaigns/kits/wifi-that-reaches"
    page.get_by_role("link", name="Kits").first.click()
    heading(page, "Kits")
    tale.vera.look("vendor-kits-empty")
    page.get_by_role("link", name="Import", exact=True).click()
    upload(page.get_by_label("zip"), "broken.zip", "application/zip", packed(folder, without="landing.yaml"))
    page.get_by_role("button", name="Check and import").click()
    sees(page, "page/landing.yaml")
    tale.vera.look("vendor-kit-import-refused")
    upload(page.get_by_label("zip"), "wifi.zip", "application/zip", packed(folder))
    page.get_by_role("button", name="Check and import").click()
    sees(page, "The kit is in, as a draft")
    assert pictures_are_there(page.locator("main")) >= 3


def copy_a_starter(tale: Tale) -> None:
    """A starter becomes the vendor's own kit: a name, a headline, a mail's text, a picture, a PDF; never YAML."""
    page = tale.vera.page
    page.get_by_role("link", name="Kits").first.click()
    page.get_by_role("link", name="New kit").click()
    tale.vera.look("vendor-kit-new")
    page.get_by_role("radio", name="The phishing drill").check()
    page.get_by_label("name", exact=False).last.fill(KIT)
    page.get_by_role("button", name="Begin").click()
    heading(page, KIT)
    tale.facts["kit_url"] = page.url
    tale.vera.look("vendor-kit-draft")


def change_words(tale: Tale) -> None:
    """Headline of the pictures, and a paragraph of the first mail."""
    page = tale.vera.page
    page.get_by_role("link", name="Words").click()
    page.get_by_role("link", name="Pictures and flyer").click()
    page.get_by_label("Headline", exact=True).fill(HEADLINE)
    page.get_by_role("button", name="Save").click()
    sees(page, "Saved. The pictures show it already.")
    pictures_are_there(page.locator("aside"))
    tale.vera.look("vendor-kit-words")
    page.get_by_role("link", name="Mail: first").click()
    page.get_by_label("P1").fill(MAIL_TEXT)
    page.get_by_role("button", name="Save").click()
    sees(page, "Saved. The pictures show it already.")
    expect(page.frame_locator("aside iframe").first.get_by_text(MAIL_TEXT)).to_be_visible()
    tale.vera.look("vendor-kit-mail-words")
    page.get_by_role("link", name="Back to the kit").click()


def change_a_picture(tale: Tale) -> None:
    """A picture of the vendor's own in place of the starter's."""
    page = tale.vera.page
    page.get_by_role("link", name="Pictures", exact=False).first.click()
    heading(page, "Pictures")
    tale.vera.look("vendor-kit-pictures")
    upload(page.get_by_label("New picture for").first, "team.png", "image/png", picture())
    page.get_by_role("button", name="Replace").first.click()
    sees(page, "The new picture is in every piece that shows it.")
    pictures_are_there(page.locator("main"))
    page.get_by_role("link", name="Back to the kit").click()


def drop_a_pdf(tale: Tale) -> None:
    """A PDF that designers made becomes a co-branded piece."""
    page = tale.vera.page
    page.get_by_role("link", name="Add a PDF").click()
    upload(page.get_by_label("PDF", exact=False).first, "sheet.pdf", "application/pdf", document("What we look after"))
    page.get_by_label("What is it called?").fill(PDF_TITLE)
    tale.vera.look("vendor-kit-pdf")
    page.get_by_role("button", name="Add it to the kit").click()
    sees(page, "Your PDF is in")
    sees(page, PDF_TITLE)


def publish(tale: Tale) -> None:
    """The dry run over every partner comes first; when it is clean the kit is on offer."""
    page = tale.vera.page
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("all clean").first).to_be_visible(timeout=120_000)
    until(lambda: _on_offer_to_three(page), what="the kit at its partners")
    tale.vera.look("vendor-kit-published")


def publish_one_for_others(tale: Tale) -> None:
    """A kit for another kind of partner is published too; it fits nobody who is here."""
    page, folder = tale.vera.page, ROOT / "campaigns/kits/backup-that-restores"
    data = packed(folder, changed=("partner_types: [dealer, reseller, msp]", "partner_types: [distributor]"))
    page.goto("/kits")
    page.get_by_role("link", name="Import", exact=True).click()
    upload(page.get_by_label("zip"), "backup.zip", "application/zip", data)
    page.get_by_role("button", name="Check and import").click()
    sees(page, "The kit is in, as a draft")
    page.get_by_role("button", name="Publish", exact=True).click()
    until(
        lambda: tale.setup.query(
            "SELECT 1 FROM kit_version JOIN kit ON kit.id = kit_version.kit_id "
            "WHERE kit.slug = 'backup-that-restores' AND kit_version.state = 'published'"
        ),
        what="the kit for others on offer",
        patience=120,
    )


STEPS = (import_a_kit, copy_a_starter, change_words, change_a_picture, drop_a_pdf, publish, publish_one_for_others)


def _on_offer_to_three(page: Page) -> bool:
    page.reload()
    return bool(page.get_by_text("On offer to 3 partners").count())
