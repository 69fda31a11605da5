"""Numbers come from the ledger and the roll-ups, are apart per kind of evidence, and agree with what verify says."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Kit, KitState, KitVersion, Launch, LaunchState
from syndication.models import Touch, Verdict
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Outbox
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.insights import operations as insights
from tcma.insights.models import LaunchHour
from tcma.insights.queries import activity, returns
from tcma.insights.queries.returns import Dimension
from tcma.leads import operations as leads
from tcma.leads.models import Deal, DealState, Evidence
from tcma.mdf import ledger
from tcma.mdf import operations as mdf
from tcma.mdf.models import Activity, Fund, FundRequest, Settlement
from tcma.mdf.operations import PlannedActivity
from tcma.mdf.operations.claims import Line
from tests import factories
from tests.factories import NOW
from tests.people import People

EUR = "EUR"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
"""


def launch(people: People) -> Launch:
    kit = factories.save(Kit(vendor_id=people.vendor.id, slug="drill", theme="security", created_at=NOW))
    version = factories.save(
        KitVersion(
            vendor_id=people.vendor.id,
            kit_id=kit.id,
            number=1,
            state=KitState.PUBLISHED,
            title={"en": "The drill"},
            summary={},
            languages=["en"],
            default_language="en",
            package_hash="0" * 64,
            created_at=NOW,
        )
    )
    return factories.save(
        Launch(
            vendor_id=people.vendor.id,
            partner_id=people.partner.id,
            kit_id=kit.id,
            kit_version_id=version.id,
            state=LaunchState.RUNNING,
            name="The drill",
            language="en",
            page_slug="the-drill",
            zone="Europe/Berlin",
            launched_at=NOW,
            created_at=NOW,
        )
    )


def pay(people: People, run: Launch, cost: int, *, title: str = "Search ads", kit_id: int | None = None) -> Activity:
    """Walk the whole way of the money: fund, share, request, approval, claim, decision, settlement."""
    request = ask(people, run, cost, title=title, kit_id=kit_id)
    with acting(people.actor("amir")) as amir:
        mdf.approve_request(request=request, by=amir, now=NOW)
        found = session.scalars(sa.select(Activity).where(Activity.request_id == request.id)).one()
    with acting(people.actor("alice")) as alice:
        claim = mdf.draft_claim(activity=found, by=alice, now=NOW)
        mdf.set_lines(claim=claim, lines=[Line("Ads", Money(cost, EUR), Money(0, EUR))], by=alice, now=NOW)
        claim.invoice_blob = "org/00/00"
        mdf.set_invoice(claim=claim, number=title, supplier="Ads Ltd", on=date(2026, 9, 21), by=alice, now=NOW)
        mdf.submit_claim(claim=claim, by=alice, now=NOW)
    with acting(people.actor("amir")) as amir:
        mdf.decide_claim(claim=claim, by=amir, now=NOW)
    with acting(people.actor("fiona")) as fiona:
        settlement = session.scalars(sa.select(Settlement).where(Settlement.claim_id == claim.id)).one()
        mdf.release_settlement(settlement=settlement, reference="A-1", by=fiona, now=NOW)
    return found


def ask(people: People, run: Launch | None, cost: int, *, title: str, kit_id: int | None = None) -> FundRequest:
    """A request for the vendor's half, beside a launch and its kit, or for something of the partner's own."""
    fund = purse(people)
    with acting(people.actor("alice")) as alice:
        planned = PlannedActivity("digital_ads", title, date(2026, 9, 20), Money(cost, EUR), proof_wanted=())
        return mdf.request_funds(
            fund=fund, activities=[planned], launch_id=run.id if run else None, kit_id=kit_id, by=alice, now=NOW
        )


def purse(people: People) -> Fund:
    with acting(people.actor("vera")) as vera:
        known = session.scalar(sa.select(Fund))
        if known is not None:
            return known
        fund = mdf.open_fund(
            name="Spring",
            budget=Money(1_000_000, EUR),
            starts_on=date(2026, 1, 1),
            requests_until=date(2026, 12, 1),
            claims_until=date(2027, 1, 31),
            by=vera,
            now=NOW,
        )
        mdf.allocate(fund=fund, partner_id=people.partner.id, amount=Money(500_000, EUR), by=vera, now=NOW)
    return fund


def win(people: People, run: Launch, minor: int, evidence: Evidence, *, kit_id: int | None = None) -> None:
    factories.save(
        Deal(
            vendor_id=people.vendor.id,
            partner_id=people.partner.id,
            launch_id=run.id,
            kit_id=kit_id or run.kit_id,
            account="Praxis",
            state=DealState.WON,
            evidence=evidence,
            amount_minor=minor,
            currency=EUR,
            opened_at=NOW,
            decided_at=NOW,
        )
    )


