"""Whom a kit is for is worked out anew in the background: how far it is, and what a second change does to the first."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.models import Kit, KitFit, KitGrant
from campaigns.operations import granting, kits
from campaigns.operations.granting import follow_group, grant_kit, limit_kit
from campaigns.queries.fit import fit_under_way, groups_of_kit
from campaigns.queries.kits import version_on_offer
from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.models import Outbox, WorkState
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, Role
from tcma.partners.groups import Rule, Rules, checked, group_by, groups, save_group
from tests import factories
from tests.campaigns.kits import published
from tests.campaigns.test_api import keyed
from tests.mdf.test_at_once import at_once
from tests.people import People
from tests.signing_in import Browser, signed_in

WORKING = "Working out which partners this kit is for"


def rules(country: str) -> Rules:
    return checked([Rule("country", "is", (country,))], any_of_them=False)


@pytest.fixture
def kit_id(people: People, now: datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """A kit on offer to both partners, Alice's in Austria and Charlie's in France; a chunk is one partner."""
    monkeypatch.setattr(granting, "CHUNK", 1)
    with acting(people.actor("vera")):
        for partner, country in ((people.partner, "AT"), (people.other_partner, "FR")):
            row = session.get_one(Organisation, partner.id)
            row.country, row.language = country, "en"
    with acting(people.actor("vera")) as by:
        for country in ("AT", "FR"):
            save_group(name=f"In {country}", rules=rules(country), by=by, now=now)
    return published(people, now).kit_id


def limited(people: People, kit_id: int, country: str, now: datetime) -> str:
    """Limit the kit to the partners of a country, and return the group's address."""
    with acting(people.actor("vera")) as by:
        address = next(one.public_id for one in groups() if one.name == f"In {country}")
        limit_kit(kit=session.get_one(Kit, kit_id), groups=[address], by=by, now=now)
    session.commit()
    return address


def how_far(people: People, kit_id: int) -> tuple[int, int] | None:
    session.expire_all()
    with acting(people.actor("vera")):
        fit = fit_under_way(kit_id)
        return (fit.done, fit.total) if fit is not None else None


def offered_to(people: People, kit_id: int) -> set[int]:
    with acting(people.actor("vera")):
        chosen = sa.select(KitGrant.partner_id).where(KitGrant.kit_id == kit_id, KitGrant.fits)
        return set(session.scalars(chosen))


def chunks_asked(people: People) -> list[tuple[int, int]]:
    """The chunks that wait or are done, as run and the partner before."""
    chosen = sa.select(Outbox.ids).where(Outbox.fact == "kit.grants_due").order_by(Outbox.id)
    return [(ids["run"], ids["after"]) for ids in session.scalars(chosen)]


def test_how_far_it_is_rises_with_each_chunk_and_is_gone_at_the_end(people: People, now: datetime, kit_id: int) -> None:
    limited(people, kit_id, "AT", now)

    seen = [how_far(people, kit_id)]
    while outbox.drain(now=now, rounds=1):
        seen.append(how_far(people, kit_id))

    assert seen == [(0, 2), (1, 2), (2, 2), None]
    assert offered_to(people, kit_id) == {people.partner.id}


def test_a_second_change_begins_anew_and_the_first_ends_at_its_next_chunk(
    people: People, now: datetime, kit_id: int
) -> None:
    limited(people, kit_id, "AT", now)
    outbox.drain(now=now, rounds=1)

    limited(people, kit_id, "FR", now)
    begun = how_far(people, kit_id)
    outbox.drain(now=now)

    first, last = people.partner.id, people.other_partner.id
    assert begun == (0, 2)
    assert how_far(people, kit_id) is None
    assert offered_to(people, kit_id) == {last}
    # The first publishing, the change that was overtaken behind its first chunk, and the newest.
    assert chunks_asked(people) == [(1, 0), (1, first), (1, last), (2, 0), (2, first), (3, 0), (3, first), (3, last)]


def test_a_chunk_of_an_older_run_that_comes_late_changes_nothing(people: People, now: datetime, kit_id: int) -> None:
    limited(people, kit_id, "FR", now)
    with acting(people.actor("vera")) as by:
        grant_kit(kit_id=kit_id, run=1, after=0, by=by, now=now)
    session.commit()
    at_its_start = how_far(people, kit_id)
    outbox.drain(now=now)

    with acting(people.actor("vera")) as by:
        session.execute(sa.update(KitGrant).where(KitGrant.kit_id == kit_id).values(reasons=["as it was"]))
        for run in (1, 2):
            for after in (0, people.partner.id, people.other_partner.id):
                grant_kit(kit_id=kit_id, run=run, after=after, by=by, now=now)
    asked = len(chunks_asked(people))

    assert at_its_start == (0, 2)
    assert asked == 6
    assert offered_to(people, kit_id) == {people.other_partner.id}
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(KitGrant.reasons)).all() == [["as it was"]]


