"""The people of the tests: Alice and Bob of one partner, Charlie of another, Vera of their vendor, Viktor of another."""

from dataclasses import dataclass

import pytest
from flask import Flask

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.identity.models import Membership, Organisation, Role
from tcma.partners.models import Partnership
from tests import factories


@dataclass(frozen=True)
class People:
    """Who is there, as members (to sign in) and as actors (to call operations)."""

    vendor: Organisation
    other_vendor: Organisation
    partner: Organisation
    other_partner: Organisation
    partnership: Partnership
    other_partnership: Partnership
    alice: Membership
    bob: Membership
    charlie: Membership
    vera: Membership
    viktor: Membership
    amir: Membership
    fiona: Membership

    def actor(self, name: str) -> Actor:
        """The actor that one of them is."""
        return factories.actor(getattr(self, name))


@pytest.fixture
def people(app: Flask) -> People:
    """Alice (partner admin), Bob (her colleague), Charlie (another partner), Vera (their vendor's marketer),
    Viktor (another vendor), Amir (approver) and Fiona (finance)."""
    vendor, other_vendor = factories.vendor("Vera's vendor"), factories.vendor("Viktor's vendor")
    partner, other_partner = factories.partner("Alice's company"), factories.partner("Charlie's company")
    found = People(
        vendor=vendor,
        other_vendor=other_vendor,
        partner=partner,
        other_partner=other_partner,
        partnership=factories.partnership(vendor, partner),
        other_partnership=factories.partnership(vendor, other_partner),
        alice=factories.member(partner, Role.ADMIN, name="Alice", email="alice@example.com"),
        bob=factories.member(partner, Role.MARKETER, name="Bob", email="bob@example.com"),
        charlie=factories.member(other_partner, Role.ADMIN, name="Charlie", email="charlie@example.com"),
        vera=factories.member(vendor, Role.ADMIN, name="Vera", email="vera@example.com"),
        viktor=factories.member(other_vendor, Role.ADMIN, name="Viktor", email="viktor@example.com"),
        amir=factories.member(vendor, Role.MDF_APPROVER, name="Amir", email="amir@example.com"),
        fiona=factories.member(vendor, Role.FINANCE, name="Fiona", email="fiona@example.com"),
    )
    # Kept as they are now: nobody's reach is needed to read a name or key in a test.
    session.expunge_all()
    session.commit()
    return found
