"""The API about the topics that a partner's people choose among."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from tcma.contacts import operations, queries
from tcma.contacts.api.ground import blueprint
from tcma.contacts.models import Topic
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Code = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]


class TopicOut(Answer):
    """A topic in the partner's own words. `key` is how consent names it; `names` are by the code of the language."""

    id: str = Field(validation_alias="public_id")
    key: str
    name: str
    names: dict[str, str]


class TopicList(Answer):
    """The partner's topics."""

    items: list[TopicOut]


class TopicChange(Body):
    """What a topic is called, and in other languages."""

    name: Name
    names: dict[Code, Name] = Field(default_factory=dict, max_length=20)


class TopicIn(TopicChange):
    """A topic to make; with `theme` it stands for all kits of that theme."""

    theme: str = Field("", max_length=30)


@blueprint.get("/topics")
@requires(Permission.CONTACTS_READ)
@blueprint.output(TopicList)
def topics() -> dict[str, Sequence[Topic]]:
    """List the topics that the partner has named."""
    return {"items": queries.topics_of(require(current_actor().partner_id))}


@blueprint.post("/topics")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(TopicIn)
@blueprint.output(TopicOut, status_code=201)
def create_topic(json_data: TopicIn) -> Topic:
    """Let people choose whether they want to read about one more topic."""
    by, now = current_actor(), clock.now()
    return operations.create_topic(name=json_data.name, names=json_data.names, theme=json_data.theme, by=by, now=now)


@blueprint.put("/topics/<topic_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(TopicChange)
@blueprint.output(TopicOut)
def change_topic(topic_id: str, json_data: TopicChange) -> Topic:
    """Call a topic otherwise."""
    found, by, now = queries.topic_by(topic_id), current_actor(), clock.now()
    return operations.change_topic(topic_id=found.id, name=json_data.name, names=json_data.names, by=by, now=now)


@blueprint.delete("/topics/<topic_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.output(Nothing)
def remove_topic(topic_id: str) -> Nothing:
    """Offer a topic no more; what people chose is kept."""
    operations.remove_topic(topic_id=queries.topic_by(topic_id).id, by=current_actor(), now=clock.now())
    return Nothing()