def test_a_chunk_that_is_delivered_twice_is_done_once(people: People, now: datetime, kit_id: int) -> None:
    limited(people, kit_id, "AT", now)

    with acting(people.actor("vera")) as by:
        for _delivery in range(2):
            grant_kit(kit_id=kit_id, run=2, after=0, by=by, now=now)
    session.commit()
    once = (how_far(people, kit_id), chunks_asked(people)[-2:])
    asked_first = session.scalars(sa.select(Outbox.id).order_by(Outbox.id.desc()).limit(1).offset(1)).one()
    rung = [outbox.run(asked_first, now=now) for _ring in range(2)]
    outbox.drain(now=now)

    assert rung == [True, False]
    assert once == ((1, 2), [(2, 0), (2, people.partner.id)])
    assert chunks_asked(people)[-3:] == [(2, 0), (2, people.partner.id), (2, people.other_partner.id)]
    assert offered_to(people, kit_id) == {people.partner.id}


def test_a_chunk_whose_process_ended_before_it_was_done_is_done_again(
    people: People, now: datetime, kit_id: int
) -> None:
    limited(people, kit_id, "AT", now)

    with acting(people.actor("vera")) as by:
        grant_kit(kit_id=kit_id, run=2, after=0, by=by, now=now)
    session.rollback()
    before = how_far(people, kit_id)
    outbox.drain(now=now)

    assert before == (0, 2)
    assert how_far(people, kit_id) is None
    assert offered_to(people, kit_id) == {people.partner.id}


def test_a_kit_that_is_paused_under_way_is_worked_out_no_further_until_it_is_offered_again(
    people: People, now: datetime, kit_id: int
) -> None:
    limited(people, kit_id, "FR", now)
    outbox.drain(now=now, rounds=1)
    with acting(people.actor("vera")) as by:
        version_id = require(version_on_offer(kit_id)).id
        kits.pause_version(version_id=version_id, by=by, now=now)
    session.commit()
    outbox.drain(now=now)
    paused = how_far(people, kit_id), offered_to(people, kit_id)

    with acting(people.actor("vera")) as by:
        kits.resume_version(version_id=version_id, by=by, now=now)
    session.commit()
    outbox.drain(now=now)

    assert paused == (None, {people.other_partner.id})
    assert how_far(people, kit_id) is None
    assert offered_to(people, kit_id) == {people.other_partner.id}


def test_the_rules_of_a_group_that_change_twice_end_with_the_newest(people: People, now: datetime, kit_id: int) -> None:
    address = limited(people, kit_id, "AT", now)
    outbox.drain(now=now)
    for country in ("FR", "AT", "FR"):
        with acting(people.actor("vera")) as by:
            save_group(group=group_by(address), name="Chosen", rules=rules(country), by=by, now=now)
        session.commit()
        outbox.drain(now=now, rounds=1)
    outbox.drain(now=now)

    assert offered_to(people, kit_id) == {people.other_partner.id}
    waiting = sa.select(sa.func.count()).select_from(Outbox).where(Outbox.state != WorkState.DONE)
    assert session.scalar(waiting) == 0


def test_the_kits_page_tells_a_vendors_people_how_far_it_is_and_renews_the_line_itself(
    people: People, now: datetime, kit_id: int, browser: Browser
) -> None:
    limited(people, kit_id, "AT", now)
    outbox.drain(now=now, rounds=1)
    with acting(people.actor("vera")):
        address = session.get_one(Kit, kit_id).public_id
    colleague = factories.member(people.vendor, Role.VIEWER, name="Vic")

    for member in (people.vera, colleague):
        signed_in(browser, member)
        page = browser.get(f"/kits/{address}").text
        assert WORKING in page
        assert "1 of 2" in page
        assert f'hx-get="/kits/{address}/fit"' in page
    outbox.drain(now=now)
    renewed, done = browser.get(f"/kits/{address}/fit").text, browser.get(f"/kits/{address}").text

    assert "On offer to one partner" in renewed
    assert WORKING not in renewed + done
    assert "hx-get" not in renewed


