"""What the story begins with: a vendor with its people, programme and fund, three partners, and no kit, list or lead.

Beside it stands another vendor with a partner of its own: neither may ever see anything of the story.

Run as a program on the database of the environment; prints the sign-ins as JSON.
"""

import json
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from tcma.app import create_app
from tcma.core import clock
from tcma.core.actor import Actor, ActorKind
from tcma.core.db import session, transaction
from tcma.core.models import Switch
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Organisation, OrganisationKind, Role, User
from tcma.identity.permissions import permissions_of
from tcma.mdf.operations.funds import allocate, open_fund
from tcma.partners import operations as partners
from tcma.partners.models import Partnership, PartnershipState, Period, Product, Programme, Territory, Tier, VendorBrand
from tcma.partners.programmes import stand_on

PASSWORD = "a password for the journey"
VENDOR = "Nordwall"
ZONES = ("Europe/Berlin", "America/New_York", "America/Los_Angeles", "Pacific/Auckland", "Asia/Tokyo")
VENDOR_PEOPLE = {
    "vera": (Role.ADMIN, "Vera Lindqvist"),
    "conrad": (Role.CAM, "Conrad Meyer"),
    "amir": (Role.MDF_APPROVER, "Amir Haddad"),
    "fiona": (Role.FINANCE, "Fiona Castell"),
}
# Where each partner serves; the first is the one of the story, the others are next in line for the vendor's leads.
PARTNERS = {
    "anna": ("Bergmann IT", "Anna Bergmann", "10", True),
    "bert": ("Lorenz Netzwerke", "Bert Lorenz", "", True),
    "carla": ("Winkler Datentechnik", "Carla Winkler", "", True),
}
OTHERS = {"viktor": ("Südwerk", Role.MARKETER), "dora": ("Dorn Systeme", Role.ADMIN)}


def open_zone(now: datetime) -> str:
    """A zone in which it is well past the morning's first mail and post: what is due today is due at once."""
    return next(zone for zone in ZONES if 11 <= now.astimezone(ZoneInfo(zone)).hour < 21)


def main() -> None:
    app, now = create_app(), clock.now()
    with app.app_context():
        hashed = PasswordHasher().hash(PASSWORD)
        with transaction():
            vendor = _organisation(OrganisationKind.VENDOR, VENDOR, now)
            vendor_id = vendor.id
            people = {
                key: _person(vendor, role, name, f"{key}@nordwall.example", hashed, now)
                for key, (role, name) in VENDOR_PEOPLE.items()
            }
            with acting(people["vera"]):
                tier_id = _furnish(vendor, now)
        signs = {key: f"{key}@nordwall.example" for key in VENDOR_PEOPLE}
        for key, (company, name, prefix, complete) in PARTNERS.items():
            signs[key] = f"{key}@{key}.example"
            with transaction():
                partner = _organisation(OrganisationKind.PARTNER, company, now)
                people[key] = _person(partner, Role.ADMIN, name, signs[key], hashed, now)
                with acting(people["vera"]):
                    _join(vendor_id, partner.id, tier_id, people["conrad"], prefix, now)
                if complete:
                    with acting(people[key]) as actor:
                        _brand(company, key, actor, now)
        with transaction(), acting(people["vera"]) as vera:
            today = now.date()
            fund = open_fund(
                name="Growth fund", budget=Money(5_000_000, "EUR"), starts_on=today - timedelta(days=30),
                requests_until=today + timedelta(days=120), claims_until=today + timedelta(days=180), by=vera, now=now,
            )  # fmt: skip
            for key in PARTNERS:
                allocate(fund=fund, partner_id=_id(people[key]), amount=Money(400_000, "EUR"), by=vera, now=now)
        with transaction():
            signs |= _others(hashed, now)
        with transaction():
            cards = [{"email": email, "label": key, "text": ""} for key, email in signs.items()]
            session.add(Switch(name="demo_cards", value={"cards": cards}, updated_at=now))
    sys.stdout.write(
        json.dumps({"people": signs, "password": PASSWORD, "vendor": VENDOR, "partner": PARTNERS["anna"][0]})
    )


