"""A partner asks for money before it spends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.money import Money
from tcma.core.tenancy import crossing
from tcma.core.words import lazy_gettext as _
from tcma.mdf.models import (
    Activity,
    ActivityState,
    Allocation,
    Claim,
    ClaimState,
    Fund,
    FundRequest,
    FundState,
    Proof,
    RequestState,
)
from tcma.mdf.operations.contents import request_hash
from tcma.mdf.operations.documents import Quote, keep_quote
from tcma.mdf.operations.duties import lay_hand
from tcma.mdf.operations.locking import locked_fund, locked_request
from tcma.mdf.operations.notes import add_note
from tcma.mdf.operations.reservations import activities_of, release_rest

DAYS_TO_DECIDE = 2
DAYS_TO_CLAIM = 60
MOST_ACTIVITIES = 20
INVOICE = "invoice"
WAITING = frozenset({RequestState.SUBMITTED, RequestState.IN_REVIEW, RequestState.INFO_REQUESTED})
APPROVED = frozenset({RequestState.APPROVED, RequestState.PARTIALLY_APPROVED})
OVER = frozenset({ClaimState.DRAFT, ClaimState.REJECTED, ClaimState.REVERSED})


class FundClosed(DomainError):
    """The fund takes no more requests, or not for that day."""


class NothingAsked(DomainError):
    """A request without an activity, or for no money."""


class RequestMovedOn(Conflict):
    """The request was decided or withdrawn in the meantime."""


class ClaimUnderWay(Conflict):
    """A request with a claim in hand cannot be taken back."""


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """What is to be done for the money: its cost in full; the fund bears its share of that.

    `most_percent`: the share that the kit says the vendor may pay; where the fund bears less, it is the fund's.
    """

    activity_type: str
    title: str
    happens_on: date
    cost: Money
    tactic: str | None = None
    proof_wanted: tuple[str, ...] = ("invoice",)
    most_percent: int | None = None
    quote: Quote | None = None


def request_funds(
    *,
    fund: Fund,
    activities: Sequence[PlannedActivity],
    launch_id: int | None = None,
    kit_id: int | None = None,
    note: str = "",
    form_key: str | None = None,
    by: Actor,
    now: datetime,
) -> FundRequest:
    """Submit a request with its activities; the approver has two days.

    `form_key` names the form it came from: a second press finds the first request. Refused: `FundClosed`,
    `NothingAsked`, and a quote by `tcma.core.intake`.
    """
    partner_id = require(by.partner_id)
    if form_key and (known := _of_form(partner_id, form_key)):
        return known
    _check_fund(fund, partner_id, now)
    if not 0 < len(activities) <= MOST_ACTIVITIES:
        raise NothingAsked(_("Enter what is planned and what it costs."), field="cost")
    request = FundRequest(
        vendor_id=fund.vendor_id,
        partner_id=partner_id,
        fund_id=fund.id,
        launch_id=launch_id,
        kit_id=kit_id,
        state=RequestState.SUBMITTED,
        submitted_by=by.user_id,
        submitted_at=now,
        due_at=now + timedelta(days=DAYS_TO_DECIDE),
        note=note,
        hands=[],
        form_key=form_key,
        created_at=now,
    )
    lay_hand(request, by)
    session.add(request)
    session.flush()  # its activities name it
    for planned in activities:
        _check_activity(fund, planned, now)
        _add_activity(request, fund, planned)
    if note.strip():
        add_note(request, note, by=by, now=now)
    request.content_hash = request_hash(request, activities_of(request.id))
    audit.record(
        by=by, action="request.submitted", object_type="fund_request", object_id=request.id,
        after={"content": request.content_hash}, now=now,
    )  # fmt: skip
    _tell("request.submitted", request, now)
    return request


def _of_form(partner_id: int, form_key: str) -> FundRequest | None:
    return session.scalar(
        sa.select(FundRequest).where(FundRequest.partner_id == partner_id, FundRequest.form_key == form_key)
    )


def _check_fund(fund: Fund, partner_id: int, now: datetime) -> None:
    if fund.state is not FundState.OPEN or now.date() > fund.requests_until:
        raise FundClosed(_("This fund takes no more requests."))
    lapsed = session.scalar(
        sa.select(Allocation.lapses_on).where(Allocation.fund_id == fund.id, Allocation.partner_id == partner_id)
    )
    if lapsed is not None and now.date() > lapsed:
        raise FundClosed(_("Your share of this fund lapsed on %(day)s.", day=lapsed.isoformat()))


def _check_activity(fund: Fund, planned: PlannedActivity, now: datetime) -> None:
    if not planned.title.strip() or planned.cost.minor <= 0:
        raise NothingAsked(_("Enter what is planned and what it costs."), field="cost")
    if planned.cost.currency != fund.currency:
        raise NothingAsked(_("This fund is in %(currency)s.", currency=fund.currency), field="cost")
    if not planned.cost.percent(share_borne(fund, planned.most_percent) * 100).minor:
        raise NothingAsked(_("That is too little to be shared."), field="cost")
    # A day of grace: it is yesterday here while it is still today where the partner is.
    if planned.happens_on < now.date() - timedelta(days=1):
        raise NothingAsked(_("Ask before the money is spent: choose a day to come."), field="happens_on")
    if not fund.starts_on <= planned.happens_on <= fund.claims_until:
        raise FundClosed(
            _(
                "This fund is for days from %(first)s to %(last)s.",
                first=fund.starts_on.isoformat(),
                last=fund.claims_until.isoformat(),
            ),
            field="happens_on",
        )


def share_borne(fund: Fund, most_percent: int | None) -> int:
    """Return how many percent of a cost a fund bears, where the kit says that the vendor pays so many at most."""
    return fund.rate_percent if most_percent is None else min(fund.rate_percent, most_percent)


def _add_activity(request: FundRequest, fund: Fund, planned: PlannedActivity) -> None:
    percent = share_borne(fund, planned.most_percent)
    activity = Activity(
        vendor_id=request.vendor_id,
        partner_id=request.partner_id,
        request_id=request.id,
        tactic=planned.tactic,
        activity_type=planned.activity_type[:40],
        title=planned.title.strip()[:200],
        happens_on=planned.happens_on,
        cost_minor=planned.cost.minor,
        asked_minor=planned.cost.percent(percent * 100).minor,
        currency=fund.currency,
        rate_percent=percent,
        proof_wanted=list(planned.proof_wanted),
        claim_until=min(planned.happens_on + timedelta(days=DAYS_TO_CLAIM), fund.claims_until),
    )
    if planned.quote is not None:
        keep_quote(activity, planned.quote)
    session.add(activity)
    session.flush()  # the proof that is wanted names it
    for kind in dict.fromkeys(planned.proof_wanted):
        if kind != INVOICE:  # the claim holds the invoice itself
            session.add(
                Proof(vendor_id=request.vendor_id, partner_id=request.partner_id, activity_id=activity.id, kind=kind)
            )


def answer_request(*, request: FundRequest, text: str, by: Actor, now: datetime) -> FundRequest:
    """Answer the approver's question; the clock starts again. Refused: `RequestMovedOn`, `NothingSaid`."""
    current = locked_request(request.id)
    if current.state not in WAITING:
        raise RequestMovedOn(_("This request has moved on in the meantime. Load the page again."))
    add_note(current, text, by=by, now=now)
    lay_hand(current, by)
    asked = current.state is RequestState.INFO_REQUESTED
    if asked:
        current.state, current.due_at = RequestState.SUBMITTED, now + timedelta(days=DAYS_TO_DECIDE)
    audit.record(by=by, action="request.answered", object_type="fund_request", object_id=current.id, now=now)
    if asked:
        _tell("request.submitted", current, now)
    return current


