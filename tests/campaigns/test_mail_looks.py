"""A mail as it is seen before it goes out: on a desktop and a phone, in light, in dark, and turned by the program."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from assets.brand import Brand
from assets.logos import prepare_logo
from campaigns.content import content_of_package
from campaigns.dark_mails import lost_in_dark
from campaigns.mails import MailLook, mail_step
from campaigns.manifest.mail import has_dark_styles, with_colour_schemes
from syndication.channels.email.looks import in_look
from tests.campaigns import rows
from tests.campaigns.kits import DARK_LOGO, STARTER, starter, with_logo
from tests.people import People
from tests.signing_in import Browser, signed_in

NAVY, WHITE, CLEAR = (16, 20, 60, 255), (255, 255, 255, 255), (0, 0, 0, 0)
HTML = (
    "<html><head><style>@media (prefers-color-scheme: dark) { p { color: #fff } } "
    "@media ( prefers-color-scheme:LIGHT ) { p { color: #000 } }</style></head><body><p>Hello</p></body></html>"
)
PLAIN = "<html><head></head><body><p>Hello</p></body></html>"


@dataclass
class Where:
    """The page of a mail's looks, and the mail itself on the origin of the files."""

    page: str
    mail: str


@pytest.fixture
def kit_mail(on_offer: dict[str, str]) -> Where:
    return Where(f"/looks/kit/{on_offer['kit']}/mails/first/looks", f"/looks/kit/{on_offer['kit']}/mails/first")


def drawn(colour: tuple[int, ...], ground: tuple[int, ...]) -> bytes:
    image = Image.new("RGBA", (400, 100), ground)
    ImageDraw.Draw(image).rectangle((40, 30, 360, 70), fill=colour)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def losses(colour: tuple[int, ...], ground: tuple[int, ...]) -> list[str]:
    content = content_of_package(starter(), clean=None)
    brand = Brand(name="Alice's company", logo=prepare_logo(drawn(colour, ground)))
    return lost_in_dark(content, mail_step(content, "first"), brand=brand)


@pytest.mark.parametrize(
    ("look", "dark", "light"),
    [
        (MailLook.LIGHT, "(max-width: 0)", "(min-width: 0)"),
        (MailLook.DARK, "(min-width: 0)", "(max-width: 0)"),
        (MailLook.INVERTED, "(max-width: 0)", "(min-width: 0)"),
    ],
)
def test_a_look_decides_what_the_mail_asks_the_browser(look: MailLook, dark: str, light: str) -> None:
    shown = in_look(HTML, look)

    assert f"@media {dark} {{ p {{ color: #fff }} }}" in shown
    assert f"@media {light} {{ p {{ color: #000 }} }}" in shown
    assert "prefers-color-scheme" not in shown
    assert ("invert(1)" in shown) is (look is MailLook.INVERTED)


def test_a_mail_without_dark_styles_is_the_same_in_dark_and_promises_nothing() -> None:
    assert in_look(PLAIN, MailLook.DARK) == in_look(PLAIN, MailLook.LIGHT)
    assert with_colour_schemes(PLAIN) == PLAIN


def test_a_mail_with_dark_styles_names_both_schemes_in_its_head_once() -> None:
    told = with_colour_schemes(HTML)

    assert told.startswith('<html><head><meta name="color-scheme" content="light dark">')
    assert told.count('<meta name="supported-color-schemes" content="light dark">') == 1


@pytest.mark.parametrize("kit", sorted(path.name for path in STARTER.parent.iterdir() if (path / "mail").is_dir()))
def test_every_mail_of_a_starter_kit_has_dark_styles(kit: str) -> None:
    mails = sorted(Path(STARTER.parent / kit / "mail").glob("*.mjml"))

    assert mails
    assert all(has_dark_styles(mail.read_text()) for mail in mails)


def test_a_dark_logo_without_a_ground_is_said_to_vanish_in_dark_and_other_logos_are_not() -> None:
    (said,) = losses(NAVY, CLEAR)

    assert "Give the file a light ground" in said
    assert losses(NAVY, WHITE) == []
    assert losses(WHITE, CLEAR) == []


def test_the_page_shows_the_mail_on_each_screen_and_in_each_look_by_links_alone(
    people: People, kit_mail: Where, browser: Browser
) -> None:
    signed_in(browser, people.alice)

    usual = browser.get(kit_mail.page).text
    chosen = browser.get(f"{kit_mail.page}?language=en&screen=phone&look=dark").text

    assert 'class="mail-screen mail-screen--desktop"' in usual
    assert "look=light" in usual.split("<iframe")[1].split(">")[0]
    assert 'class="mail-screen mail-screen--phone"' in chosen
    frame = chosen.split("<iframe")[1].split(">")[0]
    assert "look=dark" in frame
    assert "sandbox" in frame
    assert "screen=phone&amp;look=inverted" in chosen
    assert "<title>Who would click at your office?" in chosen


def test_a_look_that_is_not_known_is_light(people: People, kit_mail: Where, browser: Browser) -> None:
    page = signed_in(browser, people.alice).get(f"{kit_mail.page}?screen=wall&look=x").text

    assert 'class="mail-screen mail-screen--desktop"' in page
    assert "look=light" in page.split("<iframe")[1].split(">")[0]


def test_the_mail_of_a_look_runs_nothing_and_may_be_framed_by_us_alone(
    people: People, kit_mail: Where, browser: Browser
) -> None:
    answer = signed_in(browser, people.alice).get(f"{kit_mail.mail}?look=inverted")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert "invert(1)" in answer.text


def test_a_vanishing_logo_is_told_where_the_mail_is_seen_in_dark(
    people: People, kit_mail: Where, browser: Browser
) -> None:
    with_logo(people, logo=DARK_LOGO)
    signed_in(browser, people.alice)

    assert "Hard to see in dark" in browser.get(f"{kit_mail.page}?look=inverted").text
    assert "Hard to see in dark" not in browser.get(kit_mail.page).text


def test_the_mail_of_a_campaign_is_nobody_elses(people: People, browser: Browser) -> None:
    launch = rows.running(people)["public_id"]
    address = f"/looks/launch/{launch}/mails/first/looks"

    assert signed_in(browser, people.alice).get(address).status_code == 200
    assert signed_in(browser, people.charlie).get(address).status_code == 404
