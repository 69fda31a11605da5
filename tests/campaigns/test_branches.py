"""A campaign for several branches in one go: each with its address, clock and people, all stopped with one click."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.library.models import ZoneChoice
from assets.library.queries import designs_of
from campaigns.models import Launch, LaunchState, Service
from campaigns.operations import branches, launches
from campaigns.operations.launches import NotReadyToLaunch
from campaigns.operations.serving_mails import answer_link
from campaigns.queries.branches import people_of_branch, run_together
from campaigns.queries.launches import lists_of, schedule_of, side_of_launch
from syndication.models import Post, Recipient
from tcma.contacts.models import Contact
from tcma.contacts.queries import audience
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tcma.partners import branches as sites
from tcma.partners.models import Site
from tests.campaigns.kits import published, with_logo
from tests.campaigns.test_api import keyed
from tests.contacts.rows import a_list, contact
from tests.contacts.test_room import statements
from tests.people import People
from tests.signing_in import Browser, signed_in


@dataclass(frozen=True)
class Kept:
    """The keys of a branch."""

    id: int
    public_id: str


def branch(people: People, name: str, now: datetime, zone: str = "Europe/Berlin", **words: str) -> Kept:
    with acting(people.actor("alice")) as by:
        said = {"street": f"{name} Street 1", "city": name, "postcode": "20095", "phone": f"+49 40 {name}", **words}
        made = sites.save_site(name=name, country="DE", zone=zone, by=by, now=now, **said)
        return Kept(made.id, made.public_id)


@pytest.fixture
def two(people: People, now: datetime) -> list[Kept]:
    return [branch(people, "Hamburg", now), branch(people, "Lisbon", now, zone="Europe/Lisbon")]


@pytest.fixture
def begun(people: People, now: datetime, two: list[Kept]) -> Launch:
    """A campaign of Alice's for both branches: three people, one of them at home in Lisbon."""
    version = published(people, now)
    with_logo(people)
    customers = a_list(people.partner)
    for name, site in (("Ada", two[1]), ("Ben", None), ("Cleo", None)):
        person = contact(people.partner, on=customers, first_name=name)
        with acting(people.actor("alice")):
            session.get_one(Contact, person.id).site_id = site.id if site is not None else None
            session.flush()
    with acting(people.actor("alice")) as by:
        launch = launches.begin_launch(kit_version_id=version.id, by=by, now=now)
        launches.choose_audience(launch_id=launch.id, list_ids=[customers.id], by=by, now=now)
        return branches.choose_branches(launch_id=launch.id, site_ids=[one.id for one in two], by=by, now=now)


def started(people: People, launch: Launch, now: datetime, start: datetime | None = None) -> list[Launch]:
    with acting(people.actor("alice")) as by:
        found = branches.start_everywhere(launch_id=launch.id, start=start, by=by, now=now)
        session.flush()
        return found


def test_each_branch_has_a_campaign_with_its_own_name_page_address_and_telephone(
    people: People, begun: Launch, now: datetime
) -> None:
    hamburg, lisbon = started(people, begun, now)

    assert {hamburg.state, lisbon.state} == {LaunchState.RUNNING}
    assert (hamburg.name.rpartition(" · ")[2], lisbon.name.rpartition(" · ")[2]) == ("Hamburg", "Lisbon")
    assert hamburg.page_slug != lisbon.page_slug
    assert (lisbon.brand["city"], lisbon.brand["phone"]) == ("Lisbon", "+49 40 Lisbon")
    with acting(people.actor("alice")):
        fields = side_of_launch(hamburg).fields
    assert (fields["partner.city"], fields["partner.street"]) == ("Hamburg", "Hamburg Street 1")
    assert fields["partner.address"] == "Hamburg Street 1, 20095 Hamburg"


def test_a_start_at_nine_is_nine_on_the_clock_of_each_branch(people: People, begun: Launch, now: datetime) -> None:
    at = datetime(2026, 9, 14, 9, 0)  # noqa: DTZ001 - a wall time

    hamburg, lisbon = started(people, begun, now, start=at)

    assert (hamburg.zone, lisbon.zone) == ("Europe/Berlin", "Europe/Lisbon")
    assert lisbon.starts_at is not None
    assert hamburg.starts_at is not None
    assert lisbon.starts_at - hamburg.starts_at == timedelta(hours=1)


