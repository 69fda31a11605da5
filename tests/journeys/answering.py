"""Steps 4 and 5: mails and posts go out; a customer clicks, fills in the form, and is called."""

import re
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.setups import path_of
from tests.journeys.starting import FIRST, SECOND
from tests.journeys.tale import MAIL_TEXT, Tale, heading, pictures_are_there, sees
from tests.journeys.watching import Person
from tests.processes.running import until

SUBJECT = "Who would click at Zahnarztpraxis Krüger?"
CUSTOMER = {"first_name": "Sabine", "last_name": "Krüger", "email": FIRST, "company": "Zahnarztpraxis Krüger"}
PHONE = "+49 30 555 777"


def connect_an_account(tale: Tale) -> None:
    """The partner lets the platform post for its page; the network asks, and sends it back."""
    page = tale.anna.page
    page.goto("/connections")
    tale.anna.look("partner-connections")
    connect(tale.anna)
    expect(page.get_by_role("button", name="Connect another LinkedIn account")).to_be_visible()


def connect(partner: Person) -> None:
    """Press Connect, and Allow at the network."""
    page = partner.page
    page.get_by_role("button", name="Connect LinkedIn").click()
    if partner.setup.is_demo:
        page.get_by_role("button", name="Allow").click()
    else:
        _allow_elsewhere(page)
    sees(page, re.compile("connected", re.IGNORECASE))


def _allow_elsewhere(page: Page) -> None:
    """The network's own page is not ours: press its button as its server sees it, and follow it back."""
    page.get_by_role("button", name="Allow").wait_for()
    form = page.locator("form")
    fields = form.evaluate("form => Object.fromEntries(new FormData(form))")
    action = form.evaluate("form => form.action")
    answer = page.request.post(action, form={**fields, "decision": "allow"}, max_redirects=0)
    page.goto(answer.headers["location"])


