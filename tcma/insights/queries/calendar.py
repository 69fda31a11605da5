"""What lies ahead, on one calendar: kits, campaigns, posts, events and the deadlines of funds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from campaigns.models import Event, EventState, Kit, KitState, KitVersion, Launch
from syndication.channels.social import title_of
from syndication.models import Post, PostState
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.identity.models import Organisation
from tcma.insights.queries.returns import kit_titles
from tcma.mdf.models import Allocation, Fund, FundState

MOST = 300
NOT_COMING = (PostState.REJECTED, PostState.EXPIRED)


class Kind(StrEnum):
    """What stands on a calendar."""

    KIT_OPENS = "kit_opens"
    KIT_ENDS = "kit_ends"
    RUN = "run"
    RUN_UNLESS = "run_unless"
    POST = "post"
    EVENT = "event"
    LAPSES = "lapses"
    REQUESTS_UNTIL = "requests_until"
    CLAIMS_UNTIL = "claims_until"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a calendar: at an hour, or on a whole day. `count` tells how many it stands for.

    `endpoint` and `values` name its page. `who` is the partner, for a vendor.
    """

    kind: Kind
    key: str
    title: str
    at: datetime | date
    ends: datetime | None = None
    count: int = 1
    who: str = ""
    endpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def entries(*, actor: Actor, since: datetime, until: datetime, language: str) -> list[Entry]:
    """Return what stands on the calendar of the actor's side from `since` up to `until`, days first.

    A partner sees its own campaigns and posts one by one. A vendor sees how many of its partners start a kit or
    post on a day, and its partners' events; at most a few hundred of each kind.
    """
    found = [
        *_kits(actor, since.date(), until.date(), language),
        *(_own_runs(since, until) if actor.is_partner else _runs_by_day(since, until, language)),
        *(_own_posts(since, until) if actor.is_partner else _posts_by_day(since, until, language)),
        *_events(actor, since, until),
        *_deadlines(actor, since.date(), until.date()),
    ]
    return sorted(found, key=_order)


def _order(one: Entry) -> tuple[str, int, str]:
    is_hour = isinstance(one.at, datetime)
    return (one.at.isoformat()[:10], int(is_hour), one.at.isoformat() + one.key)


def _kits(actor: Actor, since: date, until: date, language: str) -> Iterator[Entry]:
    chosen = (
        sa.select(KitVersion.id, Kit.id, Kit.public_id, KitVersion.available_from, KitVersion.available_until)
        .join(Kit, Kit.id == KitVersion.kit_id)
        .where(
            KitVersion.state == KitState.PUBLISHED,
            KitVersion.available_from.between(since, until) | KitVersion.available_until.between(since, until),
        )
        .order_by(KitVersion.id)
        .limit(MOST)
    )
    rows = session.execute(chosen).all()
    titles = kit_titles([row[1] for row in rows], language)
    endpoint = "campaigns.kit" if actor.is_vendor else "campaigns.offer"
    for version_id, kit_id, public_id, opens, ends in rows:
        for kind, day in ((Kind.KIT_OPENS, opens), (Kind.KIT_ENDS, ends)):
            if day is not None and since <= day <= until:
                key = f"{kind}-{version_id}"
                yield Entry(kind, key, titles[kit_id], day, endpoint=endpoint, values={"public_id": public_id})


def _own_runs(since: datetime, until: datetime) -> Iterator[Entry]:
    when = sa.func.coalesce(Launch.starts_unless, Launch.starts_at)
    shown = Launch.launched_at.is_not(None) | Launch.starts_unless.is_not(None)
    chosen = sa.select(Launch).where(shown, when >= since, when < until).order_by(Launch.id).limit(MOST)
    for launch in session.scalars(chosen):
        kind, at = (Kind.RUN, launch.starts_at) if launch.launched_at else (Kind.RUN_UNLESS, launch.starts_unless)
        if at is not None:
            page = "campaigns.launch" if launch.launched_at else "campaigns.review"
            values = {"public_id": launch.public_id}
            yield Entry(kind, launch.public_id, launch.name, at, endpoint=page, values=values)


def _runs_by_day(since: datetime, until: datetime, language: str) -> Iterator[Entry]:
    started = Launch.launched_at.is_not(None), Launch.starts_at >= since, Launch.starts_at < until
    chosen = sa.select(Launch.kit_id, Kit.public_id, day := sa.func.date(Launch.starts_at), sa.func.count()).where(
        *started
    )
    return _by_day(Kind.RUN, chosen, day, language)


