"""Running launches for tests: the starter kit, a partner, and people who may be mailed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from campaigns.models import KitGrant, KitState, KitVersion, Launch, LaunchList, LaunchState
from syndication.models import Delivery, Enrolment
from syndication.sending import relays, work
from tcma.contacts.addresses import address_digest
from tcma.contacts.models import Basis, ConsentEvent, Contact, ContactList, ListEntry
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import PublicAddress
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tcma.partners.queries import brand_values
from tests.campaigns.kits import imported, with_logo
from tests.factories import save
from tests.people import People


@dataclass(frozen=True)
class Running:
    """A launch and its people, by id."""

    id: int
    public_id: str
    slug: str
    vendor_id: int
    partner_id: int
    contacts: tuple[int, ...]

    @property
    def by(self) -> Actor:
        return Actor.system("test", vendor_id=self.vendor_id, partner_id=self.partner_id)

    def deliveries(self) -> list[Delivery]:
        session.expire_all()
        with acting(self.by):
            return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

    def states(self) -> list[str]:
        return [one.state.value for one in self.deliveries()]

    def enrolments(self) -> list[Enrolment]:
        session.expire_all()
        with acting(self.by):
            return list(session.scalars(sa.select(Enrolment).order_by(Enrolment.id)))


def running(
    people: People,
    now: datetime,
    *,
    persons: int = 3,
    zone: str = "Europe/Berlin",
    language: str = "en",
    starts_at: datetime | None = None,
    state: LaunchState = LaunchState.RUNNING,
    kit: Path | None = None,
) -> Running:
    """A launch of the starter kit that has begun, to so many people who have agreed to it."""
    with_logo(people)
    version = imported(people, now) if kit is None else _imported_from(kit, people, now)
    vendor_id, partner_id = people.vendor.id, people.partner.id
    with acting(Actor.system("test", vendor_id=vendor_id)):
        version = session.get_one(KitVersion, version.id)
        version.state, version.published_at = KitState.PUBLISHED, now
    both = Actor.system("test", vendor_id=vendor_id, partner_id=partner_id)
    with acting(both):
        session.add(KitGrant(vendor_id=vendor_id, partner_id=partner_id, kit_id=version.kit_id, at=now))
        profile = session.scalars(sa.select(BrandProfile).where(BrandProfile.partner_id == partner_id)).one()
        launch = Launch(
            vendor_id=vendor_id,
            partner_id=partner_id,
            kit_id=version.kit_id,
            kit_version_id=version.id,
            state=state,
            name="The phishing drill",
            language=language,
            brand=brand_values(profile),
            page_slug="drill-of-alice",
            starts_at=starts_at or now,
            zone=zone,
            launched_at=now,
            created_at=now,
        )
        session.add(launch)
        session.flush()
        session.add(
            PublicAddress(
                slug=launch.page_slug,
                purpose="page",
                vendor_id=vendor_id,
                partner_id=partner_id,
                object_id=launch.id,
                created_at=now,
            )
        )
        contacts = _people(partner_id, launch.id, persons, zone, language, now)
        outbox.tell("launch.started", launch_id=launch.id, vendor_id=vendor_id, partner_id=partner_id, now=now)
        found = Running(launch.id, launch.public_id, launch.page_slug, vendor_id, partner_id, contacts)
    session.commit()
    return found


def _imported_from(kit: Path, people: People, now: datetime) -> KitVersion:
    from campaigns.manifest import read_kit

    return imported(people, now, read_kit(kit))


def _people(partner_id: int, launch_id: int, persons: int, zone: str, language: str, now: datetime) -> tuple[int, ...]:
    if not persons:
        return ()
    group = ContactList(partner_id=partner_id, name="Customers", created_at=now)
    rows = [
        Contact(
            partner_id=partner_id,
            email=f"person{number}@customer.example",
            email_hash=address_digest(f"person{number}@customer.example"),
            first_name=f"Ann{number}",
            last_name="Miller",
            company=f"Miller & Sons {number}",
            language=language,
            zone=zone,
            created_at=now,
            updated_at=now,
        )
        for number in range(persons)
    ]
    session.add_all([group, *rows])
    session.flush()
    for contact in rows:
        session.add(ListEntry(partner_id=partner_id, list_id=group.id, contact_id=contact.id))
        session.add(
            ConsentEvent(
                partner_id=partner_id, contact_id=contact.id, basis=Basis.CONSENT, granted=True,
                method="form", actor_label="test", at=now - timedelta(days=30),
            )
        )  # fmt: skip
    session.add(LaunchList(partner_id=partner_id, launch_id=launch_id, list_id=group.id))
    return tuple(contact.id for contact in rows)


def frozen(people: People, now: datetime, **more: object) -> Running:
    """A launch whose people are written down, with nothing sent yet."""
    launch = running(people, now, **more)  # type: ignore[arg-type]
    outbox.drain(now=now)
    return launch


def send(at: datetime, *, budget: float = 30.0) -> int:
    """One look of a sender, at this instant."""
    relays._pool.standings.clear()
    return work.send_what_is_due(lambda: at, budget=budget)


__all__ = ["Running", "frozen", "running", "save", "send"]
