"""Leads come in: an answer to a partner's launch, or a lead of the vendor's own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.hashes import keyed_hash
from tcma.core.words import lazy_gettext as _
from tcma.leads.countries import is_country
from tcma.leads.models import Lead, LeadKind, LeadState
from tcma.leads.operations.work import note

FORM_POINTS = 50  # a filled form is worth following up at once
CLICK_POINTS = 10
MOST_CLICK_POINTS = 30


class OddLead(DomainError):
    """A lead without a way to reach the person, or without a country to route by."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody told a form, already cleaned: plain text, no markup."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    country: str = ""
    postcode: str = ""
    city: str = ""
    employees: str = ""
    need: str = ""
    products: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)


def capture(
    answer: Answer,
    *,
    vendor_id: int,
    partner_id: int,
    kit_id: int,
    launch_id: int,
    tactic: str,
    contact_id: int | None = None,
    human_clicks: int = 0,
    idempotency_key: str | None = None,
    by: Actor,
    now: datetime,
) -> Lead:
    """Keep an answer to a partner's launch as the partner's own lead, credited to kit, tactic and launch.

    A second answer of the same person joins the first lead; the same `idempotency_key` (one rendering of a
    form) changes nothing. A customer's answer is never refused for reasons of ours. The partner is told.
    """
    identity = identity_key(answer)
    lead = _known(partner_id, vendor_id, identity, idempotency_key)
    if lead is not None and idempotency_key and lead.idempotency_key == idempotency_key:
        return lead
    if lead is None:
        lead = Lead(
            owner_id=partner_id,
            vendor_id=vendor_id,
            partner_id=partner_id,
            kind=LeadKind.PARTNER_GENERATED,
            kit_id=kit_id,
            launch_id=launch_id,
            tactic=tactic,
            identity_key=identity,
            captured_at=now,
            updated_at=now,
            source="landing_page",
        )
        session.add(lead)
    _fill(lead, answer, now)
    lead.contact_id = contact_id or lead.contact_id
    lead.idempotency_key = idempotency_key or lead.idempotency_key
    lead.score_parts = {"form": FORM_POINTS, "clicks": min(human_clicks * CLICK_POINTS, MOST_CLICK_POINTS)}
    lead.score = sum(lead.score_parts.values())
    lead.state = LeadState.QUALIFIED if lead.state in {LeadState.CAPTURED, LeadState.SCORED} else lead.state
    session.flush()  # its note and its listeners name it
    note(lead, kind="answered", text=answer.need, by=by, now=now)
    outbox.tell("lead.captured", lead_id=lead.id, vendor_id=vendor_id, partner_id=partner_id, now=now)
    return lead


def enter_lead(answer: Answer, *, source: str = "", by: Actor, now: datetime) -> Lead:
    """Keep a lead of the acting vendor's own; it is assigned to the best partner within a minute.

    One person is one lead of a vendor: entering it again updates it and passes it on to nobody new.
    Refused: `OddLead`.
    """
    vendor_id = require(by.vendor_id)
    _check(answer)
    answer = replace(answer, country=answer.country.upper())
    identity = identity_key(answer)
    lead = _known(vendor_id, vendor_id, identity, None)
    if lead is not None:
        _fill(lead, answer, now)
        return lead
    lead = Lead(
        owner_id=vendor_id,
        vendor_id=vendor_id,
        kind=LeadKind.DISTRIBUTED,
        state=LeadState.QUALIFIED,
        identity_key=identity,
        captured_at=now,
        updated_at=now,
        source=source,
    )
    session.add(lead)
    _fill(lead, answer, now)
    session.flush()  # the audit row names it
    audit.record(by=by, action="lead.entered", object_type="lead", object_id=lead.id, after={"source": source}, now=now)
    outbox.tell("lead.entered", lead_id=lead.id, vendor_id=vendor_id, now=now)
    return lead


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of an import that did not go in: its line in the file, and what to do."""

    line: int
    reason: str


def import_leads(
    rows: Iterable[tuple[int, Answer]], *, source: str, by: Actor, now: datetime
) -> tuple[list[Lead], list[BadRow]]:
    """Enter every row that can be used and list the others; `rows` are (line, answer)."""
    good: list[Lead] = []
    bad: list[BadRow] = []
    for line, answer in rows:
        try:
            good.append(enter_lead(answer, source=source, by=by, now=now))
        except OddLead as reason:
            bad.append(BadRow(line, reason.message))
    return good, bad


def identity_key(answer: Answer) -> str:
    """Return the keyed hash of who answered: address, else telephone, else name and company."""
    if answer.email:
        text = "email:" + answer.email.strip().casefold()
    elif digits := re.sub(r"\D", "", answer.phone):
        text = "phone:" + digits
    else:
        text = f"name:{answer.first_name} {answer.last_name} {answer.company}".casefold()
    return keyed_hash(text, purpose="tcma.leads.identity.1")


def _check(answer: Answer) -> None:
    if not answer.email and not answer.phone:
        raise OddLead(_("Give an e-mail address or a telephone number."), field="email")
    if answer.email:
        try:
            validate_email(answer.email, check_deliverability=False)
        except EmailNotValidError as reason:
            raise OddLead(_("This is not an e-mail address."), field="email") from reason
    if not answer.country:
        raise OddLead(_("Give the country: the lead is routed by it."), field="country")
    if not is_country(answer.country):
        raise OddLead(_("This is not a country. Write it as two letters, such as DE."), field="country")


def _known(owner_id: int, vendor_id: int, identity: str, idempotency_key: str | None) -> Lead | None:
    same_person = sa.and_(Lead.owner_id == owner_id, Lead.vendor_id == vendor_id, Lead.identity_key == identity)
    if idempotency_key:
        replayed = session.scalar(sa.select(Lead).where(Lead.idempotency_key == idempotency_key))
        if replayed is not None:
            return replayed
    return session.scalar(sa.select(Lead).where(same_person).with_for_update())


def _fill(lead: Lead, answer: Answer, now: datetime) -> None:
    for name in (
        "first_name", "last_name", "email", "phone", "company", "country", "postcode", "city", "employees", "need",
    ):  # fmt: skip
        if text := getattr(answer, name).strip():
            column = Lead.__table__.c[name].type
            setattr(lead, name, text[: getattr(column, "length", None) or None])
    lead.products = sorted({*(lead.products or []), *answer.products})
    lead.competencies = sorted({*(lead.competencies or []), *answer.competencies})
    lead.updated_at = now
