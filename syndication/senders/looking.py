"""Looking at the records of sender domains: asked with no transaction open, written down in one of its own."""

from datetime import datetime, timedelta

from syndication.models import SenderDomain
from syndication.senders.domains import DOMAINS, next_look, record_look
from syndication.senders.keys import keys_of
from syndication.senders.records import Seen, policy_names
from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.dns import DnsUnanswered, texts_of
from tcma.core.tenancy import acting

LEASE = timedelta(minutes=2)
AT_ONCE = 10


def look_at_domains(now: datetime) -> int:
    """Look at the domains that are due, and return how many."""
    with transaction():
        claimed = schedule.claim(DOMAINS, now=now, lease=LEASE, limit=AT_ONCE)
    for one in claimed:
        _look(one, now)
    return len(claimed)


def _look(claimed: schedule.Claimed, now: datetime) -> None:
    by = claimed.actor("sender domains")
    asked = _asked(claimed.object_id, by)
    if asked is None:
        with transaction():
            schedule.release(claimed, due_at=None)
        return
    seen = look_up(*asked)
    with transaction(), acting(by):
        record_look(domain_id=claimed.object_id, seen=seen, by=by, now=now)
        domain = session.get(SenderDomain, claimed.object_id)
        schedule.release(claimed, due_at=next_look(domain, now) if domain is not None else None)


def _asked(domain_id: int, by: Actor) -> tuple[str, list[str]] | None:
    with reading(), transaction(), acting(by):
        domain = session.get(SenderDomain, domain_id)
        if domain is None:
            return None
        return domain.domain, [key.selector for key in keys_of(domain.id) if key.retired_at is None]


def look_up(domain: str, selectors: list[str]) -> Seen:
    """Ask for everything that a domain has to publish."""
    return Seen(
        spf=_texts(domain),
        dmarc=_policy(domain),
        keys={selector: _texts(f"{selector}._domainkey.{domain}") for selector in selectors},
    )


def _policy(domain: str) -> list[str] | None:
    for name in policy_names(domain):
        texts = _texts(name)
        if texts is None:
            return None
        if own := [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]:
            return own
    return []


def _texts(name: str) -> list[str] | None:
    try:
        return texts_of(name)
    except DnsUnanswered:
        return None
