"""Step 6: the vendor's own leads go to the best partner, with the reason and a clock; refused or expired, to the next."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.answering import part
from tests.journeys.nothing import one_press
from tests.journeys.tale import Tale, heading, sees
from tests.processes.running import until

NEED = "Six mailboxes to look after, and nobody who does it"
OTHER_NEED = "A practice of nine that wants to know who would click"
PARTNERS = {"Bergmann IT": "anna", "Lorenz Netzwerke": "bert", "Winkler Datentechnik": "carla"}


def lead_is_offered(tale: Tale) -> None:
    """Entered once; within a minute the best partner is asked, and the page says who, why and until when."""
    page = tale.vera.page
    page.goto("/leads")
    tale.vera.look("vendor-leads-empty")
    _enter(tale, "Dora", "Klein")
    _wait_for_offer(page)
    sees(page, "Bergmann IT")
    expect(_way(page)).to_contain_text("You serve Berlin")
    expect(_way(page)).to_contain_text("you know security")
    tale.vera.look("vendor-lead")
    page.goto("/leads")
    tale.vera.look("vendor-leads")


def _enter(tale: Tale, first: str, last: str, need: str = NEED) -> None:
    page = tale.vera.page
    page.goto("/leads/new")
    if not tale.facts.get("looked at entering"):
        tale.facts["looked at entering"] = "yes"
        tale.vera.look("vendor-lead-enter")
    page.get_by_label("What do they need?").fill(need)
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Postcode").fill("10115")
    page.get_by_label("Town").fill("Berlin")
    page.locator("input[name=competencies][value=security]").check()
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    page.get_by_label("Company").fill(f"Praxis {last}")
    page.get_by_label("E-mail").fill(f"{first.lower()}@praxis-{last.lower()}.example")
    page.get_by_label("Telephone").fill("+49 30 987 654")
    page.get_by_role("button", name="Give it to the best partner").click()
    heading(page, f"{first} {last}")


def _way(page: Page) -> Locator:
    """The partners that a lead went to, the first one first."""
    return page.locator(".timeline").first


def _wait_for_offer(page: Page, *, hops: int = 1) -> None:
    def offered() -> bool:
        page.reload()
        waits = page.get_by_text("was offered the lead and has not answered yet").count()
        return bool(waits) and _way(page).locator(".timeline__item").count() >= hops

    until(offered, what=f"hop {hops} of the lead")


def _last_asked(page: Page) -> str:
    """Who has the lead on offer now."""
    return PARTNERS[_way(page).locator(".timeline__title bdi").last.inner_text()]


def _offer_mail(tale: Tale, who: str, about: str) -> tuple[str, str]:
    """The links to accept and to refuse in the offer of one lead; the person is not named in it."""
    address = tale.setup.ground["people"][who]
    letters = until(
        lambda: [mail for mail in tale.setup.mails_to(address, "A lead in") if about in part(mail, "plain")],
        what=f"the offer to {who}",
    )
    plain = part(letters[-1], "plain")
    assert not any(last in plain for last in ("Klein", "Sommer"))
    links = [link for link in re.findall(r"https?://\S+", plain) if "/lead/offer/" in link]
    return next(one for one in links if not one.endswith("/refuse")), next(
        one for one in links if one.endswith("/refuse")
    )


def accept_from_the_mail(tale: Tale) -> None:
    """On a phone, without a password: what is needed and where, then one button, then the person."""
    accept, _refuse = _offer_mail(tale, "anna", NEED)
    phone = tale.company.person(viewport={"width": 390, "height": 844})
    page = phone.page
    page.goto(accept)
    sees(page, NEED)
    expect(page.get_by_text("Klein")).to_have_count(0)
    phone.look("mail-action-offer")
    one_press(phone, "Accept the lead")
    sees(page, "Dora Klein")
    sees(page, "dora@praxis-klein.example")
    phone.look("mail-action-accepted")
    page.context.close()


def refusal_goes_to_the_next(tale: Tale) -> None:
    """Not for us, with a reason: the next partner is asked at once."""
    _enter(tale, "Emil", "Sommer", OTHER_NEED)
    _wait_for_offer(tale.vera.page)
    first = _last_asked(tale.vera.page)
    _accept, refuse = _offer_mail(tale, first, OTHER_NEED)
    phone = tale.company.person(viewport={"width": 390, "height": 844})
    phone.page.goto(refuse)
    phone.look("mail-action-refuse")
    phone.page.get_by_role("radio").first.check()
    phone.page.get_by_role("button", name="Refuse the lead").click()
    sees(phone.page, "You refused this lead")
    phone.page.context.close()
    _wait_for_offer(tale.vera.page, hops=2)
    assert _last_asked(tale.vera.page) != first
    tale.facts["second lead"] = tale.vera.page.url
    tale.vera.look("vendor-lead-second-hop")


def expiry_goes_to_the_next(tale: Tale) -> None:
    """Nobody answers until the clock has run out: the third is asked."""
    page = tale.vera.page
    if tale.setup.is_demo:
        tale.vera.move_clock("week")
    else:
        tale.setup.make_due("assignment")
    page.goto(tale.facts["second lead"])
    _wait_for_offer(page, hops=3)
    names = _way(page).locator(".timeline__title bdi").all_inner_texts()
    assert len(set(names)) == 3, f"nobody is asked twice: {names}"


STEPS = (lead_is_offered, accept_from_the_mail, refusal_goes_to_the_next, expiry_goes_to_the_next)
