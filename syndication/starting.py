"""What speaks against starting a campaign as it would go out: posts as their networks count, mails as filters read."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from assets.library.brands import brand_from
from campaigns.content import Content, content_of
from campaigns.dark_mails import lost_in_dark
from campaigns.manifest.model import EmailStep
from campaigns.models import Execution, Launch
from campaigns.queries.gates import is_left_out_mails
from campaigns.queries.launches import is_left_out, lists_of, side_of_launch
from campaigns.values import filled_for_reader
from syndication.channels.email.compile import MailRefused
from syndication.channels.email.lint import Finding, Level, lint_mail
from syndication.sending.batches import DELIVERIES
from syndication.sending.claims import is_in_hand
from syndication.sending.mails import Edition, compiled_mail, sequence_of
from syndication.social.operations.making import posts_too_long
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.words import lazy_gettext as _


def reasons_not_to_start(*, launch_id: int, by: Actor, now: datetime) -> list[str]:  # noqa: ARG001 - asked so
    """Return what keeps a campaign from starting: posts that are too long, and mails that must not be sent."""
    launch = require(session.get(Launch, launch_id))
    return [*_posts(launch), *_mails(launch, Level.ERROR)]


def what_to_look_at(*, launch_id: int) -> list[str]:
    """Return what a partner should know before starting, and may start in spite of."""
    launch = require(session.get(Launch, launch_id))
    return [*_mails(launch, Level.WARNING), *dict.fromkeys(_lost_in_dark(launch))]


def what_is_in_hand(*, launch_id: int) -> list[str]:
    """Return what a sender has in hand of a campaign at this moment, so that a stop waits until it was seen."""
    return [str(_("Mails of this campaign are going out."))] if is_in_hand(DELIVERIES, launch_id) else []


def _posts(launch: Launch) -> Iterator[str]:
    for _key, network, over in posts_too_long(launch):
        yield str(
            _(
                "A post is %(over)s characters too long for %(network)s with your name in it.",
                over=over,
                network=network,
            )
        )


def _mails(launch: Launch, level: Level) -> Iterator[str]:
    """Yield what is found in each mail of the campaign, in its own language, with whose mail it is.

    What the partner sends from its own tool is taken along in every language, and so each is looked at.
    """
    content, fields = content_of(launch.version), side_of_launch(launch).fields
    languages = launch.version.languages if launch.execution is Execution.EXPORTED else [launch.language]
    for step in _mailed(launch, content):
        subject = filled_for_reader(content.words(step.subject, launch.language), fields)
        for words in dict.fromkeys(one for of in languages for one in _about(launch, Edition(step.key, of), level)):
            yield f"{subject}: {words}"


def _mailed(launch: Launch, content: Content) -> list[EmailStep]:
    is_exported = launch.execution is Execution.EXPORTED
    if is_left_out_mails(launch) or not (is_exported or lists_of(launch.id)):
        return []
    return [step for step in content.mails if not is_left_out(launch, sequence_of(content, step.key))]


def _lost_in_dark(launch: Launch) -> Iterator[str]:
    content = content_of(launch.version)
    brand = brand_from(side_of_launch(launch).brand, launch.language)
    for step in _mailed(launch, content):
        yield from lost_in_dark(content, step, brand=brand)


def _about(launch: Launch, edition: Edition, level: Level) -> list[str]:
    try:
        mail = compiled_mail(launch, edition)
    except MailRefused as refusal:
        return refusal.reasons if level is Level.ERROR else []
    found: list[Finding] = lint_mail(mail, own_hosts=_own_hosts())
    return list(dict.fromkeys(str(one.message) for one in found if one.level is level))


def _own_hosts() -> frozenset[str]:
    """The operator's own addresses, which may be local and plain."""
    settings = runtime.settings()
    return frozenset(urlsplit(url).hostname or "" for url in (settings.base_url, settings.files_url))
