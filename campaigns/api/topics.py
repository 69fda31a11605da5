"""What the partner's campaigns are about, in its own topics."""

from pydantic import Field

from campaigns.api.ground import blueprint
from campaigns.api.kits import version_of
from campaigns.api.launches import own_launch
from campaigns.models import Launch
from campaigns.operations.topics import choose_topic, choose_topic_of_kit
from campaigns.queries.topics import topic_of
from tcma.contacts.models import Topic
from tcma.contacts.queries import topic_by
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


class TopicChoice(Body):
    """A topic of the partner's by its id; without one, what the kit is about."""

    topic: str | None = Field(None, max_length=40)


class AboutOut(Answer):
    """What a campaign is about: the theme of its kit, or the key of the partner's own topic."""

    topic: str


def _topic(choice: TopicChoice) -> Topic | None:
    return topic_by(choice.topic) if choice.topic else None


def _about(launch: Launch) -> AboutOut:
    return AboutOut(topic=topic_of(launch))


@blueprint.get("/launches/<launch_id>/topic")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(AboutOut)
def topic(launch_id: str) -> AboutOut:
    """Tell what a campaign is about."""
    return _about(own_launch(launch_id))


@blueprint.put("/launches/<launch_id>/topic")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(TopicChoice)
@blueprint.output(AboutOut)
def set_topic(launch_id: str, json_data: TopicChoice) -> AboutOut:
    """Let a campaign that was begun be about a topic of the partner's."""
    found, by = own_launch(launch_id), current_actor()
    return _about(choose_topic(launch_id=found.id, topic=_topic(json_data), by=by, now=clock.now()))


@blueprint.put("/kits/<kit_id>/topic")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(TopicChoice)
@blueprint.output(Nothing)
def set_topic_of_kit(kit_id: str, json_data: TopicChoice) -> Nothing:
    """Let the partner's campaigns of a kit be about a topic of its own."""
    by = current_actor()
    require(by.partner_id)
    choose_topic_of_kit(kit=version_of(kit_id).kit, topic=_topic(json_data), by=by, now=clock.now())
    return Nothing()
