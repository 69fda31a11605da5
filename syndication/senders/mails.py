"""Mails about senders: a domain whose records are gone, and mail that is held."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from syndication.models import SenderDomain, SendingHold
from tcma.core import mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.identity.models import Membership, Organisation, Role
from tcma.partners.models import Partnership

_PARTNERS_SIDE = (Role.ADMIN, Role.MARKETER)
_VENDORS_SIDE = (Role.ADMIN, Role.CAM)


def say_domain_lapsed(*, domain_id: int, by: Actor, now: datetime) -> None:
    """Tell a partner that its mail comes from the platform's address, because records of its domain are gone."""
    del by
    domain = session.get(SenderDomain, domain_id)
    if domain is None:
        return
    gone = [name for name in ("dkim", "spf", "dmarc") if domain.found.get(name) != "there"]
    _tell(
        _members(domain.partner_id, _PARTNERS_SIDE), "sender_lapsed",
        key=f"sender_lapsed:{domain.id}:{now:%Y%m%d}", now=now, partner_id=domain.partner_id,
        domain=domain.domain, gone=gone, url=f"{_base()}/sender",
    )  # fmt: skip


def say_held(*, hold_id: int, by: Actor, now: datetime) -> None:
    """Tell both sides that mail of a partner is held, why, and who can let it go on."""
    del by
    hold = require(session.get(SendingHold, hold_id))
    partnership = require(
        session.scalar(
            sa.select(Partnership).where(
                Partnership.vendor_id == hold.vendor_id, Partnership.partner_id == hold.partner_id
            )
        )
    )
    about = {
        "cause": hold.cause, "mails": hold.mails, "came_back": hold.came_back,
        "partner": _name(hold.partner_id), "vendor": _name(hold.vendor_id),
    }  # fmt: skip
    _tell(
        _members(hold.partner_id, _PARTNERS_SIDE), "sending_held", key=f"sending_held:{hold.id}", now=now,
        partner_id=hold.partner_id, is_partner=True, url=f"{_base()}/sender", **about,
    )  # fmt: skip
    _tell(
        _vendors_people(partnership), "sending_held", key=f"sending_held:{hold.id}", now=now,
        vendor_id=hold.vendor_id, is_partner=False, url=f"{_base()}/partners/{partnership.public_id}", **about,
    )  # fmt: skip


def _vendors_people(partnership: Partnership) -> Sequence[Membership]:
    """Return the partner's own manager, or else everybody who may let the mail go on."""
    own = session.get(Membership, partnership.cam_membership_id) if partnership.cam_membership_id else None
    return [own] if own is not None and own.active else _members(partnership.vendor_id, _VENDORS_SIDE)


def _members(org_id: int, roles: Iterable[Role]) -> Sequence[Membership]:
    chosen = sa.select(Membership).where(
        Membership.org_id == org_id, Membership.active, Membership.role.in_(list(roles))
    )
    return session.scalars(chosen.order_by(Membership.id)).all()


def _tell(members: Iterable[Membership], template: str, *, key: str, now: datetime, **values: Any) -> None:
    for member in members:
        mail.compose(
            template, org_id=member.org_id, to_address=member.user.email, to_name=member.user.name,
            locale=member.user.locale, unique_key=f"{key}:{member.id}", now=now, **values,
        )  # fmt: skip


def _name(org_id: int) -> str:
    return session.get_one(Organisation, org_id).name


def _base() -> str:
    return runtime.settings().base_url.rstrip("/")
