"""Rows of every kind for the walk over all routes: Alice's company and Vera's vendor have them, nobody else may see them."""

from typing import Any

import sqlalchemy as sa

from tcma.core import clock
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.mdf import operations
from tcma.mdf.models import Fund
from tests.mdf import money
from tests.people import People


def fund(people: People) -> dict[str, Any]:
    with acting(people.actor("vera")) as vera:
        today = clock.now().date()
        made = operations.open_fund(
            name="Walk", budget=Money(1_000_000, "EUR"), starts_on=today.replace(month=1, day=1),
            requests_until=today.replace(year=today.year + 1, day=1), claims_until=today.replace(year=today.year + 2, day=1),
            by=vera, now=clock.now(),
        )  # fmt: skip
        operations.allocate(
            fund=made, partner_id=people.partner.id, amount=Money(500_000, "EUR"), by=vera, now=clock.now()
        )
    return {"fund_id": made.public_id}


def request(people: People) -> dict[str, Any]:
    return {"request_id": _request(people).public_id}


def _request(people: People):  # type: ignore[no-untyped-def]
    key = fund(people)["fund_id"]
    with acting(people.actor("alice")) as alice:
        found = session.scalars(sa.select(Fund).where(Fund.public_id == key)).one()
        planned = operations.PlannedActivity("print", "Flyers", clock.now().date(), Money(10_000, "EUR"))
        return operations.request_funds(fund=found, activities=[planned], by=alice, now=clock.now())


def quoted(people: People) -> dict[str, Any]:
    """An activity that was asked for, with its supplier's quote."""
    (found,) = money.activities(people, _request(people))
    with acting(people.actor("alice")) as alice:
        quote = operations.Quote(money.PDF, "offer.pdf")
        operations.attach_quote(activity=found, quote=quote, by=alice, now=clock.now())
        session.flush()
    return {"activity_id": found.public_id}


def _approved(people: People):  # type: ignore[no-untyped-def]
    asked = _request(people)
    with acting(people.actor("amir")) as amir:
        operations.approve_request(request=asked, by=amir, now=clock.now())
    (activity,) = money.activities(people, asked)
    return activity


def activity(people: People) -> dict[str, Any]:
    return {"activity_id": _approved(people).public_id}


def _handed_in(people: People):  # type: ignore[no-untyped-def]
    found = _approved(people)
    with acting(people.actor("alice")) as alice:
        claim = operations.draft_claim(activity=found, by=alice, now=clock.now())
        operations.set_invoice(
            claim=claim, number="1", supplier="Print Ltd", on=clock.now().date(), data=money.PDF, file_name="i.pdf",
            by=alice, now=clock.now(),
        )  # fmt: skip
        line = operations.Line("Flyers", Money(10_000, "EUR"), Money(0, "EUR"))
        operations.set_lines(claim=claim, lines=[line], by=alice, now=clock.now())
        operations.submit_claim(claim=claim, by=alice, now=clock.now())
    return claim


def claim(people: People) -> dict[str, Any]:
    return {"claim_id": _handed_in(people).public_id}


def proof(people: People) -> dict[str, Any]:
    found = _approved(people)
    with acting(people.actor("alice")) as alice:
        made = operations.upload_proof(
            activity=found, kind="photo", data=money.PDF, file_name="p.pdf", by=alice, now=clock.now()
        )
    return {"proof_id": made.public_id}


def settlement(people: People) -> dict[str, Any]:
    return {"settlement_id": money.owed(people, _handed_in(people)).public_id}


def share(people: People) -> dict[str, Any]:
    return {**fund(people), "partner_id": people.partner.public_id}