def _others(hashed: str, now: datetime) -> dict[str, str]:
    """Another vendor and its partner; returns their sign-ins."""
    companies = {}
    for kind, (key, (name, role)) in zip(
        (OrganisationKind.VENDOR, OrganisationKind.PARTNER), OTHERS.items(), strict=True
    ):
        companies[key] = company = _organisation(kind, name, now)
        person = _person(company, role, key.title(), f"{key}@{key}.example", hashed, now)
        if kind is OrganisationKind.PARTNER:
            with acting(person) as actor:
                _brand(name, key, actor, now)
    vendor = Actor.system("ground", vendor_id=companies["viktor"].id)
    with acting(vendor):
        session.add(
            Partnership(
                vendor_id=companies["viktor"].id, partner_id=companies["dora"].id, state=PartnershipState.ACTIVE,
                partner_type="msp", joined_at=now, created_at=now,
            )
        )  # fmt: skip
    return {key: f"{key}@{key}.example" for key in OTHERS}


def _id(actor: Actor) -> int:
    assert actor.partner_id is not None
    return actor.partner_id


def _organisation(kind: OrganisationKind, name: str, now: datetime) -> Organisation:
    found = Organisation(kind=kind, name=name, country="DE", language="en", zone=open_zone(now), created_at=now)
    session.add(found)
    session.flush()
    return found


def _person(org: Organisation, role: Role, name: str, email: str, hashed: str, now: datetime) -> Actor:
    user = User(email=email, name=name, password=hashed, locale="en", zone=org.zone, created_at=now)
    session.add(user)
    session.flush()
    membership = Membership(user_id=user.id, org_id=org.id, role=role, created_at=now)
    session.add(membership)
    session.flush()
    side = {"vendor_id": org.id} if org.kind is OrganisationKind.VENDOR else {"partner_id": org.id}
    return Actor(
        kind=ActorKind.MEMBER,
        label=f"member:{membership.id}",
        user_id=user.id,
        membership_id=membership.id,
        permissions=frozenset(permissions_of(org.kind, role)),
        **side,
    )


def _furnish(vendor: Organisation, now: datetime) -> int:
    session.add(
        VendorBrand(
            vendor_id=vendor.id,
            name=vendor.name,
            colours={"primary": "#12355b", "ink": "#0b1f33", "accent": "#e07a5f"},
            legal={"en": "Nordwall and its mark belong to their owner."},
        )
    )
    programme = Programme(vendor_id=vendor.id, name="Nordwall Alliance")
    session.add(programme)
    session.flush()
    tier = Tier(vendor_id=vendor.id, programme_id=programme.id, key="gold", name="Gold", rank=3)
    session.add(tier)
    session.add(Product(vendor_id=vendor.id, key="managed-security", name="Managed security"))
    for year in (now.year, now.year + 1):
        first, last = date(year, 1, 1), date(year, 12, 31)
        session.add(Period(vendor_id=vendor.id, name=str(year), starts_on=first, ends_on=last))
    session.flush()
    return tier.id


def _join(vendor_id: int, partner_id: int, tier_id: int, manager: Actor, prefix: str, now: datetime) -> None:
    partnership = Partnership(
        vendor_id=vendor_id, partner_id=partner_id, state=PartnershipState.ACTIVE, partner_type="msp",
        competencies=["healthcare", "networking", "security"], lead_capacity=12,
        cam_membership_id=manager.membership_id, joined_at=now, created_at=now,
    )  # fmt: skip
    session.add(partnership)
    session.flush()
    stand_on(partnership, [tier_id])
    session.add(
        Territory(
            vendor_id=vendor_id,
            partner_id=partner_id,
            partnership_id=partnership.id,
            country="DE",
            postcode_prefix=prefix,
        )
    )


def _brand(company: str, key: str, actor: Actor, now: datetime) -> None:
    """All that a partner types once; the logo is dropped in by the story."""
    partners.update_brand(
        name=company, claim="", phone="+49 30 5550 1234", email=f"hello@{key}.example",
        website=f"https://www.{key}.example", street="Lindenallee 7", postcode="10115", city="Berlin", country="DE",
        sender_name=company, languages=["en", "de"], zone=open_zone(now), by=actor, now=now,
    )  # fmt: skip


if __name__ == "__main__":
    main()
