"""What the call scripts of a campaign say: whole for those who call, and the opening for the mail about an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaigns.content import Content, content_of
from campaigns.manifest.model import PlaybookTactic, TextRef
from campaigns.manifest.pages import Playbook
from campaigns.models import Launch
from campaigns.queries.launches import fields_of
from campaigns.values import filled_for_reader
from tcma.core.db import session

MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Said:
    """One step of a call: its name, what to say, and what to listen for."""

    title: str
    say: str
    listen_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A call script as the one who calls reads it, in one language, with the names filled in."""

    title: str
    goal: str
    before: tuple[str, ...]
    steps: tuple[Said, ...]
    questions: tuple[str, ...]
    objections: tuple[tuple[str, str], ...]
    voicemail: str
    close: str


def scripts_of(content: Content, language: str, fields: Mapping[str, str]) -> list[Script]:
    """Return the call scripts that a kit offers, in the kit's order.

    `fields`: what merge fields stand for; of a field that is not among them its other words are read.
    """
    offered = (tactic for tactic in content.kit.tactics if isinstance(tactic, PlaybookTactic))
    found = ((tactic, content.playbook(tactic.source)) for tactic in offered)
    return [
        script_of(playbook, content, language, fields, title=content.title_of(tactic, language))
        for tactic, playbook in found
        if playbook is not None
    ]


def script_of(
    playbook: Playbook, content: Content, language: str, fields: Mapping[str, str], *, title: str = ""
) -> Script:
    """Return one call script; `title`: what the kit calls it, if it does."""

    def words(said: TextRef | None) -> str:
        return filled_for_reader(content.words(said, language), fields)

    def each(said: Iterable[TextRef]) -> tuple[str, ...]:
        return tuple(words(one) for one in said)

    return Script(
        title=title or words(playbook.title),
        goal=words(playbook.goal),
        before=each(playbook.before),
        steps=tuple(Said(words(one.title), words(one.say), each(one.listen_for)) for one in playbook.steps),
        questions=each(playbook.questions),
        objections=tuple((words(one.objection), words(one.answer)) for one in playbook.objections),
        voicemail=words(playbook.voicemail),
        close=words(playbook.close),
    )


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
