"""The mailbox of the demo: a relay inside the program that keeps what it takes, for pages to show."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as email_rules
from html import escape
from ipaddress import ip_address
from itertools import count
from logging import getLogger
from re import IGNORECASE
from re import compile as compile_pattern
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from syndication.models import MailboxMail
from tcma.core import clock, runtime
from tcma.core.db import session, transaction

KEPT = 5_000
TIDY_EVERY = 200
PER_PAGE = 40
SNIPPET = 160
_ADDRESS = compile_pattern(r"https?://\S+")
_HEAD = compile_pattern(r"<head\b[^>]*>", IGNORECASE)
log = getLogger(__name__)

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller


class Mailbox:
    """Starts and stops beside the web. It listens where the relay of the settings is, if that is this machine."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._controller: Controller | None = None
        self._numbers = count(1)

    def start(self) -> None:
        """Listen, in the demo only; an address that is taken belongs to a relay that somebody chose."""
        where = _own_address()
        if where is None:
            return
        from aiosmtpd.controller import Controller  # slow to import, and wanted by the demo

        host, port = where
        controller = Controller(self, hostname=host, port=port, ready_timeout=10)
        try:
            controller.start()
        except OSError:
            log.warning("the mailbox cannot listen", extra={"host": host, "port": port})
            return
        self._controller = controller

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - named by aiosmtpd
        """Keep a mail for each of its recipients."""
        await asyncio.to_thread(self._keep, str(envelope.mail_from), list(envelope.rcpt_tos), bytes(envelope.content))
        return "250 kept"

    def _keep(self, sender: str, recipients: list[str], content: bytes) -> None:
        with self._app.app_context(), transaction():
            for recipient in recipients:
                session.add(kept(sender, recipient, content))
            if next(self._numbers) % TIDY_EVERY == 0:
                _tidy()


def _own_address() -> tuple[str, int] | None:
    settings = runtime.settings()
    parts = urlsplit(settings.smtp_urls[0])
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = False
    return (host, parts.port or 25) if settings.demo and is_here else None


def kept(sender: str, recipient: str, content: bytes) -> MailboxMail:
    """Return the row of a mail, with what lists show of it."""
    mail = Letter.of(content)
    return MailboxMail(
        at=clock.now(),
        sender=sender[:400],
        recipient=recipient[:400],
        from_name=mail.from_name[:200],
        subject=mail.subject[:500],
        snippet=" ".join(_ADDRESS.sub("", mail.text).split())[:SNIPPET],
        is_marketing=mail.has_opt_out,
        content=content,
    )


def _tidy() -> None:
    oldest = session.scalar(sa.select(MailboxMail.id).order_by(MailboxMail.id.desc()).offset(KEPT).limit(1))
    if oldest is not None:
        session.execute(sa.delete(MailboxMail).where(MailboxMail.id <= oldest))


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as a mail program reads it."""

    message: EmailMessage

    @classmethod
    def of(cls, content: bytes) -> "Letter":
        """Read the bytes of a mail."""
        return cls(message_from_bytes(content, policy=email_rules))

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"] or "")

    @property
    def from_name(self) -> str:
        """Whom it is from, as its reader sees it."""
        addresses = getattr(self.message["From"], "addresses", ())
        return next((one.display_name or one.addr_spec for one in addresses), "")

    @property
    def has_opt_out(self) -> bool:
        """Whether it is marketing, with its way out."""
        return self.message["List-Unsubscribe"] is not None

    @property
    def text(self) -> str:
        """The plain part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part, with its links opening in a window of their own."""
        html = self._part("html") or f"<pre>{escape(self.text)}</pre>"
        base = '<base target="_blank">'
        return _HEAD.sub(lambda found: found[0] + base, html, count=1) if _HEAD.search(html) else base + html

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers that tell whether a mail is in order."""
        names = ("From", "Reply-To", "To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
        return [(name, str(self.message[name])) for name in names if self.message[name] is not None]

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def mails_page(*, words: str, page: int) -> tuple[list[MailboxMail], int]:
    """Return a page of the mailbox, the latest first, and how many mails there are in all."""
    chosen = sa.select(MailboxMail)
    if words:
        chosen = chosen.where(
            sa.or_(
                MailboxMail.recipient.icontains(words, autoescape=True),
                MailboxMail.subject.icontains(words, autoescape=True),
            )
        )
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rows = chosen.options(sa.orm.defer(MailboxMail.content)).order_by(MailboxMail.id.desc())
    return list(session.scalars(rows.limit(PER_PAGE).offset((page - 1) * PER_PAGE))), total


def neighbours(mail: MailboxMail) -> Iterator[MailboxMail | None]:
    """Yield the mail after and the mail before this one."""
    later = sa.select(MailboxMail).where(MailboxMail.id > mail.id).order_by(MailboxMail.id).limit(1)
    earlier = sa.select(MailboxMail).where(MailboxMail.id < mail.id).order_by(MailboxMail.id.desc()).limit(1)
    yield session.scalar(later)
    yield session.scalar(earlier)