def first_mail(tale: Tale) -> None:
    """Through real SMTP code: personal, signed links, one-click opt-out, a text part."""
    setup = tale.setup
    until(lambda: setup.mails_to(FIRST), what="the first mail of the sequence")
    until(lambda: setup.mails_to(tale.setup.ground["people"]["anna"], "click"), what="the test to oneself")
    (letter,) = setup.mails_to(FIRST)
    assert str(letter["Subject"]) == SUBJECT
    plain, html = part(letter, "plain"), part(letter, "html")
    for text in (plain, html):
        assert "Sabine" in text
        assert MAIL_TEXT.split(",")[0] in text
        assert "{{" not in text
    links = set(re.findall(r"https?://[^\s\"'<>)]+", html))
    tracked = [link for link in links if "/t/" in link]
    assert tracked
    assert all(link.startswith(setup.base) for link in links if "/t/" in link or "/u/" in link), links
    opt_out = str(letter["List-Unsubscribe"])
    assert setup.base in opt_out
    assert str(letter["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert len({str(mail["Message-ID"]) for mail in (letter, *setup.mails_to(SECOND))}) == 2
    tale.facts["opt_out"] = re.findall(r"<(https?://[^>]+)>", str(setup.mails_to(SECOND)[0]["List-Unsubscribe"]))[0]
    tale.facts["click"] = next(link for link in tracked if _stands_under(html, link, "Book the drill"))
    if setup.is_demo:
        _read_on_the_mailbox_page(tale)


def part(letter: EmailMessage, kind: str) -> str:
    """One part of a mail as text."""
    body = letter.get_body((kind,))
    assert body is not None, f"no {kind} part"
    return str(body.get_content())


def _stands_under(html: str, link: str, words: str) -> bool:
    """Whether this link is the one that reads so."""
    return bool(re.search(rf'href="{re.escape(link)}"[^>]*>\s*{words}', html))


def _read_on_the_mailbox_page(tale: Tale) -> None:
    page = tale.anna.page
    page.goto("/demo/mailbox")
    tale.anna.look("demo-mailbox")
    page.get_by_role("link", name=re.compile(re.escape(SUBJECT))).first.click()
    heading(page, SUBJECT)
    frame = page.frame_locator("iframe.mail-frame")
    expect(frame.get_by_text("Hello Sabine").first).to_be_visible()
    sees(page, "List-Unsubscribe-Post")
    tale.anna.look("demo-mail")


def first_post(tale: Tale) -> None:
    """The first post stands in the feed of the connected page, with its picture and link."""
    where = tale.setup.sandbox or tale.setup.base
    page = tale.anna.page

    def is_out() -> bool:
        page.goto(f"{where}/demo/feed")
        return bool(page.get_by_text("a parcel note on a busy morning").count())

    until(is_out, what="the first post in the feed")
    pictures_are_there(page.locator("main"))
    if tale.setup.is_demo:
        tale.anna.look("demo-feed")
    page.goto(path_of(tale.facts["launch_url"]))
    page.get_by_role("link", name="See the posts").click()
    out = re.compile(r"[1-9]\d* (is|are) out")
    until(lambda: bool(page.reload()) and page.get_by_text(out).count(), what="the post among those that are out")
    tale.anna.look("partner-posts")


def customer_answers(tale: Tale) -> None:
    """The tracked link leads to the partner's landing page, and its form is filled in."""
    customer = tale.company.person()
    page = customer.page
    page.goto(tale.facts["click"])
    assert path_of(page.url).startswith("/p/"), page.url
    sees(page, "Bergmann IT")
    customer.look("public-landing")
    page.locator("#answer").get_by_role("button").last.click()
    for name, value in CUSTOMER.items():
        page.locator(f"#answer [name={name}]").fill(value)
    page.locator("#answer [name=phone]").press_sequentially(PHONE, delay=250)  # as people type, not as machines fill in
    page.locator("#answer").get_by_role("button").last.click()
    page.wait_for_url("**/thanks*")
    customer.look("public-thanks")
    page.context.close()


def partner_is_told(tale: Tale) -> None:
    """Within a minute a mail says who answered and what to say; one tap records the call, no password asked."""
    setup = tale.setup
    anna = setup.ground["people"]["anna"]
    (letter,) = until(lambda: setup.mails_to(anna, "Call Sabine"), what="the mail about the answer")
    plain = part(letter, "plain")
    assert PHONE.replace(" ", "") in plain.replace(" ", "")
    assert "What to say" in plain
    link = next(found for found in re.findall(r"https?://\S+", plain) if "/lead/called/" in found)
    phone = tale.company.person(viewport={"width": 390, "height": 844})
    phone.page.goto(link)
    sees(phone.page, "Did you call?")
    phone.look("mail-action-called")
    assert not tale.setup.query("SELECT 1 FROM lead WHERE contacted_at IS NOT NULL"), "opening the link did something"
    phone.page.get_by_role("button", name="I called").click()
    sees(phone.page, "Recorded")
    phone.page.context.close()


def the_lead_is_credited(tale: Tale) -> None:
    """The lead is the partner's own, with nothing to accept, credited to partner, kit, tactic and launch."""
    page = tale.anna.page
    page.goto("/leads")
    tale.anna.look("partner-leads")
    page.get_by_role("link", name=re.compile("Sabine Krüger")).first.click()
    heading(page, "Sabine Krüger")
    sees(page, "Your lead")
    sees(page, "First called")
    tale.facts["lead_url"] = page.url
    tale.anna.look("partner-lead")
    (row,) = tale.setup.query("SELECT * FROM lead")
    assert row["kind"] == "partner_generated"
    _is_credited(tale, row)
    vera = tale.vera.page
    vera.goto("/leads")
    expect(vera.get_by_text("Sabine")).to_have_count(0)


def _is_credited(tale: Tale, lead: dict[str, Any]) -> None:
    """To the partner, the kit that was published, the tactic that was answered and the launch, by a person's touch."""
    (found,) = tale.setup.query(
        "SELECT partner.name AS partner, launch.public_id AS launch, launch.kit_id AS kit FROM launch "
        "JOIN organisation partner ON partner.id = launch.partner_id WHERE launch.id = :id",
        id=lead["launch_id"],
    )
    assert found["partner"].startswith("Bergmann IT")
    assert found["launch"] in tale.facts["launch_url"]
    assert (lead["kit_id"], lead["tactic"]) == (found["kit"], "page")
    touches = tale.setup.query("SELECT kind, verdict FROM touch WHERE lead_id = :id", id=lead["id"])
    assert [(one["kind"], one["verdict"]) for one in touches] == [("form", "human")]


STEPS = (first_mail, first_post, customer_answers, partner_is_told, the_lead_is_credited)
