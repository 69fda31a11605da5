"""Consent is evidence: each word is a row, a withdrawal too; and what must not be mailed is suppressed for ever."""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.addresses import address_digest, clean_address, domain_digest
from tcma.contacts.models import Basis, ConsentEvent, Contact, Suppression, SuppressionScope
from tcma.contacts.operations.waiting import follow_permission, settle
from tcma.contacts.queries.audience import EMAIL, MARKETING, latest_consent
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import insert_into, require, session

UNSUBSCRIBED = "unsubscribed"
OWN_TOOL = "own_tool"
OPTED_OUT = (UNSUBSCRIBED, OWN_TOOL)
"""Whose word a suppression is by these reasons: the person's own, who may take it back."""
ERASED = "erased"


def record_consent(
    *,
    contact_id: int,
    basis: Basis,
    method: str,
    source: str = "",
    proof: str = "",
    by: Actor,
    now: datetime,
) -> ConsentEvent:
    """Keep on which ground a contact may be mailed: who says so, when, how, from which source.

    On a list that asks the contact has to confirm it all the same; on none it waits no more.
    """
    contact = _contact(contact_id)
    event = append(contact, granted=True, basis=basis, method=method, source=source, proof=proof, by=by, now=now)
    session.flush()  # whether it has confirmed is asked of its words
    follow_permission(contact, by=by, now=now)
    _audited(by, "consent.recorded", contact, now, basis=basis.value, method=method)
    return event


def withdraw(*, contact_id: int, method: str, source: str = "", by: Actor, now: datetime) -> bool:
    """Let a contact get no more marketing from its partner, for any vendor. Returns whether anything changed."""
    contact = _contact(contact_id)
    return unsubscribe(
        partner_id=contact.partner_id, contact_id=contact_id, method=method, source=source, by=by, now=now
    )


def unsubscribe(
    *,
    partner_id: int,
    contact_id: int,
    method: str = "link",
    source: str = "",
    reason: str = UNSUBSCRIBED,
    by: Actor,
    now: datetime,
) -> bool:
    """Stop all marketing of this partner to a contact, for every vendor: a withdrawal, and a suppression beside it.

    `reason` is what the suppression says: opted out here, or in the partner's own tool. It can be asked any number of
    times, and for somebody who is gone. Returns whether anything changed.
    """
    contact = session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.partner_id == partner_id))
    if contact is None or contact.email is None:
        return False
    added = keep_suppressed(
        digest=address_digest(contact.email), scope=SuppressionScope.PARTNER, org_id=partner_id, reason=reason,
        now=now,
    )  # fmt: skip
    latest = latest_event(contact_id)
    if latest is not None and not latest.granted and not added:
        return False
    if latest is None or latest.granted:
        basis = latest.basis if latest else Basis.UNPROVEN
        append(contact, granted=False, basis=basis, method=method, source=source, by=by, now=now)
    _audited(by, "contact.unsubscribed", contact, now, method=method)
    outbox.tell("contact.unsubscribed", contact_id=contact_id, partner_id=partner_id, now=now)
    return True


def subscribe_again(*, partner_id: int, contact_id: int, by: Actor, now: datetime) -> bool:
    """Take a contact's own opt-out back, at the contact's own wish; every other suppression stays."""
    contact = session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.partner_id == partner_id))
    if contact is None or contact.email is None:
        return False
    session.execute(
        sa.delete(Suppression).where(
            Suppression.digest == address_digest(contact.email),
            Suppression.scope == SuppressionScope.PARTNER,
            Suppression.org_id == partner_id,
            Suppression.reason.in_(OPTED_OUT),
        )
    )
    append(contact, granted=True, basis=Basis.CONSENT, method="preferences", source="preferences", by=by, now=now)
    settle(contact_id, now)
    _audited(by, "contact.subscribed_again", contact, now)
    return True


def choose_topics(
    *, partner_id: int, contact_id: int, wanted: dict[str, bool], language: str | None, by: Actor, now: datetime
) -> bool:
    """Keep which topics a contact wants to read about, and in which language; only what changed is written."""
    contact = session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.partner_id == partner_id))
    if contact is None or contact.email is None:
        return False
    changed = False
    for topic, granted in wanted.items():
        purpose = f"{MARKETING}:{topic}"
        latest = latest_event(contact_id, purpose)
        if (latest is None or latest.granted) != granted:
            append(contact, granted=granted, basis=Basis.CONSENT, method="preferences", purpose=purpose, by=by, now=now)
            changed = True
    if language and language != contact.language:
        contact.language, contact.updated_at, changed = language, now, True
    if changed:
        _audited(by, "contact.preferences_chosen", contact, now, topics=wanted)
    return changed


def suppress(
    *,
    scope: SuppressionScope,
    org_id: int = 0,
    email: str | None = None,
    domain: str | None = None,
    reason: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Let nobody in this scope mail an address, or a whole domain, ever again. Returns whether it is new."""
    if domain is not None:
        digest, kind = domain_digest(domain), "domain"
    else:
        digest, kind = address_digest(clean_address(email or "")), "address"
    added = keep_suppressed(digest=digest, kind=kind, scope=scope, org_id=org_id, reason=reason, now=now)
    if added:
        audit.record(
            by=by, action="address.suppressed", object_type="suppression", object_id=None,
            after={"scope": scope.value, "kind": kind, "reason": reason}, now=now,
        )  # fmt: skip
    return added


def keep_suppressed(
    *,
    digest: str,
    scope: SuppressionScope,
    org_id: int,
    reason: str,
    kind: str = "address",
    now: datetime,
) -> bool:
    """Write a suppression unless it is there. Erasure is the stronger reason and stays."""
    statement = insert_into(Suppression).values(
        digest=digest, scope=scope, org_id=org_id, kind=kind, reason=reason, at=now
    )
    key = ["digest", "scope", "org_id"]
    if reason == ERASED:
        statement = statement.on_conflict_do_update(
            index_elements=key, set_={"reason": ERASED}, where=Suppression.reason != ERASED
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    written = session.execute(statement.execution_options(preserve_rowcount=True))
    return bool(cast("Any", written).rowcount)


def append(
    contact: Contact,
    *,
    granted: bool,
    basis: Basis,
    method: str,
    source: str = "",
    proof: str = "",
    purpose: str = MARKETING,
    collection_point_id: int | None = None,
    by: Actor,
    now: datetime,
) -> ConsentEvent:
    """Write one more word of a contact; the caller writes the audit row of its command."""
    event = ConsentEvent(
        partner_id=contact.partner_id,
        contact_id=contact.id,
        channel=EMAIL,
        purpose=purpose,
        basis=basis,
        granted=granted,
        method=method,
        source=source,
        proof=proof,
        collection_point_id=collection_point_id,
        actor_label=by.label,
        at=now,
    )
    session.add(event)
    return event


def latest_event(contact_id: int, purpose: str = MARKETING) -> ConsentEvent | None:
    """Return a contact's latest word on a purpose."""
    return session.scalar(
        sa.select(ConsentEvent)
        .join(Contact, Contact.id == ConsentEvent.contact_id)
        .where(Contact.id == contact_id, ConsentEvent.id == latest_consent(purpose))
    )


def _contact(contact_id: int) -> Contact:
    return require(session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.erased_at.is_(None))))


def _audited(by: Actor, action: str, contact: Contact, now: datetime, **after: Any) -> None:
    audit.record(by=by, action=action, object_type="contact", object_id=contact.id, after=after or None, now=now)