def test_the_return_is_told_per_kind_of_evidence_along_kit_partner_and_activity(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)
    win(people, run, 90_000, Evidence.REPORTED)
    win(people, run, 45_000, Evidence.CONFIRMED)

    with acting(people.actor("vera")):
        for dimension, name in (
            (Dimension.KIT, "The drill"),
            (Dimension.PARTNER, "Alice's company"),
            (Dimension.ACTIVITY, "Search ads · Alice's company"),
        ):
            (row,) = returns.returns(dimension)
            assert (row.name, row.paid, row.deals) == (name, Money(30_000, EUR), 2)
            assert row.roi(Evidence.REPORTED) == 2.0
            assert row.roi(Evidence.CONFIRMED) == 0.5


def test_what_the_results_page_says_was_paid_agrees_with_the_ledger(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)

    with acting(people.actor("vera")):
        assert returns.total_paid() == [Money(30_000, EUR)]
        assert sum(row.paid.minor for row in returns.returns(Dimension.KIT)) == 30_000
        assert ledger.breaches() == []


def test_money_paid_without_a_kit_stands_on_a_row_of_its_own_so_that_all_tabs_agree_with_the_ledger(
    people: People,
) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)
    pay(people, run, 20_000, title="A stand at the fair")

    with acting(people.actor("vera")):
        rows = {row.name: row.paid.minor for row in returns.returns(Dimension.KIT)}
        assert rows == {"The drill": 30_000, "Without a kit": 10_000}
        for dimension in Dimension:
            assert sum(row.paid.minor for row in returns.returns(dimension)) == 40_000
        assert (returns.total_paid(), ledger.breaches()) == ([Money(40_000, EUR)], [])


def test_a_payment_that_was_taken_back_is_nobodys(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)

    with acting(people.actor("fiona")) as fiona:
        settlement = session.scalars(sa.select(Settlement)).one()
        mdf.reverse_settlement(settlement=settlement, reason="Paid to the wrong account.", by=fiona, now=NOW)
        session.flush()

    with acting(people.actor("vera")):
        assert [returns.returns(dimension) for dimension in Dimension] == [[], [], []]
        assert [paid.minor for paid in returns.total_paid()] in ([], [0])


def test_a_request_that_was_declined_takes_no_revenue_from_the_one_that_was_paid(people: People) -> None:
    run = launch(people)
    request = ask(people, run, 90_000, title="A banner on a bus", kit_id=run.kit_id)
    with acting(people.actor("amir")) as amir:
        mdf.decline_request(request=request, note="Not in this quarter.", by=amir, now=NOW)
    pay(people, run, 60_000, kit_id=run.kit_id)
    win(people, run, 90_000, Evidence.REPORTED)

    with acting(people.actor("vera")):
        (row,) = returns.returns(Dimension.ACTIVITY)
    assert (row.name, row.deals, row.roi(Evidence.REPORTED)) == ("Search ads · Alice's company", 1, 2.0)


def test_of_two_paid_activities_none_is_guessed_as_the_source_of_a_deal(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)
    pay(people, run, 20_000, title="Second round", kit_id=run.kit_id)
    win(people, run, 90_000, Evidence.REPORTED)

    with acting(people.actor("vera")):
        rows = {row.name: row.deals for row in returns.returns(Dimension.ACTIVITY)}
    assert rows == {
        "Search ads · Alice's company": 0, "Second round · Alice's company": 0, "Without a paid activity": 1,
    }  # fmt: skip


def credited(people: People, run: Launch, tactic: str) -> int | None:
    """The activity that a deal names of somebody who answered this tactic, opened as the page opens it."""
    with acting(Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)) as system:
        lead = leads.capture(
            leads.Answer(last_name="Ruiz", email="ruiz@praxis.example", country="DE"),
            vendor_id=people.vendor.id, partner_id=people.partner.id, kit_id=run.kit_id, launch_id=run.id,
            tactic=tactic, by=system, now=NOW,
        )  # fmt: skip
    with acting(people.actor("alice")) as alice:
        leads.record_contact(lead=lead, by=alice, now=NOW)
        leads.open_deal(lead=lead, account="Praxis", products=[], currency=EUR, by=alice, now=NOW)
    session.commit()
    opened = session.scalars(sa.select(Outbox.id).where(Outbox.fact == "deal.opened")).all()
    assert [outbox.run(outbox_id, now=NOW) for outbox_id in opened] == [True]
    with acting(people.actor("vera")):
        return session.scalars(sa.select(Deal.activity_id)).one()


