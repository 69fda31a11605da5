"""A kit from an empty page: the vendor makes, checks and publishes it in the browser, and takes it back."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.answering import part
from tests.journeys.setups import path_of
from tests.journeys.starting import is_short
from tests.journeys.tale import document, heading, logo, picture, pictures_are_there, sees, upload
from tests.journeys.watching import Company, Person
from tests.processes.running import until

KIT = "The restore that works"
OFFER = "We restore one folder with you, and you see how long it takes."
SUBJECT = "When did you last try a restore?"
POST = "A backup is as good as its restore. When did you last try yours?"
REASON = "The claim about hours was wrong"


def begin(vera: Person, name: str, offer: str) -> None:
    """From the list of kits to a kit that holds a page with a form; its timeline says what is missing."""
    page = vera.page
    page.goto("/kits")
    page.get_by_role("link", name=re.compile("New kit|Start from a kit")).first.click()
    page.get_by_role("link", name="Begin with nothing").click()
    vera.look("vendor-kit-blank")
    page.get_by_label("Name").fill(name)
    page.get_by_label("What is offered?").fill(offer)
    page.get_by_role("button", name="Begin").click()
    heading(page, "Timeline")
    vera.look("vendor-kit-blank-timeline")


def missing(page: Page) -> Locator:
    """The lines of the check list that are not done yet."""
    return page.locator(".checklist__item").filter(has=page.get_by_role("img", name="missing"))


def mend_what_is_missing(vera: Person) -> None:
    """Each missing line leads to where it is mended: a mail that leads to the page, then somebody who calls."""
    page = vera.page
    missing(page).first.get_by_role("link").click()
    heading(page, "Add: Mail")
    for label, words in (
        ("Subject", SUBJECT),
        ("Preview line", "A quarter of an hour, and you know."),
        ("Headline", "A backup is as good as its restore"),
        ("Text", "We restore one folder with you.\n\nYou see how long it takes, and what is not there."),
        ("Words on the button", "Book the check"),
    ):
        page.get_by_label(re.compile(f"^{label}")).first.fill(words)
    page.get_by_role("button", name="Put it on the timeline").click()
    expect(missing(page)).to_have_count(1)
    missing(page).get_by_role("link").click()
    heading(page, "Add: Task")
    page.get_by_label("What is to be done?").fill("Call those who clicked")
    page.get_by_role("button", name="Put it on the timeline").click()
    expect(missing(page)).to_have_count(0)


def drop_pieces_in(vera: Person) -> None:
    """A picture and a PDF of the designers become pieces; the picture stands on the page and in a post, too."""
    page = vera.page
    page.get_by_role("link", name="Add pictures").click()
    upload(page.get_by_label("Pictures").first, "drawer.png", "image/png", picture())
    page.get_by_label("What is it called?").fill("Drawer")
    page.get_by_label("Put it at the head of the landing page, too").check()
    page.get_by_label("What the picture shows").fill("A drawer full of tapes")
    page.get_by_role("button", name="Add it to the kit").click()
    sees(page, "It is in the kit")
    page.get_by_role("link", name="Add a PDF").click()
    upload(page.get_by_label("PDF").first, "sheet.pdf", "application/pdf", document("How we restore"))
    page.get_by_label("What is it called?").fill("Data sheet")
    page.get_by_role("button", name="Add it to the kit").click()
    sees(page, "Your PDF is in")
    assert pictures_are_there(page.locator("main")) >= 2
    page.get_by_role("link", name="Timeline").click()
    page.get_by_role("link", name="Post", exact=True).click()
    page.get_by_label("Text").first.fill(POST)
    page.get_by_label("Picture").first.select_option(label="Drawer")
    page.get_by_label("What the picture shows").fill("A drawer full of tapes")
    page.get_by_role("button", name="Put it on the timeline").click()
    sees(page, "It is on the timeline")


def take_the_form_out_and_bring_it_back(vera: Person) -> None:
    """Without its form the page is not ready; the check list leads back to where the form is put in again, as it began."""
    page = vera.page
    page.get_by_role("link", name="Landing page").first.click()
    row = page.locator(".timeline__item").filter(has_text="Ask us about it")
    row.get_by_role("button", name="Take out").click()
    row.get_by_role("button", name="Take out").last.click()
    sees(page, "Taken out")
    page.get_by_role("link", name="Back to the kit").click()
    expect(missing(page)).to_have_count(2)  # no form, and so no consent
    missing(page).first.get_by_role("link").click()
    heading(page, "Landing page")
    page.get_by_role("link", name="Form", exact=True).click()
    expect(page.get_by_label("Headline", exact=True)).to_have_value("Ask us about it")
    expect(page.get_by_label("What people agree to")).to_have_value(re.compile("I can withdraw this"))
    expect(page.frame_locator("#section-try iframe").get_by_role("button", name="Send")).to_be_visible()
    vera.look("vendor-kit-form-again")
    page.get_by_role("button", name="Put it on the page").click()
    sees(page, "It is on the page.")
    expect(page.locator(".timeline__item").nth(1)).to_contain_text("Form")
    page.get_by_role("link", name="Benefits", exact=True).click()
    page.get_by_label("Headline").first.fill("What you get")
    page.locator("[name=item0_title]").fill("A number")
    page.locator("[name=item0_text]").fill("Minutes until you work again.")
    page.get_by_role("button", name="Put it on the page").click()
    sees(page, "It is on the page.")
    vera.look("vendor-kit-page-sections")


def lock_the_hours(vera: Person) -> None:
    """Mails go out in office hours, and no partner sets others."""
    page = vera.page
    page.get_by_role("link", name="Back to the kit").click()
    page.get_by_role("link", name="Timeline").click()
    page.get_by_role("link", name="Choose the hours").click()
    vera.look("vendor-kit-hours")
    page.get_by_role("radio", name="In these hours").check()
    page.get_by_role("checkbox", name="The hours").check()
    page.get_by_role("button", name="Save").click()
    sees(page, "Partners may not change the hours.")
    vera.look("vendor-kit-whole-timeline")


def publish(vera: Person) -> None:
    """From the timeline, when nothing is missing: the dry run, and then the kit is on offer."""
    page = vera.page
    expect(missing(page)).to_have_count(0)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("all clean").first).to_be_visible(timeout=120_000)


def give_a_logo(partner: Person) -> None:
    """Drop a logo in, where none is there yet."""
    page = partner.page
    page.goto("/campaigns")
    if page.get_by_role("button", name="Show me my campaigns").count():
        upload(page.get_by_label("logo", exact=False).first, "logo.png", "image/png", logo())
        page.get_by_role("button", name="Show me my campaigns").click()
        sees(page, "Here is what your customers will see")


def see_and_launch(anna: Person, name: str) -> str:
    """The partner finds it among its campaigns and starts it in three screens; returns the campaign's address."""
    page = anna.page

    def is_there() -> bool:
        page.goto("/campaigns")
        return bool(page.get_by_role("heading", name=name).count())

    until(is_there, what="the kit at the partner")
    effort = anna.begin_counting()
    page.get_by_role("link", name=f"Start campaign: {name}").click()
    page.get_by_role("button", name="Next: audience").click()
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("button", name="Start campaign").click()
    page.wait_for_url("**/campaigns/launches/*")
    is_short(effort)
    anna.look("partner-launch-from-nothing")
    return page.url