def test_another_vendor_and_a_partner_read_nothing_of_how_far_it_is(
    people: People, now: datetime, kit_id: int, browser: Browser
) -> None:
    limited(people, kit_id, "AT", now)
    with acting(people.actor("vera")):
        address = session.get_one(Kit, kit_id).public_id

    for stranger in ("viktor", "alice", "charlie"):
        with acting(people.actor(stranger)):
            assert session.scalars(sa.select(KitFit)).all() == []
        signed_in(browser, getattr(people, stranger))
        for page in (f"/kits/{address}", f"/kits/{address}/fit"):
            answer = browser.get(page)
            assert answer.status_code == 404
            assert "Working out" not in answer.text


def test_the_groups_page_names_each_kit_that_is_worked_out_anew(
    people: People, now: datetime, kit_id: int, browser: Browser
) -> None:
    address = limited(people, kit_id, "AT", now)
    outbox.drain(now=now)
    signed_in(browser, people.vera)
    page, french = f"/partners/groups/{address}", {"about": "country", "how": "is", "values": "FR", "any": "0"}
    with acting(people.actor("vera")):
        kit = session.get_one(Kit, kit_id)
        named = f"Working out which partners “{kit.slug}” is for"
        line = f"/kits/{kit.public_id}/fit?named=1"
    before = browser.get(page).text

    browser.post(page, data={**french, "name": "French"})
    outbox.drain(now=clock.now(), rounds=1)
    under_way, renewed = browser.get(page).text, browser.get(line).text
    outbox.drain(now=clock.now())

    assert named not in before
    for shown in (under_way, renewed):
        assert named in shown
        assert "0 of 2" in shown
        assert f'hx-get="{line}"' in shown
    assert browser.get(line).text.strip() == ""
    assert named not in browser.get(page).text


def test_the_api_tells_how_far_it_is_beside_the_groups(
    people: People, now: datetime, kit_id: int, browser: Browser
) -> None:
    limited(people, kit_id, "AT", now)
    keyed(browser, people, "vera")
    with acting(people.actor("vera")):
        address = session.get_one(Kit, kit_id).public_id

    outbox.drain(now=now, rounds=1)
    under_way = require(browser.get(f"/api/v1/kits/{address}/groups").json)
    outbox.drain(now=now)

    assert under_way["working_out"] == {"done": 1, "total": 2}
    assert require(browser.get(f"/api/v1/kits/{address}/groups").json)["working_out"] is None


def test_a_change_of_rules_that_is_told_twice_leaves_the_newest_fit(people: People, now: datetime, kit_id: int) -> None:
    address = limited(people, kit_id, "FR", now)

    with acting(people.actor("vera")) as by:
        for _delivery in range(2):
            follow_group(group_id=group_by(address).id, by=by, now=now)
    session.commit()
    outbox.drain(now=now)

    assert how_far(people, kit_id) is None
    assert offered_to(people, kit_id) == {people.other_partner.id}


def test_changes_and_chunks_all_at_once_lose_nothing_and_do_nothing_twice(
    app: Flask, people: People, now: datetime, kit_id: int
) -> None:
    addresses = [limited(people, kit_id, country, now) for country in ("AT", "FR")]
    begun, changes = [3, 3, 3, 3], addresses * 4

    def deliver(run: int) -> Callable[[Actor], object]:
        return lambda by: grant_kit(kit_id=kit_id, run=run, after=0, by=by, now=now)

    def change(address: str) -> Callable[[Actor], object]:
        return lambda by: limit_kit(kit=session.get_one(Kit, kit_id), groups=[address], by=by, now=now)

    def follow(address: str) -> Callable[[Actor], object]:
        return lambda by: follow_group(group_id=group_by(address).id, by=by, now=now)

    by = people.actor("vera")
    session.commit()
    answers = at_once(app, by, [*map(deliver, begun), *map(change, changes), *map(follow, changes)])
    outbox.drain(now=now)

    with acting(people.actor("vera")):
        (group,) = groups_of_kit(kit_id)
        newest = session.scalars(sa.select(KitFit.run)).one()
    wanted = people.partner.id if group.public_id == addresses[0] else people.other_partner.id
    asked = chunks_asked(people)
    assert answers == {"done": 20}
    assert newest >= 3 + len(changes)
    assert sorted(run for run, after in asked if after == 0) == list(range(1, newest + 1))
    assert len(asked) == len(set(asked))
    assert how_far(people, kit_id) is None
    assert offered_to(people, kit_id) == {wanted}
