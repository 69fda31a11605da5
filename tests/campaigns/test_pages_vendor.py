"""The vendor's pages: its kits, their previews, import, publishing and authoring, as Vera and Viktor see them."""

from io import BytesIO

import sqlalchemy as sa

from campaigns.manifest import write_zip
from campaigns.models import KitState, KitVersion
from campaigns.operations.writing import with_files
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, starter
from tests.people import People
from tests.signing_in import Browser, signed_in


def test_the_vendor_sees_its_kits_and_another_vendor_none(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    page = signed_in(browser, people.vera).get("/kits")
    other = signed_in(browser, people.viktor).get("/kits")

    assert "The phishing drill" in page.text
    assert "On offer to 2 partners" in page.text
    assert "The phishing drill" not in other.text


def test_a_kit_of_another_vendor_answers_like_an_absent_one(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.viktor)

    found = {path: browser.get(path).status_code for path in (f"/kits/{on_offer['kit']}", "/kits/kit_absent")}
    picture = browser.get(f"/looks/version/{on_offer['version']}/pieces/banner/1.png")

    assert set(found.values()) == {404}
    assert picture.status_code == 404


def test_a_kit_is_seen_as_any_partner_and_in_any_language(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.vera)
    where = f"/looks/version/{on_offer['version']}"

    page = browser.get(f"/kits/{on_offer['kit']}?language=de&as=long")
    picture = browser.get(f"{where}/pieces/banner/1.png?as=long&language=de")
    mail = browser.get(f"{where}/mails/first?as=long&language=de")
    landing = browser.get(f"{where}/page?as=long&language=de")

    assert "Alice&#39;s company" in page.text  # among those whose eyes can be borrowed
    assert picture.data.startswith(b"\x89PNG")
    assert "Maximiliane Steinhauser-Breitenbacher" in mail.text
    assert 'lang="de"' in landing.text
    assert "script" not in mail.headers["Content-Security-Policy"]


def test_a_zip_is_checked_and_goes_in(people: People, browser: Browser) -> None:
    signed_in(browser, people.vera)

    answer = browser.post("/kits/import", data={"package": (BytesIO(write_zip(starter())), "kit.zip")})

    assert answer.status_code == 303
    assert "Draft" in browser.get(answer.location).text


def test_a_broken_zip_is_listed_line_by_line(people: People, browser: Browser) -> None:
    manifest = starter().files["kit.yaml"].replace(b"theme: security", b"theem: security")
    broken = with_files(starter(), {"kit.yaml": manifest})
    signed_in(browser, people.vera)

    answer = browser.post("/kits/import", data={"package": (BytesIO(write_zip(broken)), "kit.zip")})

    assert answer.status_code == 422
    assert "kit.yaml:" in answer.text
    assert "theme" in answer.text
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(KitVersion)).all() == []


def test_what_was_exported_goes_in_again_unchanged(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    signed_in(browser, people.vera)

    out = browser.get(f"/kits/versions/{on_offer['version']}/kit.zip")

    assert out.data == write_zip(starter())


def test_publishing_shows_the_dry_run_and_ends_by_itself(people: People, browser: Browser) -> None:
    version = imported(people, clock.now())
    with acting(people.actor("vera")):
        kit, address = version.kit.public_id, version.public_id
    signed_in(browser, people.vera)

    answer = browser.post(f"/kits/versions/{address}/publish")
    during = browser.get(answer.location)
    outbox.drain(now=clock.now())
    after = browser.get(f"/kits/{kit}")

    assert "Trying it out for every partner" in during.text
    assert "On offer to 2 partners" in after.text


def test_a_kit_is_made_from_a_starter_without_seeing_a_file(people: People, browser: Browser) -> None:
    signed_in(browser, people.vera)

    begun = browser.post("/kits/new", data={"starter": "phishing-drill", "name": "Our autumn drill"})
    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion.public_id)).one()
    address = f"/kits/versions/{version}/words?part=kit&language=en"
    words = browser.get(address)
    saved = browser.post(address, data={"w0": "Our winter drill", "w1": "A summary."})

    assert begun.status_code == 303
    assert "Our autumn drill" in words.text
    assert saved.status_code == 303
    assert "Our winter drill" in browser.get(begun.location).text


def test_a_wrong_merge_field_is_refused_and_what_was_typed_stays(people: People, browser: Browser) -> None:
    signed_in(browser, people.vera)
    browser.post("/kits/new", data={"starter": "phishing-drill", "name": "Our autumn drill"})
    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion.public_id)).one()

    refused = browser.post(
        f"/kits/versions/{version}/words?part=kit&language=en",
        data={"w0": "For {{ partner.nmae }}", "w1": "A summary."},
    )

    assert refused.status_code == 422
    assert "For {{ partner.nmae }}" in refused.text


def test_a_published_version_is_not_changed_but_followed(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.vera)

    refused = browser.get(f"/kits/versions/{on_offer['version']}/words")
    draft = browser.post(f"/kits/{on_offer['kit']}/draft")

    assert refused.status_code == 404
    assert "1.1.0" in browser.get(draft.location).text
    with acting(people.actor("vera")):
        states = session.scalars(sa.select(KitVersion.state).order_by(KitVersion.number)).all()
    assert states == [KitState.PUBLISHED, KitState.DRAFT]


def test_every_page_of_authoring_opens(people: People, browser: Browser) -> None:
    signed_in(browser, people.vera)
    browser.post("/kits/new", data={"starter": "phishing-drill", "name": "Our autumn drill"})
    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion.public_id)).one()

    found = [
        browser.get(f"/kits/versions/{version}/{page}").status_code for page in ("words", "pictures", "pdf", "for")
    ]
    found += [
        browser.get(path).status_code for path in ("/kits/new", "/kits/import", "/kits/starters/phishing-drill.png")
    ]

    assert found == [200] * 7


def test_an_approver_sees_kits_and_cannot_change_them(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.amir)

    assert browser.get(f"/kits/{on_offer['kit']}").status_code == 200
    assert browser.post(f"/kits/versions/{on_offer['version']}/recall", data={"reason": "No"}).status_code == 403
    assert browser.get("/kits/new").status_code == 403