def attach_quote(*, activity: Activity, quote: Quote, by: Actor, now: datetime) -> Activity:
    """Lay a supplier's quote beside an activity that waits for its decision, in place of the former one.

    Whoever looked at the request before has to look again. Refused: `RequestMovedOn`, and by `tcma.core.intake`.
    """
    current = locked_request(activity.request_id)
    if current.state not in WAITING:
        raise RequestMovedOn(_("This request is decided. A quote is added before that."))
    before = activity.quote_digest
    keep_quote(activity, quote)
    session.flush()  # the hash reads it
    lay_hand(current, by)
    current.content_hash = request_hash(current, activities_of(current.id))
    audit.record(
        by=by, action="activity.quote_attached", object_type="mdf_activity", object_id=activity.id,
        before={"sha256": before}, after={"sha256": activity.quote_digest}, now=now,
    )  # fmt: skip
    return activity


def withdraw_request(*, request: FundRequest, by: Actor, now: datetime) -> FundRequest:
    """Take the request back; what was reserved for it and not claimed is free again. Refused: `ClaimUnderWay`."""
    current = locked_request(request.id)
    if current.state not in WAITING | APPROVED:
        raise RequestMovedOn(_("This request has moved on in the meantime. Load the page again."))
    if _claims_in_hand(current):
        raise ClaimUnderWay(_("There is a claim for this already. What is left over is freed with its decision."))
    before = current.state
    if current.state in APPROVED:
        free_reservations(current, by=by, now=now)
    current.state = RequestState.WITHDRAWN
    audit.record(
        by=by, action="request.withdrawn", object_type="fund_request", object_id=current.id,
        before={"state": before}, now=now,
    )  # fmt: skip
    return current


def free_reservations(request: FundRequest, *, by: Actor, now: datetime) -> None:
    """Free what is still reserved for the activities of a request that is locked by the caller."""
    with crossing(vendor_id=request.vendor_id):
        fund = locked_fund(request.fund_id)
        for activity in activities_of(request.id):
            release_rest(activity, fund_id=fund.id, by=by, now=now)


def _claims_in_hand(request: FundRequest) -> bool:
    found = session.scalar(
        sa.select(Claim.id)
        .join(Activity, Activity.id == Claim.activity_id)
        .where(Activity.request_id == request.id, Claim.state.not_in(OVER))
        .limit(1)
    )
    return found is not None


def mark_executed(*, activity: Activity, by: Actor, now: datetime) -> Activity:
    """Say that the activity took place; the platform is asked for the proof that it can give itself."""
    if activity.state is ActivityState.EXECUTED:
        return activity
    request = session.get_one(FundRequest, activity.request_id)
    if request.state not in APPROVED:
        raise RequestMovedOn(_("This activity was not approved."))
    activity.state = ActivityState.EXECUTED
    audit.record(by=by, action="activity.executed", object_type="mdf_activity", object_id=activity.id, now=now)
    want_proof(activity, now)
    return activity


def want_proof(activity: Activity, now: datetime) -> None:
    """Ask the platform for the proof that it can give itself of an activity."""
    outbox.tell(
        "proof.wanted", activity_id=activity.id, vendor_id=activity.vendor_id, partner_id=activity.partner_id, now=now
    )


def _tell(fact: Literal["request.submitted"], request: FundRequest, now: datetime) -> None:
    outbox.tell(fact, request_id=request.id, vendor_id=request.vendor_id, partner_id=request.partner_id, now=now)
