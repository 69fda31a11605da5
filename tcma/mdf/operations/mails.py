"""Mails about money: to approvers when something waits, to the partner when it was decided or paid."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.core import mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import crossing
from tcma.identity.models import Membership, Role, User
from tcma.mdf.mail_links import approval_link
from tcma.mdf.models import Activity, Allocation, Claim, Fund, FundRequest, Settlement
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.operations.reservations import activities_of
from tcma.mdf.queries.balances import share_of
from tcma.mdf.queries.requests import name_of, people_with

MOST = 20


def mail_approvers(*, request_id: int, by: Actor, now: datetime) -> None:
    """Tell the vendor's approvers that a request waits, each with a link of their own."""
    request = session.scalar(sa.select(FundRequest).where(FundRequest.id == request_id))
    if request is None:
        return
    for membership, user in people_with(request.vendor_id, Role.MDF_APPROVER)[:MOST]:
        if user.id in request.hands:
            continue
        values = {**_about(request), "url": approval_link(membership.id, request, now=now)}
        key = f"request {request.id} {request.due_at}"
        _send("request_submitted", request.vendor_id, user, key, values=values, by=by, now=now)


def mail_decision(*, request_id: int, by: Actor, now: datetime) -> None:
    """Tell the partner what became of its request, or what is asked."""
    request = session.scalar(sa.select(FundRequest).where(FundRequest.id == request_id))
    if request is None:
        return
    values = {**_about(request), "url": _address(f"/funds/requests/{request.public_id}")}
    key = f"request {request.id} {request.state.value} {request.decided_at or now}"
    for user in _partner_people(request.partner_id, request.submitted_by):
        _send("request_decided", request.partner_id, user, key, values=values, by=by, now=now)


def mail_claim_approvers(*, claim_id: int, by: Actor, now: datetime) -> None:
    """Tell the vendor's approvers that a claim waits for them, but those who had a hand in it."""
    claim = session.scalar(sa.select(Claim).where(Claim.id == claim_id))
    if claim is None:
        return
    lines = lines_of(claim.id)
    values = {
        "title": session.get_one(Activity, claim.activity_id).title,
        "partner": name_of(claim.partner_id),
        "supplier": claim.invoice_supplier,
        "invoice": claim.invoice_number,
        "asked": Money(sum(line.asked_minor for line in lines), claim.currency),
        "until": claim.due_at,
        "url": _address(f"/claims/{claim.public_id}"),
    }
    for _membership, user in people_with(claim.vendor_id, Role.MDF_APPROVER)[:MOST]:
        if user.id not in claim.hands:
            key = f"claim {claim.id} {claim.submitted_at}"
            _send("claim_submitted", claim.vendor_id, user, key, values=values, by=by, now=now)


def mail_claim_decision(*, claim_id: int, by: Actor, now: datetime) -> None:
    """Tell the partner what became of its claim, line by line."""
    claim = session.scalar(sa.select(Claim).where(Claim.id == claim_id))
    if claim is None:
        return
    lines = lines_of(claim.id)
    values = {
        "claim": claim,
        "lines": lines,
        "title": session.get_one(Activity, claim.activity_id).title,
        "vendor": name_of(claim.vendor_id),
        "asked": Money(sum(line.asked_minor for line in lines), claim.currency),
        "approved": Money(sum(line.approved_minor or 0 for line in lines), claim.currency),
        "money_of": lambda minor: Money(minor, claim.currency),
        "url": _address(f"/claims/{claim.public_id}"),
    }
    key = f"claim {claim.id} {claim.state.value} {now}"
    for user in _partner_people(claim.partner_id, claim.submitted_by):
        _send("claim_decided", claim.partner_id, user, key, values=values, by=by, now=now)


def mail_payment(*, settlement_id: int, by: Actor, now: datetime) -> None:
    """Tell the partner that its money is on the way."""
    settlement = session.scalar(sa.select(Settlement).where(Settlement.id == settlement_id))
    if settlement is None:
        return
    claim = session.get_one(Claim, settlement.claim_id)
    values = {
        "amount": Money(settlement.amount_minor, settlement.currency),
        "reference": settlement.reference,
        "title": session.get_one(Activity, claim.activity_id).title,
        "vendor": name_of(claim.vendor_id),
        "url": _address(f"/claims/{claim.public_id}"),
    }
    for user in _partner_people(claim.partner_id, claim.submitted_by):
        _send(
            "settlement_released", claim.partner_id, user, f"settlement {settlement.id}", values=values, by=by, now=now
        )


def mail_share(*, allocation_id: int, by: Actor, now: datetime) -> None:
    """Tell the partner that it has money for its marketing."""
    allocation = session.scalar(sa.select(Allocation).where(Allocation.id == allocation_id))
    if allocation is None:
        return
    fund = session.get_one(Fund, allocation.fund_id)
    share = share_of(fund, allocation.partner_id)
    if share is None or not share.left.minor:
        return
    values = {"fund": fund.name, "left": share.left, "until": allocation.lapses_on, "vendor": name_of(fund.vendor_id)}
    values["url"] = _address("/funds")
    for user in _partner_people(allocation.partner_id, None):
        key = f"share {allocation.id} {share.total.minor}"
        _send("fund_allocated", allocation.partner_id, user, key, values=values, by=by, now=now)


def _about(request: FundRequest) -> dict[str, Any]:
    activities = activities_of(request.id)
    fund = session.get_one(Fund, request.fund_id)
    share = share_of(fund, request.partner_id)
    return {
        "request_row": request,
        "activities": activities,
        "fund": fund.name,
        "partner": name_of(request.partner_id),
        "vendor": name_of(request.vendor_id),
        "title": activities[0].title if activities else "",
        "asked": Money(sum(one.asked_minor for one in activities), fund.currency),
        "approved": Money(sum(one.approved_minor for one in activities), fund.currency),
        "left": share.left if share else None,
        "until": request.due_at,
    }


def _partner_people(partner_id: int, first: int | None) -> list[User]:
    """Return whom to tell: who handed it in, or else those who run the partner's marketing."""
    if first is not None:
        mine = sa.select(User).join(Membership, Membership.user_id == User.id)
        found = session.scalar(
            mine.where(User.id == first, User.active, Membership.org_id == partner_id, Membership.active).limit(1)
        )
        if found is not None:
            return [found]
    return [user for _membership, user in people_with(partner_id, Role.ADMIN, Role.MARKETER)[:3]]


def _send(
    template: str, org_id: int, user: User, key: str, *, values: dict[str, Any], by: Actor, now: datetime
) -> None:
    """Write one person's mail among the rows of their own company."""
    side = {"vendor_id": org_id} if org_id == by.vendor_id else {"partner_id": org_id}
    with crossing(**side):
        mail.compose(
            template, org_id=org_id, **side, to_address=user.email, to_name=user.name, locale=user.locale,
            unique_key=f"{template} {key} {user.id}", now=now, **values,
        )  # fmt: skip


def _address(path: str) -> str:
    return f"{runtime.settings().base_url}{path}"
