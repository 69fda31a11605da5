"""How kits reach partners: what a partner has chosen, and what a vendor reads of it to prepare campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from campaigns.models import Kit, KitGrant, KitState, KitVersion, Launch, LaunchState, Service, ServiceChoice
from campaigns.queries.gates import is_left_out_mails
from campaigns.queries.launches import lists_of
from tcma.contacts.queries import lists_of as contact_lists
from tcma.core.db import session
from tcma.identity.models import Membership, Organisation
from tcma.partners.models import Partnership, PartnershipState

WAITING = frozenset({Service.PREPARED, Service.SUBSCRIBED})
USUAL_DAYS = 5
MOST_PARTNERS = 200


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A vendor's theme as a partner sees it, and how its kits reach the partner."""

    vendor_id: int
    vendor: str
    theme: str
    kits: int
    service: Service
    veto_days: int


def themes_of(partner_id: int) -> list[ThemeRow]:
    """Return the themes of the kits that are on offer to a partner, by vendor, with what it has chosen for each."""
    rows = session.execute(
        sa.select(Kit.vendor_id, Organisation.name, Kit.theme, sa.func.count(Kit.id.distinct()))
        .join(KitGrant, (KitGrant.kit_id == Kit.id) & (KitGrant.partner_id == partner_id) & KitGrant.fits)
        .join(KitVersion, (KitVersion.kit_id == Kit.id) & (KitVersion.state == KitState.PUBLISHED))
        .join(Organisation, Organisation.id == Kit.vendor_id)
        .group_by(Kit.vendor_id, Organisation.name, Kit.theme)
        .order_by(Organisation.name, Kit.theme)
    ).all()
    chosen = {
        (one.vendor_id, one.theme): one
        for one in session.scalars(sa.select(ServiceChoice).where(ServiceChoice.partner_id == partner_id))
    }
    return [
        ThemeRow(
            vendor_id=row[0],
            vendor=row[1],
            theme=row[2],
            kits=row[3],
            service=chosen[row[0], row[2]].service if (row[0], row[2]) in chosen else Service.OWN,
            veto_days=chosen[row[0], row[2]].veto_days if (row[0], row[2]) in chosen else USUAL_DAYS,
        )
        for row in rows
    ]


def service_of(*, partner_id: int, vendor_id: int, theme: str) -> Service:
    """Return how a vendor's kits of a theme reach a partner."""
    chosen = sa.select(ServiceChoice.service).where(
        ServiceChoice.partner_id == partner_id, ServiceChoice.vendor_id == vendor_id, ServiceChoice.theme == theme
    )
    return session.scalar(chosen) or Service.OWN


@dataclass(frozen=True, slots=True)
class PreparedFor:
    """A partner for whom a kit can be prepared: what it has chosen, and where its last campaign of the kit stands."""

    public_id: str
    partner: str
    service: Service
    state: LaunchState | None


def partners_to_prepare_for(kit: Kit) -> list[PreparedFor]:
    """Return the vendor's partners whom a kit fits, those first that want campaigns prepared; at most two hundred."""
    wants = ServiceChoice.service == Service.PREPARED
    rows = session.execute(
        sa.select(Partnership.public_id, Partnership.partner_id, Organisation.name, ServiceChoice.service)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .join(
            KitGrant,
            (KitGrant.partner_id == Partnership.partner_id) & (KitGrant.kit_id == kit.id) & KitGrant.fits,
        )
        .outerjoin(
            ServiceChoice,
            (ServiceChoice.partner_id == Partnership.partner_id)
            & (ServiceChoice.vendor_id == Partnership.vendor_id)
            & (ServiceChoice.theme == kit.theme),
        )
        .where(Partnership.vendor_id == kit.vendor_id, Partnership.state == PartnershipState.ACTIVE)
        .order_by(sa.case((wants, 0), else_=1), sa.func.lower(Organisation.name), Partnership.id)
        .limit(MOST_PARTNERS)
    ).all()
    states = _latest_states(kit.id, [row[1] for row in rows])
    return [PreparedFor(row[0], row[2], row[3] or Service.OWN, states.get(row[1])) for row in rows]


def _latest_states(kit_id: int, partner_ids: Sequence[int]) -> dict[int, LaunchState]:
    rows = session.execute(
        sa.select(Launch.partner_id, Launch.state)
        .where(Launch.kit_id == kit_id, Launch.partner_id.in_(partner_ids))
        .order_by(Launch.id)
    )
    return {row[0]: row[1] for row in rows}


def usual_lists(launch: Launch) -> list[int]:
    """Return the lists that a campaign goes to: those a person has picked, or the partner's first."""
    if launch.choices.get("audience_chosen"):
        return lists_of(launch.id)
    return [] if is_left_out_mails(launch) else [row.id for row in contact_lists(launch.partner_id)[:1]]


def preparer_of(launch: Launch) -> str:
    """Return who prepared a campaign for the partner, by name."""
    chosen = sa.select(Membership).where(Membership.id == launch.prepared_by)
    member = session.scalar(chosen) if launch.prepared_by else None
    return member.user.name if member is not None else ""


def vendor_name(vendor_id: int) -> str:
    """Return what a vendor is called."""
    return session.scalar(sa.select(Organisation.name).where(Organisation.id == vendor_id)) or ""
