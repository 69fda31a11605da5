"""A launch beside its kit's other partners: medians that tell how one does, and never what another one does."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Execution, KitVersion, Launch, LaunchState
from tcma.core import clock, schedule
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tcma.insights import operations as insights
from tcma.insights.benchmarks import FEWEST_MAILS, FEWEST_PARTNERS, WHOLE, Benchmark, Measure, Tally
from tcma.insights.models import KitBenchmark, LaunchHour
from tcma.insights.operations import BENCHMARK
from tcma.insights.queries.tallies import tallies_of_kit
from tcma.insights.tasks import look_at_benchmarks
from tests import factories
from tests.campaigns.kits import published
from tests.people import People
from tests.signing_in import Browser, signed_in

WEEKS = timedelta(days=20)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    tried = draw(st.integers(0, 300))
    delivered = draw(st.integers(0, tried))
    clicks, replies, forms = (draw(st.integers(0, delivered * 2)) for _ in range(3))
    return Tally(tried, delivered, clicks, replies, forms)


def expected(others: Sequence[Tally], measure: Measure) -> float:
    return median(one.rate(measure) or 0.0 for one in others if one.delivered)


@given(everybody=st.lists(tallies(), min_size=1, max_size=12), who=st.integers(0, 11))
def test_a_benchmark_is_the_median_of_the_others_and_told_only_where_enough_stand_behind_it(
    everybody: list[Tally], who: int
) -> None:
    own = everybody[who % len(everybody)]
    others = [one for place, one in enumerate(everybody) if place != who % len(everybody) and one.delivered]

    told = Benchmark.of(everybody).for_partner(own)

    enough = len(others) >= FEWEST_PARTNERS and sum(one.delivered for one in others) >= FEWEST_MAILS
    assert (told is not None) is enough
    if told is not None:
        assert all(abs(told[measure] - expected(others, measure)) <= 0.051 for measure in Measure)


@given(everybody=st.lists(tallies(), max_size=12))
def test_a_partner_that_brought_nothing_is_told_the_median_of_all(everybody: list[Tally]) -> None:
    benchmark = Benchmark.of(everybody)
    kept = Benchmark.from_json(benchmark.partners, benchmark.delivered, benchmark.to_json())

    for told in (kept.for_partner(), kept.for_partner(Tally())):
        enough = benchmark.partners >= FEWEST_PARTNERS and benchmark.delivered >= FEWEST_MAILS
        assert (told is not None) is enough
        if told is not None:
            assert all(abs(told[measure] - expected(everybody, measure)) <= 0.051 for measure in Measure)


@given(
    others=st.lists(tallies().filter(lambda one: one.delivered > 40), min_size=5, max_size=9),
    loud=tallies(),
    quiet=tallies(),
    who=st.integers(0, 8),
)
def test_no_single_partner_can_move_the_benchmark_past_its_neighbours(
    others: list[Tally], loud: Tally, quiet: Tally, who: int
) -> None:
    place = who % len(others)
    rest = [one for at, one in enumerate(others) if at != place]
    for measure in Measure:
        rates = sorted(one.rate(measure) or 0.0 for one in rest)
        low, high = rates[(len(rates) - 1) // 2 - (len(rates) % 2)], rates[len(rates) // 2 + (len(rates) % 2)]
        for one in (loud, quiet):
            told = Benchmark.of([*rest, one]).for_partner()
            if told is not None:
                assert low - 0.051 <= told[measure] <= high + 0.051


def kit_version(people: People) -> KitVersion:
    return published(people, clock.now())


def launch_of(people: People, version: KitVersion, partner: Organisation, *, age: timedelta = WEEKS) -> Launch:
    began = clock.now() - age
    return factories.save(
        Launch(
            vendor_id=people.vendor.id, partner_id=partner.id, kit_id=version.kit_id, kit_version_id=version.id,
            state=LaunchState.RUNNING, name="The drill", language="en", page_slug=f"drill-{partner.id}-{age.days}",
            zone="Europe/Berlin", launched_at=began, starts_at=began, created_at=began,
        )
    )  # fmt: skip


def mailed(launch: Launch, *, step: str = "first", hours: int = 2, **counts: int) -> None:
    """The roll-up of one hour of a launch: so many accepted, clicked, replied, and so on."""
    hour = (clock.now() - timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    for kind, count in counts.items():
        verdict = "human" if kind in {"click", "reply", "form"} else ""
        factories.save(
            LaunchHour(
                vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, kit_id=launch.kit_id,
                tactic="mails", step=step, hour=hour, kind=kind, verdict=verdict, count=count,
            )
        )  # fmt: skip


def others_with(people: People, version: KitVersion, *clicks: int, accepted: int = 50) -> None:
    for number, clicked in enumerate(clicks):
        company = factories.partner(f"Partner {number}")
        factories.partnership(people.vendor, company)
        mailed(launch_of(people, version, company), accepted=accepted, click=clicked)


def counted(people: People, kit_id: int) -> None:
    by = Actor.system("test", vendor_id=people.vendor.id)
    with acting(by):
        insights.count_benchmark(kit_id=kit_id, by=by, now=clock.now())
    session.expunge_all()  # kept as they are: no reach is needed to read their ids
    session.commit()


def asked(client: Browser, people: People, name: str, launch: Launch) -> tuple[int, list[dict[str, object]]]:
    from tests.campaigns.test_api import keyed

    answer = keyed(client, people, name).get(f"/api/v1/launches/{launch.public_id}/benchmark")
    return answer.status_code, (answer.json or {}).get("items", [])


def test_a_partner_sees_its_mails_beside_the_median_of_the_others(people: People, client: Browser) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=100, bounced=20, click=40, reply=4, form=2)
    others_with(people, version, 1, 2, 5, 10, 50)
    counted(people, version.kit_id)

    _status, (whole, first) = asked(client, people, "alice", mine)

    assert (whole["step"], first["step"]) == ("", "first")
    assert first["rates"] == {"delivered": 80.0, "clicks": 50.0, "replies": 5.0, "forms": 2.5}
    assert first["others"] == {"delivered": 100.0, "clicks": 10.0, "replies": 0.0, "forms": 0.0}
    assert whole["others"] == first["others"]


@pytest.mark.parametrize(("clicks", "accepted"), [((1, 2, 5, 10), 100), ((1, 2, 5, 10, 50), 39)])
def test_four_partners_or_199_mails_are_too_few_whoever_asks(
    people: People, client: Browser, clicks: tuple[int, ...], accepted: int
) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=500, click=40)
    others_with(people, version, *clicks, accepted=accepted)
    counted(people, version.kit_id)
    address = mine.public_id

    _status, rows = asked(client, people, "alice", mine)
    page = signed_in(client, people.alice).get(f"/campaigns/launches/{address}").text

    assert [row["others"] for row in rows] == [None] * len(rows)
    assert "There are too few to compare with yet: it takes 5 other partners" in page


def test_a_launch_of_less_than_a_week_is_not_in_the_benchmark_and_ten_launches_of_one_partner_count_once(
    people: People, client: Browser
) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=100, click=7)
    others_with(people, version, 5, 5, 5, 10, 10)
    for age in range(10, 20):
        again = launch_of(people, version, people.other_partner, age=timedelta(days=age))
        mailed(again, accepted=10, click=9)
    young = factories.partner("Young")
    factories.partnership(people.vendor, young)
    mailed(launch_of(people, version, young, age=timedelta(days=6)), accepted=1000, click=0)
    counted(people, version.kit_id)

    _status, (whole, *_rest) = asked(client, people, "alice", mine)

    assert isinstance(whole["others"], dict)
    assert whole["others"]["clicks"] == 15.0  # between 10 and 20 of six, the loud one counted once
    with acting(people.actor("vera")):
        row = session.scalars(sa.select(KitBenchmark).where(KitBenchmark.step == WHOLE)).one()
        assert (row.partners, row.delivered) == (7, 450)


def test_what_came_through_a_post_or_a_page_is_no_answer_to_a_mail(people: People, client: Browser) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=100, click=10)
    mailed(mine, step="announce", click=90)
    mailed(mine, step="", form=5)

    _status, (whole, _first) = asked(client, people, "alice", mine)

    assert whole["rates"] == {"delivered": 100.0, "clicks": 10.0, "replies": 0.0, "forms": 0.0}


def test_the_page_of_a_launch_says_how_the_others_do(people: People, client: Browser) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=100, click=12)
    others_with(people, version, 1, 2, 5, 10, 50)
    counted(people, version.kit_id)
    address = mine.public_id

    page = signed_in(client, people.alice).get(f"/campaigns/launches/{address}").text

    assert "Compared with other partners" in page
    assert "others 10" in page
    assert "Partner 0" not in page


def test_strangers_colleagues_and_the_vendor_each_see_what_is_theirs(people: People, client: Browser) -> None:
    version = kit_version(people)
    mine = launch_of(people, version, people.partner)
    mailed(mine, accepted=100, click=12)
    others_with(people, version, 1, 2, 5, 10, 50)
    counted(people, version.kit_id)
    launch_id = mine.id

    assert asked(client, people, "bob", mine)[0] == 200
    assert asked(client, people, "charlie", mine)[0] == 404
    assert asked(client, people, "vera", mine)[0] in {403, 404}
    for name in ("alice", "charlie", "viktor"):
        with acting(people.actor(name)):
            assert session.scalars(sa.select(KitBenchmark)).all() == []
    with acting(people.actor("alice")):
        assert {row.launch_id for row in session.scalars(sa.select(LaunchHour))} == {launch_id}


def test_the_vendor_reads_what_is_usual_for_its_kit_and_another_vendor_does_not(
    people: People, client: Browser
) -> None:
    from tests.campaigns.test_api import keyed

    version = kit_version(people)
    others_with(people, version, 1, 2, 5, 10, 50)
    counted(people, version.kit_id)

    (kit,) = keyed(client, people, "vera").get("/api/v1/results/benchmarks").json["items"]
    page = signed_in(client, people.vera).get("/results").text

    assert [(step["step"], step["partners"], step["rates"]["clicks"]) for step in kit["steps"]] == [
        ("", 5, 10.0),
        ("first", 5, 10.0),
    ]
    assert "What is usual for each kit" in page
    assert keyed(client, people, "viktor").get("/api/v1/results/benchmarks").json == {"items": []}
    assert keyed(client, people, "alice").get("/api/v1/results/benchmarks").status_code == 404


def test_a_launch_plans_the_benchmark_of_its_kit_and_it_is_counted_anew_each_day_while_it_can_change(
    people: People,
) -> None:
    version = kit_version(people)
    launch = launch_of(people, version, people.partner, age=timedelta(0))
    kit_id, now = version.kit_id, clock.now()
    mailed(launch, accepted=10)
    by = Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)
    with acting(by):
        insights.plan_benchmark(launch_id=launch.id, by=by, now=now)
        insights.plan_benchmark(launch_id=launch.id, by=by, now=now)
    session.commit()

    look_at_benchmarks(now + timedelta(days=6))
    assert rows_of(people) == []
    look_at_benchmarks(now + timedelta(days=8))
    assert [(row.step, row.partners, row.delivered) for row in rows_of(people)] == [("", 1, 10), ("first", 1, 10)]
    assert schedule.claim(BENCHMARK, now=now + timedelta(days=8, hours=23), lease=timedelta(minutes=1)) == []
    look_at_benchmarks(now + timedelta(days=100))
    assert schedule.claim(BENCHMARK, now=now + timedelta(days=900), lease=timedelta(minutes=1)) == []
    assert {row.kit_id for row in rows_of(people)} == {kit_id}


def rows_of(people: People) -> list[KitBenchmark]:
    session.rollback()
    with acting(people.actor("vera")):
        return list(session.scalars(sa.select(KitBenchmark).order_by(KitBenchmark.step)))


def test_what_was_mailed_from_a_partners_own_tool_is_in_no_benchmark(people: People) -> None:
    version = kit_version(people)
    mailed(launch_of(people, version, people.partner), accepted=100, click=7)
    elsewhere = launch_of(people, version, people.partner, age=timedelta(days=30))
    with acting(people.actor("alice")):
        elsewhere.execution = Execution.EXPORTED
        session.flush()
    mailed(elsewhere, click=500)

    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        (told,) = tallies_of_kit(version.kit_id, before=clock.now()).values()

    assert told == {"first": Tally(tried=100, delivered=100, clicks=7, replies=0, forms=0)}
