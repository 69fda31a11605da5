"""The partner's own topics on the audience page of a campaign."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from campaigns.forms import AudienceForm
from campaigns.models import Launch
from campaigns.operations.topics import choose_topic, choose_topic_of_kit
from campaigns.queries.topics import topic_of, topic_of_kit, topic_of_launch, topic_unless_chosen
from tcma.contacts.queries import topic_by, topics_of, topics_to_choose
from tcma.core.actor import Actor
from tcma.core.presentation import language


def offer_topics(form: AudienceForm, launch: Launch) -> None:
    """Let a form offer the partner's topics, and the one that all its campaigns of the kit have, or the kit's theme."""
    of_kit = topic_of_kit(launch.kit_id, launch.partner_id)
    key = of_kit.key if of_kit is not None else launch.version.kit.theme
    words = topics_to_choose(launch.partner_id, language()).get(key) or key.replace("-", " ").capitalize()
    own = [(one.public_id, one.name) for one in topics_of(launch.partner_id)]
    form.topic.choices = [("", _("As its kit says: %(topic)s", topic=words)), *own]
    if not form.is_submitted():
        chosen = topic_of_launch(launch.id)
        form.topic.data = chosen.public_id if chosen is not None else ""


def topic_picked(launch: Launch, form: Mapping[str, str]) -> str:
    """Return the key of the topic that a launch would be about if a form were kept as it stands."""
    if "topic" not in form:
        return topic_of(launch)
    return topic_by(form["topic"]).key if form["topic"] else topic_unless_chosen(launch)


def keep_topic(form: AudienceForm, launch: Launch, *, by: Actor, now: datetime) -> None:
    """Keep what a form says a campaign is about: this one, or all of the kit."""
    wanted = topic_by(form.topic.data) if form.topic.data else None
    if form.of_kit.data:
        choose_topic_of_kit(kit=launch.version.kit, topic=wanted, by=by, now=now)
        wanted = None
    if wanted != topic_of_launch(launch.id):
        choose_topic(launch_id=launch.id, topic=wanted, by=by, now=now)