def test_people_hear_from_their_own_branch_and_the_others_from_the_first(
    people: People, begun: Launch, now: datetime
) -> None:
    keys = [one.id for one in started(people, begun, now)]
    session.commit()
    outbox.drain(now=now)

    with acting(people.actor("alice")):
        chosen = sa.select(Recipient.launch_id, Contact.first_name).join(Contact, Contact.id == Recipient.contact_id)
        heard = sorted((keys.index(row[0]), row[1]) for row in session.execute(chosen))
        counts = [one.launch.recipients for one in run_together(session.get_one(Launch, keys[0]))]
    assert heard == [(0, "Ben"), (0, "Cleo"), (1, "Ada")]
    assert counts == [2, 1]


def test_a_list_that_was_given_to_a_branch_is_its_own_but_for_those_of_another(
    people: People, begun: Launch, two: list[Kept], now: datetime
) -> None:
    with acting(people.actor("alice")) as by:
        (list_id,) = lists_of(begun.id)
        branches.give_lists(launch_id=begun.id, to={list_id: two[1].id}, by=by, now=now)
        counted = [
            audience(
                list_ids=[list_id], vendor_id=begun.vendor_id, now=now,
                among=people_of_branch(begun, one.id, now=now),
            ).total
            for one in two
        ]  # fmt: skip

    assert counted == [0, 3]


@given(homes=st.lists(st.sampled_from([None, 0, 1, 2]), max_size=6), told=st.sampled_from([None, 0, 1]))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=25)
def test_everybody_is_one_branchs_and_nobody_two(people: People, homes: list[int | None], told: int | None) -> None:
    now = clock.now()
    with acting(people.actor("alice")) as by, session.begin_nested() as trial:
        org = session.get_one(Organisation, by.partner_id)
        three = [sites.save_site(name=f"B{n}", country="DE", zone="Europe/Berlin", by=by, now=now) for n in range(3)]
        customers = a_list(org)
        for number, home in enumerate(homes):
            person = contact(org, on=customers, first_name=f"P{number}")
            session.get_one(Contact, person.id).site_id = three[home].id if home is not None else None
        session.flush()
        run = [one.id for one in three[:2]]  # the third branch does not take part
        given_lists = {str(customers.id): run[told]} if told is not None else {}
        launch = Launch(vendor_id=people.vendor.id, choices={"branches": run, "list_branches": given_lists})
        counted = [
            audience(
                list_ids=[customers.id], vendor_id=people.vendor.id, now=now,
                among=people_of_branch(launch, key, now=now),
            ).total
            for key in run
        ]  # fmt: skip
        trial.rollback()

    assert sum(counted) == len(homes)
    assert counted[1] >= homes.count(1)


def test_posts_go_out_once_for_all_branches(people: People, begun: Launch, now: datetime) -> None:
    first, second = (one.id for one in started(people, begun, now))
    session.commit()
    outbox.drain(now=now)

    with acting(people.actor("alice")):
        speaks = set(session.scalars(sa.select(Post.launch_id).where(Post.launch_id.in_((first, second)))))
        planned = {one.kind for one in schedule_of(session.get_one(Launch, second))}
    assert speaks == {first}
    assert "social_post" not in planned


def test_words_that_were_written_for_it_are_in_every_branch(people: People, begun: Launch, now: datetime) -> None:
    with acting(people.actor("alice")):
        design = designs_of(begun.kit_version_id)["banner"]
        session.add(
            ZoneChoice(
                vendor_id=begun.vendor_id, partner_id=begun.partner_id, design_id=design.id, launch_id=begun.id,
                language=begun.language, zone="headline", value="Ask us", updated_at=now,
            )
        )  # fmt: skip
        session.flush()

    _first, second = started(people, begun, now)

    assert second.choices["zones"]["banner"]["headline"] == "Ask us"


