"""A partner that is new: from the mail that invites it to its first campaign, each thing asked once."""

import re

from playwright.sync_api import expect

from tests.journeys.answering import part
from tests.journeys.tale import logo, sees, upload
from tests.journeys.watching import Company, Person
from tests.processes.running import until

NEWCOMER = "nele@neumann.example"
MOST_FIELDS = 10


def invite(vera: Person) -> None:
    """The vendor types a name and an address; the person gets a mail with one link."""
    page = vera.page
    page.goto("/partners/invite")
    page.get_by_label("Company name").fill("Neumann Systeme")
    page.get_by_label("E-mail of the person to invite").fill(NEWCOMER)
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Send the invitation").click()
    sees(page, "The invitation is on its way.")


def join_and_launch(company: Company) -> None:
    """Name and password, a logo, and what a mail has to say of its sender: then the campaign runs."""
    setup = company.setup
    (letter,) = until(lambda: setup.mails_to(NEWCOMER), what="the invitation")
    link = next(one for one in re.findall(r"https?://\S+", part(letter, "plain")) if "/invitation/" in one)
    nele = company.person()
    page, effort = nele.page, nele.begin_counting()
    page.goto(link)
    nele.look("newcomer-invitation")
    page.get_by_label("Your name").fill("Nele Neumann")
    page.get_by_label("Password").fill("three or four good words")
    page.get_by_role("button", name="Join").click()
    sees(page, "Welcome")
    nele.look("newcomer-home")
    page.get_by_role("link", name="Campaigns").first.click()
    until(lambda: bool(page.reload()) and page.locator("a[href$='/start']").count(), what="a campaign that fits")
    upload(page.get_by_label("logo", exact=False).first, "logo.png", "image/png", logo("#1d4ed8"))
    page.get_by_role("button", name="Show me my campaigns").click()
    page.locator("a[href$='/start']").first.click()
    page.get_by_role("link", name="Complete it now").click()
    nele.look("newcomer-brand")
    for label, words in (
        ("Street", "Gartenweg 4"),
        ("Postcode", "04109"),
        ("Town", "Leipzig"),
        ("Telephone", "+49 341 555 10"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    for label, words in (("Sender of mails", "Neumann Systeme"), ("E-mail for answers", "hallo@neumann.example")):
        if not page.get_by_label(label).input_value():
            page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Next: audience").click()
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_text("Before you can start")).to_have_count(0)
    page.get_by_role("button", name="Start campaign").click()
    page.wait_for_url("**/campaigns/launches/*")
    nele.look("newcomer-launch")
    fields = len(effort.fields) + effort.files + effort.choices
    names = [name for _page, name in effort.fields]
    values = [value for (_page, name), value in effort.fields.items() if name != "password"]
    assert fields <= MOST_FIELDS, f"{effort.told()}: {sorted(names)}"
    assert len(set(names)) == len(names), f"asked twice: {sorted(names)}"
    assert len(set(values)) == len(values), f"typed twice: {sorted(values)}"
    nele.context.close()