def test_a_deal_names_the_activity_whose_tactic_was_answered(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)
    second = pay(people, run, 20_000, title="Second round", kit_id=run.kit_id)
    with acting(people.actor("alice")):
        second.tactic = "ads"
    expected = second.id

    assert credited(people, run, "ads") == expected


def test_a_deal_of_a_launch_with_one_approved_activity_names_it(people: People) -> None:
    run = launch(people)
    expected = pay(people, run, 60_000, kit_id=run.kit_id).id

    assert credited(people, run, "page") == expected


def test_a_deal_of_a_launch_with_two_names_none_that_its_answer_does_not_tell(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)
    pay(people, run, 20_000, title="Second round", kit_id=run.kit_id)

    assert credited(people, run, "page") is None


def test_every_row_of_the_return_is_reached_page_by_page(people: People) -> None:
    run = launch(people)
    for number in range(120):
        kit = factories.save(Kit(vendor_id=people.vendor.id, slug=f"kit-{number}", theme="security", created_at=NOW))
        win(people, run, 1_000 + number, Evidence.REPORTED, kit_id=kit.id)

    with acting(people.actor("vera")):
        assert returns.how_many(Dimension.KIT) == 120
        keys = [row.key for row in returns.every_return(Dimension.KIT)]
    assert len(set(keys)) == len(keys) == 120


def test_where_nothing_was_paid_there_is_no_return(people: People) -> None:
    run = launch(people)
    win(people, run, 90_000, Evidence.REPORTED)

    with acting(people.actor("vera")):
        (row,) = returns.returns(Dimension.KIT)
        assert row.roi(Evidence.REPORTED) is None


def test_another_vendor_sees_none_of_it(people: People) -> None:
    run = launch(people)
    pay(people, run, 60_000, kit_id=run.kit_id)

    with acting(people.actor("viktor")):
        assert returns.returns(Dimension.KIT) == []
        assert returns.total_paid() == []


def touch(people: People, run: Launch, verdict: Verdict, at: datetime = NOW) -> Touch:
    return factories.save(
        Touch(
            partner_id=people.partner.id,
            vendor_id=people.vendor.id,
            launch_id=run.id,
            tactic="mails",
            channel="email",
            kind="click",
            verdict=verdict,
            rules_version=1,
            at=at,
        )
    )


def count(people: People, run: Launch) -> None:
    hour = NOW.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with acting(Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)) as system:
        insights.count_hour(launch_id=run.id, hour=hour.isoformat(), by=system, now=NOW)


def test_counting_an_hour_twice_counts_nothing_twice_and_a_new_verdict_moves_the_count(people: People) -> None:
    run = launch(people)
    first = touch(people, run, Verdict.HUMAN)
    touch(people, run, Verdict.MACHINE)
    count(people, run)
    count(people, run)
    with acting(people.actor("alice")):
        assert activity.counts_of([run.id])[run.id].human_clicks == 1
        first.verdict = Verdict.MACHINE
    count(people, run)

    with acting(people.actor("alice")):
        counts = activity.counts_of([run.id])[run.id]
        assert (counts.human_clicks, counts.machine_clicks) == (0, 2)


def test_the_vendor_sees_counts_and_another_partner_sees_none(people: People) -> None:
    run = launch(people)
    touch(people, run, Verdict.HUMAN)
    count(people, run)

    with acting(people.actor("vera")):
        assert activity.totals(since=NOW - timedelta(days=1)).human_clicks == 1
        assert session.scalars(sa.select(Touch)).all() == []
    with acting(people.actor("charlie")):
        assert session.scalars(sa.select(LaunchHour)).all() == []


def test_the_funnel_counts_each_partner_once_per_step(people: People) -> None:
    run = launch(people)
    touch(people, run, Verdict.HUMAN)
    count(people, run)

    with acting(people.actor("vera")):
        funnel = activity.adoption(now=NOW + timedelta(days=1))

    assert (funnel.partners, funnel.launched, funnel.answered, funnel.won) == (2, 1, 1, 0)


def test_days_without_answers_are_zero_and_not_missing(people: People) -> None:
    run = launch(people)
    touch(people, run, Verdict.HUMAN)
    count(people, run)

    with acting(people.actor("alice")):
        days = activity.answers_by_day(until=NOW, days=7)

    assert [day for day, _answers, _mailed in days][-1] == NOW.date()
    assert [answers for _day, answers, _mailed in days] == [0, 0, 0, 0, 0, 0, 1]
