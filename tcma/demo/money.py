"""Funds asked for beside launches, claimed with invoice and proof, decided, and paid; some of it still under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from campaigns.models import Launch
from tcma.core.db import session, transaction
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.demo.build import Built
from tcma.demo.invoices import invoice_pdf
from tcma.demo.moments import Story
from tcma.demo.parties import Vendor
from tcma.demo.runs import Run
from tcma.identity.models import Role
from tcma.mdf import ledger
from tcma.mdf import operations as mdf
from tcma.mdf.ledger import Place
from tcma.mdf.models import Activity, Claim, ClaimLine, Fund, FundRequest, Purpose, Settlement, SettlementState
from tcma.mdf.operations import Line, PlannedActivity

SHARE_WITH_MONEY = 0.5  # of launches
KINDS = (
    ("digital_ads", "Local search ads", "Searchlight Ads", (45_000, 60_000, 80_000)),
    ("print", "Half page in a magazine", "Verlagshaus am Ring", (70_000, 95_000)),
    ("calling", "Calling day", "Ringwell Calls", (60_000, 80_000)),
    ("room", "A room for a breakfast seminar", "Hotel zur Brücke", (52_000, 75_000)),
)
TAX = {"EUR": 19, "GBP": 20}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its one activity, and what it is for."""

    request_id: int
    activity_id: int
    vendor: Vendor
    run: Run
    supplier: str
    cost: Money
    title: str


def live_through_funds(
    built: Built, done: list[tuple[Run, int]], story: Story, *, rng: Random, until: datetime
) -> None:
    """Let half of the launches have money beside them, each as far as its days allow."""
    vendors = {vendor.id: vendor for vendor in built.cast.vendors}
    invoices: dict[int, bytes] = {}
    for number, (run, launch_id) in enumerate(done):
        if rng.random() > SHARE_WITH_MONEY:
            continue
        vendor = vendors[run.vendor_id]
        asked = _ask(built.fund_ids[vendor.id], vendor, run, launch_id, story, rng=rng)
        story.let_work_run()
        if number < len(done) - 6:
            _carry_through(asked, number, story, invoices, rng=rng, until=until)


def _ask(fund_id: int, vendor: Vendor, run: Run, launch_id: int, story: Story, *, rng: Random) -> Asked:
    kind, title, supplier, prices = rng.choice(KINDS)
    now = story.at(run.starts + timedelta(hours=1))
    with transaction(), acting(run.partner.actor) as actor:
        fund = session.get_one(Fund, fund_id)
        cost = Money(rng.choice(prices), fund.currency)
        planned = PlannedActivity(
            kind, title, (now + timedelta(days=10)).date(), cost, tactic="ads", proof_wanted=("invoice",)
        )
        kit_id = _kit_of(launch_id)
        request = mdf.request_funds(
            fund=fund, activities=[planned], launch_id=launch_id, kit_id=kit_id, by=actor, now=now
        )
        session.flush()  # its activity's key is read
        activity_id = session.scalars(sa.select(Activity.id).where(Activity.request_id == request.id)).one()
        return Asked(request.id, activity_id, vendor, run, supplier, cost, title)


def _kit_of(launch_id: int) -> int:
    return session.scalars(sa.select(Launch.kit_id).where(Launch.id == launch_id)).one()


def _carry_through(
    asked: Asked, number: int, story: Story, invoices: dict[int, bytes], *, rng: Random, until: datetime
) -> None:
    decided = story.now() + timedelta(hours=rng.randint(3, 40))
    if decided > until:
        return
    with transaction(), acting(asked.vendor.actors[Role.MDF_APPROVER]) as approver:
        request = session.get_one(FundRequest, asked.request_id)
        left = ledger.balance(
            Place(request.fund_id, Purpose.ALLOCATED, request.partner_id),
            vendor_id=asked.vendor.id,
            currency=asked.cost.currency,
        )
        if left.minor < asked.cost.minor:  # more than the share that any fund bears
            return
        if rng.random() < 0.08:
            mdf.decline_request(request=request, note="The date is outside the campaign.", by=approver, now=decided)
            return
        mdf.approve_request(request=request, by=approver, now=decided)
    claimed = asked.run.starts + timedelta(days=rng.randint(14, 22))
    if claimed > until:
        return
    claim_id = _claim(asked, number, story.at(claimed), invoices, rng=rng)
    story.let_work_run()
    settled = claimed + timedelta(days=rng.randint(2, 6))
    if settled < until - timedelta(days=4):
        _decide_and_pay(asked, claim_id, story.at(settled), rng=rng)
        story.let_work_run()


def _claim(asked: Asked, number: int, now: datetime, invoices: dict[int, bytes], *, rng: Random) -> int:
    tax = asked.cost.percent(TAX[asked.cost.currency] * 100)
    setup = Money(asked.cost.minor // 5, asked.cost.currency)
    main = asked.cost - setup
    lines = [
        Line(asked.title, main, tax - tax.percent(2_000), f"VAT {TAX[asked.cost.currency]}"),
        Line("Set-up", setup, tax.percent(2_000), f"VAT {TAX[asked.cost.currency]}"),
    ]
    day = (now - timedelta(days=3)).date()
    # Now and then the same invoice comes in a second time, as it does in life.
    again = bool(invoices) and rng.random() < 0.08
    number = rng.choice(sorted(invoices)) if again else number
    data = invoices.setdefault(
        number,
        invoice_pdf(
            supplier=asked.supplier,
            number=f"R-{1000 + number}",
            day=day.isoformat(),
            lines=[(line.text, line.net, line.tax) for line in lines],
        ),
    )
    with transaction(), acting(asked.run.partner.actor) as actor:
        activity = session.get_one(Activity, asked.activity_id)
        mdf.mark_executed(activity=activity, by=actor, now=now)
        claim = mdf.draft_claim(activity=activity, by=actor, now=now)
        mdf.set_invoice(
            claim=claim, number=f"R-{1000 + number}", supplier=asked.supplier, on=day, total=asked.cost + tax,
            data=data, file_name=f"invoice-{1000 + number}.pdf", by=actor, now=now,
        )  # fmt: skip
        mdf.set_lines(claim=claim, lines=lines, by=actor, now=now)
        mdf.submit_claim(claim=claim, by=actor, now=now)
        return claim.id


def _decide_and_pay(asked: Asked, claim_id: int, now: datetime, *, rng: Random) -> None:
    with transaction(), acting(asked.vendor.actors[Role.MDF_APPROVER]) as approver:
        claim = session.get_one(Claim, claim_id)
        approved: dict[int, Money] = {}
        reasons: dict[int, str] = {}
        if rng.random() < 0.25:
            lines = session.scalars(sa.select(ClaimLine).where(ClaimLine.claim_id == claim_id)).all()
            last = max(lines, key=lambda line: line.position)
            approved[last.id] = Money(last.asked_minor // 2, claim.currency)
            reasons[last.id] = "Set-up is borne by half."
        mdf.decide_claim(claim=claim, approved=approved, reasons=reasons, by=approver, now=now)
    paid = now + timedelta(days=rng.randint(1, 3))
    with transaction(), acting(asked.vendor.actors[Role.FINANCE]) as finance:
        settlement = session.scalars(sa.select(Settlement).where(Settlement.claim_id == claim_id)).one_or_none()
        if settlement is not None and settlement.state is SettlementState.PENDING:
            mdf.release_settlement(settlement=settlement, reference=f"TR-{settlement.id:05}", by=finance, now=paid)
