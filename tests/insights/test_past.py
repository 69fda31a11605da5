"""Kits recommended by what came of them: a partner's own results, and those of others where five or more stand behind."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Kit, KitGrant, KitVersion, Launch, LaunchState
from campaigns.past import LEAST_PARTNERS, Own, Past, Ran, Tallies
from campaigns.queries.kits import offered_kits
from tcma.core import clock
from tcma.core.db import session
from tcma.core.schedule import set_due
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tcma.insights.models import LaunchHour
from tcma.insights.past import AGE, look_at_past, note_past_of
from tests import factories
from tests.campaigns import rows
from tests.people import People
from tests.signing_in import Browser, signed_in

KIT, ON_THEME, ME, LIKE_ME = 1, 2, 1, "msp"
rans = st.lists(
    st.builds(
        Ran,
        partner_id=st.integers(1, 12),
        partner_type=st.just(""),
        kit_id=st.sampled_from((KIT, ON_THEME)),
        launches=st.integers(0, 4),
        leads=st.integers(0, 200),
    ),
    max_size=40,
).map(lambda found: [replace(one, partner_type="msp" if one.partner_id % 2 else "reseller") for one in found])


@given(ran=rans, partner_type=st.sampled_from(("msp", "reseller")))
def test_nothing_is_said_of_others_unless_five_of_them_stand_behind_it(ran: list[Ran], partner_type: str) -> None:
    others = Tallies(ran, kit_id=KIT).past_of(ME, partner_type).others

    if others is not None:
        behind = {
            one.partner_id
            for one in ran
            if one.launches
            and one.partner_id != ME
            and (others.about == "theme" or one.kit_id == KIT)
            and (not others.like_you or one.partner_type == partner_type)
        }
        assert len(behind) >= LEAST_PARTNERS


@given(ran=rans)
def test_what_is_said_of_others_is_the_same_whatever_a_partner_did_itself(ran: list[Ran]) -> None:
    without = [one for one in ran if one.partner_id != ME]

    with_own, alone = (Tallies(found, kit_id=KIT).past_of(ME, LIKE_ME) for found in (ran, without))

    assert with_own.others == alone.others
    assert alone.own is None


@given(ran=rans)
def test_own_results_are_the_partners_own_and_of_the_kit_before_its_theme(ran: list[Ran]) -> None:
    own = Tallies(ran, kit_id=KIT).past_of(ME, LIKE_ME).own

    mine = [one for one in ran if one.partner_id == ME and one.launches]
    of_kit = [one for one in mine if one.kit_id == KIT]
    counted = of_kit or mine
    assert own == (
        Own("kit" if of_kit else "theme", sum(one.launches for one in counted), sum(one.leads for one in counted))
        if counted
        else None
    )


@given(ran=rans)
def test_what_is_stored_is_what_was_known(ran: list[Ran]) -> None:
    past = Tallies(ran, kit_id=KIT).past_of(ME, LIKE_ME)

    assert Past.from_dict(past.as_dict()) == past


def test_the_fifth_partner_lets_it_be_said() -> None:
    ran = [Ran(n, LIKE_ME, KIT, 2, 8) for n in range(2, 7)]

    four, five = (Tallies(found, kit_id=KIT).past_of(ME, LIKE_ME) for found in (ran[:4], ran))

    assert four.others is None
    assert five.others is not None
    assert (five.others.about, five.others.like_you, five.others.leads, five.promise) == ("kit", True, 4, 4)


@pytest.fixture
def browser(app: Flask) -> Browser:
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def version(people: People) -> KitVersion:
    """A kit on offer to Alice's company and to Charlie's."""
    return rows.version(people)


def ran_it(people: People, version: KitVersion, partner: Organisation, leads: int, *, days: int = 30) -> None:
    """Let a partner have run the kit so many days ago, with so many leads."""
    now = clock.now()
    with acting(people.actor("vera")):
        launch = Launch(
            vendor_id=version.vendor_id, partner_id=partner.id, kit_id=version.kit_id, kit_version_id=version.id,
            state=LaunchState.COMPLETED, name="Ran", language="en", page_slug=f"ran-{partner.id}-{days}", zone="UTC",
            starts_at=now - timedelta(days=days), created_at=now,
        )  # fmt: skip
        session.add(launch)
        session.flush()
        session.add(
            LaunchHour(
                vendor_id=version.vendor_id, partner_id=partner.id, launch_id=launch.id, kit_id=version.kit_id,
                tactic="mails", hour=now.replace(minute=0, second=0, microsecond=0), kind="lead", count=leads,
            )
        )  # fmt: skip
        session.flush()


def others(people: People, version: KitVersion, count: int, leads: int = 6) -> None:
    for number in range(count):
        partner = factories.partner(f"Partner {number}")
        factories.partnership(people.vendor, partner)
        ran_it(people, version, partner, leads)


def note(people: People, version: KitVersion) -> None:
    with acting(people.actor("vera")):
        assert note_past_of(kit_id=version.kit_id, now=clock.now())
        session.flush()


def seen_by(people: People, name: str, browser: Browser) -> str:
    session.commit()
    signed_in(browser, getattr(people, name))
    return browser.get("/campaigns").text


def test_a_partner_reads_its_own_results_and_those_of_five_others(
    people: People, version: KitVersion, browser: Browser
) -> None:
    ran_it(people, version, people.partner, 3)
    others(people, version, 5)
    note(people, version)

    page = seen_by(people, "alice", browser)

    assert "Your campaign of it brought 3 leads." in page
    assert "Partners like you had about 6 leads per campaign." in page


def test_of_four_others_and_of_one_nothing_is_said(people: People, version: KitVersion, browser: Browser) -> None:
    ran_it(people, version, people.partner, 3)
    others(people, version, 3)
    note(people, version)

    charlie = seen_by(people, "charlie", browser)

    assert "per campaign" not in charlie
    with acting(people.actor("charlie")):
        assert [grant.past for grant in session.scalars(sa.select(KitGrant))] == [{}]


def test_a_stranger_sees_nothing_of_it(people: People, version: KitVersion, browser: Browser) -> None:
    others(people, version, 6)
    note(people, version)
    kit_id = version.kit_id

    with acting(people.actor("viktor")):
        assert session.scalars(sa.select(KitGrant)).all() == []
        assert not note_past_of(kit_id=kit_id, now=clock.now())


def test_a_campaign_that_had_no_time_yet_does_not_count(people: People, version: KitVersion, browser: Browser) -> None:
    ran_it(people, version, people.partner, 0, days=AGE.days - 1)
    note(people, version)

    assert "brought" not in seen_by(people, "alice", browser)


def test_what_promises_more_comes_first_and_then_what_is_newer(
    people: People, version: KitVersion, now: datetime
) -> None:
    with acting(people.actor("vera")):
        kit = Kit(vendor_id=version.vendor_id, slug="newer", theme="cloud", created_at=now)
        session.add(kit)
        session.flush()
        newer = KitVersion(
            vendor_id=version.vendor_id, kit_id=kit.id, number=1, state=version.state, title={"en": "Newer"},
            summary={"en": "Newer"}, languages=["en"], default_language="en", package_hash="0" * 64, created_at=now,
            published_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        grant = KitGrant(vendor_id=version.vendor_id, partner_id=people.partner.id, kit_id=kit.id, at=now)
        session.add_all([newer, grant])
        session.flush()
        before = [one.version.id for one in offered_kits(partner_id=people.partner.id, today=now.date())[0]]
    ran_it(people, version, people.partner, 3)
    note(people, version)
    with acting(people.actor("alice")):
        after = [one.version.id for one in offered_kits(partner_id=people.partner.id, today=now.date())[0]]

    assert before == [newer.id, version.id]
    assert after == [version.id, newer.id]


def test_the_look_back_comes_once_a_day_while_the_kit_is_on_offer(people: People, version: KitVersion) -> None:
    ran_it(people, version, people.partner, 4)
    now = clock.now()
    with acting(people.actor("vera")):
        set_due("kit_past", version.kit_id, now, vendor_id=version.vendor_id, partner_id=None)
    session.commit()

    look_at_past(now)
    look_at_past(now)

    with acting(people.actor("alice")):
        grant = session.scalars(sa.select(KitGrant)).one()
        assert (grant.past, grant.promise) == ({"own": {"about": "kit", "launches": 1, "leads": 4}}, 4)
