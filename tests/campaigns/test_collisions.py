"""Two partners of a vendor and the same company: a number is said, and nobody is named."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Launch, ReachedAccount
from campaigns.operations import launches
from campaigns.operations.colliding import note_accounts
from campaigns.queries.collisions import FEWEST_ACCOUNTS, also_reached, who_else_writes
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tests.campaigns import rows
from tests.campaigns.kits import with_logo
from tests.contacts.rows import a_list, contact
from tests.people import People

SHARED = ("ann@mill.example", "bert@mill.example", "cleo@forge.example")


def customers(partner: Organisation, *emails: str) -> int:
    """A list of a partner with these people and some companies that only it knows."""
    found = a_list(partner)
    own = [f"info@only-{partner.id}-{number}.example" for number in range(FEWEST_ACCOUNTS)]
    for email in (*emails, *own, "somebody@gmail.com"):
        contact(partner, on=found, email=email)
    return found.id


@pytest.fixture
def charlies(people: People) -> Launch:
    """Charlie's company has started a campaign to three people of two companies, and to some of its own."""
    rows.version(people)
    with_logo(people, "other_partner")
    list_id, by, now = customers(people.other_partner, *SHARED), people.actor("charlie"), clock.now()
    return started(people, by, list_id, now)


def started(people: People, by: Actor, list_id: int, now: datetime) -> Launch:
    with acting(by):
        launch = begun(people, by, list_id, now)
        launches.launch_kit(launch_id=launch.id, by=by, now=now)
        launch_id, vendor_id, partner_id = launch.id, launch.vendor_id, launch.partner_id
    both = Actor.system("test", vendor_id=vendor_id, partner_id=partner_id)
    with acting(both):
        note_accounts(launch_id=launch_id, by=both, now=now)
        return session.get_one(Launch, launch_id)


def begun(people: People, by: Actor, list_id: int, now: datetime) -> Launch:
    with acting(by):
        launch = launches.begin_launch(kit_version_id=rows.version(people).id, by=by, now=now)
        launches.choose_audience(launch_id=launch.id, list_ids=[list_id], by=by, now=now)
    return launch


def alices(people: People, now: datetime, *emails: str) -> Launch:
    with_logo(people)
    return begun(people, people.actor("alice"), customers(people.partner, *emails), now)


def test_companies_that_another_partner_writes_to_are_counted(people: People, charlies: Launch) -> None:
    launch, now = alices(people, clock.now(), *SHARED), clock.now()

    with acting(people.actor("alice")):
        said = who_else_writes(launch, now=now)

    assert len(said) == 1
    assert said[0].startswith("2 companies on your lists hear from another partner of Vera's vendor")
    assert not any(name in said[0] for name in ("Charlie", "mill", "forge"))


def test_of_a_handful_of_companies_nothing_is_said(people: People, charlies: Launch) -> None:
    with_logo(people)
    few, now = a_list(people.partner), clock.now()
    contact(people.partner, on=few, email=SHARED[0])
    launch = begun(people, people.actor("alice"), few.id, now)

    with acting(people.actor("alice")):
        assert who_else_writes(launch, now=now) == []


def test_mailbox_providers_are_no_companies(people: People, charlies: Launch) -> None:
    launch, now = alices(people, clock.now()), clock.now()

    with acting(people.actor("alice")):
        assert who_else_writes(launch, now=now) == []


def test_a_campaign_that_was_stopped_or_is_long_ago_collides_with_nothing(people: People, charlies: Launch) -> None:
    launch, now, by = alices(people, clock.now(), *SHARED), clock.now(), people.actor("charlie")
    with acting(people.actor("alice")):
        lists = [
            row[0]
            for row in session.execute(
                sa.text("SELECT list_id FROM launch_list WHERE launch_id = :id"), {"id": launch.id}
            )
        ]
        later = also_reached(launch, lists, now=now + timedelta(days=20))

    with acting(by):
        launches.stop_launch(launch_id=charlies.id, by=by, now=now)

    with acting(people.actor("alice")):
        assert (later, also_reached(launch, lists, now=now)) == (0, 0)


def test_no_partner_reads_what_is_noted_and_the_vendor_reads_no_name(people: People, charlies: Launch) -> None:
    for name in ("alice", "charlie", "viktor"):
        with acting(people.actor(name)):
            assert session.scalars(sa.select(ReachedAccount)).all() == []
    with acting(people.actor("vera")):
        noted = session.scalars(sa.select(ReachedAccount.digest)).all()
    assert len(noted) == 2 + FEWEST_ACCOUNTS
    assert not any("mill" in digest for digest in noted)
