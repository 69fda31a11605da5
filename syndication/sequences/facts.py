"""What is known of people's answers: of each recipient of a launch, and of the launch as a whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from campaigns.models import Event, Registrant, RegistrantState
from syndication.models import Delivery, DeliveryState, Recipient, Touch, Verdict
from syndication.sequences.course import Facts
from tcma.core.db import session

EMAIL = "email"
ELSEWHERE = ""  # the step of a click that came from no mail


def facts_of(recipient_ids: Sequence[int]) -> Mapping[int, Facts]:
    """Return what each recipient is known to have done."""
    clicked: dict[int, set[str]] = {}
    opened: dict[int, set[str]] = {}
    kinds: dict[int, set[str]] = {}
    answers = sa.select(Touch.recipient_id, Touch.kind, Touch.step).where(
        Touch.recipient_id.in_(recipient_ids), Touch.verdict == Verdict.HUMAN
    )
    for recipient_id, kind, step in session.execute(answers.distinct()):
        kinds.setdefault(recipient_id, set()).add(kind)
        if kind == "click":
            clicked.setdefault(recipient_id, set()).add(step)
        elif kind == "open":
            opened.setdefault(recipient_id, set()).add(step)
    came = _came(recipient_ids)
    return {
        one: replace(
            _facts(kinds.get(one, set()), clicked.get(one, set()), {came[one]} if one in came else set()),
            opened=frozenset(opened.get(one, set())),
        )
        for one in {*kinds, *came}
    }


def mailed(recipient_ids: Sequence[int], steps: Collection[str]) -> set[tuple[int, str]]:
    """Return which recipients got which of these mails: the receiving server took it."""
    if not steps:
        return set()
    chosen = sa.select(Delivery.recipient_id, Delivery.step).where(
        Delivery.recipient_id.in_(recipient_ids), Delivery.step.in_(steps), Delivery.state == DeliveryState.ACCEPTED
    )
    return {(row.recipient_id, row.step) for row in session.execute(chosen)}


def facts_of_launch(launch_id: int) -> Facts:
    """Return what anybody is known to have done on a launch, by whichever way they came."""
    answers = sa.select(Touch.kind, Touch.step, Touch.channel).where(
        Touch.launch_id == launch_id, Touch.verdict == Verdict.HUMAN
    )
    rows = session.execute(answers.distinct()).all()
    clicked = {step if channel == EMAIL else ELSEWHERE for kind, step, channel in rows if kind == "click"}
    came = sa.select(Registrant.state).join(Event, Event.id == Registrant.event_id).where(Event.launch_id == launch_id)
    return _facts({row.kind for row in rows}, clicked, set(session.scalars(came.distinct())))


def _facts(kinds: set[str], clicked: set[str], came: set[RegistrantState]) -> Facts:
    return Facts(
        clicked=frozenset(clicked),
        replied="reply" in kinds,
        submitted="form" in kinds,
        registered="registration" in kinds or bool(came),
        attended=RegistrantState.ATTENDED in came,
        absent=RegistrantState.NO_SHOW in came,
    )


def _came(recipient_ids: Sequence[int]) -> dict[int, RegistrantState]:
    chosen = (
        sa.select(Recipient.id, Registrant.state)
        .join(Event, Event.launch_id == Recipient.launch_id)
        .join(
            Registrant,
            (Registrant.event_id == Event.id) & (Registrant.contact_id == Recipient.contact_id),
        )
        .where(Recipient.id.in_(recipient_ids))
    )
    return {row[0]: row[1] for row in session.execute(chosen)}
