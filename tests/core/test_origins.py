"""The files' origin: no cookie, no page, and nothing but what an address was signed for."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask import session as cookie
from flask.testing import FlaskClient
from PIL import Image

from campaigns.models import KitState, KitVersion
from campaigns.operations.kits import recall_version
from tcma.core import clock, origins, runtime
from tcma.core.db import session
from tcma.core.links import Purpose
from tcma.core.tenancy import acting
from tcma.identity.access import public
from tcma.identity.models import UserSession
from tcma.identity.operations.tokens import make_token, scopes_for
from tcma.partners.operations import set_logo
from tests.campaigns import rows as kit_rows
from tests.people import People
from tests.signing_in import Browser, signed_in

APP, FILES = "http://localhost", "http://files.localhost"


def a_picture() -> bytes:
    kept = BytesIO()
    Image.new("RGBA", (900, 300), (12, 90, 160, 255)).save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture(autouse=True)
def _stays_where_it_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Browser, "fetches_files", False)


@pytest.fixture
def alice(app: Flask, people: People) -> FlaskClient:
    """Alice's browser; her company has a logo."""
    actor = people.actor("alice")
    with acting(actor):
        set_logo(data=a_picture(), dark=False, by=actor, now=clock.now())
    return signed_in(app.test_client(), people.alice)


def moved_to(client: FlaskClient, path: str) -> str:
    """Where the application's origin sends a browser that asks it for a file."""
    answer = client.get(path)
    assert answer.status_code == 302, answer.status_code
    assert answer.headers["Location"].startswith(f"{FILES}/")
    return answer.headers["Location"].removeprefix(FILES)


def on_files(client: FlaskClient, path: str, **more):
    return client.get(path, base_url=FILES, **more)


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/readyz", "/brand", "/api/v1/me", "/api/v1/openapi.json", "/nothing", "/funds"]
)
def test_no_page_answers_on_the_origin_of_the_files(client: FlaskClient, path: str) -> None:
    answer = on_files(client, path)

    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_signing_in_does_not_work_there_and_the_cookie_of_the_application_counts_for_nothing(
    app: Flask, people: People
) -> None:
    client = signed_in(app.test_client(), people.alice)
    sid = client.get_cookie("tcma")
    assert sid is not None
    client.set_cookie("tcma", sid.value, domain="files.localhost")

    assert on_files(client, "/brand").status_code == 404
    assert on_files(client, "/brand/logo/light.png").status_code == 404
    posted = client.post("/sign-in", base_url=FILES, data={"email": "alice@example.com", "password": "x"})
    assert posted.status_code == 404
    assert "Set-Cookie" not in posted.headers


def test_no_cookie_is_set_there_even_by_a_view_that_writes_into_the_session(app: Flask, client: FlaskClient) -> None:
    def write() -> str:
        cookie["seen"] = True
        return "a { color: red }"

    app.add_url_rule("/written.png", view_func=origins.serves_file(public(write)), endpoint="written")

    there, here = on_files(client, "/written.png"), client.get("/written.png")

    assert there.status_code == 200
    assert "Set-Cookie" not in there.headers
    assert "Set-Cookie" in here.headers  # the same view on the application's own origin


def test_an_upload_is_answered_by_a_signed_address_on_the_files_origin_and_shut_in(alice: FlaskClient) -> None:
    answer = on_files(alice, moved_to(alice, "/brand/logo/light.png"))

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers


def test_the_address_needs_no_cookie_because_the_signature_is_the_proof(app: Flask, alice: FlaskClient) -> None:
    address = moved_to(alice, "/brand/logo/light.png")

    assert on_files(app.test_client(), address).status_code == 200


def test_a_page_embeds_its_pictures_from_there_and_its_policy_lets_it(alice: FlaskClient) -> None:
    page = alice.get("/brand")

    assert f'src="{FILES}/brand/logo/light.png?signed=' in page.get_data(as_text=True)
    assert f"img-src 'self' data: {FILES}" in page.headers["Content-Security-Policy"]


def test_an_address_holds_for_ten_minutes_and_for_twenty_at_most(
    alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = moved_to(alice, "/brand/logo/light.png")

    clock.use_offset(lambda: timedelta(minutes=10) - timedelta(seconds=2))
    assert on_files(alice, address).status_code == 200
    clock.use_offset(lambda: timedelta(minutes=20, seconds=2))
    assert on_files(alice, address).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.replace("light", "dark"),
        lambda a: a.replace("?", "?size=large&"),
        lambda a: a[:-1] + ("A" if a[-1] != "A" else "B"),
        lambda a: a.partition("?")[0],
        lambda a: a.partition("=")[0] + "=",
    ],
)
def test_an_address_is_good_for_its_own_path_and_query_alone(alice: FlaskClient, change) -> None:
    assert on_files(alice, change(moved_to(alice, "/brand/logo/light.png"))).status_code == 404


