"""Doing it for the partner: prepared campaigns that wait for a yes, and subscribed ones that wait for a no."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from campaigns.models import Kit, KitGrant, KitVersion, Launch, LaunchState, Service, ServiceChoice
from campaigns.operations.branches import start_everywhere
from campaigns.operations.launches import OPEN, begin_launch, choose_audience, launch_kit, stop_launch
from campaigns.queries.serving import usual_lists
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.schedule import set_due
from tcma.core.tenancy import crossing
from tcma.core.words import lazy_gettext as _
from tcma.partners.models import Partnership, PartnershipState

VETO_DAYS = range(1, 31)
MOST_AT_ONCE = 200


class NothingPrepared(DomainError):
    """None of the chosen partners can get this kit prepared."""


def choose_service(*, vendor_id: int, theme: str, service: Service, veto_days: int, by: Actor, now: datetime) -> None:
    """Let a vendor's kits of a theme reach the acting partner in this way from now on; what is begun stays as it is."""
    partner_id = require(by.partner_id)
    require(session.scalar(sa.select(Kit.id).where(Kit.vendor_id == vendor_id, Kit.theme == theme).limit(1)))
    if veto_days not in VETO_DAYS:
        raise DomainError(_("Choose between 1 and 30 days."), field="veto_days")
    row = session.scalar(
        sa.select(ServiceChoice).where(ServiceChoice.vendor_id == vendor_id, ServiceChoice.theme == theme)
    )
    before = {"service": row.service, "veto_days": row.veto_days} if row else None
    if row is None:
        row = ServiceChoice(vendor_id=vendor_id, partner_id=partner_id, theme=theme, chosen_at=now)
        session.add(row)
    row.service, row.veto_days, row.chosen_by, row.chosen_at = service, veto_days, by.membership_id, now
    session.flush()  # the audit row names its key
    audit.record(
        by=by, action="service.chosen", object_type="service_choice", object_id=row.id, before=before,
        after={"theme": theme, "service": service, "veto_days": veto_days}, now=now,
    )  # fmt: skip


def begin_with_defaults(*, kit_version_id: int, by: Actor, now: datetime) -> Launch:
    """Open a campaign of a kit as it comes: every piece, the partner's language, and its first list.

    One that was begun before is gone on with as it is. Refused with `KitNotOpen`.
    """
    launch = begin_launch(kit_version_id=kit_version_id, by=by, now=now)
    if launch.state is LaunchState.CUSTOMISING:
        launch.service = Service.DEFAULTS
        _choose_usual_audience(launch, by=by, now=now)
    return launch


def _choose_usual_audience(launch: Launch, *, by: Actor, now: datetime) -> None:
    """Take the list that the second screen would propose, where a person has not chosen."""
    if launch.choices.get("audience_chosen"):
        return
    choose_audience(launch_id=launch.id, list_ids=usual_lists(launch), by=by, now=now)


def prepare_launches(
    *, kit_version_id: int, partnership_ids: Sequence[str], start: datetime | None = None, by: Actor, now: datetime
) -> int:
    """Prepare a campaign for each of the acting vendor's partners (public ids) and ask each for its yes.

    `start` is a wall time in each partner's own zone. The vendor chooses no list and sees none. Partners whom the
    kit does not fit, and those that have begun it themselves, are passed over; returns how many were asked.
    Refused with `NothingPrepared` where nobody is left, and `KitNotOpen`.
    """
    version = require(session.get(KitVersion, kit_version_id))
    partners = session.scalars(
        sa.select(Partnership.partner_id)
        .join(KitGrant, (KitGrant.partner_id == Partnership.partner_id) & (KitGrant.kit_id == version.kit_id))
        .where(
            Partnership.public_id.in_(partnership_ids[:MOST_AT_ONCE]),
            Partnership.state == PartnershipState.ACTIVE,
            KitGrant.fits,
        )
        .order_by(Partnership.partner_id)
    ).all()
    count = sum(_prepare(version.id, partner_id, start, by=by, now=now) for partner_id in partners)
    if not count:
        raise NothingPrepared(_("These partners have begun this campaign themselves, or it does not fit them."))
    return count


def _prepare(version_id: int, partner_id: int, start: datetime | None, *, by: Actor, now: datetime) -> bool:
    """A door in the wall: the partner was found in the vendor's own reach, and nothing of it is read but its brand."""
    delegate = replace(by, partner_id=partner_id, on_behalf_of=partner_id)
    with crossing(vendor_id=by.vendor_id, partner_id=partner_id):
        if _has_begun(version_id):
            return False
        launch = begin_launch(kit_version_id=version_id, by=delegate, now=now)
        launch.service, launch.prepared_by = Service.PREPARED, by.membership_id
        if start is not None:
            if LocalSchedule.at(start, launch.zone).instant <= now:
                raise DomainError(_("That is in the past. Choose a later time, or start now."), field="start")
            launch.choices = {**launch.choices, "start": start.isoformat(timespec="minutes")}
        _record_on_both_sides(launch, "launch.prepared", by=delegate, now=now)
        _tell("launch.prepared", launch, now)
        session.flush()  # while both sides are in reach
        return True