def _by_day(
    kind: Kind, chosen: sa.Select[tuple[int, str, Any, int]], day: sa.ColumnElement[Any], language: str
) -> Iterator[Entry]:
    """One entry for each kit and day, with how many there are of it; `chosen` counts rows of launches."""
    rows = session.execute(
        chosen.join(Kit, Kit.id == Launch.kit_id)
        .group_by(Launch.kit_id, Kit.public_id, day)
        .order_by(day, Launch.kit_id)
        .limit(MOST)
    ).all()
    titles = kit_titles([row[0] for row in rows], language)
    for kit_id, public_id, on, count in rows:
        key, values = f"{kind}s-{public_id}-{on}", {"public_id": public_id}
        yield Entry(kind, key, titles[kit_id], _day(on), count=count, endpoint="campaigns.kit", values=values)


def _day(value: object) -> date:
    """SQLite answers with the day as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _own_posts(since: datetime, until: datetime) -> Iterator[Entry]:
    """One entry for each post of a campaign, whichever networks it goes to at that hour."""
    rows = session.execute(
        sa.select(Post.tactic, Post.key, Post.network, Post.due_at, Launch.public_id, Launch.name)
        .join(Launch, Launch.id == Post.launch_id)
        .where(Post.state.not_in(NOT_COMING), Post.due_at >= since, Post.due_at < until)
        .order_by(Post.due_at, Post.tactic, Post.key, Post.network, Post.id)
        .limit(MOST)
    )
    found: dict[tuple[str, datetime], Entry] = {}
    for tactic, key, network, due_at, launch, name in rows:
        place = (f"{launch}-{tactic}-{key}", due_at)
        one = found.get(place)
        networks = title_of(network) if one is None else _with(one.who, title_of(network))
        values = {"launch_id": launch}
        found[place] = Entry(
            Kind.POST, place[0], name, due_at, who=networks, endpoint="social.of_launch", values=values
        )
    return iter(found.values())


def _with(networks: str, other: str) -> str:
    return networks if other in networks.split(", ") else f"{networks}, {other}"


def _posts_by_day(since: datetime, until: datetime, language: str) -> Iterator[Entry]:
    chosen = (
        sa.select(Launch.kit_id, Kit.public_id, day := sa.func.date(Post.due_at), sa.func.count())
        .join(Launch, Launch.id == Post.launch_id)
        .where(Post.state.not_in(NOT_COMING), Post.due_at >= since, Post.due_at < until)
    )
    return _by_day(Kind.POST, chosen, day, language)


def _events(actor: Actor, since: datetime, until: datetime) -> Iterator[Entry]:
    rows = session.execute(
        sa.select(Event, Launch.public_id, Kit.public_id, Organisation.name)
        .join(Launch, Launch.id == Event.launch_id)
        .join(Kit, Kit.id == Launch.kit_id)
        .join(Organisation, Organisation.id == Event.partner_id)
        .where(
            Event.state.not_in((EventState.DRAFT, EventState.CANCELLED)),
            Event.starts_at >= since,
            Event.starts_at < until,
        )
        .order_by(Event.starts_at, Event.id)
        .limit(MOST)
    )
    for event, launch, kit, partner in rows:
        yield Entry(
            kind=Kind.EVENT,
            key=event.public_id,
            title=event.title,
            at=event.starts_at,
            ends=event.starts_at + timedelta(minutes=event.minutes),
            who=partner if actor.is_vendor else "",
            endpoint="campaigns.kit" if actor.is_vendor else "campaigns.launch",
            values={"public_id": kit if actor.is_vendor else launch},
        )


def _deadlines(actor: Actor, since: date, until: date) -> Iterator[Entry]:
    chosen = sa.select(Fund).where(Fund.state.not_in((FundState.PLANNED, FundState.RECONCILED)))
    if actor.is_partner:
        chosen = chosen.where(
            Fund.id.in_(sa.select(Allocation.fund_id).where(Allocation.partner_id == actor.partner_id))
        )
    for fund in session.scalars(chosen.order_by(Fund.id).limit(MOST)):
        for kind, day in ((Kind.REQUESTS_UNTIL, fund.requests_until), (Kind.CLAIMS_UNTIL, fund.claims_until)):
            if since <= day <= until:
                yield Entry(kind, f"{kind}-{fund.public_id}", fund.name, day, endpoint="mdf.funds")
    if actor.is_partner:
        rows = session.execute(
            sa.select(Allocation.public_id, Fund.name, Allocation.lapses_on)
            .join(Fund, Fund.id == Allocation.fund_id)
            .where(Allocation.lapses_on.between(since, until))
            .order_by(Allocation.lapses_on, Allocation.id)
            .limit(MOST)
        )
        for key, name, day in rows:
            yield Entry(Kind.LAPSES, key, name, day, endpoint="mdf.funds")
