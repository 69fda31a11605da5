"""The page of one piece: words, pictures and colours of the partner, tried out by the renderer that makes the files."""

import io
import re
from base64 import b64decode

import pytest
import sqlalchemy as sa
from PIL import Image

from assets.complaints import Complaint
from assets.library.models import RenderRefusal, ZoneChoice
from assets.library.operations import ZoneLocked, ZoneRefused, set_picture
from assets.library.queries import designs_of
from campaigns.content import content_of
from campaigns.models import KitVersion
from campaigns.queries.fields import better_tones
from tcma.core import clock, intake, runtime
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, with_logo
from tests.campaigns.zoned import picture, zoned
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def banner(people: People) -> str:
    """The address of a banner with every kind of zone, on offer to Alice's company."""
    with_logo(people)
    version = published(people, clock.now(), zoned())
    with acting(people.actor("vera")):
        return f"/looks/kit/{version.kit.public_id}/pieces/banner"


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def tried(answer: str) -> Image.Image:
    """The first page of a live preview."""
    found = re.search(r'src="data:image/png;base64,([^"]+)"', answer)
    assert found is not None
    return pixels(b64decode(found[1]))


def share_of(image: Image.Image, colour: tuple[int, int, int]) -> float:
    small = image.resize((120, 63))
    near = [1 for pixel in small.getdata() if all(abs(a - b) < 24 for a, b in zip(pixel, colour, strict=True))]
    return len(near) / (120 * 63)


def upload(browser: Browser, address: str, data: bytes, zone: str = "photo", name: str = "photo.png") -> object:
    files = {"picture": (io.BytesIO(data), name)}
    return browser.post(f"{address}/places/{zone}", data=files, content_type="multipart/form-data")


def kept(people: People, name: str = "alice") -> dict[str, str]:
    with acting(people.actor(name)):
        return {row.zone: row.value for row in session.scalars(sa.select(ZoneChoice))}


def test_a_partner_puts_its_own_picture_in_a_place_and_takes_it_out_again(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)
    before = pixels(client.get(f"{banner}/1.png").data)

    upload(client, banner, picture())
    page, shown = client.get(banner).text, pixels(client.get(f"{banner}/1.png").data)
    path = kept(people)["photo"]
    client.post(f"{banner}/places/photo", data={"remove": "1"})

    assert share_of(before, (255, 0, 255)) == 0
    assert share_of(shown, (255, 0, 255)) > 0.3  # it covers its box, as the design says
    assert path.startswith(f"org-{people.partner.id}/")
    assert "/places/photo.png" in page
    assert "Take it out" in page
    assert kept(people) == {}
    assert pixels(client.get(f"{banner}/1.png").data).tobytes() == before.tobytes()


def test_a_logo_of_one_s_own_stands_where_the_brand_s_logo_did(people: People, banner: str, client: Browser) -> None:
    signed_in(client, people.alice)

    upload(client, banner, picture((600, 200), "#00ff00"), zone="partner_logo")

    assert share_of(pixels(client.get(f"{banner}/1.png").data), (0, 255, 0)) > 0.01


def test_a_picture_that_is_too_small_is_refused_with_what_is_needed_and_nothing_is_kept(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)

    small = upload(client, banner, picture((300, 200)))
    broken = upload(client, banner, b"GIF89a and nothing more")
    none = client.post(f"{banner}/places/photo")

    assert small.status_code == broken.status_code == none.status_code == 422  # type: ignore[attr-defined]
    assert "540 × 400 are needed" in small.text  # type: ignore[attr-defined]
    assert "Choose a picture first." in none.text
    assert kept(people) == {}


def test_a_picture_with_too_few_dots_says_how_wide_a_better_one_is(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)

    upload(client, banner, picture((560, 420)))

    page = client.get(banner).text
    assert "dpi at this size" in page
    assert "Use a picture of at least" in page


def test_pictures_go_into_places_for_pictures_alone(people: People, banner: str) -> None:
    by = people.actor("alice")
    with acting(by):
        version = session.scalars(sa.select(KitVersion)).one()
        content, design = content_of(version), designs_of(version.id)["banner"]
        place = {"design_id": design.id, "layout": content.design("banner"), "language": "en", "launch_id": None}

        with pytest.raises(ZoneRefused):
            set_picture(zone="headline", data=picture(), by=by, now=clock.now(), **place)
        with pytest.raises(ZoneLocked):
            set_picture(zone="nowhere", data=picture(), by=by, now=clock.now(), **place)
        with pytest.raises(intake.FileRefused) as refusal:
            set_picture(zone="photo", data=b"no picture", by=by, now=clock.now(), **place)
    assert refusal.value.field == "photo"