def test_what_keeps_one_branch_from_starting_keeps_all_and_names_it(
    people: People, begun: Launch, two: list[Kept], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lisbon, launch_id = two[1].id, begun.id

    def reasons(launch: Launch, **_when: datetime) -> list[str]:
        return ["The address does not fit."] if launch.site_id == lisbon else []

    monkeypatch.setattr("campaigns.operations.launches.reasons_not_to_launch", reasons)

    with acting(people.actor("alice")) as by:
        with pytest.raises(NotReadyToLaunch) as refusal:
            branches.start_everywhere(launch_id=launch_id, by=by, now=now)
        states = session.scalars(sa.select(Launch.state)).all()

    assert refusal.value.reasons == ["Lisbon: The address does not fit."]
    assert states == [LaunchState.READY]


def test_a_branch_that_was_closed_in_the_meantime_is_told(
    people: People, begun: Launch, two: list[Kept], now: datetime
) -> None:
    with acting(people.actor("alice")) as by:
        sites.close_site(site=session.get_one(Site, two[0].id), by=by, now=now)
        session.flush()

        with pytest.raises(branches.BranchClosed, match="Hamburg"):
            branches.start_everywhere(launch_id=begun.id, by=by, now=now)


def test_one_click_stops_them_all_and_each_is_on_record(people: People, begun: Launch, now: datetime) -> None:
    first, _second = started(people, begun, now)

    with acting(people.actor("bob")) as bob:
        stopped = branches.stop_together(launch_id=first.id, by=bob, now=now)
        again = branches.stop_together(launch_id=first.id, by=bob, now=now)
        record = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "launch.stopped")).all()

    assert {one.state for one in stopped} == {LaunchState.STOPPED}
    assert (len(stopped), again, len(record)) == (2, [], 2)


def test_a_campaign_that_runs_alone_is_stopped_alone(people: People, now: datetime) -> None:
    version = published(people, now)
    with_logo(people)
    with acting(people.actor("alice")) as by:
        launch = launches.begin_launch(kit_version_id=version.id, by=by, now=now)
        (only,) = branches.start_everywhere(launch_id=launch.id, by=by, now=now)

        assert (only.site_id, only.together) == (None, None)
        with pytest.raises(branches.NotTogether):
            branches.stop_together(launch_id=only.id, by=by, now=now)


def test_a_stranger_neither_stops_nor_sees_the_branches(people: People, begun: Launch, now: datetime) -> None:
    first, _second = started(people, begun, now)
    key = first.id

    with acting(people.actor("charlie")) as charlie:
        with pytest.raises(NotFound):
            branches.stop_together(launch_id=key, by=charlie, now=now)
        assert sites.sites_of(people.partner.id) == []


def test_two_branches_have_two_names_and_a_clock_that_is_known(people: People, two: list[Kept], now: datetime) -> None:
    for name, zone in (("hamburg", "Europe/Berlin"), ("", "Europe/Berlin"), ("Bonn", "Europe/Atlantis")):
        with pytest.raises(sites.OddBranch):
            branch(people, name, now, zone=zone)


def test_it_is_all_done_in_the_browser(people: People, two: list[Kept], now: datetime, browser: Browser) -> None:
    kit = published(people, now)
    with_logo(people)
    customers = a_list(people.partner)
    contact(people.partner, on=customers)
    with acting(people.actor("vera")):
        address = f"/campaigns/{kit.kit.public_id}/start"
    keys, listed = [one.public_id for one in two], customers.public_id
    session.commit()
    signed_in(browser, people.alice)

    look = browser.get(address).text
    chosen = browser.post(address, data={"language": "en", "pieces": ["mails"], "branches": keys})
    audience_page = browser.get(chosen.location).text
    given = {"execution": "platform", "lists": listed, f"branch-{listed}": keys[1]}
    reviewed = browser.post(chosen.location, data=given)
    review = browser.get(reviewed.location).text
    start = browser.post(reviewed.location.replace("review", "start"), data={"moment": "now"})
    page = browser.get(start.location).text
    stop = browser.post(f"{start.location}/stop-everywhere")

    assert "For which branches?" in look
    assert "goes to Lisbon" in audience_page
    assert "In the time zone of each branch" in review
    for before_the_start in (audience_page, review):
        assert "For 2 branches: Hamburg, Lisbon" in before_the_start
    assert "Start in 2 branches" in review
    assert "Shown here as Hamburg sends it." in review
    assert "Stop is up here all the time. For 2 branches: Hamburg, Lisbon." in page
    assert "In your branches" in page
    assert stop.status_code == 303
    assert "Stop in all branches" not in browser.get(start.location).text


def test_the_page_behind_the_mail_that_asks_for_a_yes_names_the_branches(
    people: People, begun: Launch, browser: Browser
) -> None:
    path = urlsplit(answer_link(people.alice.id, begun.id, now=clock.now())).path
    with acting(people.actor("alice")):
        session.get_one(Launch, begun.id).service = Service.PREPARED
    session.commit()

    page = browser.get(path).text

    assert "For 2 branches: Hamburg, Lisbon" in page
    assert "Yes, start it" in page


