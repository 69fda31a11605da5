"""Trials: the mails of a launch, sent to the one who asks and to nobody else."""

from datetime import datetime

from campaigns.content import content_of
from campaigns.models import Launch
from syndication.channels.email.compiled import CLICK, CompiledMail
from syndication.links import Target, open_link_set
from syndication.sending.mails import Edition, compiled_mail
from syndication.tracking.judging import TEST
from tcma.core import outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.links import Purpose
from tcma.core.merge import Segment, Template
from tcma.core.models import Message
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import User


def compose_trial(*, launch_id: int, user_id: int, by: Actor, now: datetime) -> list[Message]:
    """Write each mail of a launch as a message to the one who asked, with that person's own name in it."""
    launch = require(session.get(Launch, launch_id))
    user = require(session.get(User, user_id))
    found = []
    for step in content_of(launch.version).mails:
        for variant in (None, "b") if step.subject_b else (None,):
            mail = compiled_mail(launch, Edition(step.key, launch.language, variant))
            name = f"{step.key}-{variant}" if variant else step.key
            found.append(_message(launch, name, mail, user, by=by, now=now))
    return found


def _message(launch: Launch, step: str, mail: CompiledMail, user: User, *, by: Actor, now: datetime) -> Message:
    link_set = open_link_set(
        launch,
        tactic="trial",
        step=f"{step}-{int(now.timestamp())}",
        channel=TEST,
        language=mail.language,
        targets=[Target(link.place, link.url, link.label) for link in mail.links],
        now=now,
    )
    first, _space, last = user.name.partition(" ")
    values = {
        "contact.first_name": first,
        "contact.last_name": last,
        CLICK: runtime.links().sign(Purpose.CLICK, link_set.id, 0),
        **dict.fromkeys(("unsubscribe_url", "preferences_url", "view_url"), runtime.settings().base_url),
    }
    message = Message(
        org_id=launch.partner_id,
        kind="campaign_trial",
        to_address=user.email,
        to_name=user.name,
        locale=mail.language,
        subject=str(_("Trial: %(subject)s", subject=_filled(mail.subject, values, "header")))[:300],
        html=_filled(mail.html, values, "html"),
        text=_filled(mail.text, values, "text"),
        unique_key=f"trial:{launch.id}:{step}:{user.id}:{int(now.timestamp())}",
        created_at=now,
    )
    session.add(message)
    session.flush()  # the bell needs its id
    outbox.tell("message.queued", message_id=message.id, vendor_id=by.vendor_id, partner_id=by.partner_id, now=now)
    return message


def _filled(segments: tuple[Segment, ...], values: dict[str, str], escape: str) -> str:
    return Template(segments).fill(values, escape)  # type: ignore[arg-type]  # one of its words