def others_see_nothing(company: Company, kit: str, name: str) -> None:
    """Another vendor and its partner find it in no list, and its address answers as if it were not there."""
    viktor, dora = company.person().sign_in("viktor"), company.person().sign_in("dora")
    for person, places in (
        (viktor, ("/kits", "/home", "/results")),
        (dora, ("/campaigns", "/campaigns/launches", "/home", "/withdrawn")),
    ):
        for place in places:
            person.page.goto(place)
            expect(person.page.get_by_text(name)).to_have_count(0)
    for person, address in ((viktor, f"/kits/{kit}"), (dora, f"/campaigns/{kit}"), (dora, f"/campaigns/{kit}/start")):
        answer = person.page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
    for person in (viktor, dora):
        person.context.close()


def take_it_back(vera: Person, kit_url: str) -> None:
    """One reason, one press: the vendor withdraws the version and is shown who has to confirm."""
    page = vera.page
    page.goto(path_of(kit_url))
    page.get_by_role("button", name="Withdraw this version").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    sees(page, "Nothing of it goes out any more")
    vera.look("vendor-kit-withdrawn")


def everything_is_dark(company: Company, anna: Person, launch: str, public: str, pictures: list[str]) -> None:
    """The campaign has ended, its page says so, and every picture that stood in mails and posts is empty."""
    page = anna.page
    page.goto(path_of(launch))
    sees(page, "Your vendor has withdrawn this campaign. Nothing more goes out.")
    sees(page, REASON)
    for what in ("Run it again", "Download all pictures and PDFs", "Copy"):
        expect(page.get_by_role("button", name=what)).to_have_count(0)
    expect(page.locator("main iframe, main img")).to_have_count(0)  # what must not be seen is not shown here either
    anna.look("partner-launch-withdrawn")
    customer = company.person()
    customer.page.goto(public)
    sees(customer.page, "This offer is over")
    expect(customer.page.locator("form")).to_have_count(0)
    customer.look("public-withdrawn")
    for address in pictures:
        answer = customer.page.request.get(address)
        assert len(answer.body()) < 200, f"{address} still shows something"
    customer.context.close()


def partner_confirms(company: Company, vera: Person, anna: Person, name: str) -> None:
    """A mail says so, the first page too; one press from the mail confirms, without a password, and the vendor sees it."""
    setup = vera.setup
    address = setup.ground["people"]["anna"]
    (letter,) = until(lambda: setup.mails_to(address, f"“{name}”"), what="the mail about the withdrawal")
    plain = part(letter, "plain")
    assert REASON in plain
    anna.page.goto("/home")
    anna.page.get_by_role("link", name="Confirm what is withdrawn").click()
    sees(anna.page, REASON)
    anna.look("partner-withdrawn")
    phone = company.person(viewport={"width": 390, "height": 844})
    phone.page.goto(next(link for link in re.findall(r"https?://\S+", plain) if "/withdrawn/" in link))
    sees(phone.page, name)
    one_press(phone, "It is all gone")
    sees(phone.page, "Confirmed")
    phone.context.close()
    anna.page.goto("/home")
    expect(anna.page.get_by_role("link", name="Confirm what is withdrawn")).to_have_count(0)
    vera.page.get_by_role("link", name="Who holds files of it").click()
    expect(vera.page.get_by_role("row").filter(has_text="Bergmann IT")).to_contain_text("gone")
    vera.look("vendor-recall")


def one_press(person: Person, name: str | re.Pattern[str]) -> None:
    """What a link in a mail asks for: one button that confirms, no password and nothing else to fill in."""
    page = person.page
    effort = person.begin_counting()
    expect(page.locator("main button:visible")).to_have_count(1)
    expect(page.locator("input:visible, select:visible, textarea:visible")).to_have_count(0)
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()
    assert effort.presses == 1
