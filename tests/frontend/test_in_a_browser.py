"""The page of all components in a real browser: policy, accessibility, narrow screens, keyboard, no script."""

import io
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright
from werkzeug.serving import make_server

from tcma.app import create_app
from tcma.config import Settings

pytestmark = pytest.mark.real("chromium")

SHOWN = ("components", "public", "mail", "sign-in")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """A demo that serves on a port of its own."""
    application = create_app(replace(settings, demo=True))
    server = make_server("localhost", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}/styleguide"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _open(chromium: Browser, address: str, *, width: int = 1440, script: bool = True, **more: object) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        reduced_motion="reduce",
        **more,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("shown", SHOWN)
def test_nothing_breaks_the_content_security_policy(chromium: Browser, address: str, shown: str) -> None:
    said: list[str] = []
    page = chromium.new_context().new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))

    page.goto(f"{address}?show={shown}")
    if shown == "components":
        page.wait_for_selector(".chart--ready canvas")

    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", SHOWN)
def test_axe_finds_nothing(chromium: Browser, address: str, shown: str, scheme: str) -> None:
    page = _open(chromium, f"{address}?show={shown}", width=390, color_scheme=scheme, bypass_csp=True)

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]

    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("shown", SHOWN)
def test_nothing_is_wider_than_a_small_phone(chromium: Browser, address: str, shown: str, language: str) -> None:
    page = _open(chromium, f"{address}?show={shown}", width=360, locale=language)

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_dialog_is_modal_and_starts_on_the_harmless_answer(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)

    page.get_by_role("button", name="Stop campaign").press("Enter")

    assert page.locator("dialog:modal").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "Keep as it is"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Stop campaign"


def test_a_dialog_opens_and_closes_without_script(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, script=False)
    question = page.get_by_role("heading", name="Stop this campaign?")

    page.get_by_role("button", name="Stop campaign").click()

    assert question.is_visible()
    page.get_by_role("button", name="Keep as it is").click()
    assert question.is_hidden()


def test_a_menu_closes_by_key_and_gives_the_focus_back(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)
    opener = page.locator(".rail__foot summary")

    opener.press("Enter")
    assert page.get_by_role("link", name="Your settings").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    assert page.get_by_role("link", name="Your settings").is_hidden()
    assert opener.evaluate("element => element === document.activeElement")


def test_the_chosen_look_is_there_on_the_next_page(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)

    page.locator(".rail__foot summary").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_chart_says_its_numbers_where_there_is_no_script(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, script=False)

    page.get_by_text("Show the numbers").first.click()

    assert page.locator(".chart__numbers tbody tr").first.is_visible()
    assert page.locator(".chart__plot").first.is_hidden()


def test_a_clock_counts_down_on_the_servers_time(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(address)
    left = page.locator(".clock [data-clock-left]").first
    before = left.text_content()

    page.clock.run_for(61_000)

    assert left.text_content() != before


def test_a_preview_follows_what_is_typed_and_the_last_answer_wins(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.post_data or "")
        route.fulfill(body=f"<p>answer {len(asked)}</p>", content_type="text/html")

    page.route("**/preview-of-a-test", answer)
    page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.insertAdjacentHTML("afterbegin", `<form data-live-preview="#seen" data-preview-url="/preview-of-a-test">
            <input name="headline" aria-label="Headline"></form><div id="seen"></div>`);
          main.dispatchEvent(new CustomEvent("tcma:content", { bubbles: true }));
        }"""
    )

    # On a clock of its own: a slow machine would seem to pause between two keys.
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.get_by_label("Headline").press_sequentially("Two words")
    page.clock.run_for(5000)
    page.wait_for_selector("#seen p")

    assert len(asked) == 1
    assert "Two words" in asked[0]
    assert page.locator("#seen").get_attribute("aria-busy") == "false"


def test_a_chosen_picture_is_shown_before_it_is_sent(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "#0d4f45").save(picture, "PNG")

    page.get_by_label("Logo").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.wait_for_function("document.querySelector('.drop__preview img')?.naturalWidth === 40")

    assert page.locator(".drop__preview img").get_attribute("alt") == "logo.png"


def test_a_form_that_is_on_its_way_is_not_sent_again(chromium: Browser, address: str) -> None:
    page = _open(chromium, address)

    went = page.evaluate(
        """() => {
          document.querySelector("main").insertAdjacentHTML("afterbegin", `<form method="post"></form>`);
          const press = () => document.querySelector("main > form").dispatchEvent(
            new SubmitEvent("submit", { bubbles: true, cancelable: true }));
          return [press(), press()];
        }"""
    )

    assert went == [True, False]
