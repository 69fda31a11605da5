"""What is done by hand beside a campaign, and often costs money: what it is, what the vendor bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.manifest.model import CustomActivity, PaidActivity
from campaigns.models import Launch, LaunchTask
from campaigns.queries.launch_tasks import ShownTask, shown
from campaigns.queries.launches import fields_of, is_left_out
from campaigns.values import filled
from tcma.core.db import session
from tcma.core.money import Money
from tcma.mdf.operations.requests import share_borne
from tcma.mdf.queries.balances import Share, share_to_draw
from tcma.mdf.standing import Funding, Stage, current, fundings_of

Kind: TypeAlias = Literal["paid_activity", "custom_activity", "own"]


@dataclass(frozen=True, slots=True)
class Beside:
    """An activity beside a campaign. `own`: the partner asked for money for it, and it is none of the kit's.

    `percent` of `cost` is `borne` by the vendor, out of the share `draws_from`; where nobody knows the cost yet, all
    four are missing. `task` is its work: who does it, until when, what came of it.
    """

    key: str
    kind: Kind
    title: str
    about: str
    expected: str
    activity_type: str
    proof: tuple[str, ...]
    cost: Money | None
    percent: int | None
    borne: Money | None
    draws_from: Share | None
    task: ShownTask | None
    funding: Funding | None

    @property
    def stage(self) -> Stage:
        """How far its money has come."""
        return self.funding.stage if self.funding is not None else Stage.OPEN

    @property
    def is_enough(self) -> bool:
        """Whether as much is left as it would draw."""
        return self.borne is None or self.draws_from is None or self.borne <= self.draws_from.left


def activities_beside(launch: Launch) -> list[Beside]:
    """Return what is done beside a campaign of the acting partner: the kit's in its order, then the partner's own."""
    fundings = fundings_of(launch.id)
    tactics = [
        one
        for one in content_of(launch.version).kit.tactics
        if isinstance(one, PaidActivity | CustomActivity) and not is_left_out(launch, one.key)
    ]
    tasks = _tasks(launch, [one.key for one in tactics])
    found = [_of_kit(launch, one, funding=current(fundings, one.key), task=tasks.get(one.key)) for one in tactics]
    known = {one.key for one in tactics}
    return found + [_own(one) for one in fundings if one.activity.tactic not in known]


def _tasks(launch: Launch, keys: Sequence[str]) -> dict[str, ShownTask]:
    chosen = sa.select(LaunchTask).where(LaunchTask.launch_id == launch.id, LaunchTask.key.in_(keys))
    rows = session.scalars(chosen.where(LaunchTask.contact_id.is_(None)).order_by(LaunchTask.id)).all()
    return dict(zip((row.key for row in rows), shown(rows), strict=True))


def _of_kit(
    launch: Launch, tactic: PaidActivity | CustomActivity, *, funding: Funding | None, task: ShownTask | None
) -> Beside:
    content, fields = content_of(launch.version), fields_of(launch)
    paid = tactic if isinstance(tactic, PaidActivity) else None
    asked, cost = funding.activity if funding is not None else None, None
    if asked is not None:
        cost = Money(asked.cost_minor, asked.currency)
    elif paid is not None:
        cost = Money(paid.cost.minor, paid.cost.currency)
    share = _share(launch, cost)
    percent = asked.rate_percent if asked is not None else paid.share_percent if paid is not None else None
    if asked is None and share is not None:
        percent = share_borne(share.fund, percent)
    return Beside(
        key=tactic.key,
        kind=tactic.kind,
        title=content.title_of(tactic, launch.language),
        about=filled(content.words(tactic.summary, launch.language), fields),
        expected=filled(content.words(paid.expected, launch.language), fields) if paid is not None else "",
        activity_type=paid.activity_type if paid is not None else "other",
        proof=tuple(tactic.proof),
        cost=cost,
        percent=percent,
        borne=cost.percent(percent * 100) if cost is not None and percent is not None else None,
        draws_from=share,
        task=task,
        funding=funding,
    )


def _share(launch: Launch, cost: Money | None) -> Share | None:
    if cost is None:
        return None
    return share_to_draw(launch.partner_id, vendor_id=launch.vendor_id, currency=cost.currency)


def _own(funding: Funding) -> Beside:
    asked = funding.activity
    return Beside(
        key=asked.tactic or "",
        kind="own",
        title=asked.title,
        about="",
        expected=funding.request.note,
        activity_type=asked.activity_type,
        proof=tuple(asked.proof_wanted),
        cost=Money(asked.cost_minor, asked.currency),
        percent=asked.rate_percent,
        borne=Money(asked.asked_minor, asked.currency),
        draws_from=None,
        task=None,
        funding=funding,
    )