def test_nobody_reaches_another_s_picture_by_writing_its_path_into_a_field(
    people: People, banner: str, client: Browser
) -> None:
    secret = runtime.store().put(f"org-{people.other_partner.id}", picture(colour="#00ff00")).path
    signed_in(client, people.alice)

    saved = client.post(banner, data={"photo": secret})
    shown = client.post(f"{banner}/preview", data={"photo": secret, "headline": "Ask Alice"})

    assert saved.status_code == 422
    assert kept(people) == {}
    assert share_of(tried(shown.text), (0, 255, 0)) == 0
    assert client.get(f"{banner}/places/photo.png").status_code == 404


def test_what_is_tried_out_is_drawn_by_the_renderer_and_not_kept(people: People, banner: str, client: Browser) -> None:
    signed_in(client, people.alice)
    usual = tried(client.post(f"{banner}/preview", data={"headline": "Would your team click?"}).text)

    answer = client.post(f"{banner}/preview", data={"headline": "Ask Alice", "line": "#123456", "ink": "#123456"})

    assert answer.status_code == 200
    assert tried(answer.text).tobytes() != usual.tobytes()
    assert kept(people) == {}


def test_the_colours_on_offer_are_swatches_in_the_partner_s_brand(people: People, banner: str, client: Browser) -> None:
    page = signed_in(client, people.alice).get(banner).text

    offered = re.findall(r'<input class="dot" type="radio" name="line" value="([^"]+)"( checked)?', page)
    assert offered == [("brand.primary", " checked"), ("brand.accent", ""), ("#123456", "")]
    assert 'fill="#1d4ed8"' in page  # the main colour as it looks for this partner
    assert 'type="color" id="zone-ink"' in page
    assert client.post(banner, data={"line": "brand.accent"}).status_code == 303
    assert kept(people) == {"line": "brand.accent"}
    assert client.post(banner, data={"line": "#654321"}).status_code == 422


def test_words_that_do_not_fit_stay_typed_with_the_reason_at_their_field_and_are_not_kept(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)
    wide = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"

    answer = client.post(banner, data={"headline": wide, "lead": "Fits well"})

    field = answer.text.split('id="zone-headline"')[1].split("</div>")[0]
    assert answer.status_code == 422
    assert wide in field
    assert "Use a shorter word" in field
    assert "Fits well" in answer.text
    assert "proof--unfit" in answer.text
    assert kept(people) == {}


def test_a_piece_that_does_not_fit_is_never_shown_as_if_it_were_whole(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)
    amber = (229, 155, 18)

    whole = tried(client.post(f"{banner}/preview", data={"headline": "Ask Alice"}).text)
    answer = client.post(f"{banner}/preview", data={"headline": "W" * 60})

    assert whole.getpixel((whole.width - 12, 12)) != amber
    assert tried(answer.text).getpixel((1, 1)) == amber
    assert answer.status_code == 422
    assert "It cannot be made like this" in answer.text


def test_the_nearest_tone_that_reads_well_is_offered_where_a_chosen_colour_does_not(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)
    client.post(banner, data={"ink": "#eeeeee"})

    page = client.get(banner).text
    offered = re.search(r'name="tone" value="ink=(#[0-9a-f]{6})"', page)
    assert offered is not None
    client.post(banner, data={"headline": "Ask Alice", "ink": "#eeeeee", "tone": f"ink={offered[1]}"})

    assert kept(people) == {"ink": offered[1], "headline": "Ask Alice"}
    assert 'name="tone"' not in client.get(banner).text


def test_a_tone_is_offered_only_where_its_zone_takes_it(people: People, banner: str) -> None:
    with acting(people.actor("alice")):
        design = content_of(session.scalars(sa.select(KitVersion)).one()).design("banner")

    def about(zone: str, tone: str) -> dict[str, str]:
        return better_tones(design, [Complaint("contrast", "", "", zone=zone, data={"hex": tone})])

    assert about("ink", "#112233") == {"ink": "#112233"}
    assert about("line", "#112233") == {}
    assert about("line", "#123456") == {"line": "#123456"}


def test_a_file_that_cannot_be_made_tells_the_partner_and_the_vendor(
    people: People, banner: str, client: Browser
) -> None:
    signed_in(client, people.alice)
    with acting(people.actor("alice")):
        version = session.scalars(sa.select(KitVersion)).one()
        design = designs_of(version.id)["banner"]
        session.add(
            ZoneChoice(
                vendor_id=version.vendor_id, partner_id=people.partner.id, design_id=design.id, launch_id=None,
                language="en", zone="headline", value="W" * 60, updated_at=clock.now(),
            )
        )  # fmt: skip

    told = client.post(f"{banner}/files", data={"what": "png"}, follow_redirects=True).text

    assert "Use a shorter word" in told
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(RenderRefusal.times)).all() == [1]


def test_a_stranger_sees_neither_the_piece_nor_its_pictures(people: People, banner: str, client: Browser) -> None:
    signed_in(client, people.alice)
    upload(client, banner, picture())

    signed_in(client, people.charlie)
    assert client.get(f"{banner}/places/photo.png").status_code == 404
    signed_in(client, people.viktor)
    assert client.get(banner).status_code == 404
