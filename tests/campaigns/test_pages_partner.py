"""The partner's pages: what fits, its own pieces, the three screens, and a campaign that runs."""

from io import BytesIO
from zipfile import ZipFile

import sqlalchemy as sa
from PIL import Image

from assets.library.models import ZoneChoice
from assets.library.queries import designs_of
from campaigns.models import KitState, KitVersion, Launch, LaunchState
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tcma.partners.models import BrandProfile
from tests import factories
from tests.people import People
from tests.signing_in import Browser, signed_in

PIECES = ["mails", "posts", "banner", "card", "flyer", "webinar", "call-script", "showcase"]


def test_only_kits_that_fit_are_on_offer_and_say_why(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    page = signed_in(browser, people.alice).get("/campaigns")

    assert "The phishing drill" in page.text
    assert "Made for resellers" in page.text
    assert "/looks/kit/" in page.text


def test_a_partner_without_a_logo_is_asked_for_it_first(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    assert "Drop in your logo" in signed_in(browser, people.charlie).get("/campaigns").text
    assert "Drop in your logo" not in signed_in(browser, people.alice).get("/campaigns").text


def test_each_partner_sees_its_own_pieces(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    address = f"/looks/kit/{on_offer['kit']}/pieces/flyer/2.png"

    alices = signed_in(browser, people.alice).get(address).data
    charlies = signed_in(browser, people.charlie).get(address).data

    assert alices.startswith(b"\x89PNG")
    assert alices != charlies


def test_the_page_of_a_kit_shows_every_piece(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    page = signed_in(browser, people.alice).get(f"/campaigns/{on_offer['kit']}")

    assert page.text.count("proof__sheet") >= 7  # three pieces, a page, three mails
    assert page.text.count('class="post"') == 5


def test_an_open_zone_is_shown_as_it_is_typed_and_kept(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.alice)
    address = f"/looks/kit/{on_offer['kit']}/pieces/banner"

    tried = browser.post(f"{address}/preview?language=en", data={"headline": "Ask Alice first"})
    kept = browser.post(f"{address}?language=en", data={"headline": "Ask Alice first"})

    assert "data:image/png;base64," in tried.text
    assert kept.status_code == 303
    assert "Ask Alice first" in browser.get(kept.location).text


def test_a_locked_zone_is_refused_and_shown_as_locked(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.alice)
    address = f"/looks/kit/{on_offer['kit']}/pieces/flyer"

    refused = browser.post(f"{address}?language=en", data={"legal": "We promise everything."})

    assert refused.status_code == 422
    assert "Set by the vendor" in browser.get(address).text


def test_a_zone_that_is_too_long_keeps_what_was_typed(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.alice)

    refused = browser.post(f"/looks/kit/{on_offer['kit']}/pieces/banner?language=en", data={"headline": "word " * 30})

    assert refused.status_code == 422
    assert "Shorten it by" in refused.text
    assert "word word word" in refused.text


def test_files_come_as_png_and_pdf(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    signed_in(browser, people.alice)
    address = f"/looks/kit/{on_offer['kit']}/pieces"

    png = browser.post(f"{address}/banner/files", data={"what": "png"}, follow_redirects=True)
    pdf = browser.post(f"{address}/flyer/files", data={"what": "print_pdf"}, follow_redirects=True)

    assert png.data.startswith(b"\x89PNG")
    assert pdf.data.startswith(b"%PDF")


def test_a_file_of_another_partner_answers_like_an_absent_one(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.alice)
    made = browser.post(f"/looks/kit/{on_offer['kit']}/pieces/banner/files", data={"what": "png"})

    assert signed_in(browser, people.bob).get(made.location).status_code == 200
    assert signed_in(browser, people.charlie).get(made.location).status_code == 404
    assert signed_in(browser, people.viktor).get(made.location).status_code == 404


def begun(people: People, browser: Browser, kit: str) -> str:
    """Let Alice go through the first two screens; returns the address of the campaign."""
    signed_in(browser, people.alice)
    assert "Next: audience" in browser.get(f"/campaigns/{kit}/start").text
    second = browser.post(f"/campaigns/{kit}/start", data={"language": "en", "pieces": PIECES})
    assert second.status_code == 303
    third = browser.post(second.location, data={})
    return str(third.location.removesuffix("/review"))


def started(people: People, browser: Browser, kit: str) -> str:
    address = begun(people, browser, kit)
    browser.post(f"{address}/start", data={"moment": "now"})
    return address


def test_a_campaign_starts_on_the_third_screen_with_nothing_typed(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    address = begun(people, browser, on_offer["kit"])

    review = browser.get(f"{address}/review")
    answer = browser.post(f"{address}/start", data={"moment": "now"})
    page = browser.get(answer.location)

    assert "What your customers will see" in review.text
    assert answer.status_code == 303
    assert "Running since" in page.text
    assert "Stop this campaign for good?" in page.text


def test_what_is_missing_is_said_before_the_start(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    signed_in(browser, people.charlie)
    kit = on_offer["kit"]
    second = browser.post(f"/campaigns/{kit}/start", data={"language": "en", "pieces": ["banner"]})
    third = browser.post(second.location, data={})

    refused = browser.post(third.location.replace("/review", "/start"), data={"moment": "now"})

    assert refused.status_code == 422
    assert "logo" in refused.text


def test_a_start_in_the_past_is_said_at_its_field(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    address = begun(people, browser, on_offer["kit"])

    refused = browser.post(f"{address}/start", data={"moment": "later", "start": "2020-01-01T10:00"})

    assert refused.status_code == 422
    assert "That is in the past" in refused.text


def test_a_campaign_of_another_partner_answers_like_an_absent_one(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    address = started(people, browser, on_offer["kit"])

    assert signed_in(browser, people.bob).get(address).status_code == 200
    assert signed_in(browser, people.charlie).get(address).status_code == 404
    assert signed_in(browser, people.charlie).post(f"{address}/stop").status_code == 404
    assert signed_in(browser, people.vera).get(address).status_code == 403


def test_pause_resume_and_stop_are_one_press_each(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    address = started(people, browser, on_offer["kit"])

    seen = [browser.post(f"{address}/{what}", follow_redirects=True).text for what in ("pause", "resume", "stop")]

    assert "Paused. Nothing goes out" in seen[0]
    assert "Going on." in seen[1]
    assert "Stopped. Nothing more goes out." in seen[2]
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Launch.state)).one() is LaunchState.STOPPED


def test_a_withdrawn_kit_ends_what_runs_and_its_files(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    address = started(people, browser, on_offer["kit"])
    made = browser.post(f"/looks/kit/{on_offer['kit']}/pieces/banner/files", data={"what": "png"})

    signed_in(browser, people.vera)
    browser.post(f"/kits/versions/{on_offer['version']}/recall", data={"reason": "The claim was wrong."})
    signed_in(browser, people.alice)

    assert "withdrawn this campaign" in browser.get(address).text
    assert browser.get(made.location).status_code == 404
    assert browser.get(f"/campaigns/{on_offer['kit']}").status_code == 404
    pieces = f"/looks/launch/{address.rpartition('/')[2]}"
    for gone in ("/pieces/banner", "/pieces/banner/1.png", "/files", "/files.zip"):
        assert browser.get(pieces + gone).status_code == 404, gone
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(KitVersion.state)).one() is KitState.RECALLED


def test_the_zip_of_a_campaign_holds_every_piece(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    signed_in(browser, people.alice)

    waiting = browser.post(f"/looks/kit/{on_offer['kit']}/files", follow_redirects=True)
    outbox.drain(now=clock.now())
    ready = browser.get(waiting.request.path, query_string={"making": 1})
    answer = browser.post(waiting.request.path, follow_redirects=True)

    assert "Making your files" in waiting.text
    assert "Your files are ready" in ready.text
    names = set(ZipFile(BytesIO(answer.data)).namelist())
    assert {"banner.png", "banner@2x.png", "banner.jpg", "banner@2x.webp", "card.png"} <= names
    assert {"flyer.pdf", "flyer-print.pdf", "flyer-1.png", "flyer-2@2x.png"} <= names
    assert "not-included.txt" not in names


def test_a_piece_that_does_not_fit_keeps_no_other_out_of_the_zip(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    """Words that fitted when they were written may fit no more when the brand has changed."""
    signed_in(browser, people.alice)
    page = browser.post(f"/looks/kit/{on_offer['kit']}/files", follow_redirects=True).request.path
    with acting(people.actor("alice")):
        design, launch = designs_of(_version_id(people))["banner"], session.scalars(sa.select(Launch)).one()
        for zone, value in (("headline", "W" * 60), ("lead", "Fits")):
            session.add(
                ZoneChoice(
                    vendor_id=design.vendor_id, partner_id=launch.partner_id, design_id=design.id, launch_id=launch.id,
                    language=launch.language, zone=zone, value=value, updated_at=clock.now(),
                )
            )  # fmt: skip
    session.commit()
    outbox.drain(now=clock.now())

    told = browser.get(page, query_string={"making": 1}).text
    archive = ZipFile(BytesIO(browser.get(f"{page}.zip").data))

    assert "cannot be made yet" in told
    assert "Use a shorter word" in told
    names = set(archive.namelist())
    assert "card.png" in names
    assert not {name for name in names if name.startswith("banner")}
    assert "Use a shorter word" in archive.read("not-included.txt").decode()
    kit = signed_in(browser, people.vera).get(f"/kits/{on_offer['kit']}").text
    assert "What partners could not make" in kit
    assert "Use a shorter word" in kit


def _version_id(people: People) -> int:
    with acting(people.actor("vera")):
        return session.scalars(sa.select(KitVersion.id)).one()


def test_my_campaigns_are_mine(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    started(people, browser, on_offer["kit"])

    assert "Running" in browser.get("/campaigns/launches").text
    assert "Nothing here yet" in signed_in(browser, people.charlie).get("/campaigns/launches").text


def test_an_event_opens_when_its_date_is_confirmed(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    address = started(people, browser, on_offer["kit"])
    page = browser.get(address)
    event = page.text.split("/events/")[1].split('"')[0]

    answer = browser.post(f"{address}/events/{event}", data={"start": "2027-03-10T11:00"}, follow_redirects=True)

    assert "This date is a proposal" in page.text
    assert "Registration is open" in answer.text


def test_a_role_without_writing_sees_and_cannot_start(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, factories.member(people.partner, Role.VIEWER))

    assert browser.get("/campaigns").status_code == 200
    assert browser.get(f"/campaigns/{on_offer['kit']}/start").status_code == 403
    assert browser.post(f"/looks/kit/{on_offer['kit']}/pieces/banner", data={"headline": "No"}).status_code == 403


def test_a_logo_dropped_in_makes_every_picture_the_partners_own(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.charlie)
    address = f"/looks/kit/{on_offer['kit']}/pieces/banner/1.png"
    before = browser.get(address).data

    answer = browser.post(
        "/campaigns/brand", data={"logo": (BytesIO(_orange_logo()), "logo.png")}, follow_redirects=True
    )

    assert "Here is what your customers will see" in answer.text
    assert "Drop in your logo" not in answer.text
    assert browser.get(address).data != before
    with acting(people.actor("charlie")):
        profile = session.scalars(sa.select(BrandProfile)).one()
    assert profile.logo_blob
    assert profile.primary.lower() == "#c2410c"


def test_what_is_no_logo_is_refused_with_the_reason_and_changes_nothing(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.charlie)

    answer = browser.post(
        "/campaigns/brand", data={"logo": (BytesIO(b"not a picture"), "logo.png")}, follow_redirects=True
    )
    empty = browser.post("/campaigns/brand", data={}, follow_redirects=True)

    assert "Drop in your logo" in answer.text
    assert "flash is-danger" in answer.text
    assert "Choose a picture of your logo first" in empty.text
    with acting(people.actor("charlie")):
        assert session.scalars(sa.select(BrandProfile.logo_blob)).one() is None


def _orange_logo() -> bytes:
    out, mark = BytesIO(), Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    mark.paste((194, 65, 12, 255), (20, 20, 580, 180))
    mark.save(out, "PNG")
    return out.getvalue()
