"""Funds, requests and claims for tests: each step as the person who takes it."""

from datetime import date
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from reportlab.pdfgen.canvas import Canvas

from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.mdf import operations
from tcma.mdf.models import Activity, Claim, Fund, FundRequest, Settlement
from tcma.mdf.operations import Line, PlannedActivity
from tests.factories import NOW
from tests.people import People

DAY = date(2026, 9, 20)


def _document(words: str) -> bytes:
    paper = BytesIO()
    sheet = Canvas(paper, pagesize=(300, 200))
    sheet.drawString(20, 100, words)
    sheet.save()
    return paper.getvalue()


PDF = _document("Invoice R-1")
OTHER_PDF = _document("Invoice R-2")


def fund(people: People, *, budget: int = 1_000_000, share: int = 500_000, currency: str = "EUR", **more: Any) -> Fund:
    """A fund of Vera's vendor; Alice's and Charlie's companies have a share each, if there is one to give."""
    with acting(people.actor("fiona")) as fiona:
        values: dict[str, Any] = {
            "name": "Autumn", "budget": Money(budget, currency), "starts_on": date(2026, 1, 1),
            "requests_until": date(2026, 12, 1), "claims_until": date(2027, 1, 31), **more,
        }  # fmt: skip
        made = operations.open_fund(**values, by=fiona, now=NOW)
        for partner in (people.partner, people.other_partner):
            if share:
                amount = Money(share, currency)
                operations.allocate(fund=made, partner_id=partner.id, amount=amount, by=fiona, now=NOW)
    return made


def request(
    people: People, of: Fund, *costs: int, who: str = "alice", proof: tuple[str, ...] = ("invoice",), **more: Any
) -> FundRequest:
    """A request with one activity per cost."""
    planned = [
        PlannedActivity("digital_ads", f"Search ads {number}", DAY, Money(cost, of.currency), proof_wanted=proof)
        for number, cost in enumerate(costs or (60_000,), start=1)
    ]
    with acting(people.actor(who)) as actor:
        return operations.request_funds(fund=of, activities=planned, by=actor, now=NOW, **more)


def approved(people: People, of: Fund, *costs: int, who: str = "alice", **more: Any) -> FundRequest:
    """A request that Amir has approved."""
    asked = request(people, of, *costs, who=who, **more)
    with acting(people.actor("amir")) as amir:
        return operations.approve_request(request=asked, by=amir, now=NOW)


def activities(people: People, of: FundRequest, who: str = "alice") -> list[Activity]:
    """The activities of a request."""
    with acting(people.actor(who)):
        chosen = sa.select(Activity).where(Activity.request_id == of.id).order_by(Activity.id)
        return list(session.scalars(chosen))


def drafted(
    people: People, activity: Activity, *nets: int, who: str = "alice", number: str = "R-1", supplier: str = "Ads Ltd",
    is_last: bool = True, data: bytes | None = None,
) -> Claim:  # fmt: skip
    """A claim with its invoice and one line per net amount, not handed in."""
    with acting(people.actor(who)) as actor:
        claim = operations.draft_claim(activity=activity, by=actor, now=NOW)
        operations.set_invoice(
            claim=claim, number=number, supplier=supplier, on=DAY, data=data, file_name="r.pdf", by=actor, now=NOW
        )
        if data is None:
            claim.invoice_blob, claim.invoice_digest = "org-1/00/" + "0" * 64, f"{number:0>64}"
        zero = Money(0, activity.currency)
        lines = [Line(f"Line {n}", Money(net, activity.currency), zero) for n, net in enumerate(nets, start=1)]
        operations.set_lines(claim=claim, lines=lines, is_last=is_last, by=actor, now=NOW)
        session.flush()
    return claim


def handed_in(people: People, activity: Activity, *nets: int, who: str = "alice", **more: Any) -> Claim:
    """A claim that waits for its decision."""
    claim = drafted(people, activity, *nets, who=who, **more)
    with acting(people.actor(who)) as actor:
        return operations.submit_claim(claim=claim, by=actor, now=NOW)


def owed(people: People, claim: Claim, by: str = "amir") -> Settlement:
    """The settlement of a claim that Amir approves."""
    with acting(people.actor(by)) as actor:
        operations.decide_claim(claim=claim, by=actor, now=NOW)
        return session.scalars(sa.select(Settlement).where(Settlement.claim_id == claim.id)).one()


def keep() -> None:
    """Commit what the test wrote; its rows stay readable as they are now."""
    session.flush()
    session.expunge_all()
    session.commit()
