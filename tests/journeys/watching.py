"""A person with a browser: clicks are counted, and what the browser complains of is kept."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Frame,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests.journeys.effort import Effort
from tests.journeys.setups import Setup

SHOTS = Path(os.environ.get("TCMA_TEST_SHOTS", Path(tempfile.gettempdir()) / "journey-shots"))
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# What a width changes: other pictures, and those that were below the fold.
PICTURES_ARE_THERE = "[...document.images].every(one => one.complete || one.loading === 'lazy')"
PATIENCE = 90_000  # milliseconds; a shared machine may be slow
expect.set_options(timeout=PATIENCE)

# Counts what a hand does: one per press, wherever it lands, and what it leaves in a field. A page cannot stop it.
COUNTER = """
addEventListener('pointerdown', event => { if (event.isTrusted) pressed() }, true);
addEventListener('change', event => {
  const field = event.target, kind = field.type === 'select-one' ? 'select' : field.type;
  if (!['checkbox', 'radio'].includes(kind)) changed(location.pathname, kind, field.name, field.value);
}, true)
"""
# What a stored script would call; `alert` and its kin are caught as dialogs too.
CANARY = "Object.defineProperty(window, 'canary', { value: what => sang(String(what)) })"


@dataclass
class Complaints:
    """Everything that a browser said against the pages of one journey."""

    found: list[str] = field(default_factory=list)

    def add(self, kind: str, page: str, words: str) -> None:
        self.found.append(f"{kind} at {page}: {words}")

    def check(self) -> None:
        """Fail with all that was found, and forget it."""
        found, self.found = self.found, []
        assert not found, "\n".join(dict.fromkeys(found))


class Person:
    """Somebody in front of a browser of their own."""

    def __init__(self, browser: Browser, setup: Setup, complaints: Complaints, *, viewport: dict[str, int]) -> None:
        self.setup = setup
        self.complaints = complaints
        self.effort = Effort()
        self.songs: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=setup.base, viewport=viewport, locale="en-GB", accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.context.expose_function("pressed", self._pressed)
        self.context.expose_function("changed", self._changed)
        self.context.expose_function("sang", self._sang)
        self.context.add_init_script(f"{COUNTER}; {CANARY}")
        self.context.on("console", self._console)
        self.context.on(
            "weberror",
            lambda error: complaints.add("script error", error.page.url if error.page else "?", str(error.error)),
        )
        self.context.on("dialog", self._dialog)
        self.context.on("response", self._response)
        self.page: Page = self.context.new_page()
        self.page.on("framenavigated", self._navigated)

    @property
    def presses(self) -> int:
        """How often this person has pressed something since it was last counted anew."""
        return self.effort.presses

    def begin_counting(self) -> Effort:
        """Count from here on what this person has to do."""
        self.effort = Effort()
        return self.effort

    def _sang(self, what: str) -> None:
        self.songs.append(what)

    def _pressed(self) -> None:
        self.effort.presses += 1

    def _changed(self, page: str, kind: str, name: str, value: str) -> None:
        self.effort.changed(page, kind, name, value)

    def _navigated(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.effort.screens.append(urlsplit(frame.url).path)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _is_expected(message.text):
            self.complaints.add(f"console {message.type}", self._where(message), message.text)

    def _where(self, message: ConsoleMessage) -> str:
        return message.page.url if message.page else message.location.get("url", "?")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self.songs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.add("server fault", response.url, str(response.status))

    def sign_in(self, who: str) -> "Person":
        """Come in through the sign-in page: by card in the demo, with a password elsewhere."""
        ground = self.setup.ground
        self.page.goto("/sign-in")
        if self.setup.is_demo:
            self.page.get_by_role("button", name=f"Enter as {who}").click()
        else:
            self.page.locator("[name=email]").fill(ground["people"][who])
            self.page.locator("[name=password]").fill(ground["password"])
            self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda address: "/sign-in" not in address)
        return self

    @contextmanager
    def on_a_phone(self) -> Iterator[None]:
        """Hold a phone for as long as the block lasts."""
        self.page.set_viewport_size(PHONE)
        try:
            yield
        finally:
            self.page.set_viewport_size(WIDE)

    def move_clock(self, by: str) -> None:
        """Press the demo's clock button."""
        names = {"hour": "+1 hour", "day": "+1 day", "week": "+1 week"}
        self.page.get_by_role("button", name=names[by]).click()
        self.page.get_by_text("The clock was moved").wait_for()

    def look(self, name: str) -> None:
        """Look at the page at both widths: nothing sticks out, axe finds nothing, and a picture is kept."""
        if not self.setup.is_demo:
            return  # the same templates; once is enough
        look_at(self.page, name, self.complaints)


def look_at(page: Page, name: str, complaints: Complaints) -> None:
    """Check a page at both widths and keep its pictures."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size or WIDE
    page.wait_for_load_state("networkidle")
    for viewport in (WIDE, PHONE):
        width = viewport["width"]
        page.set_viewport_size(viewport)
        page.wait_for_function(PICTURES_ARE_THERE)
        page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True, animations="disabled")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            complaints.add("sticks out", f"{name} at {width}", f"{over} pixels")
        for fault in Axe().run(page, options=RULES).response["violations"]:
            nodes = "; ".join(
                f"{' '.join(map(str, node['target']))}: {node['html'][:160]}" for node in fault["nodes"][:4]
            )
            complaints.add(f"axe {fault['id']}", f"{name} at {width}", f"{fault['help']}: {nodes}")
    page.set_viewport_size(before)


def _is_expected(words: str) -> bool:
    """A form that is refused on purpose answers 422, and an address that is gone 404: the browser logs both."""
    return words.startswith("Failed to load resource") and any(code in words for code in ("422", "404", "403"))


@dataclass
class Company:
    """Opens browsers for the people of a journey and keeps their complaints together."""

    browser: Browser
    setup: Setup
    complaints: Complaints = field(default_factory=Complaints)
    people: list[Person] = field(default_factory=list)

    def person(self, *, viewport: dict[str, int] = WIDE) -> Person:
        """Somebody who has not signed in."""
        found = Person(self.browser, self.setup, self.complaints, viewport=viewport)
        self.people.append(found)
        return found

    def check(self) -> None:
        """Fail with everything that any browser complained of."""
        sung = [song for person in self.people for song in person.songs]
        assert not sung, f"a script ran that nobody wrote: {sung}"
        self.complaints.check()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    import shutil

    program = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()
