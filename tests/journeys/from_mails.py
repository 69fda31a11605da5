"""What is decided from a mail: one signed link, one button, no password."""

import re

from tests.journeys.answering import connect, part
from tests.journeys.nothing import give_a_logo, one_press, see_and_launch
from tests.journeys.spending import days_ahead
from tests.journeys.tale import sees
from tests.journeys.watching import Company, Person
from tests.processes.running import ROOT, until

KIT = "The phishing drill"
PHONE = {"width": 390, "height": 844}


def put_a_starter_on_offer(company: Company) -> None:
    """Publish a starter kit on the command line, once."""
    if company.setup.query("SELECT 1 FROM kit WHERE slug = 'phishing-drill'"):
        return
    company.setup.tcma(
        "kit", "import", str(ROOT / "campaigns/kits/phishing-drill"), "--vendor", "Nordwall", "--publish"
    )


def approve_posts(company: Company, anna: Person) -> None:
    """A partner that wants to be asked first approves the posts of its campaign with one press."""
    give_a_logo(anna)
    page = anna.page
    page.goto("/connections")
    connect(anna)
    page.get_by_label("Posts of campaigns").first.select_option("requires_approval")
    sees(page, re.compile("saved|from now on", re.IGNORECASE))
    see_and_launch(anna, KIT)
    address = company.setup.ground["people"]["anna"]
    (letter,) = until(lambda: company.setup.mails_to(address, "your yes"), what="the mail about the posts")
    phone = _opened(company, str(part(letter, "plain")), "/posts/approve/")
    sees(phone.page, "Bergmann IT")
    phone.look("mail-action-posts")
    one_press(phone, re.compile("^Approve"))
    sees(phone.page, "approved")
    phone.context.close()


def approve_a_request(company: Company, anna: Person) -> None:
    """The vendor's approver decides a request for money where it is read."""
    page = anna.page
    page.goto("/funds/requests/new")
    page.get_by_label("What is planned").fill("Ads around the town")
    page.get_by_label("Day", exact=True).fill(days_ahead(page, 9))
    page.get_by_label("Cost in full").fill("600.00")
    page.get_by_role("button", name="Ask for it").click()
    sees(page, "asked for")
    address = company.setup.ground["people"]["amir"]
    (letter,) = until(lambda: company.setup.mails_to(address, "asks for"), what="the mail about the request")
    phone = _opened(company, str(part(letter, "plain")), "/approve/")
    sees(phone.page, "Ads around the town")
    phone.look("mail-action-request")
    one_press(phone, re.compile("^Approve"))
    sees(phone.page, "is reserved, and the partner knows.")
    phone.context.close()


def _opened(company: Company, plain: str, path: str) -> Person:
    """A phone on which nobody has signed in, with the link of a mail open."""
    phone = company.person(viewport=PHONE)
    phone.page.goto(next(link for link in re.findall(r"https?://\S+", plain) if path in link))
    return phone
