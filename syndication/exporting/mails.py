"""The mails that a launch has for the partner's own tool: compiled once, with tracked links that name no recipient."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from campaigns.content import Content, content_of
from campaigns.mails import mail_step
from campaigns.manifest.model import ConditionStep, EmailSequence, EmailStep
from campaigns.models import Execution, KitState, Launch
from campaigns.queries.launches import has_started, is_left_out, schedule_of, side_of_launch
from campaigns.timing import Planned
from campaigns.values import filled_for_reader
from syndication.channels.email.compile import MailSource, subject_of
from syndication.channels.email.compiled import CompiledMail
from syndication.models import StepMail
from syndication.sending.mails import Edition, compiled_mail, kept_mail, make_mail, sequence_of, side_in
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.merge import Segment
from tcma.core.words import lazy_gettext as _


class NotFromOwnTool(DomainError):
    """The mails of this campaign are not sent from the partner's own tool, or it has not started."""


class StillBeingMade(Conflict):
    """The mails for the tool are not all there yet."""


class Withdrawn(DomainError):
    """The vendor has withdrawn the kit, so its mails are not given out any more."""


@dataclass(frozen=True, slots=True)
class ExportedMail:
    """One mail in one language, as every recipient shares it, and the set that its links are places of."""

    language: str
    compiled: CompiledMail
    preheader: tuple[Segment, ...]
    link_set_id: int


@dataclass(frozen=True, slots=True)
class ExportedStep:
    """One mail of a launch: its place among them, when it is to go, to whom, and its languages, the launch's own first.

    `asks`: what has to hold of a reader. `repeats`: the mail that it is again.
    """

    number: int
    key: str
    due_at: datetime
    asks: tuple[str, ...]
    repeats: str | None
    mails: tuple[ExportedMail, ...]

    @property
    def folder(self) -> str:
        """What its folder is called."""
        return f"{self.number:02}-{self.key}"


def refuse_unless_own_tool(launch: Launch) -> None:
    """Refuse what is only for a campaign that has started and is mailed elsewhere: `NotFromOwnTool`."""
    if launch.execution is not Execution.EXPORTED or not has_started(launch):
        raise NotFromOwnTool(_("This is for a campaign that has started and that you mail from your own tool."))


def keep_mails(launch: Launch, *, now: datetime) -> None:
    """Have every mail of a launch compiled in each language of its kit; one that is there says what holds now.

    The places of links never move: a mail in somebody's tool leads where it led. Refused: `MailRefused`.
    """
    for step in _mails(launch):
        for language in launch.version.languages:
            edition = Edition(step.key, language)
            kept = kept_mail(launch.id, edition)
            if kept is None:
                make_mail(launch, edition, now=now)
            else:
                _renew(kept, compiled_mail(launch, edition))
    session.flush()


def _renew(kept: StepMail, mail: CompiledMail) -> None:
    if mail.links == CompiledMail.from_json(kept.compiled).links:
        kept.compiled = mail.to_json()


def mail_keys(launch: Launch) -> list[str]:
    """Return the keys of the mails that a launch has."""
    return [step.key for step in _mails(launch)]


def mail_titles(launch: Launch) -> dict[str, str]:
    """Return the subject of each mail that a launch has, by its key, as somebody of whom nothing is known reads it."""
    content, fields = content_of(launch.version), side_of_launch(launch).fields
    return {
        step.key: filled_for_reader(content.words(step.subject, launch.language), fields) for step in _mails(launch)
    }


def _mails(launch: Launch) -> list[EmailStep]:
    content = content_of(launch.version)
    return [step for step in content.mails if not is_left_out(launch, sequence_of(content, step.key))]


def exported_steps(launch: Launch) -> list[ExportedStep]:
    """Return the mails of a launch in order of time; those around an event come once its date is confirmed.

    Refused: `NotFromOwnTool`, `Withdrawn`, and `StillBeingMade` for the moments after a start.
    """
    refuse_unless_own_tool(launch)
    if launch.version.state is KitState.RECALLED:
        raise Withdrawn(_("Your vendor has withdrawn this campaign. Stop its mails in your tool, too."))
    content = content_of(launch.version)
    planned = [one for one in schedule_of(launch, confirmed=True) if one.kind == "email"]
    languages = sorted(launch.version.languages, key=lambda one: (one != launch.language, one))
    return [
        ExportedStep(
            number=number,
            key=one.key,
            due_at=one.due_at,
            asks=tuple(dict.fromkeys([*_asked_before(content, one), *one.only_if])),
            repeats=one.repeats,
            mails=tuple(_exported(launch, content, one.key, language) for language in languages),
        )
        for number, one in enumerate(planned, 1)
    ]


def _exported(launch: Launch, content: Content, key: str, language: str) -> ExportedMail:
    kept = kept_mail(launch.id, Edition(key, language))
    if kept is None:
        raise StillBeingMade(_("The mails are being made. Try again in a minute."))
    words = content.words(mail_step(content, key).preheader, language)
    source = MailSource(subject=words, mjml="", texts=content.texts(language), language=language)
    preheader = subject_of(source, side_in(launch, content, language).fields)
    return ExportedMail(language, CompiledMail.from_json(kept.compiled), preheader, kept.link_set_id)


def _asked_before(content: Content, one: Planned) -> Iterator[str]:
    """Yield what the conditions on the way to a mail ask: it lies behind those that skip it where they do not hold."""
    sequence = require(next((each for each in content.kit.tactics if each.key == one.tactic), None))
    if not isinstance(sequence, EmailSequence):
        return
    keys = [step.key for step in sequence.steps]
    at = keys.index(one.key)
    for index, step in enumerate(sequence.steps[:at]):
        if isinstance(step, ConditionStep):
            skipped_to = keys.index(step.otherwise) if step.otherwise in keys else len(keys)
            if index < at < skipped_to:
                yield from step.when.words
