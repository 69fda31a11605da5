"""The approver's answer to a request: approve, lower, decline, or ask. An approval reserves the money."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from tcma.core import audit, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.money import Money
from tcma.core.words import lazy_gettext as _
from tcma.identity.permissions import Permission
from tcma.mdf.models import Activity, ActivityDecision, FundRequest, RequestState
from tcma.mdf.operations.contents import request_hash
from tcma.mdf.operations.duties import check_limit, check_other_person, check_role, persons
from tcma.mdf.operations.locking import locked_fund, locked_request
from tcma.mdf.operations.notes import NothingSaid, add_note
from tcma.mdf.operations.requests import WAITING, NothingAsked, RequestMovedOn
from tcma.mdf.operations.reservations import activities_of, reserve

ACTIVITY_LAPSES = "mdf.activity"


def approve_request(
    *,
    request: FundRequest,
    amounts: Mapping[int, Money] | None = None,
    reasons: Mapping[int, str] | None = None,
    note: str = "",
    seen: str | None = None,
    by: Actor,
    now: datetime,
) -> FundRequest:
    """Approve the request and reserve the money.

    `amounts` (activity id to amount) lowers or declines single ones, with `reasons`; `seen` is the hash of what
    the approver looked at. Refused: `OwnRequest`, `OverLimit`, `NotYourRole`, `FundsExhausted`, `RequestMovedOn`.
    """
    membership = check_role(by, Permission.REQUESTS_DECIDE)
    current = _waiting(request)
    check_other_person(by, *persons(current.submitted_by, current.hands), claimant_id=current.partner_id)
    fund = locked_fund(current.fund_id)
    activities = activities_of(current.id)
    _check_content(current, activities, seen)
    wanted, why = dict(amounts or {}), dict(reasons or {})
    if set(wanted) - {activity.id for activity in activities}:
        raise RequestMovedOn(_("This request has moved on in the meantime. Load the page again."))
    for activity in activities:
        amount = wanted.get(activity.id, Money(activity.asked_minor, activity.currency))
        _decide(activity, amount, why.get(activity.id) or note)
    total = Money(sum(activity.approved_minor for activity in activities), fund.currency)
    if not total.minor:
        raise NothingAsked(_("Nothing would be approved. Decline the request, with a reason."), field="amount")
    check_limit(membership, total, now=now)
    for activity in activities:
        if activity.approved_minor:
            reserve(fund, activity, by=by, now=now)
            _watch(activity)
    full = all(activity.decision is ActivityDecision.APPROVED for activity in activities)
    _close(current, RequestState.APPROVED if full else RequestState.PARTIALLY_APPROVED, note, by=by, now=now)
    audit.record(
        by=by, action="request.approved", object_type="fund_request", object_id=current.id,
        after={"approved_minor": total.minor, "currency": total.currency, "content": current.content_hash}, now=now,
    )  # fmt: skip
    _tell("request.decided", current, now)
    return current


def _check_content(request: FundRequest, activities: Sequence[Activity], seen: str | None) -> None:
    found = request_hash(request, activities)
    if found != request.content_hash or (seen is not None and seen != found):
        raise RequestMovedOn(_("This request has moved on in the meantime. Load the page again."))


def _decide(activity: Activity, amount: Money, reason: str) -> None:
    if not 0 <= amount.minor <= activity.asked_minor or amount.currency != activity.currency:
        raise NothingAsked(_("Approve no more than what was asked for."), field="amount")
    activity.approved_minor = amount.minor
    activity.reason = reason.strip()[:200] or None
    if amount.minor == activity.asked_minor:
        activity.decision, activity.reason = ActivityDecision.APPROVED, None
        return
    activity.decision = ActivityDecision.REDUCED if amount.minor else ActivityDecision.DECLINED


def _watch(activity: Activity) -> None:
    """Let what is not claimed in time become free by itself."""
    if activity.claim_until is not None:
        schedule.set_due(
            ACTIVITY_LAPSES, activity.id, datetime.combine(activity.claim_until + timedelta(days=1), time(), UTC),
            vendor_id=activity.vendor_id, partner_id=activity.partner_id,
        )  # fmt: skip


def decline_request(*, request: FundRequest, note: str, by: Actor, now: datetime) -> FundRequest:
    """Decline the whole request, with a reason that the partner reads. Refused: `NothingSaid`, `OwnRequest`."""
    check_role(by, Permission.REQUESTS_DECIDE)
    current = _waiting(request)
    check_other_person(by, *persons(current.submitted_by, current.hands), claimant_id=current.partner_id)
    if not note.strip():
        raise NothingSaid(_("Say why, so that the partner can do better."), field="note")
    for activity in activities_of(current.id):
        activity.decision, activity.reason = ActivityDecision.DECLINED, note.strip()[:200]
    _close(current, RequestState.DECLINED, note, by=by, now=now)
    audit.record(by=by, action="request.declined", object_type="fund_request", object_id=current.id, now=now)
    _tell("request.decided", current, now)
    return current


def ask_for_information(*, request: FundRequest, note: str, by: Actor, now: datetime) -> FundRequest:
    """Ask the partner a question; the clock waits until it is answered. Refused: `NothingSaid`."""
    check_role(by, Permission.REQUESTS_DECIDE)
    current = _waiting(request)
    add_note(current, note, by=by, now=now)
    current.state = RequestState.INFO_REQUESTED
    audit.record(by=by, action="request.information_asked", object_type="fund_request", object_id=current.id, now=now)
    _tell("request.information_asked", current, now)
    return current


def _waiting(request: FundRequest) -> FundRequest:
    current = locked_request(request.id)
    if current.state not in WAITING:
        raise RequestMovedOn(_("This request has moved on in the meantime. Load the page again."))
    return current


def _close(request: FundRequest, state: RequestState, note: str, *, by: Actor, now: datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, by.user_id, now
    if note.strip():
        request.note = note.strip()
        add_note(request, note, by=by, now=now)


def _tell(fact: Literal["request.decided", "request.information_asked"], request: FundRequest, now: datetime) -> None:
    outbox.tell(fact, request_id=request.id, vendor_id=request.vendor_id, partner_id=request.partner_id, now=now)
