"""What the call script of a campaign says, for the mail about an answer."""

from campaigns.content import content_of
from campaigns.models import Launch
from campaigns.queries.launches import fields_of
from campaigns.values import filled_for_reader
from tcma.core.db import session

MOST_LINES = 2


def what_to_say(*, launch_id: int | None, language: str, **_about: object) -> list[str]:
    """Return the opening of the campaign's call script, in the reader's language where the kit has it."""
    launch = session.get(Launch, launch_id) if launch_id is not None else None
    if launch is None:
        return []
    content = content_of(launch.version)
    spoken = language if language in launch.version.languages else launch.language
    scripts = list(content.kit.playbooks.values())
    said = [step.say for step in scripts[0].steps if step.say is not None][:MOST_LINES] if scripts else []
    fields = fields_of(launch)
    return [filled_for_reader(content.words(words, spoken), fields) for words in said]
