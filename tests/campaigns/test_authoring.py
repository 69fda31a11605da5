"""A kit made in the browser: words, pictures, a PDF and whom it is for, without seeing a file."""

from datetime import datetime
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from assets.library.operations import render_piece
from assets.library.queries import designs_of
from campaigns.content import content_of, package_of
from campaigns.models import KitState, KitVersion
from campaigns.operations import authoring, material
from campaigns.operations.authoring import PictureFixed
from campaigns.operations.kits import KitHasFaults
from campaigns.queries.pieces import piece_of
from campaigns.stages import stage_of_kit
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Conflict, DomainError, NotFound
from tcma.core.intake import FileRefused
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, published, with_logo
from tests.people import People


@pytest.fixture
def draft(people: People, now: datetime) -> KitVersion:
    """The starter kit as a draft."""
    return imported(people, now)


def photo(size: tuple[int, int] = (1600, 900), kind: str = "JPEG") -> bytes:
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "the photographer's secret"
    Image.new("RGB", size, "#c2410c").save(out, kind, exif=exif)
    return out.getvalue()


def pdf(*pages: str) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for words in pages:
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def test_words_change_in_one_language_and_every_other_word_stays(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        before = package_of(draft).files
        authoring.change_words(
            version_id=draft.id, language="de", words={"kit.title": "Unsere Übung"}, by=vera, now=now
        )
        session.flush()
        after, content = package_of(draft).files, content_of(draft)

    assert draft.title["de"] == "Unsere Übung"
    assert draft.title["en"] == "The phishing drill"
    assert {path for path in after if after[path] != before.get(path)} == {"texts/de.yaml"}
    changed = {key for key, words in content.texts("de").items() if words == "Unsere Übung"}
    assert changed == {"kit.title"}


@pytest.mark.parametrize("words", ["Hello {{ contact.salary }}", "Hello {{ partner.name"])
def test_a_word_that_would_break_the_kit_is_refused_and_nothing_changes(
    now: datetime, draft: KitVersion, vera: Actor, words: str
) -> None:
    with acting(vera):
        before = draft.package_hash
        with pytest.raises(KitHasFaults) as refusal:
            authoring.change_words(
                version_id=draft.id, language="en", words={"mails.first.subject": words}, by=vera, now=now
            )

        assert refusal.value.findings[0].file == "texts/en.yaml"
        assert refusal.value.findings[0].line > 0
        assert draft.package_hash == before


def test_a_language_that_the_kit_does_not_speak_is_absent(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera), pytest.raises(NotFound):
        authoring.change_words(version_id=draft.id, language="fr", words={"kit.title": "Non"}, by=vera, now=now)


def test_a_published_version_is_not_written_into(people: People, now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        draft.state = KitState.PUBLISHED
        with pytest.raises(Conflict, match="never changes"):
            authoring.change_words(version_id=draft.id, language="en", words={"kit.title": "No"}, by=vera, now=now)
        with pytest.raises(Conflict):
            material.add_pdf(version_id=draft.id, data=pdf("a"), title="A", corner="top_end", by=vera, now=now)


def test_a_kit_of_another_vendor_is_absent(people: People, now: datetime, draft: KitVersion) -> None:
    viktor, version_id = people.actor("viktor"), draft.id
    session.expunge_all()

    with acting(viktor), pytest.raises(NotFound):
        authoring.change_words(version_id=version_id, language="en", words={"kit.title": "Mine"}, by=viktor, now=now)


def test_a_picture_takes_the_place_of_another_clean_and_in_its_format(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        authoring.replace_picture(
            version_id=draft.id, path="artwork/hero.jpg", data=photo((5000, 2000), "PNG"), by=vera, now=now
        )
        session.flush()
        kept = package_of(draft).files["artwork/hero.jpg"]

    with Image.open(BytesIO(kept)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == material.LARGEST_PICTURE
        assert dict(image.getexif()) == {}


def test_a_picture_in_another_format_becomes_the_old_ones(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        authoring.replace_picture(version_id=draft.id, path="artwork/hook.webp", data=photo(), by=vera, now=now)
        session.flush()
        kept = package_of(draft).files["artwork/hook.webp"]

    with Image.open(BytesIO(kept)) as image:
        assert image.format == "WEBP"
        assert b"secret" not in kept


@pytest.mark.parametrize(
    ("path", "data", "refusal"),
    [
        ("artwork/hero.jpg", b"this is no picture", FileRefused),
        ("artwork/hero.jpg", pdf("not a picture"), FileRefused),
        ("artwork/hero.jpg", photo()[:900], FileRefused),
        ("artwork/absent.jpg", photo(), PictureFixed),
        ("texts/en.yaml", photo(), PictureFixed),
    ],
)
def test_what_cannot_be_a_picture_is_refused_with_the_reason(
    now: datetime, draft: KitVersion, vera: Actor, path: str, data: bytes, refusal: type[DomainError]
) -> None:
    with acting(vera):
        before = package_of(draft).files
        with pytest.raises(refusal) as reason:
            authoring.replace_picture(version_id=draft.id, path=path, data=data, by=vera, now=now)

        assert str(reason.value.message)
        assert package_of(draft).files == before


def test_a_vendors_pdf_becomes_a_piece_that_a_partner_has_in_its_own_name(
    people: People, now: datetime, vera: Actor
) -> None:
    with_logo(people)
    with acting(vera):
        version = imported(people, now)
        material.add_pdf(
            version_id=version.id,
            data=pdf("What the product does", "What it costs"),
            title="Data sheet",
            corner="top_end",
            by=vera,
            now=now,
        )
        session.flush()
        package = package_of(version)
        version.label = "0.9.0"  # the same files come in again, now to be published
    ready = published(people, now, package)

    alice = people.actor("alice")
    with acting(alice):
        stage = stage_of_kit(ready, partner_id=people.partner.id)
        made = render_piece(
            design_id=designs_of(ready.id)["data-sheet"].id,
            piece=piece_of(stage.content, "data-sheet", "en"),
            look=stage.side.look("data-sheet"),
            what="pdf",
            partner_id=people.partner.id,
            launch_id=None,
            by=alice,
            now=now,
        )
        pages = text_of(runtime.store().get(made.blob))

    assert len(pages) == 2
    assert "What the product does" in pages[0]
    assert "What it costs" in pages[1]
    assert "Alice's company" in pages[1]
    assert "+49 30 1234567" in pages[1].replace("\xa0", " ")


def test_two_pdfs_of_one_name_are_two_pieces(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        for _time in "12":
            material.add_pdf(
                version_id=draft.id, data=pdf("One page"), title="Sheet", corner="bottom_start", by=vera, now=now
            )
        session.flush()

        assert {"sheet", "sheet-2"} <= set(designs_of(draft.id))
        assert content_of(draft).words(content_of(draft).kit.manifest.collateral()["sheet"].title, "de") == "Sheet"


@pytest.mark.parametrize("data", [b"%PDF-1.7 but not really", photo()])
def test_what_is_no_pdf_is_refused(now: datetime, draft: KitVersion, vera: Actor, data: bytes) -> None:
    with acting(vera):
        with pytest.raises(FileRefused):
            material.add_pdf(version_id=draft.id, data=data, title="Sheet", corner="top_end", by=vera, now=now)

        assert "sheet" not in designs_of(draft.id)


def test_whom_a_kit_is_for_stands_in_its_files_and_on_its_version(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        authoring.change_eligibility(
            version_id=draft.id, partner_types=["dealer"], competencies=["cloud"], countries=["AT"], by=vera, now=now
        )
        session.flush()
        manifest = content_of(draft).kit.manifest

    assert draft.eligibility["partner_types"] == ["dealer"]
    assert draft.eligibility["competencies"] == ["cloud"]
    assert draft.eligibility["countries"] == ["AT"]
    assert list(manifest.partner_types) == ["dealer"]


def test_a_kind_of_partner_that_is_none_is_refused(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera), pytest.raises(KitHasFaults):
        authoring.change_eligibility(
            version_id=draft.id, partner_types=["msp]\nslug: other"], competencies=[], countries=[], by=vera, now=now
        )


def test_a_new_version_is_begun_once_and_carries_the_next_number(people: People, now: datetime, vera: Actor) -> None:
    first = published(people, now)

    with acting(vera):
        begun = authoring.open_draft(kit_id=first.kit_id, by=vera, now=now)
        session.flush()
        again = authoring.open_draft(kit_id=first.kit_id, by=vera, now=now)

    assert (begun.label, begun.state, begun.number) == ("1.1.0", KitState.DRAFT, 2)
    assert again.id == begun.id
