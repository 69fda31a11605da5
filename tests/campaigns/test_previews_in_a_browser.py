"""Pages and the files they show, from their two origins, in a real browser: all is seen, nothing is blocked."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity import presence
from tcma.identity.operations.signing_in import begin_session
from tests.campaigns import rows
from tests.journeys.watching import PATIENCE
from tests.people import People

pytestmark = pytest.mark.real("chromium")


@dataclass
class Window:
    """A page of Alice's browser, what its console said, and the cookies that each host was sent."""

    page: Page
    address: str
    said: list[str]
    cookies_to_files: list[str]


@pytest.fixture
def window(app: Flask, people: People, settings: Settings) -> Iterator[Window]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address, files = f"http://127.0.0.1:{server.port}", f"http://localhost:{server.port}"
    rows.running(people)
    server.app = create_app(replace(settings, base_url=address, files_url=files))
    with acting(Actor.anonymous()):
        seat = presence.of_member(people.alice.id)
        assert seat is not None
        sid = begin_session(seat=seat, now=clock.now()).sid
    session.commit()
    value = server.app.session_interface.get_signing_serializer(server.app).dumps({"sid": sid})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=args)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "tcma", "value": value, "url": address}])
        page = context.new_page()
        said: list[str] = []
        sent: list[str] = []
        page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
        page.on("request", lambda one: sent.append(one.all_headers().get("cookie", "")) if files in one.url else None)
        yield Window(page, address, said, sent)
        browser.close()
    server.shutdown()
    thread.join()


def test_pictures_and_framed_previews_of_a_campaign_are_seen_from_the_origin_of_the_files(
    window: Window, people: People
) -> None:
    launch = rows.running(people)["public_id"]
    session.commit()
    page = window.page
    page.goto(f"{window.address}/campaigns/launches/{launch}")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('[loading=lazy]').forEach(one => one.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    pictures = page.evaluate("[...document.images].map(one => [new URL(one.src).hostname, one.naturalWidth])")
    framed = [frame for frame in page.frames if frame != page.main_frame]

    assert window.said == []
    assert len(pictures) >= 3
    assert {host for host, _width in pictures} == {"localhost"}
    assert all(width > 0 for _host, width in pictures)
    assert framed
    for frame in framed:
        assert frame.url.startswith("http://localhost:")
        assert frame.locator("body").inner_text().strip()
    assert set(window.cookies_to_files) == {""}


@pytest.mark.parametrize("prefers", ["light", "dark"])
@pytest.mark.parametrize(
    ("look", "ink", "turned"),
    [("light", "rgb(21, 23, 26)", False), ("dark", "rgb(236, 238, 241)", False), ("inverted", "rgb(21, 23, 26)", True)],
)
def test_a_mail_is_seen_in_the_look_that_was_chosen_whatever_the_reader_prefers(
    window: Window, people: People, *, prefers: str, look: str, ink: str, turned: bool
) -> None:
    launch = rows.running(people)["public_id"]
    session.commit()
    page = window.page
    page.emulate_media(color_scheme="dark" if prefers == "dark" else "light")

    page.goto(f"{window.address}/looks/launch/{launch}/mails/first/looks?screen=phone&look={look}")
    page.wait_for_load_state("networkidle")

    (frame,) = [one for one in page.frames if one != page.main_frame]
    assert frame.evaluate("getComputedStyle(document.querySelector('.words div')).color") == ink
    assert (frame.evaluate("getComputedStyle(document.documentElement).filter") != "none") is turned
    assert page.locator(".mail-screen iframe").bounding_box()["width"] == 375
    assert window.said == []


def test_a_file_that_is_made_by_a_press_is_saved_from_the_origin_of_the_files(window: Window, people: People) -> None:
    launch = rows.running(people)["public_id"]
    session.commit()
    page = window.page
    page.goto(f"{window.address}/looks/launch/{launch}/pieces/banner")

    with page.expect_download() as saved:
        page.locator("form[action$='/files'] button").first.click()

    assert saved.value.url.startswith("http://localhost:")
    assert saved.value.suggested_filename.startswith("banner")
    assert window.said == []