def _has_begun(version_id: int) -> bool:
    chosen = sa.select(Launch.id).where(Launch.kit_version_id == version_id, Launch.state.in_(OPEN))
    return session.scalar(chosen.limit(1)) is not None


def _record_on_both_sides(launch: Launch, action: str, *, by: Actor, now: datetime) -> None:
    """Who acted for whom stands in the trail of the one who acted and of the one it was done for."""
    after: dict[str, Any] = {"kit_version_id": launch.kit_version_id, "for": launch.partner_id}
    for side in (replace(by, partner_id=None), replace(by, vendor_id=None)):
        audit.record(by=side, action=action, object_type="launch", object_id=launch.id, after=after, now=now)


def prepared_start(launch: Launch, *, now: datetime) -> datetime | None:
    """Return the wall time that a campaign was prepared for, as long as it is ahead."""
    wished = launch.choices.get("start")
    start = datetime.fromisoformat(wished) if wished else None
    return start if start is not None and LocalSchedule.at(start, launch.zone).instant > now else None


def say_yes(*, launch_id: int, start: datetime | None = None, by: Actor, now: datetime) -> Launch:
    """Start a campaign that was prepared or subscribed to, at the wall time `start` or now.

    Without a list that a person has chosen it goes to the partner's first. Refused as any start is.
    """
    launch = _waiting(launch_id)
    _choose_usual_audience(launch, by=by, now=now)
    return start_everywhere(launch_id=launch.id, start=start, by=by, now=now)[0]


def say_no(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Put a campaign away that was prepared or subscribed to; nothing of it goes out, and the vendor sees the no."""
    return stop_launch(launch_id=_waiting(launch_id).id, by=by, now=now)


def _waiting(launch_id: int) -> Launch:
    launch = require(session.scalar(sa.select(Launch).where(Launch.id == launch_id).with_for_update()))
    if launch.state not in OPEN or launch.service not in {Service.PREPARED, Service.SUBSCRIBED}:
        raise Conflict(_("This campaign has been answered already. Load the page again."))
    return launch


def tell_subscribers(version: KitVersion, partner_ids: Sequence[int], *, now: datetime) -> None:
    """Plan a kit that is newly on offer for those of these partners that have subscribed to its theme."""
    theme = require(session.scalar(sa.select(Kit.theme).where(Kit.id == version.kit_id)))
    chosen = sa.select(ServiceChoice.partner_id).where(
        ServiceChoice.theme == theme,
        ServiceChoice.service == Service.SUBSCRIBED,
        ServiceChoice.partner_id.in_(partner_ids),
        ServiceChoice.chosen_at <= (version.published_at or now),
    )
    for partner_id in session.scalars(chosen.order_by(ServiceChoice.partner_id)):
        outbox.tell(
            "kit.subscribed", kit_version_id=version.id, vendor_id=version.vendor_id, partner_id=partner_id, now=now
        )


def plan_subscribed(*, kit_version_id: int, by: Actor, now: datetime) -> Launch | None:
    """Open a campaign that starts after the partner's days of grace unless it says no; each kit comes once.

    Nothing happens where the partner has run or begun the kit, or has chosen otherwise in the meantime.
    """
    version = require(session.get(KitVersion, kit_version_id))
    theme = require(session.scalar(sa.select(Kit.theme).where(Kit.id == version.kit_id)))
    choice = session.scalar(sa.select(ServiceChoice).where(ServiceChoice.theme == theme))
    known = session.scalar(sa.select(Launch.id).where(Launch.kit_id == version.kit_id).limit(1))
    if choice is None or choice.service is not Service.SUBSCRIBED or known is not None:
        return None
    policy = replace(by, on_behalf_of=by.partner_id)
    launch = begin_launch(kit_version_id=version.id, by=policy, now=now)
    launch.service, launch.starts_unless = Service.SUBSCRIBED, now + timedelta(days=choice.veto_days)
    _choose_usual_audience(launch, by=policy, now=now)
    set_due("launch", launch.id, launch.starts_unless, vendor_id=launch.vendor_id, partner_id=launch.partner_id)
    _record_on_both_sides(launch, "launch.planned_by_subscription", by=policy, now=now)
    _tell("launch.prepared", launch, now)
    return launch


def start_unvetoed(*, launch_id: int, by: Actor, now: datetime) -> datetime | None:
    """Start a subscribed campaign whose days of grace are over; returns until when it still waits for a no.

    What keeps it from starting is mailed, and from then on it waits for the partner.
    """
    launch = session.get(Launch, launch_id)
    if launch is None or launch.state not in OPEN or launch.starts_unless is None:
        return None
    if launch.starts_unless > now:
        return launch.starts_unless
    try:  # every refusal comes before anything is changed
        launch_kit(launch_id=launch.id, by=replace(by, on_behalf_of=launch.partner_id), now=now)
    except DomainError:
        launch.starts_unless = None
        _tell("launch.held_back", launch, now)
    return None


def _tell(fact: Literal["launch.prepared", "launch.held_back"], launch: Launch, now: datetime) -> None:
    outbox.tell(fact, launch_id=launch.id, vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now)
