"""A partner's own sender address: chosen, proven by the records of its domain, looked at again, and let go of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

import sqlalchemy as sa

from syndication.channels.email.addresses import checked_address
from syndication.channels.email.dkim import DkimKey
from syndication.models import SenderDomain, SenderDomainState, SigningKey
from syndication.senders.keys import add_key, keys_of, opened, signing, waiting
from syndication.senders.records import Found, Seen, judge_dmarc, judge_key, judge_spf
from tcma.core import audit, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.schedule import set_due
from tcma.core.words import lazy_gettext as _

DOMAINS = "sender_domain"
DAILY = timedelta(days=1)
SOON = timedelta(minutes=10)
EAGER_FOR = timedelta(days=2)
IN_FLIGHT = timedelta(days=7)
"""How long a receiver may still look for the record of a key that signs no more."""
_NEEDED = ("dkim", "spf", "dmarc")


class NotYourDomain(DomainError):
    """Mail cannot come from this domain: it is the platform's own."""

    def __init__(self) -> None:
        super().__init__(_("Choose an address at your own company's domain."), field="address")


class KeyIsWaiting(DomainError):
    """A new key was made before, and its record was not seen yet."""

    def __init__(self) -> None:
        super().__init__(_("There is a new key already. Publish its record first; it takes over by itself."))


@dataclass(frozen=True, slots=True)
class OwnSender:
    """The address that a partner's mail comes from, and the key of its domain."""

    address: str
    key: DkimKey


def domain_of(partner_id: int) -> SenderDomain | None:
    """Return the sender domain of the acting partner, verified or not."""
    return session.scalar(sa.select(SenderDomain).where(SenderDomain.partner_id == partner_id))


def own_sender(partner_id: int) -> OwnSender | None:
    """Return what a partner's mail goes out with, as long as its domain is verified; else None: the platform's."""
    domain = domain_of(partner_id)
    if domain is None or domain.state is not SenderDomainState.VERIFIED:
        return None
    key = signing(keys_of(domain.id))
    return OwnSender(domain.address, opened(domain, key)) if key is not None else None


def choose_sender(*, address: str, by: Actor, now: datetime) -> SenderDomain:
    """Let the partner's mail come from `address` once its domain's records were seen; until then from the platform.

    Another domain begins anew, with a key of its own. Refused: `AddressRefused`, `NotYourDomain`.
    """
    partner_id = require(by.partner_id)
    try:
        address = checked_address(address.strip())
    except DomainError as reason:
        reason.field = "address"
        raise
    name = address.rpartition("@")[2]
    own = runtime.settings().mail_domain.lower()
    if name == own or name.endswith(f".{own}"):
        raise NotYourDomain
    domain = domain_of(partner_id)
    if domain is not None and domain.domain != name:
        _delete(domain)
        domain = None
    if domain is None:
        domain = SenderDomain(partner_id=partner_id, domain=name, address=address, found={}, created_at=now)
        session.add(domain)
        session.flush()  # its key hangs on it
        add_key(domain, _new_selector(), now=now)
    domain.address = address
    _record(domain, "sender_domain.chosen", by=by, now=now, after={"address": address})
    ask_to_look(domain, now=now)
    return domain


def ask_to_look(domain: SenderDomain, *, now: datetime) -> None:
    """Have the domain's records looked at within seconds."""
    domain.asked_at = now
    set_due(DOMAINS, domain.id, now, vendor_id=None, partner_id=domain.partner_id)


def look_again(*, by: Actor, now: datetime) -> SenderDomain:
    """Look at the records of the partner's domain at once. Refused: `NotFound` where none was chosen."""
    domain = require(domain_of(require(by.partner_id)))
    ask_to_look(domain, now=now)
    return domain


def renew_key(*, by: Actor, now: datetime) -> SigningKey:
    """Make another key for the partner's domain. The present one signs until the record of the new one was seen.

    Refused: `NotFound` where no domain was chosen, `KeyIsWaiting`.
    """
    domain = require(domain_of(require(by.partner_id)))
    if waiting(keys_of(domain.id)) is not None:
        raise KeyIsWaiting
    key = add_key(domain, _new_selector(), now=now)
    _record(domain, "sender_domain.key_made", by=by, now=now, after={"selector": key.selector})
    return key


