"""Transactional mail: a row first, sent later like a delivery, once or named as unknown."""

from datetime import datetime
from html import unescape
from typing import Any

import sqlalchemy as sa
from jinja2 import Environment

from tcma.core import outbox
from tcma.core.db import session
from tcma.core.models import Message

_environment: list[Environment] = []


def configure(environment: Environment) -> None:
    """Take the Jinja environment that the project's own mail shells are filled with."""
    _environment[:] = [environment]


def compose(
    template: str,
    *,
    org_id: int,
    vendor_id: int | None = None,
    partner_id: int | None = None,
    to_address: str,
    to_name: str = "",
    locale: str = "en",
    unique_key: str,
    now: datetime,
    **values: Any,
) -> Message:
    """Write a mail to `to_address` from `templates/mail/<template>.html` and ring for it to be sent.

    The template extends `mail/_shell.html` and has the blocks `subject`, `html` and `text`. `unique_key` names the
    occasion: the same occasion is mailed once, and a second call returns the first mail.
    """
    existing = session.scalar(sa.select(Message).where(Message.unique_key == unique_key))
    if existing is not None:
        return existing
    subject, html, text = _filled(template, locale, {"to_name": to_name, "now": now, **values})
    message = Message(
        org_id=org_id,
        kind=template,
        to_address=to_address,
        to_name=to_name,
        locale=locale,
        subject=subject,
        html=html,
        text=text,
        unique_key=unique_key,
        created_at=now,
    )
    session.add(message)
    session.flush()  # the bell needs the id
    outbox.tell("message.queued", message_id=message.id, vendor_id=vendor_id, partner_id=partner_id, now=now)
    return message


def _filled(name: str, locale: str, values: dict[str, Any]) -> tuple[str, str, str]:
    from flask_babel import force_locale  # a third party's, and slow to import

    with force_locale(locale):
        template = _environment[0].get_template(f"mail/{name}.html")
        context = template.new_context({"locale": locale, **values})
        subject, text = (unescape("".join(template.blocks[name](context))) for name in ("subject", "text"))
        html = template.render(context.get_all())
    return " ".join(subject.split()), html, text.strip()
