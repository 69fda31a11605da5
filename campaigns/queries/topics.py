"""Which topic a campaign is about: the partner's choice for it, else for its kit, else the kit's theme."""

import sqlalchemy as sa

from campaigns.models import Kit, KitTopic, Launch, LaunchTopic
from tcma.contacts.models import Topic
from tcma.core.db import require, session


def topic_of(launch: Launch) -> str:
    """Return the key of the topic that a launch is about: who wants to read nothing about it is not mailed."""
    chosen = topic_of_launch(launch.id)
    return chosen.key if chosen is not None else topic_unless_chosen(launch)


def topic_unless_chosen(launch: Launch) -> str:
    """Return the key of the topic that a launch is about as long as none is chosen for it alone."""
    theme = sa.select(Kit.theme).where(Kit.id == launch.kit_id)
    chosen = topic_of_kit(launch.kit_id, launch.partner_id)
    return chosen.key if chosen is not None else require(session.scalar(theme))


def topic_of_launch(launch_id: int) -> Topic | None:
    """Return the topic that was chosen for a launch by itself, unless it was removed since."""
    chosen = sa.select(Topic).join(LaunchTopic, LaunchTopic.topic_id == Topic.id)
    return session.scalar(chosen.where(LaunchTopic.launch_id == launch_id, Topic.removed_at.is_(None)))


def topic_of_kit(kit_id: int, partner_id: int) -> Topic | None:
    """Return the topic that a partner chose for its campaigns of a kit, unless it was removed since."""
    chosen = sa.select(Topic).join(KitTopic, KitTopic.topic_id == Topic.id)
    mine = chosen.where(KitTopic.kit_id == kit_id, KitTopic.partner_id == partner_id)
    return session.scalar(mine.where(Topic.removed_at.is_(None)))
