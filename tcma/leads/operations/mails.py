"""Mails about leads: to those who should call, and to the account managers. Listeners call these."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_skeleton, format_time

from tcma.core import checks, mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.leads import people, queries
from tcma.leads.mail_links import call_link, offer_link
from tcma.leads.models import Assignment, AssignmentState, Lead, LeadNote
from tcma.leads.people import Reader, companies
from tcma.leads.words import REFUSALS


def mail_answer(*, lead_id: int, by: Actor, now: datetime) -> None:
    """Tell the partner's sales people who answered, what they looked at and what to say."""
    lead = session.get(Lead, lead_id)
    if lead is None or by.partner_id is None or lead.owner_id != by.partner_id:
        return
    about = {"lead_id": lead.id, "kit_id": lead.kit_id, "launch_id": lead.launch_id, "tactic": lead.tactic}
    for reader in people.sales_people(by.partner_id):
        mail.compose(
            "lead_answered",
            org_id=by.partner_id,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            to_address=reader.email,
            to_name=reader.name,
            locale=reader.locale,
            unique_key=f"lead_answered:{lead.id}:{_answers(lead.id)}:{reader.membership_id}",
            now=now,
            lead=lead,
            at=moment(lead.updated_at, reader),
            looked_at=checks.reasons_against("lead.looked_at", language=reader.locale, **about),
            to_say=checks.reasons_against("lead.what_to_say", language=reader.locale, **about),
            called_url=call_link(reader.membership_id, lead.id, now=now),
            page_url=f"{runtime.settings().base_url}/leads/{lead.public_id}",
        )


def _answers(lead_id: int) -> int:
    counted = sa.select(sa.func.count()).where(LeadNote.lead_id == lead_id, LeadNote.kind == "answered")
    return session.scalar(counted) or 0


def mail_offer(*, assignment_id: int, by: Actor, now: datetime) -> None:
    """Offer the lead to the partner's sales people: need, town, clock and the reason, never the person."""
    offer = session.get(Assignment, assignment_id)
    if offer is None or not offer.is_open(now):
        return
    vendor = companies([offer.vendor_id])[offer.vendor_id]
    for reader in people.sales_people(offer.partner_id):
        url = offer_link(reader.membership_id, offer.id, now=now)
        mail.compose(
            "offer_made",
            org_id=offer.partner_id,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            to_address=reader.email,
            to_name=reader.name,
            locale=reader.locale,
            unique_key=f"offer_made:{offer.id}:{reader.membership_id}",
            now=now,
            offer=offer,
            vendor=vendor,
            until=moment(offer.expires_at, reader),
            accept_url=url,
            refuse_url=f"{url}/refuse",
        )


def mail_accepted(*, assignment_id: int, by: Actor, now: datetime) -> None:
    """Tell the account manager that the partner has taken the lead."""
    offer = session.get(Assignment, assignment_id)
    if offer is None or offer.decided_at is None:
        return
    partner = companies([offer.partner_id])[offer.partner_id]
    lead = session.get_one(Lead, offer.lead_id)
    for reader in people.account_managers(offer.vendor_id, partner_ids=[offer.partner_id]):
        _to_manager(
            "offer_accepted", reader, by=by, vendor_id=offer.vendor_id, key=str(offer.id), now=now,
            offer=offer, lead=lead, partner=partner, at=moment(offer.decided_at, reader),
        )  # fmt: skip


def mail_unassigned(*, lead_id: int, by: Actor, now: datetime) -> None:
    """Ask the account managers to find a partner for a lead that fits nobody, or that everybody refused."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        return
    hops = queries.hops_of(lead.id)
    said = [(hop.partner, REFUSALS.get(hop.assignment.reason or "", _silence(hop.assignment))) for hop in hops]
    for reader in people.account_managers(lead.vendor_id, partner_ids=[hop.assignment.partner_id for hop in hops]):
        _to_manager(
            "lead_unassigned", reader, by=by, vendor_id=lead.vendor_id, key=f"{lead.id}:{len(hops)}", now=now,
            lead=lead, hops=said, at=moment(lead.updated_at, reader),
        )  # fmt: skip


def _silence(assignment: Assignment) -> str:
    return "" if assignment.state is AssignmentState.EXPIRED else str(assignment.reason or "")


def _to_manager(
    template: str, reader: Reader, *, by: Actor, vendor_id: int, key: str, now: datetime, lead: Lead, **values: object
) -> None:
    mail.compose(
        template,
        org_id=vendor_id,
        vendor_id=vendor_id,
        partner_id=by.partner_id,
        to_address=reader.email,
        to_name=reader.name,
        locale=reader.locale,
        unique_key=f"{template}:{key}:{reader.membership_id}",
        now=now,
        lead=lead,
        page_url=f"{runtime.settings().base_url}/leads/{lead.public_id}",
        **values,
    )


def moment(at: datetime, reader: Reader) -> str:
    """Return day and minute where the reader lives, with the zone's name."""
    there = at.astimezone(ZoneInfo(reader.zone))
    day = format_skeleton("MMMEd", there, locale=reader.locale)
    return f"{day}, {format_time(there, 'short', locale=reader.locale)} {there.tzname()}"
