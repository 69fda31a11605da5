"""Call scripts: whoever calls reads what the kit says, whole, with the names filled in, beside the telephone number."""

from datetime import datetime, timedelta
from html import unescape

from campaigns.models import LaunchTask
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tests import factories
from tests.campaigns import rows
from tests.contacts.rows import contact
from tests.people import People
from tests.signing_in import Browser, signed_in


def call(people: People, now: datetime, language: str = "en") -> str:
    """Somebody to call for a campaign of Alice's company: the address of the task."""
    launch = rows.running_launch(people)
    with acting(people.actor("alice")):
        person = contact(
            people.partner, first_name="Rosa", last_name="Weiss", phone="+49 89 55 55 01", language=language
        )
        task = LaunchTask(
            vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, key="call",
            contact_id=person.id, made_for=person.id, title="Call somebody", due_at=now + timedelta(days=3),
            assigned_to=people.alice.id,
        )  # fmt: skip
        session.add(task)
        session.flush()
        address = f"/campaigns/to-do/{task.public_id}"
    session.commit()
    return address


def test_who_calls_reads_the_whole_script_beside_the_number(browser: Browser, people: People, now: datetime) -> None:
    address = call(people, now)
    signed_in(browser, people.alice)

    page = unescape(browser.get(address).text)

    assert 'href="tel:+4989555501"' in page
    for said in ("Have I caught you at a bad moment?", "Let them tell it.", "Who else would want to see the result"):
        assert said in page
    assert "My people will feel spied upon." in page
    assert "this is Alice from" in page
    assert "{{" not in page


def test_the_script_is_read_in_the_language_of_whom_it_is_about(
    browser: Browser, people: People, now: datetime
) -> None:
    signed_in(browser, people.alice)

    english, german = (browser.get(call(people, now, one)).text for one in ("en", "de"))

    assert "Have I caught you at a bad moment?" in unescape(english)
    assert "Have I caught you at a bad moment?" not in unescape(german)


def test_the_script_stands_on_the_campaigns_page(browser: Browser, people: People, now: datetime) -> None:
    address = f"/campaigns/launches/{rows.running_launch(people).public_id}"
    session.commit()
    signed_in(browser, people.alice)

    assert "My people will feel spied upon." in browser.get(address).text


def test_a_viewer_who_may_not_read_contacts_gets_the_script_without_number_or_name(
    browser: Browser, people: People, now: datetime
) -> None:
    address = call(people, now)
    signed_in(browser, factories.member(people.partner, Role.VIEWER, name="Vic"))

    page = unescape(browser.get(address).text)

    assert "My people will feel spied upon." in page
    assert "55 55 01" not in page
    assert "Rosa" not in page


def test_a_stranger_and_the_vendor_read_neither_number_nor_script(
    browser: Browser, people: People, now: datetime
) -> None:
    address = call(people, now)

    for other in (people.charlie, people.vera):
        signed_in(browser, other)
        answer = browser.get(address)
        assert answer.status_code in {403, 404}
        assert "55 55 01" not in answer.text
