"""A sender domain as its page and the API show it: each record with what to publish and what was found."""

from dataclasses import dataclass
from datetime import datetime

from syndication.models import SenderDomain, SigningKey
from syndication.senders.domains import IN_FLIGHT
from syndication.senders.keys import keys_of, signing, waiting
from syndication.senders.records import Record, dmarc_record, key_record, spf_record
from tcma.core import runtime

UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One record: which it is, what to publish, and what was found when last asked."""

    kind: str
    name: str
    value: str
    found: str


@dataclass(frozen=True, slots=True)
class ShownSender:
    """Everything about a partner's sender domain. `retiring` are keys whose record may not be taken away yet."""

    domain: SenderDomain
    records: list[ShownRecord]
    next_key: ShownRecord | None
    retiring: list[tuple[str, datetime]]

    @property
    def is_looking(self) -> bool:
        """Whether somebody asked and the answer is still to come."""
        asked, checked = self.domain.asked_at, self.domain.checked_at
        return asked is not None and (checked is None or checked < asked)


def shown_sender(domain: SenderDomain, *, now: datetime) -> ShownSender:
    """Return the domain with its records, in the order in which they are published."""
    keys = keys_of(domain.id)
    present, new = signing(keys), waiting(keys)
    first = present or new
    spf = spf_record(domain.domain, runtime.settings().mail_domain, _texts(domain, "spf_now"))
    dmarc = dmarc_record(domain.domain, _texts(domain, "dmarc_now"))
    records = [_shown("dkim", _key(domain, first), domain)] if first else []
    records += [_shown("spf", spf, domain), _shown("dmarc", dmarc, domain)]
    return ShownSender(
        domain,
        records,
        ShownRecord("dkim", *_name_and_value(_key(domain, new)), UNASKED) if present and new else None,
        [
            (f"{key.selector}._domainkey.{domain.domain}", key.retired_at + IN_FLIGHT)
            for key in keys
            if key.retired_at is not None and key.retired_at + IN_FLIGHT > now
        ],
    )


def _shown(kind: str, record: Record, domain: SenderDomain) -> ShownRecord:
    return ShownRecord(kind, record.name, record.value, str(domain.found.get(kind, UNASKED)))


def _key(domain: SenderDomain, key: SigningKey) -> Record:
    return key_record(domain.domain, key.selector, key.public)


def _name_and_value(record: Record) -> tuple[str, str]:
    return record.name, record.value


def _texts(domain: SenderDomain, name: str) -> list[str]:
    return [str(text) for text in domain.found.get(name, ())]
