"""Who may be written to, who not and why: asked before a launch, and again at the moment of sending."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tcma.contacts import frequency
from tcma.contacts.addresses import domain_digest
from tcma.contacts.models import (
    Basis,
    Confirmation,
    ConsentEvent,
    Contact,
    ContactList,
    ListEntry,
    Suppression,
    SuppressionScope,
)
from tcma.contacts.segments import Rules, condition
from tcma.core.db import among, session
from tcma.identity.models import Organisation
from tcma.partners.models import Site

EMAIL, MARKETING = "email", "marketing"
CHUNK = 2_000
FROM_THE_MAILBOX = ("double_opt_in", "preferences")
"""How somebody agreed who did so by a link in a mail of its own."""


class LeftOut(StrEnum):
    """Why somebody on a list is not written to. One reason each; the first that applies."""

    ERASED = "erased"
    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    UNPROVEN = "unproven"
    WAITING = "waiting"
    TOPIC = "topic"
    FREQUENCY_CAP = "frequency_cap"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Audience:
    """How many entries the lists have, how many people can be mailed, and how many are left out, by reason.

    `total` is `mailable` and all of `left_out` together; somebody on two lists is there twice, once as a duplicate.
    """

    total: int
    mailable: int
    left_out: dict[str, int] = field(default_factory=dict)


class Mailable(NamedTuple):
    """A contact who may be mailed: on which evidence, in which language, zone and country."""

    contact_id: int
    consent_event_id: int
    language: str
    zone: str
    country: str


def audience(
    *,
    list_ids: Iterable[int],
    vendor_id: int,
    now: datetime,
    topic: str | None = None,
    among: sa.ColumnElement[bool] | None = None,
) -> Audience:
    """Count who of these lists could be mailed in a launch of the vendor's kit, and who not and why.

    `topic` is what the launch is about: who wants to read nothing about it is left out. `among` is a condition on
    `Contact`: only those are meant, each counted once.
    """
    wanted = sorted(set(list_ids))
    counts = reason_counts(_meant(wanted, now, among), vendor_id=vendor_id, now=now, topic=topic)
    people = sum(counts.values())
    entries = _entries(wanted, now) if among is None else people
    left_out = {str(reason): count for reason, count in counts.items() if reason}
    if entries > people:
        left_out[LeftOut.DUPLICATE.value] = entries - people
    return Audience(total=entries, mailable=counts.get(None, 0), left_out=left_out)


def _meant(list_ids: Sequence[int], now: datetime, among: sa.ColumnElement[bool] | None) -> sa.ColumnElement[bool]:
    on = on_lists(list_ids, now)
    return on if among is None else sa.and_(on, among)


def mailable_contacts(
    *,
    list_ids: Iterable[int],
    vendor_id: int,
    now: datetime,
    topic: str | None = None,
    among: sa.ColumnElement[bool] | None = None,
    chunk: int = CHUNK,
) -> Iterator[list[Mailable]]:
    """Yield, in chunks and in the order of their ids, those whom `audience` counts as mailable."""
    on = _meant(sorted(set(list_ids)), now, among)
    reason = reason_of(on, vendor_id=vendor_id, now=now, topic=topic)
    # All keys first, eight bytes each: a chunk that sought its own would look at everybody behind it, too.
    keys = array("q", session.scalars(sa.select(Contact.id).where(on).order_by(Contact.id)))
    for start in range(0, len(keys), chunk):
        rows = session.execute(
            sa.select(
                Contact.id,
                ConsentEvent.id,
                sa.func.coalesce(Contact.language, Site.language, Organisation.language),
                sa.func.coalesce(Contact.zone, Site.zone, Organisation.zone),
                sa.func.coalesce(Contact.country, Site.country, Organisation.country),
            )
            .join(Organisation, Organisation.id == Contact.partner_id)
            .outerjoin(Site, Site.id == Contact.site_id)
            .outerjoin(ConsentEvent, ConsentEvent.id == latest_consent())
            .where(Contact.id.in_(keys[start : start + chunk]), reason.is_(None))
            .order_by(Contact.id)
        ).all()
        if rows:
            yield [Mailable(*row) for row in rows]


def may_be_mailed(
    contact_ids: Collection[int],
    vendor_id: int,
    now: datetime,  # noqa: ARG001 - every question about a moment names it; only frequency would read it
    *,
    topic: str | None = None,
) -> dict[int, str | None]:
    """Return for each contact the reason not to mail it now, or None. For the moment of sending.

    `topic` is what the mail is about. Frequency is asked when a launch picks its people, not here: the steps of one
    sequence belong together.
    """
    chosen = among(Contact.id, contact_ids)
    reason = reason_of(chosen, vendor_id=vendor_id, now=None, topic=topic)
    rows = session.execute(
        sa.select(Contact.id, reason).outerjoin(ConsentEvent, ConsentEvent.id == latest_consent()).where(chosen)
    )
    found: dict[int, str | None] = {row[0]: row[1] for row in rows}
    return {contact_id: found.get(contact_id, LeftOut.ERASED.value) for contact_id in contact_ids}


def suppressed(digests: Collection[str], vendor_id: int | None, partner_id: int) -> set[str]:
    """Return those of `digests` that this partner may not mail, for this vendor or (None) for any."""
    chosen = sa.select(Suppression.digest).where(
        Suppression.digest.in_(sorted(digests)), _in_force(vendor_id, sa.literal(partner_id))
    )
    return set(session.scalars(chosen))


def reason_counts(
    chosen: sa.ColumnElement[bool], *, vendor_id: int | None, now: datetime | None, topic: str | None = None
) -> dict[LeftOut | None, int]:
    """Count contacts by the reason why they are left out; those under None may be mailed."""
    reason = reason_of(chosen, vendor_id=vendor_id, now=now, topic=topic).label("reason")
    each = (
        sa.select(Contact.id, reason)
        .outerjoin(ConsentEvent, ConsentEvent.id == latest_consent())
        .where(chosen)
        .subquery()
    )
    rows = session.execute(sa.select(each.c.reason, sa.func.count()).group_by(each.c.reason))
    return {LeftOut(row[0]) if row[0] else None: row[1] for row in rows}


def latest_consent(purpose: str = MARKETING) -> Any:
    """Return the id of a contact's latest word on this purpose, for a join; it is what counts."""
    return (
        sa.select(sa.func.max(ConsentEvent.id))
        .where(
            ConsentEvent.contact_id == Contact.id,
            ConsentEvent.partner_id == Contact.partner_id,
            ConsentEvent.channel == EMAIL,
            ConsentEvent.purpose == purpose,
        )
        .correlate(Contact)
        .scalar_subquery()
    )


