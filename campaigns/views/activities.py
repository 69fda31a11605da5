"""What is done beside a campaign, as its page and the page of its task show it, with the way to the vendor's money."""

from typing import Any

from flask import url_for

from campaigns.models import Launch
from campaigns.queries.activities import Beside, activities_beside
from tcma.core import clock
from tcma.core.calendar import LocalSchedule
from tcma.core.tenancy import current_actor
from tcma.identity.permissions import P
from tcma.mdf.standing import Stage
from tcma.mdf.words import ACTIVITY_TYPES, proof_word


def shown_beside(launch: Launch, *, key: str | None = None) -> list[dict[str, Any]]:
    """Return what is done beside a campaign for its page; with `key` that activity of the kit alone."""
    if not current_actor().may(P.FUNDS_READ):
        return []
    found = [one for one in activities_beside(launch) if key is None or one.key == key]
    return [
        {
            "one": one,
            "type": ACTIVITY_TYPES.get(one.activity_type, one.activity_type),
            "proof": [proof_word(kind) for kind in one.proof],
            "ask_url": _ask_url(launch, one),
        }
        for one in found
    ]


def _ask_url(launch: Launch, one: Beside) -> str | None:
    """The form that asks for the money, with everything that is known filled in; none while it is under way."""
    may_ask = current_actor().may(P.REQUESTS_WRITE) and one.stage in {Stage.OPEN, Stage.DECLINED}
    if not may_ask or one.kind == "own":
        return None
    known: dict[str, Any] = {
        "launch": launch.public_id, "tactic": one.key, "title": one.title, "activity_type": one.activity_type,
        "proof": ",".join(one.proof), "note": one.expected or None, "share": one.percent,
    }  # fmt: skip
    if one.cost is not None:
        known |= {"minor": one.cost.minor, "currency": one.cost.currency}
    if one.draws_from is not None:
        known["fund"] = one.draws_from.fund.public_id
    if one.task is not None and one.task.due_at > clock.now():
        known["happens_on"] = LocalSchedule.of_instant(one.task.due_at, launch.zone).wall.date().isoformat()
    return url_for("mdf.new_request", **known)
