"""Valid rows with no arguments: a test writes only what it is about.

Each factory works in the reach of the tenant that its row belongs to, as the product does.
"""

import itertools
from datetime import UTC, datetime
from typing import Any, TypeVar

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Organisation, OrganisationKind, Role, User
from tcma.identity.permissions import permissions_of
from tcma.partners.models import BrandProfile, Partnership, PartnershipState

NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
Row = TypeVar("Row")
_numbers = itertools.count(1)


def save(row: Row) -> Row:
    """Write `row` in the reach of its own tenant and return it with its key."""
    vendor_id, partner_id = getattr(row, "vendor_id", None), getattr(row, "partner_id", None)
    owner = getattr(row, "org_id", None) or getattr(row, "owner_id", None)
    with acting(Actor.system("factory", vendor_id=vendor_id or owner, partner_id=partner_id or owner)):
        session.add(row)
        session.flush()
    return row


def organisation(*, kind: OrganisationKind, name: str | None = None, **more: Any) -> Organisation:
    """A company of this kind."""
    return save(Organisation(kind=kind, name=name or f"{kind.value.title()} {next(_numbers)}", created_at=NOW, **more))


def vendor(name: str | None = None, **more: Any) -> Organisation:
    """A vendor."""
    return organisation(kind=OrganisationKind.VENDOR, name=name, **more)


def partner(name: str | None = None, **more: Any) -> Organisation:
    """A partner with a brand profile that can be rendered."""
    found = organisation(kind=OrganisationKind.PARTNER, name=name, **more)
    save(
        BrandProfile(
            partner_id=found.id,
            name=found.name,
            phone="+49 30 1234567",
            email="hello@partner.example",
            website="https://partner.example",
            street="Hauptstrasse 1",
            postcode="10115",
            city="Berlin",
            country=found.country,
            languages=["en", "de"],
            sender_name=found.name,
            updated_at=NOW,
        )
    )
    return found


def partnership(vendor: Organisation, partner: Organisation, **more: Any) -> Partnership:
    """An active partnership of the two."""
    values: dict[str, Any] = {"state": PartnershipState.ACTIVE, "created_at": NOW, "joined_at": NOW, **more}
    return save(Partnership(vendor_id=vendor.id, partner_id=partner.id, **values))


def member(
    org: Organisation, role: Role, *, name: str | None = None, email: str | None = None, **more: Any
) -> Membership:
    """A person with this role in `org`."""
    number = next(_numbers)
    user = save(User(email=email or f"person{number}@example.com", name=name or f"Person {number}", created_at=NOW))
    return save(Membership(user_id=user.id, org_id=org.id, role=role, created_at=NOW, **more))


def actor(membership: Membership) -> Actor:
    """The actor that a signed-in member is."""
    from tcma.core.actor import ActorKind

    org = session.get_one(Organisation, membership.org_id)
    side = {"vendor_id": org.id} if org.kind is OrganisationKind.VENDOR else {"partner_id": org.id}
    return Actor(
        kind=ActorKind.MEMBER,
        label=f"member:{membership.id}",
        user_id=membership.user_id,
        membership_id=membership.id,
        permissions=frozenset(permissions_of(org.kind, membership.role)),
        **side,
    )
