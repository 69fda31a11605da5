"""Tracked addresses: sets of links that are opened once, where each place leads, and the tokens in public links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Link, LinkSet
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.links import Purpose
from tcma.core.tenancy import acting

LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """Where one place of a set leads, and the words that people press."""

    place: int
    url: str
    name: str = ""


def open_link_set(
    launch: Launch,
    *,
    tactic: str,
    channel: str,
    targets: Sequence[Target],
    step: str = "",
    language: str = "",
    now: datetime,
) -> LinkSet:
    """Return the link set of this mail, post or code, with its links; it is made once and its places never move."""
    found = _found(launch.id, tactic, step, channel, language)
    if found is not None:
        return found
    link_set = LinkSet(
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        tactic=tactic,
        step=step,
        channel=channel,
        language=language,
        created_at=now,
    )
    session.add(link_set)
    session.flush()  # its links name it
    for target in targets:
        session.add(
            Link(
                link_set_id=link_set.id,
                place=target.place,
                vendor_id=launch.vendor_id,
                partner_id=launch.partner_id,
                launch_id=launch.id,
                tactic=tactic,
                step=step,
                channel=channel,
                name=target.name[:100],
                url=target.url[:LONGEST_URL],
                created_at=now,
            )
        )
    return link_set


def _found(launch_id: int, tactic: str, step: str, channel: str, language: str) -> LinkSet | None:
    return session.scalar(
        sa.select(LinkSet).where(
            LinkSet.launch_id == launch_id,
            LinkSet.tactic == tactic,
            LinkSet.step == step,
            LinkSet.channel == channel,
            LinkSet.language == language,
        )
    )


def link_at(link_set_id: int, place: int) -> Link | None:
    """Return the link at a place of a set, as far as the one who acts may reach it."""
    return session.scalar(sa.select(Link).where(Link.link_set_id == link_set_id, Link.place == place))


def target_of(link_set_id: int, place: int) -> str | None:
    """Return where a place of a set leads. The token was the proof, so the set itself names the tenant."""
    link_set = session.get(LinkSet, link_set_id)
    if link_set is None:
        return None
    with acting(Actor.system("links", vendor_id=link_set.vendor_id, partner_id=link_set.partner_id)):
        found = link_at(link_set_id, place)
        return found.url if found is not None else None


def share_url(link_set_id: int, carrier_id: int = 0, *, place: int = 1) -> str:
    """Return the public address of a place of a set; `carrier_id` names the post or code that carries it."""
    token = runtime.links().sign(Purpose.SHARE, link_set_id, carrier_id)
    return f"{runtime.settings().base_url.rstrip('/')}/t/{token}.{place}"


def share_set(launch: Launch, *, page_url: str, now: datetime) -> LinkSet:
    """Return the set of the link that the partner shares by hand: its one place is the landing page."""
    return open_link_set(launch, tactic="page", channel="share", targets=[Target(1, page_url, launch.name)], now=now)