def reason_of(
    chosen: sa.ColumnElement[bool], *, vendor_id: int | None, now: datetime | None, topic: str | None = None
) -> sa.ColumnElement[str | None]:
    """Return, as a column beside `Contact` and its latest `ConsentEvent`, why a contact is left out, or null."""
    domains = _suppressed_domains(chosen, vendor_id)
    by_address = sa.exists().where(Suppression.digest == Contact.email_hash, _in_force(vendor_id, Contact.partner_id))
    whens: list[tuple[sa.ColumnElement[bool], str]] = [
        (Contact.erased_at.is_not(None), LeftOut.ERASED.value),
        (sa.or_(Contact.email.is_(None), Contact.email == ""), LeftOut.NO_ADDRESS.value),
        (by_address, LeftOut.SUPPRESSED.value),
        *((_domain_of_contact().in_(names), LeftOut.SUPPRESSED.value) for names in domains),
        (sa.or_(ConsentEvent.id.is_(None), sa.not_(ConsentEvent.granted)), LeftOut.NO_CONSENT.value),
        (ConsentEvent.basis == Basis.UNPROVEN, LeftOut.UNPROVEN.value),
        (_is_waiting(), LeftOut.WAITING.value),
    ]
    if topic is not None:
        whens.append((_declined(topic), LeftOut.TOPIC.value))
    if now is not None:
        whens.append((frequency.is_reached(Contact.id, now), LeftOut.FREQUENCY_CAP.value))
    return sa.case(*whens, else_=None)


