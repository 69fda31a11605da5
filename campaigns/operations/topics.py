"""A partner's campaigns and its own topics: for one campaign, or for all of a kit that start from now on."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Kit, KitTopic, Launch, LaunchTopic
from campaigns.operations.launches import open_launch
from tcma.contacts.models import Topic
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session


def choose_topic(*, launch_id: int, topic: Topic | None, by: Actor, now: datetime) -> Launch:
    """Let a campaign that has not started be about a topic of the partner's; None: what its kit is about.

    Refused with `Conflict` once it has started: people were picked by what it was about.
    """
    launch = open_launch(launch_id)
    session.execute(sa.delete(LaunchTopic).where(LaunchTopic.launch_id == launch.id))
    if topic is not None:
        session.add(LaunchTopic(partner_id=launch.partner_id, launch_id=launch.id, topic_id=topic.id))
    audit.record(
        by=by, action="launch.topic_chosen", object_type="launch", object_id=launch.id, after=_after(topic), now=now
    )
    return launch


def choose_topic_of_kit(*, kit: Kit, topic: Topic | None, by: Actor, now: datetime) -> None:
    """Let the partner's campaigns of a kit be about a topic of its own; None: the kit's theme.

    It holds for those that run, too: who declined the topic gets no further mail of them.
    """
    partner_id = require(by.partner_id)
    session.execute(sa.delete(KitTopic).where(KitTopic.kit_id == kit.id, KitTopic.partner_id == partner_id))
    if topic is not None:
        session.add(KitTopic(vendor_id=kit.vendor_id, partner_id=partner_id, kit_id=kit.id, topic_id=topic.id))
    audit.record(by=by, action="kit.topic_chosen", object_type="kit", object_id=kit.id, after=_after(topic), now=now)


def _after(topic: Topic | None) -> dict[str, str | None]:
    return {"topic": topic.key if topic is not None else None}