def test_a_signature_for_another_purpose_is_worth_nothing(alice: FlaskClient) -> None:
    other = runtime.links().sign(Purpose.CONFIRM, 0, 1, 4_000_000_000, 1 << 62)

    assert on_files(alice, f"/brand/logo/light.png?signed={other}").status_code == 404


def test_signing_out_ends_the_addresses_too(alice: FlaskClient) -> None:
    address = moved_to(alice, "/brand/logo/light.png")

    for row in session.query(UserSession):
        session.delete(row)

    assert on_files(alice, address).status_code == 404


def test_a_stranger_gets_no_address_for_the_file_of_another(app: Flask, people: People) -> None:
    values = kit_rows.rendition(people)
    path = f"/files/{values['public_id']}/{values['name']}"
    charlie = signed_in(app.test_client(), people.charlie)

    assert charlie.get(path).status_code == 404
    assert app.test_client().get(path).status_code == 303  # nobody is asked to sign in first


def test_an_address_that_a_stranger_signed_for_the_file_of_another_opens_nothing(app: Flask, people: People) -> None:
    values = kit_rows.rendition(people)
    charlie = signed_in(app.test_client(), people.charlie)
    session.commit()
    row = session.query(UserSession).order_by(UserSession.id.desc()).first()
    with app.test_request_context("/", base_url=APP):
        g.door = origins.Door(origins.DoorKind.SESSION, row.id)
        address = origins.address_of("library.file", **values).removeprefix(FILES)

    assert on_files(charlie, address).status_code == 404


def test_a_finished_file_is_saved_and_not_shown_and_is_gone_with_its_withdrawal(app: Flask, people: People) -> None:
    values = kit_rows.rendition(people)
    alice = signed_in(app.test_client(), people.alice)
    address = moved_to(alice, f"/files/{values['public_id']}/{values['name']}")

    found = on_files(alice, address)
    assert found.status_code == 200
    assert found.headers["Content-Disposition"].startswith("attachment")

    vera = people.actor("vera")
    with acting(vera):
        version = session.scalars(sa.select(KitVersion).where(KitVersion.state == KitState.PUBLISHED)).one()
        recall_version(version_id=version.id, reason="Wrong price", by=vera, now=clock.now())
    assert on_files(alice, address).status_code == 404


def test_a_key_to_the_api_gets_addresses_that_need_no_header_and_end_with_the_key(app: Flask, people: People) -> None:
    values = kit_rows.running(people)
    actor = people.actor("alice")
    with acting(actor):
        token, secret = make_token(name="x", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    client = app.test_client()
    made = client.post(
        f"/api/v1/launches/{values['public_id']}/renditions",
        json={"piece": "banner", "format": "png"},
        headers={"Authorization": f"Bearer {secret}"},
    )
    address = made.json["url"]

    assert on_files(client, address.removeprefix(FILES)).status_code == 200
    with acting(actor):
        token.revoked_at = clock.now()
        session.commit()
    assert on_files(client, address.removeprefix(FILES)).status_code == 404


def test_the_preview_of_a_page_lies_in_a_frame_of_its_own_origin_and_may_do_nothing(app: Flask, people: People) -> None:
    values = kit_rows.look(people)
    alice = signed_in(app.test_client(), people.alice)
    address = moved_to(alice, f"/looks/{values['kind']}/{values['public_id']}/page")

    page = on_files(alice, address)
    policy = page.headers["Content-Security-Policy"]

    assert page.status_code == 200
    assert "sandbox" in policy
    assert f"frame-ancestors {APP}" in policy
    assert f"style-src {FILES}" in policy


def test_with_one_origin_for_both_files_are_answered_where_they_are_asked_for(
    settings, people: People, app: Flask
) -> None:
    runtime.start(replace(settings, files_url=settings.base_url))
    actor = people.actor("alice")
    with acting(actor):
        set_logo(data=a_picture(), dark=False, by=actor, now=clock.now())
    client = signed_in(app.test_client(), people.alice)

    answer = client.get("/brand/logo/light.png")

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/brand", "/api/v1/me", "/static/nothing.css"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "a b", "localhost@evil"])
def test_a_host_that_is_none_of_ours_gets_one_line_of_text(app: Flask, people: People, path: str, host: str) -> None:
    answer = signed_in(app.test_client(), people.alice).get(path, headers={"Host": host})

    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert answer.get_data(as_text=True) == "This host is not known here.\n"
    assert "evil" not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