def _is_waiting() -> sa.ColumnElement[bool]:
    question = aliased(Confirmation)
    return sa.exists().where(
        question.contact_id == Contact.id,
        question.partner_id == Contact.partner_id,
        question.confirmed_at.is_(None),
    )


def has_confirmed() -> sa.ColumnElement[bool]:
    """Return, beside `Contact`, whether it has agreed from its own mailbox and taken nothing back since."""
    word, later = aliased(ConsentEvent), aliased(ConsentEvent)
    taken_back = sa.exists().where(
        later.contact_id == word.contact_id,
        later.partner_id == word.partner_id,
        later.channel == EMAIL,
        later.purpose == MARKETING,
        sa.not_(later.granted),
        later.id > word.id,
    )
    return sa.exists().where(
        word.contact_id == Contact.id,
        word.partner_id == Contact.partner_id,
        word.channel == EMAIL,
        word.purpose == MARKETING,
        word.granted,
        word.method.in_(FROM_THE_MAILBOX),
        sa.not_(taken_back),
    )


def _declined(topic: str) -> sa.ColumnElement[bool]:
    word = aliased(ConsentEvent)
    return sa.exists().where(word.id == latest_consent(f"{MARKETING}:{topic}"), sa.not_(word.granted))


def on_lists(list_ids: Sequence[int], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition under which a contact is on one of these lists; the rules of live ones are asked now."""
    entries = sa.select(ListEntry.contact_id).where(ListEntry.list_id.in_(list_ids))
    return sa.or_(Contact.id.in_(entries), *_live_conditions(list_ids, now))


def _live_conditions(list_ids: Sequence[int], now: datetime) -> list[sa.ColumnElement[bool]]:
    live = sa.select(ContactList).where(ContactList.id.in_(list_ids)).order_by(ContactList.id)
    kept = [one.rules for one in session.scalars(live) if one.rules is not None]
    return [sa.and_(Contact.erased_at.is_(None), condition(Rules.from_json(rules), now)) for rules in kept]


def _entries(list_ids: Sequence[int], now: datetime) -> int:
    """Count the places on these lists: somebody on two of them has two."""
    entries = session.scalar(sa.select(sa.func.count(ListEntry.id)).where(ListEntry.list_id.in_(list_ids))) or 0
    live = (sa.select(sa.func.count(Contact.id)).where(one) for one in _live_conditions(list_ids, now))
    return entries + sum(session.scalar(one) or 0 for one in live)


def _in_force(vendor_id: int | None, partner_id: Any) -> sa.ColumnElement[bool]:
    return sa.or_(
        Suppression.scope == SuppressionScope.PLATFORM,
        sa.and_(Suppression.scope == SuppressionScope.VENDOR, Suppression.org_id == (vendor_id or 0)),
        sa.and_(Suppression.scope == SuppressionScope.PARTNER, Suppression.org_id == partner_id),
    )


def _suppressed_domains(chosen: sa.ColumnElement[bool], vendor_id: int | None) -> Iterator[list[str]]:
    """Yield the suppressed ones among the domains of these contacts; most installations suppress none."""
    rows = session.execute(
        sa.select(Suppression.digest, Suppression.scope, Suppression.org_id).where(Suppression.kind == "domain")
    ).all()
    if not rows:
        return
    domains = session.execute(
        sa.select(_domain_of_contact(), Contact.partner_id).where(chosen, Contact.email.is_not(None)).distinct()
    )
    named = [(domain, domain_digest(domain), partner_id) for domain, partner_id in domains]
    found = {
        domain
        for domain, digest, partner_id in named
        for row in rows
        if row.digest == digest and _reaches(row.scope, row.org_id, vendor_id, partner_id)
    }
    if found:
        yield sorted(found)


def _reaches(scope: SuppressionScope, org_id: int, vendor_id: int | None, partner_id: int) -> bool:
    holders = {SuppressionScope.PLATFORM: org_id, SuppressionScope.VENDOR: vendor_id or 0}
    return org_id == holders.get(scope, partner_id)


def _domain_of_contact() -> sa.ColumnElement[str]:
    find = sa.func.strpos if session.get_bind().dialect.name == "postgresql" else sa.func.instr
    return sa.func.substr(Contact.email, find(Contact.email, "@") + 1)