def test_a_partner_without_branches_is_asked_nothing_more(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    signed_in(browser, people.alice)

    look = browser.get(f"/campaigns/{on_offer['kit']}/start").text

    assert "For which branches?" not in look


def test_branches_are_added_changed_and_closed_on_their_page(people: People, browser: Browser) -> None:
    signed_in(browser, people.bob)
    filled = {"name": "Hamburg", "city": "Hamburg", "country": "DE", "zone": "Europe/Berlin"}

    made = browser.post("/branches", data=filled)
    twice = browser.post("/branches", data=filled)
    listed = browser.get("/branches").text
    address = listed.split('href="/branches/')[1].split('"')[0]
    changed = browser.post(f"/branches/{address}", data={**filled, "phone": "+49 40 1"})
    shown = browser.get(f"/branches/{address}").text
    others = [signed_in(browser, who).get(f"/branches/{address}").status_code for who in (people.charlie, people.vera)]
    signed_in(browser, people.alice)
    closed = browser.post(f"/branches/{address}/close")

    assert (made.status_code, twice.status_code, changed.status_code, closed.status_code) == (303, 422, 303, 303)
    assert "+49 40 1" in shown
    assert others == [404, 403]
    assert browser.get(f"/branches/{address}").status_code == 404


def test_the_api_starts_tells_and_stops_them(
    people: People, on_offer: dict[str, str], two: list[Kept], browser: Browser
) -> None:
    keys = [one.public_id for one in two]
    session.commit()
    keyed(browser, people, "alice")

    listed = browser.get("/api/v1/branches").json["items"]
    started_one = browser.post("/api/v1/launches", json={"kit": on_offer["kit"], "branches": keys}).json
    address = f"/api/v1/launches/{started_one['id']}"
    told = browser.get(f"{address}/branches").json["items"]
    with statements() as for_one:
        browser.get("/api/v1/launches?per_page=1")
    with statements() as for_both:
        both = browser.get("/api/v1/launches?per_page=2").json["items"]
    stopped = browser.post(f"{address}/stop-everywhere").json["items"]
    elses = browser.post("/api/v1/launches", json={"kit": on_offer["kit"], "branches": ["sit_nobody"]})

    assert [one["id"] for one in listed] == keys
    assert (started_one["branch"], bool(started_one["together"])) == (keys[0], True)
    assert [(one["branch"], one["state"]) for one in told] == [(key, "running") for key in keys]
    assert [one["branch_name"] for one in told] == ["Hamburg", "Lisbon"]
    assert {one["branch"] for one in both} == set(keys)
    assert len(for_both) == len(for_one)
    assert {one["state"] for one in stopped} == {"stopped"}
    assert elses.status_code == 404
    assert keyed(browser, people, "charlie").get(f"{address}/branches").status_code == 404


def test_a_list_and_a_person_are_given_to_a_branch_and_to_nobody_elses(
    people: People, two: list[Kept], now: datetime, browser: Browser
) -> None:
    customers = a_list(people.partner)
    eva, _tom = (contact(people.partner, on=customers, first_name=name) for name in ("Eva", "Tom"))
    listed, person, keys = customers.public_id, eva.public_id, [one.public_id for one in two]
    lisbon = two[1].id
    session.commit()
    signed_in(browser, people.alice)

    page = browser.get(f"/contacts/lists/{listed}").text
    given_all = browser.post(f"/contacts/lists/{listed}/branch", data={"branch": keys[0]})
    given_one = browser.post(f"/contacts/{person}/branch", data={"branch": keys[1]})
    nobodys = browser.post(f"/contacts/{person}/branch", data={"branch": "sit_nobody"})
    unchosen = browser.post(f"/contacts/lists/{listed}/branch", data={"branch": ""})

    assert "Let everybody on this list belong to" in page
    assert [one.status_code for one in (given_all, given_one, nobodys, unchosen)] == [303, 303, 404, 422]
    with acting(people.actor("alice")):
        where = dict(session.execute(sa.select(Contact.first_name, Contact.site_id)).all())
    assert where["Eva"] == lisbon
    assert where["Tom"] == two[0].id
    keyed(browser, people, "alice")
    assert browser.put(f"/api/v1/lists/{listed}/branch", json={"branch": keys[1]}).json == {"changed": 2}
    assert [one["branch"] for one in browser.get("/api/v1/contacts").json["items"]] == [keys[1], keys[1]]
    assert browser.get(f"/api/v1/contacts/{person}").json["branch"] == keys[1]
    assert browser.put(f"/api/v1/contacts/{person}/branch", json={"branch": None}).json["branch"] is None