def let_go(*, by: Actor, now: datetime) -> None:
    """Let the partner's mail come from the platform again; keys are forgotten at once. Refused: `NotFound`."""
    domain = require(domain_of(require(by.partner_id)))
    _record(domain, "sender_domain.removed", by=by, now=now, after=None)
    _delete(domain)


def record_look(*, domain_id: int, seen: Seen, by: Actor, now: datetime) -> None:
    """Write down what the records of a domain say, and let it be verified, or lapse, by that.

    A record that nobody could be asked about changes nothing. A new key takes over when its record is there.
    """
    domain = session.get(SenderDomain, domain_id)
    if domain is None:
        return
    keys = keys_of(domain.id)
    judged = {key.selector: judge_key(seen.keys.get(key.selector), key.public) for key in keys}
    _take_over(keys, judged, now)
    present = signing(keys) or waiting(keys)
    found = {
        "spf": judge_spf(seen.spf, runtime.settings().mail_domain),
        "dkim": judged[present.selector] if present else Found.MISSING,
        "dmarc": judge_dmarc(seen.dmarc),
    }
    present_texts = {"spf_now": list(seen.spf or ())[:10], "dmarc_now": list(seen.dmarc or ())[:3]}
    domain.found = {**{name: word.value for name, word in found.items()}, **present_texts}
    domain.checked_at = now
    _move(domain, found, by=by, now=now)


def _take_over(keys: list[SigningKey], judged: Mapping[str, Found], now: datetime) -> None:
    new, old = waiting(keys), signing(keys)
    if new is None or judged[new.selector] is not Found.THERE:
        return
    new.signs_since = now
    if old is not None:
        old.retired_at, old.private_sealed = now, None


def _move(domain: SenderDomain, found: Mapping[str, Found], *, by: Actor, now: datetime) -> None:
    if all(found[name] is Found.THERE for name in _NEEDED):
        domain.verified_at = now
        if domain.state is not SenderDomainState.VERIFIED:
            domain.state = SenderDomainState.VERIFIED
            _record(domain, "sender_domain.verified", by=by, now=now, after={"domain": domain.domain})
    elif domain.state is SenderDomainState.VERIFIED and any(found[n] in _GONE for n in _NEEDED):
        domain.state = SenderDomainState.LAPSED
        gone = {name: word.value for name, word in found.items()}
        _record(domain, "sender_domain.lapsed", by=by, now=now, after=gone)
        outbox.tell("sender_domain.lapsed", domain_id=domain.id, partner_id=domain.partner_id, now=now)


_GONE = frozenset({Found.MISSING, Found.WRONG})


def next_look(domain: SenderDomain, now: datetime) -> datetime:
    """Return when the records are looked at again: soon while somebody waits for it, else daily."""
    waits = domain.state is not SenderDomainState.VERIFIED or waiting(keys_of(domain.id)) is not None
    is_new = domain.asked_at is not None and now - domain.asked_at < EAGER_FOR
    unanswered = Found.UNANSWERED.value in (domain.found.get(name) for name in _NEEDED)
    return now + (SOON if unanswered or (waits and is_new) else DAILY)


def _delete(domain: SenderDomain) -> None:
    set_due(DOMAINS, domain.id, None, vendor_id=None, partner_id=domain.partner_id)
    for key in keys_of(domain.id):
        session.delete(key)
    session.flush()  # keys first
    session.delete(domain)
    session.flush()  # another may take its place


def _new_selector() -> str:
    return f"tcma{token_hex(3)}"


def _record(domain: SenderDomain, action: str, *, by: Actor, now: datetime, after: dict[str, str] | None) -> None:
    audit.record(
        by=by, action=action, object_type="sender_domain", object_id=domain.id, before=None, after=after, now=now
    )
